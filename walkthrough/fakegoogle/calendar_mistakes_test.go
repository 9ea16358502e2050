// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/fivestep/walkthrough/fakegoogle"
	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

const (
	holidays     = "en.usa#holiday@group.v.calendar.google.com"
	team         = "c_188abc0123@group.calendar.google.com"
	private      = "kim@example.com"
	others       = "others@example.com"
	otherAccount = "writer@other.iam.gserviceaccount.com"
)

// newMistakeWorld returns a world with two events, a few more calendars and
// another account.
func newMistakeWorld(t testing.TB) *world {
	w := newWorld(t)
	w.mistakes = []string{
		"token-in-query", "primary", "misspelled-parameter", "plus-not-escaped", "next-page-hidden",
	}
	w.addOneEvent("one")
	w.addOneEvent("two")
	w.AddCalendar(fakegoogle.Calendar{ID: holidays, Summary: "Holidays in the United States"})
	w.Share(holidays, accountEmail, "reader")
	w.AddCalendar(fakegoogle.Calendar{ID: team, Summary: "The team"})
	w.Share(team, accountEmail, "writer")
	w.AddCalendar(fakegoogle.Calendar{ID: private})
	if _, err := w.CreateAccount(fakegoogle.Account{
		Email: otherAccount, Key: w.account.Key,
	}); err != nil {
		t.Fatal(err)
	}
	w.AddCalendar(fakegoogle.Calendar{ID: others})
	w.Share(others, otherAccount, "reader")
	return w
}

// calendarMistake is a client that does everything right, except for one thing.
type calendarMistake struct {
	does string // what the client does wrong
	name string // what it must be called
	ask  func(w *world, token string)
}

// withHeader sends an Authorization header.
func withHeader(header func(token string) string) func(*world, string) {
	return func(w *world, token string) {
		w.get("", eventsPath, "Authorization", header(token))
	}
}

// bearer changes the access token before it's sent.
func bearer(change func(token string) string) func(*world, string) {
	return func(w *world, token string) { w.get(change(token), eventsPath) }
}

// query lists events with a query, which is sent as it's written here.
func query(text string) func(*world, string) {
	return func(w *world, token string) { w.get(token, eventsPath+"?"+text) }
}

// events lists the events of an ID, which is sent as it's written here.
func events(id string) func(*world, string) {
	return func(w *world, token string) { w.get(token, "calendars/"+id+"/events") }
}

