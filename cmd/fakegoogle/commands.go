// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// commands returns lines to paste into another terminal, in the folder where
// this program was started.
func commands(base, email string, o options) string {
	api := base + "/calendar/v3"
	events := api + "/calendars/" + url.PathEscape(o.calendar) + "/events"
	certificate := base + "/robot/v1/metadata/x509/" + url.QueryEscape(email)
	var b strings.Builder
	if o.keyFile == "" {
		b.WriteString("\n# Without a key file, you can try only these." +
			" -write-key fake.json writes one.\n")
	} else {
		key := quote(o.keyFile)
		calendar := quote(o.calendar)
		b.WriteString("\n# All five steps at once, and one by one:\n")
		fmt.Fprintf(&b, "go run ./cmd/fivestep events -key %s -api %s %s\n", key, api, calendar)
		fmt.Fprintf(&b, "go run ./cmd/fivestep jwt -key %s"+
			" | go run ./cmd/fivestep token"+
			" | go run ./cmd/fivestep events -api %s %s\n", key, api, calendar)
		b.WriteString("\n# Step 5 with curl:\n")
		fmt.Fprintf(&b, "go run ./cmd/fivestep token -key %s -header | curl -sS -H @- %s\n",
			key, quote(events+"?singleEvents=true&orderBy=startTime"))
		b.WriteString("\n# A request without a token, and the certificate of the key:\n")
	}
	fmt.Fprintf(&b, "curl -sS -i %s\n", quote(events))
	fmt.Fprintf(&b, "curl -sS %s\n", quote(certificate))
	return b.String()
}

var unquoted = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-]+$`)

// quote quotes a word for a POSIX shell, if it needs to.
func quote(word string) string {
	if unquoted.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
