// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"slices"
	"strings"
)

const (
	serviceAccountDomain = ".gserviceaccount.com"

	// RFC 7519, section 4.1.1.
	takeEmail = "iss is the client_email of the key file"
)

// wrongIssuer explains an iss that isn't the address of an account.
func (p *posted) wrongIssuer() Mistake {
	iss, isText := p.claims.text("iss")
	switch {
	case p.claims.twice == "iss":
		return twice("iss")
	case !p.claims.has("iss"):
		return Mistake{
			Name:  "iss-missing",
			Wrong: "there's no iss in the claims",
			Fix:   takeEmail,
		}
	case !isText, iss == "":
		return Mistake{
			Name:  "iss-not-text",
			Wrong: "iss is " + p.claims.value("iss"),
			Fix:   takeEmail + ", as a JSON string",
		}
	case strings.Contains(iss, "PRIVATE KEY"):
		return secretInClaims("iss")
	}
	if m := p.otherThanEmail(iss); m.Name != "" {
		return m
	}
	return p.unknownAddress(iss)
}

// twice explains a claim that is there twice. The last one counts.
func twice(name string) Mistake {
	return Mistake{
		Name: "member-twice",
		Wrong: quoted(name) + " appears twice: " +
			"here the last one counts, but other servers may take the first",
		Fix: "write each name once (RFC 7519, section 4)",
	}
}

// secretInClaims explains a private key that was sent in a claim.
func secretInClaims(name string) Mistake {
	return Mistake{
		Name: "claims-private-key",
		Wrong: "the claims hold the private key, in " + quoted(name) +
			"; claims are sent, and anyone can read them",
		Fix: "delete this key in the console, since it was sent over the network; " +
			"make claims of your own, with iss, scope, aud, iat and exp only",
	}
}

// otherThanEmail explains an iss that is something else from the key file or
// the console.
func (p *posted) otherThanEmail(iss string) Mistake {
	wrong := func(name, what string) Mistake {
		return Mistake{Name: name, Wrong: "iss is " + what, Fix: takeEmail}
	}
	for _, account := range p.Accounts {
		isKeyID := slices.ContainsFunc(account.Keys, func(k Key) bool { return k.ID == iss })
		switch {
		case iss == account.ClientID:
			return wrong("iss-client-id", "the account's client_id, "+quoted(iss))
		case iss == account.ProjectID, iss == account.ProjectNumber:
			return wrong("iss-project", "the project, "+quoted(iss))
		case isKeyID:
			return wrong("iss-key-id", "the ID of a key")
		case strings.TrimSpace(iss) == account.Email:
			return wrong("iss-space", quoted(iss)+", with a space or a line break")
		case strings.EqualFold(iss, account.Email):
			return wrong("iss-case", quoted(iss)+", in another case than "+account.Email)
		}
	}
	switch {
	case iss == p.URL, slices.Contains(p.GoogleURLs, iss):
		m := wrong("iss-is-aud", "the token endpoint, which is aud")
		m.Fix += ", and aud is its token_uri"
		return m
	case strings.HasSuffix(iss, ".apps.googleusercontent.com"):
		return wrong("iss-client-id", quoted(iss)+
			", the client ID of an application that users log in to")
	case strings.Contains(iss, "@") && !strings.HasSuffix(iss, serviceAccountDomain):
		m := wrong("iss-user", quoted(iss)+", a person or a calendar, not a service account")
		m.Fix += "; to read a person's calendar, have it shared with that address"
		return m
	}
	return Mistake{}
}

// unknownAddress explains an iss that looks right, but no account has it.
func (p *posted) unknownAddress(iss string) Mistake {
	const fewTypos = 4
	var emails []string
	for _, account := range p.Accounts {
		emails = append(emails, account.Email)
	}
	email, distance := nearest(iss, emails)
	if distance <= fewTypos {
		return Mistake{
			Name:  "iss-misspelled",
			Wrong: "iss is " + quoted(iss) + ", and the account is " + email,
			Fix:   takeEmail + ": read it from there",
		}
	}
	return Mistake{
		Name: "iss-unknown",
		Wrong: "iss is " + quoted(iss) + ", and no account has this address: " +
			"it was deleted, or it never was one",
		Fix: takeEmail + "; if it is, see in the console whether the account still exists",
	}
}

// takeSubject is when to have a sub.
const takeSubject = "leave sub out, and share the calendar with iss; " +
	"sub is for domain-wide delegation, which a Workspace administrator grants"

// wrongSubject explains a sub that the account may not act for.
func (p *posted) wrongSubject() Mistake {
	name := "sub"
	sub, _ := p.claims.text("sub")
	if sub == "" {
		name = "prn" // its old name
		sub, _ = p.claims.text("prn")
	}
	wrong := func(kind, what string) Mistake {
		return Mistake{
			Name:  kind,
			Wrong: name + " is " + quoted(sub) + what,
			Fix:   takeSubject,
		}
	}
	switch {
	case p.account == nil:
		return p.wrongIssuer()
	case p.claims.twice == name:
		return twice(name)
	case sub == p.account.Email:
		return wrong("sub-own-address", ", the account itself, which needs no sub")
	case strings.HasSuffix(sub, "@gmail.com"), strings.HasSuffix(sub, "@googlemail.com"):
		return wrong("sub-gmail", ", and nobody can act for a private Google account like this")
	case strings.HasSuffix(sub, ".calendar.google.com"):
		return wrong("sub-calendar", ", a calendar, which can't act")
	case len(p.account.Delegated) == 0:
		return wrong("sub-not-delegated", ", and "+p.account.Email+
			" has no domain-wide delegation")
	}
	return p.wrongDelegation(sub)
}

// wrongDelegation explains a sub of an account that has some delegation.
func (p *posted) wrongDelegation(sub string) Mistake {
	scope, _ := p.claims.text("scope")
	for _, scope := range strings.Fields(scope) {
		if !slices.Contains(p.account.Delegated, scope) {
			return Mistake{
				Name:  "sub-scope-not-delegated",
				Wrong: "the delegation doesn't cover the scope " + quoted(scope),
				Fix: "ask for the scopes that the administrator entered, exactly as entered: " +
					unquoted(strings.Join(p.account.Delegated, " ")),
			}
		}
	}
	return Mistake{
		Name:  "sub-unknown-user",
		Wrong: "sub is " + quoted(sub) + ", and the Workspace has no such user",
		Fix:   "sub is the primary e-mail address of a user of the domain",
	}
}
