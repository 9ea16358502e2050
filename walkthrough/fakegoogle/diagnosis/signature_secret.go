// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"crypto/hmac"
	"crypto/sha256"
)

// An HMAC is made and checked with the same secret. There's none between you
// and Google: Google has only the public half of your key.
const noSharedSecret = "Google can't check an HMAC, since it doesn't have your private key; " +
	signRS256

// hmacDeclared explains a header whose alg is that of an HMAC.
func (p *posted) hmacDeclared(alg string) Mistake {
	signature, _ := decodeAny(p.signature)
	if m := p.sharedSecret(signature); m.Name != "" {
		return m
	}
	return Mistake{
		Name: "hs256-unknown-secret",
		Wrong: "alg is " + alg + ", an HMAC with a shared secret; " +
			"which secret it was can't be told",
		Fix: noSharedSecret,
	}
}

// sharedSecret explains an HMAC with SHA-256 whose secret is a piece of the key
// file, or all of it.
func (p *posted) sharedSecret(signature []byte) Mistake {
	text := []byte(p.header.sent + "." + p.claims.sent)
	for _, key := range p.account.Keys {
		if isHMAC(signature, []byte(key.ID), text) {
			return wrongSecret("key-id", "the key's ID")
		}
		for _, secret := range key.Secrets {
			if !isHMAC(signature, secret.SHA256[:], text) {
				continue
			}
			switch secret.Name {
			case "key-file":
				return wrongSecret(secret.Name, "the whole text of the key file")
			case "pem":
				return wrongSecret(secret.Name, "the text of the private key")
			}
		}
	}
	return Mistake{}
}

// isHMAC reports whether a signature is HS256 with this secret, RFC 7518,
// section 3.2.
func isHMAC(signature, secret, text []byte) bool {
	mac := hmac.New(sha256.New, secret)
	mac.Write(text)
	return hmac.Equal(mac.Sum(nil), signature)
}

func wrongSecret(name, what string) Mistake {
	return Mistake{
		Name:  "hs256-" + name,
		Wrong: "the signature is an HMAC (HS256), with " + what + " as its secret",
		Fix:   noSharedSecret,
	}
}
