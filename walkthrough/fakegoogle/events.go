// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// event is one entry of a calendar: its JSON, and what queries ask about, read from it once.
type event struct {
	raw         []byte // compact
	seq         int    // order of arrival
	changed     int64  // tick of the last change
	id, master  string // master: of the recurring event, for an instance
	start, end  time.Time
	updated     time.Time
	cancelled   bool
	exception   bool // an instance that is not just as its recurring event says
	recurring   bool // has instances
	uid, kind   string
	search      string // what q looks through, lower case
	properties  object // private and shared
	secret      bool   // private or confidential: a reader sees the times only
	cachedView  string
	cachedBytes []byte
}

// order is the order of members that captures show. Members that captures do not show stand where their
// neighbours in Google's reference do (R), and unknown ones at the end.
var order = strings.Fields(`kind etag id status htmlLink created updated summary description location colorId creator organizer
	start end endTimeUnspecified recurrence recurringEventId originalStartTime transparency visibility iCalUID sequence attendees
	attendeesOmitted extendedProperties hangoutLink conferenceData gadget anyoneCanAddSelf guestsCanInviteOthers guestsCanModify
	guestsCanSeeOtherGuests privateCopy locked reminders source workingLocationProperties outOfOfficeProperties
	focusTimeProperties attachments birthdayProperties eventType`)

