// SPDX-License-Identifier: 0BSD

package exam

// assertionTrials are the trials from the second step on: what the assertion
// says. The fake accepts it anyway, as Google does.
func assertionTrials() []Trial {
	return []Trial{
		{
			Name:   "kid",
			Demand: "the header's kid is the key file's private_key_id",
			Why: "An account can have several keys, and kid says which one signed. " +
				"Google's documentation asks for it. It works without, " +
				"but nobody promises that it will continue to.",
			Lesson: "/#header-kid",
			Files:  []string{"jwt/jwt.go"},

			stage: 2,
			judge: namesKey,
		},
		{
			Name: "aud",
			Demand: "aud is the key file's token_uri, " +
				"or https://oauth2.googleapis.com/token",
			Why: "Google's documentation names no other address. Older ones work, " +
				"but nobody promises that they will continue to.",
			Lesson: "/#claims-aud",
			Files:  []string{"jwt/jwt.go"},

			stage: 2,
			judge: namesEndpoint,
		},
		{
			Name:   "lifetime",
			Demand: "exp is after iat, and 3,600 seconds after it at most",
			Why: "Google documents an hour at most. " +
				"If a little more is forgiven today, that can change tomorrow.",
			Lesson: "/#claims-exp",
			Files:  []string{"jwt/jwt.go", "jwt/check.go"},

			stage: 2,
			judge: livesAnHour,
		},
		{
			Name:   "one-scope",
			Demand: "asks for one scope, calendar.events.readonly or calendar.readonly",
			Why: "Anyone who steals the access token can do what its scopes allow. " +
				"Listing events takes no more than this.",
			Lesson: "/#claims-scope",
			Files:  []string{"jwt/check.go"},

			stage: 2,
			judge: asksToRead,
		},
	}
}
