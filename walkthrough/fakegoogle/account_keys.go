// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// A key has two halves: the client gets the private one in a key file, and
// everyone can get the public one in a certificate.

// keyFile has the members of a key file in the console's order.
type keyFile struct {
	Type         string `json:"type"`
	ProjectID    string `json:"project_id"`
	PrivateKeyID string `json:"private_key_id"`
	PrivateKey   string `json:"private_key"`
	ClientEmail  string `json:"client_email"`
	ClientID     string `json:"client_id"`
	AuthURI      string `json:"auth_uri"`
	TokenURI     string `json:"token_uri"`
	ProviderCert string `json:"auth_provider_x509_cert_url"`
	ClientCert   string `json:"client_x509_cert_url"`
	Universe     string `json:"universe_domain"`
}

const robotPath = "/robot/v1/metadata/x509/" // an e-mail address follows

// KeyFile returns the key file that you would download from the console: JSON
// with an indent of two spaces, and the key as PKCS #8 in PEM. If tokenURI is
// empty, it's Google's own.
//
// Source: https://cloud.google.com/iam/docs/keys-create-delete (D). The order
// of the members and the final newline are those of downloaded files (V).
func (a *Account) KeyFile(tokenURI string) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(a.Key)
	if err != nil {
		panic("fakegoogle: " + err.Error()) // can't happen with an RSA key
	}
	if tokenURI == "" {
		tokenURI = tokenURLs[0]
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	file, _ := json.MarshalIndent(keyFile{
		Type:         "service_account",
		ProjectID:    a.ProjectID,
		PrivateKeyID: a.KeyID,
		PrivateKey:   string(key),
		ClientEmail:  a.Email,
		ClientID:     a.ClientID,
		AuthURI:      "https://accounts.google.com/o/oauth2/auth",
		TokenURI:     tokenURI,
		ProviderCert: "https://www.googleapis.com/oauth2/v1/certs",
		ClientCert:   "https://www.googleapis.com" + robotPath + url.QueryEscape(a.Email),
		Universe:     "googleapis.com",
	}, "", "  ")
	return append(file, '\n')
}

// selfSigned returns a certificate for the public key, in PEM. The private key
// signs it, as with the keys that Google makes. What's in it is R.
func selfSigned(a *Account, now time.Time) (string, error) {
	id, err := hex.DecodeString(a.KeyID)
	if err != nil || len(id) == 0 {
		return "", fmt.Errorf("key ID %q is not hexadecimal", a.KeyID)
	}
	// The leading 1 keeps the serial number positive if the ID is all zeros.
	serial := append([]byte{1}, id[:min(8, len(id))]...)
	cert := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial),
		Subject:               pkix.Name{CommonName: a.ClientID},
		NotBefore:             now.UTC(),
		NotAfter:              time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		SignatureAlgorithm:    x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &a.Key.PublicKey, a.Key)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), nil
}

// serveCertificates answers GET /robot/v1/metadata/x509/EMAIL with an object
// of key IDs and certificates, one for each key that isn't revoked. The form
// is V (googleapis/google-auth-library-python, id_token.py). The headers, and
// the response for an unknown account, are R.
func (s *Server) serveCertificates(r *http.Request, email string) *response {
	account := s.accounts[email]
	if account == nil || !isRead(r) {
		return notFoundPage(r, nil)
	}
	body := object{}
	for _, id := range slices.Sorted(maps.Keys(account.keys)) {
		body = append(body, member{id, account.keys[id].certificate})
	}
	return &response{
		status: http.StatusOK,
		header: calendarHeader.Clone(),
		body:   append(appendJSON(nil, body, "", "  "), '\n'),
		grade:  "V",
		source: "googleapis/google-auth-library-python google/oauth2/id_token.py for the form",
	}
}
