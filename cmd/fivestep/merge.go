// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"example.com/fivestep/calendar"
)

// entry is a line of output, and where it belongs.
type entry struct {
	at   time.Time // when the event starts, in the zone of the table
	text []byte

	// exact says that no entry after this one belongs before it.
	exact bool
}

const (
	// mostApart is how far apart two time zones can be, from UTC+14 to UTC-12.
	mostApart = 26 * time.Hour

	// maxWaiting and maxWaitingBytes bound the entries that wait for one that
	// may belong before them, in all calendars together. If there are more, some
	// days may not ascend.
	maxWaiting      = 5000
	maxWaitingBytes = 1 << 20
)

// ascending puts entries in order. Google orders events by their start, but an
// event that lasts all day starts at midnight in the calendar's time zone. In
// the zone of the table, it may belong elsewhere. n is how many lists there are
// to put in order.
func ascending(entries iter.Seq2[entry, error], n int) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		var waiting []entry
		size := 0
		release := func(n int) bool {
			for _, e := range waiting[:n] {
				size -= len(e.text)
				if !yield(e, nil) {
					return false
				}
			}
			waiting = slices.Delete(waiting, 0, n)
			return true
		}
		for e, err := range entries {
			if err != nil {
				if release(len(waiting)) {
					yield(entry{}, err)
				}
				return
			}
			size += len(e.text)
			belongs := len(waiting)
			for belongs > 0 && waiting[belongs-1].at.After(e.at) {
				belongs--
			}
			waiting = slices.Insert(waiting, belongs, e)
			ready := settled(waiting, e)
			if len(waiting) > maxWaiting/n || size > maxWaitingBytes/n {
				ready = len(waiting)
			}
			if !release(ready) {
				return
			}
		}
		release(len(waiting))
	}
}

// settled returns how many entries needn't wait any longer. The last one that
// arrived is newest.
func settled(waiting []entry, newest entry) int {
	if newest.exact {
		return len(waiting)
	}
	until := newest.at.Add(-mostApart)
	n := slices.IndexFunc(waiting, func(e entry) bool { return e.at.After(until) })
	if n < 0 {
		return len(waiting)
	}
	return n
}

// source is one of several lists of entries that are merged.
type source struct {
	next func() (entry, error, bool)
	stop func()
	head entry // the next entry
	err  error // why there's no next entry
	done bool  // whether there's none
}

func (s *source) advance() {
	var more bool
	s.head, s.err, more = s.next()
	s.done = !more
}

// merge merges lists that are in order. An error of any list ends them all.
func merge(lists []iter.Seq2[entry, error]) iter.Seq2[entry, error] {
	if len(lists) == 1 {
		return lists[0]
	}
	return func(yield func(entry, error) bool) {
		sources := make([]*source, len(lists))
		var first sync.WaitGroup // all calendars are asked at the same time
		for i, list := range lists {
			s := new(source)
			s.next, s.stop = iter.Pull2(list)
			defer s.stop()
			sources[i] = s
			first.Add(1)
			go func() {
				defer first.Done()
				s.advance()
			}()
		}
		first.Wait()
		for {
			sources = slices.DeleteFunc(sources, func(s *source) bool { return s.done })
			if len(sources) == 0 {
				return
			}
			failed := slices.IndexFunc(sources, func(s *source) bool { return s.err != nil })
			if failed >= 0 {
				yield(entry{}, sources[failed].err)
				return
			}
			least := slices.MinFunc(sources, func(a, b *source) int {
				return a.head.at.Compare(b.head.at)
			})
			if !yield(least.head, nil) {
				return
			}
			least.advance()
		}
	}
}

// These bound what several calendars take in memory, together.
const (
	// maxCalendars leaves each calendar enough for a page of 50 events.
	maxCalendars = 50

	// maxWeight is what one page of each calendar may weigh, all together: as
	// much as the page of a single calendar.
	maxWeight = 32 << 20

	// maxAnswers is how many pages arrive at the same time. net/http reads up to
	// 4 MB of each ahead.
	maxAnswers = 8
)

// sharing returns a client that reads n calendars at once in the memory that one
// calendar may take.
func sharing(client *calendar.Client, n int) *calendar.Client {
	if n == 1 {
		return client
	}
	shared := *client
	shared.MaxPage = maxWeight / n
	turns := &turns{free: make(chan bool, maxAnswers)}
	shared.Token = func(ctx context.Context) (string, error) {
		if err := turns.wait(ctx); err != nil {
			return "", err
		}
		return client.Token(ctx)
	}
	return &shared
}

// turns are those of contexts. Package calendar reads each page with a context
// that ends when the page is there or has failed, so no turn lasts forever: it
// waits for no other page, nor for anyone who uses the page.
type turns struct {
	free chan bool // is full when no turn is free
	held sync.Map  // contexts whose turn it is
}

// wait waits for the turn of ctx, which ends with ctx. A page that is asked for
// again keeps its turn.
func (t *turns) wait(ctx context.Context) error {
	if _, held := t.held.Load(ctx); held {
		return nil
	}
	select {
	case t.free <- true:
	case <-ctx.Done():
		return fmt.Errorf("the pages of other calendars are still arriving: %w", ctx.Err())
	}
	t.held.Store(ctx, nil)
	context.AfterFunc(ctx, func() {
		t.held.Delete(ctx)
		<-t.free
	})
	return nil
}
