// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// Account is a service account with one of its keys.
type Account struct {
	ProjectID     string // my-project-123456
	ProjectNumber string // 12 digits
	Email         string // NAME@PROJECT.iam.gserviceaccount.com
	ClientID      string // 21 digits; domain-wide delegation is granted to it
	KeyID         string // 40 hexadecimal digits, the kid of a JWT
	Key           *rsa.PrivateKey
}

// serviceAccount is what the server knows about an account. Like Google, it
// keeps no private keys.
type serviceAccount struct {
	projectID, projectNumber, clientID string

	keys    map[string]publicKey // by key ID
	revoked map[string]publicKey
}

type publicKey struct {
	key         *rsa.PublicKey
	certificate string // PEM
	secrets     secretHashes
}

const keyBits = 2048 // like the keys that Google makes

// CreateAccount adds an account to the server and enables the Calendar API for
// its project. It fills in the fields that are empty: Key with a new RSA-2048
// key, the others with values that depend only on the fields given and on the
// accounts already there. If the account exists, its new Key is added to the
// keys it has.
func (s *Server) CreateAccount(a Account) (*Account, error) {
	if err := a.fillKey(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Email == "" {
		s.fillEmail(&a)
	}
	account, err := s.findOrMakeAccount(a)
	if err != nil {
		return nil, err
	}
	a.ProjectID = account.projectID
	a.ProjectNumber = account.projectNumber
	a.ClientID = account.clientID
	cert, err := selfSigned(&a, s.now())
	if err != nil {
		return nil, fmt.Errorf("fakegoogle: no certificate: %w", err)
	}
	account.keys[a.KeyID] = publicKey{&a.Key.PublicKey, cert, hashSecrets(a)}
	delete(account.revoked, a.KeyID)
	s.accounts[a.Email] = account
	return &a, nil
}

func (a *Account) fillKey() error {
	if a.Key == nil {
		key, err := rsa.GenerateKey(rand.Reader, keyBits)
		if err != nil {
			return fmt.Errorf("fakegoogle: no key: %w", err)
		}
		a.Key = key
	}
	if a.KeyID == "" {
		id := sha256.Sum256(x509.MarshalPKCS1PublicKey(&a.Key.PublicKey))
		a.KeyID = hex.EncodeToString(id[:20])
	}
	return nil
}

// fillEmail makes up an address that no account has.
func (s *Server) fillEmail(a *Account) {
	a.ProjectID = cmp.Or(a.ProjectID, "five-step-471108")
	host := a.ProjectID + ".iam.gserviceaccount.com"
	name := "calendar-reader"
	for n := 2; s.accounts[name+"@"+host] != nil; n++ {
		name = fmt.Sprintf("calendar-reader-%d", n)
	}
	a.Email = name + "@" + host
}

// findOrMakeAccount returns the account with a's address. A new one isn't
// stored yet.
func (s *Server) findOrMakeAccount(a Account) (*serviceAccount, error) {
	name, host, _ := strings.Cut(a.Email, "@")
	if name == "" || host == "" {
		return nil, fmt.Errorf(
			"fakegoogle: %q is not the e-mail address of a service account", a.Email)
	}
	known := s.accounts[a.Email]
	if known == nil {
		project, _, _ := strings.Cut(host, ".")
		project = cmp.Or(a.ProjectID, project)
		return &serviceAccount{
			projectID:     project,
			projectNumber: cmp.Or(a.ProjectNumber, digits(project, 12)),
			clientID:      cmp.Or(a.ClientID, digits(a.Email, 21)),
			keys:          map[string]publicKey{},
			revoked:       map[string]publicKey{},
		}, nil
	}
	sameClient := a.ClientID == "" || a.ClientID == known.clientID
	sameProject := a.ProjectID == "" || a.ProjectID == known.projectID
	if !sameClient || !sameProject {
		return nil, fmt.Errorf(
			"fakegoogle: %s exists with another client ID or project", a.Email)
	}
	return known, nil
}

// digits derives n decimal digits from text. The first isn't zero.
func digits(text string, n int) string {
	out := make([]byte, 0, n)
	for i := 0; len(out) < n; i++ {
		h := sha256.Sum256([]byte(fmt.Sprint(text, i)))
		// With the highest bit set, the number has at least 19 digits.
		v := fmt.Sprint(binary.BigEndian.Uint64(h[:]) | 1<<63)
		out = append(out, v[:min(n-len(out), 18)]...)
	}
	return string(out)
}

// RevokeKey deletes one key of an account. Access tokens that were issued for
// the key remain valid until they expire.
func (s *Server) RevokeKey(email, keyID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.accounts[email]
	if account == nil {
		return
	}
	if key, ok := account.keys[keyID]; ok {
		account.revoked[keyID] = key
		delete(account.keys, keyID)
	}
}

// DeleteAccount deletes an account and all its keys. From then on the server
// refuses its access tokens.
func (s *Server) DeleteAccount(email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.accounts, email)
}

