// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/fivestep/calendar"
)

// tableFields asks Google for what a line of the table shows, and no more.
const tableFields = "id,status,summary,location,start(date,dateTime),end(date,dateTime),recurrence," +
	"recurringEventId,originalStartTime(date,dateTime),endTimeUnspecified,visibility," +
	"transparency,eventType,attendees(self,responseStatus)," +
	"workingLocationProperties(type,officeLocation(label),customLocation(label))"

// table formats the events of one calendar for people.
type table struct {
	loc       *time.Location
	name      string // the calendar's column, padded; "" if there's only one calendar
	calendars int    // how many there are

	// role asks Google what the account may see in the calendar. It's needed
	// only if an event has no title.
	role      func() string
	known     bool   // whether knownRole is set
	knownRole string // what role returned
	hidden    bool   // whether there was an event whose title is hidden

	// series has the titles of the series that were listed. Google sends a
	// canceled instance without its title.
	series map[string]string
}

// The bounds of table.series, which are at most 2 MB in all calendars together.
const (
	maxSeries      = 2000
	maxSeriesBytes = 1000 // an ID and its title
)

// maxRolePage is what the answer that has the role may take in memory.
const maxRolePage = 256 << 10

// newTables returns a table for each calendar.
func newTables(
	ctx context.Context, client *calendar.Client, ids []string, loc *time.Location,
) (tables []*table) {
	width := 0
	for _, id := range ids {
		width = max(width, utf8.RuneCountInString(printable(id)))
	}
	small := *client
	small.MaxPage = maxRolePage
	for _, id := range ids {
		t := &table{loc: loc, calendars: len(ids), series: make(map[string]string)}
		if len(ids) > 1 {
			t.name = fmt.Sprintf("%-*s  ", width, printable(id))
		}
		t.role = func() string {
			ctx, cancel := context.WithCancel(ctx) // which ends its turn
			defer cancel()
			page, err := small.EventsPage(ctx, id, calendar.Query{MaxResults: 1, Fields: "id"}, "")
			if err != nil {
				return "" // the listing itself says what is wrong
			}
			return page.AccessRole
		}
		tables = append(tables, t)
	}
	return tables
}

// line formats an event:
//
//	2026-11-23 Mon  10:00-11:00  Title  (place)  [repeats]
func (t *table) line(e *calendar.Event) string {
	when := spanOf(e, t.loc)
	text := t.title(e)
	if place := clean(e.Location); place != "" {
		text += "  (" + place + ")"
	}
	for _, tag := range tags(e, when) {
		text += "  [" + tag + "]"
	}
	return fmt.Sprintf("%-14s  %-13s  %s%s", when.day(), when.hours(), t.name, text)
}

func (t *table) title(e *calendar.Event) string {
	title := clean(e.Summary)
	isSeries := len(e.Recurrence) > 0
	if isSeries && len(t.series) < maxSeries/t.calendars && len(e.ID)+len(title) <= maxSeriesBytes {
		t.series[e.ID] = title
	}
	switch {
	case title != "":
		return title
	case e.Status == "cancelled" && t.series[e.RecurringEventID] != "":
		return t.series[e.RecurringEventID]
	case e.Status == "cancelled":
		return "id " + printable(e.ID)
	case e.EventType == "workingLocation" && workplace(e.Raw) != "":
		return workplace(e.Raw)
	case t.isHidden(e):
		t.hidden = true
		return "busy"
	}
	return "(no title)"
}

// isHidden reports whether an event without a title has one that this account
// may not see: of any event if it sees only free/busy times, and of a private
// event unless it may change events.
// https://developers.google.com/workspace/calendar/api/concepts/sharing
func (t *table) isHidden(e *calendar.Event) bool {
	if e.Visibility == "public" {
		return false
	}
	if !t.known {
		t.known, t.knownRole = true, t.role()
	}
	private := e.Visibility == "private" || e.Visibility == "confidential"
	switch t.knownRole {
	case "freeBusyReader":
		return true
	case "owner", "writer":
		return false
	}
	return private
}

// workplace returns the place of a working location, which may have no title.
// calendar.Event doesn't have it.
// https://developers.google.com/workspace/calendar/api/guides/calendar-status
func workplace(raw []byte) string {
	type place struct{ Label string }
	var event struct {
		WorkingLocationProperties struct {
			Type                           string
			OfficeLocation, CustomLocation place
		}
	}
	if json.Unmarshal(raw, &event) != nil {
		return ""
	}
	properties := event.WorkingLocationProperties
	switch properties.Type {
	case "homeOffice":
		return "Home"
	case "officeLocation":
		return clean(properties.OfficeLocation.Label)
	case "customLocation":
		return clean(properties.CustomLocation.Label)
	}
	return ""
}

