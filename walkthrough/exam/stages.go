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
	"prints the key file's client_email, and nothing else",
	"prints an assertion that Google would accept, and nothing else",
	"posts the assertion, and gets an access token for it",
	"prints the access token, and nothing else",
	"prints the events",
}

// succeeded says what the client did instead of its stage's task, or "".
func (a *attempt) succeeded() string {
	printed := strings.TrimSpace(a.stdout)
	switch {
	case a.stage == len(Stages):
		return a.listed()
	case a.status != 0:
		return a.ending()
	case a.stage == 1 && printed != a.account.Email:
		return "instead of client_email it printed " + shown(printed)
	case a.stage == 2 && !a.gotToken():
		return "what it printed isn't an assertion that Google would accept"
	case a.stage == 3 && !a.gotToken():
		return "it didn't get an access token: " + a.asked()
	case a.stage == 4 && !a.issued(printed):
		return "what it printed isn't the access token that it got"
	}
	return ""
}

// gotToken reports whether the token endpoint has accepted an assertion.
func (a *attempt) gotToken() bool {
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

// asked counts the requests.
func (a *attempt) asked() string {
	return fmt.Sprintf("requests to the token endpoint: %d, to the Calendar API: %d",
		len(a.posts()), len(a.reads()))
}
