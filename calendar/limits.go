// SPDX-License-Identifier: 0BSD

package calendar

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// These bounds keep an answer from using up memory or time. Google's answers
// stay far below them, but a proxy, a sign-in page or an attacker can send
// anything. Whatever that is, a list needs less than 200 MB: it holds two pages,
// and the garbage collector lets the heap grow to twice what it has to keep.
//
//	a page's weight          32 MiB      maxPage, or Client.MaxPage
//	a value, as text        384 KiB      maxValue
//	white space in a row     64 KiB      maxSpace
//	items of a page           2,500      maxItems
//	a page or sync token      8 KiB      maxToken
//	an error answer          64 KiB      maxErrorBody
//	an answer's header       64 KiB      maxHeader
//	a server's text          500 bytes   maxText, in withhold.go
//	an attempt               30 seconds  attemptTimeout, in client.go
//	Retry-After               1 minute   maxRetryAfter, in retry.go
const (
	// maxPage bounds the weight of a page, which is about what it takes in
	// memory: its text, once more if that is kept, twice more for each byte
	// that isn't UTF-8 and so becomes the three of U+FFFD, itemSize for each
	// event, and listedSize for whatever an event lists and for each member of
	// the page, because none may appear twice. 2,500 events of 1 KB with two
	// guests weigh 6 MB.
	maxPage = 32 << 20

	// itemSize is what an event takes, apart from its text and its lists. As
	// text, it can be as short as {}, and so can what it lists.
	itemSize = 1 << 10

	// listedSize is what a guest or an entry point takes, apart from its text.
	listedSize = 192

	// maxValue bounds one event, and each other value in a page: the decoder
	// holds the text of a value until all of it has arrived. An event with 8 KB
	// of description and 2,000 guests has 300 KB.
	maxValue = 384 << 10

	// buffered is how many times that text is in memory: twice in the decoder's
	// buffer, which grows by doubling, and as often in body's.
	buffered = 4

	// maxSpace bounds white space in a row. The decoder looks at all of it
	// again whenever more arrives, so the time it takes grows with the square.
	maxSpace = 64 << 10

	// maxItems bounds the items of a page: Google sends no more.
	maxItems = 2500

	// maxToken bounds page tokens and sync tokens, which have to fit into a
	// URL. Google's have about 70 bytes.
	maxToken = 8 << 10

	// maxErrorBody bounds answers that aren't a 200. They're read whole.
	maxErrorBody = 64 << 10

	// maxHeader bounds the header of an answer. Google's have 2 KB.
	maxHeader = 64 << 10

	// readSize is how much is read at once. What has been read but not decoded
	// counts towards maxValue, so readSize has to be much smaller than that.
	readSize = 32 << 10
)

// body is the body of a 200 on its way into the decoder. It stops with an error
// when the answer passes a bound, and it remembers whether the connection
// broke, which the decoder's error doesn't always reveal.
type body struct {
	r   io.Reader
	dec *json.Decoder

	text   bytes.Buffer // what has been read from start on
	start  int          // where the decoder was, at the last Read
	weight int          // about how much memory the page takes
	most   int          // what weight may be
	broken error        // the first error of the connection
	kind   string       // what the answer says it is; cl.decode sets this
}

func newBody(r io.Reader, most int) *body {
	b := &body{r: r, most: most}
	b.dec = json.NewDecoder(b)
	return b
}

// Read reads for the decoder, and forgets what the decoder has consumed by now.
// Once a bound is passed, it returns the same error whenever it's called.
func (b *body) Read(p []byte) (int, error) {
	consumed := int(b.dec.InputOffset())
	b.text.Next(consumed - b.start)
	b.start = consumed
	if err := b.passedBound(); err != nil {
		return 0, err
	}
	n, err := b.r.Read(p[:min(len(p), readSize)])
	p = p[:n]
	b.text.Write(p)
	b.weight += n
	if !utf8.Valid(p) {
		b.weight += 2 * (n - len(bytes.ToValidUTF8(p, nil)))
	}
	if err != io.EOF {
		b.broken = cmp.Or(b.broken, err)
	}
	return n, err
}

// passedBound returns an error that names the bound that b has passed, or nil.
// A comma in the value that's being read may be one in a list.
func (b *body) passedBound() error {
	text := b.text.Bytes()
	switch {
	case b.weight+buffered*len(text)+listedSize*bytes.Count(text, []byte(",")) > b.most:
		return fmt.Errorf("larger than %d KiB, as text or in memory", b.most>>10)
	case len(text)-len(bytes.TrimSpace(text)) > maxSpace:
		return errors.New("more than 64 KiB of white space")
	case len(text) > maxValue:
		return errors.New("a value is larger than 384 KiB")
	}
	return nil
}

// since returns the text that the decoder has consumed since it was at offset
// start, without the comma and the space before it.
//
// The copy costs 2 % of the time that a list takes. To decode each event into a
// json.RawMessage first, and then decode that, would cost 60 %.
func (b *body) since(start int64) []byte {
	text := b.text.Bytes()[max(0, int(start)-b.start) : int(b.dec.InputOffset())-b.start]
	return bytes.Clone(bytes.TrimLeft(text, ", \t\r\n"))
}

// listed counts what an event lists, which can be short text and much memory.
func (e *Event) listed() int {
	return len(e.Attendees) + len(e.Recurrence) + len(e.Reminders.Overrides) +
		len(e.ConferenceData.EntryPoints) +
		len(e.ExtendedProperties.Private) + len(e.ExtendedProperties.Shared)
}
