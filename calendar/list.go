// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"iter"
	"maps"
	"math"
	"sync"
)

// list is what Google sends page by page, as items of type T.
type list[T any] struct {
	client *Client
	call   call // for the first page
	limit  int  // the most items to yield; 0 for all
	size   int  // how many items per page the call asks for, if there's a limit
}

// reading is one pass over a list. While the consumer uses one page, the next
// one is read and decoded, on another processor if there is one. A pass holds
// these two pages and no more, however long the list is.
type reading[T any] struct {
	*list[T]
	ctx  context.Context
	wg   sync.WaitGroup // of the goroutines that read pages
	left int            // how many items are still wanted

	// asked has the SHA-256 hash of each page token that has been used. A token
	// itself can be as long as maxValue, and there can be any number of them.
	asked map[[32]byte]bool
}

// all lists every item. The consumer drives: the page after next isn't asked
// for before the next one is wanted. No goroutine is left when the loop ends.
// syncToken, if not nil, is set when a list has been yielded to its end.
func (l *list[T]) all(ctx context.Context, syncToken *string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		r := &reading[T]{
			list:  l,
			ctx:   ctx,
			left:  cmp.Or(l.limit, math.MaxInt),
			asked: map[[32]byte]bool{},
		}
		defer r.wg.Wait()
		defer cancel()
		for p := r.ask(0, ""); p != nil; p = p.next {
			if err := r.await(p); err != nil {
				yield(nil, err)
				return
			}
			for _, item := range r.within(p) {
				if ctx.Err() != nil {
					yield(nil, p.call.fail(atContext, ctx.Err()))
					return
				}
				if !yield(item, nil) {
					return
				}
			}
			if p.complete && syncToken != nil {
				*syncToken = p.NextSyncToken
			}
		}
	}
}

// ask asks for the page that comes after page number after, and returns at
// once: a goroutine reads the page. If the token has been used before, the page
// that it returns has failed already.
func (r *reading[T]) ask(after int, token string) *page[T] {
	p := r.page(after+1, token)
	ctx, cancel := context.WithCancel(r.ctx)
	p.cancel = cancel
	hash := sha256.Sum256([]byte(token))
	if r.asked[hash] { // from here on the list would repeat itself forever
		p.call.page = after
		p.err = p.call.fail(atBody, errors.New("nextPageToken is that of a page already read"))
		close(p.announced)
		return p
	}
	r.asked[hash] = true
	r.wg.Add(1)
	go func() {
		defer r.wg.Done()
		defer cancel()
		defer close(p.announced)
		p.err = r.client.get(ctx, p.call)
	}()
	return p
}

// await returns when p is whole. As soon as p announces the page after it, that
// one is asked for, unless the limit says that p is probably the last one
// needed.
func (r *reading[T]) await(p *page[T]) error {
	if r.left > r.size {
		if token, ok := <-p.announced; ok {
			p.next = r.ask(p.call.page, token)
		}
	}
	for range p.announced { // until it's closed
	}
	return p.err
}

// within returns the items of p, which is whole now, up to the limit. It also
// settles which page is next, because await may not have known: p may be
// shorter than the limit needs, or an attempt that broke off announced another
// page.
func (r *reading[T]) within(p *page[T]) []*T {
	token := p.NextPageToken
	items := p.items[:min(len(p.items), r.left)]
	p.complete = token == "" && len(items) == len(p.items)
	r.left -= len(items)
	if r.left == 0 {
		token = ""
	}
	if p.next != nil && p.next.token != token {
		p.next.cancel()
		p.next = nil
	}
	if p.next == nil && token != "" {
		p.next = r.ask(p.call.page, token)
	}
	return items
}

// page returns a page that hasn't been read yet, with the call that reads it.
func (l *list[T]) page(number int, token string) *page[T] {
	p := &page[T]{call: l.call, token: token, announced: make(chan string, 1)}
	p.call.page = number
	p.call.decode = p.read
	if token != "" {
		p.call.query = maps.Clone(p.call.query)
		p.call.query.Set("pageToken", token)
	}
	return p
}
