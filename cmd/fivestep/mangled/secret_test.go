// SPDX-License-Identifier: 0BSD

package mangled

import "testing"

// TestIsSecret checks that addresses aren't taken for secrets. The tool's tests
// try secrets in arguments.
func TestIsSecret(t *testing.T) {
	for _, id := range []string{"ya29.lee+x@example.com", "eyJohn@example.com", "heyJude", "maya29@x"} {
		if IsSecret(id) {
			t.Errorf("%s is taken for a secret", id)
		}
	}
	for _, text := range []string{
		"ya29.c.x", "eyJh.eyJp.x", "x=ya29.c.x", "x%3Dya29.c.x", "./eyJh.eyJp.x", "a BEGIN PRIVATE" + " KEY b",
		"https://ya29.c.x@host/",
	} {
		if !IsSecret(text) {
			t.Errorf("%s isn't taken for a secret", text)
		}
	}
}
