// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

// labPage is what the template "lab" lists.
type labPage struct {
	site
	Steps []labStep
}

type labStep struct {
	Number    int
	Title     string
	Breakages []lab.Breakage
}

func newLabPage(s site) *labPage {
	p := &labPage{site: s}
	for _, step := range walkthrough.Steps() {
		breakages := lab.OfStep(step.Number)
		p.Steps = append(p.Steps, labStep{step.Number, step.Title, breakages})
	}
	return p
}

// resultPage is what the templates "breakage", "own" and "result" show.
type resultPage struct {
	site
	Result        *lab.Result
	Change        string // "" if the page shows it elsewhere
	Changed       []changedView
	Answer        *answerView
	Grade         *gradeView
	Fate          []fate
	Agenda        []agendaRow
	Judges        []judge
	Withheld      string // says that nothing was sent, and why
	Before, After *lab.Breakage

	Own      lab.Experiment
	Problem  string
	BadField string
}

// fate says what happened to a step.
type fate struct {
	Number             int
	Short, Class, Text string
}

// judge is one of Google's servers, with the checks that it makes.
type judge struct {
	Name   string
	Checks []lab.Check
}

// changedView is a part with its changes.
type changedView struct {
	Title, Size string
	Pieces      []piece
}

// piece is either unchanged text, or an old text and the new one.
type piece struct{ Same, Was, Now string }

type answerView struct {
	Title, Size, First, Head, Rest string
	Long                           bool // folded
	Dense                          bool // without a space to break a line at
}

type gradeView struct{ Letter, Meaning, Source string }

func newResultPage(s site, r *lab.Result) *resultPage {
	p := &resultPage{
		site:     s,
		Result:   r,
		Change:   r.Change,
		Answer:   newAnswerView(r.Answer),
		Fate:     fates(r),
		Agenda:   agendaRows(r.Events),
		Judges:   judges(r.Checks),
		Withheld: r.Unsent(),
	}
	for _, c := range r.Changed {
		size := string(c.Kind) + ", " + withBytes(c.SizeOnWire())
		p.Changed = append(p.Changed, changedView{c.Title, size, pieces(c)})
	}
	if r.Grade != "" {
		p.Grade = &gradeView{r.Grade, lab.Attested(r.Grade), r.Source}
	}
	p.Before, p.After = neighbors(r.Name)
	return p
}

// longBody is the most bytes of an answer that are shown unfolded.
const longBody = 2000

func newAnswerView(answer *walkthrough.Part) *answerView {
	if answer == nil {
		return nil
	}
	head, body, _ := bytes.Cut(answer.Bytes, []byte("\r\n\r\n"))
	first, headers, _ := bytes.Cut(head, []byte("\r\n"))
	return &answerView{
		Title: answer.Title,
		Size:  withBytes(answer.SizeOnWire()),
		First: printableLines(first),
		Head:  printableLines(headers),
		Rest:  printableLines(body),
		Long:  len(body) > longBody,
		Dense: !bytes.ContainsAny(body, " "),
	}
}

// fates returns what happened to each step.
func fates(r *lab.Result) (all []fate) {
	for i, short := range shortNames {
		f := fate{Number: i + 1, Short: short, Class: "done", Text: "done"}
		switch {
		case r.Failed > 0 && f.Number > r.Failed:
			f.Class, f.Text = "missed", "not reached"
		case f.Number == r.Failed:
			f.Class, f.Text = "failed", "failed"
		}
		all = append(all, f)
	}
	return all
}

// judges sorts checks by who makes them.
func judges(checks []lab.Check) (all []judge) {
	names := map[int]string{3: "The token endpoint, step 3", 5: "The Calendar API, step 5"}
	for _, step := range []int{3, 5} {
		j := judge{Name: names[step]}
		for _, c := range checks {
			if c.Step == step {
				j.Checks = append(j.Checks, c)
			}
		}
		if len(j.Checks) > 0 {
			all = append(all, j)
		}
	}
	return all
}

// neighbors returns the breakages before and after the one with that name.
func neighbors(name string) (before, after *lab.Breakage) {
	all := lab.Breakages()
	i := slices.IndexFunc(all, func(b lab.Breakage) bool { return b.Name == name })
	if i > 0 {
		before = &all[i-1]
	}
	if i >= 0 && i+1 < len(all) {
		after = &all[i+1]
	}
	return before, after
}

// StateClass returns the class in style.css for a check's state.
func (p *resultPage) StateClass(s lab.State) string {
	switch s {
	case lab.Passed:
		return "passed"
	case lab.Caught:
		return "caught"
	}
	return "unmade"
}

// WhyRemark says that none of the fake's reasons comes from Google.
func (p *resultPage) WhyRemark() string { return lab.WhyRemark }

// CheckOrder says how well the order of the checks is attested.
func (p *resultPage) CheckOrder() string { return lab.CheckOrder }

// printableLines returns a text of several lines as a browser may show it.
func printableLines(text []byte) string {
	all := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	for i, line := range all {
		indent := len(line) - len(strings.TrimLeft(line, "\t "))
		all[i] = strings.Repeat(" ", indent) + walkthrough.Printable(line[indent:])
	}
	return strings.Join(all, "\n")
}

// pieces splits a part where it has changed.
func pieces(c lab.Changed) (all []piece) {
	at := 0
	for _, r := range c.Ranges {
		if r.Start < at || r.End < r.Start || r.End > len(c.Bytes) {
			continue
		}
		if r.Start > at {
			all = append(all, piece{Same: printableLines(c.Bytes[at:r.Start])})
		}
		all = append(all, piece{
			Was: abridged(printableLines([]byte(r.Was))),
			Now: printableLines(c.Bytes[r.Start:r.End]),
		})
		at = r.End
	}
	return append(all, piece{Same: printableLines(c.Bytes[at:])})
}

// abridged leaves out the middle of a long text.
func abridged(text string) string {
	const limit, head, tail = 60, 30, 15 // characters
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return fmt.Sprintf("%s … %d more … %s",
		string(runes[:head]), len(runes)-head-tail, string(runes[len(runes)-tail:]))
}
