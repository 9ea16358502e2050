// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"slices"
	"strings"
)

const (
	scopePrefix = "https://www.googleapis.com/auth/"

	// RFC 6749, section 3.3.
	takeScope = "scope is one JSON string: a scope's whole URL, " +
		"or several with a space between them; to read events, " +
		"https://www.googleapis.com/auth/calendar.events.readonly"
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

// unknownScope explains an ID token in place of an access token: Google takes a
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
