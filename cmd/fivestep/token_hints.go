// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// googleTokenURL is Google's token endpoint.
const googleTokenURL = "https://oauth2.googleapis.com/token"

// isGoogleHost reports whether the URL's host is one of Google's that take
// assertions: the token endpoint and its older names, their forms for mutual
// TLS, and private endpoints.
func isGoogleHost(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	switch host {
	case "oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com",
		"oauth2.mtls.googleapis.com", "accounts.mtls.google.com", "www.mtls.googleapis.com":
		return true
	}
	return strings.HasSuffix(host, ".p.googleapis.com")
}

// isGoogleAPI reports whether the URL's host is one of Google's public cloud.
func isGoogleAPI(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.HasSuffix(strings.ToLower(u.Hostname()), "googleapis.com")
}

// isThisMachine reports whether the URL's host is this machine.
func isThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// isOtherUniverse reports whether a universe_domain is not that of Google's
// public cloud. Older key files have none.
func isOtherUniverse(domain string) bool { return domain != "" && domain != "googleapis.com" }

// shownDomain returns a domain that can be shown. A key, pasted into the wrong
// place, isn't one.
func shownDomain(domain string) string {
	const (
		longest    = 63 // characters of a label
		characters = "abcdefghijklmnopqrstuvwxyz0123456789-"
	)
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, characters) != "" || len(label) > longest {
			return "(not a domain)"
		}
	}
	if len(labels) == 1 {
		return "(not a domain)"
	}
	return domain
}

// isServiceAccount reports whether an address is one of a service account.
func isServiceAccount(address string) bool {
	return strings.HasSuffix(strings.ToLower(address), "gserviceaccount.com")
}

// noteHost says, once, that an assertion goes to a host that isn't Google's.
func (t *tool) noteHost(f *flags) {
	if f.noted || isGoogleHost(f.tokenURL) || isThisMachine(f.tokenURL) {
		return
	}
	f.noted = true
	t.say("fivestep: note: the assertion goes to %s, which is not one of Google's hosts",
		withoutQuery(f.tokenURL))
}

// withoutQuery returns a URL that can be shown: its query may be a secret.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that is not a URL"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// claimsHint says what to do about claims that jwt refuses.
func (f *flags) claimsHint(err error, c jwt.Claims) string {
	if strings.HasPrefix(err.Error(), "jwt: aud") {
		return fmt.Sprintf("aud is %s, from %s; Google's is %s",
			withoutQuery(c.Audience), f.audienceFrom(), googleTokenURL)
	}
	return "These are Calendar's scopes: " +
		"https://developers.google.com/workspace/calendar/api/auth"
}

func (f *flags) audienceFrom() string {
	if f.audience != "" {
		return "-aud"
	}
	return "the key file's token_uri"
}

// tokenHints adds the user's own values to tokenexchange's advice. In a pipe,
// without a key file, there are few.
func (f *flags) tokenHints(e *tokenexchange.Error) []string {
	switch {
	case e.Code == "invalid_grant" && strings.Contains(e.Description, "audience"):
		return []string{f.audienceHint()}
	case e.StatusCode == http.StatusNotFound, e.StatusCode == http.StatusMethodNotAllowed,
		e.Code == "" && strings.Contains(e.Problem, "not JSON"):
		return []string{fmt.Sprintf("the assertion was posted to %s; Google's token endpoint is %s",
			withoutQuery(f.tokenURL), googleTokenURL)}
	case f.account == nil:
		return nil
	case e.Code == "invalid_grant":
		return f.grantHints(e)
	}
	return f.codeHints(e)
}

// audienceHint tells the claim aud and the address posted to apart.
func (f *flags) audienceHint() string {
	posted := withoutQuery(f.tokenURL)
	switch aud := f.audience; {
	case f.account == nil:
		return fmt.Sprintf("aud was %s; if that is a private endpoint of Google's, "+
			"make the assertion with -aud %s", posted, googleTokenURL)
	case aud == "" && f.tokenURL != googleTokenURL:
		return fmt.Sprintf("aud was %s; if that is a private endpoint of Google's, add -aud %s",
			posted, googleTokenURL)
	case aud == "":
		return "aud was " + googleTokenURL + ", which is right: is a proxy answering in Google's place?"
	}
	return fmt.Sprintf("-aud was %s, and the assertion was posted to %s; Google's aud is %s",
		withoutQuery(f.audience), posted, googleTokenURL)
}

