// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	// RFC 7519, section 2, NumericDate.
	takeTimes = "iat is the number of seconds since 1970-01-01T00:00:00Z, " +
		"and exp is iat + 3600, both as JSON numbers"

	hour        = 3600 // seconds
	maxLifetime = hour // between iat and exp, as Google documents it
	clockSkew   = 300  // how far a clock may be off
)

// wrongTimes explains iat and exp that are missing, or don't include now.
func (p *posted) wrongTimes() Mistake {
	for _, name := range []string{"iat", "exp"} {
		switch {
		case p.claims.twice == name:
			return twice(name)
		case !p.claims.has(name):
			return Mistake{
				Name:  name + "-missing",
				Wrong: "there's no " + name + " in the claims",
				Fix:   takeTimes,
			}
		}
	}
	iat, iatOK := p.claims.seconds("iat")
	exp, expOK := p.claims.seconds("exp")
	switch {
	case !iatOK:
		return p.notATime("iat")
	case !expOK:
		return p.notATime("exp")
	}
	if m := p.wrongUnit("iat", iat); m.Name != "" {
		return m
	}
	if m := p.wrongUnit("exp", exp); m.Name != "" {
		return m
	}
	return p.wrongWindow(iat, exp)
}

// seconds returns a claim that is a NumericDate, or the digits of one.
func (p part) seconds(name string) (seconds float64, ok bool) {
	text := strings.Trim(string(p.members[name]), `"`)
	seconds, err := strconv.ParseFloat(text, 64)
	return seconds, err == nil && !math.IsInf(seconds, 0) && !math.IsNaN(seconds)
}

// notATime explains a claim that can't be read as a number.
func (p *posted) notATime(name string) Mistake {
	return Mistake{
		Name:  "time-as-text",
		Wrong: name + " is " + p.claims.value(name) + ", which isn't a number",
		Fix:   takeTimes,
	}
}

// now is the server's time in seconds since 1970.
func (p *posted) now() float64 { return float64(p.Now.UnixNano()) / 1e9 }

// wrongUnit explains a time that isn't in seconds, or not since 1970.
func (p *posted) wrongUnit(name string, value float64) Mistake {
	const (
		days     = 2 * 24 * hour
		tooSmall = 30 * 24 * hour
	)
	for _, unit := range []struct {
		name    string
		parts   float64
		sources string
	}{
		{"milliseconds", 1e3, "JavaScript's Date.now(), Java's currentTimeMillis()"},
		{"microseconds", 1e6, "PostgreSQL, Go's UnixMicro"},
		{"nanoseconds", 1e9, "Go's UnixNano, Python's time_ns()"},
	} {
		if math.Abs(value/unit.parts-p.now()) < days {
			return Mistake{
				Name:  "time-in-" + unit.name,
				Wrong: fmt.Sprintf("%s is in %s: %.0f", name, unit.name, value),
				Fix: takeTimes + fmt.Sprintf("; divide by %.0f and round down (%s count %s)",
					unit.parts, unit.sources, unit.name),
			}
		}
	}
	if math.Abs(value) < tooSmall {
		return Mistake{
			Name:  "time-is-duration",
			Wrong: fmt.Sprintf("%s is %.0f, a duration and not a point in time", name, value),
			Fix:   takeTimes,
		}
	}
	return Mistake{}
}

// wrongWindow explains two times in seconds that don't include now, or lie too
// far apart.
func (p *posted) wrongWindow(iat, exp float64) Mistake {
	lifetime := exp - iat
	ahead := iat - p.now()
	if lifetime <= 0 {
		return Mistake{
			Name:  "exp-before-iat",
			Wrong: "exp isn't after iat: exp - iat is " + length(lifetime),
			Fix:   takeTimes,
		}
	}
	if m := wrongZone(ahead); m.Name != "" {
		return m
	}
	switch {
	case lifetime > maxLifetime+clockSkew:
		return longLifetime(lifetime)
	case ahead > clockSkew:
		return Mistake{
			Name:  "clock-ahead",
			Wrong: "iat is " + length(ahead) + " ahead of the server's clock",
			Fix:   "set this machine's clock (NTP), and take iat from it in UTC",
		}
	case exp <= p.now()-clockSkew:
		return Mistake{
			Name: "expired",
			Wrong: fmt.Sprintf("exp was %s ago by the server's clock, and iat %s ago: "+
				"this machine's clock is behind, or an old assertion was sent again",
				length(p.now()-exp), length(-ahead)),
			Fix: "set this machine's clock (NTP); sign a new assertion for each access token",
		}
	}
	return Mistake{
		Name: Unknown,
		Wrong: fmt.Sprintf("iat is %s ahead of the server's clock, and exp - iat is %s",
			length(ahead), length(lifetime)),
		Fix: takeTimes,
	}
}

// longLifetime explains an exp that is too far from iat.
func longLifetime(lifetime float64) Mistake {
	return Mistake{
		Name:  "lifetime-too-long",
		Wrong: "exp - iat is " + length(lifetime) + ", and an hour is the most",
		Fix: takeTimes + "; it's the access token that lives for an hour, " +
			"and the assertion is used once",
	}
}

// wrongZone explains an iat that is off by whole quarters of an hour, like a
// time zone. ahead is in seconds.
func wrongZone(ahead float64) Mistake {
	const (
		quarter  = hour / 4
		precise  = 90 // seconds: the request's way, and clients that backdate iat
		farthest = 14 * hour
	)
	offset := math.Round(ahead/quarter) * quarter
	isZone := math.Abs(offset) >= hour && math.Abs(offset) <= farthest
	if !isZone || math.Abs(ahead-offset) > precise {
		return Mistake{}
	}
	where, sign := "ahead of", "+"
	if offset < 0 {
		where, sign = "behind", "-"
	}
	zone := fmt.Sprintf("UTC%s%d:%02d", sign,
		int(math.Abs(offset))/hour, int(math.Abs(offset))%hour/60)
	return Mistake{
		Name: "time-zone",
		Wrong: fmt.Sprintf("iat is %s %s the server's clock, in whole quarters of an hour: "+
			"that is what local time (%s) taken for UTC looks like",
			length(math.Abs(offset)), where, zone),
		Fix: "count seconds since 1970 in UTC: time.time(), Date.now()/1000, date +%s; " +
			"no utcnow(), which forgets its zone",
	}
}

// length writes a number of seconds as a duration, such as 5h45m.
func length(seconds float64) string {
	const century = 100 * 365 * 24 * hour
	if math.Abs(seconds) > century {
		return "over a hundred years"
	}
	text := (time.Duration(seconds) * time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
