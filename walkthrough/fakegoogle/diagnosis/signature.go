// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

const (
	// RFC 7515, section 5.1.
	signText = "sign the text base64url(header).base64url(claims), " +
		"byte for byte as you send it"
	// RFC 7518, section 3.3.
	signRS256 = "use RS256: RSASSA-PKCS1-v1_5 with SHA-256 and the private_key of the key file " +
		"(openssl dgst -sha256 -sign, SHA256withRSA)"
	// RFC 7515, section 2.
	encodeSignature = "encode the signature's bytes once, in base64url without padding"
)

// wrongSignature explains a signature that no live key of the account made with
// RS256. It looks at the algorithm first, then at the length of the signature,
// and then into it.
func (p *posted) wrongSignature() Mistake {
	if p.account == nil {
		return p.wrongIssuer()
	}
	if m := p.wrongAlgorithm(); m.Name != "" {
		return m
	}
	signature, _ := decodeAny(p.signature)
	size := p.signatureSize()
	if m := p.wrongSignatureText(signature, size); m.Name != "" {
		return m
	}
	if m := p.sharedSecret(signature); m.Name != "" {
		return m
	}
	if m := p.wrongBlock(signature); m.Name != "" {
		return m
	}
	if m := wrongLength(signature, size); m.Name != "" {
		return m
	}
	return p.unknownKey()
}

// wrongAlgorithm explains a header whose alg isn't RS256.
func (p *posted) wrongAlgorithm() Mistake {
	alg, _ := p.header.text("alg")
	switch {
	case alg == "RS256" && p.signature == "":
		return Mistake{
			Name:  "signature-empty",
			Wrong: "the signature is empty, though alg says RS256",
			Fix:   signRS256,
		}
	case alg == "RS256":
		return Mistake{}
	case !p.header.has("alg"):
		return Mistake{
			Name:  "alg-missing",
			Wrong: "the header has no alg",
			Fix:   `the header is {"alg":"RS256","typ":"JWT","kid":"..."}`,
		}
	// RFC 7518, section 3.6.
	case strings.EqualFold(alg, "none"):
		return Mistake{
			Name:  "alg-none",
			Wrong: "alg is none: the assertion isn't signed",
			Fix:   signRS256,
		}
	// RFC 7518, section 3.2.
	case alg == "HS256", alg == "HS384", alg == "HS512":
		return p.hmacDeclared(alg)
	}
	return p.otherAlgorithm(alg)
}

// otherAlgorithm explains an alg that is neither RS256 nor an HMAC.
func (p *posted) otherAlgorithm(alg string) Mistake {
	is := "alg is " + p.header.value("alg")
	switch {
	// RFC 7518, section 3.4. EdDSA is RFC 8037, section 3.1.
	case strings.HasPrefix(alg, "ES"), alg == "EdDSA":
		return Mistake{
			Name:  "alg-es256",
			Wrong: is + ", which needs an elliptic curve key; yours is an RSA key",
			Fix:   signRS256,
		}
	// RFC 7518, section 3.5.
	case strings.HasPrefix(alg, "PS"):
		return Mistake{
			Name:  "signature-pss",
			Wrong: is + ": the same key, but another padding (PSS)",
			Fix:   signRS256,
		}
	case alg == "RS384", alg == "RS512":
		return Mistake{
			Name:  "signature-sha" + alg[2:],
			Wrong: is + ": the same key, but another hash",
			Fix:   signRS256,
		}
	// RFC 7515, section 4.1.1.
	case strings.EqualFold(alg, "RS256"):
		return Mistake{
			Name:  "alg-case",
			Wrong: is + ", and the case matters",
			Fix:   "write RS256 in upper case",
		}
	}
	return Mistake{
		Name:  "alg-unknown",
		Wrong: is + ", which isn't the name of an algorithm in a JWT",
		Fix:   `write "alg":"RS256", whatever your signing function is called`,
	}
}

