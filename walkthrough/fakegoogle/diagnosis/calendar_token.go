// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// sendToken is how to send an access token (RFC 6750 section 2.1).
const sendToken = "send the header Authorization: Bearer ACCESS_TOKEN, " +
	"with the access_token that the token endpoint returned"

// wrongToken explains why the check of the access token refused a request.
func (r *CalendarRequest) wrongToken() Mistake {
	text := r.Token
	if token, ok := r.Server.Token(text); ok {
		return tokenTooLate(token, r.Time)
	}
	if text == "" {
		return r.first(
			noScheme,
			otherScheme,
			emptyToken,
			tokenInOtherHeader,
			tokenInQuery,
			apiKey,
			noToken,
		)
	}
	const longest = 4096 // bytes; Google's tokens have up to 2,048
	if len(text) > longest {
		return unknownMistake(fmt.Sprintf("what was sent as the access token has %d bytes, "+
			"more than any access token", len(text)))
	}
	return r.first(
		schemeTwice,
		placeholderToken,
		apiKey,
		tokenWithLineBreak,
		tokenInQuotes,
		tokenInAnswer,
		tokenCutOff,
		jwtForToken,
		strangeToken,
	)
}

// tokenTooLate explains why a token that was issued isn't valid anymore.
func tokenTooLate(token IssuedToken, now time.Time) Mistake {
	if token.Deleted {
		return Mistake{
			"token-of-deleted-account",
			"the service account " + quoted(token.Account) +
				" was deleted after the access token was issued",
			"use the key of an account that exists",
		}
	}
	wrong := "the access token has just expired"
	if ago := now.Sub(token.Expires).Truncate(time.Second); ago > 0 {
		wrong = fmt.Sprintf("the access token expired %s ago", ago)
	}
	return Mistake{
		"token-expired",
		wrong,
		"a token is valid for the seconds in expires_in: count them, " +
			"and get a new one a little earlier, with a new JWT",
	}
}

// authorization splits the Authorization header.
func (r *CalendarRequest) authorization() (scheme, token string) {
	scheme, token, _ = strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	return scheme, strings.TrimSpace(token)
}

func noScheme(r *CalendarRequest) Mistake {
	word, rest := r.authorization()
	if word == "" || rest != "" || strings.EqualFold(word, "Bearer") {
		return Mistake{}
	}
	return Mistake{
		"no-scheme",
		"the Authorization header has one word, without Bearer and a space before it",
		sendToken,
	}
}

func otherScheme(r *CalendarRequest) Mistake {
	scheme, token := r.authorization()
	if token == "" || strings.EqualFold(scheme, "Bearer") {
		return Mistake{}
	}
	return Mistake{
		"other-scheme",
		"the Authorization header has the scheme " + quoted(scheme) + ", not Bearer",
		sendToken,
	}
}

func emptyToken(r *CalendarRequest) Mistake {
	scheme, token := r.authorization()
	if token != "" || !strings.EqualFold(scheme, "Bearer") {
		return Mistake{}
	}
	return Mistake{
		"empty-token",
		"the Authorization header says Bearer, and then nothing",
		"check that the token endpoint's answer has an access_token " +
			"before you use it: a 200 alone doesn't promise one",
	}
}

func schemeTwice(r *CalendarRequest) Mistake {
	word, _, ok := strings.Cut(r.Token, " ")
	if !ok || !strings.EqualFold(word, "Bearer") {
		return Mistake{}
	}
	return Mistake{
		"scheme-twice",
		"the Authorization header says Bearer twice",
		"write Bearer once: your HTTP library may add it on its own",
	}
}

func tokenInOtherHeader(r *CalendarRequest) Mistake {
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			fields := strings.Fields(value)
			if len(fields) == 0 {
				continue
			}
			if _, ok := r.Server.Token(fields[len(fields)-1]); ok {
				return Mistake{
					"token-in-other-header",
					"the access token is in the header " + quoted(name),
					sendToken,
				}
			}
		}
	}
	return Mistake{}
}

// tokenInQuery finds an access token in the URL, whether the request was
// refused or not. The fake accepts it there as access_token.
func tokenInQuery(r *CalendarRequest) Mistake {
	for _, name := range slices.Sorted(maps.Keys(r.Query)) {
		for _, value := range r.Query[name] {
			if _, ok := r.Server.Token(value); ok {
				return Mistake{
					"token-in-query",
					"the access token is in the URL, as the parameter " + quoted(name) +
						": proxies and servers write URLs into their logs",
					sendToken,
				}
			}
		}
	}
	return Mistake{}
}

func apiKey(r *CalendarRequest) Mistake {
	// Google's API keys have 39 characters and this beginning.
	const length, beginning = 39, "AIza"
	for _, text := range []string{r.Token, r.Query.Get("key")} {
		if len(text) == length && strings.HasPrefix(text, beginning) {
			return Mistake{
				"api-key",
				"an API key was sent, and no access token: " +
					"a key names a project, but no account that the calendar is shared with",
				sendToken,
			}
		}
	}
	return Mistake{}
}

func noToken(r *CalendarRequest) Mistake {
	return Mistake{
		"no-token",
		"the request has no access token: there is no Authorization header",
		sendToken,
	}
}

// placeholders are what several languages write for a variable that has no
// value, and variables that nobody replaced, such as ${ID}, {id} or :id.
var placeholders = regexp.MustCompile(`(?i)^(?:undefined|null|none|nil|<nil>|nan|false|true` +
	`|\[object \w+\]|access_token|\$\{?\w+\}?|\{+ *[\w.]+ *\}+|:\w+|<[\w -]+>|%s|%\w+%)$`)