// path sends a GET with the access token.
func path(text string) func(*world, string) {
	return func(w *world, token string) {
		req, err := http.NewRequest("GET", w.url+text, nil)
		if err == nil {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		w.do(req, err)
	}
}

// scoped asks for a path with a token that has another scope.
func scoped(scope, path string) func(*world, string) {
	return func(w *world, _ string) { w.get(w.token(scope), path) }
}

var tokenMistakes = []calendarMistake{
	{"sends no access token", "no-token",
		func(w *world, _ string) { w.get("", eventsPath) }},
	{"sends no access token, and an empty header", "no-token",
		func(w *world, _ string) { w.get("", eventsPath, "X-Empty", "") }},
	{"sends the token with the scheme Token", "other-scheme",
		withHeader(func(token string) string { return "Token " + token })},
	{"sends a user's name and password", "other-scheme",
		withHeader(func(string) string { return "Basic eDp5" })},
	{"sends the token with a colon after Bearer", "other-scheme",
		withHeader(func(token string) string { return "Bearer: " + token })},
	{"sends the token alone", "no-scheme",
		withHeader(func(token string) string { return token })},
	{"doesn't separate Bearer and the token", "no-scheme",
		withHeader(func(token string) string { return "Bearer" + token })},
	{"sends Bearer alone", "empty-token",
		withHeader(func(string) string { return "Bearer " })},
	{"adds Bearer to a token that has it", "scheme-twice",
		bearer(func(token string) string { return "Bearer " + token })},
	{"sends the token in another header", "token-in-other-header",
		func(w *world, token string) { w.get("", eventsPath, "X-Access-Token", token) }},
	{"sends the token in the query, as token", "token-in-query",
		func(w *world, token string) { w.get("", eventsPath+"?token="+token) }},
	{"sends the token in the query, as access_token", "token-in-query",
		func(w *world, token string) { w.get("", eventsPath+"?access_token="+token) }},
	{"sends an API key", "api-key",
		func(w *world, _ string) { w.get("", eventsPath+"?key="+apiKey) }},
	{"sends an API key as the token", "api-key",
		bearer(func(string) string { return apiKey })},
	{"sends a variable without a value", "placeholder-token",
		bearer(func(string) string { return "undefined" })},
	{"sends a variable that the shell didn't replace", "placeholder-token",
		bearer(func(string) string { return "$ACCESS_TOKEN" })},
	{"sends a line break after the token", "token-with-line-break",
		func(w *world, token string) { w.get("", eventsPath+"?access_token="+token+"%0A") }},
	{"sends the token in lines of 76 characters", "token-with-line-break",
		bearer(func(token string) string { return token[:76] + " " + token[76:] })},
	{`sends \n after the token`, "token-with-line-break",
		bearer(func(token string) string { return token + `\n` })},
	{"sends the token in quotes", "token-in-quotes",
		bearer(func(token string) string { return `"` + token + `"` })},
	{"sends the token endpoint's whole answer", "token-in-answer",
		bearer(func(token string) string {
			return `{"access_token":"` + token + `","expires_in":3599}`
		})},
	{"trims the dots", "token-without-dots",
		bearer(func(token string) string { return strings.TrimRight(token, ".") })},
	{"trims one dot", "token-without-dots",
		bearer(func(token string) string { return strings.TrimSuffix(token, ".") })},
	{"stores the token in a column of 255 characters", "token-truncated",
		bearer(func(token string) string { return token[:255] })},
	{"sends the JWT", "jwt-for-token",
		func(w *world, _ string) { w.get(w.sign(w.claims()), eventsPath) }},
	{"sends an ID token", "id-token-for-token", sendIDToken},
	{"keeps the token for too long", "token-expired",
		func(w *world, token string) { w.Advance(90 * time.Minute); w.get(token, eventsPath) }},
	{"keeps the token for an hour", "token-expired",
		func(w *world, token string) { w.Advance(time.Hour); w.get(token, eventsPath) }},
	{"uses the token of an account that was deleted", "token-of-deleted-account",
		func(w *world, token string) { w.DeleteAccount(accountEmail); w.get(token, eventsPath) }},
	{"changes a character of the token", diagnosis.Unknown,
		bearer(func(token string) string { return token[:100] + "!" + token[101:] })},
	{"sends what all tokens begin with", diagnosis.Unknown,
		bearer(func(string) string { return "ya29.c" })},
	{"sends the JWT's header alone", diagnosis.Unknown,
		bearer(func(string) string { return b64([]byte(`{"alg":"RS256"}`)) })},
	{"sends something else", diagnosis.Unknown,
		bearer(func(string) string { return "SlAV32hkKG" })},
	{"sends much more than a token", diagnosis.Unknown,
		bearer(func(token string) string { return strings.Repeat(token, 5) })},
	{"hasn't enabled the API", "api-disabled",
		func(w *world, token string) { w.SetAPIEnabled("lesson", false); w.get(token, eventsPath) }},
}

// apiKey has the form of Google's API keys. It isn't one.
var apiKey = "AIza" + strings.Repeat("x", 35)

func sendIDToken(w *world, _ string) {
	r := w.exchange(w.sign(w.claims().with("target_audience", "https://example.com/")))
	var answer struct {
		IDToken string `json:"id_token"`
	}
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil || answer.IDToken == "" {
		w.t.Fatalf("no ID token: %s", r.body)
	}
	w.get(answer.IDToken, eventsPath)
}

var idMistakes = []calendarMistake{
	{"asks for too small a scope", "scope-too-small",
		scoped("calendar.freebusy", eventsPath)},
	{"reads the list of calendars with a scope for events", "scope-too-small",
		scoped("calendar.events.readonly", listPath)},
	{"reads a calendar with a scope for events", "scope-too-small",
		scoped("calendar.events.readonly", calendarPath)},
	{"asks for a scope for its own calendars", "scope-for-own-calendars",
		scoped("calendar.events.owned.readonly", eventsPath)},
	{"doesn't escape a # in the ID", "id-cut-at-hash",
		func(w *world, token string) { w.get(token, "calendars/"+holidays+"/events") }},
	{"doesn't escape a # in the ID, with a scope for events", "id-cut-at-hash",
		scoped("calendar.events.readonly", "calendars/"+holidays+"/events")},
	{"sends the example's ID", "placeholder-id", events("%7BcalendarId%7D")},
	{"sends a variable without a value as the ID", "placeholder-id", events("undefined")},
	{"escapes the ID twice", "id-escaped-twice", events("you%2540gmail.com")},
	{"sends the calendar's web address", "id-is-address",
		events(url.PathEscape("calendar.google.com/calendar/embed?src=you%40gmail.com"))},
	{"sends the address of a calendar's file", "id-is-address",
		events(url.PathEscape("webcal://example.com/basic.ics"))},
	{"sends the calendar's title", "id-is-title", events("The%20team")},
	{"sends a line break after the ID", "id-with-more", events("you@gmail.com%0A")},
	{"sends the ID in quotes", "id-with-more", events("%22you@gmail.com%22")},
	{"writes the ID in another case", "id-in-other-case", events("You@Gmail.com")},
	{"takes the ID from a link", "id-in-base64",
		events(base64.RawStdEncoding.EncodeToString([]byte(team)))},
	{"misspells the ID", "no-such-calendar", events("you@gmial.com")},
	{"sends half of an ID", "no-such-calendar", events("nobody")},
	{"misspells the ID of one of many calendars", "no-such-calendar",
		func(w *world, token string) {
			for _, id := range []string{"a@example.com", "b@example.com"} {
				w.AddCalendar(fakegoogle.Calendar{ID: id})
				w.Share(id, accountEmail, "freeBusyReader")
			}
			w.get(token, "calendars/c@example.com/events")
		}},
	{"has no calendar at all", "no-such-calendar",
		func(w *world, token string) {
			for _, id := range []string{calendarID, holidays, team} {
				w.Share(id, accountEmail, "")
			}
			w.get(token, "calendars/c@example.com/events")
		}},
	{"hasn't had the calendar shared", "not-shared", events(private)},
	{"uses another account's key", "token-of-other-account", events(others)},
	{"looks in the list for a calendar that is only shared", "not-in-list",
		func(w *world, token string) { w.get(token, listPath+"/"+calendarID) }},
	{"gets an event by its iCalUID", "no-such-event",
		func(w *world, token string) { w.get(token, eventsPath+"/one@google.com") }},
	{"reads primary", "primary", events("primary")},
	{"reads the account's own calendar", "primary", events(accountEmail)},
}

var queryMistakes = []calendarMistake{
	{"asks for a member that isn't there", "wrong-fields", query("fields=items(title)")},
	{"doesn't escape the + of an offset", "plus-not-escaped",
		query("timeMin=2023-11-15T00:00:00+09:00")},
	{"prints a time as Python does", "plus-not-escaped",
		query("timeMin=2023-11-15+00:00:00+09:00")},
	{"escapes a time twice", "time-escaped-twice",
		query("timeMin=2023-11-15T00%253A00%253A00Z")},
	{"sends a time in quotes", "time-in-quotes", query("timeMin=%222023-11-15T00:00:00Z%22")},
	{"sends a time without an offset", "time-without-offset",
		query("timeMin=2023-11-15T00:00:00")},
	{"sends a date", "date-without-time", query("timeMax=2023-11-15")},
	{"adds Z to an offset", "time-with-two-offsets",
		query("timeMin=2023-11-15T00:00:00%2B00:00Z")},
	{"sends a time with a space", "time-with-space", query("timeMin=2023-11-15%2000:00:00")},
	{"sends a time as a number", "time-is-number", query("timeMin=1700000000")},
	{"sends a time in words", "time-not-rfc3339", query("updatedMin=yesterday")},
	{"mixes up timeMin and timeMax", "empty-range",
		query("timeMin=2023-11-16T00:00:00Z&timeMax=2023-11-15T00:00:00Z")},
	{"asks for a range of no length", "empty-range",
		query("timeMin=2023-11-15T00:00:00Z&timeMax=2023-11-15T09:00:00%2B09:00")},
	{"asks for changes of a year ago", "changes-too-old",
		query("updatedMin=2022-11-15T00:00:00Z")},
	{"writes True, as Python does", "wrong-flag", query("singleEvents=True")},
	{"asks for no events at all", "wrong-count", query("maxResults=0")},
	{"orders by a word that isn't there", "wrong-word", query("orderBy=start")},
	{"asks for another form of answer", "wrong-word", query("alt=media")},
	{"sends a list with commas", "list-with-commas", query("eventTypes=default,focusTime")},
	{"orders by startTime without singleEvents", "order-without-single-events",
		query("orderBy=startTime")},
	{"filters by a property without a value", "property-without-value",
		query("privateExtendedProperty=ticket")},
	{"names a time zone by a city", "wrong-time-zone", query("timeZone=Seoul")},
	{"doesn't escape the + of a time zone", "plus-not-escaped", query("timeZone=Etc/GMT+9")},
	{"filters with a sync token", "sync-token-with-others",
		func(w *world, token string) {
			w.get(token, syncPath(w.page(token, eventsPath))+"&timeMin=2023-11-15T00:00:00Z&q=x")
		}},
	{"hides deleted events with a sync token", "sync-token-with-others",
		func(w *world, token string) {
			w.get(token, syncPath(w.page(token, eventsPath))+"&showDeleted=false")
		}},
	{"sends a good sync token and a bad page token", "page-token-unknown",
		func(w *world, token string) {
			w.get(token, syncPath(w.page(token, eventsPath))+"&pageToken=x")
		}},
	{"sends a page token as the sync token", "page-token-as-sync-token",
		func(w *world, token string) {
			first := w.page(token, eventsPath+"?maxResults=1")
			w.get(token, eventsPath+"?syncToken="+first.NextPageToken)
		}},
	{"doesn't escape the + of a sync token", "plus-not-escaped", sendSyncTokenWithSpace},
	{"loses the = of a sync token", "sync-token-cut",
		changedSyncToken(func(text string) string { return strings.TrimRight(text, "=") })},
	{"escapes a sync token twice", "sync-token-escaped-twice",
		changedSyncToken(func(text string) string { return url.QueryEscape(text) })},
	{"sends half of a sync token", "sync-token-unknown",
		changedSyncToken(func(text string) string { return text[:10] })},
	{"keeps a sync token for too long", "sync-token-gone",
		func(w *world, token string) {
			sync := syncPath(w.page(token, eventsPath))
			w.Advance(31 * 24 * time.Hour)
			w.get(w.token("calendar.readonly"), sync)
		}},
	{"sends a sync token as the page token", "sync-token-as-page-token",
		func(w *world, token string) {
			sync := w.page(token, eventsPath).NextSyncToken
			w.get(token, eventsPath+"?pageToken="+url.QueryEscape(sync))
		}},
	{"sends a page token of another server", "page-token-unknown",
		query("pageToken=" + strings.Repeat("A", 40))},
	{"computes now for each page", "page-token-of-other-list",
		func(w *world, token string) {
			const path = eventsPath + "?maxResults=1&q=&timeMin="
			first := w.page(token, path+"2023-11-14T00:00:00Z")
			w.get(token, pagePath(path+"2023-11-14T00:00:01Z", first))
		}},
	{"forgets the other parameters with a page token", "page-token-of-other-list",
		func(w *world, token string) {
			first := w.page(token, eventsPath+"?maxResults=1&singleEvents=true&orderBy=startTime")
			w.get(token, pagePath(eventsPath+"?", first))
		}},
	{"sends a page token to another calendar, and another filter", "page-token-of-other-list",
		func(w *world, token string) {
			first := w.page(token, eventsPath+"?maxResults=1")
			w.get(token, pagePath("calendars/"+team+"/events?q=review&x=1", first))
		}},
	{"sends a page token with a query that has nothing of the first", "page-token-of-other-list",
		func(w *world, token string) {
			first := w.page(token, eventsPath+"?maxResults=1")
			w.get(token, pagePath(eventsPath+"?iCalUID=a&q=b&showDeleted=true&singleEvents=true", first))
		}},
	{"sends a page token that it got as somebody else", "page-token-of-other-list",
		func(w *world, token string) {
			const path = eventsPath + "?maxResults=1"
			w.AddUser(private)
			w.Delegate(w.account.ClientID, scopePrefix+"calendar.readonly")
			w.Share(calendarID, private, "reader")
			first := w.page(token, path)
			w.get(w.tokenAs(private), pagePath(path, first))
		}},
	{"leaves the page token out of fields", "next-page-hidden",
		func(w *world, token string) {
			w.addHours(250)
			w.get(token, eventsPath+"?fields=items(summary)")
		}},
	{"sends parameters that Google doesn't have", "", query("keys=a&timeMinimum=b&qq=c")},
	{"asks for one event, and no more", "",
		query("maxResults=1&fields=items(summary)")},
	{"misspells a parameter", "misspelled-parameter", query("single_events=true")},
	{"leaves out a letter of a parameter", "misspelled-parameter", query("timMin=x")},
	{"doesn't escape the + in an iCalUID", "plus-not-escaped", query("iCalUID=a+b@google.com")},
}

// changedSyncToken sends a sync token that was changed.
func changedSyncToken(change func(string) string) func(*world, string) {
	return func(w *world, token string) {
		sync := change(w.page(token, eventsPath).NextSyncToken)
		w.get(token, eventsPath+"?syncToken="+url.QueryEscape(sync))
	}
}

// sendSyncTokenWithSpace waits until a sync token has a +.
func sendSyncTokenWithSpace(w *world, token string) {
	for range 1000 {
		w.Advance(time.Millisecond)
		sync := w.page(token, eventsPath).NextSyncToken
		if strings.Contains(sync, "+") {
			w.get(token, eventsPath+"?syncToken="+strings.ReplaceAll(sync, "=", "%3D"))
			return
		}
	}
	w.t.Error("no sync token has a +")
}

var addressMistakes = []calendarMistake{
	{"posts an event", "not-a-get",
		func(w *world, token string) {
			w.post("/calendar/v3/"+eventsPath, "application/json", "{}")
		}},
	{"posts the JWT to auth_uri", "auth-uri",
		func(w *world, _ string) { w.post("/o/oauth2/auth", formType, "") }},
	{"posts the JWT to an address of an example", "other-token-address",
		func(w *world, _ string) { w.post("/oauth2/v3/token", formType, "") }},
	{"posts the JWT to the token endpoint with a slash", "address-with-slash",
		func(w *world, _ string) { w.post("/token/", formType, "") }},
	{"adds a slash", "address-with-slash", path("/calendar/v3/" + eventsPath + "/")},
	{"joins two slashes", "address-with-two-slashes", path("/calendar/v3//" + eventsPath)},
	{"has an empty calendar ID", "empty-id", path("/calendar/v3/calendars//events")},
	{"joins two addresses", "address-in-address",
		path("/https://www.googleapis.com/calendar/v3/" + eventsPath)},
	{"joins a base URL with a path, and a path", "address-twice",
		path("/calendar/v3/calendar/v3/" + eventsPath)},
	{"leaves out /calendar", "address-without-api", path("/v3/" + eventsPath)},
	{"leaves out /calendar/v3", "address-without-api", path("/" + eventsPath)},
	{"leaves out the version", "address-without-api", path("/calendar/" + eventsPath)},
	{"leaves out /calendars", "address-without-calendars",
		path("/calendar/v3/you@gmail.com/events")},
	{"leaves out /users/me", "address-without-user", path("/calendar/v3/calendarList")},
	{"writes calendar for calendars", "misspelled-address",
		path("/calendar/v3/calendar/you@gmail.com/events")},
	{"writes a path in lower case", "misspelled-address",
		path("/calendar/v3/users/me/calendarlist")},
	{"writes a path in upper case", "misspelled-address",
		path("/CALENDAR/V3/calendars/Me/Events")},
	{"writes user for users", "misspelled-address", path("/calendar/v3/user/me/calendarList")},
	{"asks for something that isn't there", "address", path("/calendar/v3/nowhere")},
	{"watches another API", "address", path("/drive/v3/files/one/watch")},
	{"escapes the ?", "query-in-path", path("/calendar/v3/" + eventsPath + "%3Fq=x")},
	{"writes & for ?", "query-in-path", path("/calendar/v3/" + eventsPath + "&q=x")},
	{"doesn't escape a slash in the ID", "slash-in-id",
		path("/calendar/v3/calendars/a/b@example.com/events")},
	{"asks for free/busy times", "not-in-the-fake", path("/calendar/v3/freeBusy")},
	{"asks for the instances of an event", "not-in-the-fake",
		path("/calendar/v3/" + eventsPath + "/one/instances")},
	{"asks for the certificates of nobody", "no-such-account",
		path(certificatesPath + "x%40y.iam.gserviceaccount.com")},
	{"asks for another API", "address", path("/drive/v3/files")},
	{"sends a header of 64 KiB", "too-large",
		func(w *world, token string) {
			w.get(token, eventsPath, "X-Long", strings.Repeat("x", 64<<10))
		}},
	{"sends a URL of 64 KiB", "too-large", query("q=" + strings.Repeat("x", 64<<10))},
}

// TestCalendarMistakes makes each mistake once. The golden file has what the
// log says about it, to be read as a guide.
func TestCalendarMistakes(t *testing.T) {
	g := newGolden(t, "calendar-mistakes.txt")
	tested := map[string]bool{diagnosis.Unknown: true}
	for _, group := range [][]calendarMistake{
		tokenMistakes, idMistakes, queryMistakes, addressMistakes,
	} {
		for _, m := range group {
			w := newMistakeWorld(t)
			token := w.token("calendar.readonly")
			m.ask(w, token)
			requests := w.Requests()
			last := requests[len(requests)-1]
			if last.Verdict.Name != m.name {
				t.Errorf("a client that %s: %q, want %q\n%s",
					m.does, last.Verdict.Name, m.name, last)
			}
			checkVerdict(t, last)
			title := "A client that " + m.does + ": " + cmp.Or(m.name, "no mistake")
			g.add(title, last.String()+"\n")
			tested[m.name] = true
		}
	}
	g.compare()
	for _, name := range mistakeNames(t, "diagnosis/calendar*.go") {
		if !tested[name] {
			t.Errorf("no client here makes the mistake %s", name)
		}
	}
}

// mistakeNames returns the names of mistakes in source files.
func mistakeNames(t *testing.T, pattern string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || len(literal.Elts) < 3 {
				return true
			}
			kind, _ := literal.Type.(*ast.Ident)
			first, isText := literal.Elts[0].(*ast.BasicLit)
			_, isWord := literal.Elts[2].(*ast.BasicLit)
			isSlip := kind == nil && !isWord
			if isText && (isSlip || kind != nil && kind.Name == "Mistake") {
				name, err := strconv.Unquote(first.Value)
				if err != nil {
					t.Fatal(err)
				}
				names = append(names, name)
			}
			return true
		})
	}
	return names
}

