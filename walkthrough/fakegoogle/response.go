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

// response is a whole response before it's sent, so that a fault can still
// cut, slow down or replace it.
type response struct {
	status int
	header http.Header
	body   []byte
	grade  string // how well it's attested; see the package comment
	source string // where it was seen

	check int    // number of the check that refused the request, or 0
	code  string // Google's error code or reason, or ""

	hidesNextPage bool // whether fields leaves out the token of a next page
}

// The headers of responses. Names and values are from captures. Of Alt-Svc,
// the captures show only the beginning.
var (
	// tokenHeader is the token endpoint's. V for the success of another grant
	// (a capture of 2024-07-02), R for errors. An error of 2018 (V
	// hlavki/g-suite-identity-sync#7) had other values: Server: ESF and
	// X-XSS-Protection: 1; mode=block.
	tokenHeader = http.Header{
		"Cache-Control": {"no-cache, no-store, max-age=0, must-revalidate"},
		"Expires":       {"Mon, 01 Jan 1990 00:00:00 GMT"},
		"Pragma":        {"no-cache"},
		"Content-Type":  {"application/json; charset=utf-8"},
		"Vary":          {"X-Origin", "Referer", "Origin,Accept-Encoding"},
		"Server":        {"scaffolding on HTTPServer2"},
	}
	// calendarHeader is the Calendar API's, V activepieces/activepieces#4274.
	// There's no ETag, and Expires repeats Date: finish adds it.
	calendarHeader = http.Header{
		"Content-Type":  {"application/json; charset=UTF-8"},
		"Cache-Control": {"private, max-age=0, must-revalidate, no-transform"},
		"Vary":          {"Origin", "X-Origin", "Referer"},
		"Server":        {"ESF"},
	}
	// limitHeader goes with the Calendar API's rate limits, V
	// KeepSoftwareSimple/compass-calendar#335. No capture has a Retry-After.
	limitHeader = http.Header{
		"Content-Type":  {"application/json; charset=UTF-8"},
		"Cache-Control": {"no-cache, no-store, max-age=0, must-revalidate"},
		"Expires":       {"Mon, 01 Jan 1990 00:00:00 GMT"},
		"Pragma":        {"no-cache"},
		"Vary":          {"Origin", "X-Origin", "Referer"},
		"Server":        {"ESF"},
	}
	// pageHeader goes with the HTML pages of Google's front end (R).
	pageHeader = http.Header{
		"Content-Type":    {"text/html; charset=UTF-8"},
		"Referrer-Policy": {"no-referrer"},
	}
)

// errorPage takes the status twice, its name, and a sentence.
const errorPage = "<!DOCTYPE html>\n" +
	"<html lang=en>\n" +
	"  <meta charset=utf-8>\n" +
	"  <title>Error %[1]d (%[2]s)!!1</title>\n" +
	"  <p><b>%[1]d.</b> <ins>That’s an error.</ins>\n" +
	"  <p>%[3]s <ins>That’s all we know.</ins>\n"

// htmlPage is an error page of Google's front end. V
// googleapis/google-auth-library-python#1260 for the doctype and the title of
// a 502; R for the sentence, which is shortened.
func htmlPage(status int, sentence string) *response {
	title := http.StatusText(status)
	switch {
	case status == http.StatusRequestURITooLong:
		title = "Request-URI Too Large" // V mgonto/restangular#497
	case status >= http.StatusInternalServerError:
		title = "Server Error"
	}
	return &response{
		status: status,
		header: pageHeader.Clone(),
		body:   fmt.Appendf(nil, errorPage, status, title, sentence),
		grade:  "R",
		source: "googleapis/google-auth-library-python#1260 for the form",
	}
}

// notFoundPage answers a path where nothing is served.
func notFoundPage(r *http.Request, _ []byte) *response {
	path := html.EscapeString(r.URL.EscapedPath())
	return htmlPage(http.StatusNotFound,
		"The requested URL <code>"+path+"</code> was not found on this server.")
}

// uriTooLong answers a request whose URL alone is too large. V
// mgonto/restangular#497, against App Engine, which has the same front end.
func uriTooLong(r *http.Request, _ []byte) *response {
	const shown = 1000 // bytes of the path (R)
	path := r.URL.EscapedPath()
	path = html.EscapeString(path[:min(len(path), shown)])
	resp := htmlPage(http.StatusRequestURITooLong,
		"The requested URL <code>"+path+"</code>... is too large to process.")
	resp.grade = "V"
	resp.source = "mgonto/restangular#497; from how many bytes on is reconstructed"
	return resp
}

// requestTooLarge answers a request whose header or body is too large. The
// title is V (k1LoW/octocov, CHANGELOG.md, v0.18.0); the sentence is R.
func requestTooLarge(*http.Request, []byte) *response {
	resp := htmlPage(http.StatusRequestEntityTooLarge,
		"Your client issued a request that was too large.")
	resp.source = "k1LoW/octocov v0.18.0 for the title"
	return resp
}

// finish adds the headers that depend on the time and on the client, and
// compresses the body if the client wants that.
func (resp *response) finish(r *http.Request, now time.Time) {
	h := resp.header
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	if h.Get("Expires") == "" {
		h.Set("Expires", h.Get("Date"))
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("X-Xss-Protection", "0")
	h.Set("Alt-Svc", `h3=":443"; ma=2592000`)
	if len(resp.body) > 0 && wantsGzip(r.Header) {
		resp.compress() // without a Content-Length: captures show chunks
	} else if resp.status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(resp.body)))
	}
}

func (resp *response) compress() {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	z.Write(resp.body)
	z.Close()
	resp.body = b.Bytes()
	resp.header.Set("Content-Encoding", "gzip")
}

// wantsGzip applies both parts of Google's rule: the client accepts gzip, and
// its User-Agent contains "gzip". D,
// https://developers.google.com/workspace/calendar/api/guides/performance.
func wantsGzip(h http.Header) bool {
	accepted := strings.Join(h.Values("Accept-Encoding"), ",")
	for _, part := range strings.Split(accepted, ",") {
		part = strings.ReplaceAll(part, " ", "")
		coding, weight, _ := strings.Cut(part, ";q=")
		refused := weight != "" && strings.Trim(weight, "0.") == ""
		if coding == "gzip" && !refused {
			return strings.Contains(h.Get("User-Agent"), "gzip")
		}
	}
	return false
}

// writeHeader sends the status line and the headers.
func (resp *response) writeHeader(w http.ResponseWriter) {
	for name, values := range resp.header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.status)
}

// write sends the response.
func (resp *response) write(w http.ResponseWriter, r *http.Request) {
	resp.writeHeader(w)
	if resp.header.Get("Content-Length") == "" && len(resp.body) > 0 {
		flush(w) // otherwise net/http adds the length of a short body
	}
	if r.Method != http.MethodHead {
		w.Write(resp.body)
	}
}

// flush sends what has been written so far. Unless a Content-Length was
// announced, the rest follows in chunks.
func flush(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}
