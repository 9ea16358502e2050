// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// hostile is text that would do something to a terminal: start a control
// sequence (C0 and C1), change the direction of writing, break a line, or hide.
const hostile = "\x1b[2J\x1b]0;title\a\b\x00\x7f\r\n\t\v\f\u0080\u0085\u009b31m\u009f" +
	"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" +
	"\u2028\u2029\u00ad\u200b\u2060\ufeff\ufff9\ue000\U000e0001\U000e0041\U000e007f"

// unfit returns the characters that must not reach a terminal: those that don't
// print, except line breaks and the joiners of emoji and Persian.
func unfit(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == '\n' || r == '\u200c' || r == '\u200d' {
			return -1
		}
		return r
	}, text)
}

// decoded decodes lines of JSON.
func decoded(t *testing.T, lines string) (values []any) {
	t.Helper()
	for d := json.NewDecoder(strings.NewReader(lines)); d.More(); {
		var value any
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	return values
}

// page returns an answer of the Calendar API with these items, byte for byte.
func page(kind string, items ...string) string {
	return `{"kind":"calendar#` + kind + `","nextSyncToken":"next","items":[` +
		strings.Join(items, ",\n") + "]}"
}

func TestHostileEvents(t *testing.T) {
	for _, r := range hostile {
		if (r < ' ' || r > '~') && r != '\n' && unfit(string(r)) == "" {
			t.Fatalf("%U is not recognized as hostile", r)
		}
	}
	w := newWorld(t)
	times := `,"start":{"date":"2023-11-16"},"end":{"date":"2023-11-17"}}`
	quoted, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.Map(func(r rune) rune { // what JSON allows without escapes
		if r < ' ' {
			return -1
		}
		return r
	}, hostile)
	items := []string{
		`{"summary":` + string(quoted) + `,"location":` + string(quoted) + times,
		`{"summary":"` + bare + `","location":"` + bare + `","more":"` + bare + `"` + times,
		`{"summary":"not ` + "\xff" + ` UTF-8, half a \ud83d pair, \u00e9 e\u0301 \/ <&>"` + times,
		`{"summary":"` + strings.Repeat("긴 title ", 100_000/8) + `"` + times,
		`{"summary":"\u200b"` + times,
		`{"id":"` + bare + `","status":"cancelled"}`,
		`{"status":"` + bare + `","summary":"A",` +
			`"start":{"date":"` + bare + `"},"recurrence":["` + bare + `"]}`,
	}
	w.AddFault(fakegoogle.Fault{Place: "events", Kind: "body", Value: page("events", items...)})
	table, stderr, status := w.events(you)
	if status != 0 || stderr != "" || strings.Count(table, "\n") != len(items) {
		t.Fatalf("%d %s, %d lines", status, stderr, strings.Count(table, "\n"))
	}
	if bad := unfit(table); bad != "" {
		t.Errorf("on the terminal: %q", bad)
	}
	for i, l := range strings.Split(strings.TrimSuffix(table, "\n"), "\n") {
		if day := l[:29]; day != "2023-11-16 Thu  all day      " && i < 5 {
			t.Errorf("the columns of event %d: %q", i, day)
		}
	}
	if !strings.Contains(table, strings.Repeat("긴 title ", 100_000/8)[:100_000]) {
		t.Error("the long title was cut")
	}
	asSent, stderr, status := w.events("-json", you)
	// Bytes that aren't UTF-8 aren't JSON either (RFC 8259, section 8.1), and a
	// reader would fail.
	want := strings.ReplaceAll(strings.Join(items, "\n"), "\xff", "\ufffd") + "\n"
	if status != 0 || stderr != "" || unfit(asSent) != "" {
		t.Errorf("%d %s\n%.2000q", status, stderr, asSent)
	}
	// Escapes that mean the same are the only difference.
	if got, want := decoded(t, asSent), decoded(t, want); !reflect.DeepEqual(got, want) {
		t.Errorf("-json changes the text:\n%.2000q\n%.2000q", got, want)
	}
}

// TestJSONIsWhatWasSent checks that -json prints exactly what the fake sends,
// which keeps odd text, escaped or not.
func TestJSONIsWhatWasSent(t *testing.T) {
	w := newWorld(t)
	token, _, _ := w.run("", "token", "-key", "KEY")
	address := w.url + "/calendar/v3/calendars/" + you + "/events?" + url.Values{
		"singleEvents": {"true"},
		"orderBy":      {"startTime"},
		"timeMin":      {"2023-11-15T00:00:00+09:00"},
	}.Encode()
	request, err := http.NewRequest("GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var sent struct{ Items []json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&sent); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	for _, item := range sent.Items {
		json.Compact(&want, item)
		want.WriteByte('\n')
	}
	got, _, _ := w.run(token, "events", "-api", "API", "-json", you)
	if got != want.String() || len(sent.Items) != 6 {
		t.Errorf("got\n%s\nwant\n%s", got, &want)
	}
}

func TestHostileCalendars(t *testing.T) {
	w := newWorld(t)
	text, err := json.Marshal("회의실 가" + hostile)
	if err != nil {
		t.Fatal(err)
	}
	items := []string{
		fmt.Sprintf(`{"id":%s,"summary":%[1]s,"timeZone":%[1]s,"accessRole":%[1]s}`, text),
		`{"id":"a@example.com","summary":"👩‍👩‍👧 家族","timeZone":"Asia/Tokyo","accessRole":"reader"}`,
	}
	answer := page("calendarList", items...)
	w.AddFault(fakegoogle.Fault{Place: "calendarList", Kind: "body", Value: answer})
	table, stderr, status := w.run("", "calendars", "-key", "KEY", "-api", "API")
	const last = "\nreader          Asia/Tokyo            a@example.com  👩‍👩‍👧 家族\n"
	printable := unfit(table) == "" && strings.Count(table, "\n") == 2
	if status != 0 || stderr != "" || !printable || !strings.HasSuffix(table, last) {
		t.Errorf("%d %s%q", status, stderr, table)
	}
	lines, _, _ := w.run("", "calendars", "-key", "KEY", "-api", "API", "-json")
	first, _, _ := strings.Cut(lines, "\n")
	var back struct{ ID, Summary, AccessRole string }
	if err := json.Unmarshal([]byte(first), &back); err != nil {
		t.Error(err)
	}
	for _, got := range []string{back.ID, back.Summary, back.AccessRole} {
		if got != "회의실 가"+hostile {
			t.Errorf("%q in %s", got, first)
		}
	}
}

// TestHostileErrors checks that standard error is always printable, and that
// each line begins the way the tool's lines do, whatever a key file, an
// argument, a file or a server says.
func TestHostileErrors(t *testing.T) {
	w := newWorld(t)
	inJSON, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	evil := string(inJSON[1 : len(inJSON)-1])
	const refusal = `{"error":{"code":403,"message":"EVIL","errors":[` +
		`{"reason":"accessNotConfigured","domain":"EVIL","message":"EVIL"}],` +
		`"details":[{"links":[{"url":"https://EVIL"}]}]}}`
	refuse := func(answer http.ResponseWriter, _ *http.Request) {
		answer.WriteHeader(http.StatusForbidden)
		io.WriteString(answer, strings.ReplaceAll(refusal, "EVIL", evil))
	}
	server := httptest.NewServer(http.HandlerFunc(refuse))
	defer server.Close()
	name := strings.ReplaceAll(hostile, "\x00", "") // no file has that in its name
	named := filepath.Join(w.dir, "k"+name)
	w.writeHostileFiles(name, evil)
	if err := os.Chmod(named, 0o644); err != nil {
		t.Fatal(err)
	}
	w.SetAPIEnabled("fivestep-lesson", false)
	for _, test := range []struct {
		stdin string
		args  []string
	}{
		{"", []string{hostile}},
		{"", []string{"events", "-" + hostile}},
		{"", []string{"events", "-from", hostile, you}},
		{"", []string{"events", "-tz", hostile, you}},
		{"", []string{"events", "-api", hostile, you}},
		{"", []string{"key", "DIR/" + name}},
		{"", []string{"token", "-key", named, "-scope", hostile}},
		{"", []string{"events", "-key", named, "-api", "API", you}},
		{"", []string{"key", "DIR/type"}},
		{"", []string{"token", "-key", "DIR/who"}},
		{"", []string{"token", "-key", "DIR/to"}},
		{"", []string{"events", "-key", "DIR/where", "-api", "API", you}},
		{"", []string{"token", "-key", "KEY", "-sub", hostile}},
		{"", []string{"events", "-key", "KEY", "-api", "API",
			"-scope", calendarListScope, hostile}},
		{"", []string{"events", "-key", "KEY", "-api", server.URL, you}},
		{"", []string{"events", "-key", "KEY", "-api", server.URL, hostile}},
		{"", []string{"events", "-key", "KEY", "-api", "API", "-sync", "DIR/state", you}},
		{"", []string{"events", "-key", "KEY", "-api", "API", "-sync", "DIR/s" + name, you}},
		{hostile, []string{"token"}},
		{hostile, []string{"events", "-api", "API", you}},
		{hostile, []string{"jwt", "-decode"}},
	} {
		stdout, stderr, status := w.run(test.stdin, test.args...)
		if status == 0 || stdout != "" || stderr == "" {
			t.Errorf("%q: %d %s%s", test.args, status, stdout, stderr)
		}
		if bad := unfit(stderr); bad != "" {
			t.Errorf("%q: %q", test.args, bad)
		}
		begins := regexp.MustCompile("^(fivestep|why|hint): ")
		for _, l := range strings.Split(strings.TrimSuffix(stderr, "\n"), "\n") {
			if !begins.MatchString(l) {
				t.Errorf("%q: a line that isn't the tool's: %q", test.args, l)
			}
		}
	}
}

// TestHostileOutput checks the same of standard output, which shows the text of
// key files and assertions.
func TestHostileOutput(t *testing.T) {
	w := newWorld(t)
	w.writeHostileFiles("x", `\u001b[2J\u009b\u202e\u2028`)
	stdout, _, status := w.run("", "key", "DIR/where")
	want := "\nproject_id            where\ufffd[2J"
	if status != 0 || unfit(stdout) != "" || !strings.Contains(stdout, want) {
		t.Errorf("%d %q", status, stdout)
	}
	claims := `{"iss":"` + "\u009b2J\u202e\u2028" + `"}`
	stdout, _, status = w.run(encode(`{"alg":"none"}`)+"."+encode(claims)+".AA", "jwt", "-decode")
	want = "\n  \"iss\": \"\ufffd2J\ufffd \"\n"
	if status != exitFailed || unfit(stdout) != "" || !strings.Contains(stdout, want) {
		t.Errorf("%d %q", status, stdout)
	}
}

// writeHostileFiles writes a good key file and a sync file with a hostile name,
// and files that say something evil, which is escaped for JSON.
func (w *world) writeHostileFiles(name, evil string) {
	w.t.Helper()
	good := string(w.account.KeyFile(w.url + "/token"))
	changed := func(old, new string) string { return strings.ReplaceAll(good, old, new) }
	for base, text := range map[string]string{
		"k" + name: good,
		"s" + name: "{}",
		"who":      changed(w.account.Email, `who\u001b[2J\u009b\u202e\u2028@example.com`),
		"where":    changed(`"fivestep-lesson"`, `"where`+evil+`"`),
		"to":       changed(w.url+"/token", "http://EVIL/"+evil),
		"type":     changed(`"service_account"`, `"`+evil+`"`),
		"state": `{"api":"` + evil + `","calendar":"` + evil + `",` +
			`"account":"` + evil + `","syncToken":"x"}`,
	} {
		if err := os.WriteFile(filepath.Join(w.dir, base), []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
