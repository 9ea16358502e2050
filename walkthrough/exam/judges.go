// SPDX-License-Identifier: 0BSD

package exam

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// A judge returns what the client did instead of what its trial demands, or "".

// succeeds is the judge of trials where the client has to cope.
func succeeds(a *attempt) string { return a.succeeded() }

// fails is the judge of trials where there is no list, and the client has to
// say so.
func fails(a *attempt) string {
	switch {
	case a.status == 0:
		return "it ended with exit status 0, as if all were well" + a.output()
	case strings.TrimSpace(a.stderr) == "":
		return fmt.Sprintf("it ended with exit status %d, and gave no reason on standard error",
			a.status)
	}
	return ""
}

// failsAtToken is for trouble with the token endpoint. A client that ends before
// it meets the trouble has shown nothing.
func failsAtToken(a *attempt) string {
	if len(a.posts()) == 0 {
		return "it never posted an assertion"
	}
	return fails(a)
}

// failsAtEvents is for trouble with the Calendar API.
func failsAtEvents(a *attempt) string {
	met := func(r fakegoogle.Request) bool {
		refused := r.Status >= http.StatusBadRequest && r.Status != http.StatusUnauthorized
		return r.Fault != "" || refused
	}
	if !slices.ContainsFunc(a.reads(), met) {
		return "it never got that far: " + a.asked()
	}
	return fails(a)
}

// failsAtSecondPage is for trouble with the second page.
func failsAtSecondPage(a *attempt) string {
	if len(a.reads()) < 2 {
		return "it never asked for the second page"
	}
	return fails(a)
}

// listed says what is missing from the list of events, or "".
func (a *attempt) listed() string {
	found := 0
	missing := ""
	for _, e := range a.events {
		if a.lines(e) > 0 {
			found++
		} else if missing == "" {
			missing = fmt.Sprintf("; no line has %q and %s", e.title, e.day)
		}
	}
	switch {
	case found < len(a.events):
		return fmt.Sprintf("%s, and printed %d of %d events%s",
			a.ending(), found, len(a.events), missing)
	case a.status != 0:
		return a.ending() + ", although it printed all events"
	}
	return ""
}

func (a *attempt) ending() string {
	return fmt.Sprint("it ended with exit status ", a.status)
}

// output says how much was printed, if that is worth a word.
func (a *attempt) output() string {
	if strings.TrimSpace(a.stdout) == "" {
		return ", and printed nothing"
	}
	return ""
}

// shown is a client's value, short and fit for a terminal.
func shown(value any) string {
	const longest = 60
	text, ok := value.(string)
	switch {
	case value == nil:
		return "missing"
	case !ok:
		return shown(fmt.Sprint(value))
	}
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return strconv.QuoteToGraphic(text)
}

// gist returns the first and the last line of a text: libraries begin with what
// happened, or end with it.
func gist(text string) string {
	isWord := func(line string) bool { return strings.ContainsFunc(line, unicode.IsLetter) }
	first, last := "", ""
	for _, line := range strings.Split(text, "\n") {
		switch {
		case !isWord(line):
		case first == "":
			first = printable(line)
		default:
			last = " ... " + printable(line)
		}
	}
	return first + last
}

