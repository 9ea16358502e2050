// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"example.com/fivestep/jwt"
)

var jwtCommand = command{
	name:  "jwt",
	short: "print a signed assertion; -decode explains one",
	help: `
  fivestep jwt -key key.json                              to read events
  fivestep jwt -key key.json -scope S -scope S -sub you@example.com
  fivestep jwt -key key.json | fivestep jwt -decode       look inside

Steps 1 and 2: makes a JSON Web Token, the assertion, and signs it with the key.
It sends nothing. The assertion is a secret for an hour: anyone who has it can
exchange it for an access token.
`,
	define: func(f *flags) {
		f.accountFlags(jwt.DefaultScope, "")
		f.set.BoolVar(&f.decode, "decode", false,
			"explain the assertion on standard input; exit 1 if Google\n"+
				"would refuse it; doesn't verify its signature")
	},
	run: func(ctx context.Context, t *tool, f *flags, args []string) error {
		if len(args) > 0 {
			return usageError{"jwt takes no arguments"}
		}
		if f.decode {
			return t.decode(ctx)
		}
		if err := t.loadKey(ctx, f); err != nil {
			return err
		}
		assertion, err := t.sign(f)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.stdout, assertion)
		return err
	},
}

const notAssertion = "An assertion is three parts of base64url without padding, " +
	"joined by dots (RFC 7515, section 7.1)."

// decode prints the header and the claims of the assertion on standard input,
// and its times as people write them.
func (t *tool) decode(ctx context.Context) error {
	assertion, err := t.piped(ctx, 2, anAssertion)
	var usage usageError
	if errors.As(err, &usage) || err == nil && assertion == "" {
		return usageError{"jwt -decode reads an assertion from standard input, " +
			"and none is piped in"}
	}
	if err != nil {
		return err
	}
	header, claims, err := jwt.Decode(assertion)
	if err != nil {
		return &stepError{
			step: 2,
			err:  err,
			why:  notAssertion,
			hint: "Pipe in a whole one, on one line.",
		}
	}
	var out bytes.Buffer
	writeJSON(&out, header)
	writeJSON(&out, claims)
	t.writeTimes(&out, claims)
	out.WriteString("The signature is not verified.\n")
	if _, err := t.stdout.Write(out.Bytes()); err != nil {
		return err
	}
	if faults := judge(header, claims); len(faults) > 0 {
		return &stepError{
			step: 2,
			err:  errors.New(strings.Join(faults, "; ")),
			why:  "Google would refuse such an assertion, or misunderstand it.",
			hint: "Fix that in the program that made it. " +
				"A signed assertion can't be changed: make a new one.",
		}
	}
	return nil
}

// text is a member of a header or of claims that is a string, and its field.
type text struct {
	name  string
	field func(*jwt.Header, *jwt.Claims) *string
}

var headerTexts = []text{
	{"alg", func(h *jwt.Header, _ *jwt.Claims) *string { return &h.Algorithm }},
	{"typ", func(h *jwt.Header, _ *jwt.Claims) *string { return &h.Type }},
	{"kid", func(h *jwt.Header, _ *jwt.Claims) *string { return &h.KeyID }},
}

var claimTexts = []text{
	{"iss", func(_ *jwt.Header, c *jwt.Claims) *string { return &c.Issuer }},
	{"scope", func(_ *jwt.Header, c *jwt.Claims) *string { return &c.Scope }},
	{"aud", func(_ *jwt.Header, c *jwt.Claims) *string { return &c.Audience }},
	{"sub", func(_ *jwt.Header, c *jwt.Claims) *string { return &c.Subject }},
}

// judge returns what Google would refuse, by the rules of jwt.SigningInput.
func judge(header, claims []byte) (faults []string) {
	h, twice := readObject(header)
	faults = append(twice, judgeTexts(h, headerTexts)...)
	c, twice := readObject(claims)
	faults = append(faults, twice...)
	faults = append(faults, judgeTexts(c, claimTexts)...)
	return append(faults, judgeTimes(c)...)
}

// readObject reads the members of a JSON object, and says which appear twice.
// json.Unmarshal would keep the last of them, and Google may keep another.
func readObject(part []byte) (members map[string]json.RawMessage, twice []string) {
	members = make(map[string]json.RawMessage)
	dec := json.NewDecoder(bytes.NewReader(part))
	_, _ = dec.Token() // the opening brace; jwt.Decode has found part to be JSON
	for dec.More() {
		token, _ := dec.Token()
		name, _ := token.(string)
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			break
		}
		if members[name] != nil {
			twice = append(twice, fmt.Sprintf("%.20q appears twice", name))
		}
		members[name] = value
	}
	return members, twice
}

