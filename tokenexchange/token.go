// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"fmt"
	"io"
	"time"
)

// Token is the answer to a good assertion (RFC 6749, section 5.1). It prints
// masked under every fmt verb, in JSON and in logs. But fmt calls no methods on
// unexported fields, nor for %w, which is for errors, nor for %p of a value: a struct
// that keeps a Token in such a field has to mask itself. A *Token there is an address
// under %v, %+v and %#v, and shown whole under %s and %q.
type Token struct {
	AccessToken string    // a secret, to be sent whole: Google's end in dots that belong to it
	TokenType   string    // "Bearer", in the server's spelling
	Scope       string    // what was granted; empty as Google sends it: what was asked for
	Expiry      time.Time // by this machine's clock; zero if not known: use the token once, do not keep it
}

// String says how long the token lives, without the token.
func (t Token) String() string {
	if t.Expiry.IsZero() {
		return fmt.Sprintf("%s token of %d characters (withheld), expiry not known", t.TokenType, len(t.AccessToken))
	}
	return fmt.Sprintf("%s token of %d characters (withheld), expires %s", t.TokenType, len(t.AccessToken), t.Expiry.UTC().Format(time.RFC3339))
}

// Format prints String whatever the verb: %+v and %#v must not show the token.
func (t Token) Format(f fmt.State, verb rune) { io.WriteString(f, t.String()) }

// MarshalText gives String to encoding/json and log/slog.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
