// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// addLoad adds n events, one an hour from the last full hour on.
func addLoad(google *fakegoogle.Server, calendar string, n int) error {
	first := google.Now().UTC().Truncate(time.Hour)
	filler := strings.Repeat("What is to be said about this hour. ", 12)
	for i := range n {
		at := first.Add(time.Duration(i) * time.Hour)
		err := google.AddEvent(calendar, fmt.Sprintf(`{"id":"load%06d","summary":"Hour %d","description":%q,"location":"Room %d",`+
			`"start":{"dateTime":%q,"timeZone":"UTC"},"end":{"dateTime":%q,"timeZone":"UTC"}}`,
			i, i+1, filler, i%40+1, at.Format(time.RFC3339), at.Add(time.Hour).Format(time.RFC3339)))
		if err != nil {
			return err
		}
	}
	return nil
}

// writeKey puts a key file in place in one step. It replaces a key file of an earlier run and nothing else: Google gives
// a real one out only once.
func writeKey(path string, key []byte) error {
	old, err := os.ReadFile(path)
	if err == nil {
		var known struct {
			TokenURI string `json:"token_uri"`
		}
		if json.Unmarshal(old, &known) != nil || !strings.HasPrefix(known.TokenURI, "http://") {
			return fmt.Errorf("%s is there and is not a key file of this program; it stays as it is", path)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".fakegoogle-*.json") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // finds nothing once it is renamed
	_, err = file.Write(key)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// commands are lines to paste into another terminal, in the folder where this program was started.
func commands(base, email string, o options) string {
	api, key, id := base+"/calendar/v3", quote(o.keyFile), quote(o.calendar)
	events := api + "/calendars/" + url.PathEscape(o.calendar) + "/events"
	var b strings.Builder
	if o.keyFile == "" {
		b.WriteString("\n# Without a key file only this can be seen; -write-key fake.json writes one.\n")
	} else {
		fmt.Fprintf(&b, "\n# All five steps at once, and one by one:\n"+
			"go run ./cmd/fivestep events -key %s -api %s %s\n"+
			"go run ./cmd/fivestep jwt -key %[1]s | go run ./cmd/fivestep token | go run ./cmd/fivestep events -api %[2]s %[3]s\n"+
			"\n# Step 5 with curl:\n"+
			"go run ./cmd/fivestep token -key %[1]s -header | curl -sS -H @- %[4]s\n"+
			"\n# Without a token, and the certificate of the key:\n", key, api, id, quote(events+"?singleEvents=true&orderBy=startTime"))
	}
	fmt.Fprintf(&b, "curl -sS -i %s\ncurl -sS %s\n", quote(events), quote(base+"/robot/v1/metadata/x509/"+url.QueryEscape(email)))
	return b.String()
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-]+$`)

// quote writes a word for a POSIX shell.
func quote(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
