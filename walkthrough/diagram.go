// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"fmt"
	"html"
	"html/template"
	"strings"
	"time"
)

// message is an arrow of the sequence diagram, or with from == to a note on one
// of its lines.
type message struct {
	step         int
	from, to     int // lines, from the left
	title, below string
	more         string // goes on below, where there is room
}

// sequence is what the diagram shows of a run.
type sequence struct {
	lines    []string // the parties, from the left
	messages []message
}

func (t *Trace) sequence() (*sequence, error) {
	s := &sequence{lines: []string{"your program"}}
	sizes := map[string]int{}
	for _, name := range []string{"signing-input", "signature", "token-request", "token-response", "events-request", "events-response"} {
		part, err := t.Part(name)
		if err != nil {
			return nil, err
		}
		sizes[name] = part.sizeOnWire()
		if host, ok := strings.CutPrefix(part.Title, "to "); ok {
			s.lines = append(s.lines, host)
		}
	}
	path := "GET /calendar/v3/…/events"
	s.messages = []message{
		{1, 0, 0, "1  key file", fmt.Sprintf("RSA, %d bits", t.KeyBits), ""},
		{2, 0, 0, "2  JWT", fmt.Sprintf("%d characters", sizes["signing-input"]+1+sizes["signature"]), ""},
		{3, 0, 1, "3  POST /token", bytesOf(sizes["token-request"]), ": a form with the JWT"},
		{4, 1, 0, "4  access token", bytesOf(sizes["token-response"]), ", good for " + fmt.Sprint(int(t.Expiry.Sub(t.Now).Seconds())) + " s"},
		{5, 0, 2, "5  " + path, bytesOf(sizes["events-request"]), ", Authorization: Bearer"},
		{5, 2, 0, "5  events", fmt.Sprintf("%s: %d events", bytesOf(sizes["events-response"]), len(t.Events)), ""},
	}
	return s, nil
}

// sizeOnWire is how long the part was before a secret in it was masked.
func (p *Part) sizeOnWire() int { return len(p.Bytes) + p.withheld }

// bytesOf writes a size with a comma between thousands.
func bytesOf(n int) string {
	if n >= 1000 {
		return fmt.Sprintf("%d,%03d bytes", n/1000, n%1000)
	}
	return fmt.Sprintf("%d bytes", n)
}

// shape is how the diagram is laid out. There are two, as text must not shrink
// with a picture.
type shape struct {
	name    string // a class in style.css
	width   int
	x       [3]int // of the lines
	textX   int    // where the texts of arrows from the first line begin
	details bool   // show message.more
}

var (
	wideShape   = shape{"wide", 720, [3]int{92, 410, 624}, 108, true}
	narrowShape = shape{"narrow", 344, [3]int{44, 184, 294}, 56, false}
)

// describe says in words what the picture shows.
func (s *sequence) describe() string {
	var b strings.Builder
	for _, m := range s.messages {
		at := s.lines[m.from]
		if m.from != m.to {
			at += " to " + s.lines[m.to]
		}
		fmt.Fprintf(&b, "%s: %s, %s%s. ", at, strings.Join(strings.Fields(m.title)[1:], " "), m.below, m.more)
	}
	return strings.TrimSpace(b.String())
}

// draw makes an SVG element of the sequence, in which each message links to its
// step. Colours and fonts come from style.css.
func (s *sequence) draw(as shape) template.HTML {
	const top, noteStep, arrowStep = 62, 56, 62
	height := top + 2*noteStep + (len(s.messages)-2)*arrowStep + 6
	var b strings.Builder
	out := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	out(`<svg class="sequence %s" viewBox="0 0 %d %d" role="group" aria-labelledby="%[1]s-title %[1]s-text" xmlns="http://www.w3.org/2000/svg">`, as.name, as.width, height)
	out(`<title id="%s-title">Who sends what to whom</title>`, as.name)
	out(`<desc id="%s-text">%s</desc>`, as.name, html.EscapeString(s.describe()))
	for i, line := range s.lines {
		x := as.x[i]
		out(`<path class="line" d="M%d 46V%d"/>`, x, height)
		name, domain, _ := strings.Cut(line, ".")
		if as.details || domain == "" {
			name, domain = line, ""
		}
		if domain == "" && as.details {
			out(`<text class="party" x="%d" y="32">%s</text>`, x, html.EscapeString(name))
		} else {
			first, second := name, "."+domain
			if domain == "" {
				first, second, _ = strings.Cut(name, " ")
			}
			out(`<text class="party" x="%d" y="18">%s</text>`, x, html.EscapeString(first))
			out(`<text class="party rest" x="%d" y="35">%s</text>`, x, html.EscapeString(second))
		}
	}
	y := top
	for _, m := range s.messages {
		out(`<a href="#step-%d">`, m.step)
		if m.from == m.to {
			s.note(out, as, m, y)
			y += noteStep
		} else {
			s.arrow(out, as, m, y+26)
			y += arrowStep
		}
		out(`</a>`)
	}
	out(`</svg>`)
	return template.HTML(b.String())
}

