// SPDX-License-Identifier: 0BSD

package page

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"example.com/fivestep/walkthrough"
)

// diagram is a sequence diagram of a run: who sends what to whom.
type diagram struct {
	parties  []string // from the left
	messages []message
}

// message is an arrow from one party to another. If both are the same, it is a
// note on that party's line.
type message struct {
	step         int
	from, to     int // parties
	title, below string
	more         string // continues below, where there is room
}

func newDiagram(t *walkthrough.Trace) (*diagram, error) {
	d := &diagram{parties: []string{"your program"}}
	sizes := map[string]int{}
	for _, name := range []string{
		"signing-input", "signature",
		"token-request", "token-response",
		"events-request", "events-response",
	} {
		part, err := t.Part(name)
		if err != nil {
			return nil, err
		}
		sizes[name] = part.SizeOnWire()
		if host, ok := strings.CutPrefix(part.Title, "to "); ok {
			d.parties = append(d.parties, host)
		}
	}
	size := func(name string) string { return withBytes(sizes[name]) }
	assertionSize := sizes["signing-input"] + len(".") + sizes["signature"]
	lifetime := int(t.Expiry.Sub(t.Now).Seconds())
	const program, tokenEndpoint, calendarAPI = 0, 1, 2
	d.messages = []message{
		{1, program, program, "1  key file", fmt.Sprintf("RSA, %d bits", t.KeyBits), ""},
		{2, program, program, "2  JWT", fmt.Sprintf("%d characters", assertionSize), ""},
		{3, program, tokenEndpoint, "3  POST /token",
			size("token-request"), ": a form with the JWT"},
		{4, tokenEndpoint, program, "4  access token",
			size("token-response"), fmt.Sprintf(", good for %d s", lifetime)},
		{5, program, calendarAPI, "5  GET /calendar/v3/…/events",
			size("events-request"), ", Authorization: Bearer"},
		{5, calendarAPI, program, "5  events",
			fmt.Sprintf("%s: %d events", size("events-response"), len(t.Events)), ""},
	}
	return d, nil
}

// describe returns the picture in words.
func (d *diagram) describe() string {
	var b strings.Builder
	for _, m := range d.messages {
		who := d.parties[m.from]
		if m.from != m.to {
			who += " to " + d.parties[m.to]
		}
		_, title := m.numberAndTitle()
		fmt.Fprintf(&b, "%s: %s, %s%s. ", who, title, m.below, m.more)
	}
	return strings.TrimSpace(b.String())
}

func (m message) numberAndTitle() (number, title string) {
	number, title, _ = strings.Cut(m.title, "  ")
	return number, title
}

// heading is the title, with its number in another color.
func (m message) heading() string {
	number, title := m.numberAndTitle()
	return fmt.Sprintf(`<tspan class="n">%s</tspan> <tspan dx="4">%s</tspan>`,
		number, html.EscapeString(title))
}

// shape is a layout of the diagram. There are two, because text must not shrink
// with a picture.
type shape struct {
	name    string // a class in style.css
	width   int
	x       [3]int // of the parties
	textX   int    // of the texts on arrows
	details bool   // show message.more, and whole host names
}

var (
	wideShape = shape{
		name: "wide", width: 720, x: [3]int{92, 410, 624}, textX: 108, details: true,
	}
	narrowShape = shape{
		name: "narrow", width: 344, x: [3]int{44, 184, 294}, textX: 56,
	}
)

// svg is a picture being drawn.
type svg struct{ strings.Builder }

// line adds a line. Its arguments must be safe in HTML.
func (s *svg) line(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

// Heights in the diagram.
const (
	diagramTop = 62
	noteStep   = 56
	arrowStep  = 62
)

// draw returns the diagram as an SVG element, in which each message links to
// its step. Colors and fonts come from style.css.
func (d *diagram) draw(as shape) template.HTML {
	height := diagramTop + 6
	for _, m := range d.messages {
		height += m.height()
	}
	s := new(svg)
	s.line(`<svg class="sequence %s" viewBox="0 0 %d %d" role="group" `+
		`aria-labelledby="%[1]s-title %[1]s-text" xmlns="http://www.w3.org/2000/svg">`,
		as.name, as.width, height)
	s.line(`<title id="%s-title">Who sends what to whom</title>`, as.name)
	s.line(`<desc id="%s-text">%s</desc>`, as.name, html.EscapeString(d.describe()))
	for i, party := range d.parties {
		s.line(`<path class="line" d="M%d 46V%d"/>`, as.x[i], height)
		s.party(as, as.x[i], party)
	}
	y := diagramTop
	for _, m := range d.messages {
		s.line(`<a href="#step-%d">`, m.step)
		if m.from == m.to {
			s.note(as, m, y)
		} else {
			s.arrow(as, m, y+26)
		}
		s.line(`</a>`)
		y += m.height()
	}
	s.line(`</svg>`)
	return template.HTML(s.String())
}

func (m message) height() int {
	if m.from == m.to {
		return noteStep
	}
	return arrowStep
}

// party writes the name of a party at the top of its line, on two lines if
// there is little room: "www" and ".googleapis.com", "your" and "program".
func (s *svg) party(as shape, x int, name string) {
	if as.details {
		s.line(`<text class="party" x="%d" y="32">%s</text>`, x, html.EscapeString(name))
		return
	}
	first, second, isHost := strings.Cut(name, ".")
	if isHost {
		second = "." + second
	} else {
		first, second, _ = strings.Cut(name, " ")
	}
	s.line(`<text class="party" x="%d" y="18">%s</text>`, x, html.EscapeString(first))
	s.line(`<text class="party rest" x="%d" y="35">%s</text>`, x, html.EscapeString(second))
}

// note draws a box on a party's line.
func (s *svg) note(as shape, m message, y int) {
	const width = 152
	x := max(1, as.x[m.from]-width/2)
	s.line(`<rect class="note-box" x="%d" y="%d" width="%d" height="44" rx="5"/>`, x, y, width)
	s.line(`<text class="title" x="%d" y="%d">%s</text>`, x+14, y+19, m.heading())
	s.line(`<text class="below" x="%d" y="%d">%s</text>`, x+14, y+36, html.EscapeString(m.below))
}

func (s *svg) arrow(as shape, m message, y int) {
	from, to := as.x[m.from], as.x[m.to]
	head, class := -9, "arrow"
	if to < from {
		head, class = 9, "arrow back"
	}
	below := m.below
	if as.details {
		below += m.more
	}
	// This rectangle is invisible, and large enough for a finger.
	s.line(`<rect class="plate" x="%d" y="%d" width="%d" height="50"/>`,
		min(from, to), y-24, max(from, to)-min(from, to))
	s.line(`<path class="%s" d="M%d %dH%d"/>`, class, from, y, to+head/2)
	s.line(`<path class="head" d="M%d %dl%d -5v10z"/>`, to, y, head)
	s.line(`<text class="title" x="%d" y="%d">%s</text>`, as.textX, y-8, m.heading())
	s.line(`<text class="below" x="%d" y="%d">%s</text>`, as.textX, y+17, html.EscapeString(below))
}
