// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// keepsResponse reports whether the fault keeps the true response. Otherwise
// response replaces it.
func (f *Fault) keepsResponse() bool {
	return slices.Contains(damagingKinds, f.Kind)
}

// captivePortal is what a network that wants a login sends in place of a
// response.
const captivePortal = "<!DOCTYPE html>\n" +
	"<html lang=en>\n" +
	"<title>Sign in to the network</title>\n" +
	"<p>Accept the terms to go on.\n"

// response makes the response that replaces the true one.
func (f *Fault) response(place string, r *http.Request, now time.Time) *response {
	resp := f.statusResponse(place)
	switch {
	case f.Kind == "redirect":
		resp.status = http.StatusFound
		resp.header.Set("Location", f.Value)
		if f.Value == "" {
			resp.header.Set("Location", r.RequestURI)
		}
	case f.isRedirect() && f.Value != "":
		resp.header.Set("Location", f.Value)
	case f.Kind == "html":
		resp.header = pageHeader.Clone()
		resp.body = []byte(captivePortal)
	case f.Kind == "body":
		resp.body = []byte(f.Value)
	}
	if f.RetryAfter > 0 {
		resp.header.Set("Retry-After", f.retryAfter(now))
	}
	return resp
}

// statusResponse is Google's response for the status or the reason that Kind
// is. For any other kind it's an empty 200.
func (f *Fault) statusResponse(place string) *response {
	status := f.status()
	if place == "token" && tokenFaults[status] != nil {
		return tokenFaults[status].response()
	}
	// Even the token endpoint sends a reason of the Calendar API if it's told
	// to.
	isReason := status == 0
	if apiFaults[f.Kind] != nil && (place != "token" || isReason) {
		return apiFaults[f.Kind].response()
	}
	if status != 0 {
		return htmlPage(status,
			"The server encountered an error and could not complete your request.")
	}
	return &response{
		status: http.StatusOK,
		header: calendarHeader.Clone(),
		grade:  "R",
		source: "a fault, made on demand",
	}
}

// verdict says that a fault has answered, whatever the request was like.
func (f *Fault) verdict(to route) diagnosis.Verdict {
	v := diagnosis.Verdict{Checks: diagnosis.CalendarChecks, Refused: diagnosis.CalendarService}
	if to.place == "token" {
		v = diagnosis.Verdict{Checks: diagnosis.TokenChecks, Refused: diagnosis.TokenService}
	}
	v.Mistake = diagnosis.Mistake{
		Name:  "fault",
		Wrong: "nothing, as far as the server has looked: it was told to have this fault, " + f.Kind,
	}
	return v
}

// retryAfter is the value of the Retry-After header.
func (f *Fault) retryAfter(now time.Time) string {
	if f.RetryDate {
		return now.Add(f.RetryAfter).UTC().Format(http.TimeFormat)
	}
	return strconv.Itoa(int(f.RetryAfter.Seconds()))
}

var (
	titleStart   = regexp.MustCompile(`("(?:access_token|summary)": ?")`)
	stringMember = regexp.MustCompile(`(: ?)("(?:[^"\\]|\\.)*")`)
	firstMember  = regexp.MustCompile(`^\{(\s*"[^"]*")`)
)

// corrupt changes the JSON of the true response, if the fault is of a kind that
// does. It leaves anything but a JSON object unchanged.
func (f *Fault) corrupt(body []byte) []byte {
	switch f.Kind {
	case "utf8":
		return titleStart.ReplaceAll(body, []byte("${1}\xff"))
	case "types":
		return stringMember.ReplaceAll(body, []byte("$1[$2]"))
	case "twice":
		return repeatFirstMember(body)
	case "deep":
		return nestArrays(body)
	}
	return body
}

// repeatFirstMember adds the name of the first member at the end, with "".
func repeatFirstMember(body []byte) []byte {
	text := string(body)
	first := firstMember.FindStringSubmatch(text)
	end := strings.LastIndex(text, "}")
	if first == nil || end < 0 {
		return body
	}
	return []byte(text[:end] + "," + first[1] + `:""` + text[end:])
}

// nestArrays adds a member that most parsers run out of stack for.
func nestArrays(body []byte) []byte {
	const levels = 100_000
	text := string(body)
	if !firstMember.MatchString(text) || !strings.Contains(text, "}") {
		return body
	}
	deep := strings.Repeat("[", levels) + strings.Repeat("]", levels)
	return []byte(`{"deep":` + deep + "," + text[1:])
}
