// SPDX-License-Identifier: 0BSD

package jwt

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"slices"
	"testing"
	"time"
)

// beside runs thing and its floor alternately, so that other load on this
// machine falls on both, and reports the ratio of their fastest tenths. Noise
// only ever slows a run down: on a busy machine, mean and median describe the
// machine.
func beside(b *testing.B, thing, floor func()) {
	var times [2][]time.Duration
	for i := range 2 * b.N {
		which := (i + 1) / 2 % 2 // 0 1 1 0: each goes first equally often
		start := time.Now()
		[]func(){thing, floor}[which]()
		times[which] = append(times[which], time.Since(start))
	}
	slices.Sort(times[0])
	slices.Sort(times[1])
	b.ReportMetric(float64(times[0][b.N/10]), "ns/op")
	b.ReportMetric(float64(times[0][b.N/10])/float64(times[1][b.N/10]), "x-floor")
	b.ReportMetric(testing.AllocsPerRun(10, thing), "allocs")
}

// BenchmarkSign compares an assertion with its RSA signature alone.
func BenchmarkSign(b *testing.B) {
	key := testKeyFile(b)
	digest := sha256.Sum256([]byte("any input will do"))
	beside(b, func() {
		if _, err := Sign(testHeader(key), NewClaims(key, epoch), key.PrivateKey); err != nil {
			b.Fatal(err)
		}
	}, func() {
		_, err := rsa.SignPKCS1v15(rand.Reader, key.PrivateKey, crypto.SHA256, digest[:])
		if err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkParseKeyFile compares a key file with its PEM and PKCS#8 alone.
func BenchmarkParseKeyFile(b *testing.B) {
	file := read(b, "key.json")
	var members map[string]string
	if err := json.Unmarshal(file, &members); err != nil {
		b.Fatal(err)
	}
	text := []byte(members["private_key"])
	beside(b, func() {
		if _, err := ParseKeyFile(file); err != nil {
			b.Fatal(err)
		}
	}, func() {
		block, _ := pem.Decode(text)
		if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
			b.Fatal(err)
		}
	})
}
