// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteText writes the run as plain text of at most 78 columns, for the terminal
// of whoever owns the key. With colour it uses ANSI escape sequences.
func (r *KeyRun) WriteText(w io.Writer, colour bool) error {
	p := &page{colour: colour}
	p.line("")
	p.line(textIndent + p.paint(bold, "The five steps with your own key"))
	p.say1("This went over the network, to the servers that are named below, on " + r.Now.Format(time.RFC3339) +
		". Private key, signature and access token are withheld; the rest is yours, so mind who is looking.")
	for _, step := range r.Steps {
		p.rule()
		p.heading(bold, fmt.Sprintf("%d  %s", step.Number, step.Title), step.Code+"  "+step.File)
		p.say1(keyRunSays[step.Number])
		for i, part := range step.Parts {
			if len(part.Bytes) == 0 {
				p.say1(part.Title + ": nothing.")
				continue
			}
			number := fmt.Sprint(step.Number)
			if len(step.Parts) > 1 {
				number += string(rune('a' + i))
			}
			p.line("")
			p.heading("", number+"  "+part.Title, string(part.Kind))
			p.message(part.Bytes, 2500)
		}
	}
	p.line("")
	if r.Failed == 0 {
		p.agenda(r.Events)
		if len(r.Events) == 0 {
			p.hanging("", fmt.Sprintf("No events from today on in %q.", r.Calendar))
		}
	} else {
		p.rule()
		p.tool(r.Says)
		if strings.Contains(strings.Join(r.Says, " "), "proxy") {
			p.say1("This run used no proxy, whatever the environment says; cmd/fivestep uses the one that HTTPS_PROXY names.")
		}
		p.say1("go run ./cmd/fivestep events says the same, with the values of your key file; go run ./cmd/walkthrough -list has what else can go wrong.")
	}
	p.line("")
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	return nil
}

// What is said at each step; the lesson without a key says much more.
var keyRunSays = map[int]string{
	1: "Read from the disk. Only the private key is a secret, and whatever else this program does not know by name.",
	2: "Header and claims, in base64url, signed. Without its signature nobody can trade the JWT.",
	3: "The JWT in a form, to token_uri.",
	4: "The access token is a secret for as long as expires_in says, in seconds.",
	5: "The request for events, from today's midnight on this machine, and the answer.",
}

// message shows a part line by line, of a long one only the beginning.
func (p *page) message(text []byte, most int) {
	left := len(text)
	text = bytes.ToValidUTF8(text[:min(most, len(text))], nil)
	left -= len(text)
	for _, line := range bytes.Split(bytes.TrimRight(text, "\r\n"), []byte("\n")) {
		p.pieces(bytes.TrimRight(line, "\r"))
	}
	if left > 0 {
		p.line(textIndent + p.paint(faint, fmt.Sprintf("┆ [... %d more bytes left out on this page]", left)))
	}
}
