// SPDX-License-Identifier: 0BSD

package terminal

import (
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/fivestep/walkthrough"
)

// WriteKeyRun writes a run with your own key file, for your own terminal.
func WriteKeyRun(w io.Writer, r *walkthrough.KeyRun, color bool) error {
	s := &screen{color: color}
	s.section("The five steps with your own key")
	s.paragraph("This went over the network, to the servers that are named below, on " +
		r.Now.Format(time.RFC3339) + ". Private key, signature and access token are withheld; " +
		"the rest is yours, so mind who is looking.")
	for _, step := range r.Steps {
		s.keyRunStep(step)
	}
	s.line("")
	if r.Failed == 0 {
		s.agenda(r.Events)
		if len(r.Events) == 0 {
			s.item("", fmt.Sprintf("No events from today on in %q.", r.Calendar))
		}
	} else {
		s.keyRunFailure(r)
	}
	s.line("")
	return s.writeTo(w)
}

// keyRunIntro introduces each step. The lesson without a key says much more.
var keyRunIntro = map[int]string{
	1: "Read from the disk. Only the private key is a secret, " +
		"and whatever else this program does not know by name.",
	2: "Header and claims, in base64url, signed. " +
		"Without its signature nobody can trade the JWT.",
	3: "The JWT in a form, to token_uri.",
	4: "The access token is a secret for as long as expires_in says, in seconds.",
	5: "The request for events, from today's midnight on this machine, and the answer.",
}

func (s *screen) keyRunStep(step walkthrough.Step) {
	const enough = 2500 // bytes of a part
	s.stepHeading(step)
	s.paragraph(keyRunIntro[step.Number])
	for i, part := range step.Parts {
		if len(part.Bytes) == 0 {
			s.paragraph(part.Title + ": nothing.")
			continue
		}
		s.line("")
		s.heading("", partNumber(step, i)+"  "+part.Title, string(part.Kind))
		s.message(part.Bytes, enough)
	}
}

func (s *screen) keyRunFailure(r *walkthrough.KeyRun) {
	s.rule()
	s.toolLines(r.Says)
	if strings.Contains(strings.Join(r.Says, " "), "proxy") {
		s.paragraph("This run used no proxy, whatever the environment says; " +
			"cmd/fivestep uses the one that HTTPS_PROXY names.")
	}
	s.paragraph("go run ./cmd/fivestep events says the same, with the values of your key file; " +
		"go run ./cmd/walkthrough -list has what else can go wrong.")
}
