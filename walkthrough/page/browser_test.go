// SPDX-License-Identifier: 0BSD

package page

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// browser is a headless Chromium, driven by chromedriver through the W3C
// WebDriver protocol (https://www.w3.org/TR/webdriver2/).
type browser struct {
	t       *testing.T
	session string // URL
}

// startBrowser starts a browser, or skips the test if there is none. In CI that
// is a failure.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	driver, err := exec.LookPath("chromedriver")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no chromedriver, which CI must have: apt-get install chromium chromium-driver")
		}
		t.Skip("no chromedriver: apt-get install chromium chromium-driver")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, driver, "--port=0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); cmd.Wait() })
	b := &browser{t: t, session: "http://127.0.0.1:" + driverPort(t, out)}
	go io.Copy(io.Discard, out)

	capabilities := map[string]any{
		"browserName": "chrome",
		"goog:chromeOptions": map[string]any{"args": []string{
			"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync",
			"--hide-scrollbars", "--user-data-dir=" + t.TempDir(),
		}},
		"goog:loggingPrefs": map[string]string{"browser": "ALL", "performance": "ALL"},
	}
	var created struct{ SessionID string }
	b.do("POST", "/session", map[string]any{
		"capabilities": map[string]any{"alwaysMatch": capabilities},
	}, &created)
	b.session += "/session/" + created.SessionID
	t.Cleanup(func() { b.do("DELETE", "", nil, nil) })
	return b
}

// driverPort reads the port from what chromedriver prints.
func driverPort(t *testing.T, out io.Reader) string {
	t.Helper()
	started := regexp.MustCompile(`started successfully on port (\d+)`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if m := started.FindStringSubmatch(lines.Text()); m != nil {
			return m[1]
		}
	}
	t.Fatal("chromedriver names no port")
	return ""
}

// do sends a command and decodes its result into to.
func (b *browser) do(method, path string, body, to any) {
	b.t.Helper()
	var send io.Reader
	if method == "POST" {
		if body == nil {
			body = struct{}{}
		}
		data, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		send = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, b.session+path, send)
	if err != nil {
		b.t.Fatal(err)
	}
	client := http.Client{Timeout: time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		b.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		b.t.Fatalf("%s %s: %s", method, path, answer.Value)
	}
	if to != nil {
		if err := json.Unmarshal(answer.Value, to); err != nil {
			b.t.Fatalf("%s %s: %v in %s", method, path, err, answer.Value)
		}
	}
}

func (b *browser) open(address string) {
	b.t.Helper()
	b.do("POST", "/url", map[string]string{"url": address}, nil)
}

// run runs a script, although the pages themselves may not, and decodes its
// result.
func (b *browser) run(to any, script string, args ...any) {
	b.t.Helper()
	if args == nil {
		args = []any{}
	}
	b.do("POST", "/execute/sync", map[string]any{"script": script, "args": args}, to)
}

// cdp sends a command of the Chrome DevTools protocol.
func (b *browser) cdp(command string, params any, to any) {
	b.t.Helper()
	b.do("POST", "/goog/cdp/execute", map[string]any{"cmd": command, "params": params}, to)
}

// screen sets the size and the color scheme.
func (b *browser) screen(width, height int, scheme string) {
	b.t.Helper()
	b.cdp("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
	}, nil)
	b.cdp("Emulation.setEmulatedMedia", map[string]any{
		"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}},
	}, nil)
}

// element finds an element, for the commands that take one.
func (b *browser) element(css string) string {
	b.t.Helper()
	var found map[string]string
	b.do("POST", "/element", map[string]string{"using": "css selector", "value": css}, &found)
	return "/element/" + found["element-6066-11e4-a52e-4f735466cecf"]
}

// press presses a key in the element that has the focus.
func (b *browser) press(key string) {
	b.t.Helper()
	keyboard := map[string]any{"type": "key", "id": "keyboard", "actions": []any{
		map[string]string{"type": "keyDown", "value": key},
		map[string]string{"type": "keyUp", "value": key},
	}}
	b.do("POST", "/actions", map[string]any{"actions": []any{keyboard}}, nil)
}

// log returns and empties a log: "browser" is the console, "performance" has
// the requests.
func (b *browser) log(kind string) (messages []string) {
	b.t.Helper()
	var entries []struct{ Level, Message string }
	b.do("POST", "/se/log", map[string]string{"type": kind}, &entries)
	for _, e := range entries {
		messages = append(messages, fmt.Sprint(e.Level, " ", e.Message))
	}
	return messages
}

func (b *browser) screenshot() []byte {
	b.t.Helper()
	var text string
	b.do("GET", "/screenshot", nil, &text)
	png, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		b.t.Fatal(err)
	}
	return png
}
