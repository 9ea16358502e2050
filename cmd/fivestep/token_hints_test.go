// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"example.com/fivestep/jwt"
)

// answering is a token endpoint that gives the same answer each time.
func (w *world) answering(status int, kind, body string) {
	w.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Date", epoch.UTC().Format(http.TimeFormat))
		rw.Header().Set("Content-Type", kind)
		rw.WriteHeader(status)
		io.WriteString(rw, body)
	}))
	w.t.Cleanup(server.Close)
	w.writeKey(string(w.account.KeyFile(server.URL + "/x/token")))
}

// TestTokenAnswers checks the hints for what the token endpoint answers: they
// have the user's own values.
func TestTokenAnswers(t *testing.T) {
	const (
		email   = `reader@fivestep-lesson\.iam\.gserviceaccount\.com`
		project = ` --project=fivestep-lesson`
		reason  = `{"error": "%s", "error_description": "%s"}`
	)
	for _, test := range []struct {
		code, description string
		args              []string
		want              []string
		unwanted          string
	}{
		{"invalid_grant", "Invalid JWT Signature.", nil, []string{"expired", "moment ago",
			`curl -s https://\S+/metadata/x509/reader%40\S+ \| grep 370ab79b`}, "delete the"},
		{"invalid_grant", "Robot is disabled.", nil,
			[]string{"service-accounts enable " + email + project}, ""},
		{"disabled_client", "", nil, []string{"service-accounts enable " + email + project}, ""},
		{"deleted_client", "", nil, []string{email, "service-accounts list" + project}, ""},
		{"invalid_client", "", nil, []string{email, "service-accounts list" + project}, ""},
		{"invalid_account", "", nil, []string{email, "service-accounts list" + project}, ""},
		{"invalid_grant", "Robot is missing a project number.", nil, []string{email}, ""},
		{"invalid_grant", "Invalid JWT: Failed audience check.", nil,
			[]string{`aud was http://127\.0\.0\.1:\d+/x/token.*-aud https://oauth2\.googleapis\.com/token`}, ""},
		{"invalid_grant", "Invalid JWT: Failed audience check.", []string{"-aud", "https://x.example/token"},
			[]string{`-aud was https://x\.example/token, .*posted to http://127\.0\.0\.1:\d+/x/token`}, ""},
		{"invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)", nil,
			[]string{"agrees"}, "Set this machine's clock"},
		{"invalid_scope", "", []string{"-scope", "calendar.readonly"},
			[]string{"-scope https://www.googleapis.com/auth/calendar.readonly"}, ""},
	} {
		w := newWorld(t)
		w.answering(400, "application/json", fmt.Sprintf(reason, test.code, test.description))
		_, stderr, status := w.run("", append([]string{"token", "-key", "KEY"}, test.args...)...)
		for _, want := range test.want {
			if status != exitFailed || !regexp.MustCompile(want).MatchString(stderr) {
				t.Errorf("%s %s: %d, want %q\n%s", test.code, test.description, status, want, stderr)
			}
		}
		if test.unwanted != "" && strings.Contains(stderr, test.unwanted) {
			t.Errorf("%s %s: says %q\n%s", test.code, test.description, test.unwanted, stderr)
		}
	}
	w := newWorld(t)
	w.answering(404, "text/html", "<html>404</html>")
	assertion, _, _ := w.run("", "jwt", "-key", "KEY")
	for stdin, args := range map[string][]string{"": {"token", "-key", "KEY"}, assertion: {"token"}} {
		_, stderr, status := w.run(stdin, args...)
		want := regexp.MustCompile(`posted to http://127\.0\.0\.1:\d+/x/token; .*` + googleTokenURL)
		if status != exitFailed || !want.MatchString(stderr) {
			t.Errorf("%v: %d\n%s", args, status, stderr)
		}
	}
}

// TestProxyRefuses checks that a proxy's refusal is told as that, and is not
// temporary.
func TestProxyRefuses(t *testing.T) {
	for status, text := range map[int]string{407: "Authentication", 405: "Not Allowed", 403: "Forbidden"} {
		connects := 0
		proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			connects++
			http.Error(rw, "<html>no</html>", status)
		}))
		defer proxy.Close()
		w := newWorld(t)
		w.writeKey(string(w.account.KeyFile(googleTokenURL)))
		cmd := w.command("token", "-key", "KEY")
		cmd.Env = environment("HTTPS_PROXY=" + proxy.URL)
		out, _ := cmd.CombinedOutput()
		want := regexp.MustCompile(fmt.Sprintf("(?is)proxy.{0,60}(%d|%s)", status, text))
		if cmd.ProcessState.ExitCode() != exitFailed || !want.Match(out) || connects != 1 {
			t.Errorf("%d: exit %d after %d\n%s", status, cmd.ProcessState.ExitCode(), connects, out)
		}
	}
}

