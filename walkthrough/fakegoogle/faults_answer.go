// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// answer is what a fault says in the place of the true answer.
func (f *Fault) answer(place string, r *http.Request, now time.Time) *answer {
	a := &answer{status: http.StatusOK, header: calendarHeader.Clone(), grade: "R", source: "a fault, made on demand"}
	status, _ := strconv.Atoi(f.Kind)
	ofAPI, isAPI := apiFaults[f.Kind]
	ofToken, isToken := tokenFaults[status]
	switch {
	case place == "token" && isToken:
		a = ofToken.answer()
	case isAPI && (place != "token" || status == 0):
		a = ofAPI.answer()
	case status != 0:
		a = page(status, "The server encountered an error and could not complete your request.")
	}
	switch {
	case f.Kind == "redirect":
		a.status = http.StatusFound
		a.header.Set("Location", f.Value)
		if f.Value == "" {
			a.header.Set("Location", r.RequestURI)
		}
	case status >= 300 && status < 400 && f.Value != "":
		a.header.Set("Location", f.Value)
	case f.Kind == "html":
		a.header, a.body = pageHeader.Clone(), []byte("<!DOCTYPE html>\n<html lang=en>\n<title>Sign in to the network</title>\n<p>Accept the terms to go on.\n")
	case f.Kind == "body":
		a.body = []byte(f.Value)
	}
	if f.RetryAfter > 0 {
		a.header.Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
		if f.RetryDate {
			a.header.Set("Retry-After", now.Add(f.RetryAfter).UTC().Format(http.TimeFormat))
		}
	}
	return a
}

var (
	title        = regexp.MustCompile(`("(?:access_token|summary)": ?")`)
	stringMember = regexp.MustCompile(`(: ?)("(?:[^"\\]|\\.)*")`)
	firstMember  = regexp.MustCompile(`^\{\s*"[^"]*"`)
)

// spoil changes the true answer, a JSON object, where the fault is one of what JSON says.
func (f *Fault) spoil(body []byte) []byte {
	switch f.Kind {
	case "utf8":
		return title.ReplaceAll(body, []byte("${1}\xff"))
	case "types":
		return stringMember.ReplaceAll(body, []byte("$1[$2]"))
	}
	text := string(body)
	end := strings.LastIndex(text, "}")
	member := firstMember.FindString(text)
	if member == "" || end < 0 {
		return body // of another kind
	}
	switch f.Kind {
	case "twice":
		return []byte(text[:end] + "," + member[1:] + `:""` + text[end:])
	case "deep":
		const levels = 100_000
		return []byte(`{"deep":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + "," + text[1:])
	}
	return body
}
