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

// event is an event as it's stored: its JSON, and what queries need of it,
// parsed once.
type event struct {
	raw     []byte // without spaces
	id      string
	seq     int   // position in the calendar's events
	changed int64 // tick of the last change
	updated time.Time

	// A recurring event has instances. Instances name it as their master.
	recurring bool
	master    string // ID, or ""
	exception bool   // an instance that differs from its master

	start, end time.Time
	cancelled  bool
	private    bool // readers see only when it is
	iCalUID    string
	eventType  string
	text       string // what the parameter q searches, in lower case
	properties object // extendedProperties

	// The JSON that clients see, for one eventView.
	cachedView string
	cached     []byte
}

// memberOrder is the order of an event's members in captures. Members that no
// capture has are next to their neighbors in Google's reference (R).
var memberOrder = strings.Fields(`
	kind etag id status htmlLink created updated summary description location
	colorId creator organizer start end endTimeUnspecified recurrence
	recurringEventId originalStartTime transparency visibility iCalUID
	sequence attendees attendeesOmitted extendedProperties hangoutLink
	conferenceData gadget anyoneCanAddSelf guestsCanInviteOthers
	guestsCanModify guestsCanSeeOtherGuests privateCopy locked reminders
	source workingLocationProperties outOfOfficeProperties
	focusTimeProperties attachments birthdayProperties eventType`)

// sortMembers puts members in Google's order. Unknown ones go to the end.
func sortMembers(o object) {
	rank := func(m member) int {
		if i := slices.Index(memberOrder, m.key); i >= 0 {
			return i
		}
		return len(memberOrder)
	}
	slices.SortStableFunc(o, func(a, b member) int { return rank(a) - rank(b) })
}

// timestampLayout is how Google writes the times of changes.
const timestampLayout = "2006-01-02T15:04:05.000Z"

// AddEvent adds an event, or replaces the one with the same ID. text is the
// event as JSON in Google's form. Only start and end are required, and not even
// those if status is cancelled. AddEvent fills in the members that Google
// always sends, and keeps those that the fake doesn't know.
//
// If it's a recurring event, add its instances, too. An instance needs only
// start and end, or the status cancelled and an originalStartTime; it inherits
// the other members. The server doesn't evaluate recurrence: an instance that
// you don't add doesn't take place.
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

// addEvent adds one event, which is an instance unless master is nil. It
// returns the event with all its members.
func (s *Server) addEvent(cal *calendar, text string, master object) (object, error) {
	o, err := parseEvent(text)
	if err != nil {
		return nil, err
	}
	cancelled := o.string("status") == "cancelled"
	if master != nil {
		inherit(&o, master, cancelled, cal.zone)
	}
	hash := sha256.Sum256([]byte(text))
	o.setDefault("id", hex.EncodeToString(hash[:13])) // as long as Google's own

	e := &event{
		id:        o.string("id"),
		changed:   s.nextTick(),
		cancelled: cancelled,
		recurring: o.get("recurrence") != nil,
	}
	updated := cal.updateTime(e)
	o.setDefault("kind", "calendar#event")
	o.setDefault("status", "confirmed")
	if !cancelled {
		setEventDefaults(&o, e.id, cal.ID, updated)
	}
	e.updated, err = time.Parse(time.RFC3339, o.string("updated"))
	if err != nil {
		e.updated = updated
	}
	o.setDefault("etag", eventETag(e.updated))
	if err := e.readTimes(o, cal.zone); err != nil {
		return nil, err
	}
	sortMembers(o)
	e.raw = appendJSON(nil, o, "", "")
	e.index(o, master)
	cal.put(e)
	return o, nil
}

