// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"encoding/base64"
	"strings"
	"time"

	"example.com/fivestep/jwt"
)

const (
	oneScope  = `"scope":"` + jwt.DefaultScope + `"`
	scopeBase = "https://www.googleapis.com/auth/"
)

// replace edits a text in one place.
func replace(old, now string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, now, 1) }
}

func breakagesOfTheJWT() []Breakage {
	return []Breakage{
		{"clock-ahead", 2, "The clock is ten minutes ahead", "This machine's clock is set ten minutes ahead of Google's; iat and exp follow it.",
			"A machine without NTP, a virtual machine that slept, or a clock set by hand. iat lies in Google's future then.",
			"Set the clock (NTP). The Date of Google's answer tells by how much it is wrong; the tool compares. How much is forgiven is not documented.",
			func(a *attempt) { a.clock = a.clock.Add(10 * time.Minute) }},
		{"clock-behind", 2, "The clock is two hours behind", "This machine's clock is set two hours behind Google's; iat and exp follow it.",
			"Local time taken for UTC does this, or a clock that stands still. For Google the assertion has expired before it arrives.",
			"Set the clock. In programs count seconds since 1970 UTC, and keep time zones out of iat and exp.",
			func(a *attempt) { a.clock = a.clock.Add(-2 * time.Hour) }},
		{"exp-far", 2, "The assertion lives for two hours", "exp is two hours after iat.",
			"An attempt to sign less often. The assertion is traded within a second: its hour is more than enough.",
			"Let exp be 3600 seconds after iat at most. What should live long is the access token, and Google decides on that: an hour.",
			func(a *attempt) { a.claims = replace(`"exp":1700003590`, `"exp":1700007190`) }},
		{"iat-missing", 2, "iat is missing", "The claim iat is left out.",
			"RFC 7519 calls iat optional, and many a JWT library leaves it out unless asked. Google wants it.",
			"Send iat, in whole seconds.",
			func(a *attempt) { a.claims = replace(`"iat":1699999990,`, "") }},
		{"iss", 2, "iss is nobody", "iss names an account that does not exist.",
			"A deleted account, a typing error, or the client_id where the e-mail address belongs.",
			"Take iss from client_email of the key file. If that is what was sent, look in the console whether the account still exists.",
			func(a *attempt) { a.claims = replace(`"iss":"reader@`, `"iss":"raeder@`) }},
		{"aud", 2, "aud is the calendar", "aud is the address of the Calendar API instead of the token endpoint's.",
			"aud reads like \"what do I want to use\". It says who is to accept this JWT: the token endpoint.",
			"Take aud from token_uri of the key file, which is where the assertion is posted as well.",
			func(a *attempt) {
				a.claims = replace(`"aud":"https://oauth2.googleapis.com/token"`, `"aud":"https://www.googleapis.com/calendar/v3"`)
			}},
		{"empty-scope", 2, "The scope is empty", "The claim scope is an empty string.",
			"A list of scopes that was never filled, joined to nothing.",
			"Ask for " + jwt.DefaultScope + " to read events.",
			func(a *attempt) { a.claims = replace(oneScope, `"scope":""`) }},
		{"misspelt-scope", 2, "The scope is misspelt", "A single s is missing in the scope: calendar.event.readonly.",
			"A typing error. There is no error message: Google takes what it does not know for the audience of an ID token, and answers 200 with an id_token. A program that looks at the status alone goes on with an empty access token.",
			"Copy scopes from Google's list, and treat a 200 without access_token as the failure it is.",
			func(a *attempt) { a.claims = replace("calendar.events.readonly", "calendar.event.readonly") }},
		{"comma-scopes", 2, "Scopes joined by a comma", "Two scopes stand in the claim with a comma between them.",
			"Lists are joined by commas nearly everywhere else, also in the Admin console's own field for scopes.",
			"Join scopes with one space (RFC 6749, section 3.3).",
			func(a *attempt) {
				a.claims = replace(oneScope, `"scope":"`+jwt.DefaultScope+`,`+scopeBase+`calendar.calendarlist.readonly"`)
			}},
		{"sub", 2, "sub without delegation", "A claim sub asks to act for boss@example.com.",
			"Tutorials for Google Workspace set sub. It works only when an administrator has granted the account domain-wide delegation, for exactly these scopes, and never for a gmail.com user.",
			"Leave sub out and share the calendar with the account; or have its numeric client_id added under Security > Access and data control > API controls > Manage Domain Wide Delegation.",
			func(a *attempt) {
				a.google.AddUser("boss@example.com")
				a.claims = replace(`}`, `,"sub":"boss@example.com"}`)
			}},
		{"small-scope", 2, "A scope that is too small", "The scope allows reading the list of calendars, and no events.",
			"Scopes with similar names. The token endpoint gives out what was asked for; whether it suffices shows only in step 5.",
			"Ask for a scope that events.list names in its reference; " + jwt.DefaultScope + " does, and allows nothing else.",
			func(a *attempt) { a.claims = replace("calendar.events.readonly", "calendar.calendarlist.readonly") }},
		{"wrong-key", 2, "Signed with another key", "The same header and claims are signed with the key of RFC 7515, appendix A.2, which Google has never connected with this account.",
			"Two key files were mixed up, or the key was deleted in the console while this file lived on.",
			"Compare private_key_id with the account's keys in the console. If it is not there, create a new key.",
			func(a *attempt) { a.signer = otherKey() }},
		{"flip", 2, "One bit is flipped after signing", "One bit of the claims is flipped after they were signed: exp ends in 1 instead of 0.",
			"A damaged copy, or somebody on the way who changed it.",
			"Nothing can be mended in an assertion: make a new one. That it is noticed is what the signature is for.",
			func(a *attempt) {
				a.assertion = func(assertion string) string {
					pieces := strings.Split(assertion, ".")
					claims, _ := base64.RawURLEncoding.DecodeString(pieces[1])
					claims[len(claims)-2] ^= 1 // the last digit of exp
					pieces[1] = base64.RawURLEncoding.EncodeToString(claims)
					return strings.Join(pieces, ".")
				}
			}},
		{"alg-none", 2, "alg is none", "The header says alg none, and there is no signature.",
			"\"none\" is an algorithm by the letter of RFC 7518, section 3.6, and was a hole in many libraries. Whoever could use it would be any account.",
			"Sign with RS256. Google takes nothing else, HS256 neither, and answers as to a wrong signature.",
			func(a *attempt) {
				a.header = replace("RS256", "none")
				a.assertion = func(s string) string { return s[:strings.LastIndexByte(s, '.')+1] }
			}},
		{"padded", 2, "Padding is added after signing", "The three parts were signed without padding and are sent with it, as base64 usually has it.",
			"A base64 function of everyday use at the end of the work. The signature covers the characters as they were, and other characters arrive.",
			"Use base64url without padding (RFC 7515, section 2), and change nothing after signing.",
			func(a *attempt) { a.assertion = pad }},
		{"padded-signed", 2, "Padding is signed as well", "The parts have padding before they are signed, so that the signature covers it.",
			"Python's urlsafe_b64encode pads. RFC 7515 forbids it, and yet this works: Google's own Python library sent such assertions for years (googleapis/google-auth-library-python#324). Other servers refuse it.",
			"Leave padding out all the same.",
			func(a *attempt) {
				a.assertion = func(s string) string { return padAndSign(s, a.account.PrivateKey) }
			}},
		{"not-a-jwt", 2, "The signature is cut off", "Only header and claims are sent: two parts instead of three.",
			"A database column that is too short, or a copy that stopped at the last dot.",
			"Pass the assertion on as one word. Google does not explain this one: it says Bad Request and no more.",
			func(a *attempt) {
				a.assertion = func(s string) string { return s[:strings.LastIndexByte(s, '.')] }
			}},
	}
}
