// SPDX-License-Identifier: 0BSD

package lab

// breakExchange returns what can go wrong in step 3.
func breakExchange() []Breakage {
	return []Breakage{
		{
			Name: "grant-type", Step: 3,
			Title: "Another grant type",
			Change: "grant_type says client_credentials. " +
				"Package tokenexchange always sends the right one, " +
				"so the lab changes the request on the way.",
			Cause: "OAuth has many grants. " +
				"client_credentials looks right for a program without a user, " +
				"but this endpoint does not take it.",
			Cure: "Send urn:ietf:params:oauth:grant-type:jwt-bearer (RFC 7523, section 2.1), " +
				"its colons escaped as %3A.",
			change: func(a *attempt) {
				a.form = replace(
					"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer",
					"grant_type=client_credentials")
			},
		},
		{
			Name: "token-503", Step: 3,
			Title:  "The token endpoint is out of order",
			Change: "Google's token endpoint answers 503 to every request.",
			Cause:  "It happens, for seconds as a rule.",
			Cure: "Try again later, and not at once: " +
				"the package waits longer from try to try, by a random time. " +
				"A program that keeps its token for the hour seldom notices.",
			change: func(a *attempt) { a.fault("token", "503") },
		},
	}
}
