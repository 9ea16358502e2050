// SPDX-License-Identifier: 0BSD

package exam

// calendarTrials are the trials of the fifth step: the list of events.
func calendarTrials() []Trial {
	return []Trial{
		{
			Name:   "every-page",
			Demand: "prints the events of all four pages of a list",
			Why: "A page has 250 events unless you ask for more. " +
				"A client that reads only the first shows an old calendar, " +
				"and nothing tells you.",
			Lesson: "/lab?break=page-token",
			Files:  []string{"calendar/list.go", "calendar/page.go"},

			stage:   5,
			arrange: pagesOfTwo(7),
			judge:   succeeds,
		},
		{
			Name:   "empty-page",
			Demand: "continues after a page that has no events but a nextPageToken",
			Why: "Google sends such pages. Only a missing nextPageToken " +
				"means that the list is complete.",
			Lesson: "/#events-response-items",
			Files:  []string{"calendar/list.go"},

			stage:   5,
			arrange: emptyFirstPage,
			judge:   succeeds,
		},
		{
			Name:   "lost-page",
			Demand: "ends with an error if the second page is refused",
			Why: "Half a list looks like a whole one. A program that trusts it " +
				"deletes the other half, or double-books it.",
			Lesson: "/#events-response-status-line",
			Files:  []string{"calendar/list.go", "calendar/error.go"},

			stage:   5,
			arrange: secondPageGone,
			judge:   failsAtSecondPage,
		},
		{
			Name:   "events-503",
			Demand: "asks again if the Calendar API answers 503 once",
			Why:    "It happens to everybody now and then, and is over in a second.",
			Lesson: "/lab?break=503",
			Files:  []string{"calendar/retry.go", "calendar/client.go"},

			stage:   5,
			arrange: faults("events:503*1"),
			judge:   succeeds,
		},
		{
			Name:   "rate-limit",
			Demand: "asks again after a 403 with the reason rateLimitExceeded",
			Why: "A 403 usually means that you may not. " +
				"Only the reason tells you that you may, a little later.",
			Lesson: "/lab?break=rate-403",
			Files:  []string{"calendar/error.go", "calendar/retry.go"},

			stage:   5,
			arrange: faults("events:rateLimitExceeded*1"),
			judge:   succeeds,
		},
		{
			Name:   "retry-after",
			Demand: "waits for 2 seconds after a 429 with Retry-After: 2, and asks again",
			Why: "The server knows when it has room. " +
				"A client that asks sooner makes things worse for everyone.",
			Lesson: "/lab?break=rate-429",
			Files:  []string{"calendar/retry.go"},

			stage:   5,
			arrange: faults("events:429,retry-after=2*1"),
			judge:   waitsAsAsked,
		},
		{
			Name:   "html",
			Demand: "treats a 200 with an HTML page as an error",
			Why: "A hotel's network answers with its own page until you have signed " +
				"in. That isn't a calendar without events.",
			Lesson: "/#events-response-content-type-header",
			Files:  []string{"calendar/page.go", "calendar/error.go"},

			stage:   5,
			arrange: faults("events:html"),
			judge:   failsAtEvents,
		},
		{
			Name:   "redirected-get",
			Demand: "doesn't send the access token to another host that a 302 leads to",
			Why: "Anyone who answers there can read the calendar for an hour. " +
				"Google never redirects this request.",
			Lesson: "/#events-request-authorization-header",
			Files:  []string{"calendar/client.go"},

			stage:   5,
			arrange: redirectGet,
			judge:   keepsToken,
		},
		{
			Name:   "id-with-hash",
			Demand: "escapes the calendar's ID, which has a # in it",
			Why: "Every calendar of holidays has one. Unescaped, it ends the URL: " +
				"the rest of the ID isn't sent.",
			Lesson: "/lab?break=hash",
			Files:  []string{"calendar/client.go"},

			stage:   5,
			arrange: holidays,
			judge:   succeeds,
		},
		{
			Name:   "korean-title",
			Demand: "prints a title in Korean, as UTF-8",
			Why: "Events are written in every language. " +
				"Nobody can read \\uc774 or ???.",
			Lesson: "/#events-response-event-summary",
			Files:  []string{"calendar/page.go"},

			stage:   5,
			arrange: koreanTitle,
			judge:   succeeds,
		},
		{
			Name:   "all-day",
			Demand: "prints the day of an event that lasts all day",
			Why: "Such an event has start.date and no start.dateTime, " +
				"because its day is the same in every time zone.",
			Lesson: "/#events-response-event-start",
			Files:  []string{"calendar/resource.go"},

			stage:   5,
			arrange: allDay,
			judge:   succeeds,
		},
		{
			Name:   "not-shared",
			Demand: "ends with an error if the calendar isn't shared with the account",
			Why: "It's the most frequent mistake with service accounts. Google answers " +
				"404, as if there were no such calendar.",
			Lesson: "/lab?break=not-shared",
			Files:  []string{"calendar/advice.go"},

			stage:   5,
			arrange: notShared,
			judge:   failsAtEvents,
		},
		{
			Name:   "api-off",
			Demand: "ends with an error if the Calendar API isn't enabled",
			Why: "Each project has to enable it once. Google's answer has a link " +
				"for that, which is of use only if somebody sees it.",
			Lesson: "/lab?break=api-disabled",
			Files:  []string{"calendar/advice.go"},

			stage:   5,
			arrange: apiOff,
			judge:   failsAtEvents,
		},
	}
}
