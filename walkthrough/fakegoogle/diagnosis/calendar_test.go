// SPDX-License-Identifier: 0BSD

package diagnosis_test

import (
	"iter"
	"slices"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// The mistakes themselves are tested in package fakegoogle, by clients that
// make them.

// emptyServer has issued one access token, and has one calendar.
type emptyServer struct{}

func (emptyServer) Token(text string) (diagnosis.IssuedToken, bool) {
	return diagnosis.IssuedToken{
		Subject: "me",
		Scopes:  []string{"read"},
		Expires: time.Unix(1, 0),
	}, text == "token"
}
func (emptyServer) Tokens() iter.Seq[string] { return slices.Values([]string{"token"}) }
func (emptyServer) Calendar(id string) (diagnosis.KnownCalendar, bool) {
	return diagnosis.KnownCalendar{ID: "id", Readable: true, Events: 1}, id == "id"
}
func (emptyServer) Calendars() iter.Seq[diagnosis.KnownCalendar] {
	return func(func(diagnosis.KnownCalendar) bool) {}
}
func (emptyServer) PageToken(string) (diagnosis.List, bool) { return diagnosis.List{}, false }
func (emptyServer) IsSyncToken(string) bool                 { return false }

// A refusal that nothing explains is said to be unknown: nothing is guessed.
func TestUnknown(t *testing.T) {
	for _, refused := range []int{
		diagnosis.CalendarService,
		diagnosis.CalendarShared,
		diagnosis.Parameters,
		100,
	} {
		m := diagnosis.Calendar(diagnosis.CalendarRequest{
			Header:  map[string][]string{"Authorization": {"Bearer token"}},
			API:     "Events.List",
			IDs:     []string{"id"},
			Scopes:  []string{"read"},
			Refused: refused,
			Server:  emptyServer{},
		})
		if m.Name != diagnosis.Unknown || m.Wrong == "" || m.Fix != "" {
			t.Errorf("check %d: %+v", refused, m)
		}
	}
}

// A check can refuse a request that has no ID, if a fault does it.
func TestNoID(t *testing.T) {
	for refused := range len(diagnosis.CalendarChecks) + 1 {
		m := diagnosis.Calendar(diagnosis.CalendarRequest{
			API:     "CalendarList.List",
			Refused: refused,
			Server:  emptyServer{},
		})
		if (m.Name == "") != (refused == 0) {
			t.Errorf("check %d: %+v", refused, m)
		}
	}
}

// Pieces of secrets are masked, but not the words and IDs that people know.
func TestMaskSecrets(t *testing.T) {
	for text, want := range map[string]string{
		"ya29.c.c0ASRK0GbQ9cY7d1mP2wXz":                     "ya29.c.[22 characters]",
		`"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9".`:           `"[36 characters]".`,
		"c_188abc0123188abc0123@group.calendar.google":      "c_188abc0123188abc0123@group.calendar.google",
		"sharedExtendedProperty":                            "sharedExtendedProperty",
		"370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a":          "370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a",
		"aLongRunOfLettersWithoutDigitsButTooLongToBeWords": "[49 characters]",
	} {
		if got := diagnosis.MaskSecrets(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}
