// SPDX-License-Identifier: 0BSD

package lab

import (
	"encoding/base64"
	"strings"
	"time"

	"example.com/fivestep/jwt"
)

// breakJWT returns what can go wrong in step 2.
func breakJWT() []Breakage {
	return []Breakage{
		{
			Name: "clock-ahead", Step: 2,
			Title: "The clock is ten minutes ahead",
			Change: "This machine's clock is set ten minutes ahead of Google's; " +
				"iat and exp follow it.",
			Cause: "A machine without NTP, a virtual machine that slept, or a clock set by hand. " +
				"iat lies in Google's future then.",
			Cure: "Set the clock (NTP). " +
				"The Date of Google's answer tells by how much it is wrong; the tool compares. " +
				"How much is forgiven is not documented.",
			change: func(a *attempt) { a.clock = a.clock.Add(10 * time.Minute) },
		},
		{
			Name: "clock-behind", Step: 2,
			Title:  "The clock is two hours behind",
			Change: "This machine's clock is set two hours behind Google's; iat and exp follow it.",
			Cause: "Local time taken for UTC does this, or a clock that stands still. " +
				"For Google the assertion has expired before it arrives.",
			Cure: "Set the clock. " +
				"In programs count seconds since 1970 UTC, " +
				"and keep time zones out of iat and exp.",
			change: func(a *attempt) { a.clock = a.clock.Add(-2 * time.Hour) },
		},
		{
			Name: "exp-far", Step: 2,
			Title:  "The assertion lives for two hours",
			Change: "exp is two hours after iat.",
			Cause: "An attempt to sign less often. " +
				"The assertion is traded within a second: its hour is more than enough.",
			Cure: "Let exp be 3600 seconds after iat at most. " +
				"What should live long is the access token, and Google decides on that: " +
				"an hour.",
			change: func(a *attempt) { a.claims = replace(`"exp":1700003590`, `"exp":1700007190`) },
		},
		{
			Name: "iat-missing", Step: 2,
			Title:  "iat is missing",
			Change: "The claim iat is left out.",
			Cause: "RFC 7519 calls iat optional, and many a JWT library leaves it out unless " +
				"asked. " +
				"Google wants it.",
			Cure:   "Send iat, in whole seconds.",
			change: func(a *attempt) { a.claims = replace(`"iat":1699999990,`, "") },
		},
		{
			Name: "iss", Step: 2,
			Title:  "iss is nobody",
			Change: "iss names an account that does not exist.",
			Cause: "A deleted account, a typing error, " +
				"or the client_id where the e-mail address belongs.",
			Cure: "Take iss from client_email of the key file. " +
				"If that is what was sent, look in the console whether the account still " +
				"exists.",
			change: func(a *attempt) { a.claims = replace(`"iss":"reader@`, `"iss":"raeder@`) },
		},
		{
			Name: "aud", Step: 2,
			Title:  "aud is the calendar",
			Change: "aud is the address of the Calendar API instead of the token endpoint's.",
			Cause: `aud reads like "what do I want to use". ` +
				"It says who is to accept this JWT: the token endpoint.",
			Cure: "Take aud from token_uri of the key file, " +
				"which is where the assertion is posted as well.",
			change: func(a *attempt) {
				a.claims = replace(
					`"aud":"https://oauth2.googleapis.com/token"`,
					`"aud":"https://www.googleapis.com/calendar/v3"`)
			},
		},
		{
			Name: "empty-scope", Step: 2,
			Title:  "The scope is empty",
			Change: "The claim scope is an empty string.",
			Cause:  "A list of scopes that was never filled, joined to nothing.",
			Cure:   "Ask for " + jwt.DefaultScope + " to read events.",
			change: func(a *attempt) { a.claims = replace(jwt.DefaultScope, "") },
		},
		{
			Name: "misspelt-scope", Step: 2,
			Title:  "The scope is misspelt",
			Change: "A single s is missing in the scope: calendar.event.readonly.",
			Cause: "A typing error. " +
				"There is no error message: Google takes what it does not know for the " +
				"audience of an ID token, and answers 200 with an id_token. " +
				"A program that looks at the status alone goes on with an empty access token.",
			Cure: "Copy scopes from Google's list, " +
				"and treat a 200 without access_token as the failure it is.",
			change: func(a *attempt) {
				a.claims = replace("calendar.events.readonly", "calendar.event.readonly")
			},
		},
		{
			Name: "comma-scopes", Step: 2,
			Title:  "Scopes joined by a comma",
			Change: "Two scopes stand in the claim with a comma between them.",
			Cause: "Lists are joined by commas nearly everywhere else, " +
				"also in the Admin console's own field for scopes.",
			Cure: "Join scopes with one space (RFC 6749, section 3.3).",
			change: func(a *attempt) {
				const second = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
				a.claims = replace(jwt.DefaultScope, jwt.DefaultScope+","+second)
			},
		},
		{
			Name: "sub", Step: 2,
			Title:  "sub without delegation",
			Change: "A claim sub asks to act for boss@example.com.",
			Cause: "Tutorials for Google Workspace set sub. " +
				"It works only when an administrator has granted the account domain-wide " +
				"delegation, for exactly these scopes, and never for a gmail.com user.",
			Cure: "Leave sub out and share the calendar with the account; " +
				"or have its numeric client_id added under Security > Access and data control " +
				"> API controls > Manage Domain Wide Delegation.",
			change: func(a *attempt) {
				a.google.AddUser("boss@example.com")
				a.claims = replace(`}`, `,"sub":"boss@example.com"}`)
			},
		},
		{
			Name: "small-scope", Step: 2,
			Title:  "A scope that is too small",
			Change: "The scope allows reading the list of calendars, and no events.",
			Cause: "Scopes with similar names. " +
				"The token endpoint gives out what was asked for; " +
				"whether it suffices shows only in step 5.",
			Cure: "Ask for a scope that events.list names in its reference; " +
				jwt.DefaultScope + " does, and allows nothing else.",
			change: func(a *attempt) {
				a.claims = replace("calendar.events.readonly", "calendar.calendarlist.readonly")
			},
		},
		{
			Name: "wrong-key", Step: 2,
			Title: "Signed with another key",
			Change: "The same header and claims are signed with the key of " +
				"RFC 7515, appendix A.2, which Google has never connected with this account.",
			Cause: "Two key files were mixed up, " +
				"or the key was deleted in the console while this file lived on.",
			Cure: "Compare private_key_id with the account's keys in the console. " +
				"If it is not there, create a new key.",
			change: func(a *attempt) { a.signer = otherKey() },
		},
		{
			Name: "flip", Step: 2,
			Title: "One bit is flipped after signing",
			Change: "One bit of the claims is flipped after they were signed: " +
				"exp ends in 1 instead of 0.",
			Cause: "A damaged copy, or somebody on the way who changed it.",
			Cure: "Nothing can be mended in an assertion: make a new one. " +
				"That it is noticed is what the signature is for.",
			change: func(a *attempt) {
				a.assertion = func(assertion string) string {
					pieces := strings.Split(assertion, ".")
					claims, _ := base64.RawURLEncoding.DecodeString(pieces[1])
					claims[len(claims)-2] ^= 1 // the last digit of exp
					pieces[1] = base64.RawURLEncoding.EncodeToString(claims)
					return strings.Join(pieces, ".")
				}
			},
		},
		{
			Name: "alg-none", Step: 2,
			Title:  "alg is none",
			Change: "The header says alg none, and there is no signature.",
			Cause: `"none" is an algorithm by the letter of RFC 7518, section 3.6, ` +
				"and was a hole in many libraries. " +
				"Whoever could use it would be any account.",
			Cure: "Sign with RS256. " +
				"Google takes nothing else, HS256 neither, and answers as to a wrong signature.",
			change: func(a *attempt) {
				a.header = replace("RS256", "none")
				a.assertion = func(s string) string { return s[:strings.LastIndexByte(s, '.')+1] }
			},
		},
		{
			Name: "padded", Step: 2,
			Title: "Padding is added after signing",
			Change: "The three parts were signed without padding and are sent with it, " +
				"as base64 usually has it.",
			Cause: "A base64 function of everyday use at the end of the work. " +
				"The signature covers the characters as they were, and other characters arrive.",
			Cure: "Use base64url without padding (RFC 7515, section 2), " +
				"and change nothing after signing.",
			change: func(a *attempt) { a.assertion = pad },
		},
		{
			Name: "padded-signed", Step: 2,
			Title: "Padding is signed as well",
			Change: "The parts have padding before they are signed, " +
				"so that the signature covers it.",
			Cause: "Python's urlsafe_b64encode pads. " +
				"RFC 7515 forbids it, and yet this works: " +
				"Google's own Python library sent such assertions for years " +
				"(googleapis/google-auth-library-python#324). " +
				"Other servers refuse it.",
			Cure: "Leave padding out all the same.",
			change: func(a *attempt) {
				a.assertion = func(s string) string { return padAndSign(s, a.account.PrivateKey) }
			},
		},
		{
			Name: "not-a-jwt", Step: 2,
			Title:  "The signature is cut off",
			Change: "Only header and claims are sent: two parts instead of three.",
			Cause:  "A database column that is too short, or a copy that stopped at the last dot.",
			Cure: "Pass the assertion on as one word. " +
				"Google does not explain this one: it says Bad Request and no more.",
			change: func(a *attempt) {
				a.assertion = func(s string) string { return s[:strings.LastIndexByte(s, '.')] }
			},
		},
	}
}
