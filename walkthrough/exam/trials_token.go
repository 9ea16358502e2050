// SPDX-License-Identifier: 0BSD

package exam

// tokenTrials are the trials from the third and the fourth step on: the POST and
// its answer.
func tokenTrials() []Trial {
	return []Trial{
		{
			Name:   "token-503",
			Demand: "posts again if the token endpoint answers 503 once",
			Why: "The token endpoint has hiccups of a second. " +
				"A job that gives up at the first one wakes somebody at night.",
			Lesson: "/lab?break=token-503",
			Files:  []string{"tokenexchange/retry.go", "tokenexchange/client.go"},

			stage:   3,
			arrange: faults("token:503*1"),
			judge:   succeeds,
		},
		{
			Name:   "slow-server",
			Demand: "ends with an error within TIMEOUT seconds if no answer comes",
			Why: "Many HTTP libraries wait forever. A job that hangs is worse " +
				"than one that fails: nobody notices.",
			Lesson: "/#token-request",
			Files:  []string{"tokenexchange/client.go"},

			stage:   3,
			arrange: neverAnswers,
			judge:   failsAtToken,
		},
		{
			Name:   "redirected-post",
			Demand: "doesn't post the assertion to another host that a 307 leads to",
			Why: "For an hour, anyone who has the assertion can exchange it. " +
				"Google never redirects this request.",
			Lesson: "/#token-request-host-header",
			Files:  []string{"tokenexchange/check.go", "tokenexchange/client.go"},

			stage:   3,
			arrange: redirectPost,
			judge:   keepsAssertion,
		},
		{
			Name:   "clock",
			Demand: "ends with an error if the clock is ten minutes ahead of Google's",
			Why: "Google answers 400, and there's no token. " +
				"A list without events would be a lie.",
			Lesson: "/lab?break=clock-ahead",
			Files:  []string{"tokenexchange/error.go", "tokenexchange/advice.go"},

			stage:   3,
			arrange: tenMinutesBehind,
			judge:   failsOrSucceeds,
		},
		{
			Name: "no-secret",
			Demand: "doesn't print the assertion if an error of the token endpoint " +
				"contains it",
			Why: "Google has been seen to repeat the assertion in its error. " +
				"Logs are kept longer and read by more people than you think. " +
				"Every trial searches the client's output for secrets.",
			Lesson: "/#assertion",
			Files:  []string{"tokenexchange/withhold.go"},

			stage:   3,
			arrange: echoAssertion,
			judge:   failsAtToken,
		},
		{
			Name:   "no-token",
			Demand: "treats a 200 without access_token as an error, and asks for no events",
			Why: "If a scope has a typo, Google answers with an ID token instead. " +
				"Half of the public clients that we've read continue with " +
				"\"Bearer undefined\".",
			Lesson: "/lab?break=misspelt-scope",
			Files:  []string{"tokenexchange/check.go"},

			stage:   4,
			arrange: idTokenInstead,
			judge:   stopsWithoutToken,
		},
		{
			Name:   "huge-answer",
			Demand: "stops reading an answer to the POST that has 101 MiB, before it has read 32",
			Why: "A token takes two kilobytes. A client that reads an answer of any " +
				"size lets any proxy on the way fill its memory.",
			Lesson: "/#token-response-content-length-header",
			Files:  []string{"tokenexchange/exchange.go"},

			stage:   4,
			arrange: hugeAnswer,
			judge:   stopsReading,
		},
		{
			Name:   "whole-token",
			Demand: "uses all 2,048 characters of the access token, and its dots",
			Why: "Google documents tokens of up to 2,048 characters. Real ones end " +
				"with dots that belong to them. A database column of 1,024 " +
				"characters, or a pattern that skips dots, breaks them.",
			Lesson: "/lab?break=truncated",
			Files:  []string{"tokenexchange/exchange.go", "calendar/calendar.go"},

			stage:   4,
			arrange: longToken,
			judge:   usesWholeToken,
		},
		{
			Name:   "one-token",
			Demand: "uses the same access token for both pages of a list",
			Why: "A token is valid for an hour. " +
				"Asking for one for each page doubles the requests.",
			Lesson: "/#token-response-expires_in",
			Files:  []string{"tokenexchange/source.go"},

			stage:   5,
			arrange: pagesOfTwo(3),
			judge:   asksForOneToken,
		},
		{
			Name:   "fresh-token",
			Demand: "gets another access token if the first expires between two pages",
			Why: "Programs run for longer than an hour. Look at expires_in before " +
				"each request, or get another token after a 401: once.",
			Lesson: "/lab?break=expired",
			Files:  []string{"tokenexchange/source.go", "calendar/client.go"},

			stage:   5,
			arrange: tokenExpires,
			judge:   succeeds,
		},
	}
}