// checkVerdict checks what must be true of every verdict: its text is short,
// prints, and shows no secret.
func checkVerdict(t *testing.T, r fakegoogle.Request) {
	t.Helper()
	const longest = 1000 // bytes
	text := r.String()
	if len(text) > longest || !utf8.ValidString(text) {
		t.Errorf("%d bytes: %s", len(text), text)
	}
	unprintable := func(c rune) bool { return c != '\n' && !strconv.IsPrint(c) }
	if i := strings.IndexFunc(text, unprintable); i >= 0 {
		t.Errorf("doesn't print: %.20q", text[i:])
	}
	if isRefused := r.Verdict.Refused > 0; isRefused && r.Verdict.Wrong == "" {
		t.Errorf("no reason: %s", text)
	}
	secrets := []string{r.Header.Get("Authorization"), r.Path, string(r.Body)}
	for _, secret := range secrets {
		if piece := leaked(text, secret); piece != "" {
			t.Errorf("%q is in %s", piece, text)
		}
	}
}

// leaked returns a piece of an access token or of a JWT that is in a text.
func leaked(text, secret string) string {
	const size = 24
	for _, start := range []string{"ya29.", "eyJ"} {
		_, rest, ok := strings.Cut(secret, start)
		for i := 0; ok && i+size <= len(rest); i++ {
			piece := rest[i : i+size]
			if strings.ContainsAny(piece, `."%{}&/ `) {
				continue // a word of something else, or dots
			}
			if strings.Contains(text, piece) {
				return piece
			}
		}
	}
	return ""
}

