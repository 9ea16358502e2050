// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// forgiven reports what is wrong with a request that was accepted. Some of it
// other servers refuse; some of it makes Google return something else than an
// access token. A missing kid or typ isn't reported: Google's own clients for
// Ruby and Node.js send none.
func (p *posted) forgiven() Mistake {
	for _, find := range []func() Mistake{
		p.privateKeyInClaims,
		p.idTokenAsked,
		p.unknownScope,
		p.padding,
		p.memberTwice,
		p.timesForgiven,
		p.otherKeyID,
		p.oldAudience,
		p.needlessClaims,
		p.unescapedGrantType,
	} {
		if m := find(); m.Name != "" {
			return m
		}
	}
	return Mistake{}
}

// privateKeyInClaims finds a key file that became claims.
func (p *posted) privateKeyInClaims() Mistake {
	for _, name := range slices.Sorted(maps.Keys(p.claims.members)) {
		if bytes.Contains(p.claims.members[name], []byte("PRIVATE KEY")) {
			return secretInClaims(name)
		}
	}
	return Mistake{}
}

// idTokenAsked finds the claim that asks for an ID token.
func (p *posted) idTokenAsked() Mistake {
	audience, _ := p.claims.text("target_audience")
	if audience == "" {
		return Mistake{}
	}
	return Mistake{
		Name:  "target-audience",
		Wrong: "target_audience asks for an id_token, and there is no access_token then",
		Fix: "leave target_audience out to use the Calendar API; " +
			"it's for services of your own, such as Cloud Run",
	}
}

// padding finds base64 with padding, which RFC 7515, section 2 leaves out.
func (p *posted) padding() Mistake {
	if !strings.Contains(p.assertion, "=") {
		return Mistake{}
	}
	return Mistake{
		Name:  "encoding-padding",
		Wrong: "there's padding (=) in the assertion; Google accepts it, and other servers don't",
		Fix:   encodePart,
	}
}

// memberTwice finds a name that appears twice.
func (p *posted) memberTwice() Mistake {
	for _, name := range []string{p.header.twice, p.claims.twice} {
		if name != "" {
			return twice(name)
		}
	}
	return Mistake{}
}

// timesForgiven finds times that other servers would refuse.
func (p *posted) timesForgiven() Mistake {
	for _, name := range []string{"iat", "exp"} {
		if _, isText := p.claims.text(name); isText {
			return Mistake{
				Name:  "time-as-text",
				Wrong: name + " is the text " + p.claims.value(name) + ", not a number",
				Fix:   takeTimes,
			}
		}
	}
	iat, _ := p.claims.seconds("iat")
	exp, _ := p.claims.seconds("exp")
	const rounding = 1 // second
	if exp-iat > maxLifetime+rounding {
		return longLifetime(exp - iat)
	}
	return Mistake{}
}

// otherKeyID finds a kid that isn't the key that signed (RFC 7515, section
// 4.1.4). Google's tolerance is reconstructed.
func (p *posted) otherKeyID() Mistake {
	const fix = "kid is the private_key_id of the file that private_key is from"
	kid, isText := p.header.text("kid")
	if p.account == nil || !p.header.has("kid") {
		return Mistake{}
	}
	index := slices.IndexFunc(p.account.Keys, func(k Key) bool {
		return isText && k.ID == kid && !k.Revoked
	})
	if index < 0 {
		return Mistake{
			Name:  "kid-unknown",
			Wrong: "kid is " + p.header.value("kid") + ", which isn't a key of the account",
			Fix:   fix,
		}
	}
	signature, _ := decodeAny(p.signature)
	digest := sha256.Sum256([]byte(p.header.sent + "." + p.claims.sent))
	key := p.account.Keys[index].Public
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) != nil {
		return Mistake{
			Name:  "kid-other-key",
			Wrong: "kid is one key of the account, and another key of it made the signature",
			Fix:   fix,
		}
	}
	return Mistake{}
}

// oldAudience finds an aud that is an older address than the one posted to.
func (p *posted) oldAudience() Mistake {
	aud, _ := p.claims.text("aud")
	own, _ := url.Parse(p.URL)
	other, _ := url.Parse(aud)
	isToday := len(p.GoogleURLs) > 0 && aud == p.GoogleURLs[0]
	if isToday || own == nil || other == nil || own.Path == other.Path {
		return Mistake{}
	}
	return Mistake{
		Name: "aud-legacy",
		Wrong: "aud is " + quoted(aud) + ", an old address, " +
			"and the assertion was posted to " + unquoted(own.Path),
		Fix: takeTokenURI,
	}
}

// needlessClaims finds claims that Google doesn't ask for.
func (p *posted) needlessClaims() Mistake {
	// jti and nbf: libraries add them (RFC 7519, section 4.1). prn is the old
	// name of sub, which Google's client for Go still writes.
	known := []string{"iss", "scope", "aud", "iat", "exp", "sub", "prn", "jti", "nbf"}
	ofIDToken := []string{
		"email", "email_verified", "azp", "nonce", "at_hash", "auth_time", "name", "picture",
		"given_name", "family_name", "hd",
	}
	for _, name := range slices.Sorted(maps.Keys(p.claims.members)) {
		switch {
		case slices.Contains(known, name):
			continue
		case slices.Contains(ofIDToken, name):
			return Mistake{
				Name:  "claims-of-id-token",
				Wrong: quoted(name) + " is a claim of an ID token, which only Google issues",
				Fix:   "send iss, scope, aud, iat and exp only",
			}
		}
		return Mistake{
			Name:  "claims-needless",
			Wrong: "Google doesn't read the claim " + quoted(name),
			Fix:   "leave it out: anyone who sees the assertion can read its claims",
		}
	}
	return Mistake{}
}

// unescapedGrantType finds colons that RFC 6749, appendix B escapes.
func (p *posted) unescapedGrantType() Mistake {
	if !bytes.Contains(p.Body, []byte("grant_type=urn:")) {
		return Mistake{}
	}
	return Mistake{
		Name: "grant-type-not-escaped",
		Wrong: "the form isn't escaped: grant_type has its colons; " +
			"it's a habit that breaks with the first value that has a + or an &",
		Fix: "let your HTTP library's form encoder write the body",
	}
}
