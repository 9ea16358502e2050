// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/url"
	"strings"
)

// Account is a service account with one of its keys.
type Account struct {
	ProjectID     string // my-project-123456
	ProjectNumber string // 12 digits
	Email         string // NAME@PROJECT.iam.gserviceaccount.com
	ClientID      string // 21 digits, what domain-wide delegation is granted to
	KeyID         string // 40 hexadecimal digits, the kid of a JWT
	Key           *rsa.PrivateKey
}

// robot is what the server knows of an account; the private half of a key is not kept.
type robot struct {
	project, number, clientID string
	keys                      map[string]publicKey // by key id
}

type publicKey struct {
	key         *rsa.PublicKey
	certificate string // PEM
}

// CreateAccount makes the account known to the server, and the Calendar API enabled for its project. Empty fields are
// filled in: a fresh RSA-2048 key, and for the rest values that depend only on what was given and on the accounts
// already there. The same Email with another Key adds a key to that account.
func (s *Server) CreateAccount(a Account) (*Account, error) {
	if a.Key == nil {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("fakegoogle: no key: %w", err)
		}
		a.Key = key
	}
	if a.KeyID == "" {
		id := sha256.Sum256(x509.MarshalPKCS1PublicKey(&a.Key.PublicKey))
		a.KeyID = hex.EncodeToString(id[:20])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Email == "" {
		if a.ProjectID == "" {
			a.ProjectID = "five-step-471108"
		}
		name := "calendar-reader"
		for n := 2; s.accounts[name+"@"+a.ProjectID+".iam.gserviceaccount.com"] != nil; n++ {
			name = fmt.Sprintf("calendar-reader-%d", n)
		}
		a.Email = name + "@" + a.ProjectID + ".iam.gserviceaccount.com"
	}
	name, host, ok := strings.Cut(a.Email, "@")
	if !ok || name == "" || host == "" {
		return nil, fmt.Errorf("fakegoogle: %q is not the e-mail address of a service account", a.Email)
	}
	known := s.accounts[a.Email]
	if known != nil && (a.ClientID != "" && a.ClientID != known.clientID || a.ProjectID != "" && a.ProjectID != known.project) {
		return nil, fmt.Errorf("fakegoogle: %s exists with another client id or project", a.Email)
	}
	if known == nil {
		if a.ProjectID == "" {
			a.ProjectID, _, _ = strings.Cut(host, ".")
		}
		if a.ProjectNumber == "" {
			a.ProjectNumber = digits(a.ProjectID, 12)
		}
		if a.ClientID == "" {
			a.ClientID = digits(a.Email, 21)
		}
		known = &robot{project: a.ProjectID, number: a.ProjectNumber, clientID: a.ClientID, keys: map[string]publicKey{}}
	}
	a.ProjectID, a.ProjectNumber, a.ClientID = known.project, known.number, known.clientID
	cert, err := certificate(&a, s.now())
	if err != nil {
		return nil, fmt.Errorf("fakegoogle: no certificate: %w", err)
	}
	known.keys[a.KeyID] = publicKey{&a.Key.PublicKey, cert}
	s.accounts[a.Email] = known
	return &a, nil
}

// digits derives n decimal digits, the first not zero, from text.
func digits(text string, n int) string {
	out := make([]byte, 0, n)
	for i := 0; len(out) < n; i++ {
		h := sha256.Sum256([]byte(fmt.Sprint(text, i)))
		v := fmt.Sprint(binary.BigEndian.Uint64(h[:]) | 1<<63) // always 19 digits, or 20
		out = append(out, v[:min(n-len(out), 18)]...)
	}
	return string(out)
}

// KeyFile returns the JSON that the console lets one download for this key: eleven members in the console's order, two
// blanks of indent, the key as PKCS #8 in PEM. An empty tokenURI means Google's own.
//
// Source: https://cloud.google.com/iam/docs/keys-create-delete (D); the order of members and the final newline are those
// of downloaded files (V).
func (a *Account) KeyFile(tokenURI string) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(a.Key)
	if err != nil {
		panic("fakegoogle: " + err.Error()) // cannot happen to an RSA key
	}
	if tokenURI == "" {
		tokenURI = "https://oauth2.googleapis.com/token"
	}
	file, _ := json.MarshalIndent(struct {
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
	}{
		"service_account", a.ProjectID, a.KeyID,
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		a.Email, a.ClientID,
		"https://accounts.google.com/o/oauth2/auth", tokenURI,
		"https://www.googleapis.com/oauth2/v1/certs",
		"https://www.googleapis.com/robot/v1/metadata/x509/" + url.QueryEscape(a.Email),
		"googleapis.com",
	}, "", "  ")
	return append(file, '\n')
}

// RevokeKey deletes one key of an account. Access tokens that were got with it stay good until they expire.
func (s *Server) RevokeKey(email, keyID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[email]; a != nil {
		delete(a.keys, keyID)
	}
}

// DeleteAccount deletes an account with all its keys; its access tokens are refused from now on.
func (s *Server) DeleteAccount(email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.accounts, email)
}

// SetAPIEnabled turns the Calendar API of a project on or off. It is on when an account is created.
func (s *Server) SetAPIEnabled(projectID string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disabled[projectID] = !on
}

// AddUser adds a Workspace user, whom a delegated account may name as sub.
func (s *Server) AddUser(email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[email] = true
}

// Delegate grants domain-wide delegation to a client id for exactly these scopes; none takes it away.
func (s *Server) Delegate(clientID string, scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delegated[clientID] = append([]string(nil), scopes...)
}
