// SPDX-License-Identifier: 0BSD

package proofs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
	"example.com/fivestep/walkthrough/fakegoogle"
)

func driveNewRequest(t *testing.T, c *canaries, see func(...any)) {
	const good = "https://oauth2.googleapis.com/token"
	for _, tokenURL := range []string{
		good,
		"http://oauth2.googleapis.com/token",
		"https://a:b@x/",
		"https://x/#f",
		"%zz",
		"",
		"/token",
		"https://x/" + c.assertion + "\x7f",
	} {
		req, err := tokenexchange.NewRequest(context.Background(), tokenURL, c.assertion)
		if (err == nil) != (tokenURL == good) {
			t.Errorf("%.40q: %v", tokenURL, err)
		}
		see(err)
		if err == nil {
			see(req, *req, req.Body, req.URL, req.Header)
		}
	}
	_, err := tokenexchange.NewRequest(context.Background(), good, "")
	see(err)
	//lint:ignore SA1012 the error of this mistake must not show the assertion
	_, err = tokenexchange.NewRequest(nil, good, c.assertion)
	see(err)
}

func driveToken(t *testing.T, c *canaries, see func(...any)) {
	for _, secret := range []string{longToken, shortToken} {
		for _, expiry := range []time.Time{{}, epoch} {
			token := tokenexchange.Token{
				AccessToken: secret,
				TokenType:   "Bearer",
				Scope:       jwt.DefaultScope,
				Expiry:      expiry,
			}
			text, err := token.MarshalText()
			see(token, &token, token.String(), text, string(text), err)
			see([]tokenexchange.Token{token}, map[string]*tokenexchange.Token{"t": &token})
			see(struct{ T tokenexchange.Token }{token})
			// fmt calls no methods on unexported fields. These verbs print a
			// pointer there as an address.
			hidden := struct{ t *tokenexchange.Token }{&token}
			c.see(t, "a *Token in an unexported field", fmt.Sprintf("%v %+[1]v %#[1]v", hidden))
		}
	}
}

// driveParseResponse passes answers to ParseResponse that can't be used, or
// that hold a token twice: in the right place and in a wrong one.
func driveParseResponse(t *testing.T, c *canaries, see func(...any)) {
	for _, secret := range []string{longToken, shortToken} {
		for _, format := range []string{
			`{"access_token":%q,"token_type":"Bearer","expires_in":3599}`,
			`{"access_token":%q,"token_type":%[1]q}`,
			`{"access_token":%q,"error":%[1]q,"error_description":"no %[1]s"}`,
			`{"access_token":%q,"token_type":"Bearer","expires_in":%[1]q}`,
			`{"access_token":[%q]}`,
			`{"id_token":%q,"error":%[1]q}`,
			`{"access_token":"%s \\u0000"}`,
			`{"access_token":%q`,
			`[%q]`,
			`%q`,
			`%s`,
			`{"access_token":%q}{}`,
			`{"access_token":%q,"token_type":"Bearer","expires_in":1e999}`,
			`{"access_token":%q,"scope":{"%[1]s":1}}`,
			`<title>%s</title>`,
		} {
			for _, status := range []int{200, 201, 302, 400, 500} {
				resp := &http.Response{
					StatusCode: status,
					Header:     http.Header{"Location": {"https://elsewhere.example/"}},
					Body:       io.NopCloser(strings.NewReader(fmt.Sprintf(format, secret))),
				}
				token, err := tokenexchange.ParseResponse(resp, epoch)
				see(token, err)
				var e *tokenexchange.Error
				if errors.As(err, &e) {
					see(*e)
				}
			}
		}
	}
}

func driveExchange(t *testing.T, c *canaries, see func(...any)) {
	w := newWorld(t)
	if _, err := w.CreateAccount(c.account); err != nil {
		t.Fatal(err)
	}
	assertion := c.sign(t, w.url+"/token")
	client := &tokenexchange.Client{Sleep: noSleep}
	exchange := func(ctx context.Context) (*tokenexchange.Token, error) {
		token, err := client.Exchange(ctx, w.url+"/token", assertion)
		if err == nil {
			c.addToken("a fake token", token.AccessToken)
		}
		see(token, err, client)
		return token, err
	}
	if _, err := exchange(context.Background()); err != nil {
		t.Fatal(err)
	}
	eachFault(t, w.Server, "token", func() { exchange(context.Background()) })
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	exchange(stopped)
	late, cancel := context.WithDeadline(context.Background(), time.Unix(1, 0))
	defer cancel()
	exchange(late)
	client.HTTP = &http.Client{Transport: tokenexchange.Transport()}
	exchange(context.Background())
	w.RevokeKey(c.account.Email, c.account.KeyID)
	if _, err := exchange(context.Background()); err == nil {
		t.Error("a revoked key is good")
	}
}

// eachFault calls run with each fault at a place. Slow ones last only a
// millisecond.
func eachFault(t *testing.T, google *fakegoogle.Server, place string, run func()) {
	t.Helper()
	names := fakegoogle.FaultNames()
	for _, status := range []int{
		201, 204, 301, 307, 400, 401, 403, 404, 408, 410, 418, 429, 500, 501, 502, 503, 504,
	} {
		names = append(names, fmt.Sprint(status))
	}
	for _, name := range names {
		switch name {
		case "delay", "slow", "slow-head":
			name += "=1ms"
		case "redirect":
			name += "=https://elsewhere.example/"
		case "body":
			name += `={"access_token":1}`
		case "oversize":
			continue // 100 MB of one letter
		}
		google.AddFault(fault(t, place+":"+name))
		run()
		google.ClearFaults()
	}
}

func driveSource(t *testing.T, c *canaries, see func(...any)) {
	token := &tokenexchange.Token{
		AccessToken: longToken,
		TokenType:   "Bearer",
		Expiry:      epoch.Add(time.Hour),
	}
	for name, fetched := range map[string]struct {
		token *tokenexchange.Token
		err   error
	}{
		"a token":   {token, nil},
		"both":      {token, errors.New("no")},
		"an error":  {nil, fmt.Errorf("%v %+v", token, *token)},
		"neither":   {nil, nil},
		"no string": {new(tokenexchange.Token), nil},
	} {
		source := &tokenexchange.Source{
			Fetch: func(context.Context) (*tokenexchange.Token, error) {
				return fetched.token, fetched.err
			},
			Now: func() time.Time { return epoch },
		}
		got, err := source.Token(context.Background())
		// Not the source: its goroutine may still change it. The package's own
		// tests print it.
		see(got, err)
		if (err == nil) != (name == "a token") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err = source.AccessToken(context.Background()); err != nil {
			see(err)
		}
		source.Invalidate(longToken)
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	release := make(chan struct{})
	source := &tokenexchange.Source{
		Fetch: func(context.Context) (*tokenexchange.Token, error) {
			<-release
			return token, nil
		},
	}
	_, err := source.AccessToken(stopped)
	see(err)
	close(release)
}
