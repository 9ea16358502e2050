// SPDX-License-Identifier: 0BSD

package terminal

import (
	"bytes"
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// keyRunText returns the text of a run, after checking what must be true of
// any.
func keyRunText(t *testing.T, r *walkthrough.KeyRun) string {
	t.Helper()
	var plain, colored strings.Builder
	if err := WriteKeyRun(&plain, r, false); err != nil {
		t.Fatal(err)
	}
	if err := WriteKeyRun(&colored, r, true); err != nil {
		t.Fatal(err)
	}
	if escapes.ReplaceAllString(colored.String(), "") != plain.String() {
		t.Error("the colored text says something else")
	}
	checkLines(t, "your own key", plain.String())
	return plain.String()
}

// The text of a run with your own key has its requests and its events, and no
// secret, neither within a line nor across lines.
func TestKeyRun(t *testing.T) {
	google := fakegoogle.New()
	account, err := google.CreateAccount(fakegoogle.Account{})
	if err != nil {
		t.Fatal(err)
	}
	google.AddExample(walkthrough.CalendarID)
	google.Share(walkthrough.CalendarID, account.Email, "reader")
	server := httptest.NewServer(google)
	defer server.Close()
	file := account.KeyFile(server.URL + "/token")

	ctx, api := context.Background(), server.URL+"/calendar/v3"
	r := walkthrough.RunKey(ctx, file, walkthrough.CalendarID, api)
	text := keyRunText(t, r)
	for _, want := range []string{
		"POST /token HTTP/1.1", "Weekly stand-up", "팀 점심", r.Email,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if n := strings.Count(text, "withheld]"); n < 4 {
		t.Errorf("%d masks", n)
	}

	_, key, _ := bytes.Cut(file, []byte(`-----BEGIN PRIVATE KEY-----\n`))
	key, _, _ = bytes.Cut(key[len("MIIEvQIB"):], []byte(`\n-----END`))
	secrets := []string{string(key)}
	for _, request := range google.Requests() {
		authorization := request.Header.Get("Authorization")
		secrets = append(secrets, strings.TrimPrefix(authorization, "Bearer "))
		secrets = append(secrets, string(request.Body[bytes.LastIndexByte(request.Body, '.')+1:]))
	}
	const window = 24 // this many characters of a secret are too many
	whole := text + joined(text)
	checked := 0
	for _, s := range secrets {
		for i := 0; i+window <= len(s); i++ {
			piece := s[i : i+window]
			if strings.Trim(piece, ".") == "" {
				continue
			}
			if checked++; strings.Contains(whole, piece) {
				t.Fatalf("a secret is shown: %s", piece)
			}
		}
	}
	if checked < 2000 {
		t.Fatalf("%d pieces of secrets", checked)
	}
}

// The text of a failed run has the steps before the failure, and the tool's
// message.
func TestKeyRunFailures(t *testing.T) {
	noJSON := []byte("-----BEGIN PRIVATE KEY-----\nMIIEsecret\n-----END PRIVATE KEY-----\n")
	r := walkthrough.RunKey(context.Background(), noJSON, walkthrough.CalendarID, "")
	text := keyRunText(t, r)
	if strings.Contains(text, "MIIEsecret") || !strings.Contains(text, "PEM, not JSON") {
		t.Error(text)
	}

	step := walkthrough.Steps()[2]
	step.Parts = []walkthrough.Part{{Title: "sent"}}
	says := []string{"fivestep: step 3: no network", "why: w", "hint: a proxy"}
	text = keyRunText(t, &walkthrough.KeyRun{
		Steps:  []walkthrough.Step{step},
		Failed: 3,
		Says:   says,
	})
	for _, want := range []string{
		"3  The form POST", "sent: nothing.", "why: w", "This run used no proxy",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	text = keyRunText(t, &walkthrough.KeyRun{Calendar: "c"})
	if !strings.Contains(text, `No events from today on in "c".`) {
		t.Error(text)
	}
}
