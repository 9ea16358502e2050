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
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
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

// requestProblems are the errors for each word that says why nothing may be
// sent.
var requestProblems = map[string]string{
	"not-a-url":    "the token URL is not the URL of an endpoint",
	"not-https":    "the token URL is not https: an assertion must not travel in the clear",
	"no-assertion": "the assertion is empty",
}

func TestNewRequestRefuses(t *testing.T) {
	used := map[string]bool{}
	for _, v := range readVectors(t).Requests {
		if v.Wrong == "" {
			checkForm(t, v)
			continue
		}
		used[v.Wrong] = true
		_, err := new(Client).Exchange(context.Background(), v.TokenURL, v.Assertion)
		var e *Error
		want := "tokenexchange: " + requestProblems[v.Wrong]
		if !errors.As(err, &e) || e.Error() != want || e.Temporary() ||
			e.Advice() != "No request was sent.\nFix what the error names." {
			t.Errorf("%q: %v; want %s", v.TokenURL, err, want)
		}
	}
	if len(used) != len(requestProblems) {
		t.Errorf("%d reasons of %d", len(used), len(requestProblems))
	}
	for _, host := range []string{ // which look like this machine
		"localhost.example.com", "localhosts", "127.0.0.1.example.com", "127.0.0.2", "[::2]",
	} {
		_, err := NewRequest(context.Background(), "http://"+host+"/token", "a.b.c")
		if err == nil || !strings.HasSuffix(err.Error(), requestProblems["not-https"]) {
			t.Errorf("%s: %v", host, err)
		}
	}
	var noContext context.Context
	if _, err := NewRequest(noContext, "https://host/token", "a.b.c"); err == nil {
		t.Error("a nil context is accepted")
	}
}

// checkForm makes a request that is good, and compares its form.
func checkForm(t *testing.T, v requestVector) {
	t.Helper()
	req, err := NewRequest(context.Background(), v.TokenURL, v.Assertion)
	if err != nil {
		t.Errorf("%s: %v", v.TokenURL, err)
		return
	}
	body, err := io.ReadAll(req.Body)
	contentType := req.Header.Get("Content-Type")
	if err != nil || string(body) != v.Body || req.URL.String() != v.TokenURL ||
		req.Method != "POST" || contentType != "application/x-www-form-urlencoded" {
		t.Errorf("%s %s, %s, %q, %v", req.Method, req.URL, contentType, body, err)
	}
}

// All answers in the vectors, and what this package makes of them. The golden
// file has its messages.
func TestAnswers(t *testing.T) {
	answers := readVectors(t).Answers
	if len(answers) < 70 {
		t.Fatalf("%d answers", len(answers))
	}
	assertion := testAssertion(t)
	var out strings.Builder
	words := map[string]string{} // by the problem's text
	advice := ""
	for _, v := range answers {
		now := epoch.Add(10 * time.Minute)
		token, err := ParseResponse(v.response(), now)
		if v.Token != nil {
			if err != nil || *token != v.Token.at(now) {
				t.Fatalf("%s: %v, %v", v.Name, token, err)
			}
			fmt.Fprintf(&out, "%s\n\t%v\n\tscope: %q\n", v.Name, token, token.Scope)
			continue
		}
		e := v.check(t, token, err)
		problem := quotedOrNumber.ReplaceAllString(e.Problem, "")
		word, known := words[problem]
		if known && word != v.Refusal && v.Refusal != quotesSecret {
			t.Errorf("%s: %q is %s and %s", v.Name, e.Problem, word, v.Refusal)
		}
		if v.Refusal != quotesSecret {
			words[problem] = v.Refusal
		}
		fmt.Fprintf(&out, "%s (%s)\n\t%v\n\ttemporary: %v\n",
			v.Name, v.Error+v.Refusal, e, e.Temporary())
		if e.Advice() == advice {
			out.WriteString("\tadvice as before\n")
			continue
		}
		advice = e.Advice()
		fmt.Fprintf(&out, "\t%s\n", strings.ReplaceAll(advice, "\n", "\n\t"))
	}
	if strings.Contains(out.String(), assertion[100:130]) {
		t.Fatal("the assertion is shown")
	}
	golden(t, "answers.txt", out.String())
}

