// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"net/url"
	"slices"
	"strings"
)

const (
	scopePrefix = "https://www.googleapis.com/auth/"

	// RFC 6749, section 3.3.
	takeScope = "scope is one JSON string: a scope's whole URL, " +
		"or several with a space between them; to read events, " +
		"https://www.googleapis.com/auth/calendar.events.readonly"

	// RFC 7523, section 3.
	takeTokenURI = "aud is the key file's token_uri, to which you also post"
)

// wrongScope explains a scope that is missing or can't be read.
func (p *posted) wrongScope() Mistake {
	wrong := func(name, what string) Mistake {
		return Mistake{Name: name, Wrong: what, Fix: takeScope}
	}
	scope, isText := p.claims.text("scope")
	switch {
	case p.claims.twice == "scope":
		return twice("scope")
	case !p.claims.has("scope") && p.claims.has("scopes"):
		return wrong("scope-named-scopes", "the claim is called scopes, and Google reads scope")
	case !p.claims.has("scope"):
		return wrong("scope-missing", "there's no scope in the claims")
	case p.claims.members["scope"][0] == '[':
		return wrong("scope-array", "scope is a JSON array")
	case !isText:
		return wrong("scope-not-text", "scope is "+p.claims.value("scope"))
	case strings.TrimSpace(scope) == "":
		return wrong("scope-empty", "scope is empty")
	case strings.Contains(scope, ","):
		return wrong("scope-comma", "there's a comma in scope: "+quoted(scope))
	case strings.ContainsAny(scope, "\r\n\t"):
		return wrong("scope-line-break", "there's a line break or a tab in scope: "+quoted(scope))
	case strings.ContainsAny(scope, `"\`):
		return wrong("scope-quoted", "there are quotes or backslashes in scope: "+quoted(scope))
	}
	return wrong(Unknown, "scope is "+quoted(scope))
}

// unknownScope explains an ID token instead of an access token: Google takes a
// scope that it doesn't know for an audience.
func (p *posted) unknownScope() Mistake {
	const (
		fewTypos = 6
		most     = 20 // scopes to look at
		idToken  = "; Google takes it for an audience and returns an id_token, no access_token"
	)
	claim, _ := p.claims.text("scope")
	scopes := strings.Fields(claim)
	for _, scope := range scopes[:min(len(scopes), most)] {
		if slices.Contains(p.Scopes, scope) {
			continue
		}
		known, distance := nearest(scope, p.Scopes)
		switch {
		case slices.Contains(p.Scopes, scopePrefix+scope):
			return Mistake{
				Name:  "scope-prefix-missing",
				Wrong: "scope is " + quoted(scope) + ", without the beginning of its URL" + idToken,
				Fix:   "write " + scopePrefix + scope,
			}
		case distance <= fewTypos:
			return Mistake{
				Name:  "scope-misspelled",
				Wrong: "there's no scope " + quoted(scope) + idToken,
				Fix:   "the nearest one is " + known,
			}
		}
		return Mistake{
			Name:  "scope-unknown",
			Wrong: "the server doesn't know the scope " + quoted(scope) + idToken,
			Fix:   takeScope,
		}
	}
	return Mistake{}
}

// wrongAudience explains an aud that isn't the token endpoint's address.
// RFC 7523, section 3: the server must refuse such an assertion.
func (p *posted) wrongAudience() Mistake {
	wrong := func(name, what string) Mistake {
		return Mistake{
			Name:  name,
			Wrong: what,
			Fix:   takeTokenURI + "; here " + p.endpoint(),
		}
	}
	aud, isText := p.claims.text("aud")
	is := "aud is " + p.claims.value("aud")
	switch {
	case p.claims.twice == "aud":
		return twice("aud")
	case !p.claims.has("aud"):
		return wrong("aud-missing", "there's no aud in the claims")
	case p.claims.members["aud"][0] == '[':
		return wrong("aud-array", "aud is a JSON array; RFC 7519 allows that, and Google doesn't")
	case !isText, aud == "":
		return wrong("aud-not-text", is)
	case p.isEndpoint(strings.TrimSpace(aud)):
		return wrong("aud-space", is+", with a space or a line break")
	case p.isEndpoint(strings.TrimRight(aud, "/")):
		return wrong("aud-slash", is+", with a slash at the end")
	case p.isEndpoint(strings.Replace(aud, "http:", "https:", 1)):
		return wrong("aud-http", is+", with http instead of https")
	case p.isEndpoint(strings.Replace(aud, "https:", "http:", 1)):
		return wrong("aud-https", is+", with https, and this server speaks http")
	case strings.Contains(aud, "@"):
		return wrong("aud-email", is+", an e-mail address, and aud is where this JWT is sent")
	case strings.HasSuffix(aud, "/o/oauth2/auth"), strings.HasSuffix(aud, "/o/oauth2/v2/auth"):
		return wrong("aud-auth-uri", is+", the page where users log in (auth_uri)")
	}
	return p.otherAddress(aud, wrong)
}

// endpoint is the address of the token endpoint, to be shown. A fake may be
// reached at Google's address without TLS, within one process.
func (p *posted) endpoint() string {
	withTLS := strings.Replace(p.URL, "http:", "https:", 1)
	if slices.Contains(p.GoogleURLs, withTLS) {
		return withTLS
	}
	return unquoted(p.URL)
}

// isEndpoint reports whether a URL is an address of the token endpoint.
func (p *posted) isEndpoint(address string) bool {
	return address == p.URL || slices.Contains(p.GoogleURLs, address)
}

// beginsEndpoint reports whether an address of the token endpoint begins with a
// text.
func (p *posted) beginsEndpoint(text string) bool {
	return strings.HasPrefix(p.URL, text) || slices.ContainsFunc(p.GoogleURLs,
		func(address string) bool { return strings.HasPrefix(address, text) })
}

// otherAddress explains an aud that is the address of something else.
func (p *posted) otherAddress(aud string, wrong func(name, what string) Mistake) Mistake {
	is := "aud is " + quoted(aud)
	own, _ := url.Parse(p.URL)
	other, err := url.Parse(aud)
	if err != nil || own == nil || other.Host == "" {
		return wrong("aud-not-url", is+", which isn't a URL")
	}
	isToken := strings.HasSuffix(other.Path, "/token")
	isGoogle := strings.HasSuffix(other.Host, ".google.com") ||
		strings.HasSuffix(other.Host, ".googleapis.com")
	switch {
	case strings.Contains(aud, "calendar"):
		return wrong("aud-calendar-api", is+": that is where the access token will be used, "+
			"and aud is where this JWT is sent")
	case p.beginsEndpoint(strings.TrimSuffix(aud, "/") + "/"):
		return wrong("aud-without-path", is+", only the beginning of the token endpoint's address")
	case isGoogle && isToken:
		return wrong("aud-legacy", is+", an old address of the token endpoint")
	case isGoogle:
		return wrong("aud-other-api", is+", another service: aud is where this JWT is sent")
	case other.Host == own.Host:
		return wrong("aud-path", is+", and the assertion was posted to "+p.endpoint())
	case isToken:
		return wrong("aud-host", is+", and the assertion was posted to "+p.endpoint()+
			"; they must be the same text, even if both names lead to this server")
	}
	return wrong("aud-other", is+", and the assertion was posted to "+p.endpoint())
}
