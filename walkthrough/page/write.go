// SPDX-License-Identifier: 0BSD

package page

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"html"
	"html/template"
	"strings"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough"
)

// What the page shows besides the lesson's bytes. minimal.txt is a copy of
// cmd/minimal/main.go, since go:embed can't read from other folders: go test
// -update writes it. That of walkthrough/exam writes which trials of the exam
// each program fails.
var (
	//go:embed minimal.txt
	minimalProgram string
	//go:embed minimal_fails.txt
	minimalFails string

	//go:embed flow.sh
	flowScript string
	//go:embed flow_fails.txt
	flowFails string

	//go:embed mistakes.txt
	mistakesList string
)

// writePage is what the template "write" shows.
type writePage struct {
	site
	trace                   *walkthrough.Trace
	Key                     *jwt.KeyFile
	Stages                  []writeStage
	Minimal, Flow           template.HTML
	MinimalFails, FlowFails []failedTrial
	MinimalLines, FlowLines int
}

// writeStage is a step for a reader who writes it.
type writeStage struct {
	Number       int
	Title, Short string
	Mistakes     []mistakes
}

// mistakes lead to the same answer.
type mistakes struct {
	Answer string // Google's, in short
	Lab    string // address of a breakage that shows it, or ""
	All    []mistake
}

// Google reports whether Google answers at all.
func (m mistakes) Google() bool { return m.Answer[0] >= '0' && m.Answer[0] <= '9' }

type mistake struct{ Name, Text string }

// failedTrial is a trial of the exam that a program fails.
type failedTrial struct {
	Name, Demand string
	File         string // of the packages, the one that passes it
}

func newWritePage(s site, t *walkthrough.Trace) (*writePage, error) {
	key, err := jwt.ParseKeyFile(walkthrough.KeyFile())
	if err != nil {
		return nil, err
	}
	p := &writePage{
		site:         s,
		trace:        t,
		Key:          key,
		Minimal:      goCode(minimalProgram),
		Flow:         shellCode(flowScript),
		MinimalFails: failedTrials(minimalFails),
		FlowFails:    failedTrials(flowFails),
		MinimalLines: strings.Count(minimalProgram, "\n"),
		FlowLines:    strings.Count(flowScript, "\n"),
	}
	for i, step := range walkthrough.Steps() {
		stage := writeStage{Number: step.Number, Title: step.Title, Short: shortNames[i]}
		p.Stages = append(p.Stages, stage)
	}
	err = p.addMistakes(mistakesList)
	return p, err
}

// addMistakes reads mistakes.txt, whose first line describes its form.
func (p *writePage) addMistakes(text string) error {
	blocks := strings.Split(strings.TrimSpace(text), "\n\n")
	for _, block := range blocks[1:] {
		head, rest, _ := strings.Cut(block, "\n")
		place, answer, ok := strings.Cut(head, "] ")
		var number int
		var breakage string
		_, err := fmt.Sscanf(place, "[%d %s", &number, &breakage)
		if !ok || err != nil || number < 1 || number > len(p.Stages) {
			return fmt.Errorf("walkthrough: mistakes.txt: %q", head)
		}
		m := mistakes{Answer: answer}
		if breakage != "-" {
			m.Lab = p.Break(breakage)
		}
		for _, line := range strings.Split(rest, "\n") {
			name, text, ok := strings.Cut(line, " = ")
			if !ok {
				return fmt.Errorf("walkthrough: mistakes.txt: %q", line)
			}
			m.All = append(m.All, mistake{name, text})
		}
		stage := &p.Stages[number-1]
		stage.Mistakes = append(stage.Mistakes, m)
	}
	return nil
}

// failedTrials reads a table of trials, one a line: name, demand and file, with
// a tab between.
func failedTrials(table string) (all []failedTrial) {
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		if columns := strings.Split(line, "\t"); len(columns) == 3 {
			all = append(all, failedTrial{columns[0], columns[1], columns[2]})
		}
	}
	return all
}

// given is bytes that a reader's program should make, too.
type given struct {
	Title, Size string
	Segments    []segment
}

// longInMessage is the most characters of a field that Given doesn't shorten
// in an HTTP message.
const longInMessage = 80

// Given returns a part of the lesson. Of an HTTP message, it shortens the JWT,
// and a parameter that is as long.
func (p *writePage) Given(name, title string) (g given, err error) {
	part, err := p.trace.Part(name)
	if err != nil {
		return g, err
	}
	g = given{Title: title, Size: string(part.Kind) + ", " + withBytes(part.SizeOnWire())}
	for _, f := range part.Fields {
		text := printableLines(part.Bytes[f.Start:f.End])
		switch {
		case part.Kind == walkthrough.Binary:
			text = hex.EncodeToString(part.Bytes[f.Start:f.End])
		case part.Kind == walkthrough.HTTP && len(text) > longInMessage:
			text = abridged(text)
		}
		g.Segments = append(g.Segments, segment{f.Class, text})
	}
	return g, nil
}

// Modulus returns the first bytes of the key's modulus.
func (p *writePage) Modulus() string {
	const first = 8
	return hex.EncodeToString(p.Key.PrivateKey.N.Bytes()[:first])
}

// CalendarID returns the lesson's calendar.
func (p *writePage) CalendarID() string { return p.trace.CalendarID }

// Claims returns the lesson's claims.
func (p *writePage) Claims() jwt.Claims { return p.trace.Claims }

// JWTSize returns the number of characters in the JWT.
func (p *writePage) JWTSize() int { return p.trace.AssertionSize }

// TokenSize returns the number of characters in the access token.
func (p *writePage) TokenSize() int { return p.trace.TokenSize }

// Printed returns what a program that did the five steps prints.
func (p *writePage) Printed() string {
	var b strings.Builder
	for _, e := range p.trace.Events {
		fmt.Fprintln(&b, e.Start.DateTime+e.Start.Date, e.Summary)
	}
	return b.String()
}

// shellCode marks the comments in a shell script, as goCode does.
func shellCode(code string) template.HTML {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimRight(code, "\n"), "\n") {
		line = html.EscapeString(line)
		at := strings.Index(line, "# ")
		if at >= 0 && (at == 0 || line[at-1] == ' ') {
			line = line[:at] + `<span class="comment">` + line[at:] + `</span>`
		}
		fmt.Fprintf(&b, "<span class=\"l\">%s\n</span>", line)
	}
	return template.HTML(b.String())
}
