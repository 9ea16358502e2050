// SPDX-License-Identifier: 0BSD

// Package walkthrough runs the five steps from a service account's key file to
// calendar events once, with the packages jwt, tokenexchange and calendar, and
// records what went in and came out of each: a [Trace]. The run needs no account
// and no network. Its key is the published RSA-2048 test key of RFC 9500, its
// clock stands still, and package fakegoogle answers in the same process. So
// every run makes the same bytes, and anyone can make them again with openssl.
//
// It teaches, and is of no use to a program that wants events.
package walkthrough

import (
	"bytes"
	"fmt"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
)

// Trace is one recorded run: data only, from which every rendering takes its
// bytes and its numbers. The access token and the private key are not in it: where
// they stood, a mask says how much was withheld. The assertion is in it, as its
// key is known to everybody.
type Trace struct {
	Now        time.Time // the clock of the run, UTC
	KeyBits    int       // size of the RSA key
	Claims     jwt.Claims
	TokenSize  int       // characters of the access token
	Expiry     time.Time // of the access token, by the clock of the run
	CalendarID string
	Query      calendar.Query
	Events     []*calendar.Event
	Steps      []Step // the five, in order
}

// Step is one of the five.
type Step struct {
	Number int    // 1 to 5
	Title  string // in a few words
	Code   string // the function that does it, as package.Name
	File   string // where that stands, from the root of the repository
	Parts  []Part // in the order in which they come to be
}

// Part is a piece of bytes that a step reads, makes, sends or receives.
type Part struct {
	Name   string // in lower case with hyphens; no other part of the trace has it
	Title  string // what it is, in a few words
	Kind   Kind
	Bytes  []byte  // as they were, but for masks
	Fields []Field // ranges of Bytes that have a meaning of their own, in order, none within another
}

// Kind says how the bytes of a part are to be read.
type Kind string

const (
	JSON      Kind = "JSON"      // UTF-8 text (RFC 8259)
	Base64URL Kind = "base64url" // one or more pieces without padding (RFC 7515, section 2), joined by dots
	HTTP      Kind = "HTTP/1.1"  // a message as on the wire, its lines ended by CR LF (RFC 9112)
	Binary    Kind = "binary"    // no text
)

// Field is Bytes[Start:End] of a part.
type Field struct {
	Name       string // fields of one name mean the same in all parts
	Start, End int
}

// The names of fields.
const (
	Header    = "header"    // of the JWT, as JSON or in base64url
	Claims    = "claims"    // of the JWT, as JSON or in base64url
	Signature = "signature" // of the JWT, in base64url
	Secret    = "secret"    // a mask and what it leaves of a secret
	EventItem = "event"     // one of the items of a calendar's answer

	// Of the block that the signature opens to (RFC 8017, section 9.2): 00 01, the
	// bytes ff, 00, and a DigestInfo, which names the hash and holds the digest.
	BlockStart, BlockFiller, BlockEnd, BlockHash, BlockDigest = "start", "filler", "end", "SHA-256", "digest"
)

// Part returns the part of that name, from whichever step has it.
func (t *Trace) Part(name string) (*Part, error) {
	for _, step := range t.Steps {
		for i := range step.Parts {
			if step.Parts[i].Name == name {
				return &step.Parts[i], nil
			}
		}
	}
	return nil, fmt.Errorf("walkthrough: the trace has no part %q", name)
}

// mark makes a field of the first place where value stands in the part.
func (p *Part) mark(name string, value []byte) {
	if i := bytes.Index(p.Bytes, value); i >= 0 && len(value) > 0 {
		p.Fields = append(p.Fields, Field{name, i, i + len(value)})
	}
}

// hide puts a mask into the place of a secret: its first characters, of which
// there must be none that matter, and the number of those withheld.
func (p *Part) hide(secret string, keep int) {
	mask := fmt.Appendf(nil, "%s[... %d more characters withheld]", secret[:keep], len(secret)-keep)
	p.Bytes = bytes.Replace(p.Bytes, []byte(secret), mask, 1)
	p.mark(Secret, mask)
}