func placeholderToken(r *CalendarRequest) Mistake {
	text := r.Token
	if !placeholders.MatchString(text) {
		return Mistake{}
	}
	return Mistake{
		"placeholder-token",
		"instead of an access token, the request has " + quoted(text),
		"the variable has no value, or was not replaced: check that the token endpoint's answer " +
			"has an access_token, and that the program waits for it",
	}
}

func tokenWithLineBreak(r *CalendarRequest) Mistake {
	text := r.Token
	joined := strings.NewReplacer(`\n`, "", `\r`, "", "%0A", "", "%0D", "").Replace(text)
	joined = strings.Join(strings.FieldsFunc(joined, isSpaceOrControl), "")
	if _, ok := r.Server.Token(joined); !ok || joined == text {
		return Mistake{}
	}
	return Mistake{
		"token-with-line-break",
		"there is a line break or a space in the access token, or at its end",
		"trim what you read from a file or from another program's output, " +
			"and don't wrap its lines",
	}
}

func isSpaceOrControl(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func tokenInQuotes(r *CalendarRequest) Mistake {
	text := r.Token
	bare := strings.Trim(text, "\"'`<>{}[]\\,;")
	if _, ok := r.Server.Token(bare); !ok || bare == text {
		return Mistake{}
	}
	return Mistake{
		"token-in-quotes",
		"there are quotes or other signs around the access token",
		"read the answer as JSON and take the string's value; " +
			"on a command line, jq -r prints it without quotes",
	}
}

func tokenInAnswer(r *CalendarRequest) Mistake {
	text := r.Token
	notOfToken := func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("._-", c)
	}
	for _, word := range strings.FieldsFunc(text, notOfToken) {
		if _, ok := r.Server.Token(word); ok && word != text {
			return Mistake{
				"token-in-answer",
				"more than the access token was sent, " +
					"such as the token endpoint's whole answer",
				"take access_token out of the JSON, and send only that",
			}
		}
	}
	return Mistake{}
}

// tokenCutOff recognizes the beginning of a token that was issued.
func tokenCutOff(r *CalendarRequest) Mistake {
	const enough = 20 // bytes: all tokens begin alike
	text := r.Token
	if len(text) < enough {
		return Mistake{}
	}
	for token := range r.Server.Tokens() {
		if !strings.HasPrefix(token, text) {
			continue
		}
		if len(text) >= len(strings.TrimRight(token, ".")) {
			return Mistake{
				"token-without-dots",
				fmt.Sprintf("only the first %d of the access token's %d characters were sent: "+
					"dots at its end were cut off", len(text), len(token)),
				"the dots belong to the token: don't trim punctuation, " +
					"and send every character",
			}
		}
		return Mistake{
			"token-truncated",
			fmt.Sprintf("only the first %d of the access token's %d characters were sent",
				len(text), len(token)),
			"make room for it where you store it: Google's tokens have up to 2,048 bytes",
		}
	}
	return Mistake{}
}

// jwtForToken recognizes a JWT: three parts, two of them JSON in base64url.
func jwtForToken(r *CalendarRequest) Mistake {
	parts := strings.Split(r.Token, ".")
	if len(parts) != 3 {
		return Mistake{}
	}
	header, claims := readPart(parts[0]), readPart(parts[1])
	if !header.has("alg") || claims.members == nil {
		return Mistake{}
	}
	iss, _ := claims.text("iss")
	if strings.TrimPrefix(iss, "https://") == "accounts.google.com" {
		return Mistake{
			"id-token-for-token",
			"an ID token was sent as the access token: it says who you are, " +
				"and opens no calendar",
			"send access_token; if the answer has only an id_token, " +
				"a scope in the JWT is misspelled, or it has a target_audience",
		}
	}
	return Mistake{
		"jwt-for-token",
		"the JWT itself was sent as the access token",
		"post the JWT to the token endpoint first, " +
			"and send the access_token that it returns",
	}
}

func strangeToken(r *CalendarRequest) Mistake {
	text := r.Token
	if strings.HasPrefix(text, "ya29.") {
		return unknownMistake(fmt.Sprintf("the access token, of %d characters, begins like one "+
			"of Google's, but it was changed, another server issued it, "+
			"or this one has forgotten it", len(text)))
	}
	return unknownMistake(fmt.Sprintf("what was sent as the access token has %d characters, "+
		"and doesn't begin like any that this server has issued", len(text)))
}

func scopeTooSmall(r *CalendarRequest) Mistake {
	return Mistake{
		"scope-too-small",
		fmt.Sprintf("the access token's scope is %s, which doesn't cover %s",
			shortScopes(r.token().Scopes, "and"), r.API),
		wouldDo(r.Scopes),
	}
}

// wouldDo says which scopes to ask for.
func wouldDo(scopes []string) string {
	smallest := slices.IndexFunc(scopes, func(scope string) bool {
		return strings.HasSuffix(scope, ".readonly") && scope != scopePrefix+"calendar.readonly"
	})
	if smallest < 0 {
		return "make a new JWT with a scope that covers it, and get another access token"
	}
	others := slices.Delete(slices.Clone(scopes), smallest, smallest+1)
	return "make a new JWT with the scope " + scopes[smallest] +
		", and get another access token; " + shortScopes(others, "or") + " would do, too"
}

// shortScopes lists scopes without the beginning that they share.
func shortScopes(scopes []string, conjunction string) string {
	const enough = 6
	var names []string
	for _, scope := range scopes[:min(len(scopes), enough)] {
		names = append(names, strings.TrimPrefix(scope, scopePrefix))
	}
	if more := len(scopes) - enough; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " " + conjunction + " " + names[last]
}
