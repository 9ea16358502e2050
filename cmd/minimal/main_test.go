// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// TestMain runs the tests or, in a process that a test has started, main.
func TestMain(m *testing.M) {
	if os.Getenv("CALENDAR_API") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// minimal runs the program against a fake Google. fault is one for it, or "".
func minimal(t *testing.T, calendarID, fault string) (stdout, stderr string, err error) {
	t.Helper()
	google := fakegoogle.New()
	account, err := google.CreateAccount(fakegoogle.Account{})
	if err != nil {
		t.Fatal(err)
	}
	google.AddExample(calendarID)
	google.Share(calendarID, account.Email, "reader")
	if fault != "" {
		f, err := fakegoogle.ParseFault(fault)
		if err != nil {
			t.Fatal(err)
		}
		google.AddFault(f)
	}
	server := httptest.NewServer(google)
	defer server.Close()
	keyFile := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(keyFile, account.KeyFile(server.URL+"/token"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(),
		"GOOGLE_APPLICATION_CREDENTIALS="+keyFile,
		"CALENDAR_ID="+calendarID,
		"CALENDAR_API="+server.URL+"/calendar/v3")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

func TestEvents(t *testing.T) {
	for _, id := range []string{"you@gmail.com", "a/b #c@example.com"} {
		out, errs, err := minimal(t, id, "")
		if err != nil || errs != "" {
			t.Errorf("%s: %v, stderr %s", id, err, errs)
		}
		for _, want := range []string{
			"2020-07-08 calendar event #1\n", "T10:00:00+09:00 Design review\n", " 팀 점심\n",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", id, want, out)
			}
		}
	}
}

// The little that it does about errors.
func TestErrors(t *testing.T) {
	for fault, want := range map[string]string{
		"token:503":   "503 Service Unavailable",
		"events:404":  "404 Not Found",
		"events:html": "invalid character '<'",
	} {
		out, errs, err := minimal(t, "you@gmail.com", fault)
		if err == nil || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: %v, stdout %q, stderr %s", fault, err, out, errs)
		}
	}
}

// It fits on one screen, with room for its license.
func TestOneScreen(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if lines := bytes.Count(text, []byte("\n")); err != nil || lines > 100 {
		t.Errorf("%d lines, %v", lines, err)
	}
}
