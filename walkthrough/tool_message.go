// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"errors"
	"fmt"
	"strings"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// ToolMessage returns the lines that cmd/fivestep prints when a step fails with
// err for this calendar and this account: the error, why it happened, and one
// or two hints. It leaves out the hints that only repeat what the key file
// says, and the one for a bad key file, which depends on the whole file.
func ToolMessage(step int, err error, calendarID, email string) []string {
	var key *jwt.KeyFileError
	var token *tokenexchange.Error
	var events *calendar.Error
	var text, advice string
	switch {
	case errors.As(err, &key):
		text = "key.json: " + strings.TrimPrefix(key.Error(), "jwt: key file: ")
		advice = key.Advice()
	case errors.As(err, &token):
		text = strings.TrimPrefix(token.Error(), "tokenexchange: ")
		advice = token.Advice()
	case errors.As(err, &events):
		text = strings.TrimPrefix(events.Error(), "calendar: ")
		advice = events.Advice()
	default:
		return []string{"fivestep: " + err.Error()}
	}
	why, hint, _ := strings.Cut(advice, "\n")
	lines := []string{
		fmt.Sprintf("fivestep: step %d: %s", step, text),
		"why: " + why,
	}
	if key == nil {
		lines = append(lines, "hint: "+hint)
	}
	if events != nil && events.Reason == "notFound" {
		lines = append(lines, fmt.Sprintf("hint: share %s with %s: "+
			"calendar.google.com > Settings > the calendar > Shared with > Add people",
			Printable(calendarID), email))
	}
	return lines
}
