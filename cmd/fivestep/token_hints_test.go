// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"example.com/fivestep/jwt"
)

// TestPath checks what is said about a path that can't be read, and that it
// came from the environment.
func TestPath(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"DIR":               "Docker makes one",
		"KEY\r":             `key.json\\r".*carriage return`,
		"KEY\n":             `key.json\\n".*line break`,
		" KEY":              `" .*key.json".*A space`,
		`"KEY"`:             `"\\".*key.json\\"".*quotes are part of the path`,
		"'KEY'":             "quotes are part of the path",
		"~/key.json":        "Only a shell",
		"$HOME/key.json":    "Nothing replaced the variable",
		"${HOME}/key.json":  "Nothing replaced the variable",
		"file:///key.json":  "It's a URL",
		"gs://b/key.json":   "It's a URL",
		"nokey.json":        "relative to the current folder, " + regexp.QuoteMeta(here),
		"DIR/nothing":       "No file can be read",
		`C:\Users\key.json`: "a path of Windows",
	} {
		if runtime.GOOS == "windows" && strings.Contains(path, `\`) {
			continue
		}
		w := newWorld(t)
		w.env[keyVariable] = w.real([]string{path})[0]
		for _, args := range [][]string{{"key"}, {"key", "-key", path}, {"token", "-key", path}} {
			_, stderr, status := w.run("", args...)
			if status != exitFailed || !regexp.MustCompile("(?s)"+want).MatchString(stderr) {
				t.Errorf("%q: %d, want %q\n%s", path, status, want, stderr)
			}
			if named := strings.Contains(stderr, keyVariable); named != (len(args) == 1) {
				t.Errorf("%q: the variable is named: %v\n%s", path, named, stderr)
			}
		}
	}
}

// TestKeyInVariable checks that a key in the variable that should hold its path
// is answered with the command that pipes it in.
func TestKeyInVariable(t *testing.T) {
	good := goodKeyFile(t)
	for text, want := range map[string]string{
		good:                 "printenv GOOGLE_APPLICATION_CREDENTIALS | fivestep jwt -key -",
		`{"type":"x"}`:       "printenv GOOGLE_APPLICATION_CREDENTIALS | fivestep jwt -key -",
		encode(good) + "===": "printenv GOOGLE_APPLICATION_CREDENTIALS | base64 -d | fivestep jwt -key -",
	} {
		w := newWorld(t)
		w.env[keyVariable] = text
		_, stderr, status := w.run("", "jwt")
		if status != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%d %s", status, stderr)
		}
		checkNoSecret(t, "variable", stderr)
	}
}

// TestKeyFromPipe checks that every command that takes -key takes -key -.
func TestKeyFromPipe(t *testing.T) {
	w := newWorld(t)
	w.AddToList(you, w.account.Email)
	good, err := os.ReadFile(w.key())
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"key", "-key", "KEY"},
		{"key", "KEY"},
		{"jwt", "-key", "KEY"},
		{"token", "-key", "KEY"},
		{"events", "-key", "KEY", "-api", "API", you},
		{"calendars", "-key", "KEY", "-api", "API"},
	} {
		want, _, _ := w.run("", args...)
		piped := strings.Split(strings.ReplaceAll(strings.Join(args, " "), "KEY", "-"), " ")
		for _, before := range []string{"", "\ufeff"} {
			got, stderr, status := w.run(before+string(good), piped...)
			got, want = w.legible(got), w.legible(want)
			if status != exitDone || stderr != "" || got != want {
				t.Errorf("%v: %d %s%s", piped, status, stderr, got)
			}
		}
	}
	w.env[keyVariable] = w.key() // -key - comes first
	_, stderr, status := w.run("{}", "token", "-key", "-")
	if status != exitFailed || !strings.HasPrefix(stderr, "fivestep: step 1: standard input: type, ") {
		t.Errorf("%d %s", status, stderr)
	}
	_, stderr, status = w.run(strings.Repeat("x", maxInput+1), "key", "-")
	if status != exitFailed || !strings.Contains(stderr, "larger than 1 MiB") {
		t.Errorf("%d %s", status, stderr)
	}
	w.tool.stdin, err = os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	tool := w.tool
	tool.stdout, tool.stderr = io.Discard, &errs
	if status := tool.run(context.Background(), []string{"key", "-"}); status != exitUsage {
		t.Errorf("%d %s", status, &errs)
	}
}

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

// TestDecodeJudges checks what jwt -decode says about assertions that Google
// would refuse.
func TestDecodeJudges(t *testing.T) {
	now := epoch.Unix()
	const goodHeader = `{"alg":"RS256","typ":"JWT"}`
	good := map[string]any{
		"iss":   "reader@fivestep-lesson.iam.gserviceaccount.com",
		"scope": jwt.DefaultScope,
		"aud":   googleTokenURL,
		"iat":   now,
		"exp":   now + 3600,
	}
	for _, test := range []struct {
		header string
		change map[string]any // nil leaves out
		want   []string       // none: good
	}{
		{goodHeader, nil, nil},
		{goodHeader, map[string]any{"iat": float64(now) + 0.5}, nil},
		{`{"alg":"RS256"}`, map[string]any{"sub": "you@example.com"}, nil},
		{`{"alg":"HS256"}`, nil, []string{`alg is "HS256": Google accepts RS256 only`}},
		{`{}`, nil, []string{`alg is ""`}},
		{`{"alg":1}`, nil, []string{"alg is not a string"}},
		{`{"alg":"RS256","alg":"RS256"}`, nil, []string{`"alg" appears twice`}},
		{goodHeader, map[string]any{"iat": now * 1000, "exp": (now + 3600) * 1000},
			[]string{"not milliseconds"}},
		{goodHeader, map[string]any{"exp": 3600}, []string{"exp is 3600, which looks like a duration"}},
		{goodHeader, map[string]any{"exp": now + 86400}, []string{"at most 3600 seconds"}},
		{goodHeader, map[string]any{"exp": now}, []string{"exp must be after iat"}},
		{goodHeader, map[string]any{"exp": fmt.Sprint(now)}, []string{"exp is not a number"}},
		{goodHeader, map[string]any{"exp": 1e300}, []string{"not milliseconds"}},
		{goodHeader, map[string]any{"iat": nil}, []string{"iat is missing"}},
		{goodHeader, map[string]any{"aud": "https://www.googleapis.com/calendar/v3"},
			[]string{"aud is not the URL of a token endpoint"}},
		{goodHeader, map[string]any{"aud": []string{googleTokenURL}}, []string{"aud is not a string"}},
		{goodHeader, map[string]any{"aud": nil}, []string{"aud is empty"}},
		{goodHeader, map[string]any{"scope": nil}, []string{"scope is missing"}},
		{goodHeader, map[string]any{"scope": nil, "scopes": jwt.DefaultScope},
			[]string{`"scopes" is not the name of the claim`}},
		{goodHeader, map[string]any{"scope": nil, "Scope": "x"}, []string{`"Scope" is not the name`}},
		{goodHeader, map[string]any{"scope": nil, "target_audience": "x"}, []string{"an ID token"}},
		{goodHeader, map[string]any{"scope": "a,b"}, []string{"no comma"}},
		{goodHeader, map[string]any{"scope": []string{"a"}}, []string{"scope is not a string"}},
		{goodHeader, map[string]any{"iss": "someone@gmail.com"},
			[]string{"iss is not a service account's address"}},
		// All faults at once.
		{`{"alg":"none"}`, map[string]any{"iss": nil, "exp": 60},
			[]string{"alg is", "iss is empty", "exp is 60"}},
	} {
		claims := make(map[string]any)
		for _, from := range []map[string]any{good, test.change} {
			for name, value := range from {
				claims[name] = value
				if value == nil {
					delete(claims, name)
				}
			}
		}
		text, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		stdout, stderr, status := w.run(encode(test.header)+"."+encode(string(text))+".AA", "jwt", "-decode")
		if (status == exitDone) != (test.want == nil) || !strings.Contains(stdout, "not verified") {
			t.Errorf("%s %s: exit %d\n%s", test.header, text, status, stderr)
		}
		for _, want := range test.want {
			if !strings.HasPrefix(stderr, "fivestep: step 2: ") || !strings.Contains(stderr, want) {
				t.Errorf("%s %s: want %q\n%s", test.header, text, want, stderr)
			}
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
	w.writeKey(string(w.account.KeyFile("https://oauth2.invalid/token?key=SECRET")))
	stdout, stderr, status := w.run("", "key", "KEY")
	if status != exitDone || stderr != "" || !strings.Contains(stdout, "not one of Google's hosts") {
		t.Errorf("%d %s%s", status, stderr, stdout)
	}
	assertion, stderr, _ := w.run("", "jwt", "-key", "KEY")
	if stderr != "" {
		t.Errorf("jwt posts nothing, and says %s", stderr)
	}
	for stdin, args := range map[string][]string{
		"":        {"token", "-key", "KEY", "-timeout", "1ms"},
		" ":       {"events", "-key", "KEY", "-timeout", "1ms", you},
		assertion: {"token", "-timeout", "1ms"},
	} {
		_, stderr, _ := w.run(stdin, args...)
		const note = "fivestep: note: the assertion goes to https://oauth2.invalid/token, " +
			"which is not one of Google's hosts\n"
		if strings.Count(stderr, note) != 1 || strings.Contains(stderr, "SECRET") {
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
		if status != exitUsage || !strings.Contains(stderr, `"cloud.example.eu"`) {
			t.Errorf("%s: %d %s", api, status, stderr)
		}
	}
}

// TestTimeoutInStep1 checks that a timeout isn't told as a missing file.
func TestTimeoutInStep1(t *testing.T) {
	w := newWorld(t)
	tool := w.tool
	var errs bytes.Buffer
	tool.stdin, tool.stdout, tool.stderr = neverRead{}, io.Discard, &errs
	status := tool.run(context.Background(), []string{"token", "-key", "-", "-timeout", "20ms"})
	if status != exitTemporary || !strings.Contains(errs.String(), "within the time of -timeout") {
		t.Errorf("%d %s", status, &errs)
	}
}

// TestSecretsInArguments checks that no message shows one, wherever in an
// argument it is.
func TestSecretsInArguments(t *testing.T) {
	for _, secret := range []string{"ya29.c.SECRET", "eyJh.eyJp.SECRET"} {
		for _, argument := range []string{
			secret, "x=" + secret, "./" + secret, filepath.Join("x", secret, "y"), "x%3D" + secret,
			"https://x/?access_token=" + secret, "Bearer " + secret, `"` + secret + `"`,
			"https://" + secret + "@x/",
		} {
			for _, args := range [][]string{
				{"events", "-key", "KEY", argument},
				{"key", argument},
				{"token", "-key", argument},
				{"jwt", "-key", "KEY", "-scope", argument},
				{"events", "-key", "KEY", "-api", argument, you},
				{"jwt", "-key", "KEY", "-aud", argument},
			} {
				w := newWorld(t)
				_, stderr, status := w.run("", args...)
				if status != exitUsage || strings.Contains(stderr, "SECRET") {
					t.Errorf("%v: %d %s", args, status, stderr)
				}
			}
		}
	}
	for _, api := range []string{"https://user:SECRET@%zz", "https://user:SECRET@x/", "user:SECRET@x"} {
		w := newWorld(t)
		_, stderr, status := w.run("", "events", "-key", "KEY", "-api", api, you)
		if status != exitUsage || strings.Contains(stderr, "SECRET") {
			t.Errorf("%s: %d %s", api, status, stderr)
		}
	}
	for _, id := range []string{"ya29.lee+x@example.com", "eyJohn@example.com", "heyJude", "maya29@x"} {
		if isSecret(id) {
			t.Errorf("%s is taken for a secret", id)
		}
	}
}
