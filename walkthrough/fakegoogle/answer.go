// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is a whole answer before it is sent, so that a fault can still cut, slow or replace it.
type answer struct {
	status        int
	header        http.Header
	body          []byte
	grade, source string
}

// The header sets. Names and values are those of captures; of Alt-Svc they show only the beginning.
var (
	// Token endpoint: V for the success of another grant (a 2024-07-02 capture); R that errors carry the same set.
	// An error of 2018 (V hlavki/g-suite-identity-sync#7) had Server: ESF and X-XSS-Protection: 1; mode=block.
	tokenHeader = http.Header{
		"Cache-Control": {"no-cache, no-store, max-age=0, must-revalidate"},
		"Expires":       {"Mon, 01 Jan 1990 00:00:00 GMT"},
		"Pragma":        {"no-cache"},
		"Content-Type":  {"application/json; charset=utf-8"},
		"Vary":          {"X-Origin", "Referer", "Origin,Accept-Encoding"},
		"Server":        {"scaffolding on HTTPServer2"},
	}
	// Calendar, V activepieces/activepieces#4274. Expires repeats Date, see finish. There is no ETag header.
	calendarHeader = http.Header{
		"Content-Type":  {"application/json; charset=UTF-8"},
		"Cache-Control": {"private, max-age=0, must-revalidate, no-transform"},
		"Vary":          {"Origin", "X-Origin", "Referer"},
		"Server":        {"ESF"},
	}
	// Calendar's rate limits, V KeepSoftwareSimple/compass-calendar#335. No Retry-After has ever been captured.
	limitHeader = http.Header{
		"Content-Type":  {"application/json; charset=UTF-8"},
		"Cache-Control": {"no-cache, no-store, max-age=0, must-revalidate"},
		"Expires":       {"Mon, 01 Jan 1990 00:00:00 GMT"},
		"Pragma":        {"no-cache"},
		"Vary":          {"Origin", "X-Origin", "Referer"},
		"Server":        {"ESF"},
	}
	// The front end's own pages, R.
	pageHeader = http.Header{
		"Content-Type":    {"text/html; charset=UTF-8"},
		"Referrer-Policy": {"no-referrer"},
	}
)

// page is an HTML page of Google's front end: V googleapis/google-auth-library-python#1260 for doctype and title of a 502,
// R for the sentence, which is shortened.
func page(code int, sentence string) *answer {
	title := http.StatusText(code)
	if code >= 500 {
		title = "Server Error"
	}
	body := fmt.Sprintf("<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error %d (%s)!!1</title>\n"+
		"  <p><b>%d.</b> <ins>That’s an error.</ins>\n  <p>%s <ins>That’s all we know.</ins>\n", code, title, code, sentence)
	return &answer{code, pageHeader.Clone(), []byte(body), "R", "googleapis/google-auth-library-python#1260 for the form"}
}

// noSuchPage is the page for a path that nobody serves.
func noSuchPage(r *http.Request, _ []byte) *answer {
	return page(http.StatusNotFound, "The requested URL <code>"+html.EscapeString(r.URL.EscapedPath())+"</code> was not found on this server.")
}

// finish adds what depends on the moment and on the client: Date, compression, length.
func (a *answer) finish(r *http.Request, now time.Time) {
	h := a.header
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	if h.Get("Expires") == "" {
		h.Set("Expires", h.Get("Date"))
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("X-Xss-Protection", "0")
	h.Set("Alt-Svc", `h3=":443"; ma=2592000`)
	if len(a.body) > 0 && wantsGzip(r.Header) {
		a.zip() // and sent in chunks, as captured
	} else if a.status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
}

func (a *answer) zip() {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	z.Write(a.body)
	z.Close()
	a.body = b.Bytes()
	a.header.Set("Content-Encoding", "gzip")
}

// wantsGzip is Google's two-part rule: the client says that it takes gzip, and "gzip" stands in its User-Agent.
//
// Source: https://developers.google.com/workspace/calendar/api/guides/performance (D).
func wantsGzip(h http.Header) bool {
	for _, part := range strings.Split(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, weight, _ := strings.Cut(strings.ReplaceAll(part, " ", ""), ";q=")
		if coding == "gzip" && (weight == "" || strings.Trim(weight, "0.") != "") {
			return strings.Contains(h.Get("User-Agent"), "gzip")
		}
	}
	return false
}

// head sends status line and headers.
func (a *answer) head(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
}

func (a *answer) write(w http.ResponseWriter, r *http.Request) {
	a.head(w)
	if a.header.Get("Content-Length") == "" && len(a.body) > 0 {
		flush(w) // or net/http would count a short body
	}
	if r.Method != http.MethodHead {
		w.Write(a.body)
	}
}

// flush sends what was written so far; with no Content-Length announced the rest comes in chunks.
func flush(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}
