// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// TestClosedPipe checks that the tool ends without a message if nobody reads
// its output, as yes does in yes | head -1, and that -sync writes no file.
func TestClosedPipe(t *testing.T) {
	w := realWorld(t)
	w.AddToList(you, w.account.Email)
	state := filepath.Join(w.dir, "state.json")
	for _, args := range [][]string{
		{"-h"}, {"events", "-h"}, {"key", "KEY"}, {"jwt", "-key", "KEY"}, {"token", "-key", "KEY"},
		{"events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you},
		{"events", "-key", "KEY", "-api", "API", "-json", "-sync", state, you},
		{"calendars", "-key", "KEY", "-api", "API"},
	} {
		r, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		var stderr bytes.Buffer
		cmd := w.command(args...)
		cmd.Stdout, cmd.Stderr = out, &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		out.Close()
		if got := status(t, cmd); got != exitPipe || stderr.Len() > 0 {
			t.Errorf("%q: %d %s", args, got, &stderr)
		}
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("the state was written, though nobody has read the events")
	}
	w.addMany(200)
	tool := w.command("events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you)
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("/bin/sh", append([]string{"-c", `"$0" "$@" | head -1`}, tool.Args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = tool.Env, &stdout, &stderr
	err := cmd.Run()
	if err != nil || stderr.Len() > 0 || strings.Count(stdout.String(), "\n") != 1 {
		t.Errorf("| head -1: %v %s%s", err, &stderr, &stdout)
	}
}

// TestSameBytesEverywhere checks that the output is the same on any terminal,
// in a file and in a pipe: nothing is cut, wrapped or colored.
func TestSameBytesEverywhere(t *testing.T) {
	w := realWorld(t)
	event := `{"summary":"` + strings.Repeat("긴 title ", 30) + `",` +
		`"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`
	if err := w.AddEvent(you, event); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you},
		{"events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", "no-such-calendar@example.com"},
		{"events", "-h"},
	} {
		plain := w.command(args...)
		var want bytes.Buffer
		plain.Stdout, plain.Stderr = &want, &want
		if err := plain.Start(); err != nil {
			t.Fatal(err)
		}
		wantStatus := status(t, plain)
		if want.Len() == 0 || strings.Contains(want.String(), "\x1b") {
			t.Errorf("%q: %q", args, &want)
		}
		for _, env := range [][]string{nil, {"TERM=dumb", "NO_COLOR=1"}, {"COLUMNS=40"}} {
			s := w.onTerminal(env, "", args...)
			got := status(t, s.cmd)
			text := strings.ReplaceAll(s.screen(), "\r\n", "\n")
			if text != want.String() || got != wantStatus {
				t.Errorf("%q with %q on a terminal: %d\n%s\nwant %d\n%s",
					args, env, got, text, wantStatus, &want)
			}
		}
	}
}

// TestScreen looks at the screen of a terminal, as tmux sees it: an event is a
// line, its columns are in their places whatever the titles are, and there is
// only text.
func TestScreen(t *testing.T) {
	tmux := program(t, "tmux", "tmux")
	w := realWorld(t)
	titles := []string{
		"Plain",
		"주간 회의",
		"ミーティング",
		"家族 👩\u200d👩\u200d👧 🇰🇷",
		"e\u0301 cafe\u0301",
		"פגישה",
		"(ｶﾀｶﾅ)",
		hostile,
	}
	const id = "titles@example.com"
	w.AddCalendar(fakegoogle.Calendar{ID: id, Summary: titles[2] + hostile})
	w.Share(id, w.account.Email, "reader")
	w.AddToList(id, w.account.Email)
	w.AddToList(you, w.account.Email)
	for i, title := range titles {
		summary, err := json.Marshal(title)
		if err != nil {
			t.Fatal(err)
		}
		const event = `{"summary":%s,"location":"room %d",` +
			`"start":{"date":"2023-11-%d"},"end":{"date":"2023-11-%d"}}`
		if err := w.AddEvent(id, fmt.Sprintf(event, summary, i, 11+i, 12+i)); err != nil {
			t.Fatal(err)
		}
	}
	commands := [][]string{
		{"events", "-key", "KEY", "-api", "API", "-from", "2023-11-01", id},
		{"calendars", "-key", "KEY", "-api", "API"},
		{"events", "-key", "KEY", "-api", "API", "nobody@example.com"},
	}
	for _, width := range []string{"80", "40"} {
		t.Run(width+" columns", func(t *testing.T) {
			rows := w.inTmux(t, tmux, width, commands)
			if len(rows) < 15 {
				t.Fatalf("%q", rows)
			}
			for i := range titles {
				at := time.Date(2023, 11, 11+i, 0, 0, 0, 0, time.UTC).Format("2006-01-02 Mon")
				l := strings.TrimRight(rows[i], " ")
				start, end := at+"  all day        ", fmt.Sprintf("  (room %d)", i)
				inPlace := strings.HasPrefix(l, start) && !strings.HasPrefix(l[31:], " ")
				if !inPlace || !strings.HasSuffix(l, end) {
					t.Errorf("row %d is %q", i, l)
				}
			}
			for i, want := range []string{
				`^reader          UTC                   titles@example\.com  ミーティング`,
				`^reader          Asia/Seoul            you@gmail\.com  You *$`,
				`^fivestep: step 5: .*404 notFound`,
				`^why: `,
				`^hint: .*own, empty calendar\. *$`,
				`^hint: .* > Add people *$`,
				`^hint: or, .*: -sub nobody@example\.com *$`,
				`^THE END`,
			} {
				if l := rows[len(titles)+i]; !regexp.MustCompile(want).MatchString(l) {
					t.Errorf("%q is not %s", l, want)
				}
			}
		})
	}
}

// inTmux runs the commands on a terminal of so many columns, and returns the
// rows of its screen. It fails if they have changed the terminal's colors or
// title.
func (w *world) inTmux(t *testing.T, tmux, width string, commands [][]string) []string {
	t.Helper()
	dir, err := os.MkdirTemp("", "") // not TempDir: the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	server := []string{"-u", "-S", filepath.Join(dir, "socket"), "-f", os.DevNull}
	run := func(args ...string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), long)
		defer cancel()
		cmd := exec.CommandContext(ctx, tmux, slices.Concat(server, args)...)
		cmd.Env = environment("LC_ALL=C.UTF-8", "SHELL=/bin/sh", "TMUX=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %s: %v %s", args[0], err, out)
		}
		return string(out)
	}
	line := ""
	for _, args := range commands {
		for _, word := range w.command(args...).Args {
			line += " '" + word + "'"
		}
		line += ";"
	}
	t.Cleanup(func() { // if the test fails before it does so itself
		exec.Command(tmux, append(server, "kill-server")...).Run()
	})
	run("new-session", "-d", "-x", width, "-y", "100", line+" echo THE END; cat")
	screen := ""
	deadline := time.Now().Add(long)
	for !strings.Contains(screen, "THE END") && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
		screen = run("capture-pane", "-p", "-e", "-J") // with colors; wrapped lines joined
	}
	title := run("display-message", "-p", "#{pane_title}")
	run("kill-server")
	if strings.Contains(screen, "\x1b") || strings.HasPrefix(title, "title") {
		t.Fatalf("titled %s\n%q", title, screen)
	}
	return strings.Split(screen, "\n")
}
