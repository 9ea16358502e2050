// SPDX-License-Identifier: 0BSD

package jwt

import (
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A good file is read in full, even if it isn't exactly as the console writes
// it.
func TestParseKeyFile(t *testing.T) {
	v := readVectors(t)
	key := v.Keys[v.signed().Key].private(t)
	var plain map[string]string
	if err := json.Unmarshal(read(t, "key.json"), &plain); err != nil {
		t.Fatal(err)
	}
	if len(v.KeyFiles.Good) < 7 {
		t.Errorf("%d good files", len(v.KeyFiles.Good))
	}
	for _, good := range v.KeyFiles.Good {
		k, err := ParseKeyFile(good.data(t))
		if err != nil {
			t.Errorf("%s: %v", good.Name, err)
			continue
		}
		members := k.members(t)
		for name, want := range plain {
			if other, differs := good.Differs[name]; differs {
				want = other // "" if it's null, which means absent
			}
			if got := members[name]; got != want && name != "private_key" {
				t.Errorf("%s: %s is %q, not %q", good.Name, name, got, want)
			}
		}
		if len(plain) != len(members) || !k.PrivateKey.Equal(key) {
			t.Errorf("%s: %d members, or another key", good.Name, len(members))
		}
	}
}

func pemOf(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

// quotedOrNumber finds quoted texts and numbers, which don't count if two problems are
// compared.
var quotedOrNumber = regexp.MustCompile(`"\S*"|\d+`)

// Every known way a key file can be broken has its own message. The golden file
// has the messages.
func TestBadKeyFiles(t *testing.T) {
	goodPEM := string(read(t, "testkey.pem"))
	bad := readVectors(t).KeyFiles.Bad
	if len(bad) < 80 {
		t.Errorf("%d bad files", len(bad))
	}
	var messages strings.Builder
	words := map[string]string{} // by the problem's text
	for _, v := range bad {
		e := refused(t, v)
		fmt.Fprintf(&messages, "%s (%s)\n\t%v\n", v.Name, v.Wrong, e)
		if e.Member != v.Member {
			t.Errorf("%s: the member at fault is %q, not %q", v.Name, e.Member, v.Member)
		}
		problem := quotedOrNumber.ReplaceAllString(e.Problem, "")
		if word := words[problem]; word != "" && word != v.Wrong {
			t.Errorf("%s: the same problem is %s and %s", v.Name, word, v.Wrong)
		}
		words[problem] = v.Wrong
		for i := 40; i+12 <= len(goodPEM)-40; i++ { // inside the base64
			if strings.Contains(fmt.Sprintf("%+v %#v %s", e, e, e.Advice()), goodPEM[i:i+12]) {
				t.Errorf("%s: the error shows a piece of the key", v.Name)
			}
		}
	}
	golden := filepath.Join("testdata", "keyfiles.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(messages.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := messages.String(); got != string(read(t, "keyfiles.txt")) {
		t.Errorf("%s differs; got\n%s", golden, got)
	}
}

// refused returns the error for a bad key file. Its advice is two lines, and
// never asks for another key if this one may be good.
func refused(t *testing.T, v keyFileVector) *KeyFileError {
	t.Helper()
	k, err := ParseKeyFile(v.data(t))
	var bad *KeyFileError
	if k != nil || !errors.As(err, &bad) {
		t.Fatalf("%s: %v, %v", v.Name, k, err)
	}
	cause, fix, ok := strings.Cut(bad.Advice(), "\n")
	if !ok || cause == "" || fix == "" || strings.Contains(fix, "\n") {
		t.Errorf("%s: advice is %q, not two lines", v.Name, bad.Advice())
	}
	begin := map[string]string{"copy-again": "Copy the file again", "another-key": "Use a JSON key"}
	if begin[v.Remedy] == "" || !strings.HasPrefix(fix, begin[v.Remedy]) ||
		strings.Contains(bad.Advice(), "delete") {
		t.Errorf("%s: %s", v.Name, fix)
	}
	return bad
}

// A character that can't be seen makes it another account or URL.
func TestInvisibleCharacters(t *testing.T) {
	good := string(read(t, "key.json"))
	for _, c := range "\u00a0\u200b\ufeff\x00\x1b\u202e\ufffd\v\u3000\u0085\u00ad\x7f\t한" {
		for _, member := range []string{"client_email", "token_uri"} {
			data := changed(t, good, map[string]any{member: "https://a@b" + string(c)})
			_, err := ParseKeyFile([]byte(data))
			want := "jwt: key file: " + member + ": has a character that isn't visible ASCII, such as a space"
			if err == nil || err.Error() != want {
				t.Errorf("%q: %v", c, err)
			}
		}
	}
}

// A host that looks like this machine is another one, and a URL that an endpoint
// can't have is refused.
func TestTokenURI(t *testing.T) {
	good := string(read(t, "key.json"))
	for uri, problem := range map[string]string{
		"http://localhost.example.com/token": "is not https",
		"http://localhosts/token":            "is not https",
		"http://127.0.0.1.example.com/token": "is not https",
		"http://127.0.0.2/token":             "is not https",
		"http://[::2]/token":                 "is not https",
		"https://host/token#x":               "is not the URL of a token endpoint",
		"https://me@host/token":              "is not the URL of a token endpoint",
		"https://host:0/token":               "is not the URL of a token endpoint",
		"https://host:65536/token":           "is not the URL of a token endpoint",
		"https:///token":                     "is not the URL of a token endpoint",
		"http://localhost:1/token":           "",
		"http://127.0.0.1/token":             "",
		"http://[::1]:65535/token":           "",
		"https://host/token":                 "",
	} {
		_, err := ParseKeyFile([]byte(changed(t, good, map[string]any{"token_uri": uri})))
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "jwt: key file: token_uri: ")
		}
		if got != problem {
			t.Errorf("%s: %q, want %q", uri, got, problem)
		}
	}
}

// No verb and no encoding shows the key, by value or by pointer.
func TestKeyFileIsMasked(t *testing.T) {
	k := testKeyFile(t)
	var out strings.Builder
	for _, v := range []any{
		k, *k, []KeyFile{*k}, map[string]*KeyFile{"k": k},
		struct{ K *KeyFile }{k}, struct{ k *KeyFile }{k}, struct{ k KeyFile }{*k},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		data, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		out.Write(data)
		slog.New(slog.NewTextHandler(&out, nil)).Info("key", "k", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("key", "k", v)
	}
	for name, secret := range map[string]*big.Int{
		"d": k.PrivateKey.D, "p": k.PrivateKey.Primes[0], "q": k.PrivateKey.Primes[1],
	} {
		for _, form := range []string{secret.String(), hex.EncodeToString(secret.Bytes())} {
			if strings.Contains(strings.ToLower(out.String()), form[:20]) {
				t.Errorf("%s is printed", name)
			}
		}
	}
	want := "service account reader@fivestep-lesson.iam.gserviceaccount.com, " +
		"key 370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a (private key withheld)\n"
	if !strings.HasPrefix(out.String(), want+want+strings.TrimSuffix(want, "\n")) {
		t.Errorf("%%v prints %.200s", out.String())
	}
}
