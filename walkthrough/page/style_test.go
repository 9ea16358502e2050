// SPDX-License-Identifier: 0BSD

package page

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// Every color of text has enough contrast with each background (WCAG 2.2,
// success criterion 1.4.6), light and dark.
func TestContrast(t *testing.T) {
	schemes := regexp.MustCompile(`(?s):root \{(.*?)\n ? ?\}`).FindAllStringSubmatch(style, -1)
	if len(schemes) < 2 {
		t.Fatal("there are no two color schemes")
	}
	variable := regexp.MustCompile(`--(\w+): #(\w{6})`)
	for i, scheme := range schemes[:2] {
		color := map[string]float64{}
		for _, m := range variable.FindAllStringSubmatch(scheme[1], -1) {
			color[m[1]] = luminance(t, m[2])
		}
		pairs := [][2]string{{"marked", "mark"}, {"ink", "hover"}, {"page", "transport"}}
		for _, text := range []string{
			"ink", "soft", "header", "claims", "signature", "digest", "secret", "transport",
		} {
			for _, background := range []string{"page", "block", "hover"} {
				pairs = append(pairs, [2]string{text, background})
			}
		}
		for _, p := range pairs {
			a, okA := color[p[0]]
			b, okB := color[p[1]]
			ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05)
			if !okA || !okB || ratio < 7 {
				t.Errorf("scheme %d: %s on %s: %.2f", i, p[0], p[1], ratio)
			}
		}
	}
}

func TestLegendColors(t *testing.T) {
	kind := regexp.MustCompile(`\.k-(\w+) \{ color: var\(--(\w+)\)`)
	kinds := kind.FindAllStringSubmatch(style, -1)
	for _, l := range legend() {
		hasColor := func(m []string) bool { return m[1] == string(l.Class) && m[2] == m[1] }
		if !slices.ContainsFunc(kinds, hasColor) {
			t.Errorf("%s has no color", l.Class)
		}
	}
}

// luminance is the relative luminance of a color (WCAG 2.2, glossary).
func luminance(t *testing.T, digits string) float64 {
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(b uint64) float64 {
		v := float64(b&255) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}
