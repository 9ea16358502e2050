// SPDX-License-Identifier: 0BSD

package calendar

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Page is one page of a list of events. NextPageToken is "" on the last page,
// which may have a NextSyncToken instead. A page may be short, or empty, though
// others follow.
type Page struct {
	ETag             string     `json:"etag"`
	Summary          string     `json:"summary"` // the calendar's title
	Description      string     `json:"description"`
	Updated          string     `json:"updated"` // RFC 3339, UTC
	TimeZone         string     `json:"timeZone"`
	AccessRole       string     `json:"accessRole"`
	DefaultReminders []Reminder `json:"defaultReminders"`
	NextPageToken    string     `json:"nextPageToken"`
	NextSyncToken    string     `json:"nextSyncToken"`
	Items            []*Event   `json:"items"`
}

// page is a page of any list that Google hands out.
type page[T any] struct {
	Page  // its Items stay nil
	items []*T
}

// read takes the envelope member by member and decodes the items where they
// stand, so that no page is ever held as text. NextPageToken goes to early as
// soon as it is there: Google sends it before the items.
func (p *page[T]) read(dec *json.Decoder, kind string, keep func(*T, json.RawMessage), early chan<- string) error {
	var got string
	members := map[string]any{"kind": &got, "etag": &p.ETag, "summary": &p.Summary, "description": &p.Description,
		"updated": &p.Updated, "timeZone": &p.TimeZone, "accessRole": &p.AccessRole, "defaultReminders": &p.DefaultReminders,
		"nextPageToken": &p.NextPageToken, "nextSyncToken": &p.NextSyncToken}
	seen := map[json.Token]bool{}
	if err := expect(dec, '{'); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		if seen[name] {
			return fmt.Errorf("member %q stands there twice", name)
		}
		seen[name] = true
		if name == "items" {
			err = p.readItems(dec, keep)
		} else if value, known := members[name.(string)]; known {
			err = dec.Decode(value)
		} else {
			err = dec.Decode(new(json.RawMessage))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if name == "nextPageToken" && p.NextPageToken != "" {
			select {
			case early <- p.NextPageToken:
			default: // nobody waits for it, or a try before this one told it
			}
		}
	}
	if err := expect(dec, '}'); err != nil {
		return err
	}
	return checkEnd(dec, got, kind)
}

func (p *page[T]) readItems(dec *json.Decoder, keep func(*T, json.RawMessage)) error {
	if err := expect(dec, '['); err != nil {
		return err
	}
	for dec.More() {
		var item *T
		var raw json.RawMessage
		var err error
		if keep == nil {
			err = dec.Decode(&item)
		} else if err = dec.Decode(&raw); err == nil {
			err = json.Unmarshal(raw, &item)
		}
		if err == nil && item == nil {
			err = errors.New("null")
		}
		if err != nil {
			return fmt.Errorf("number %d: %w", len(p.items)+1, err)
		}
		if keep != nil {
			keep(item, raw)
		}
		p.items = append(p.items, item)
	}
	return expect(dec, ']')
}

func expect(dec *json.Decoder, delim json.Delim) error {
	if got, err := dec.Token(); err != nil {
		return err
	} else if got != delim {
		return fmt.Errorf("%v where %v should be", got, delim)
	}
	return nil
}

// checkEnd is what makes an answer of some JSON with status 200.
func checkEnd(dec *json.Decoder, kind, want string) error {
	if _, err := dec.Token(); err == nil {
		return errors.New("there is more text after its end")
	} else if err != io.EOF {
		return err
	}
	if kind != want {
		return fmt.Errorf("its kind is %q, not %q", kind, want)
	}
	return nil
}
