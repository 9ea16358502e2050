// SPDX-License-Identifier: 0BSD

package walkthrough

import "testing"

func TestPrintable(t *testing.T) {
	got, want := Printable("a\x1b[2J\tb\u202e한\u00a0\xff"), "a�[2J b�한 �"
	if got != want {
		t.Errorf("%q, not %q", got, want)
	}
}