// signatureSize is how many bytes a signature by the account's keys has: as
// many as the modulus (RFC 8017, section 8.2.1). If they differ, the first key
// is as good as any.
func (p *posted) signatureSize() int {
	const rsa2048 = 256
	if p.account == nil || len(p.account.Keys) == 0 {
		return rsa2048
	}
	return p.account.Keys[0].Public.Size()
}

// wrongSignatureText explains a signature that was written down wrongly.
func (p *posted) wrongSignatureText(signature []byte, size int) Mistake {
	inHex, _ := hex.DecodeString(p.signature)
	hexInside, _ := hex.DecodeString(string(signature))
	inside, _ := decodeAny(string(signature))
	switch size {
	case len(inHex):
		return Mistake{
			Name:  "signature-hex",
			Wrong: fmt.Sprintf("the signature is %d hexadecimal digits", 2*size),
			Fix:   encodeSignature,
		}
	case len(hexInside):
		return Mistake{
			Name:  "signature-base64-of-hex",
			Wrong: "the signature was written in hexadecimal, and that text in base64url",
			Fix:   encodeSignature + ", not their hexadecimal digits",
		}
	case len(inside):
		return Mistake{
			Name:  "signature-base64-twice",
			Wrong: "the signature was encoded in base64 twice",
			Fix:   encodeSignature,
		}
	}
	return Mistake{}
}

// wrongLength explains a signature that is too long or too short for RS256.
func wrongLength(signature []byte, size int) Mistake {
	const (
		ecdsaP256, ecdsaP384, ecdsaP521 = 64, 96, 132
		sha256Size                      = 32
	)
	length := len(signature)
	isDER := length > ecdsaP256 && length <= ecdsaP256+8 && signature[0] == 0x30
	has := fmt.Sprintf("the signature has %d bytes, and a signature by this account's keys has %d",
		length, size)
	switch {
	case length == size:
		return Mistake{}
	case length == sha256Size:
		return Mistake{
			Name: "signature-is-hash",
			Wrong: has + ": it's as long as a SHA-256, or an HMAC with a secret " +
				"that isn't part of the key file",
			Fix: signRS256,
		}
	case isDER, slices.Contains([]int{ecdsaP256, ecdsaP384, ecdsaP521}, length):
		return Mistake{
			Name:  "signature-es256",
			Wrong: has + ": it's as long as one by an elliptic curve key (ES256 and the like)",
			Fix:   signRS256,
		}
	case slices.Contains([]int{128, 256, 384, 512}, length):
		return Mistake{
			Name:  "signature-key-size",
			Wrong: fmt.Sprintf("%s: it's as long as one by an RSA key of %d bits", has, 8*length),
			Fix:   "sign with the private_key of the key file that iss is from",
		}
	case length > size:
		return Mistake{
			Name:  "signature-too-long",
			Wrong: has,
			Fix:   encodeSignature + ", and nothing after it",
		}
	}
	return Mistake{
		Name:  "signature-truncated",
		Wrong: has + ": a part is missing",
		Fix: "send it whole; look for a buffer, a column or a variable that is too short, " +
			"and for code that stops at a zero byte",
	}
}

// unknownKey explains a signature of the right length that none of the known
// keys opens.
func (p *posted) unknownKey() Mistake {
	tried := 0
	for _, account := range p.Accounts {
		tried += len(account.Keys)
	}
	kid, _ := p.header.text("kid")
	known := slices.ContainsFunc(p.account.Keys, func(k Key) bool { return k.ID == kid })
	wrong := fmt.Sprintf("none of the %d public keys that were tried opens this signature",
		min(tried, maxKeys))
	if tried == 1 {
		wrong = "the only public key here doesn't open this signature"
	}
	switch {
	case kid == "":
		wrong += ", and no kid says which key was meant"
	case known:
		wrong += ", though kid names a key of " + p.account.Email
	default:
		wrong += ", and kid is " + quoted(kid) + ", which isn't a key of " + p.account.Email
	}
	return Mistake{
		Name:  "signature-unknown-key",
		Wrong: wrong + ": another key made it, or its bytes were changed",
		Fix: "take private_key, private_key_id and client_email from the same key file, " +
			"one that the account still has; read the signature as bytes, never as text",
	}
}

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
