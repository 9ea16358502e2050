// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// timeLayouts are those that Google accepts. RFC 3339 has a colon in the
// offset.
var timeLayouts = []string{time.RFC3339, "2006-01-02T15:04:05Z0700"}

// useRFC3339 is how to write a time in a query.
const useRFC3339 = "write 2023-11-15T00:00:00Z, " +
	"or 2023-11-15T00:00:00%2B09:00 with the + escaped"

// parseTime reads a parameter as Google does.
func parseTime(text string) (t time.Time, ok bool) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Truncate(time.Second), true
		}
	}
	return time.Time{}, false
}

func isTime(text string) bool {
	_, ok := parseTime(text)
	return ok
}

func fitsLayout(layout, text string) bool {
	_, err := time.Parse(layout, text)
	return err == nil
}

// wrongTimes finds the first time that can't be understood, or that doesn't go
// with another.
func wrongTimes(r *CalendarRequest) Mistake {
	for _, name := range []string{"timeMin", "timeMax", "updatedMin"} {
		text := r.value(name)
		if text != "" && !isTime(text) {
			return wrongTime(name, text)
		}
	}
	from, hasFrom := parseTime(r.value("timeMin"))
	to, hasTo := parseTime(r.value("timeMax"))
	if hasFrom && hasTo && !to.After(from) {
		return Mistake{
			"empty-range",
			fmt.Sprintf("timeMax, %s, is not later than timeMin, %s",
				quoted(r.value("timeMax")), quoted(r.value("timeMin"))),
			"timeMin is where the range begins, and timeMax where it ends, a second later or more; " +
				"compare them as moments, since their offsets count",
		}
	}
	return Mistake{}
}

// wrongTime tries each mistake that people make in a time, and sees which one
// leads to this text.
func wrongTime(name, text string) Mistake {
	shown := name + " is " + quoted(text)
	if plain, ok := withPlus(text); ok && isTime(strings.Replace(plain, " ", "T", 1)) {
		return Mistake{
			"plus-not-escaped",
			shown + ": in a query, + means a space, so the offset has lost its sign",
			"escape + as %2B: let a library write the query, or send the time in UTC, with Z",
		}
	}
	if plain, err := url.QueryUnescape(text); err == nil && plain != text && isTime(plain) {
		return Mistake{
			"time-escaped-twice",
			shown + " even when unescaped: it was escaped twice",
			"escape it once; your HTTP library may do it on its own",
		}
	}
	bare := strings.Trim(text, "\"'")
	withoutZ := strings.TrimSuffix(text, "Z")
	_, err := strconv.ParseFloat(text, 64)
	switch {
	case bare != text && isTime(bare):
		return Mistake{"time-in-quotes", shown + ", with its quotes", "leave the quotes out"}
	case fitsLayout("2006-01-02T15:04:05", text):
		return Mistake{
			"time-without-offset",
			shown + ", without an offset: that isn't a moment, until you say where",
			"end it with Z for UTC, or with an offset: " + useRFC3339,
		}
	case fitsLayout(time.DateOnly, text):
		return Mistake{
			"date-without-time",
			shown + ", a date: a range begins and ends at moments",
			"add a time and an offset: " + useRFC3339,
		}
	case withoutZ != text && isTime(withoutZ):
		return Mistake{
			"time-with-two-offsets",
			shown + ", which has two offsets: its own, and Z",
			"leave out the Z, which means UTC",
		}
	case isTime(strings.Replace(text, " ", "T", 1)), fitsLayout(time.DateTime, text):
		return Mistake{
			"time-with-space",
			shown + ": RFC 3339 has a T between date and time, and Google wants an offset",
			useRFC3339,
		}
	case err == nil:
		return Mistake{
			"time-is-number",
			shown + ": the JWT counts seconds, but the Calendar API doesn't",
			useRFC3339,
		}
	}
	return Mistake{"time-not-rfc3339", shown + ", which isn't RFC 3339", useRFC3339}
}

// withPlus puts a + where the last space is.
func withPlus(text string) (plain string, ok bool) {
	i := strings.LastIndexByte(text, ' ')
	if i < 0 {
		return text, false
	}
	return text[:i] + "+" + text[i+1:], true
}