// goodAssertion returns what an assertion at Google's token endpoint may say.
func goodAssertion() (*jwt.Header, *jwt.Claims) {
	account := &jwt.KeyFile{
		ClientEmail: "reader@project.iam.gserviceaccount.com",
		TokenURI:    googleTokenURL,
	}
	claims := jwt.NewClaims(account, time.Unix(1<<30, 0))
	return &jwt.Header{Algorithm: "RS256", Type: "JWT"}, &claims
}

// judgeTexts puts one text after another into an assertion that is good
// otherwise. So it finds every fault, not only the first.
func judgeTexts(members map[string]json.RawMessage, texts []text) (faults []string) {
	for _, text := range texts {
		h, c := goodAssertion()
		field := text.field(h, c)
		*field = ""
		value, found := members[text.name]
		if found && json.Unmarshal(value, field) != nil {
			faults = append(faults, text.name+" is not a string: Google accepts no other value")
			continue
		}
		_, err := jwt.SigningInput(*h, *c)
		switch {
		case text.name == "scope" && *field == "":
			faults = append(faults, noScope(members))
		case err != nil:
			faults = append(faults, strings.TrimPrefix(err.Error(), "jwt: "))
		case text.name == "iss" && !isServiceAccount(*field):
			faults = append(faults, "iss is not a service account's address, "+
				"which ends in .gserviceaccount.com")
		}
	}
	return faults
}

// noScope says what is in place of the claim scope.
func noScope(claims map[string]json.RawMessage) string {
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		switch strings.ToLower(name) {
		case "scope", "scopes", "scp":
			if name != "scope" {
				return fmt.Sprintf("%q is not the name of the claim: it is scope, "+
					"a string with spaces between scopes", name)
			}
		case "target_audience":
			return "target_audience asks for an ID token, which Calendar doesn't accept: " +
				"an access token needs scope"
		}
	}
	return "scope is missing: it says what the access token may be used for"
}

// judgeTimes judges iat and exp, which are good or bad together.
func judgeTimes(claims map[string]json.RawMessage) (faults []string) {
	const year1973 = 100_000_000 // seconds; what is less was not meant as a time
	_, c := goodAssertion()
	for _, time := range []struct {
		name  string
		field *int64
	}{{"iat", &c.IssuedAt}, {"exp", &c.ExpiresAt}} {
		var seconds float64 // it may have a fraction (RFC 7519, section 2)
		value, found := claims[time.name]
		switch {
		case !found:
			faults = append(faults, time.name+" is missing")
		case json.Unmarshal(value, &seconds) != nil || string(value) == "null":
			faults = append(faults, time.name+" is not a number of seconds")
		case math.Abs(seconds) < year1973:
			faults = append(faults, fmt.Sprintf("%s is %.0f, which looks like a duration: "+
				"it counts seconds since 1970, and exp is iat + %d",
				time.name, seconds, jwt.MaxLifetime))
		}
		const most = 1 << 60 // a larger number doesn't fit an int64
		*time.field = int64(max(-most, min(most, seconds)))
	}
	if len(faults) > 0 {
		return faults
	}
	h, _ := goodAssertion()
	if _, err := jwt.SigningInput(*h, *c); err != nil {
		faults = append(faults, strings.TrimPrefix(err.Error(), "jwt: "))
	}
	return faults
}

// writeJSON writes one part of an assertion, which jwt.Decode has found to be
// JSON.
func writeJSON(out *bytes.Buffer, part []byte) {
	var text bytes.Buffer
	json.Indent(&text, part, "", "  ")
	for _, line := range strings.Split(text.String(), "\n") {
		out.WriteString(printable(line) + "\n")
	}
}

// writeTimes writes when the assertion was issued and when it expires.
func (t *tool) writeTimes(out *bytes.Buffer, claims []byte) {
	// A NumericDate may have a fraction (RFC 7519, section 2).
	var times struct{ IAT, EXP float64 }
	if json.Unmarshal(claims, &times) != nil {
		return
	}
	for _, row := range []struct {
		name    string
		seconds float64
	}{{"iat", times.IAT}, {"exp", times.EXP}} {
		const year5138 = 1e11 // larger ones are mistakes, milliseconds for example
		if row.seconds == 0 || math.Abs(row.seconds) >= year5138 {
			continue
		}
		at := time.Unix(int64(row.seconds), 0)
		fmt.Fprintf(out, "%s is %s, %s\n",
			row.name, at.UTC().Format(time.RFC3339), fromNow(at.Sub(t.now())))
	}
}

func fromNow(d time.Duration) string {
	if d = d.Round(time.Second); d < 0 {
		return (-d).String() + " ago"
	}
	return "in " + d.String()
}