// printable is a line of a client's text, short and fit for a terminal.
func printable(line string) string {
	const longest = 160
	runes := []rune(strings.TrimSpace(line))
	if len(runes) > longest {
		runes = append(runes[:longest], []rune("...")...)
	}
	quoted := strconv.QuoteToGraphic(string(runes))
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// printsOnce is for the good run.
func printsOnce(a *attempt) string {
	if instead := a.succeeded(); instead != "" || a.stage < len(Stages) {
		return instead
	}
	for _, e := range a.events {
		if n := a.lines(e); n > 1 {
			return fmt.Sprintf("it printed %q %d times", e.title, n)
		}
	}
	return ""
}

func sendsNothing(a *attempt) string {
	if len(a.requests) > 0 {
		return "it sent something: " + a.asked()
	}
	return fails(a)
}

const noAssertion = "it made no assertion that can be read"

func namesKey(a *attempt) string {
	header, _ := a.assertion()
	kid, exists := header["kid"]
	switch {
	case header == nil:
		return noAssertion
	case !exists:
		return "the header has no kid"
	case kid != a.account.KeyID:
		return "kid is " + shown(kid)
	}
	return ""
}

func namesEndpoint(a *attempt) string {
	_, claims := a.assertion()
	switch aud := claims["aud"]; {
	case claims == nil:
		return noAssertion
	case aud != a.tokenURL() && aud != "https://oauth2.googleapis.com/token":
		return "aud is " + shown(aud)
	}
	return ""
}

func livesAnHour(a *attempt) string {
	const most = 3600 // seconds
	_, claims := a.assertion()
	iat, iatOK := claims["iat"].(float64)
	exp, expOK := claims["exp"].(float64)
	switch {
	case claims == nil:
		return noAssertion
	case !iatOK || !expOK:
		return fmt.Sprintf("iat is %s and exp is %s", shown(claims["iat"]), shown(claims["exp"]))
	case exp <= iat || exp-iat > most:
		return fmt.Sprintf("exp is %.0f seconds after iat", exp-iat)
	}
	return ""
}

func asksToRead(a *attempt) string {
	const prefix = "https://www.googleapis.com/auth/calendar."
	_, claims := a.assertion()
	switch scope := claims["scope"]; {
	case claims == nil:
		return noAssertion
	case scope != prefix+"events.readonly" && scope != prefix+"readonly":
		return "scope is " + shown(scope)
	}
	return ""
}

// keepsAssertion is for the redirect of the POST.
func keepsAssertion(a *attempt) string {
	for _, r := range a.strayed {
		if r.Form.Get("assertion") != "" {
			return "it posted the assertion to the other host"
		}
	}
	return failsAtToken(a)
}

// keepsToken is for the redirect of the GET.
func keepsToken(a *attempt) string {
	for _, r := range a.strayed {
		if r.Header.Get("Authorization") != "" || r.Form.Get("access_token") != "" {
			return "it sent the access token to the other host"
		}
	}
	return failsAtEvents(a)
}

// failsOrSucceeds is for trouble that a client may also overcome.
func failsOrSucceeds(a *attempt) string {
	if a.succeeded() == "" {
		return ""
	}
	return failsAtToken(a)
}

func stopsWithoutToken(a *attempt) string {
	for _, r := range a.reads() {
		if header := r.Header.Get("Authorization"); header != "" {
			return "it asked for events with Authorization: " + shown(header)
		}
	}
	return failsAtToken(a)
}

func stopsReading(a *attempt) string {
	const most = 32 << 20 // with what lies in the buffers of both sides
	if a.sent > most {
		return "it read more than 32 MiB"
	}
	return failsAtToken(a)
}

func usesWholeToken(a *attempt) string {
	for _, r := range a.reads() {
		sent := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		for _, token := range a.tokens {
			if sent != "" && strings.HasPrefix(token, sent) {
				return fmt.Sprintf("it sent the first %d characters", len(sent))
			}
		}
	}
	return a.succeeded()
}

func asksForOneToken(a *attempt) string {
	if len(a.tokens) > 1 {
		return fmt.Sprintf("it got %d access tokens", len(a.tokens))
	}
	return a.succeeded()
}

// waitsAsAsked is for a 429 with Retry-After. A timer may be a little early.
func waitsAsAsked(a *attempt) string {
	const asked, early = 2 * time.Second, 50 * time.Millisecond
	var refused time.Time
	for _, r := range a.reads() {
		if r.Time.Sub(refused) < asked-early {
			return "it asked again before the 2 seconds were over"
		}
		if r.Fault != "" {
			refused = r.Time
		}
	}
	return a.succeeded()
}
