// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"sync"
	"time"
)

// list is a resource that Google hands out page by page, in items of type T.
type list[T any] struct {
	client      *Client
	call        call
	size, limit int  // items asked for a page, 0 if that is not for limit to say; most items to hand out, 0 for all
	raw         bool // keep the JSON of events
}

// page is a page of any list, perhaps still under way.
type page[T any] struct {
	Page  // its Items stay nil
	kind  string
	items []*T
	token string      // that it was asked for with
	begin func()      // lets it be decoded
	early chan string // is sent NextPageToken once it is there (Google sends it before the items), and closed when the page is whole, or err is set
	err   error
}

// all lists every item. The consumer drives: the page after next is not asked for
// before the next one is wanted. No goroutine is left when the loop ends.
func (l *list[T]) all(ctx context.Context, syncToken *string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		cl, left, asked := l.call, cmp.Or(l.limit, math.MaxInt), map[string]bool{}
		ask := func(number int, token string) *page[T] {
			if asked[token] {
				return nil
			}
			asked[token] = true
			// Decoded when the page before it has been handed out: so a quick consumer holds
			// one page and not two. A slow one holds both, as no server waits for long.
			turn, begin := context.WithTimeout(ctx, time.Second)
			p := &page[T]{token: token, begin: begin, early: make(chan string, 1)}
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer close(p.early)
				p.err = l.fetch(ctx, number, p, func() { <-turn.Done() })
			}()
			return p
		}
		for p := ask(1, ""); p != nil; {
			p.begin()
			cl.page++
			var next *page[T]
			if left > l.size { // else this page may well be the last one needed
				if token, ok := <-p.early; ok {
					next = ask(cl.page+1, token)
				}
			}
			for range p.early { // until it is closed
			}
			if p.err != nil {
				yield(nil, p.err)
				return
			}
			last, items := p.NextPageToken == "" && len(p.items) <= left, p.items[:min(len(p.items), left)]
			left -= len(items)
			if !last && left > 0 && (next == nil || next.token != p.NextPageToken) { // or announced by a try that broke off
				next = ask(cl.page+1, p.NextPageToken)
			}
			for _, item := range items {
				if ctx.Err() != nil {
					yield(nil, cl.fail(atContext, ctx.Err()))
					return
				}
				if !yield(item, nil) {
					return
				}
			}
			if last && syncToken != nil {
				*syncToken = p.NextSyncToken
			}
			if last || left == 0 {
				return
			}
			p = next
		}
		yield(nil, cl.fail(atBody, errors.New("nextPageToken is that of a page already read")))
	}
}

// fetch reads the page that p.token asks for.
func (l *list[T]) fetch(ctx context.Context, number int, p *page[T], wait func()) error {
	cl := l.call
	cl.page = number
	if p.token != "" {
		cl.query = maps.Clone(cl.query)
		cl.query.Set("pageToken", p.token)
	}
	cl.decode = func(b *body) (string, error) {
		wait()
		p.Page, p.kind, p.items, b.keep = Page{}, "", nil, l.raw
		err := p.read(b)
		return p.kind, err
	}
	return l.client.get(ctx, cl)
}

// read takes the envelope member by member and decodes the items where they stand,
// so that no page is ever held as text. Measured with go test -bench Events
// -cpuprofile: nine tenths of the time of a list are Decode's, and of those a third goes
// into finding where a value ends, the rest into decoding it. The text is gone over for
// nothing else. To go over it once would take another parser than encoding/json's.
func (p *page[T]) read(b *body) error {
	members := map[json.Token]any{"kind": &p.kind, "etag": &p.ETag, "summary": &p.Summary, "description": &p.Description,
		"updated": &p.Updated, "timeZone": &p.TimeZone, "accessRole": &p.AccessRole, "defaultReminders": &p.DefaultReminders,
		"nextPageToken": &p.NextPageToken, "nextSyncToken": &p.NextSyncToken}
	seen := map[json.Token]bool{}
	return within(b.dec, '{', func() error {
		name, err := b.dec.Token()
		switch {
		case err != nil:
			return err
		case seen[name] || len(seen) == 1000: // a name is 3 bytes, and its place in the map 100
			err = errors.New("stands there twice, or is one of too many")
		case name == "items":
			err = within(b.dec, '[', func() error { return p.readItem(b) })
		default:
			err = b.dec.Decode(cmp.Or(members[name], any(new(json.RawMessage))))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		seen[name] = true
		if name == "nextPageToken" && p.NextPageToken != "" {
			select {
			case p.early <- p.NextPageToken:
			default: // nobody waits for it, or a try before this one told it
			}
		}
		return nil
	})
}

func (p *page[T]) readItem(b *body) error {
	var item *T
	start := b.dec.InputOffset()
	err := b.dec.Decode(&item)
	event, _ := any(item).(*Event)
	switch {
	case err != nil:
	case item == nil || len(p.items) == 2500: // {} is 3 bytes, and an Event 600
		err = errors.New("null, or one too many: Google sends 2500 a page at most")
	case event != nil && len(event.Attendees)+len(event.Recurrence)+len(event.Reminders.Overrides) > 1000+int(b.dec.InputOffset()-start)/16: // {} is 3 bytes, and an Attendee 112
		err = errors.New("more guests, rules or reminders, with nothing in them, than an event has")
	case event != nil && b.keep:
		event.Raw = b.since(start)
	}
	if err != nil {
		return fmt.Errorf("number %d: %w", len(p.items)+1, err)
	}
	p.items = append(p.items, item)
	return nil
}

// within reads an object or an array, calling element for each of its elements.
func within(dec *json.Decoder, open json.Delim, element func() error) error {
	if got, err := dec.Token(); err != nil {
		return err
	} else if got != open {
		return fmt.Errorf("%v where %v should be", got, open)
	}
	for dec.More() {
		if err := element(); err != nil {
			return err
		}
	}
	// More is false at the end, and where an error is: then what follows may be anything.
	end, err := dec.Token()
	if fits := map[json.Delim]json.Delim{'{': '}', '[': ']'}[open]; err == nil && end != fits {
		err = fmt.Errorf("%v where %v should be", end, fits)
	}
	return err
}