// SetAPIEnabled turns the Calendar API of a project on or off. It's on when an
// account is created.
func (s *Server) SetAPIEnabled(projectID string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disabled[projectID] = !on
}

// AddUser adds a Workspace user. An account with domain-wide delegation can
// name the user as sub.
func (s *Server) AddUser(email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[email] = true
}

// Delegate grants domain-wide delegation for exactly these scopes to a client
// ID. Without scopes it revokes the delegation.
func (s *Server) Delegate(clientID string, scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delegated[clientID] = append([]string(nil), scopes...)
}

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
	if tokenURI == "" {
		tokenURI = tokenURLs[0]
	}
	file, _ := json.MarshalIndent(keyFile{
		Type:         "service_account",
		ProjectID:    a.ProjectID,
		PrivateKeyID: a.KeyID,
		PrivateKey:   a.keyPEM(),
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

// keyPEM returns the private key as PKCS #8 in PEM.
func (a *Account) keyPEM() string {
	der, err := x509.MarshalPKCS8PrivateKey(a.Key)
	if err != nil {
		panic("fakegoogle: " + err.Error()) // can't happen with an RSA key
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// secretHashes recognize an HMAC whose secret is a private key or a key file,
// without keeping either. HMAC hashes a secret that is so long.
type secretHashes struct {
	pem [][sha256.Size]byte // of the PEM, in the forms that people use

	// A key file names its token_uri, which isn't known until a request comes.
	// file is the state of SHA-256 before it, which holds the last 64 bytes at
	// most, and the private key is further up. after is the rest of the file.
	file  []byte
	after string
}

func hashSecrets(a Account) secretHashes {
	const mark = "http://token-uri"
	before, after, _ := strings.Cut(string(a.KeyFile(mark)), `"`+mark+`"`)
	h := secretHashes{after: after}
	key := a.keyPEM()
	for _, text := range []string{key, strings.TrimSpace(key)} {
		inFile := strings.ReplaceAll(text, "\n", `\n`)
		h.pem = append(h.pem, sha256.Sum256([]byte(text)), sha256.Sum256([]byte(inFile)))
	}
	state := sha256.New()
	state.Write([]byte(before))
	// crypto/sha256 promises that this works.
	h.file, _ = state.(encoding.BinaryMarshaler).MarshalBinary()
	return h
}

// list returns the hashes. The key file has one of these token_uris.
func (h secretHashes) list(tokenURIs []string) []diagnosis.Secret {
	var list []diagnosis.Secret
	for _, hash := range h.pem {
		list = append(list, diagnosis.Secret{Name: "pem", SHA256: hash})
	}
	for _, uri := range tokenURIs {
		quoted, _ := json.Marshal(uri)
		for _, after := range []string{h.after, strings.TrimSuffix(h.after, "\n")} {
			state := sha256.New()
			state.(encoding.BinaryUnmarshaler).UnmarshalBinary(h.file)
			state.Write(append(quoted, after...))
			hash := [sha256.Size]byte(state.Sum(nil))
			list = append(list, diagnosis.Secret{Name: "key-file", SHA256: hash})
		}
	}
	return list
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