// check returns the *Error for an answer that has no token, if it's the one
// that the vector says.
func (v answerVector) check(t *testing.T, token *Token, err error) *Error {
	t.Helper()
	var e *Error
	if token != nil || !errors.As(err, &e) {
		t.Fatalf("%s: %v, %T", v.Name, token, err)
	}
	if v.Refusal == quotesSecret {
		if !strings.Contains(e.Error(), "[withheld") {
			t.Errorf("%s: %v", v.Name, e)
		}
		e.Code = "" // what isn't withheld is no part of the vector
	}
	if e.StatusCode != v.Status || e.Code != v.Error || e.Temporary() != v.Temporary {
		t.Errorf("%s: %d %q, temporary: %v", v.Name, e.StatusCode, e.Code, e.Temporary())
	}
	if (v.Error == "") == (v.Refusal == "") {
		t.Errorf("%s: an error %q and a refusal %q", v.Name, v.Error, v.Refusal)
	}
	return e
}

// quotesSecret is the word for answers that repeat the token. It says nothing
// about what else is wrong with them.
const quotesSecret = "quotes-a-secret"

// quotedOrNumber finds quoted texts and numbers, which don't count if two
// problems are compared.
var quotedOrNumber = regexp.MustCompile(`"[^"]*"|\d+`)

// README.md says where each answer comes from, unless it's made up.
func TestAnswersHaveSources(t *testing.T) {
	readme, err := os.ReadFile("testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range readVectors(t).Answers {
		if bytes.Contains(readme, []byte("| `"+v.Name+"` |")) == v.MadeUp {
			t.Errorf("%s: made up: %v, but README.md says otherwise", v.Name, v.MadeUp)
		}
	}
}

func respond(status int, header, body string) *http.Response {
	text := fmt.Sprintf("HTTP/1.1 %d X\r\n%s\r\n%s", status, header, body)
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(text)), nil)
	if err != nil {
		panic(err)
	}
	return resp
}

// Expiry has no monotonic reading, which stops while a machine sleeps.
func TestExpiryIsAWallClock(t *testing.T) {
	now := time.Now()
	body := `{"access_token":"ya29.x","token_type":"Bearer","expires_in":3599}`
	token, err := ParseResponse(respond(200, "", body), now)
	if err != nil || token.Expiry != now.Round(0).Add(3599*time.Second) {
		t.Errorf("%v, %v", token, err)
	}
}

// Answers too large for a file, or fit only for a terminal.
func TestParseResponseRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"deep nesting", 200, strings.Repeat("[", 20000), `200: 20000 bytes of type "", not JSON`},
		{"1 MiB and a byte", 200, strings.Repeat(" ", 1<<20) + "1", "200: the answer is larger than 1 MiB"},
		{"control characters", 400, `{"error":"e\u001b[2J","error_description":"a\nb\u202ec"}`, "400 e?[2J: a?b?c"},
		{"endless description", 400, `{"error":"e","error_description":"` + strings.Repeat("한글 ", 500) + `"}`, "400 e: " + strings.Repeat("한글 ", 71) + "한..."},
	} {
		token, err := ParseResponse(respond(test.status, "", test.body), epoch)
		var e *Error
		if token != nil || !errors.As(err, &e) || e.Error() != "tokenexchange: "+test.want {
			t.Errorf("%s: %v, %v; want %s", test.name, token, err, test.want)
		} else if !strings.Contains(e.Advice(), "not how Google") ||
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

// An error quotes no ID token either, not even a short one.
func TestIDTokenIsWithheld(t *testing.T) {
	const body = `{"id_token":"Canary-id","error":"e","error_description":"no Canary-id!"}`
	_, err := ParseResponse(respond(400, "", body), epoch)
	if err == nil || err.Error() != "tokenexchange: 400 e: [withheld: it quotes a secret]" {
		t.Error(err)
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
