// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"
)

// Event is an event as Google sends it. Times stay text, unchanged; use
// [EventDateTime.Time] to read Start and End. A member that Google didn't send,
// or that you didn't ask for, is zero: a cancelled event often has only ID and
// Status.
//
// These are 28 of Google's 44 members. The others, such as attachments, colors
// and what only one EventType has, are in Raw: [Client.Event] sets it, and so
// does [Client.Events] if Query.KeepRaw is set.
// https://developers.google.com/workspace/calendar/api/v3/reference/events
type Event struct {
	ID   string `json:"id"`
	ETag string `json:"etag"`

	// Status is confirmed, tentative or cancelled.
	Status   string `json:"status"`
	HTMLLink string `json:"htmlLink"`

	// Created and Updated are in UTC.
	Created string `json:"created"`
	Updated string `json:"updated"`

	// Summary is the title.
	Summary     string `json:"summary"`
	Description string `json:"description"`
	Location    string `json:"location"`
	Creator     Person `json:"creator"`
	Organizer   Person `json:"organizer"`

	// Start is inclusive and End is exclusive: a meeting until 11:00 ends at
	// 11:00, and an event that lasts all Monday ends on Tuesday.
	Start EventDateTime `json:"start"`
	End   EventDateTime `json:"end"`

	// EndTimeUnspecified says that nobody knows when the event ends, and that
	// Google made End up. Gmail adds such events.
	EndTimeUnspecified bool `json:"endTimeUnspecified"`

	// Recurrence holds the RRULE, EXRULE, RDATE and EXDATE lines of a series
	// (RFC 5545). An instance of a series has the other two: the ID of its
	// series, and where the series put it before it was moved.
	Recurrence        []string      `json:"recurrence"`
	RecurringEventID  string        `json:"recurringEventId"`
	OriginalStartTime EventDateTime `json:"originalStartTime"`

	// Transparency says whether the event blocks time: "" or opaque means busy,
	// transparent means free.
	Transparency string `json:"transparency"`

	// Visibility is default (or ""), public, private or confidential.
	Visibility string `json:"visibility"`

	// ICalUID is the same for all instances of a series, unlike ID.
	ICalUID  string `json:"iCalUID"`
	Sequence int    `json:"sequence"`

	// AttendeesOmitted says that Attendees may lack some: Query.MaxAttendees
	// does that.
	Attendees        []Attendee `json:"attendees"`
	AttendeesOmitted bool       `json:"attendeesOmitted"`

	ExtendedProperties ExtendedProperties `json:"extendedProperties"`

	// HangoutLink is the address of the Google Meet call, if there's one.
	// ConferenceData has the other ways to join, and other providers.
	HangoutLink    string         `json:"hangoutLink"`
	ConferenceData ConferenceData `json:"conferenceData"`
	Reminders      Reminders      `json:"reminders"`

	// EventType is default, birthday, focusTime, fromGmail, outOfOffice or
	// workingLocation.
	EventType string `json:"eventType"`

	// Raw is the event's JSON, byte for byte, if you asked for it.
	Raw json.RawMessage `json:"-"`
}

// Person is the creator or the organizer of an event. Self says that this is
// the calendar that was read.
type Person struct {
	ID          string `json:"id"`
	Email       string `json:"email"`
	DisplayName string `json:"displayName"`
	Self        bool   `json:"self"`
}

// Attendee is a guest of an event, or a resource such as a room.
type Attendee struct {
	Person
	Organizer bool `json:"organizer"`
	Resource  bool `json:"resource"`
	Optional  bool `json:"optional"`

	// ResponseStatus is needsAction, declined, tentative or accepted.
	ResponseStatus   string `json:"responseStatus"`
	Comment          string `json:"comment"`
	AdditionalGuests int    `json:"additionalGuests"`
}

// ExtendedProperties are names and values that programs attach to an event:
// Private ones are in this calendar's copy only, Shared ones in all guests'.
// A [Query] can select events by them.
type ExtendedProperties struct {
	Private map[string]string `json:"private"`
	Shared  map[string]string `json:"shared"`
}

// ConferenceData says how to join the event's video or phone conference.
type ConferenceData struct {
	EntryPoints        []EntryPoint       `json:"entryPoints"`
	ConferenceSolution ConferenceSolution `json:"conferenceSolution"`
}

