// SPDX-License-Identifier: 0BSD

package exam

import (
	"fmt"
	"net/http"
	"strings"
)

// Stages say what a client has to do in each stage to succeed. They are for
// people who are still writing their client. The trials of a stage are those
// that make sense for what the client can do by then.
var Stages = []string{
	"prints the key file's client_email, and nothing else on standard output",
	"prints an assertion that Google would accept, and nothing else on standard output",
	"posts the assertion, and Google answers with an access token",
	"prints the access token, and nothing else on standard output",
	"prints the events",
}

// succeeded says what the client did instead of its stage's task, or "".
func (a *attempt) succeeded() string {
	printed := strings.TrimSpace(a.stdout)
	switch {
	case a.stage == 5:
		return a.listed()
	case a.status != 0:
		return a.ending()
	case a.stage == 1 && printed != a.account.Email:
		return "instead of client_email it printed " + shown(printed)
	case a.stage == 2 && !a.tokenIssued():
		return "what it printed isn't an assertion that is accepted"
	case a.stage == 3 && !a.tokenIssued():
		return "it didn't get an access token: " + a.asked()
	case a.stage == 4 && !a.issued(printed):
		return "what it printed isn't the access token that it got"
	}
	return ""
}

// tokenIssued reports whether the token endpoint has accepted an assertion.
func (a *attempt) tokenIssued() bool {
	for _, r := range a.posts() {
		if r.Status == http.StatusOK {
			return true
		}
	}
	return false
}

// mayPrint reports whether a stage's task is to print such a secret, or whether
// a client that stops there can be expected to.
func (a *attempt) mayPrint(kind string) bool {
	switch kind {
	case assertionSecret:
		return a.stage == 2
	case tokenSecret:
		return a.stage == 3 || a.stage == 4
	}
	return false
}

// asked describes all requests in a few words.
func (a *attempt) asked() string {
	if len(a.requests) == 0 {
		return "it sent no request"
	}
	return fmt.Sprintf("it sent POST /token %s and asked for events %s",
		times(len(a.posts())), times(len(a.reads())))
}

func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	}
	return fmt.Sprint(n, " times")
}