// TestCertificateOfAProxy checks that a certificate which isn't trusted is told
// with its issuer, and with what to do if this machine trusts nobody.
func TestCertificateOfAProxy(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		client, _, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer client.Close()
		server, err := net.Dial("tcp", secure.Listener.Addr().String())
		if err != nil {
			return
		}
		defer server.Close()
		io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
		go io.Copy(server, client)
		io.Copy(client, server)
	}))
	defer proxy.Close()
	for want, env := range map[string]string{
		"Acme Co":         "X=",
		"SSL_CERT_FILE":   "X=",
		"ca-certificates": "SSL_CERT_FILE=/dev/null",
	} {
		if runtime.GOOS != "linux" {
			t.Skip("not run: this machine's certificates aren't files")
		}
		w := newWorld(t)
		w.writeKey(string(w.account.KeyFile(googleTokenURL)))
		cmd := w.command("token", "-key", "KEY")
		cmd.Env = environment("HTTPS_PROXY="+proxy.URL, env, "SSL_CERT_DIR=/nonexistent")
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(out), want) {
			t.Errorf("%s: exit %d\n%s", want, cmd.ProcessState.ExitCode(), out)
		}
	}
}

// TestAudience checks that -aud changes the claim, and not the address that is
// posted to.
func TestAudience(t *testing.T) {
	w := newWorld(t)
	assertion, _, _ := w.run("", "jwt", "-key", "KEY", "-aud", googleTokenURL)
	_, claims, err := jwt.Decode(strings.TrimSpace(assertion))
	if err != nil || !strings.Contains(string(claims), `"aud":"`+googleTokenURL+`"`) {
		t.Errorf("%v %s", err, claims)
	}
	before := len(w.Requests())
	for _, command := range [][]string{{"token"}, {"events", "-api", "API", you}} {
		args := append(command, "-key", "KEY", "-aud", googleTokenURL)
		// The fake, like a private endpoint, accepts Google's aud.
		if _, stderr, status := w.run("", args...); status != exitDone {
			t.Errorf("%d %s", status, stderr)
		}
	}
	const posts, gets = 2, 1
	if n := len(w.Requests()) - before; n != posts+gets {
		t.Errorf("%d requests", n)
	}
	_, stderr, status := w.run(assertion, "token", "-aud", "x")
	if status != exitUsage || !strings.Contains(stderr, "-aud") {
		t.Errorf("%d %s", status, stderr)
	}
	_, stderr, status = w.run("", "jwt", "-key", "KEY", "-aud", googleTokenURL+"/")
	if status != exitFailed || !strings.Contains(stderr, "from -aud; Google's is") {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestHosts checks which token endpoints are Google's.
func TestHosts(t *testing.T) {
	for address, want := range map[string]bool{
		googleTokenURL: true,
		"https://OAUTH2.googleapis.com:443/token":       true,
		"https://accounts.google.com/o/oauth2/token":    true,
		"https://www.googleapis.com/oauth2/v4/token":    true,
		"https://oauth2.mtls.googleapis.com/token":      true,
		"https://oauth2-psc.p.googleapis.com/token":     true,
		"https://oauth2.googleapis.com.example/token":   false,
		"https://example/oauth2.googleapis.com/token":   false,
		"https://oauth2.googleapis.com@example/token":   false,
		"https://oauth2.googleapis.co/token":            false,
		"https://oauth2.p.googleapis.com.example/token": false,
		"https://p.googleapis.com/token":                false,
		"https://oauth2.cloud.example.eu/token":         false,
	} {
		if got := isGoogleHost(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// TestOtherHost checks that a token endpoint which isn't Google's is noted when
// it's used, once, and marked by fivestep key.
func TestOtherHost(t *testing.T) {
	w := newWorld(t)
	w.writeKey(string(w.account.KeyFile("https://127.0.0.2:1/token?x=1")))
	stdout, stderr, status := w.run("", "key", "KEY")
	if status != exitDone || stderr != "" || !strings.Contains(stdout, "not one of Google's hosts") {
		t.Errorf("%d %s%s", status, stderr, stdout)
	}
	assertion, stderr, _ := w.run("", "jwt", "-key", "KEY")
	if stderr != "" {
		t.Errorf("jwt posts nothing, and says %s", stderr)
	}
	for stdin, args := range map[string][]string{
		"":        {"token", "-key", "KEY"},
		" ":       {"events", "-key", "KEY", you},
		assertion: {"token"},
	} {
		_, stderr, _ := w.run(stdin, args...)
		const note = "fivestep: note: the assertion goes to https://127.0.0.2:1/token, " +
			"which is not one of Google's hosts\n"
		if strings.Count(stderr, note) != 1 {
			t.Errorf("%v: %s", args, stderr)
		}
	}
}

// TestOtherUniverse checks that another cloud's token isn't sent to Google.
func TestOtherUniverse(t *testing.T) {
	w := newWorld(t)
	w.writeKey(caseFile(t, "62-universe.json"))
	stdout, _, _ := w.run("", "key", "KEY")
	if !strings.Contains(stdout, "\nuniverse_domain       cloud.example.eu\n") {
		t.Error(stdout)
	}
	for _, api := range []string{"", "https://www.googleapis.com/calendar/v3",
		"https://WWW.googleapis.com:443/calendar/v3"} {
		args := []string{"events", "-key", "KEY", you}
		if api != "" {
			args = append(args, "-api", api)
		}
		_, stderr, status := w.run("", args...)
		if status != exitUsage || !strings.Contains(stderr, "is cloud.example.eu") {
			t.Errorf("%s: %d %s", api, status, stderr)
		}
	}
}