// grantHints is for invalid_grant, which only its description explains.
func (f *flags) grantHints(e *tokenexchange.Error) []string {
	k := f.account
	says := func(text string) bool { return strings.Contains(e.Description, text) }
	switch {
	case says("short-lived"):
		const sameTime = time.Minute // as in tokenexchange's advice
		if !e.ServerDate.IsZero() && e.ClockOffset().Abs() < sameTime {
			return []string{"fivestep jwt made iat and exp by this clock; to see them: " +
				"fivestep jwt ... | fivestep jwt -decode"}
		}
		return []string{"to compare the clocks: date -u; " +
			"curl -sI " + shellWord(k.TokenURI) + " | grep -i ^date"}
	case says("ignature"):
		return []string{
			fmt.Sprintf("signed with key %s of %s; is it listed? curl -s %s | grep %s",
				k.PrivateKeyID, k.ClientEmail, shellWord(certificates(k)), shellWord(k.PrivateKeyID)),
			fmt.Sprintf("or: gcloud iam service-accounts keys list --iam-account=%s%s",
				shellWord(k.ClientEmail), f.project()),
		}
	case says("Robot is missing a project number") && !isServiceAccount(k.ClientEmail):
		return []string{fmt.Sprintf("client_email is %s, which is not a service account's address: "+
			"those end in .gserviceaccount.com", k.ClientEmail)}
	case says("Robot is missing a project number"):
		return []string{"client_email is " + k.ClientEmail + ": is there a service account of that name?"}
	case says("Robot is disabled"):
		return []string{f.enableHint()}
	case says("account not found"):
		return []string{f.accountHint()}
	case f.sub != "":
		return []string{fmt.Sprintf("-sub is %s; without it, %s reads what is shared with it",
			f.sub, k.ClientEmail)}
	}
	return nil
}

// codeHints is for the errors that their code explains.
func (f *flags) codeHints(e *tokenexchange.Error) []string {
	noToken := e.StatusCode == http.StatusOK && strings.HasSuffix(e.Problem, "no access_token")
	switch {
	case noToken, e.Code == "invalid_scope":
		hints := []string{f.askedFor()}
		for _, scope := range f.scopes() {
			if !strings.Contains(scope, "://") && !isOpenID(scope) {
				hints = append(hints, "a scope of Google's is a URL: -scope "+
					shellWord("https://www.googleapis.com/auth/"+scope))
			}
		}
		return hints
	case e.Code == "disabled_client":
		return []string{f.enableHint()}
	case e.Code == "deleted_client", e.Code == "invalid_client", e.Code == "invalid_account":
		return []string{f.accountHint()}
	case e.Code == "unauthorized_client", e.Code == "access_denied":
		return []string{
			"at https://admin.google.com/ac/owl/domainwidedelegation, " +
				"the client ID is " + f.account.ClientID,
			"and its OAuth scopes are " + strings.Join(f.scopes(), ","),
		}
	}
	return nil
}

// isOpenID reports whether a scope is one of the few that aren't URLs.
func isOpenID(scope string) bool {
	return scope == "openid" || scope == "email" || scope == "profile"
}

func (f *flags) accountHint() string {
	return fmt.Sprintf("the account is %s: gcloud iam service-accounts list%s",
		f.account.ClientEmail, f.project())
}

func (f *flags) enableHint() string {
	return fmt.Sprintf("the account is %s: gcloud iam service-accounts enable %s%s",
		f.account.ClientEmail, shellWord(f.account.ClientEmail), f.project())
}

// project returns gcloud's flag for the account's project. Some key files have
// no project_id.
func (f *flags) project() string {
	if f.account.ProjectID == "" {
		return ""
	}
	return " --project=" + shellWord(f.account.ProjectID)
}

func (f *flags) askedFor() string {
	return f.account.ClientEmail + " asked for: " + strings.Join(f.scopes(), " ")
}

// certificates returns where Google lists the live keys of an account. Anyone
// may read that list.
func certificates(k *jwt.KeyFile) string {
	if strings.HasPrefix(k.ClientX509CertURL, "https://") || isThisMachine(k.ClientX509CertURL) {
		return k.ClientX509CertURL
	}
	return "https://www.googleapis.com/robot/v1/metadata/x509/" + url.QueryEscape(k.ClientEmail)
}
