// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// epoch is the Date of the recorded answers: 2023-11-14T22:13:20Z.
var epoch = time.Unix(1700000000, 0)

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

func testAssertion(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/assertion.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The request as net/http writes it to the wire.
func TestRequestGolden(t *testing.T) {
	req, err := NewRequest(context.Background(),
		"https://oauth2.googleapis.com/token", testAssertion(t))
	if err != nil {
		t.Fatal(err)
	}
	var wire bytes.Buffer
	if err := req.Write(&wire); err != nil {
		t.Fatal(err)
	}
	golden(t, "request.txt", wire.String())
}

func TestNewRequestRefuses(t *testing.T) {
	for _, test := range []struct{ url, assertion, want string }{
		{"", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"oauth2.googleapis.com/token", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"https://user:pass@host/token", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"https://host/token#x", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"https://host/%zz", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"https://:443/token", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"https://host:99999/", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"https://host:0/", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"https://host/token ", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"https://host/token\u200b", "a.b.c", "tokenexchange: the token URL is not the URL of an endpoint"},
		{"http://oauth2.googleapis.com/token", "a.b.c", "tokenexchange: the token URL is not https: an assertion must not travel in the clear"},
		{"ftp://localhost/token", "a.b.c", "tokenexchange: the token URL is not https: an assertion must not travel in the clear"},
		{"http://notlocalhost/token", "a.b.c", "tokenexchange: the token URL is not https: an assertion must not travel in the clear"},
		{"http://127.0.0.1.example.com/", "a.b.c", "tokenexchange: the token URL is not https: an assertion must not travel in the clear"},
		{"https://oauth2.googleapis.com/token", "", "tokenexchange: the assertion is empty"},
	} {
		_, err := new(Client).Exchange(context.Background(), test.url, test.assertion)
		var e *Error
		if !errors.As(err, &e) || e.Error() != test.want || e.Temporary() ||
			e.Advice() != "No request was sent.\nFix what the error names." {
			t.Errorf("%q: %v; want %s", test.url, err, test.want)
		}
	}
	var noContext context.Context
	if _, err := NewRequest(noContext, "https://host/token", "a.b.c"); err == nil {
		t.Error("a nil context is accepted")
	}
	for _, url := range []string{
		"http://localhost:1/t", "http://127.0.0.1/", "http://[::1]:8085/token",
	} {
		if _, err := NewRequest(context.Background(), url, "a.b.c"); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// All recorded answers, and what this package makes of them.
func TestAnswersGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/answers/*.http")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d answers, %v", len(files), err)
	}
	readme, err := os.ReadFile("testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	assertion := testAssertion(t)
	var out strings.Builder
	for _, file := range files {
		if !bytes.Contains(readme, []byte("| `"+filepath.Base(file)+"` |")) {
			t.Errorf("%s has no source in testdata/README.md", file)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), nil)
		if err != nil {
			t.Fatal(err)
		}
		token, err := ParseResponse(resp, epoch.Add(10*time.Minute))
		fmt.Fprintf(&out, "%s\n", filepath.Base(file))
		var e *Error
		if errors.As(err, &e) {
			fmt.Fprintf(&out, "\t%v\n\ttemporary: %v\n\t%s\n",
				err, e.Temporary(), strings.ReplaceAll(e.Advice(), "\n", "\n\t"))
		} else if err != nil {
			t.Errorf("%s: %T", file, err)
		} else {
			fmt.Fprintf(&out, "\t%v\n\tscope: %q\n", token, token.Scope)
		}
		if strings.Contains(out.String(), assertion[100:130]) {
			t.Fatalf("%s: the assertion is shown", file)
		}
	}
	golden(t, "answers.txt", out.String())
}

func respond(status int, header, body string) *http.Response {
	text := fmt.Sprintf("HTTP/1.1 %d X\r\n%s\r\n%s", status, header, body)
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(text)), nil)
	if err != nil {
		panic(err)
	}
	return resp
}

func TestParseResponseToken(t *testing.T) {
	for _, test := range []struct {
		name, body string
		lifetime   time.Duration // 0: not known
	}{
		{"number", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":3599}`, 3599 * time.Second},
		{"digit string", `{"access_token":"ya29.x","token_type":"bearer","expires_in":"3599"}`, 3599 * time.Second},
		{"fraction", `{"access_token":"ya29.x","token_type":"BEARER","expires_in":3599.9}`, 3599 * time.Second},
		{"missing", `{"access_token":"ya29.x","token_type":"Bearer"}`, 0},
		{"null", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":null}`, 0},
		{"zero", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":0}`, 0},
		{"negative", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":-5}`, 0},
		{"absurd", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":1e300}`, 24 * time.Hour},
		{"unknown members", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":60,"x":[{}]}`, time.Minute},
	} {
		now := time.Now() // has a monotonic reading; Expiry must not
		token, err := ParseResponse(respond(200, "", test.body), now)
		if err != nil || token.AccessToken != "ya29.x" {
			t.Errorf("%s: %v, %v", test.name, token, err)
			continue
		}
		want := now.Round(0).Add(test.lifetime)
		if test.lifetime == 0 {
			want = time.Time{}
		}
		if token.Expiry != want {
			t.Errorf("%s: expires %v, want %v", test.name, token.Expiry, want)
		}
	}
}

func TestParseResponseRefuses(t *testing.T) {
	for _, test := range []struct {
		name           string
		status         int
		header, body   string
		want           string
		adviceContains string
	}{
		{"empty object", 200, "", `{}`, "200: no access_token", "every scope"},
		{"error with 200", 200, "", `{"error":"invalid_grant","error_description":"Bad Request"}`, "200 invalid_grant: Bad Request", "doesn't accept"},
		{"error beside a token", 200, "", `{"error":"x","access_token":"ya29.x","token_type":"Bearer"}`, "200 x", "not how Google"},
		{"no error member", 400, "", `{}`, `400: JSON without the member "error"`, "not how Google"},
		{"empty body", 200, "", ``, `200: 0 bytes of type "", not JSON`, "not how Google"},
		{"HTML with 200", 200, "Content-Type: text/html\r\n", `<html><title>Sign in</title>`, `200: 28 bytes of type "text/html", not JSON`, "login page"},
		{"null", 200, "", `null`, "200: no access_token", "every scope"},
		{"array", 200, "", `[]`, "200: JSON that is not an object", "not how Google"},
		{"two objects", 200, "", `{}{}`, `200: 4 bytes of type "", not JSON`, "not how Google"},
		{"deep nesting", 200, "", strings.Repeat("[", 20000), `200: 20000 bytes of type "", not JSON`, "not how Google"},
		{"token of wrong type", 200, "", `{"access_token":{"a":1}}`, `200: the member "access_token" has the wrong type`, "not how Google"},
		{"error of wrong type", 404, "", `{"error":{"code":404}}`, `404: the member "error" has the wrong type`, "not how Google"},
		{"line break in token", 200, "", `{"access_token":"a\nb","token_type":"Bearer"}`, "200: the access_token has characters that are not allowed in a header", "not how Google"},
		{"invalid UTF-8 in token", 200, "", "{\"access_token\":\"ya29.\xff\",\"token_type\":\"Bearer\"}", "200: the access_token has characters that are not allowed in a header", "not how Google"},
		{"no token_type", 200, "", `{"access_token":"ya29.x"}`, `200: token_type is "", not Bearer`, "not how Google"},
		{"MAC token", 200, "", `{"access_token":"ya29.x","token_type":"mac"}`, `200: token_type is "mac", not Bearer`, "not how Google"},
		{"token in the type", 200, "", `{"access_token":"ya29.x","token_type":"ya29.x"}`, "200: [withheld: it quotes a secret]", "not how Google"},
		{"token in an error", 400, "", `{"access_token":"ya29.x","error":"ya29.x","error_description":"no ya29.x!"}`, "400 [withheld: it quotes a secret]: [withheld: it quotes a secret]", "not how Google"},
		{"short token in a long one", 200, "", `{"access_token":"0","token_type":"` + strings.Repeat("ya29-_Zz09", 9) + `"}`, "200: token_type is [withheld] not Bearer", "not how Google"},
		{"space in token", 200, "", `{"access_token":"a b","error":"e","error_description":"no a b"}`, "200 e: [withheld: it quotes a secret]", "not how Google"},
		{"quote in token", 200, "", `{"access_token":"ya29.\"x","token_type":"Bearer"}`, "200: the access_token has characters that are not allowed in a header", "not how Google"},
		{"expires_in a word", 200, "", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":"soon"}`, "200: expires_in is not a number of seconds", "not how Google"},
		{"expires_in not finite", 200, "", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":"Inf"}`, "200: expires_in is not a number of seconds", "not how Google"},
		{"expires_in a list", 200, "", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":[1]}`, "200: expires_in is not a number of seconds", "not how Google"},
		{"no content", 204, "", ``, `204: 0 bytes of type "", not JSON`, "not how Google"},
		{"redirect without target", 302, "", ``, `302: a redirect to "", which is not followed: the assertion goes to one host only`, "not how Google"},
		{"429", 429, "Retry-After: 7\r\n", `{"error":"rate_limit_exceeded"}`, "429 rate_limit_exceeded", "Too many"},
		{"cut body", 200, "Content-Length: 100\r\n", `{"access_`, "200: the answer broke off: unexpected EOF", "No complete answer"},
		{"1 MiB and a byte", 200, "", strings.Repeat(" ", 1<<20) + "1", "200: the answer is larger than 1 MiB", "not how Google"},
		{"control characters", 400, "", `{"error":"e\u001b[2J","error_description":"a\nb\u202ec"}`, "400 e?[2J: a?b?c", "not how Google"},
		{"endless description", 400, "", `{"error":"e","error_description":"` + strings.Repeat("한글 ", 500) + `"}`, "400 e: " + strings.Repeat("한글 ", 71) + "한...", "not how Google"},
	} {
		token, err := ParseResponse(respond(test.status, test.header, test.body), epoch)
		var e *Error
		if token != nil || !errors.As(err, &e) || e.Error() != "tokenexchange: "+test.want {
			t.Errorf("%s: %v, %v; want %s", test.name, token, err, test.want)
		} else if !strings.Contains(e.Advice(), test.adviceContains) ||
			strings.Count(e.Advice(), "\n") != 1 {
			t.Errorf("%s: advice %q", test.name, e.Advice())
		}
	}
}

func TestClockAdvice(t *testing.T) {
	const body = `{"error":"invalid_grant","error_description":"Invalid JWT: ` +
		`Token must be a short-lived token (60 minutes) and in a reasonable timeframe."}`
	for _, test := range []struct {
		date  string
		local time.Time
		want  string
		fix   string
	}{
		{"Tue, 14 Nov 2023 22:13:20 GMT", epoch.Add(10*time.Minute + 400*time.Millisecond), "This machine's clock is 10m0s ahead of the server's.", "Set this machine's clock"},
		{"Tue, 14 Nov 2023 22:13:20 GMT", epoch.Add(-2 * time.Hour), "This machine's clock is 2h0m0s behind the server's.", "Set this machine's clock"},
		{"Tue, 14 Nov 2023 22:13:20 GMT", epoch.Add(3 * time.Second), "This machine's clock agrees with the server's to the minute, so", "Make a new assertion"},
		{"never", epoch, "The assertion's iat and exp are not around Google's time.", "Make a new assertion"},
	} {
		_, err := ParseResponse(respond(400, "Date: "+test.date+"\r\n", body), test.local)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(e.Advice(), test.want) ||
			!strings.Contains(e.Advice(), "\n"+test.fix) {
			t.Errorf("%s, %s: %v; want %s", test.date, test.local, err, test.want)
		}
	}
}

// Printing the request doesn't show the assertion.
func TestRequestIsMasked(t *testing.T) {
	assertion := testAssertion(t)
	req, err := NewRequest(context.Background(), "https://oauth2.googleapis.com/token", assertion)
	if err != nil {
		t.Fatal(err)
	}
	part := assertion[300:340]
	spellings := []string{
		part, fmt.Sprintf("%x", part), strings.Trim(fmt.Sprint([]byte(part)), "[]"),
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{req, *req, req.Body} {
			text := fmt.Sprintf(verb, v)
			for _, spelling := range spellings {
				if strings.Contains(text, spelling) {
					t.Errorf("%s shows the assertion: %s", verb, text)
				}
			}
		}
	}
}

func TestTokenIsMasked(t *testing.T) {
	const secret = "ya29.c.CANARY"
	token := Token{AccessToken: secret, TokenType: "Bearer", Expiry: epoch}
	source := &Source{
		Fetch: func(context.Context) (*Token, error) { return &token, nil },
		Now:   func() time.Time { return epoch.Add(-time.Hour) },
	}
	if got, err := source.AccessToken(context.Background()); err != nil || got != secret {
		t.Fatal(err)
	}
	source.settled()
	var out strings.Builder
	for _, v := range []any{token, &token, []Token{token}, struct{ T Token }{token}, source} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("token", "t", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("token", "t", v)
		if data, err := json.Marshal(map[string]any{"t": &token}); err != nil {
			t.Error(err)
		} else {
			out.Write(data)
		}
	}
	fmt.Fprintf(&out, "%v %+[1]v %#[1]v", struct{ t *Token }{&token}) // fmt can't call its methods
	printed := out.String()
	inHex := fmt.Sprintf("%x", "CANARY")
	if strings.Contains(printed, "CANARY") || strings.Contains(printed, inHex) {
		t.Error("the token is printed")
	}
	want := "Bearer token of 13 characters (withheld), expires 2023-11-14T22:13:20Z\n"
	if !strings.HasPrefix(printed, want) {
		t.Errorf("%%v prints %.100s", printed)
	}
	token.Expiry = time.Time{}
	if got := token.String(); got != "Bearer token of 13 characters (withheld), expiry not known" {
		t.Error(got)
	}
}

// Texts that Google uses for several causes, and what the advice must say.
func TestAdviceNamesTheCause(t *testing.T) {
	for _, test := range []struct {
		code, description string
		want              []string
	}{
		{"invalid_grant", "Robot is missing a project number.", []string{"client_email", "person's address"}},
		{"invalid_grant", "Robot is disabled.", []string{"gcloud iam service-accounts enable"}},
		{"invalid_account", "", []string{"client_email"}},
		{"invalid_grant", "Invalid JWT Signature.", []string{"a moment ago", "expired", "disabled", "in public", "/metadata/x509/"}},
		{"invalid_grant", "Invalid JWT: Failed audience check.", []string{"Set aud to https://oauth2.googleapis.com/token", "private endpoint"}},
		{"invalid_scope", "Invalid OAuth scope.", []string{"https://www.googleapis.com/auth/"}},
	} {
		body := fmt.Sprintf(`{"error":%q,"error_description":%q}`, test.code, test.description)
		_, err := ParseResponse(respond(400, "", body), epoch)
		var e *Error
		if !errors.As(err, &e) {
			t.Fatal(err)
		}
		for _, want := range test.want {
			if !strings.Contains(e.Advice(), want) {
				t.Errorf("%s %s: %q isn't in %s", test.code, test.description, want, e.Advice())
			}
		}
	}
}
