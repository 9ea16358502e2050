// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"fmt"
)

var keyCommand = command{
	name:  "key",
	short: "check a key file and show what is in it, nothing secret",
	help: `
  fivestep key key.json         what is in it; exit 1 and a reason if it is bad

Step 1: reads the JSON that the Google Cloud console hands out for a service
account and checks every part of it. The private key is not shown.
`,
	define: func(f *flags) { f.keyFlag("") },
	run: func(ctx context.Context, t *tool, f *flags, args []string) error {
		if len(args) > 1 || len(args) == 1 && f.key != "" {
			return usageError{"key takes one key file"}
		}
		if len(args) == 1 {
			f.key = args[0]
		}
		if err := t.loadKey(ctx, f); err != nil {
			return err
		}
		k := f.account
		for _, row := range [][3]string{
			{"client_email", k.ClientEmail, "goes into the claims as iss; share calendars with it"},
			{"project_id", k.ProjectID, "where the Calendar API must be enabled"},
			{"client_id", k.ClientID, "what domain-wide delegation is granted to"},
			{"private_key_id", k.PrivateKeyID, "goes into the header as kid"},
			{"private_key", fmt.Sprintf("RSA, %d bits, exponent %d", k.PrivateKey.N.BitLen(), k.PrivateKey.E), "signs the assertion; not shown"},
			{"token_uri", k.TokenURI, "goes into the claims as aud; the JWT is posted there"},
			{"client_x509_cert_url", k.ClientX509CertURL, "the certificates of the account's keys"},
		} {
			if row[1] == "" {
				continue
			}
			if _, err := fmt.Fprintf(t.stdout, "%-21s %s\n%-21s   %s\n", row[0], printable(row[1]), "", row[2]); err != nil {
				return err
			}
		}
		return nil
	},
}
