// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"fmt"
	"strings"
)

// labPage is what the template "lab" lists.
type labPage struct {
	site
	Steps []labStep
}

// NothingToBreak stands where a step has no breakages.
func (s site) NothingToBreak() string { return nothingToBreak }

// Grades is the legend of the letters that answers carry.
func (s site) Grades() any { return grades }

// GradesSay stands above it.
func (s site) GradesSay() string { return gradesSay }

type labStep struct {
	Number    int
	Title     string
	Breakages []Breakage
}

func newLabPage(s site, t *Trace) *labPage {
	p := &labPage{site: s}
	for _, step := range t.Steps {
		p.Steps = append(p.Steps, labStep{step.Number, step.Title, breakagesOf(step.Number)})
	}
	return p
}

// resultPage is what the templates "breakage", "own" and "result" show.
type resultPage struct {
	site
	Result        *Result
	Change        string // "" where it was said before
	Changed       []changedView
	Answer        *answerView
	Grade         *gradeView
	Fate          []fate
	Agenda        []agendaRow
	Judges        []judge
	Withheld      string // says that nothing was sent, and why
	Before, After *Breakage

	Own      Own
	Problem  string
	BadField string
}

// fate is what became of a step.
type fate struct {
	Number             int
	Short, Class, Text string
}

// judge is who makes checks, and those that it makes.
type judge struct {
	Name   string
	Checks []Check
}

type changedView struct {
	Title, Size string
	Pieces      []piece
}

// piece is some text that is the same as ever, or what stands in the place of
// what was there.
type piece struct{ Same, Was, Now string }

type answerView struct {
	Title, Size, First, Head, Rest string
	Long                           bool // folded
	Dense                          bool // without a blank to break a line at
}

type gradeView struct{ Letter, Meaning, Source string }

func newResultPage(s site, r *Result) *resultPage {
	p := &resultPage{site: s, Result: r, Change: r.Change, Agenda: agendaRows(r.Events), Withheld: r.withheld()}
	for _, c := range r.Changed {
		p.Changed = append(p.Changed, changedView{c.Title, string(c.Kind) + ", " + bytesOf(c.sizeOnWire()), c.pieces()})
	}
	if r.Answer != nil {
		head, body, _ := bytes.Cut(r.Answer.Bytes, []byte("\r\n\r\n"))
		first, rest, _ := bytes.Cut(head, []byte("\r\n"))
		p.Answer = &answerView{r.Answer.Title, bytesOf(r.Answer.sizeOnWire()), lines(first), lines(rest), lines(body), len(body) > longBody, !bytes.ContainsAny(body, " ")}
	}
	if r.Grade != "" {
		p.Grade = &gradeView{r.Grade, Attested(r.Grade), r.Source}
	}
	for _, j := range []judge{{Name: "The token endpoint, step 3"}, {Name: "The Calendar API, step 5"}} {
		for _, c := range r.Checks {
			if strings.HasSuffix(j.Name, fmt.Sprint(c.Step)) {
				j.Checks = append(j.Checks, c)
			}
		}
		if len(j.Checks) > 0 {
			p.Judges = append(p.Judges, j)
		}
	}
	missed := map[int]bool{}
	for _, step := range r.Missed {
		missed[step.Number] = true
	}
	for i, short := range shortNames {
		f := fate{i + 1, short, "done", "done"}
		switch {
		case missed[f.Number]:
			f.Class, f.Text = "missed", "not reached"
		case f.Number == r.Failed:
			f.Class, f.Text = "failed", "failed"
		}
		p.Fate = append(p.Fate, f)
	}
	all := Breakages()
	for i := range all {
		if all[i].Name == r.Name && r.Name != "" {
			if i > 0 {
				p.Before = &all[i-1]
			}
			if i+1 < len(all) {
				p.After = &all[i+1]
			}
		}
	}
	return p
}

// StateClass is the class in style.css of a check's state.
func (p *resultPage) StateClass(s State) string {
	return map[State]string{Passed: "passed", Caught: "caught", Unmade: "unmade"}[s]
}

// CheckOrder says how well the order of the checks is attested.
func (p *resultPage) CheckOrder() string { return CheckOrder }

// lines is text of several lines as a browser may show it.
func lines(text []byte) string {
	all := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	for i, line := range all {
		indent := len(line) - len(strings.TrimLeft(line, "\t "))
		all[i] = strings.Repeat(" ", indent) + printable(line[indent:])
	}
	return strings.Join(all, "\n")
}

// longBody is how long an answer is, in bytes, that is folded.
const longBody = 2000

// longestWas is how much is shown of what was there before, in characters.
const longestWas = 60

// pieces cuts the bytes at the ranges that changed.
func (c *Changed) pieces() (all []piece) {
	at := 0
	for _, r := range c.Ranges {
		if r.Start < at || r.End < r.Start || r.End > len(c.Bytes) {
			continue
		}
		if r.Start > at {
			all = append(all, piece{Same: lines(c.Bytes[at:r.Start])})
		}
		was := lines([]byte(r.Was))
		if n := len([]rune(was)); n > longestWas {
			runes := []rune(was)
			was = fmt.Sprintf("%s … %d more … %s", string(runes[:longestWas/2]), n-longestWas*3/4, string(runes[n-longestWas/4:]))
		}
		all = append(all, piece{Was: was, Now: lines(c.Bytes[r.Start:r.End])})
		at = r.End
	}
	return append(all, piece{Same: lines(c.Bytes[at:])})
}
