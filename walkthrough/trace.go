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
	Now           time.Time // the clock of the run, UTC
	KeyBits       int       // size of the RSA key
	Claims        jwt.Claims
	AssertionSize int       // characters of the JWT
	TokenSize     int       // characters of the access token
	Expiry        time.Time // of the access token, by the clock of the run
	CalendarID    string
	Query         calendar.Query
	Events        []*calendar.Event
	Steps         []Step // the five, in order
}

// Step is one of the five.
type Step struct {
	Number  int    // 1 to 5
	Title   string // in a few words
	Code    string // the function that does it, as package.Name
	File    string // where that stands, from the root of the repository
	Parts   []Part // in the order in which they come to be
	Excerpt Excerpt
}

// Excerpt is a piece of this repository's source.
type Excerpt struct {
	Title string // what is declared there: "func NewRequest"
	File  string // from the root of the repository
	Line  int    // number of the first line, from 1
	Code  string // whole lines
}

// Part is a piece of bytes that a step reads, makes, sends or receives.
type Part struct {
	Name      string // in lower case with hyphens; no other part of the trace has it
	Title     string // what it is, in a few words
	Kind      Kind
	Bytes     []byte  // as they were, but for masks
	Fields    []Field // one after the other, from the first byte to the last
	Reproduce string  // shell commands that make these bytes; "" for none. See [Part.ReproduceAt]

	withheld int // bytes that masks stand for, less those of the masks
}

// Kind says how the bytes of a part are to be read.
type Kind string

const (
	JSON      Kind = "JSON"      // UTF-8 text (RFC 8259)
	NotJSON   Kind = "not JSON"  // what stands where JSON belongs, and is none
	Base64URL Kind = "base64url" // one or more pieces without padding (RFC 7515, section 2), joined by dots
	HTTP      Kind = "HTTP/1.1"  // a message as on the wire, its lines ended by CR LF (RFC 9112)
	Binary    Kind = "binary"    // no text
)

// Field is Bytes[Start:End] of a part.
type Field struct {
	ID         string // its address, "claims-iss": no other field of the trace has it; "" if an earlier field of the part has the same Note
	Name       string // as the bytes call it, "iss", or what it is, "last character"
	Class      Class
	Start, End int
	Note       *Note
}

// Class is what a field belongs to. It decides on colours.
type Class string

const (
	Header    Class = "header"    // of the JWT, as JSON or in base64url; and what it is made of
	Claims    Class = "claims"    // of the JWT, likewise
	Signature Class = "signature" // of the JWT, in base64url or opened
	Digest    Class = "digest"    // the SHA-256 hash, and its name in the signature
	Secret    Class = "secret"    // a mask and what it leaves of a secret
	Transport Class = "transport" // what HTTP adds
	Separator Class = "separator" // between fields: braces, commas, dots, blanks
	Plain     Class = ""          // all else: data
)

// Note explains a field, in plain sentences.
type Note struct {
	Name   string // of the field
	What   string // what it is
	Why    string // what it is there for
	Breaks string // what happens if it is wrong, as Google answers
	Link   Link
}

// Link is where it is laid down.
type Link struct {
	Text string // "RFC 7519, section 4.1.1"
	URL  string
}

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
