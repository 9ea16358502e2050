// SPDX-License-Identifier: 0BSD

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestSecretsInArguments checks that no message shows one, wherever in an
// argument it is.
func TestSecretsInArguments(t *testing.T) {
	for _, secret := range []string{"ya29.c.SECRET", "eyJh.eyJp.SECRET"} {
		for _, argument := range []string{
			secret, "x=" + secret, "./" + secret, filepath.Join("x", secret, "y"), "x%3D" + secret,
			"https://x/?access_token=" + secret, "Bearer " + secret, `"` + secret + `"`,
			"https://" + secret + "@x/",
		} {
			for _, args := range [][]string{
				{"events", "-key", "KEY", argument},
				{"key", argument},
				{"token", "-key", argument},
				{"jwt", "-key", "KEY", "-scope", argument},
				{"events", "-key", "KEY", "-api", argument, you},
				{"jwt", "-key", "KEY", "-aud", argument},
			} {
				w := newWorld(t)
				_, stderr, status := w.run("", args...)
				if status != exitUsage || strings.Contains(stderr, "SECRET") {
					t.Errorf("%v: %d %s", args, status, stderr)
				}
			}
		}
	}
	for _, api := range []string{"https://user:SECRET@%zz", "https://user:SECRET@x/", "user:SECRET@x"} {
		w := newWorld(t)
		_, stderr, status := w.run("", "events", "-key", "KEY", "-api", api, you)
		if status != exitUsage || strings.Contains(stderr, "SECRET") {
			t.Errorf("%s: %d %s", api, status, stderr)
		}
	}
}