// heading is the title with its number apart.
func (m message) heading() string {
	number, words, _ := strings.Cut(m.title, "  ")
	return fmt.Sprintf(`<tspan class="n">%s</tspan> <tspan dx="4">%s</tspan>`, number, html.EscapeString(words))
}

func (s *sequence) note(out func(string, ...any), as shape, m message, y int) {
	width := 152
	x := max(1, as.x[m.from]-width/2)
	out(`<rect class="note-box" x="%d" y="%d" width="%d" height="44" rx="5"/>`, x, y, width)
	out(`<text class="title" x="%d" y="%d">%s</text>`, x+14, y+19, m.heading())
	out(`<text class="below" x="%d" y="%d">%s</text>`, x+14, y+36, html.EscapeString(m.below))
}

func (s *sequence) arrow(out func(string, ...any), as shape, m message, y int) {
	from, to := as.x[m.from], as.x[m.to]
	head, class := -9, "arrow"
	if to < from {
		head, class = 9, "arrow back"
	}
	// Not to be seen, but to be hit by a finger.
	out(`<rect class="plate" x="%d" y="%d" width="%d" height="50"/>`, min(from, to), y-24, abs(to-from))
	below := m.below
	if as.details {
		below += m.more
	}
	out(`<path class="%s" d="M%d %dH%d"/>`, class, from, y, to+head/2)
	out(`<path class="head" d="M%d %dl%d -5v10z"/>`, to, y, head)
	out(`<text class="title" x="%d" y="%d">%s</text>`, as.textX, y-8, m.heading())
	out(`<text class="below" x="%d" y="%d">%s</text>`, as.textX, y+17, html.EscapeString(below))
}

func abs(n int) int { return max(n, -n) }

// timeline draws how long the assertion and the token live. Seconds are to scale
// at both ends; the hour between is cut out.
func (t *Trace) timeline() template.HTML {
	const perSecond, left, cut, right = 6, 62, 214, 236
	iat, exp := t.Claims.IssuedAt, t.Claims.ExpiresAt
	atStart := func(s int64) int { return left + perSecond*int(s-iat) }
	atEnd := func(s int64) int { return right + 20 + perSecond*int(s-exp) }
	now, expiry := t.Now.Unix(), t.Expiry.Unix()
	clock := func(s int64) string { return time.Unix(s, 0).UTC().Format("15:04:05") }
	var b strings.Builder
	out := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	out(`<svg class="timeline" viewBox="0 0 376 120" role="img" aria-labelledby="timeline-title timeline-text" xmlns="http://www.w3.org/2000/svg">`)
	out(`<title id="timeline-title">How long the JWT and the access token live</title>`)
	out(`<desc id="timeline-text">The JWT from %s to %s, %d seconds; the access token from %s to %s, %d seconds.</desc>`,
		clock(iat), clock(exp), exp-iat, clock(now), clock(expiry), expiry-now)
	bar := func(y int, class, name string, from, to int64) {
		out(`<text class="name" x="0" y="%d">%s</text>`, y+5, name)
		out(`<path class="bar %s" d="M%d %dH%dM%d %dH%d"/>`, class, atStart(from), y, cut, right, y, atEnd(to))
		out(`<path class="gap" d="M%d %dh22"/>`, cut, y)
		out(`<text class="length" x="%d" y="%d">%d s</text>`, (cut+atStart(now))/2+4, y-9, to-from)
	}
	tick := func(x, y int, at, what, class string) {
		out(`<path class="tick" d="M%d 26V%d"/>`, x, y-12)
		out(`<text class="when %s" x="%d" y="%d">%s</text>`, class, x, y, at)
		out(`<text class="what %s" x="%d" y="%d">%s</text>`, class, x, y+13, what)
	}
	tick(atStart(iat), 100, clock(iat), "iat", "end")
	tick(atStart(now), 100, clock(now), "now", "")
	tick(atEnd(exp), 100, clock(exp), "exp", "end")
	tick(atEnd(expiry), 100, clock(expiry), "token ends", "")
	bar(36, "claims", "JWT", iat, exp)
	bar(66, "secret", "token", now, expiry)
	out(`</svg>`)
	return template.HTML(b.String())
}
