// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"maps"
	"sync"
)

// list is a resource that Google hands out page by page, in items of type T.
type list[T any] struct {
	client  *Client
	call    call
	invalid error // why nothing can be sent
	kind    string
	size    int // items asked for a page
	limit   int // most items to hand out; 0: all
	keep    func(item *T, raw json.RawMessage)
}

// flight is a page under way. Its early token arrives before its items do.
type flight[T any] struct {
	token  string // that it was asked for with
	cancel context.CancelFunc
	early  chan string
	done   chan struct{} // closed once page and err are set
	page   *page[T]
	err    error
}

// all lists every item. The consumer drives: the page after next is not asked
// for before the next one is wanted, so one page at most is ahead. No goroutine
// is left when the loop ends, however it ends.
func (l *list[T]) all(ctx context.Context, syncToken *string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) { l.run(ctx, syncToken, yield) }
}

func (l *list[T]) run(ctx context.Context, syncToken *string, yield func(*T, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	asked := map[string]bool{}
	start := func(number int, token string) *flight[T] {
		if asked[token] {
			return nil
		}
		asked[token] = true
		ctx, cancel := context.WithCancel(ctx)
		f := &flight[T]{token: token, cancel: cancel, early: make(chan string, 1), done: make(chan struct{})}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer close(f.done)
			defer cancel()
			f.page, f.err = l.fetch(ctx, number, token, f.early)
		}()
		return f
	}

	left := l.limit
	current := start(1, "") // and no later page is: "" is the token of the first
	for number := 1; ; number++ {
		var next *flight[T]
		if l.limit == 0 || left > l.size { // else this page may well be the last one needed
			select {
			case token := <-current.early:
				next = start(number+1, token)
			case <-current.done:
			}
		}
		<-current.done
		if current.err != nil {
			yield(nil, current.err)
			return
		}
		token, items := current.page.NextPageToken, current.page.items
		if next != nil && next.token != token { // announced by a try that broke off
			next.cancel()
			delete(asked, next.token)
			next = nil
		}
		enough := l.limit > 0 && len(items) >= left
		whole := token == "" && (!enough || len(items) == left)
		if enough {
			items = items[:left]
		} else if next == nil {
			next = start(number+1, token)
		}
		left -= len(items)
		failed := call{op: l.call.op, page: number}
		for _, item := range items {
			if ctx.Err() != nil {
				yield(nil, failed.fail(atContext, ctx.Err()))
				return
			}
			if !yield(item, nil) {
				return
			}
		}
		if whole && syncToken != nil {
			*syncToken = current.page.NextSyncToken
		}
		if whole || enough {
			return
		} else if next == nil {
			yield(nil, failed.fail(atBody, errors.New("nextPageToken is that of a page already read")))
			return
		}
		current = next
	}
}

// fetch reads one page, trying again as Client.get does. early, if not nil, is
// sent the first nextPageToken that is seen, as soon as it is.
func (l *list[T]) fetch(ctx context.Context, number int, token string, early chan<- string) (*page[T], error) {
	cl := l.call
	cl.page = number
	if l.invalid != nil {
		return nil, cl.fail(atQuery, l.invalid)
	}
	if token != "" {
		cl.query = maps.Clone(cl.query)
		cl.query.Set("pageToken", token)
	}
	var p *page[T]
	err := l.client.get(ctx, cl, func(body io.Reader) error {
		p = new(page[T])
		return p.read(json.NewDecoder(body), l.kind, l.keep, early)
	})
	return p, err
}
