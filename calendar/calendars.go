// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
)

// Calendar is what a calendar says of itself.
//
// https://developers.google.com/workspace/calendar/api/v3/reference/calendars
type Calendar struct {
	ID          string `json:"id"`
	ETag        string `json:"etag"`
	Summary     string `json:"summary"` // the title
	Description string `json:"description"`
	Location    string `json:"location"`
	TimeZone    string `json:"timeZone"` // IANA name
}

// CalendarListEntry is a calendar as it stands in the list of an account.
//
// https://developers.google.com/workspace/calendar/api/v3/reference/calendarList
type CalendarListEntry struct {
	Calendar
	SummaryOverride string `json:"summaryOverride"` // the title that the account gave it
	AccessRole      string `json:"accessRole"`      // freeBusyReader, reader, writer or owner
	Primary         bool   `json:"primary"`
	Selected        bool   `json:"selected"`
	Hidden          bool   `json:"hidden"`
}

const entryFields = "kind,nextPageToken,items(id,etag,summary,description,location,timeZone,summaryOverride,accessRole,primary,selected,hidden)"

// Calendar reads one calendar's own data. It needs another scope than events
// do: calendar.calendars.readonly or calendar.readonly. Errors are *Error.
func (c *Client) Calendar(ctx context.Context, calendarID string) (*Calendar, error) {
	id, err := segment(calendarID)
	cl := call{op: fmt.Sprintf("calendar %q", calendarID), path: "/calendars/" + id}
	v, _, err := one[Calendar](ctx, c, cl, "calendar#calendar", err)
	return v, err
}

// CalendarList lists the calendars on the account's list, as Events does events.
// It needs the scope calendar.calendarlist.readonly or calendar.readonly. A
// calendar that was shared with a service account can be read by its id at once,
// but is not in this list until the account itself puts it there.
func (c *Client) CalendarList(ctx context.Context) iter.Seq2[*CalendarListEntry, error] {
	query := url.Values{"prettyPrint": {"false"}, "maxResults": {"250"}, "fields": {entryFields}}
	cl := call{op: "calendar list", path: "/users/me/calendarList", query: query}
	return (&list[CalendarListEntry]{client: c, call: cl, kind: "calendar#calendarList"}).all(ctx, nil)
}

// one reads a single resource, and its JSON as sent.
func one[T any](ctx context.Context, c *Client, cl call, kind string, invalid error) (*T, json.RawMessage, error) {
	if invalid != nil {
		return nil, nil, cl.fail(atQuery, invalid)
	}
	var v *T
	var raw json.RawMessage
	cl.query = url.Values{"prettyPrint": {"false"}}
	err := c.get(ctx, cl, func(body io.Reader) error {
		dec, head := json.NewDecoder(body), struct{ Kind string }{}
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		v = new(T)
		if err := errors.Join(json.Unmarshal(raw, &head), json.Unmarshal(raw, v)); err != nil {
			return err
		}
		return checkEnd(dec, head.Kind, kind)
	})
	return v, raw, err
}

// segment makes an id one segment of a path. Ids have "#" in them (public
// holidays), which would end the path, and may have "/".
func segment(id string) (string, error) {
	if id == "" || id == "." || id == ".." {
		return "", fmt.Errorf("%q is not the id of anything", id)
	}
	return url.PathEscape(id), nil
}
