// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"errors"
	"html"
	"io"
	"net/http"
)

// Google's front end refuses requests that are too large before anyone judges
// them. Google publishes no limits for these hosts, so the figures are R. They
// are far above what any client has been seen to send.
const (
	// maxHead bounds the URL and the header of a request, in bytes.
	maxHead = 64 << 10
	// maxBody bounds the body, in bytes. A form with an assertion has about
	// 1,000.
	maxBody = 64 << 10
	// maxDiscarded bounds how much of a body that is too large is read and
	// thrown away. Most clients see a response only if they can send the rest
	// of their body.
	maxDiscarded = 8 << 20
)

// readBody reads the body of a request. If it's too large, readBody returns
// only its beginning, and false.
func readBody(r *http.Request) (body []byte, fits bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	// A handler around this one may have set a lower limit.
	var lower *http.MaxBytesError
	if errors.As(err, &lower) {
		return body, false
	}
	if len(body) > maxBody {
		io.Copy(io.Discard, io.LimitReader(r.Body, maxDiscarded))
		return body[:maxBody], false
	}
	return body, true
}

// headSize is the size of a request's URL and header as HTTP/1.1 writes them,
// in bytes.
func headSize(r *http.Request) int {
	const separators = len(": \r\n")
	size := len(r.Method) + len(r.RequestURI) + len(r.Host)
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value) + separators
		}
	}
	return size
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
