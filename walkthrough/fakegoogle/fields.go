// SPDX-License-Identifier: 0BSD

package fakegoogle

import "strings"

// mask is a parsed fields parameter: the members asked for, each with a mask of its own, nil for all of it.
//
// Source for the grammar: https://developers.google.com/workspace/calendar/api/guides/performance (D).
//
//	selection = item *("," item)
//	item      = name [ "/" item / "(" selection ")" ]
//	name      = a member's name, or "*" for each
type mask map[string]mask

// parseFields reads a fields parameter for a resource of the schema. What is wrong with it, it returns as the word that
// goes into Google's "Invalid field selection": the unknown member (V), or where the punctuation goes wrong (R).
func parseFields(text, kind string) (m mask, bad string, ok bool) {
	p := &fieldParser{text: text}
	m = mask{}
	if !p.selection(m, kind, 0) {
		return nil, p.bad, false
	}
	return m, p.text, p.text == ""
}

type fieldParser struct {
	text string // what is still to be read
	bad  string
}

// maxDepth bounds nesting. Nothing in the API is deeper than six.
const maxDepth = 20

func (p *fieldParser) selection(m mask, kind string, depth int) bool {
	for p.item(m, kind, depth) {
		if !strings.HasPrefix(p.text, ",") {
			return true
		}
		p.text = p.text[1:]
	}
	return false
}

func (p *fieldParser) item(m mask, kind string, depth int) bool {
	end := strings.IndexAny(p.text+",", ",/()")
	name := p.text[:end]
	child, ok := memberOf(kind, name)
	if !ok || depth > maxDepth {
		p.bad = name
		return false
	}
	p.text = p.text[end:]
	below, seen := m[name]
	if below == nil {
		below = mask{}
	}
	whole := false
	switch {
	case strings.HasPrefix(p.text, "/"):
		p.text = p.text[1:]
		ok = p.item(below, child, depth+1)
	case strings.HasPrefix(p.text, "("):
		p.text = p.text[1:]
		if ok = p.selection(below, child, depth+1); ok {
			p.bad = p.text
			p.text, ok = strings.CutPrefix(p.text, ")")
		}
	default:
		whole = true
	}
	if whole || seen && m[name] == nil { // once all of it was asked for, a part adds nothing
		below = nil
	}
	m[name] = below
	return ok
}

// memberOf looks a name up in the schema and returns what kind of thing it is.
func memberOf(kind, name string) (string, bool) {
	switch {
	case name == "":
		return "", false
	case kind == "any", name == "*" && schema[kind] != nil:
		return "any", true
	}
	child, ok := schema[kind][name]
	return child, ok
}

// of is the mask for a member, and whether the member is asked for at all.
func (m mask) of(name string) (below mask, ok bool) {
	if below, ok = m[name]; !ok {
		below, ok = m["*"]
	}
	return below, ok || m == nil
}

// project leaves in v what the mask asks for; a list is projected element by element.
func project(v any, m mask) any {
	if m == nil {
		return v
	}
	switch v := v.(type) {
	case object:
		out := object{}
		for _, e := range v {
			if below, ok := m.of(e.key); ok && e.value != nil {
				if value := project(e.value, below); value != nil {
					out = append(out, member{e.key, value})
				}
			}
		}
		return out
	case []any:
		out := []any{}
		for _, e := range v {
			if value := project(e, m); value != nil {
				out = append(out, value)
			}
		}
		return out
	}
	return nil // a scalar has no members, and is left out where one is asked for: by "*", or of what the schema does not know
}

// schema names the members of every resource that is served, after the Calendar discovery document of revision 20260225
// (D). A member that has members of its own is followed by a colon and their resource; "any" is not looked into.
var schema = readSchema(`
Events accessRole defaultReminders:EventReminder description etag items:Event kind nextPageToken nextSyncToken summary timeZone updated
Event anyoneCanAddSelf attachments:EventAttachment attendees:EventAttendee attendeesOmitted birthdayProperties:any colorId conferenceData:any created creator:Person description end:EventDateTime endTimeUnspecified etag eventLabelId eventType extendedProperties:ExtendedProperties focusTimeProperties:any gadget:any guestsCanInviteOthers guestsCanModify guestsCanSeeOtherGuests hangoutLink htmlLink iCalUID id kind location locked organizer:Person originalStartTime:EventDateTime outOfOfficeProperties:any privateCopy recurrence recurringEventId reminders:Reminders sequence source:Source start:EventDateTime status summary transparency updated visibility workingLocationProperties:any
EventReminder method minutes
EventAttachment fileId fileUrl iconLink mimeType title
EventAttendee additionalGuests comment displayName email id optional organizer resource responseStatus self
EventDateTime date dateTime timeZone
ExtendedProperties private:any shared:any
Person displayName email id self
Reminders overrides:EventReminder useDefault
Source title url
CalendarList etag items:CalendarListEntry kind nextPageToken nextSyncToken
CalendarListEntry accessRole autoAcceptInvitations backgroundColor colorId conferenceProperties:ConferenceProperties dataOwner defaultReminders:EventReminder deleted description etag foregroundColor hidden id kind location notificationSettings:any primary selected summary summaryOverride timeZone
Calendar autoAcceptInvitations conferenceProperties:ConferenceProperties dataOwner description etag id kind labelProperties:any location summary timeZone
ConferenceProperties allowedConferenceSolutionTypes
`)

func readSchema(text string) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		out[words[0]] = map[string]string{}
		for _, word := range words[1:] {
			name, kind, _ := strings.Cut(word, ":")
			out[words[0]][name] = kind
		}
	}
	return out
}
