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

// beside times thing and its floor in turn, so that whatever else this machine does
// falls on both, and reports the ratio of their fast tenths: what disturbs a run only
// ever makes it longer, so mean and median of a busy machine tell about the machine.
func beside(b *testing.B, thing, floor func()) {
	var times [2][]time.Duration
	for i := range 2 * b.N {
		which := (i + 1) / 2 % 2 // 0 1 1 0: each as often first as second
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

// BenchmarkSign: an assertion beside the RSA signature alone.
func BenchmarkSign(b *testing.B) {
	key := testKeyFile(b)
	digest := sha256.Sum256([]byte("as long as any"))
	beside(b, func() {
		if _, err := Sign(testHeader(key), NewClaims(key, epoch), key.PrivateKey); err != nil {
			b.Fatal(err)
		}
	}, func() {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key.PrivateKey, crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkParseKeyFile: a key file beside its PEM and PKCS#8 alone.
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
