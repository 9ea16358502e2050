// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"strings"
)

// message lays an HTTP message: its first line, its headers, its body (RFC 9112,
// section 2.1).
func (t *tiler) message() {
	line := t.line()
	if bytes.HasPrefix(t.rest(), []byte("HTTP/")) {
		t.to(line, "status line", Transport)
	} else {
		t.requestLine(line)
	}
	body, chunked := "", false
	for len(t.rest()) > 0 {
		line = t.line()
		text := string(t.part.Bytes[t.at:line])
		if strings.TrimRight(text, "\r\n") == "" {
			t.to(line, "blank line", Transport)
			break
		}
		name, value, _ := strings.Cut(text, ":")
		switch strings.ToLower(name) {
		case "content-type":
			body = strings.ToLower(value)
		case "transfer-encoding":
			chunked = true
		}
		t.to(line, strings.ToLower(name)+" header", Transport)
	}
	switch {
	case chunked: // sizes stand between the bytes
	case strings.Contains(body, "json"):
		t.object(len(t.part.Bytes), t.member)
	case strings.Contains(body, "x-www-form-urlencoded"):
		t.form(len(t.part.Bytes))
	}
	t.to(len(t.part.Bytes), "body", Plain)
}

// line is the end of the line that begins here, with its line end.
func (t *tiler) line() int {
	if i := bytes.IndexByte(t.rest(), '\n'); i >= 0 {
		return t.at + i + 1
	}
	return len(t.part.Bytes)
}

// requestLine lays method, target and version (RFC 9112, section 3).
func (t *tiler) requestLine(end int) {
	t.until(" ", end, "method", Transport)
	t.to(min(t.at+1, end), "space", Separator)
	target := t.at + max(0, bytes.IndexByte(t.part.Bytes[t.at:end], ' '))
	if before, _, ok := bytes.Cut(t.part.Bytes[t.at:target], []byte("/calendars/")); ok {
		t.to(t.at+len(before)+len("/calendars/"), "path", Transport)
		t.until("/", target, "calendar id", Plain)
	}
	t.until("?", target, "path", Transport)
	if t.at < target {
		t.to(t.at+1, "question mark", Separator)
		t.form(target)
	}
	t.to(min(t.at+1, end), "space", Separator)
	t.to(end, "version", Transport)
}

// form lays name=value pairs with & between.
func (t *tiler) form(end int) {
	for t.at < end {
		stop := end
		if i := bytes.IndexByte(t.part.Bytes[t.at:end], '&'); i >= 0 {
			stop = t.at + i
		}
		name, _, valued := strings.Cut(string(t.part.Bytes[t.at:stop]), "=")
		if name == "assertion" && valued {
			t.to(t.at+len("assertion="), name, Plain)
			t.pieces(stop)
		}
		t.to(stop, name, Plain)
		t.to(min(stop+1, end), "ampersand", Separator)
	}
}
