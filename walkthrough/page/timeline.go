// SPDX-License-Identifier: 0BSD

package page

import (
	"html/template"
	"time"

	"example.com/fivestep/walkthrough"
)

// The timeline's scale and its positions, in pixels. The hour between the two
// ends is cut out.
const (
	perSecond = 6
	lineStart = 62
	cutStart  = 214
	cutEnd    = 236
	endsAt    = cutEnd + 20
	ticksTop  = 26
)

// timeline draws how long the assertion and the token are valid.
func timeline(t *walkthrough.Trace) template.HTML {
	iat, exp := t.Claims.IssuedAt, t.Claims.ExpiresAt
	now, expiry := t.Now.Unix(), t.Expiry.Unix()
	startX := func(second int64) int { return lineStart + perSecond*int(second-iat) }
	endX := func(second int64) int { return endsAt + perSecond*int(second-exp) }

	s := new(svg)
	s.line(`<svg class="timeline" viewBox="0 0 376 120" role="img" ` +
		`aria-labelledby="timeline-title timeline-text" xmlns="http://www.w3.org/2000/svg">`)
	s.line(`<title id="timeline-title">How long the JWT and the access token live</title>`)
	s.line(`<desc id="timeline-text">The JWT from %s to %s, %d seconds; `+
		`the access token from %s to %s, %d seconds.</desc>`,
		clock(iat), clock(exp), exp-iat, clock(now), clock(expiry), expiry-now)
	s.tick(startX(iat), clock(iat), "iat", "end")
	s.tick(startX(now), clock(now), "now", "")
	s.tick(endX(exp), clock(exp), "exp", "end")
	s.tick(endX(expiry), clock(expiry), "token ends", "")
	lengthX := (cutStart+startX(now))/2 + 4
	s.bar(36, "claims", "JWT", startX(iat), endX(exp))
	s.barLength(36, lengthX, exp-iat)
	s.bar(66, "secret", "token", startX(now), endX(expiry))
	s.barLength(66, lengthX, expiry-now)
	s.line(`</svg>`)
	return template.HTML(s.String())
}

func clock(second int64) string { return time.Unix(second, 0).UTC().Format("15:04:05") }

// bar draws a bar with a gap in it.
func (s *svg) bar(y int, class, name string, from, to int) {
	s.line(`<text class="name" x="0" y="%d">%s</text>`, y+5, name)
	s.line(`<path class="bar %s" d="M%d %dH%dM%d %dH%d"/>`,
		class, from, y, cutStart, cutEnd, y, to)
	s.line(`<path class="gap" d="M%d %dh22"/>`, cutStart, y)
}

func (s *svg) barLength(y, x int, seconds int64) {
	s.line(`<text class="length" x="%d" y="%d">%d s</text>`, x, y-9, seconds)
}

// tick marks a point in time.
func (s *svg) tick(x int, at, what, class string) {
	const y = 100
	s.line(`<path class="tick" d="M%d %dV%d"/>`, x, ticksTop, y-12)
	s.line(`<text class="when %s" x="%d" y="%d">%s</text>`, class, x, y, at)
	s.line(`<text class="what %s" x="%d" y="%d">%s</text>`, class, x, y+13, what)
}
