// SPDX-License-Identifier: 0BSD

// Package walkthrough runs the five steps from a service account's key file to
// calendar events once, with the packages jwt, tokenexchange and calendar, and
// records what went into each step and what came out: a [Trace].
//
// The run needs no account and no network. Its key is the published RSA-2048
// test key of RFC 9500, its clock is fixed, and package fakegoogle answers in
// the same process. So every run makes the same bytes, and anyone can reproduce
// them with openssl.
//
// Package terminal shows a trace as text, package page shows it as a web page,
// and package lab runs the steps with one thing broken. All four are for
// learning: a program that just wants events needs none of them.
package walkthrough

import (
	"fmt"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
)

// Trace is the record of one run. Everything that a reader is shown comes from
// it. The access token and the private key aren't in it: in their place is a
// mask that says how many characters were withheld. The assertion is in it,
// because its key is public.
type Trace struct {
	Now           time.Time // the clock of the run, UTC
	KeyBits       int       // size of the RSA key
	Claims        jwt.Claims
	AssertionSize int       // characters in the JWT
	TokenSize     int       // characters in the access token
	Expiry        time.Time // when the access token expires
	CalendarID    string
	Query         calendar.Query
	Events        []*calendar.Event
	Steps         []Step // the five, in order
}

// Step is one of the five steps.
type Step struct {
	Number  int    // 1 to 5
	Title   string // in a few words
	Code    string // the function to call, as package.Name
	File    string // its source, from the root of the repository
	Parts   []Part // in the order in which they are made
	Excerpt Excerpt
}

// Excerpt is a piece of this repository's source.
type Excerpt struct {
	Title string // the functions in it: "func NewRequest"
	File  string // from the root of the repository
	Line  int    // number of the first line, from 1
	Code  string // whole lines
}

// Part is a sequence of bytes that a step reads, makes, sends or receives.
type Part struct {
	Name      string // unique in the trace, in lower case with hyphens
	Title     string // what it is, in a few words
	Kind      Kind
	Bytes     []byte  // unchanged, except for masks
	Fields    []Field // adjacent, from the first byte to the last
	Reproduce string  // shell commands that make these bytes, or ""; see [Part.ReproduceAt]

	withheld int // bytes that masks replace, minus the bytes of the masks
}

// Kind says how to read the bytes of a part.
type Kind string

const (
	JSON      Kind = "JSON"      // UTF-8 text (RFC 8259)
	NotJSON   Kind = "not JSON"  // not JSON, though JSON belongs there
	Base64URL Kind = "base64url" // unpadded pieces (RFC 7515, section 2), joined by dots
	HTTP      Kind = "HTTP/1.1"  // a message as on the wire, with CR LF (RFC 9112)
	Binary    Kind = "binary"    // not text
)

// Field is Bytes[Start:End] of a part.
type Field struct {
	// ID is the field's address, such as "claims-iss", unique in the trace.
	// It is "" if an earlier field of the part has the same note.
	ID         string
	Name       string // "iss" as in the bytes, or a description: "last character"
	Class      Class
	Start, End int
	Note       *Note
}

// Class is what a field belongs to. It decides the field's color.
type Class string

const (
	Header    Class = "header"    // of the JWT, as JSON or base64url, and its sources
	Claims    Class = "claims"    // of the JWT, likewise
	Signature Class = "signature" // of the JWT, as base64url or opened
	Digest    Class = "digest"    // the SHA-256 hash, and its name in the signature
	Secret    Class = "secret"    // a mask, with the part of the secret that it shows
	Transport Class = "transport" // what HTTP adds
	Separator Class = "separator" // between fields: braces, commas, dots, spaces
	Plain     Class = ""          // any other data
)

// Note explains a field in plain sentences.
type Note struct {
	Name   string // of the field
	What   string // what it is
	Why    string // what it is for
	Breaks string // what happens if it is wrong: Google's answer
	Link   Link
}

// Link is the document that specifies a field.
type Link struct {
	Text string // "RFC 7519, section 4.1.1"
	URL  string
}

// Part returns the part with that name, whichever step it belongs to.
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

// SizeOnWire is the part's length in bytes before any secret was masked.
func (p *Part) SizeOnWire() int { return len(p.Bytes) + p.withheld }

// Explained returns the fields that have an ID, in order, so each note once.
func (p *Part) Explained() (fields []Field) {
	for _, f := range p.Fields {
		if f.ID != "" {
			fields = append(fields, f)
		}
	}
	return fields
}
