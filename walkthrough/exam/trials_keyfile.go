// SPDX-License-Identifier: 0BSD

package exam

// keyFileTrials are the trials from the first step on.
func keyFileTrials() []Trial {
	return []Trial{
		{
			Name:   "good-run",
			Demand: "prints each event once, and ends with exit status 0",
			Why:    "Nothing gets in the way here. All other trials build on this one.",
			Lesson: "/#step-1",
			Files:  []string{"calendar/calendar.go"},

			stage: 1,
			judge: printsOnce,
		},
		{
			Name: "bad-key-file",
			Demand: "sends nothing if the key file has no client_email, " +
				"and ends with an error",
			Why: "A key file that is put together from environment variables lacks " +
				"those that weren't set. Google would answer \"account not found\", " +
				"which leads you astray.",
			Lesson: "/#key-file-client_email",
			Files:  []string{"jwt/keyfile_error.go"},

			stage:   1,
			arrange: withoutEmail,
			judge:   sendsNothing,
		},
	}
}
