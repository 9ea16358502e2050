// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
)

// The sizes in the diagram are those in the client's and the server's headers.
func TestSizes(t *testing.T) {
	trace := lesson(t)
	contentLength := regexp.MustCompile(`Content-Length: (\d+)`)
	for _, name := range []string{"token-request", "token-response", "events-response"} {
		part, err := trace.Part(name)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := bytes.Cut(part.Bytes, []byte("\r\n\r\n"))
		length, err := strconv.Atoi(contentLength.FindStringSubmatch(string(head))[1])
		if got, want := part.SizeOnWire(), len(head)+4+length; err != nil || got != want {
			t.Errorf("%s: %d bytes, not %d, %v", name, got, want, err)
		}
	}
}

func TestDiagram(t *testing.T) {
	d, err := newDiagram(lesson(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, as := range []shape{wideShape, narrowShape} {
		picture := string(d.draw(as))
		for step := 1; step <= 5; step++ {
			if !strings.Contains(picture, fmt.Sprintf(`<a href="#step-%d">`, step)) {
				t.Errorf("%s: no link to step %d", as.name, step)
			}
		}
		const words = "your program to oauth2.googleapis.com: POST /token, 944 bytes"
		if !strings.Contains(picture, ">944 bytes") || !strings.Contains(picture, words) {
			t.Errorf("%s: %s", as.name, picture)
		}
	}
	if _, err := newDiagram(new(walkthrough.Trace)); err == nil {
		t.Error("a picture of nothing")
	}
}

func TestTimeline(t *testing.T) {
	const words = "22:13:10 to 23:13:10, 3600 seconds; " +
		"the access token from 22:13:20 to 23:13:19, 3599 seconds"
	if line := string(timeline(lesson(t))); !strings.Contains(line, words) {
		t.Error(line)
	}
}
