// SPDX-License-Identifier: 0BSD

package calendar

import (
	"encoding/json"
	"errors"
	"fmt"
)

// page is one page of a list, perhaps still on its way. The goroutine that
// reads it closes announced when it's done; before that, nobody else may look
// at the other fields that it sets.
type page[T any] struct {
	Page  // what comes with the items; its Items stay nil
	items []*T

	call  call   // reads the page
	token string // the page token in call; "" for the first page
	err   error  // why the page couldn't be read

	// announced receives NextPageToken as soon as it's there. Google sends it
	// before the items, so the next page can be on its way while this one still
	// arrives. The channel is closed when the page is whole, or err is set.
	announced chan string

	cancel   func()   // stops reading it
	next     *page[T] // the page after it, if one follows and is wanted
	complete bool     // whether the list ends with it, and no item was cut off
}

// read decodes a page member by member and the items one by one, as they
// arrive. The text of a page is never in memory as a whole. A page without items
// is an empty one: Google's reference doesn't say that it always sends the list.
//
// Nine tenths of a list's time is spent in Decode, a third of that on finding
// where a value ends (go test -bench Events -cpuprofile). Nothing else looks at
// the text, so only another parser than encoding/json's could be faster.
func (p *page[T]) read(b *body) error {
	p.Page, p.items = Page{}, nil // an attempt that broke off may have set them
	seen := map[json.Token]bool{}
	return each(b.dec, '{', '}', func() error {
		name, err := b.dec.Token()
		if err != nil {
			return err
		}
		if err := p.readMember(b, name, seen); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		seen[name] = true
		b.weight += listedSize
		return nil
	})
}

// readMember decodes the value of the member called name. seen holds the names
// of the members before it. If a name appeared twice, the second value would
// overwrite the first, and events could disappear without a trace.
func (p *page[T]) readMember(b *body, name json.Token, seen map[json.Token]bool) error {
	switch {
	case seen[name]:
		return errors.New("it appears twice")
	case name == "items":
		return each(b.dec, '[', ']', func() error { return p.readItem(b) })
	}
	value, known := p.members(b)[name]
	if !known {
		value = new(json.RawMessage) // which can hold anything
	}
	if err := b.dec.Decode(value); err != nil {
		return err
	}
	if max(len(p.NextPageToken), len(p.NextSyncToken)) > maxToken {
		return errors.New("longer than 8 KiB")
	}
	if name == "nextPageToken" && p.NextPageToken != "" {
		select {
		case p.announced <- p.NextPageToken:
		default: // an attempt that broke off has announced one
		}
	}
	return nil
}

// members says where the values of a page's members belong. Their names match
// exactly, unlike those of a struct, which encoding/json compares without case.
func (p *page[T]) members(b *body) map[json.Token]any {
	return map[json.Token]any{
		"kind":             &b.kind,
		"etag":             &p.ETag,
		"summary":          &p.Summary,
		"description":      &p.Description,
		"updated":          &p.Updated,
		"timeZone":         &p.TimeZone,
		"accessRole":       &p.AccessRole,
		"defaultReminders": &p.DefaultReminders,
		"nextPageToken":    &p.NextPageToken,
		"nextSyncToken":    &p.NextSyncToken,
	}
}

// readItem decodes one item and appends it. What an event lists adds to the
// page's weight, which is checked when the next text is read.
func (p *page[T]) readItem(b *body) error {
	var item *T
	start := b.dec.InputOffset()
	err := b.dec.Decode(&item)
	event, isEvent := any(item).(*Event)
	switch {
	case err != nil: // see below
	case item == nil:
		err = errors.New("it is null")
	case len(p.items) == maxItems:
		err = errors.New("more than the 2500 that Google sends in a page")
	case isEvent:
		b.weight += itemSize + listedSize*event.listed()
		if p.call.keep {
			event.Raw = b.since(start)
			b.weight += len(event.Raw)
		}
	}
	if err != nil {
		return fmt.Errorf("number %d: %w", len(p.items)+1, err)
	}
	p.items = append(p.items, item)
	return nil
}

// each reads an object or an array, from open to end. For each member or
// element it calls element, which has to read it.
func each(dec *json.Decoder, open, end json.Delim, element func() error) error {
	if err := expect(dec, open); err != nil {
		return err
	}
	for dec.More() {
		if err := element(); err != nil {
			return err
		}
	}
	// More returns false at the end, but also on an error.
	return expect(dec, end)
}

// expect reads a brace or bracket, which must be want.
func expect(dec *json.Decoder, want json.Delim) error {
	got, err := dec.Token()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%v where %v should be", got, want)
	}
	return nil
}