// tags returns what tells an event from a plain appointment, in a word or two.
func tags(e *calendar.Event, when span) (tags []string) {
	add := func(condition bool, tag string) {
		if condition && tag != "" {
			tags = append(tags, tag)
		}
	}
	add(when.days() > 1, "to "+date(when.end, when.start)+" "+when.end.Format(clock))
	add(true, when.clockChange())
	add(true, kinds[e.EventType])
	add(len(e.Recurrence) > 0, "repeats")
	add(e.Status == "cancelled" || e.Status == "tentative", e.Status)
	for _, guest := range e.Attendees {
		add(guest.Self, answers[guest.ResponseStatus])
	}
	// Google makes events that last all day free unless someone changes that,
	// so it says little there.
	add(e.Transparency == "transparent" && when.startKnown && !when.allDay, "free")
	add(true, movedFrom(e, when))
	return tags
}

// kinds are the types of events that aren't appointments.
var kinds = map[string]string{
	"birthday":        "birthday",
	"focusTime":       "focus time",
	"outOfOffice":     "out of office",
	"workingLocation": "working location",
}

// answers are those of the calendar's owner to an invitation, except yes.
var answers = map[string]string{
	"declined":    "declined",
	"needsAction": "unanswered",
}

// movedFrom says when an instance of a series would be if it hadn't been moved.
func movedFrom(e *calendar.Event, when span) string {
	original := e.OriginalStartTime
	at, allDay, err := original.Time(when.start.Location())
	switch {
	case err != nil || !when.startKnown || e.Status == "cancelled":
		return ""
	case allDay && original.Date == e.Start.Date:
		return ""
	case allDay:
		return "instead of " + date(at, when.start)
	}
	if start, _, err := e.Start.Time(nil); err == nil && start.Equal(at) && e.Start.DateTime != "" {
		return ""
	}
	at = at.In(when.loc)
	return "instead of " + date(at, when.start) + " " + at.Format(clock)
}

const clock = "15:04"

// span is when an event is, in the zone of the table.
type span struct {
	loc                  *time.Location
	start, end           time.Time
	startKnown, endKnown bool
	allDay               bool // start and end are dates, in UTC
}

func spanOf(e *calendar.Event, loc *time.Location) span {
	s := span{loc: loc}
	var err error
	s.start, s.allDay, err = e.Start.Time(time.UTC) // a date is the same day in every zone
	if err != nil && e.Status == "cancelled" {
		// A canceled instance has only the time that its series gave it.
		s.start, s.allDay, err = e.OriginalStartTime.Time(time.UTC)
	}
	s.startKnown = err == nil
	s.end, _, err = e.End.Time(time.UTC)
	s.endKnown = err == nil && !e.EndTimeUnspecified
	if !s.startKnown || s.allDay {
		return s
	}
	s.start, s.end = s.start.In(loc), s.end.In(loc)
	wholeDays := isMidnight(s.start) && isMidnight(s.end) && s.end.After(s.start)
	if e.EventType == "outOfOffice" && s.endKnown && wholeDays {
		// Google has no such events that last all day: it makes them from
		// midnight to midnight.
		s.start, s.end, s.allDay = dayOf(s.start), dayOf(s.end), true
	}
	return s
}

func (s span) day() string {
	if !s.startKnown {
		return "----------" // a deleted event may have no times
	}
	return s.start.Format("2006-01-02 Mon")
}

// hours formats the time of day or, for an all-day event of several days, its
// last day. Google's end is exclusive. The end of an event that ends days later
// has no room here: it's a tag.
func (s span) hours() string {
	last := s.end.AddDate(0, 0, -1)
	switch {
	case !s.startKnown:
		return ""
	case s.allDay && s.endKnown && last.After(s.start):
		return "to " + date(last, s.start)
	case s.allDay:
		return "all day"
	case !s.endKnown:
		return s.start.Format(clock)
	case s.days() > 1:
		return "from " + s.start.Format(clock)
	case s.days() == 1:
		return s.start.Format(clock) + "-" + s.end.Format(clock) + "+1"
	}
	return s.start.Format(clock) + "-" + s.end.Format(clock)
}

