// SPDX-License-Identifier: 0BSD

//go:build !plan9

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// noReader is the writing end of a pipe whose other end is closed. It returns
// an error; there is no signal.
type noReader struct{}

func (noReader) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}
}

// TestNobodyReads checks that the tool prints no error if nobody reads its
// output any more, and that -sync writes no file: nothing was delivered.
func TestNobodyReads(t *testing.T) {
	w := newWorld(t)
	w.AddToList(you, w.account.Email)
	state := filepath.Join(w.dir, "state.json")
	for _, args := range [][]string{
		{"-h"},
		{"events", "-h"},
		{"key", "KEY"},
		{"jwt", "-key", "KEY"},
		{"token", "-key", "KEY"},
		{"token", "-key", "KEY", "-json"},
		{"events", "-key", "KEY", "-api", "API", you},
		{"events", "-key", "KEY", "-api", "API", "-json", "-sync", state, you},
		{"calendars", "-key", "KEY", "-api", "API"},
		{"calendars", "-key", "KEY", "-api", "API", "-json"},
	} {
		var stderr bytes.Buffer
		tool := w.tool
		tool.stdin, tool.stdout, tool.stderr = strings.NewReader(""), noReader{}, &stderr
		status := tool.run(context.Background(), w.real(args))
		if status != exitPipe || stderr.Len() > 0 {
			t.Errorf("%q: %d %s", args, status, &stderr)
		}
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("the state was written, though nobody has read the events")
	}
}

// pieces keeps each write separately.
type pieces [][]byte

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, bytes.Clone(b))
	return len(b), nil
}

// TestWholeLines checks that each write is whole lines, as many as a pipe takes
// at once, or one line that is longer.
func TestWholeLines(t *testing.T) {
	var got pieces
	out, want := &lines{to: &got}, ""
	for i := range 400 {
		l := strings.Repeat("x", i%97)
		if i == 200 {
			l = strings.Repeat("y", 10_000)
		}
		want += l + "\n"
		if err := out.print([]byte(l)); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.flush(); err != nil {
		t.Fatal(err)
	}
	for _, piece := range got {
		several := bytes.Count(piece, []byte("\n")) > 1
		if !bytes.HasSuffix(piece, []byte("\n")) || len(piece) > 4096 && several {
			t.Errorf("%d bytes at once: %.50q...", len(piece), piece)
		}
	}
	if all := string(bytes.Join(got, nil)); all != want || len(got) < 6 {
		t.Errorf("%d bytes of %d, in %d pieces", len(all), len(want), len(got))
	}
}

// TestNullDeviceIsNoTerminal checks that there are no remarks if the output
// goes to the null device, as in cron jobs.
func TestNullDeviceIsNoTerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	w := newWorld(t)
	var stderr bytes.Buffer
	tool := w.tool
	tool.stdin, tool.stdout, tool.stderr = strings.NewReader(""), null, &stderr
	want := ""
	if runtime.GOOS == "windows" { // it looks like a console there
		want = "fivestep: no events\n"
	}
	args := w.real([]string{"events", "-key", "KEY", "-api", "API", "-q", "nothing", you})
	if status := tool.run(context.Background(), args); status != 0 || stderr.String() != want {
		t.Errorf("%d %s", status, &stderr)
	}
}

// TestEscaped checks that JSON for a terminal has only characters that print,
// and still means the same.
func TestEscaped(t *testing.T) {
	const text = "a\u009b31m\u202e\U000e0067\u007f👩\u200d👩 회의"
	for _, printed := range [][]byte{
		escaped([]byte(`"` + text + `"`)),
		escaped([]byte(`"plain 회의"`)),
	} {
		var back string
		if err := json.Unmarshal(printed, &back); err != nil || unfit(string(printed)) != "" {
			t.Errorf("%q %v", printed, err)
		}
		if back != text && back != "plain 회의" {
			t.Errorf("%q", back)
		}
	}
}
