// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// checkRequest refuses what must not be sent: anyone who gets the assertion can
// trade it for a token, so it goes to an endpoint whose name TLS proves, or
// stays on this machine.
func checkRequest(tokenURL, assertion string) error {
	u, err := url.Parse(tokenURL)
	// A port that can't be isn't left to the dialer: to Exchange, its error would
	// look like a network that may recover.
	if err == nil {
		_, err = strconv.ParseUint("0"+u.Port(), 10, 16) // 65535 at most
	}
	switch {
	case err != nil, u.Hostname() == "", u.Port() == "0", u.User != nil, u.Fragment != "",
		strings.ContainsFunc(tokenURL, notInHeader):
		return &Error{Problem: "the token URL is not the URL of an endpoint"}
	case u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())):
		return &Error{Problem: "the token URL is not https: " +
			"an assertion must not travel in the clear"}
	case assertion == "":
		return &Error{Problem: "the assertion is empty"}
	}
	return nil
}

// isLoopback reports whether host is one of this machine's own names. What is
// sent there doesn't leave the machine, so a fake Google may run without TLS.
func isLoopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// brokenOff is for an answer of which only a part could be read.
func brokenOff(err error) *Error {
	return &Error{Problem: "the answer broke off", Err: err, network: true}
}

// checkAnswer refuses an answer without a usable token. It goes from the
// outside in: first HTTP, then JSON, then what the JSON says. err is the
// error of decoding the body.
func checkAnswer(resp *http.Response, body []byte, a *answer, err error) *Error {
	switch {
	case len(body) > maxBody:
		return &Error{Problem: "the answer is larger than 1 MiB"}
	case resp.StatusCode/100 == 3:
		return redirected(resp)
	case err != nil:
		return badJSON(resp, body, err)
	}
	return checkToken(resp.StatusCode, a)
}

// redirected names the host of a redirect and nothing more: the rest of the URL
// may be anything, a secret included.
func redirected(resp *http.Response) *Error {
	host := ""
	if location, err := resp.Location(); err == nil {
		host = location.Host
	}
	return &Error{Problem: fmt.Sprintf("a redirect to %q, which is not followed: "+
		"the assertion goes to one host only", host)}
}

// badJSON says why the body isn't an answer. It never shows a body that isn't
// JSON: that may be anything, such as a login page.
func badJSON(resp *http.Response, body []byte, err error) *Error {
	wrongType, _ := err.(*json.UnmarshalTypeError)
	switch {
	case !json.Valid(body):
		return &Error{Problem: fmt.Sprintf("%d bytes of type %q, not JSON",
			len(body), resp.Header.Get("Content-Type"))}
	case bytes.TrimSpace(body)[0] != '{':
		return &Error{Problem: "JSON that is not an object"}
	// Not every version of encoding/json names the member if it's a json.Number.
	case wrongType != nil && wrongType.Field != "" && wrongType.Field != "expires_in":
		return &Error{Problem: fmt.Sprintf("the member %q has the wrong type", wrongType.Field)}
	}
	return &Error{Problem: "expires_in is not a number of seconds"}
}

// checkToken refuses an answer that is an error, or has no access token that
// can be sent to an API.
func checkToken(status int, a *answer) *Error {
	switch {
	case a.Error != "": // even with status 200
		return new(Error) // its Code says it all
	case status != 200:
		return &Error{Problem: `JSON without the member "error"`}
	case a.AccessToken == "" && a.IDToken != "":
		return &Error{Problem: "an id_token and no access_token"}
	case a.AccessToken == "":
		return &Error{Problem: "no access_token"}
	case strings.ContainsFunc(a.AccessToken, notInHeader):
		return &Error{Problem: "the access_token has characters that are not allowed in a header"}
	// RFC 6749, section 5.1: the value is case insensitive.
	case !strings.EqualFold(a.TokenType, "Bearer"):
		return &Error{Problem: fmt.Sprintf("token_type is %q, not Bearer", a.TokenType)}
	}
	return nil
}

// notInHeader reports whether r can't be part of an Authorization header: it
// has printable ASCII only, and a token in it (RFC 6750, section 2.1) has no
// space, quote or backslash. A line break would begin another header.
func notInHeader(r rune) bool {
	return r <= ' ' || r > '~' || r == '"' || r == '\\'
}
