// SPDX-License-Identifier: 0BSD

package exam

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// correct is a small client that passes every trial of a stage. mistake is the
// name of the one trial that it's to fail, or "".
type correct struct {
	stage   int
	mistake string
	env     map[string]string
	http    *http.Client
	out     io.Writer

	account struct {
		Email    string `json:"client_email"`
		KeyID    string `json:"private_key_id"`
		Key      string `json:"private_key"`
		TokenURI string `json:"token_uri"`
	}
	token   string
	expires time.Time
}

// correctClient returns a client that makes one mistake.
func correctClient(stage int, mistake string) client {
	return func(ctx context.Context, env []string, stdout, stderr io.Writer) (int, error) {
		c := &correct{stage: stage, mistake: mistake, env: map[string]string{}, out: stdout}
		for _, variable := range env {
			name, value, _ := strings.Cut(variable, "=")
			c.env[name] = value
		}
		timeout, err := strconv.ParseFloat(c.env["TIMEOUT"], 64)
		if err != nil {
			return 0, err
		}
		if !c.does("slow-server") {
			limited, cancel := context.WithTimeout(ctx, time.Duration(timeout*float64(time.Second)))
			defer cancel()
			ctx = limited
		}
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		c.http = &http.Client{Transport: transport, CheckRedirect: c.redirect}
		if err := c.run(ctx); err != nil {
			fmt.Fprintln(stderr, err)
			return 1, nil
		}
		return 0, nil
	}
}

// does reports whether the client makes the mistake that a trial is about.
func (c *correct) does(mistake string) bool { return c.mistake == mistake }

// redirect refuses redirects.
func (c *correct) redirect(to *http.Request, _ []*http.Request) error {
	switch {
	case c.does("redirected-post") && to.Method == "POST":
		return nil
	case c.does("redirected-get") && to.Method == "GET":
		to.Header.Set("Authorization", "Bearer "+c.token)
		return nil
	}
	return http.ErrUseLastResponse
}

func (c *correct) run(ctx context.Context) error {
	file, err := os.ReadFile(c.env["GOOGLE_APPLICATION_CREDENTIALS"])
	if err != nil {
		return err
	}
	if err := json.Unmarshal(file, &c.account); err != nil {
		return err
	}
	if c.account.Email == "" && !c.does("bad-key-file") {
		return errors.New("the key file has no client_email")
	}
	err = c.perform(ctx)
	var answer *refusal
	if errors.As(err, &answer) && c.hides(answer) {
		return nil
	}
	return err
}

// perform does the task of the client's stage.
func (c *correct) perform(ctx context.Context) error {
	product := ""
	var err error
	switch {
	case c.stage == 5:
		return c.list(ctx)
	case c.does("good-run"):
		return nil
	case c.stage == 1:
		product = c.account.Email
	case c.stage == 2:
		product, err = c.sign()
	default:
		err = c.refresh(ctx)
		product = c.token
	}
	if err == nil && c.stage != 3 {
		fmt.Fprintln(c.out, product)
	}
	return err
}

// hides reports whether the client ends as if all were well.
func (c *correct) hides(answer *refusal) bool {
	return c.does("clock") && strings.Contains(answer.body, "reasonable timeframe") ||
		c.does("not-shared") && answer.status == 404 && answer.page == 1 ||
		c.does("lost-page") && answer.status == 404 && answer.page == 2 ||
		c.does("api-off") && strings.Contains(answer.body, "accessNotConfigured")
}

// refusal is an answer that isn't a 200.
type refusal struct {
	status, page int
	body         string
	verbose      bool // whether the error quotes the body
	retryAfter   time.Duration
}

func (r *refusal) Error() string {
	if r.verbose {
		return r.body
	}
	return fmt.Sprint("refused with status ", r.status)
}

// sign makes the assertion: steps 1 and 2.
func (c *correct) sign() (string, error) {
	block, _ := pem.Decode([]byte(c.account.Key))
	if block == nil {
		return "", errors.New("the key file has no private key")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return "", err
	}
	header := map[string]any{"alg": "RS256", "typ": "JWT", "kid": c.account.KeyID}
	lifetime := time.Now().Unix() + 3600
	claims := map[string]any{
		"iss":   c.account.Email,
		"aud":   c.account.TokenURI,
		"scope": "https://www.googleapis.com/auth/calendar.events.readonly",
		"iat":   lifetime - 3600, "exp": lifetime,
	}
	switch c.mistake {
	case "kid":
		delete(header, "kid")
	case "aud":
		claims["aud"] = "https://accounts.google.com/o/oauth2/token"
	case "lifetime":
		claims["exp"] = lifetime + 60
	case "one-scope":
		claims["scope"] = "https://www.googleapis.com/auth/calendar"
	}
	input := encodePart(header) + "." + encodePart(claims)
	digest := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, key.(*rsa.PrivateKey), crypto.SHA256, digest[:])
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), err
}

