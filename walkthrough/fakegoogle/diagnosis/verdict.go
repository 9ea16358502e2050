// SPDX-License-Identifier: 0BSD

// Package diagnosis says what is wrong with a request to the token endpoint or
// to the Calendar API, in the words of the person who wrote the client.
//
// Google knows, but doesn't say: "Invalid JWT Signature." is its answer to
// thirty different mistakes. This package has the request, the public keys and
// the clock, so it can try each of those mistakes in turn, and see which one
// leads to the bytes that arrived. It never guesses: if no mistake that it knows
// explains them, it says so, and says what it does know.
//
// Nothing here decides whether a request is refused. Package fakegoogle does
// that, as Google does.
package diagnosis

import (
	"fmt"
	"strings"
)

// Verdict is what the server decided about a request, and why.
type Verdict struct {
	// Checks are the checks that the request had to pass, in order. It's nil if
	// nothing is served at the request's address.
	Checks []Check
	// Refused is the number of the check that refused the request. The first
	// one has number 1. It's 0 if no check did.
	Refused int
	// Mistake is what the client did wrong. An accepted request can have one,
	// too: Google forgives some, and understands others differently.
	Mistake
}

// Check is something that Google verifies before it issues an access token, or
// before it returns events.
type Check struct {
	Name   string // what is checked, such as "the signature"
	Demand string // what has to be true of it
}

// Mistake is something that a client does wrong.
type Mistake struct {
	Name  string // a fixed name, such as "signature-of-json"; "" if there's none
	Wrong string // what the client did, in a sentence or two
	Fix   string // how to do it right
}

// Unknown is the name of a mistake that this package can't tell. Its Wrong says
// what is known.
const Unknown = "unknown"

// The numbers of the token endpoint's checks.
const (
	TokenService = 1 + iota
	GrantType
	AssertionForm
	Issuer
	Signature
	TimesPresent
	TimeWindow
	Scope
	Audience
	Subject
	KnownScopes
)

// TokenChecks are the token endpoint's checks, in order. The order was recorded
// once against the real one (DiametralGroup/ga-mock, docs/CONFORMITE-REELLE.md);
// where sub belongs is reconstructed.
var TokenChecks = []Check{
	{"the service", "Google can answer"},
	{"grant_type", "the form says grant_type: JWT bearer"},
	{"the form of the assertion",
		"the assertion is three base64url parts, two of them JSON objects"},
	{"iss", "iss is a service account"},
	{"the signature", "a live key of that account made the signature"},
	{"iat and exp", "iat and exp are there"},
	{"the time", "now lies between iat and exp, which are an hour apart at most"},
	{"scope", "scope is not empty, and has no comma"},
	{"aud", "aud is the token endpoint"},
	{"sub", "the account may act for sub, if there is one"},
	{"the scopes", "Google knows each scope"},
}

// The numbers of the Calendar API's checks.
const (
	CalendarService = 1 + iota
	AccessToken
	APIEnabled
	TokenScope
	CalendarShared
	Parameters
	SyncToken
)

// CalendarChecks are the Calendar API's checks, in order, which is
// reconstructed.
var CalendarChecks = []Check{
	{"the service", "Google can answer, and is not asked too often"},
	{"the access token", "the access token is known, whole and not expired"},
	{"the API", "the Calendar API is enabled in the account's project"},
	{"the token's scope", "the token's scope covers the request"},
	{"the calendar", "the calendar is there and shared with the account"},
	{"the parameters", "the parameters can be understood, and go with each other"},
	{"the sync token", "the sync token is still valid"},
}

// String describes the verdict in one to three lines, without a newline at the
// end. It's "" for a request that passed all checks and has no mistake.
func (v Verdict) String() string {
	var lines []string
	switch {
	case v.Refused > 0:
		lines = append(lines, fmt.Sprintf("check %d of %d: %s",
			v.Refused, len(v.Checks), v.Checks[v.Refused-1].Name))
	case v.Checks != nil && v.Mistake.Name != "":
		lines = append(lines, "accepted, but:")
	}
	if v.Wrong != "" {
		lines = append(lines, "    wrong: "+v.Wrong)
	}
	if v.Fix != "" {
		lines = append(lines, "    fix:   "+v.Fix)
	}
	return strings.Join(lines, "\n")
}
