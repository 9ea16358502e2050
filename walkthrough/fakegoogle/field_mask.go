// SPDX-License-Identifier: 0BSD

package fakegoogle

import "strings"

// fieldMask is a parsed fields parameter: the members asked for, each with a
// mask for its own members, or nil for the whole member. A nil fieldMask asks
// for everything.
//
// This is the grammar (D,
// https://developers.google.com/workspace/calendar/api/guides/performance):
//
//	selection = item *("," item)
//	item      = name [ "/" item / "(" selection ")" ]
//	name      = a member's name, or "*" for every member
type fieldMask map[string]fieldMask

// parseFields parses a fields parameter for a resource of the schema. If it's
// wrong, ok is false, and bad is the text after "Invalid field selection" in
// Google's error: the unknown member (V), or the text from where the
// punctuation is wrong (R).
func parseFields(text, resource string) (mask fieldMask, bad string, ok bool) {
	p := &fieldParser{text: text}
	mask = fieldMask{}
	if !p.selection(mask, resource, 0) {
		return nil, p.bad, false
	}
	if p.text != "" {
		return nil, p.text, false
	}
	return mask, "", true
}

type fieldParser struct {
	text string // not parsed yet
	bad  string // set when parsing fails
}

// maxFieldDepth bounds nesting. Nothing in the API has more than six levels.
const maxFieldDepth = 20

func (p *fieldParser) selection(mask fieldMask, resource string, depth int) bool {
	for p.item(mask, resource, depth) {
		rest, more := strings.CutPrefix(p.text, ",")
		if !more {
			return true
		}
		p.text = rest
	}
	return false
}

func (p *fieldParser) item(mask fieldMask, resource string, depth int) bool {
	end := strings.IndexAny(p.text+",", ",/()")
	name := p.text[:end]
	child, ok := schemaMember(resource, name)
	if !ok || depth > maxFieldDepth {
		p.bad = name
		return false
	}
	p.text = p.text[end:]

	below, seen := mask[name]
	whole := seen && below == nil // then asking for a part adds nothing
	if below == nil {
		below = fieldMask{}
	}
	switch {
	case strings.HasPrefix(p.text, "/"):
		p.text = p.text[1:]
		ok = p.item(below, child, depth+1)
	case strings.HasPrefix(p.text, "("):
		p.text = p.text[1:]
		ok = p.selection(below, child, depth+1) && p.closeParenthesis()
	default:
		whole = true
	}
	if whole {
		below = nil
	}
	mask[name] = below
	return ok
}

func (p *fieldParser) closeParenthesis() bool {
	rest, ok := strings.CutPrefix(p.text, ")")
	if !ok {
		p.bad = p.text
		return false
	}
	p.text = rest
	return true
}

// member returns the mask for a member, and whether the member is asked for.
func (mask fieldMask) member(name string) (below fieldMask, ok bool) {
	if mask == nil {
		return nil, true
	}
	if below, ok = mask[name]; ok {
		return below, true
	}
	below, ok = mask["*"]
	return below, ok
}

// apply returns the part of v that the mask asks for, or nil if that's
// nothing. It applies the mask to each element of a list.
func (mask fieldMask) apply(v any) any {
	if mask == nil {
		return v
	}
	switch v := v.(type) {
	case object:
		return mask.applyToObject(v)
	case []any:
		out := []any{}
		for _, element := range v {
			if part := mask.apply(element); part != nil {
				out = append(out, part)
			}
		}
		return out
	}
	// A scalar has no members. The mask can still ask for some: by "*", or of
	// something that the schema doesn't look into.
	return nil
}

func (mask fieldMask) applyToObject(o object) object {
	out := object{}
	for _, m := range o {
		below, ok := mask.member(m.key)
		if !ok || m.value == nil {
			continue
		}
		if part := below.apply(m.value); part != nil {
			out = append(out, member{m.key, part})
		}
	}
	return out
}

// schemaMember looks up a member of a resource. It returns the name of the
// member's own resource, or "" for a scalar.
func schemaMember(resource, name string) (child string, ok bool) {
	switch {
	case name == "":
		return "", false
	case resource == "any":
		return "any", true
	case name == "*" && schema[resource] != nil:
		return "any", true
	}
	child, ok = schema[resource][name]
	return child, ok
}

// schema has the members of every resource that the fake serves, from the
// Calendar discovery document of revision 20260225 (D). A member that has
// members is followed by a colon and its resource; "any" can have any members.
var schema = map[string]map[string]string{
	"Events": members(`
		accessRole defaultReminders:EventReminder description etag items:Event
		kind nextPageToken nextSyncToken summary timeZone updated`),
	"Event": members(`
		anyoneCanAddSelf attachments:EventAttachment attendees:EventAttendee
		attendeesOmitted birthdayProperties:any colorId conferenceData:any
		created creator:Person description end:EventDateTime
		endTimeUnspecified etag eventLabelId eventType
		extendedProperties:ExtendedProperties focusTimeProperties:any
		gadget:any guestsCanInviteOthers guestsCanModify
		guestsCanSeeOtherGuests hangoutLink htmlLink iCalUID id kind location
		locked organizer:Person originalStartTime:EventDateTime
		outOfOfficeProperties:any privateCopy recurrence recurringEventId
		reminders:Reminders sequence source:Source start:EventDateTime status
		summary transparency updated visibility
		workingLocationProperties:any`),
	"EventReminder":      members(`method minutes`),
	"EventAttachment":    members(`fileId fileUrl iconLink mimeType title`),
	"EventDateTime":      members(`date dateTime timeZone`),
	"ExtendedProperties": members(`private:any shared:any`),
	"Person":             members(`displayName email id self`),
	"Reminders":          members(`overrides:EventReminder useDefault`),
	"Source":             members(`title url`),
	"EventAttendee": members(`
		additionalGuests comment displayName email id optional organizer
		resource responseStatus self`),
	"CalendarList": members(`
		etag items:CalendarListEntry kind nextPageToken nextSyncToken`),
	"CalendarListEntry": members(`
		accessRole autoAcceptInvitations backgroundColor colorId
		conferenceProperties:ConferenceProperties dataOwner
		defaultReminders:EventReminder deleted description etag
		foregroundColor hidden id kind location notificationSettings:any
		primary selected summary summaryOverride timeZone`),
	"Calendar": members(`
		autoAcceptInvitations conferenceProperties:ConferenceProperties
		dataOwner description etag id kind labelProperties:any location
		summary timeZone`),
	"ConferenceProperties": members(`allowedConferenceSolutionTypes`),
}

func members(text string) map[string]string {
	out := map[string]string{}
	for _, word := range strings.Fields(text) {
		name, resource, _ := strings.Cut(word, ":")
		out[name] = resource
	}
	return out
}
