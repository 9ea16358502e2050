// SPDX-License-Identifier: 0BSD

package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestServe starts the server on a free port, asks for the page and for the
// fake Google's events, and stops it as Ctrl-C would.
func TestServe(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, in := io.Pipe()
	var stderr strings.Builder
	code := make(chan int)
	go func() { code <- run(ctx, []string{"-http", ":0"}, in, &stderr, false) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	if err != nil || base == "" {
		t.Fatalf("%q, %v, %s", line, err, stderr.String())
	}
	for path, status := range map[string]int{
		"/":    200,
		"/lab": 200,
		"/calendar/v3/calendars/you@gmail.com/events": 401,
	} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != status {
			t.Errorf("%s: %d, %v", path, resp.StatusCode, err)
		}
		if path == "/" && !strings.Contains(string(body), base+"/token") {
			t.Error("the commands on the page do not name this server")
		}
	}
	cancel()
	if got := <-code; got != 0 || stderr.Len() > 0 {
		t.Errorf("exit %d: %s", got, stderr.String())
	}
}

func TestServeOnAllAddresses(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, in := io.Pipe()
	var stderr strings.Builder
	code := make(chan int)
	go func() { code <- run(ctx, []string{"-http", "0.0.0.0:0"}, in, &stderr, false) }()
	line, _ := bufio.NewReader(out).ReadString('\n')
	cancel()
	got := <-code
	if got != 0 || !strings.Contains(line, "http://127.0.0.1:") ||
		!strings.Contains(stderr.String(), "other machines") {
		t.Errorf("exit %d: %s%s", got, line, &stderr)
	}
}

func TestServeAddressInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var stderr strings.Builder
	args := []string{"-http", taken.Addr().String()}
	got := run(context.Background(), args, io.Discard, &stderr, false)
	if got != 1 || !strings.Contains(stderr.String(), "in use") {
		t.Errorf("exit %d: %s", got, &stderr)
	}
}