// ConferenceSolution is the provider of a conference. Name is for people, such
// as Google Meet.
type ConferenceSolution struct {
	Name string `json:"name"`
}

// EntryPoint is one way to join a conference. You may be asked for one of its
// codes, for which each provider has its own word.
type EntryPoint struct {
	// EntryPointType is video, phone, sip or more.
	EntryPointType string `json:"entryPointType"`

	// URI is what to open: https:, tel: or sip:.
	URI string `json:"uri"`

	// Label is how to show URI to people.
	Label string `json:"label"`

	// RegionCode is the country of a phone number: "SE" for Sweden.
	RegionCode string `json:"regionCode"`

	MeetingCode string `json:"meetingCode"`
	AccessCode  string `json:"accessCode"`
	Passcode    string `json:"passcode"`
	Password    string `json:"password"`
	PIN         string `json:"pin"`
}

// Reminders are the calendar's default reminders or, in Overrides, the event's
// own.
type Reminders struct {
	UseDefault bool       `json:"useDefault"`
	Overrides  []Reminder `json:"overrides"`
}

// Reminder is due Minutes before the event starts. Method is email or popup.
type Reminder struct {
	Method  string `json:"method"`
	Minutes int    `json:"minutes"`
}

// Page is one page of a list of events. NextPageToken is "" on the last page,
// which may have a NextSyncToken instead. A page can be short or even empty
// while more pages follow. One without items is an empty one: several of
// Google's APIs leave out empty lists, and Calendar doesn't promise not to.
// https://developers.google.com/workspace/calendar/api/v3/reference/events/list
type Page struct {
	ETag string `json:"etag"`

	// Summary is the calendar's title.
	Summary     string `json:"summary"`
	Description string `json:"description"`

	// Updated is in UTC.
	Updated          string     `json:"updated"`
	TimeZone         string     `json:"timeZone"`
	AccessRole       string     `json:"accessRole"`
	DefaultReminders []Reminder `json:"defaultReminders"`
	NextPageToken    string     `json:"nextPageToken"`
	NextSyncToken    string     `json:"nextSyncToken"`
	Items            []*Event   `json:"items"`
}

// EventDateTime has either a Date (2026-11-22, for an event that lasts all day)
// or a DateTime (RFC 3339, with an offset). TimeZone is an IANA name, and often
// missing.
type EventDateTime struct {
	Date     string `json:"date"`
	DateTime string `json:"dateTime"`
	TimeZone string `json:"timeZone"`
}

// Time returns the instant that t means, and whether it's a whole day. A
// DateTime keeps its own offset. A Date isn't an instant: it becomes midnight,
// or the first valid time of that day, in loc; nil means UTC. It's an error if
// t has neither, or one that is malformed.
func (t EventDateTime) Time(loc *time.Location) (at time.Time, allDay bool, err error) {
	allDay = t.DateTime == "" && t.Date != ""
	if allDay {
		at, err = time.ParseInLocation(time.DateOnly, t.Date, cmp.Or(loc, time.UTC))
	} else {
		at, err = time.Parse(time.RFC3339, t.DateTime)
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("calendar: start or end of an event: %w", err)
	}
	// Where the clocks go forward at midnight, that day starts at one. For a
	// midnight that doesn't exist, time.ParseInLocation returns eleven on the
	// day before.
	if allDay && at.Format(time.DateOnly) != t.Date {
		at = at.Add(time.Hour)
	}
	return at, allDay, nil
}

// Calendar is what Google knows about a calendar itself.
// https://developers.google.com/workspace/calendar/api/v3/reference/calendars
type Calendar struct {
	ID   string `json:"id"`
	ETag string `json:"etag"`

	// Summary is the title.
	Summary     string `json:"summary"`
	Description string `json:"description"`
	Location    string `json:"location"`

	// TimeZone is an IANA name.
	TimeZone string `json:"timeZone"`
}

// CalendarListEntry is a calendar on the list of an account.
// https://developers.google.com/workspace/calendar/api/v3/reference/calendarList
type CalendarListEntry struct {
	Calendar

	// SummaryOverride is the account's own title for the calendar.
	SummaryOverride string `json:"summaryOverride"`

	// AccessRole is freeBusyReader, reader, writer or owner.
	AccessRole string `json:"accessRole"`
	Primary    bool   `json:"primary"`
	Selected   bool   `json:"selected"`
	Hidden     bool   `json:"hidden"`
}
