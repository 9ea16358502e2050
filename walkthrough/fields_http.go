// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"strings"
)

// message covers an HTTP message: its first line, its headers and its body (RFC
// 9112, section 2.1).
func (t *tiler) message() {
	firstLine := t.lineEnd()
	if bytes.HasPrefix(t.rest(), []byte("HTTP/")) {
		t.upTo(firstLine, "status line", Transport)
	} else {
		t.requestLine(firstLine)
	}
	contentType, chunked := t.headers()
	end := len(t.part.Bytes)
	switch {
	case chunked: // the sizes of the chunks interrupt the body
	case strings.Contains(contentType, "json"):
		t.object(end, t.member)
	case strings.Contains(contentType, "x-www-form-urlencoded"):
		t.form(end)
	}
	t.upTo(end, "body", Plain)
}

// headers covers the headers and the blank line after them, and returns what
// they say about the body.
func (t *tiler) headers() (contentType string, chunked bool) {
	for len(t.rest()) > 0 {
		end := t.lineEnd()
		line := strings.TrimRight(string(t.part.Bytes[t.at:end]), "\r\n")
		if line == "" {
			t.upTo(end, "blank line", Transport)
			break
		}
		name, value, _ := strings.Cut(line, ":")
		name = strings.ToLower(name)
		switch name {
		case "content-type":
			contentType = strings.ToLower(value)
		case "transfer-encoding":
			chunked = true
		}
		t.upTo(end, name+" header", Transport)
	}
	return contentType, chunked
}

// lineEnd returns the end of the current line, after its line break.
func (t *tiler) lineEnd() int {
	return min(t.index('\n', len(t.part.Bytes))+1, len(t.part.Bytes))
}

// requestLine covers the method, the target and the version (RFC 9112, section
// 3).
func (t *tiler) requestLine(end int) {
	t.upTo(t.index(' ', end), "method", Transport)
	t.upTo(min(t.at+1, end), "space", Separator)
	if targetEnd := t.index(' ', end); targetEnd < end {
		t.requestTarget(targetEnd)
	}
	t.upTo(min(t.at+1, end), "space", Separator)
	t.upTo(end, "version", Transport)
}

// requestTarget covers the path and the query.
func (t *tiler) requestTarget(end int) {
	const calendars = "/calendars/"
	if before, _, ok := bytes.Cut(t.part.Bytes[t.at:end], []byte(calendars)); ok {
		t.upTo(t.at+len(before)+len(calendars), "path", Transport)
		t.upTo(t.index('/', end), "calendar id", Plain)
	}
	t.upTo(t.index('?', end), "path", Transport)
	if t.at < end {
		t.upTo(t.at+1, "question mark", Separator)
		t.form(end)
	}
}

// form covers name=value pairs with & between them.
func (t *tiler) form(end int) {
	for t.at < end {
		pairEnd := t.index('&', end)
		name, _, hasValue := strings.Cut(string(t.part.Bytes[t.at:pairEnd]), "=")
		if name == "assertion" && hasValue {
			t.upTo(t.at+len("assertion="), name, Plain)
			t.piecesOfJWT(pairEnd)
		}
		t.upTo(pairEnd, name, Plain)
		t.upTo(min(pairEnd+1, end), "ampersand", Separator)
	}
}
