// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"fmt"
	"io"
	"time"
)

// Token is an access token, which the token endpoint returns for a good
// assertion (RFC 6749, section 5.1). Anyone who has it can use the API until it
// expires, within its scope. A Token prints masked; see [Token.String].
type Token struct {
	// AccessToken is a secret. Send it whole: Google's end in dots, which are
	// part of it.
	AccessToken string

	// TokenType is "Bearer", in the server's spelling.
	TokenType string

	// Scope is what was granted. Google leaves it empty, which means: what was
	// asked for.
	Scope string

	// Expiry is by this machine's clock. It's zero if the server didn't say:
	// then use the token once, and don't keep it.
	Expiry time.Time
}

// String says how long the token lives, and leaves out the token itself.
//
// # Masking
//
// A Token prints like this under every fmt verb, in JSON and in logs. But fmt
// can't call methods on the unexported fields of a struct, nor does it for %w,
// which is for errors, or %p. A struct that keeps a Token in an unexported
// field has to mask itself. A *Token in such a field prints as an address under
// %v, %+v and %#v, but in full under %s and %q.
func (t Token) String() string {
	expiry := "expiry not known"
	if !t.Expiry.IsZero() {
		expiry = "expires " + t.Expiry.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("%s token of %d characters (withheld), %s",
		t.TokenType, len(t.AccessToken), expiry)
}

// Format prints String under every verb: %+v and %#v would print the token.
func (t Token) Format(f fmt.State, verb rune) { io.WriteString(f, t.String()) }

// MarshalText returns String, for encoding/json and log/slog.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
