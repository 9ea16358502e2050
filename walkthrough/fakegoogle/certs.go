// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"time"
)

// certificate signs the public half of a key with the key itself, as Google does for the keys that it makes. The members
// of the certificate are R.
func certificate(a *Account, now time.Time) (string, error) {
	id, err := hex.DecodeString(a.KeyID)
	if err != nil || len(id) == 0 {
		return "", fmt.Errorf("key id %q is not hexadecimal", a.KeyID)
	}
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(append([]byte{1}, id[:min(8, len(id))]...)),
		Subject:               pkix.Name{CommonName: a.ClientID},
		NotBefore:             now.UTC(),
		NotAfter:              time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true, SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, crypto.PublicKey(&a.Key.PublicKey), a.Key)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), nil
}

// certificates answers GET /robot/v1/metadata/x509/EMAIL: key id to certificate, for each key that is not revoked. The
// form is V (googleapis/google-auth-library-python, id_token.py); headers and the answer for an unknown account are R.
func (s *Server) certificates(r *http.Request, email string) *answer {
	account := s.accounts[email]
	if account == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return noSuchPage(r, nil)
	}
	body := object{}
	for _, id := range slices.Sorted(maps.Keys(account.keys)) {
		body = append(body, member{id, account.keys[id].certificate})
	}
	return &answer{http.StatusOK, calendarHeader.Clone(), append(encode(nil, body, "", "  "), '\n'), "V",
		"googleapis/google-auth-library-python google/oauth2/id_token.py for the form"}
}