// FuzzCalendarVerdict sends any header, path and query. The verdict is short,
// prints, and has no secret.
func FuzzCalendarVerdict(f *testing.F) {
	w := newMistakeWorld(f)
	token := w.token("calendar.readonly")
	for _, seed := range [][3]string{
		{"Bearer TOKEN", eventsPath, "timeMin=2023-11-15T00:00:00+09:00"},
		{"Bearer \"TOKEN\"", "calendars/TOKEN/events", "q=TOKEN"},
		{"TOKEN", "calendars/primary/events", "access_token=TOKEN&orderBy=TOKEN"},
		{"Bearer TOKEN TOKEN", "users/me/calendarList/TOKEN", "pageToken=TOKEN"},
		{"Bearer TOKEN", eventsPath, "pageToken=" + strings.Repeat("A", 40)},
		{"Bearer TOKEN", eventsPath + "/%ff%00", "fields=TOKEN&timeZone=TOKEN"},
		{"Bearer TOKEN", "TOKEN/TOKEN", "TOKEN=TOKEN"},
		{"TOKEN TOKEN", eventsPath, "TOKEN=x&syncToken=TOKEN"},
		{"Bearer TOKEN", listPath, "orderBy=x&timeMin=x&eventTypes=y&pageToken=x"},
		{"Bearer TOKEN", listPath, "syncToken=CPDAlvWDx70CEPDAlvWDx70CGAU%3D&minAccessRole=x"},
		{"Bearer TOKEN", eventsPath, "alt=&alt=x&fields=items(x),,&singleEvents=&singleEvents=x"},
		{"Bearer TOKEN", eventsPath, "showDeleted=false&syncToken=x&timeZone=Local"},
		{"Bearer TOKEN", "calendars/\u202e%E2%80%AE/events", "timeMin=\u202e\u2028\x00\xff"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, header, path, query string) {
		put := func(text string) string { return strings.ReplaceAll(text, "TOKEN", token) }
		u, err := url.ParseRequestURI("/calendar/v3/" + put(path))
		if err != nil {
			return
		}
		r := httptest.NewRequest("GET", "/", nil)
		u.RawQuery = put(query)
		r.URL, r.RequestURI = u, u.RequestURI()
		r.Header.Set("Authorization", put(header))
		w.ServeHTTP(httptest.NewRecorder(), r)
		requests := w.Requests()
		last := requests[len(requests)-1]
		last.Body = []byte(token)
		checkVerdict(t, last)
		if v := last.Verdict; v.Name == diagnosis.Unknown && v.Refused == diagnosis.Parameters {
			t.Errorf("the server refuses a parameter that the diagnosis accepts: %s", query)
		}
	})
}
