// SPDX-License-Identifier: 0BSD

package lab

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// editor is a transport that edits requests on their way.
type editor struct {
	next http.RoundTripper
	edit func(*http.Request) // or nil
}

func (e editor) RoundTrip(req *http.Request) (*http.Response, error) {
	if e.edit != nil {
		req = req.Clone(req.Context())
		e.edit(req)
	}
	return e.next.RoundTrip(req)
}

// editForm changes the body of the POST.
func (a *attempt) editForm(req *http.Request) {
	if a.form == nil {
		return
	}
	body, _ := io.ReadAll(req.Body) // from memory
	text := a.form(string(body))
	req.Body = io.NopCloser(strings.NewReader(text))
	req.ContentLength = int64(len(text))
}

// editAddress changes the URL of the calendar request.
func (a *attempt) editAddress(req *http.Request) {
	if a.address != nil {
		a.address(req.URL)
	}
}

// replace returns an edit that replaces one piece of a text.
func replace(old, now string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, now, 1) }
}

// inQuery returns an edit that replaces one piece of a query in its escaped
// form.
func inQuery(old, now string) func(*url.URL) {
	return func(u *url.URL) { u.RawQuery = replace(old, now)(u.RawQuery) }
}

// fault makes one endpoint of the fake fail on every request.
func (a *attempt) fault(place, kind string) {
	a.google.AddFault(fakegoogle.Fault{Place: place, Kind: kind})
}
