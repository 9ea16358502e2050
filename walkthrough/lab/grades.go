// SPDX-License-Identifier: 0BSD

package lab

// Grade says how certain it is that Google answers in these words.
type Grade struct{ Letter, Meaning string }

// Grades returns the grades, the surest first.
func Grades() []Grade {
	return []Grade{
		{"V", "verbatim in a public capture"},
		{"D", "from Google's documentation"},
		{"C", "recorded once by others against the real server"},
		{"F", "known only from other fakes and from client code; " +
			"Google's own text is not attested"},
		{"R", "reconstructed; Google's own text is not attested"},
	}
}

// GradesIntro introduces a list of the grades.
const GradesIntro = "The letter of an answer says " +
	"how sure it is that Google answers in these words:"

// Attested returns the meaning of a grade's letter, or "" if there is none.
func Attested(letter string) string {
	for _, g := range Grades() {
		if g.Letter == letter {
			return g.Meaning
		}
	}
	return ""
}
