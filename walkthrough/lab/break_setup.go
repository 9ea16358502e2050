// SPDX-License-Identifier: 0BSD

package lab

import (
	"strings"

	"example.com/fivestep/walkthrough"
)

// breakSetup returns what can go wrong in step 1: with the key file, the
// project and the sharing of the calendar.
func breakSetup() []Breakage {
	return []Breakage{
		{
			Name: "escaped-twice", Step: 1,
			Title:  "The key file was escaped twice",
			Change: `Each \n of the private key has become \\n.`,
			Cause: "The file went through an environment variable, " +
				"a template or a secret store that escaped what was escaped already.",
			Cure: "Store the file as it was downloaded, or base64 of the whole file.",
			change: func(a *attempt) {
				a.file = func(s string) string { return strings.ReplaceAll(s, `\n`, `\\n`) }
			},
		},
		{
			Name: "key-deleted", Step: 1,
			Title: "The key was deleted",
			Change: "The key has been deleted in the console. " +
				"The file is unchanged, and so is every byte that is sent.",
			Cause: "Keys are rotated, by people and by an organisation's rules, " +
				"and whoever uses them is not always told.",
			Cure: "Create a new key for the account. " +
				"The old file will never work again.",
			change: func(a *attempt) {
				a.google.RevokeKey(a.account.ClientEmail, a.account.PrivateKeyID)
			},
		},
		{
			Name: "api-disabled", Step: 1,
			Title: "The Calendar API is not enabled",
			Change: "The project of the account has never enabled the Calendar API. " +
				"Steps 1 to 4 do not notice.",
			Cause: "An account and its key can be created in any project; " +
				"each API is enabled by hand, once for the project.",
			Cure:   "Open the link in the answer, enable the API, and wait some minutes.",
			change: func(a *attempt) { a.google.SetAPIEnabled(a.account.ProjectID, false) },
		},
		{
			Name: "not-shared", Step: 1,
			Title:  "The calendar is not shared",
			Change: "Nobody has shared " + walkthrough.CalendarID + " with the account.",
			Cause: "A service account is a user of its own: " +
				"the owner of a calendar has to share it, as with a colleague. " +
				"Google answers as if there were no such calendar.",
			Cure: "calendar.google.com > Settings > the calendar > Shared with > Add people: " +
				`the account's client_email, "See all event details".`,
			change: func(a *attempt) {
				a.google.Share(walkthrough.CalendarID, a.account.ClientEmail, "")
			},
		},
	}
}
