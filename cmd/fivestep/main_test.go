// SPDX-License-Identifier: 0BSD

package main

import (
	"flag"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHelp(t *testing.T) {
	w := newWorld(t)
	all := w.transcript("", "-h")
	for _, c := range commands {
		all += w.transcript("", c.name, "-h")
		f := newFlags(c)
		help := f.usage(c)
		leads := strings.HasPrefix(help, "  fivestep "+c.name)
		if !leads && !strings.HasPrefix(help, "  fivestep jwt") {
			t.Errorf("%s -h does not lead with an example", c.name)
		}
		for _, l := range strings.Split(overview()+help, "\n") {
			l = strings.ReplaceAll(l, "    \t", strings.Repeat(" ", 8))
			if utf8.RuneCountInString(l) > 80 || strings.Contains(l, "\t") {
				t.Errorf("%s -h is wider than 80 columns: %s", c.name, l)
			}
		}
		f.set.VisitAll(func(g *flag.Flag) {
			if !strings.Contains(help, "\n  -"+g.Name) || g.Usage == "" {
				t.Errorf("%s -h does not explain -%s", c.name, g.Name)
			}
		})
	}
	golden(t, "help.txt", all)
}

// TestCommands shows the output of each command when nothing goes wrong.
func TestCommands(t *testing.T) {
	w := newWorld(t)
	w.AddToList(you, w.account.Email)
	assertion, _, _ := w.run("", "jwt", "-key", "KEY")
	token, _, _ := w.run(assertion, "token")
	all := w.transcript("", "key", "KEY") +
		w.transcript("", "jwt", "-key", "KEY") +
		w.transcript(assertion, "jwt", "-decode") +
		w.transcript("", "token", "-key", "KEY") +
		w.transcript("", "token", "-key", "KEY", "-json") +
		w.transcript("", "token", "-key", "KEY", "-header") +
		w.transcript(assertion, "token") +
		w.transcript(token, "events", "-api", "API", you) +
		w.transcript("", "events", "-key", "KEY", "-api", "API", you) +
		w.transcript("", "events", "-key", "KEY", "-api", "API", you,
			"-from", "2023-11-14", "-to", "+1d") +
		w.transcript("", "events", "-key", "KEY", "-api", "API", "-q", "회의", you) +
		w.transcript("", "events", "-key", "KEY", "-api", "API", "-tz", "UTC", "-max", "3", you) +
		w.transcript("", "events", "-key", "KEY", "-api", "API", "-json", "-from", "+8d", you) +
		w.transcript("", "events", "-key", "KEY", "-api", "API", "primary") +
		w.transcript("", "calendars", "-key", "KEY", "-api", "API") +
		w.transcript("", "calendars", "-key", "KEY", "-api", "API", "-json")
	golden(t, "commands.txt", all)
}

// TestPipe checks that the three commands, joined by pipes, print the same as
// one command with -key.
func TestPipe(t *testing.T) {
	w := newWorld(t)
	assertion, _, _ := w.run("", "jwt", "-key", "KEY")
	token, _, _ := w.run(assertion, "token")
	piped, stderr, status := w.run(token, "events", "-api", "API", you)
	whole, _, _ := w.run("", "events", "-key", "KEY", "-api", "API", you)
	if status != 0 || stderr != "" || piped != whole || strings.Count(piped, "\n") != 6 {
		t.Errorf("%d %s\n%s\n%s", status, stderr, piped, whole)
	}
}

// On Windows, lines end in CR LF. An editor does that to a key file, even
// within the key's PEM, and so does a pipe, which may also add a byte order
// mark.
func TestWindowsLineEnds(t *testing.T) {
	w := newWorld(t)
	want, _, _ := w.events(you)
	good := string(w.account.KeyFile(w.url + "/token"))
	for name, text := range map[string]string{
		"between members": strings.ReplaceAll(good, "\n", "\r\n"),
		"in private_key":  strings.ReplaceAll(good, `\n`, `\r\n`),
		"in both":         strings.ReplaceAll(strings.ReplaceAll(good, "\n", "\r\n"), `\n`, `\r\n`),
	} {
		w.writeKey(text)
		if text == good {
			t.Errorf("%s: nothing was changed", name)
		}
		got, stderr, status := w.events(you)
		if status != 0 || stderr != "" || got != want {
			t.Errorf("%s: %d %s%s", name, status, stderr, got)
		}
	}
	assertion, _, _ := w.run("", "jwt", "-key", "KEY")
	for _, before := range []string{"", "\ufeff"} {
		input := before + strings.TrimSpace(assertion) + "\r\n"
		decoded, stderr, status := w.run(input, "jwt", "-decode")
		if status != 0 || stderr != "" || !strings.Contains(decoded, `"iss"`) {
			t.Errorf("an assertion after %q to decode: %d %s%s", before, status, stderr, decoded)
		}
		token, stderr, status := w.run(input, "token")
		if status != 0 || stderr != "" {
			t.Fatalf("an assertion after %q: %d %s", before, status, stderr)
		}
		input = before + strings.TrimSpace(token) + "\r\n"
		got, stderr, status := w.run(input, "events", "-api", "API", you)
		if status != 0 || stderr != "" || got != want {
			t.Errorf("a token after %q: %d %s%s", before, status, stderr, got)
		}
	}
	w.writeKey("\ufeff" + good)
	const advice = "byte order mark\nwhy: An editor (on Windows, usually)"
	_, stderr, status := w.run("", "key", "KEY")
	if status != exitFailed || !strings.Contains(stderr, advice) {
		t.Errorf("a byte order mark: %d %s", status, stderr)
	}
}

func TestEnvironmentNamesTheKey(t *testing.T) {
	w := newWorld(t)
	w.env["GOOGLE_APPLICATION_CREDENTIALS"] = w.key()
	for _, args := range [][]string{{"key"}, {"jwt"}, {"token"}, {"events", "-api", "API", you}} {
		stdout, stderr, status := w.run("", args...)
		if status != 0 || stdout == "" || stderr != "" {
			t.Errorf("%v: %d %s", args, status, stderr)
		}
	}
	// Standard input comes first.
	_, stderr, status := w.run("not an assertion", "token")
	if status != 1 || !strings.Contains(stderr, "step 3: not a JWT") {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestAsksForLittle checks that the tool asks only for what its table shows.
func TestAsksForLittle(t *testing.T) {
	w := newWorld(t)
	w.events(you)
	requests := w.Requests()
	last := requests[len(requests)-1]
	for _, want := range []string{
		"items%28id%2Cstatus%2Csummary%2Clocation%2Cstart%28date%2CdateTime%29",
		"timeMin=2023-11-15T00%3A00%3A00%2B09%3A00",
	} {
		if !strings.Contains(last.Path, want) {
			t.Errorf("%s does not ask for %s", last.Path, want)
		}
	}
	if !strings.Contains(last.Header.Get("User-Agent"), "gzip") {
		t.Errorf("%v", last.Header)
	}
}

// TestMaxRequests checks that -max asks for no more pages than needed, and for
// no more events than needed, except to make the pages equal.
func TestMaxRequests(t *testing.T) {
	w := newWorld(t)
	w.addMany(6000)
	for _, test := range []struct {
		max   string
		lines int
		pages []string // maxResults of each
	}{
		{"1", 1, []string{"1"}},
		{"2500", 2500, []string{"2500"}},
		{"2501", 2501, []string{"1251", "1251"}},
		{"5000", 5000, []string{"2500", "2500"}},
	} {
		before := len(w.Requests())
		stdout, stderr, status := w.events("-max", test.max, you)
		if n := strings.Count(stdout, "\n"); status != 0 || n != test.lines {
			t.Errorf("-max %s: status %d, %d lines\n%s", test.max, status, n, stderr)
		}
		var pages []string
		for _, r := range w.Requests()[before:] {
			if u, err := url.Parse(r.Path); err != nil {
				t.Error(err)
			} else if r.Method == http.MethodGet {
				pages = append(pages, u.Query().Get("maxResults"))
			}
		}
		if !slices.Equal(pages, test.pages) {
			t.Errorf("-max %s: pages of %q, want %q", test.max, pages, test.pages)
		}
	}
}

// TestAddressIsNoSecret checks that an address may begin as a token does.
func TestAddressIsNoSecret(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"eyJohn@example.com", "ya29.lee@example.com"} {
		_, stderr, status := w.events(id)
		if status != exitFailed || !strings.Contains(stderr, "404 notFound") {
			t.Errorf("%s: %d %s", id, status, stderr)
		}
	}
}