func parseEvent(text string) (object, error) {
	v, err := parseJSON([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("fakegoogle: event: %w", err)
	}
	o, ok := v.(object)
	if !ok {
		return nil, errors.New("fakegoogle: event: not a JSON object")
	}
	return o, nil
}

// inherit adds the members that an instance takes from its master. A cancelled
// instance takes only what identifies it. Its ID is made of the master's ID and
// the time when the instance was to start.
func inherit(o *object, master object, cancelled bool, zone *time.Location) {
	o.setDefault("recurringEventId", master.string("id"))
	o.setDefault("originalStartTime", o.get("start"))
	if !cancelled {
		for _, m := range master {
			switch m.key {
			case "id", "etag", "htmlLink", "recurrence":
			default:
				o.setDefault(m.key, m.value)
			}
		}
	}
	original := o.object("originalStartTime")
	at, err := parseEventTime(original, zone)
	if err != nil {
		return // addEvent refuses it, or makes another ID
	}
	suffix := at.UTC().Format("20060102T150405Z")
	if original.string("date") != "" {
		suffix = at.Format("20060102")
	}
	o.setDefault("id", master.string("id")+"_"+suffix)
}

// setEventDefaults adds the members that Google always sends, except for
// cancelled events.
func setEventDefaults(o *object, id, calendarID string, updated time.Time) {
	self := object{{"email", calendarID}, {"self", true}}
	// Google abbreviates the addresses of Gmail in its links.
	eid := id + " " + strings.Replace(calendarID, "@gmail.com", "@m", 1)
	eid = base64.RawStdEncoding.EncodeToString([]byte(eid))
	created := updated.Truncate(time.Second)

	o.setDefault("htmlLink", "https://www.google.com/calendar/event?eid="+eid)
	o.setDefault("created", created.Format(timestampLayout))
	o.setDefault("updated", updated.Format(timestampLayout))
	o.setDefault("creator", self)
	o.setDefault("organizer", self)
	o.setDefault("iCalUID", id+"@google.com")
	o.setDefault("sequence", 0)
	o.setDefault("reminders", object{{"useDefault", true}})
	o.setDefault("eventType", "default")
}

// eventETag is the time of the last change, in the form that captures show.
func eventETag(updated time.Time) string {
	return fmt.Sprintf(`"%d"`, 2*updated.UnixMicro())
}

// updateTime is when an event was last changed, in milliseconds as Google
// shows it. It's later than for the event that this one replaces.
func (cal *calendar) updateTime(e *event) time.Time {
	at := time.UnixMicro(e.changed).UTC().Truncate(time.Millisecond)
	old := cal.byID[e.id]
	if old != nil && !at.After(old.updated) {
		at = old.updated.UTC().Add(time.Millisecond)
	}
	return at
}

// readTimes reads when an event starts and ends. For a cancelled instance
// that's when it would have started.
func (e *event) readTimes(o object, zone *time.Location) error {
	read := func(key string) (time.Time, error) {
		bound := o.object(key)
		if bound == nil {
			bound = o.object("originalStartTime")
		}
		at, err := parseEventTime(bound, zone)
		if err != nil && !e.cancelled {
			return time.Time{}, fmt.Errorf("fakegoogle: event %q: %s: %w", e.id, key, err)
		}
		return at, nil
	}
	var err error
	if e.start, err = read("start"); err != nil {
		return err
	}
	e.end, err = read("end")
	return err
}

// parseEventTime reads a start or an end. A date means midnight in the
// calendar's time zone (R).
func parseEventTime(o object, zone *time.Location) (time.Time, error) {
	if date := o.string("date"); date != "" {
		return time.ParseInLocation(time.DateOnly, date, zone)
	}
	at, err := time.Parse(time.RFC3339, o.string("dateTime"))
	if err != nil {
		return time.Time{}, errors.New("neither a date nor a dateTime with an offset")
	}
	return at, nil
}

// put stores an event. It takes the position of the one that it replaces.
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

// index copies what queries need from an event's members.
func (e *event) index(o, master object) {
	visibility := o.string("visibility")
	e.private = visibility == "private" || visibility == "confidential"
	e.iCalUID = o.string("iCalUID")
	e.eventType = o.string("eventType")
	e.properties = o.object("extendedProperties")
	e.text = searchText(o)
	e.master = o.string("recurringEventId")
	if e.master != "" {
		e.exception = e.cancelled || isException(o, master)
	}
}

// searchText joins everything that the parameter q searches.
func searchText(o object) string {
	organizer := o.object("organizer")
	place := o.object("workingLocationProperties")
	texts := []string{
		o.string("summary"),
		o.string("description"),
		o.string("location"),
		organizer.string("displayName"),
		organizer.string("email"),
		place.object("officeLocation").string("label"),
		place.object("customLocation").string("label"),
	}
	attendees, _ := o.get("attendees").([]any)
	for _, a := range attendees {
		attendee, _ := a.(object)
		texts = append(texts, attendee.string("displayName"), attendee.string("email"))
	}
	return strings.ToLower(strings.Join(texts, "\n"))
}

// isException reports whether an instance was moved, or differs from its master
// in a text. master is nil if it isn't known.
func isException(o, master object) bool {
	original, err := parseEventTime(o.object("originalStartTime"), time.UTC)
	if err != nil {
		return true
	}
	start, err := parseEventTime(o.object("start"), time.UTC)
	if err != nil || !original.Equal(start) {
		return true
	}
	if master == nil {
		return false
	}
	for _, key := range []string{"summary", "description", "location"} {
		if o.string(key) != master.string(key) {
			return true
		}
	}
	return false
}

// DeleteEvent cancels an event, and with a recurring event all its instances.
// What remains is what Google guarantees (D, Event.status): the ID, and for an
// instance recurringEventId and originalStartTime.
func (s *Server) DeleteEvent(calendarID, eventID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := s.calendars[calendarID]
	if cal == nil || cal.byID[eventID] == nil {
		return fmt.Errorf("fakegoogle: no event %q in calendar %q", eventID, calendarID)
	}
	for _, e := range cal.events {
		if e.id == eventID || e.master == eventID {
			s.cancel(cal, e, eventID)
		}
	}
	return nil
}

// cancel replaces an event by its remains. It doesn't change e itself, since
// cal.found may hold it.
func (s *Server) cancel(cal *calendar, e *event, deletedID string) {
	remains := *e
	remains.changed = s.nextTick()
	remains.cancelled = true
	remains.cached = nil
	remains.updated = cal.updateTime(&remains)
	if e.master != "" && e.id == deletedID {
		remains.exception = true // deleted by itself, without its master
	}
	v, _ := cutJSON(e.raw)
	o := v.(object)
	remains.raw = appendJSON(nil, object{
		{"kind", "calendar#event"},
		{"etag", eventETag(remains.updated)},
		{"id", e.id},
		{"status", "cancelled"},
		{"recurringEventId", o.get("recurringEventId")},
		{"originalStartTime", o.get("originalStartTime")},
	}, "", "")
	cal.put(&remains)
}