// AddEvent adds an event, or replaces the one with the same id: JSON in Google's form, of which only start and end are
// required, and not even these when status is cancelled. Members that are missing and that Google always sends are filled
// in; those that the fake does not know are kept. Instances belong to a recurring event and need only a start and an end,
// or a status cancelled and an originalStartTime; the rest they have from it. There is no recurrence engine: what is not
// given as an instance does not happen.
func (s *Server) AddEvent(calendarID string, text string, instances ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := s.calendars[calendarID]
	if cal == nil {
		return fmt.Errorf("fakegoogle: no calendar %q", calendarID)
	}
	master, err := s.addEvent(cal, text, nil)
	if err != nil {
		return err
	}
	for _, text := range instances {
		if _, err := s.addEvent(cal, text, master); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) addEvent(cal *calendar, text string, master object) (object, error) {
	v, err := parse([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("fakegoogle: event: %w", err)
	}
	o, ok := v.(object)
	if !ok {
		return nil, errors.New("fakegoogle: event: not a JSON object")
	}
	cancelled := o.text("status") == "cancelled"
	add := func(key string, value any) {
		if o.index(key) < 0 && value != nil {
			o = append(o, member{key, value})
		}
	}
	if master != nil {
		add("recurringEventId", master.text("id"))
		add("originalStartTime", o.get("start"))
		for _, m := range master {
			if !cancelled && !slices.Contains([]string{"id", "etag", "htmlLink", "recurrence"}, m.key) {
				add(m.key, m.value)
			}
		}
		if at, err := moment(o.object("originalStartTime"), cal.zone); err == nil {
			id := at.UTC().Format("20060102T150405Z")
			if o.object("originalStartTime").text("date") != "" {
				id = at.Format("20060102")
			}
			add("id", master.text("id")+"_"+id)
		}
	}
	h := sha256.Sum256([]byte(text))
	add("id", hex.EncodeToString(h[:13])) // 26 of the characters that Google allows, as its own have
	e := &event{id: o.text("id"), changed: s.tick(), cancelled: cancelled, recurring: o.get("recurrence") != nil}
	updated := cal.updated(e)
	add("kind", "calendar#event")
	add("status", "confirmed")
	if !cancelled {
		self := object{{"email", cal.ID}, {"self", true}}
		link := base64.RawStdEncoding.EncodeToString([]byte(e.id + " " + strings.Replace(cal.ID, "@gmail.com", "@m", 1)))
		add("htmlLink", "https://www.google.com/calendar/event?eid="+link)
		add("created", updated.Truncate(time.Second).Format("2006-01-02T15:04:05.000Z"))
		add("updated", updated.Format("2006-01-02T15:04:05.000Z"))
		add("creator", self)
		add("organizer", self)
		add("iCalUID", e.id+"@google.com")
		add("sequence", 0)
		add("reminders", object{{"useDefault", true}})
		add("eventType", "default")
	}
	if e.updated, err = time.Parse(time.RFC3339, o.text("updated")); err != nil {
		e.updated = updated
	}
	add("etag", fmt.Sprintf(`"%d"`, 2*e.updated.UnixMicro())) // as in captures
	for _, bound := range []struct {
		key string
		at  *time.Time
	}{{"start", &e.start}, {"end", &e.end}} {
		from := o.object(bound.key)
		if from == nil {
			from = o.object("originalStartTime") // of a cancelled instance
		}
		if *bound.at, err = moment(from, cal.zone); err != nil && !cancelled {
			return nil, fmt.Errorf("fakegoogle: event %q: %s: %w", e.id, bound.key, err)
		}
	}
	slices.SortStableFunc(o, func(a, b member) int { return place(a.key) - place(b.key) })
	e.raw = encode(nil, o, "", "")
	e.index(o, master)
	cal.put(e)
	return o, nil
}

// updated is when an event changed last: with its milliseconds, and later than the event that it replaces.
func (cal *calendar) updated(e *event) time.Time {
	at := time.UnixMicro(e.changed).UTC().Truncate(time.Millisecond)
	if old := cal.byID[e.id]; old != nil && !at.After(old.updated) {
		at = old.updated.UTC().Add(time.Millisecond)
	}
	return at
}

// put stores an event and gives it the place of the one it replaces.
func (cal *calendar) put(e *event) {
	if old := cal.byID[e.id]; old != nil {
		e.seq = old.seq
		cal.events[e.seq] = e
	} else {
		e.seq = len(cal.events)
		cal.events = append(cal.events, e)
	}
	cal.byID[e.id] = e
	cal.changed = e.changed
}

func place(key string) int {
	if i := slices.Index(order, key); i >= 0 {
		return i
	}
	return len(order)
}

// moment reads a start or an end. A date is midnight in the calendar's zone (R).
func moment(o object, zone *time.Location) (time.Time, error) {
	if date := o.text("date"); date != "" {
		return time.ParseInLocation(time.DateOnly, date, zone)
	}
	at, err := time.Parse(time.RFC3339, o.text("dateTime"))
	if err != nil {
		return at, errors.New("neither a date nor a dateTime with an offset")
	}
	return at, nil
}

// index notes what queries ask about.
func (e *event) index(o, master object) {
	e.master = o.text("recurringEventId")
	e.uid, e.kind = o.text("iCalUID"), o.text("eventType")
	e.secret = o.text("visibility") == "private" || o.text("visibility") == "confidential"
	e.properties = o.object("extendedProperties")
	words := []string{o.text("summary"), o.text("description"), o.text("location"), o.object("organizer").text("displayName"), o.object("organizer").text("email")}
	attendees, _ := o.get("attendees").([]any)
	for _, a := range attendees {
		a, _ := a.(object)
		words = append(words, a.text("displayName"), a.text("email"))
	}
	place := o.object("workingLocationProperties")
	words = append(words, place.object("officeLocation").text("label"), place.object("customLocation").text("label"))
	e.search = strings.ToLower(strings.Join(words, "\n"))
	if e.master != "" {
		was, err := moment(o.object("originalStartTime"), time.UTC)
		is, _ := moment(o.object("start"), time.UTC)
		e.exception = e.cancelled || err != nil || !was.Equal(is)
		for _, key := range []string{"summary", "description", "location"} {
			e.exception = e.exception || master != nil && o.text(key) != master.text(key)
		}
	}
}

// DeleteEvent cancels an event, and with a recurring event its instances. What is left of it is what Google guarantees
// (D, Event.status): the id, and of an instance recurringEventId and originalStartTime.
func (s *Server) DeleteEvent(calendarID, eventID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := s.calendars[calendarID]
	if cal == nil || cal.byID[eventID] == nil {
		return fmt.Errorf("fakegoogle: no event %q in calendar %q", eventID, calendarID)
	}
	for _, e := range cal.events {
		if e.id != eventID && e.master != eventID {
			continue
		}
		gone := *e // a page that is being sent keeps the event as it was
		gone.changed, gone.cancelled, gone.cachedBytes = s.tick(), true, nil
		gone.exception = e.exception || e.id == eventID && e.master != ""
		gone.updated = cal.updated(&gone)
		v, _ := scan(e.raw)
		left := object{{"kind", "calendar#event"}, {"etag", fmt.Sprintf(`"%d"`, 2*gone.updated.UnixMicro())}, {"id", e.id}, {"status", "cancelled"}}
		for _, key := range []string{"recurringEventId", "originalStartTime"} {
			left = append(left, member{key, v.(object).get(key)})
		}
		gone.raw = encode(nil, left, "", "")
		cal.put(&gone)
	}
	return nil
}