func encodePart(part map[string]any) string {
	text, _ := json.Marshal(part)
	return base64.RawURLEncoding.EncodeToString(text)
}

// refresh gets an access token if there's none that is still valid: steps 3 and
// 4.
func (c *correct) refresh(ctx context.Context) error {
	switch valid := c.token != "" && time.Now().Before(c.expires); {
	case c.does("one-token"):
	case valid, c.token != "" && c.does("fresh-token"):
		return nil
	}
	assertion, err := c.sign()
	if err != nil {
		return err
	}
	form := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":  {assertion},
	}
	body, err := c.ask(ctx, "token-503", func() (*http.Request, error) {
		r, err := http.NewRequestWithContext(ctx, "POST", c.account.TokenURI,
			strings.NewReader(form.Encode()))
		if err == nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return r, err
	})
	if err != nil {
		return err
	}
	var token struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &token); err != nil {
		return err
	}
	if token.AccessToken == "" && !c.does("no-token") {
		return errors.New("the answer has no access token")
	}
	c.token = token.AccessToken
	if c.does("whole-token") {
		c.token = c.token[:min(len(c.token), 1024)]
	}
	c.expires = time.Now().Add(time.Duration(token.ExpiresIn) * time.Second)
	return nil
}

// list prints all events: step 5.
func (c *correct) list(ctx context.Context) error {
	id := url.PathEscape(c.env["CALENDAR_ID"])
	if c.does("id-with-hash") {
		id = c.env["CALENDAR_ID"]
	}
	next := ""
	for number := 1; ; number++ {
		if err := c.refresh(ctx); err != nil {
			return err
		}
		body, err := c.ask(ctx, "events-503", func() (*http.Request, error) {
			r, err := http.NewRequestWithContext(ctx, "GET", c.env["CALENDAR_API"]+
				"/calendars/"+id+"/events?pageToken="+url.QueryEscape(next), nil)
			if err == nil {
				r.Header.Set("Authorization", "Bearer "+c.token)
			}
			return r, err
		})
		var answer *refusal
		if errors.As(err, &answer) {
			answer.page = number
		}
		if err != nil {
			return err
		}
		more, err := c.printPage(body)
		last := more == "" || c.does("every-page") && number == 2
		if err != nil || last {
			return err
		}
		next = more
	}
}

// printPage prints the events of a page, and returns its nextPageToken.
func (c *correct) printPage(body []byte) (next string, err error) {
	var page struct {
		NextPageToken string
		Items         []struct {
			Summary string
			Start   struct{ DateTime, Date string }
		}
	}
	if err := json.Unmarshal(body, &page); err != nil && !c.does("html") {
		return "", err
	}
	if len(page.Items) == 0 && c.does("empty-page") {
		return "", nil
	}
	for _, e := range page.Items {
		when := e.Start.DateTime + e.Start.Date
		if c.does("all-day") {
			when = e.Start.DateTime
		}
		line := when + " " + e.Summary
		if c.does("korean-title") {
			line = strconv.QuoteToASCII(line)
		}
		fmt.Fprintln(c.out, line)
		if c.does("good-run") {
			fmt.Fprintln(c.out, line)
		}
	}
	return page.NextPageToken, nil
}

// ask sends a request, and again if that may help. hasty is the mistake not to.
func (c *correct) ask(ctx context.Context, hasty string, make func() (*http.Request, error)) (
	[]byte, error,
) {
	const attempts, pause = 3, 50 * time.Millisecond
	for n := 1; ; n++ {
		request, err := make()
		if err != nil {
			return nil, err
		}
		body, err := c.send(request)
		var answer *refusal
		if n == attempts || !errors.As(err, &answer) || !c.maySucceed(answer, hasty) {
			return body, err
		}
		wait := max(pause, answer.retryAfter)
		if c.does("retry-after") {
			wait = pause
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// maySucceed reports whether the same request may succeed later.
func (c *correct) maySucceed(answer *refusal, hasty string) bool {
	limited := answer.status == 403 && strings.Contains(answer.body, `"rateLimitExceeded"`)
	switch {
	case answer.status == 503:
		return !c.does(hasty)
	case limited:
		return !c.does("rate-limit")
	}
	return answer.status == 429
}

func (c *correct) send(request *http.Request) ([]byte, error) {
	const most = 1 << 20
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	bounded := io.LimitReader(response.Body, most)
	if c.does("huge-answer") {
		bounded = response.Body
	}
	body, err := io.ReadAll(bounded)
	if err != nil || response.StatusCode == http.StatusOK {
		return body, err
	}
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return nil, &refusal{
		status:     response.StatusCode,
		body:       string(body),
		verbose:    c.does("no-secret"),
		retryAfter: time.Duration(seconds) * time.Second,
	}
}
