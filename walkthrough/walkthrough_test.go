// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough/fakegoogle"
)

var update = flag.Bool("update", false, "rewrite excerpts.txt")

// lesson runs the five steps.
func lesson(t *testing.T, google *fakegoogle.Server) *Trace {
	t.Helper()
	trace, err := RunAgainst(context.Background(), google)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func TestSameEveryTime(t *testing.T) {
	one, two := lesson(t, fakegoogle.New()), lesson(t, fakegoogle.New())
	if !reflect.DeepEqual(one.Steps, two.Steps) || !reflect.DeepEqual(one.Events, two.Events) {
		t.Error("two runs have different traces")
	}
}

// Neither the private key nor the access token is in the trace.
func TestNoSecrets(t *testing.T) {
	google := fakegoogle.New()
	trace := lesson(t, google)
	token := accessToken(t, google)
	if !strings.HasSuffix(token, "..") || len(token) != trace.TokenSize {
		t.Error("what the lesson says about the token's characters is wrong")
	}
	everything, masks := "", 0
	for _, step := range trace.Steps {
		for _, part := range step.Parts {
			everything += string(part.Bytes)
			masks += len(Masks(string(part.Bytes)))
		}
	}
	for _, secret := range []string{token, privateKey(t)} {
		const window = 24 // this many characters of a secret are too many
		for i := 0; i+window <= len(secret); i++ {
			piece := secret[i : i+window]
			if strings.Trim(piece, ".") != "" && strings.Contains(everything, piece) {
				t.Fatalf("%d characters of a secret are in the trace, from its character %d on",
					window, i)
			}
		}
	}
	if masks != 3 {
		t.Errorf("the trace has %d masks, not 3", masks)
	}
}

// privateKey returns the text between BEGIN and END in the key file.
func privateKey(t *testing.T) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(KeyFile()), `-----BEGIN PRIVATE KEY-----\n`)
	body, _, ok2 := strings.Cut(rest, `\n-----END PRIVATE KEY-----`)
	if !ok || !ok2 || len(body) < 1600 {
		t.Fatal("key.json has no private key")
	}
	return body
}

// accessToken returns the token in the last request to the fake.
func accessToken(t *testing.T, google *fakegoogle.Server) string {
	t.Helper()
	requests := google.Requests()
	authorization := requests[len(requests)-1].Header.Get("Authorization")
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	if !ok || len(token) < 1000 {
		t.Fatal("the last request has no bearer token")
	}
	return token
}

// The test key is in two folders, so that jwt can be copied alone.
func TestKeyFile(t *testing.T) {
	other, err := os.ReadFile("../jwt/testdata/key.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(keyFile, other) {
		t.Error("key.json differs from jwt/testdata/key.json")
	}
}

// Each part has a unique name.
func TestParts(t *testing.T) {
	trace := lesson(t, fakegoogle.New())
	for _, step := range trace.Steps {
		for i := range step.Parts {
			part := &step.Parts[i]
			if same, err := trace.Part(part.Name); err != nil || same != part {
				t.Errorf("%s is not found by its name", part.Name)
			}
		}
	}
	if _, err := trace.Part("nothing"); err == nil {
		t.Error("Part found a part that does not exist")
	}
	if _, err := trace.Say("nothing"); err == nil {
		t.Error("Say has text for a place that does not exist")
	}
}

func TestOpenSignature(t *testing.T) {
	key, err := jwt.ParseKeyFile(KeyFile())
	if err != nil {
		t.Fatal(err)
	}
	noSignature := bytes.Repeat([]byte{1}, 256)
	if _, err := openSignature(&key.PrivateKey.PublicKey, noSignature); err == nil {
		t.Error("a signature of nothing was opened")
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	begin := time.Now()
	_, err := Run(ctx)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "step") {
		t.Errorf("error: %v", err)
	}
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}
