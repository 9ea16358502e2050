// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"net/url"
	"slices"
	"strings"
)

// wrongAudience explains an aud that isn't the token endpoint's address.
// RFC 7523, section 3: the server must refuse such an assertion.
func (p *posted) wrongAudience() Mistake {
	wrong := func(name, what string) Mistake {
		return Mistake{
			Name:  name,
			Wrong: what,
			Fix:   "aud is the key file's token_uri, to which you also post; here " + shortened(p.URL),
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
		return wrong("aud-http", is+", with http in place of https")
	case p.isEndpoint(strings.Replace(aud, "https:", "http:", 1)):
		return wrong("aud-https", is+", with https, and this server speaks http")
	case strings.Contains(aud, "@"):
		return wrong("aud-email", is+", an address of somebody, and aud is the one who reads the JWT")
	case strings.HasSuffix(aud, "/o/oauth2/auth"), strings.HasSuffix(aud, "/o/oauth2/v2/auth"):
		return wrong("aud-auth-uri", is+", the page where users log in (auth_uri)")
	}
	return p.otherAddress(aud, wrong)
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
		return wrong("aud-path", is+", and the assertion was posted to "+shortened(p.URL))
	case isToken:
		return wrong("aud-host", is+", and the assertion was posted to "+shortened(p.URL)+
			"; they must be the same text, even if both names lead to this server")
	}
	return wrong("aud-other", is+", and the assertion was posted to "+shortened(p.URL))
}