// days counts the midnights between start and end of an event with times of
// day, even if the clocks change in between.
func (s span) days() int {
	if !s.startKnown || !s.endKnown || s.allDay {
		return 0
	}
	return int(dayOf(s.end).Sub(dayOf(s.start)).Hours() / 24)
}

// clockChange explains times of day that the clocks show twice, or that are
// further apart, or closer together, than they look.
func (s span) clockChange() string {
	if !s.startKnown || s.allDay {
		return ""
	}
	_, before := s.start.Zone()
	_, after := s.end.Zone()
	lasts := s.end.Sub(s.start)
	switch {
	case s.endKnown && before != after && lasts > 0 && lasts < 24*time.Hour:
		text := strings.TrimSuffix(lasts.String(), "0s")
		return "clocks change, lasts " + strings.Replace(text, "h0m", "h", 1)
	case isRepeated(s.start):
		return "clocks change, starts at" + s.start.Format(" 15:04 -07:00")
	}
	return ""
}

// isRepeated reports whether the clocks show this time of day twice, because
// they go back by an hour, or on Lord Howe Island by half an hour.
func isRepeated(at time.Time) bool {
	const local = "2006-01-02 15:04"
	for _, d := range []time.Duration{-time.Hour, -30 * time.Minute, 30 * time.Minute, time.Hour} {
		if at.Add(d).Format(local) == at.Format(local) {
			return true
		}
	}
	return false
}

// date formats a day near another one, with its year only if that's another
// year.
func date(day, near time.Time) string {
	if day.Year() != near.Year() {
		return day.Format(time.DateOnly)
	}
	return day.Format("01-02 Mon")
}

// dayOf returns the date of a time of day, as midnight in UTC.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func isMidnight(t time.Time) bool {
	return t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0
}

// regionFlag returns where the first flag such as Scotland's is: a black flag,
// and the region's code in letters that don't print. Other such letters could
// hide any text.
// https://www.unicode.org/reports/tr51/#valid-emoji-tag-sequences
func regionFlag(text string) (start, end int) {
	const (
		blackFlag = "\U0001f3f4"
		cancelTag = "\U000e007f"
		longest   = 6 // letters of a region's code
	)
	for start < len(text) {
		flag := strings.Index(text[start:], blackFlag)
		if flag < 0 {
			break
		}
		start += flag
		end = start + len(blackFlag)
		code := strings.TrimLeftFunc(text[end:], isTagLetter)
		letters := utf8.RuneCountInString(text[end : len(text)-len(code)])
		if 1 <= letters && letters <= longest && strings.HasPrefix(code, cancelTag) {
			return start, len(text) - len(code) + len(cancelTag)
		}
		start = end
	}
	return len(text), len(text)
}

// isTagLetter reports whether r is a digit or a small letter that doesn't
// print.
func isTagLetter(r rune) bool {
	return '\U000e0030' <= r && r <= '\U000e0039' || '\U000e0061' <= r && r <= '\U000e007a'
}

// clean makes a title or a place safe for a terminal, as printable does, but
// keeps it as its writer sees it: it leaves out characters that don't print and
// do no harm, and keeps flags and emoji that this Go doesn't know yet.
func clean(text string) string {
	var b strings.Builder
	for text != "" {
		start, end := regionFlag(text)
		b.WriteString(strings.Map(cleanRune, text[:start]))
		b.WriteString(text[start:end])
		text = text[end:]
	}
	cleaned := strings.TrimSpace(b.String())
	if strings.Trim(cleaned, invisible) == "" {
		return ""
	}
	return cleaned
}

// invisible are characters that count as letters or marks, but of which alone
// nothing is seen.
const invisible = " \u00a0\u115f\u1160\u200c\u200d\u2800\u3000\u3164\ufe0e\ufe0f\uffa0"

func cleanRune(r rune) rune {
	const (
		leftToRightOverride = '\u202d'
		rightToLeftOverride = '\u202e'
		firstEmoji          = '\U0001f000'
		lastEmoji           = '\U0001fffd'
	)
	switch {
	case r == nonJoiner, r == joiner:
		return r
	case r == leftToRightOverride, r == rightToLeftOverride:
		return unicode.ReplacementChar // it would turn letters around
	case unicode.Is(unicode.Cf, r):
		return -1
	case r >= firstEmoji && r <= lastEmoji:
		return r
	}
	return printableRune(r)
}
