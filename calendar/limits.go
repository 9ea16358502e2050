// SPDX-License-Identifier: 0BSD

package calendar

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
)

// These bounds keep an answer from using up memory or time. Google's answers
// stay far below them, but a proxy, a sign-in page or an attacker can send
// anything. Short JSON that takes a lot of memory once it's decoded is the
// reason for half of them.
const (
	// maxPage bounds an answer as a whole. 2,500 events of 1 KB are 2.5 MB.
	maxPage = 64 << 20

	// maxValue bounds one event, and each other value in a page: the decoder
	// holds the text of a value until all of it has arrived.
	maxValue = 1 << 20

	// maxSpace bounds white space in a row. The decoder looks at all of it
	// again whenever more arrives, so the time it takes grows with the square.
	maxSpace = 64 << 10

	// maxItems bounds the items of a page: Google sends no more. An item can be
	// as short as {}, but as an Event it takes 600 bytes.
	maxItems = 2500

	// maxMembers bounds the members of a page. Their names are kept, because
	// none may appear twice. A name can be one letter, but takes 100 bytes.
	maxMembers = 1000

	// maxListed bounds the guests, rules and reminders of an event. A guest can
	// be as short as {}, but as an Attendee it takes 112 bytes. An event may
	// have more of them if its text has minListed bytes for each one, which is
	// less than an email address needs.
	maxListed = 1000
	minListed = 16

	// maxErrorBody bounds answers that aren't a 200. They're read whole.
	maxErrorBody = 1 << 20

	// readSize is how much is read at once. What has been read but not decoded
	// counts towards maxValue, so readSize has to be much smaller than that.
	readSize = 32 << 10
)

// body is the body of a 200 on its way into the decoder. It stops with an error
// when the answer passes a bound, and it remembers whether the connection
// broke, which the decoder's error doesn't always tell.
type body struct {
	r   io.Reader
	dec *json.Decoder

	size    int   // how many bytes have been read
	space   int   // how many of them, at the end, are white space
	refused error // which bound was passed
	broken  error // the first error of the connection

	kind string // what the answer says it is; cl.decode sets this

	// If keep is set, text holds what has been read since the decoder began the
	// current value, so that since can return it.
	keep bool
	text bytes.Buffer
}

func newBody(r io.Reader, keep bool) *body {
	b := &body{r: r, keep: keep}
	b.dec = json.NewDecoder(bufio.NewReaderSize(b, readSize))
	return b
}

// Read reads for the decoder. It counts white space by whole reads: a read that
// has anything else in it starts the count again.
func (b *body) Read(p []byte) (int, error) {
	if b.refused != nil { // the decoder may ask again
		return 0, b.refused
	}
	n, err := b.r.Read(p[:min(len(p), readSize)])
	if b.keep {
		// Forget what the decoder has consumed by now.
		offset := b.size - b.text.Len() // of text in the body
		b.text.Next(int(b.dec.InputOffset()) - offset)
		b.text.Write(p[:n])
	}
	b.size += n
	b.space += n
	if len(bytes.TrimSpace(p[:n])) > 0 {
		b.space = 0
	}
	if err != io.EOF {
		b.broken = cmp.Or(b.broken, err)
	}
	b.refused = b.passedBound()
	if b.refused != nil {
		return 0, b.refused
	}
	return n, err
}

// passedBound returns an error that names the bound that b has passed, or nil.
func (b *body) passedBound() error {
	undecoded := b.size - int(b.dec.InputOffset())
	switch {
	case b.size > maxPage:
		return errors.New("larger than 64 MiB")
	case b.space > maxSpace:
		return errors.New("more than 64 KiB of white space")
	case undecoded > maxValue:
		return errors.New("a value is larger than 1 MiB")
	}
	return nil
}

// since returns the text that the decoder has consumed since it was at offset
// start, without the comma and the space before it.
//
// The copy costs 2 % of the time that a list takes. To decode each event into a
// json.RawMessage first, and then decode that, would cost 60 %.
func (b *body) since(start int64) []byte {
	text := b.text.Bytes()
	offset := b.size - len(text) // of text in the body
	text = text[max(0, int(start)-offset) : int(b.dec.InputOffset())-offset]
	return bytes.Clone(bytes.TrimLeft(text, ", \t\r\n"))
}

// listed counts what maxListed bounds.
func (e *Event) listed() int {
	return len(e.Attendees) + len(e.Recurrence) + len(e.Reminders.Overrides)
}
