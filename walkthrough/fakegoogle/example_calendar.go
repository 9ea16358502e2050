// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"fmt"
	"strings"
	"time"
)

const seoul = "Asia/Seoul" // UTC+9 all year

// tutorialEvent is the event that a tutorial of July 2020 reads, with the
// members that it shows.
const tutorialEvent = `{
	"id": "4tvqsn8kcb2m0i6l9fhp3e1rju",
	"status": "confirmed",
	"created": "2020-07-07T12:18:22.000Z",
	"updated": "2020-07-07T12:19:40.437Z",
	"summary": "calendar event #1",
	"description": "Description #1 한글 포함",
	"creator": {"email": CALENDAR, "self": true},
	"organizer": {"email": CALENDAR, "self": true},
	"start": {"date": "2020-07-08"},
	"end": {"date": "2020-07-09"},
	"transparency": "transparent",
	"iCalUID": "4tvqsn8kcb2m0i6l9fhp3e1rju@google.com",
	"sequence": 0,
	"reminders": {"useDefault": false}
}`

// AddExample adds a calendar in Seoul's time zone. It has the event of a
// tutorial, and some more around today by the server's clock: one that lasts
// all day, one with an offset, a weekly one with an instance called off, one in
// Korean, one with guests, and a deleted one. Under a stopped clock it's the
// same every time.
func (s *Server) AddExample(calendarID string) {
	s.AddCalendar(Calendar{ID: calendarID, Summary: calendarID, TimeZone: seoul})
	x := newExample(s, calendarID)
	x.add(tutorialEvent)
	x.addDays("7q2m9v0c5kd8u3h6a1gls4tjfe", 2, 4,
		`"summary":"Conference","location":"Busan"`)
	x.addTimes("1n5r8e3g6t0bq7o4vkc9m2jdah", 1, "10:00", "11:30",
		`"summary":"Design review","location":"Room 4"`)
	x.addWeekly("0d4s8f2ho6p1jb5t9c3vkq7rme", "09:30", "09:45",
		`"summary":"Weekly stand-up"`)
	x.addTimes("5u9i1f7r3b0e6c2k8h4qjm0sgt", 3, "12:00", "13:00",
		`"summary":"팀 점심","location":"서울 종로구"`)
	x.addTimes("8a3k6o0v4d7p2l5n9t1ghfqc6e", 4, "15:00", "16:00",
		`"summary":"Interview",
		"attendees":[
			{"email":CALENDAR,"organizer":true,"self":true,"responseStatus":"accepted"},
			{"email":"kim@example.com","displayName":"김하나","responseStatus":"needsAction"}
		],
		"hangoutLink":"https://meet.google.com/abc-defg-hij"`)

	const deleted = "2f6t0m4s8q1c5r9e3vuo7kdbgh"
	x.addDays(deleted, 5, 6, `"summary":"Called off"`)
	if err := s.DeleteEvent(calendarID, deleted); err != nil {
		panic(err) // it was just added
	}
}

// example adds events to a calendar. Days are counted from today.
type example struct {
	server     *Server
	calendarID string
	today      time.Time // midnight in Seoul
	stamps     string    // the members created and updated
}

func newExample(s *Server, calendarID string) *example {
	zone, err := time.LoadLocation(seoul)
	if err != nil {
		panic("fakegoogle: " + err.Error()) // time/tzdata has it
	}
	now := s.Now().In(zone)
	changed := now.UTC().AddDate(0, 0, -30).Format(timestampLayout)
	return &example{
		server:     s,
		calendarID: calendarID,
		today:      time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone),
		stamps:     fmt.Sprintf(`"created":%q,"updated":%q`, changed, changed),
	}
}

// add adds an event, in which CALENDAR means the calendar's ID.
func (x *example) add(text string, instances ...string) {
	id := string(quoteJSON(x.calendarID))
	text = strings.ReplaceAll(text, "CALENDAR", id)
	if err := x.server.AddEvent(x.calendarID, text, instances...); err != nil {
		panic(err) // the events are all in this file
	}
}

// addDays adds an event that lasts from one day to before another. members are
// its other members.
func (x *example) addDays(id string, from, to int, members string) {
	start := x.day(from).Format(time.DateOnly)
	end := x.day(to).Format(time.DateOnly)
	x.add(fmt.Sprintf(`{"id":%q,%s,%s,"start":{"date":%q},"end":{"date":%q}}`,
		id, x.stamps, members, start, end))
}

// addTimes adds an event on a day. from and to are times such as 10:00.
func (x *example) addTimes(id string, day int, from, to string, members string) {
	x.add(fmt.Sprintf(`{"id":%q,%s,%s,"start":%s,"end":%s}`,
		id, x.stamps, members, x.time(day, from), x.time(day, to)))
}

// addWeekly adds an event on thirteen Mondays from four weeks ago. The one in
// two weeks is called off.
func (x *example) addWeekly(id string, from, to string, members string) {
	const first, last, calledOff = -4, 8, 2 // weeks from this one
	monday := -int(x.today.Weekday()+6) % 7 // of this week
	var instances []string
	for week := first; week <= last; week++ {
		start := x.time(monday+7*week, from)
		end := x.time(monday+7*week, to)
		instance := `{"start":` + start + `,"end":` + end + `}`
		if week == calledOff {
			instance = `{"status":"cancelled","originalStartTime":` + start + `}`
		}
		instances = append(instances, instance)
	}
	x.add(fmt.Sprintf(`{"id":%q,%s,%s,"start":%s,"end":%s,`+
		`"recurrence":["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=13"]}`,
		id, x.stamps, members,
		x.time(monday+7*first, from), x.time(monday+7*first, to)), instances...)
}

func (x *example) day(n int) time.Time {
	return x.today.AddDate(0, 0, n)
}

// time is a start or an end at a time such as 10:00 on a day.
func (x *example) time(day int, clock string) string {
	date := x.day(day).Format(time.DateOnly)
	return fmt.Sprintf(`{"dateTime":"%sT%s:00+09:00","timeZone":%q}`, date, clock, seoul)
}
