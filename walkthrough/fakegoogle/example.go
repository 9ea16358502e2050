// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"fmt"
	"strings"
	"time"
)

// article is the event that a tutorial of July 2020 reads, with the members that it shows. CALENDAR stands for its id.
const article = `{"id":"4tvqsn8kcb2m0i6l9fhp3e1rju","status":"confirmed","created":"2020-07-07T12:18:22.000Z","updated":"2020-07-07T12:19:40.437Z",
"summary":"calendar event #1","description":"Description #1 한글 포함","creator":{"email":CALENDAR,"self":true},"organizer":{"email":CALENDAR,"self":true},
"start":{"date":"2020-07-08"},"end":{"date":"2020-07-09"},"transparency":"transparent","iCalUID":"4tvqsn8kcb2m0i6l9fhp3e1rju@google.com",
"sequence":0,"reminders":{"useDefault":false}}`

// AddExample adds a calendar in Seoul's time with the article's event and, around today by the server's clock, some more:
// all-day, with an offset, weekly with one instance called off, in Korean, deleted, and with guests. Under a stopped
// clock it is the same every time.
func (s *Server) AddExample(calendarID string) {
	s.AddCalendar(Calendar{ID: calendarID, Summary: calendarID, TimeZone: "Asia/Seoul"})
	id := string(quote(calendarID))
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		panic("fakegoogle: " + err.Error()) // time/tzdata is linked in
	}
	now := s.Now().In(zone)
	day := func(n int) time.Time { return time.Date(now.Year(), now.Month(), now.Day()+n, 0, 0, 0, 0, zone) }
	date := func(n int) string { return fmt.Sprintf(`{"date":%q}`, day(n).Format(time.DateOnly)) }
	at := func(n int, clock string, more string) string {
		return fmt.Sprintf(`{"dateTime":%q%s}`, day(n).Format("2006-01-02T")+clock+":00+09:00", more)
	}
	const inSeoul = `,"timeZone":"Asia/Seoul"`
	past := now.UTC().AddDate(0, 0, -30)
	stamps := fmt.Sprintf(`"created":%q,"updated":%q`, past.Format("2006-01-02T15:04:05.000Z"), past.Format("2006-01-02T15:04:05.000Z"))
	add := func(text string, instances ...string) {
		text = strings.NewReplacer("CALENDAR", id, "STAMPS", stamps).Replace(text)
		if err := s.AddEvent(calendarID, text, instances...); err != nil {
			panic(err) // the texts are ours
		}
	}

	add(article)
	add(`{"id":"7q2m9v0c5kd8u3h6a1gls4tjfe",STAMPS,"summary":"Conference","location":"Busan","start":` + date(2) + `,"end":` + date(4) + `}`)
	add(`{"id":"1n5r8e3g6t0bq7o4vkc9m2jdah",STAMPS,"summary":"Design review","location":"Room 4","start":` + at(1, "10:00", inSeoul) + `,"end":` + at(1, "11:30", inSeoul) + `}`)

	monday := -int(now.Weekday()+6) % 7 // of this week
	var instances []string
	for week := -4; week <= 8; week++ {
		n := monday + 7*week
		if week == 2 {
			instances = append(instances, `{"status":"cancelled","originalStartTime":`+at(n, "09:30", inSeoul)+`}`)
		} else {
			instances = append(instances, `{"start":`+at(n, "09:30", inSeoul)+`,"end":`+at(n, "09:45", inSeoul)+`}`)
		}
	}
	add(`{"id":"0d4s8f2ho6p1jb5t9c3vkq7rme",STAMPS,"summary":"Weekly stand-up","start":`+at(monday-28, "09:30", inSeoul)+`,"end":`+at(monday-28, "09:45", inSeoul)+
		`,"recurrence":["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=13"]}`, instances...)

	add(`{"id":"5u9i1f7r3b0e6c2k8h4qjm0sgt",STAMPS,"summary":"팀 점심","location":"서울 종로구","start":` + at(3, "12:00", inSeoul) + `,"end":` + at(3, "13:00", inSeoul) + `}`)
	add(`{"id":"8a3k6o0v4d7p2l5n9t1ghfqc6e",STAMPS,"summary":"Interview","start":` + at(4, "15:00", inSeoul) + `,"end":` + at(4, "16:00", inSeoul) +
		`,"attendees":[{"email":CALENDAR,"organizer":true,"self":true,"responseStatus":"accepted"},{"email":"kim@example.com","displayName":"김하나","responseStatus":"needsAction"}],"hangoutLink":"https://meet.google.com/abc-defg-hij"}`)
	add(`{"id":"2f6t0m4s8q1c5r9e3vuo7kdbgh",STAMPS,"summary":"Called off","start":` + date(5) + `,"end":` + date(6) + `}`)
	if err := s.DeleteEvent(calendarID, "2f6t0m4s8q1c5r9e3vuo7kdbgh"); err != nil {
		panic(err)
	}
}
