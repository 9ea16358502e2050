// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"bytes"
	"fmt"
	"mime"
	"net/url"
	"strings"
)

// How to send the assertion, RFC 7523, section 2.1, and RFC 6749, appendix B.
const (
	sendForm      = "POST grant_type=...&assertion=... as application/x-www-form-urlencoded"
	sendGrantType = "grant_type is urn:ietf:params:oauth:grant-type:jwt-bearer, " +
		"escaped once: your HTTP library's form encoder does that"
)

// wrongMethod explains a request that isn't a POST.
func wrongMethod(req TokenRequest) Mistake {
	wrong := "the token endpoint was asked with " + unquoted(req.Method)
	query, _ := url.ParseQuery(req.Query)
	if query.Has("assertion") || query.Has("grant_type") {
		wrong += ", and the parameters are in the URL, which servers write to their logs"
	}
	return Mistake{Name: "form-method", Wrong: wrong, Fix: sendForm}
}

// wrongForm explains why no grant_type was found that says JWT bearer.
func (p *posted) wrongForm() Mistake {
	query, _ := url.ParseQuery(p.Query)
	body := bytes.TrimSpace(p.Body)
	switch {
	case query.Has("grant_type") && !p.form.Has("grant_type"):
		return Mistake{
			Name: "form-in-query",
			Wrong: "the parameters are in the URL, where Google doesn't look, " +
				"and which servers write to their logs",
			Fix: sendForm,
		}
	case len(body) == 0:
		return Mistake{
			Name:  "form-empty",
			Wrong: "the body is empty",
			Fix: sendForm +
				"; if you did send one, a redirect or a stream that was read twice may have lost it",
		}
	case body[0] == '{':
		return Mistake{
			Name:  "form-json",
			Wrong: "the body is JSON, and the token endpoint reads forms only",
			Fix:   sendForm,
		}
	}
	if m := p.wrongContentType(); m.Name != "" {
		return m
	}
	return p.wrongGrantType()
}

// wrongContentType explains a body that isn't declared as a form.
func (p *posted) wrongContentType() Mistake {
	declared := p.Header.Get("Content-Type")
	kind, _, _ := mime.ParseMediaType(declared)
	switch {
	case kind == "application/x-www-form-urlencoded":
		return Mistake{}
	case kind == "multipart/form-data":
		return Mistake{
			Name: "form-multipart",
			Wrong: "the form is multipart/form-data, as for uploading files " +
				"(curl -F and JavaScript's FormData do that)",
			Fix: sendForm + " (curl --data-urlencode, URLSearchParams)",
		}
	case declared == "":
		return Mistake{
			Name:  "form-content-type-missing",
			Wrong: "no Content-Type says that the body is a form",
			Fix:   sendForm,
		}
	}
	return Mistake{
		Name:  "form-content-type",
		Wrong: "Content-Type is " + quoted(declared) + ", so the body isn't read as a form",
		Fix:   sendForm,
	}
}

// wrongGrantType explains a form whose grant_type isn't JWT bearer.
func (p *posted) wrongGrantType() Mistake {
	grantType := p.form.Get("grant_type")
	unescaped, _ := url.QueryUnescape(grantType)
	_, distance := nearest(strings.ToLower(grantType), []string{jwtBearer})
	const fewTypos = 12
	switch {
	case grantType == "" && bytes.HasPrefix(p.Body, []byte("eyJ")):
		return Mistake{
			Name:  "form-bare-assertion",
			Wrong: "the body is the assertion itself, without a form around it",
			Fix:   sendForm,
		}
	case grantType == "":
		return Mistake{
			Name:  "grant-type-missing",
			Wrong: "the form has no grant_type, or an empty one",
			Fix:   sendGrantType,
		}
	case unescaped == jwtBearer: // grantType itself isn't
		return Mistake{
			Name: "grant-type-escaped-twice",
			Wrong: "grant_type was escaped twice: after decoding the form it's still " +
				quoted(grantType),
			Fix: sendGrantType +
				", so give it the plain text",
		}
	case strings.HasPrefix(grantType, "urn:ietf:params:oauth:client-assertion-type"):
		return Mistake{
			Name: "grant-type-client-assertion",
			Wrong: "grant_type is a client-assertion-type, " +
				"which authenticates a client in another flow (RFC 7523, section 2.2)",
			Fix: sendGrantType,
		}
	case distance <= fewTypos:
		return Mistake{
			Name:  "grant-type-misspelled",
			Wrong: "grant_type is misspelled: " + quoted(grantType),
			Fix:   sendGrantType,
		}
	}
	return Mistake{
		Name:  "grant-type-other",
		Wrong: fmt.Sprintf("grant_type is %s, which belongs to another flow", quoted(grantType)),
		Fix:   sendGrantType,
	}
}
