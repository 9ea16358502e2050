// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// epoch is the time of all tests, for the tool and for the fake Google:
// 2023-11-15 07:13:20 in Seoul.
var (
	epoch = time.Unix(1700000000, 0)
	seoul = time.FixedZone("KST", 9*60*60)
)

const you = "you@gmail.com"

// world is a fake Google with one account, and the environment of the tool.
type world struct {
	*fakegoogle.Server
	t       testing.TB
	url     string
	dir     string
	account *fakegoogle.Account
	tool    tool
	env     map[string]string
}

func testKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	data, err := os.ReadFile("../../jwt/testdata/testkey.pem") // RFC 9500
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{Server: fakegoogle.New(), t: t, dir: t.TempDir(), env: make(map[string]string)}
	w.SetClock(epoch)
	var err error
	w.account, err = w.CreateAccount(fakegoogle.Account{
		ProjectID:     "fivestep-lesson",
		ProjectNumber: "336992806363",
		Email:         "reader@fivestep-lesson.iam.gserviceaccount.com",
		ClientID:      "113258942105700140798",
		KeyID:         "370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a",
		Key:           testKey(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.Server)
	t.Cleanup(func() {
		server.CloseClientConnections() // a shared token fetch outlives its caller
		server.Close()
	})
	w.url = server.URL
	w.writeKey(string(w.account.KeyFile(w.url + "/token")))
	w.AddCalendar(fakegoogle.Calendar{ID: you, Summary: "You", TimeZone: "Asia/Seoul"})
	w.Share(you, w.account.Email, "reader")
	for _, e := range [][]string{
		{`{"id":"day","summary":"calendar event #1","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`},
		{`{"id":"trip","summary":"Trip","status":"tentative","start":{"date":"2023-11-18"},"end":{"date":"2023-11-21"}}`},
		{`{"id":"call","summary":"Call","location":"Room 4","start":{"dateTime":"2023-11-16T10:00:00-05:00"},"end":{"dateTime":"2023-11-16T11:30:00-05:00"}}`},
		{`{"id":"weekly","summary":"주간 회의","location":"회의실 가","start":{"dateTime":"2023-11-15T09:00:00+09:00","timeZone":"Asia/Seoul"},"end":{"dateTime":"2023-11-15T10:00:00+09:00","timeZone":"Asia/Seoul"},"recurrence":["RRULE:FREQ=WEEKLY;COUNT=2"]}`,
			`{"id":"weekly_20231115T000000Z","start":{"dateTime":"2023-11-15T09:00:00+09:00"},"end":{"dateTime":"2023-11-15T10:00:00+09:00"}}`,
			`{"id":"weekly_20231122T000000Z","start":{"dateTime":"2023-11-22T09:00:00+09:00"},"end":{"dateTime":"2023-11-22T10:00:00+09:00"}}`},
		{`{"id":"odd","summary":"\u001b[31mred\u202e\ntwo lines","x":{"unknown":[1]},"start":{"dateTime":"2023-11-23T23:00:00+09:00"},"end":{"dateTime":"2023-11-24T01:00:00+09:00"}}`},
		{`{"id":"past","summary":"Past","start":{"date":"2023-11-14"},"end":{"date":"2023-11-15"}}`},
	} {
		if err := w.AddEvent(you, e[0], e[1:]...); err != nil {
			t.Fatal(err)
		}
	}
	w.tool = tool{
		getenv: func(name string) string { return w.env[name] },
		now:    func() time.Time { return epoch },
		local:  seoul,
		sleep:  noSleep,
	}
	return w
}

// noSleep replaces the wait between attempts.
func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func (w *world) key() string { return filepath.Join(w.dir, "key.json") }

func (w *world) writeKey(text string) {
	w.t.Helper()
	if err := os.WriteFile(w.key(), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// addMany adds n events, each an hour after the one before.
func (w *world) addMany(n int) {
	w.t.Helper()
	for i := range n {
		at := epoch.Add(time.Duration(i) * time.Hour).UTC().Format(time.RFC3339)
		const event = `{"id":"many%05d","summary":"Number %05[1]d",` +
			`"start":{"dateTime":%q},"end":{"dateTime":%[2]q}}`
		if err := w.AddEvent(you, fmt.Sprintf(event, i, at)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// run runs the tool as a shell would. For KEY, API, HOST and DIR in args, see
// real.
func (w *world) run(stdin string, args ...string) (stdout, stderr string, status int) {
	var out, errs bytes.Buffer
	t := w.tool
	t.stdin, t.stdout, t.stderr = strings.NewReader(stdin), &out, &errs
	status = t.run(context.Background(), w.real(args))
	return out.String(), errs.String(), status
}

// events runs the tool's command events, with this world's key file and API.
func (w *world) events(args ...string) (stdout, stderr string, status int) {
	return w.run("", append([]string{"events", "-key", "KEY", "-api", "API"}, args...)...)
}

// real replaces KEY, API, HOST and DIR with this world's key file, addresses
// and folder.
func (w *world) real(args []string) []string {
	names := strings.NewReplacer(
		"KEY", w.key(), "API", w.url+"/calendar/v3", "HOST", w.url, "DIR", w.dir)
	real := make([]string, len(args))
	for i, a := range args {
		real[i] = names.Replace(a)
	}
	return real
}

var (
	tokens     = regexp.MustCompile(`ya29\.c\.[A-Za-z0-9_.-]+`)
	assertions = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`)
)

// legible replaces everything that differs from run to run.
func (w *world) legible(text string) string {
	folder := w.dir + string(filepath.Separator)
	text = strings.NewReplacer(w.url, "http://127.0.0.1:8085", folder, "").Replace(text)
	text = tokens.ReplaceAllString(text, "ya29.c.TOKEN")
	return assertions.ReplaceAllString(text, "ASSERTION")
}

// transcript returns a run as a terminal would show it.
func (w *world) transcript(stdin string, args ...string) string {
	stdout, stderr, status := w.run(stdin, args...)
	var b strings.Builder
	shown := strings.NewReplacer(
		"KEY", "key.json",
		"API", "http://127.0.0.1:8085/calendar/v3",
		"HOST", "http://127.0.0.1:8085",
		"DIR/", "",
	)
	fmt.Fprintf(&b, "$ fivestep %s\n", shown.Replace(strings.Join(args, " ")))
	b.WriteString(w.legible(stdout))
	for _, l := range strings.SplitAfter(w.legible(stderr), "\n") {
		if l != "" {
			b.WriteString("! " + l)
		}
	}
	fmt.Fprintf(&b, "exit %d\n\n", status)
	return b.String()
}

func fault(t testing.TB, name string) fakegoogle.Fault {
	t.Helper()
	f, err := fakegoogle.ParseFault(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got\n%s", name, got)
	}
}
