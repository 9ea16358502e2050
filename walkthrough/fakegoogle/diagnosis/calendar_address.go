// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// The paths of what the fake serves.
const (
	apiPath   = "/calendar/v3/"
	tokenPath = "/token"
)

// Address says what is wrong with the path of a request where nothing is
// served. served reports whether something is at a path.
func Address(path string, served func(path string) bool) Mistake {
	switch {
	case strings.HasPrefix(path, "/robot/v1/metadata/x509/"):
		return Mistake{
			"no-such-account",
			"no service account has this address",
			"write its client_email at the end, escaped",
		}
	case slices.Contains(signInPaths, path):
		return Mistake{
			"auth-uri",
			"this is auth_uri, where people sign in: there's no token for a JWT here",
			"post the JWT to token_uri in the key file",
		}
	case slices.Contains(otherTokenPaths, path):
		return Mistake{
			"other-token-address",
			"no token endpoint is served here",
			"use token_uri in the key file; the path is " + tokenPath,
		}
	case strings.Contains(path, "/calendars//"):
		return Mistake{
			"empty-id",
			"the calendar's ID is empty",
			"check the variable that it comes from",
		}
	}
	if method := unservedMethod(path); method != "" {
		return Mistake{
			"not-in-the-fake",
			"Google's Calendar API has " + method + ", but the fake doesn't",
			"it has events.list, events.get, calendars.get, " +
				"calendarList.list and calendarList.get",
		}
	}
	for _, slip := range slips {
		right := slip.undo(path)
		if right != path && served(right) {
			return Mistake{
				slip.name,
				slip.wrong,
				"the path is " + quotedUpTo(200, right),
			}
		}
	}
	return Mistake{
		"address",
		"nothing is served at this address",
		"the token endpoint is " + tokenPath + "; the events of a calendar are at " +
			apiPath + "calendars/ID/events",
	}
}

// signInPaths are those of Google's pages where people give their consent.
// auth_uri in a key file is one of them.
var signInPaths = []string{"/o/oauth2/auth", "/o/oauth2/v2/auth", "/o/oauth2/v2.1/auth"}

// otherTokenPaths are found in examples.
var otherTokenPaths = []string{
	"/oauth2/v3/token", "/oauth2/v2/token", "/oauth2/v1/token", "/oauth2/token",
	"/o/oauth2/v2/token", "/oauth/token", "/v1/token", "/tokens",
}

// slip is a mistake in a path. undo returns the path without it.
type slip struct {
	name, wrong string
	undo        func(path string) string
}

var slips = []slip{
	{
		"address-with-slash",
		"the path has a slash at its end",
		func(path string) string { return strings.TrimRight(path, "/") },
	},
	{
		"address-with-two-slashes",
		"the path has two slashes in a row, " +
			"as when a base URL that ends with one is put before a path that begins with one",
		func(path string) string { return slashes.ReplaceAllString(path, "/") },
	},
	{
		"address-in-address",
		"the path has a whole address in it",
		func(path string) string { return wholeAddress.ReplaceAllString(path, "/") },
	},
	{
		"address-twice",
		"the path has " + apiPath + " twice: the base URL has it already",
		func(path string) string {
			return strings.Replace(path, "/calendar/v3/calendar/v3/", apiPath, 1)
		},
	},
	{
		"address-without-api",
		"the path doesn't begin with " + apiPath,
		func(path string) string {
			rest := strings.TrimPrefix(path, "/calendar/")
			rest = strings.TrimPrefix(strings.TrimPrefix(rest, "/"), "v3/")
			return apiPath + rest
		},
	},
	{
		"address-without-user",
		"users/me/ is missing before calendarList",
		func(path string) string { return strings.Replace(path, apiPath, apiPath+"users/me/", 1) },
	},
	{
		"address-without-calendars",
		"calendars/ is missing before the calendar's ID",
		func(path string) string {
			if !strings.Contains(path, "/events") {
				return path // perhaps it isn't an ID
			}
			return strings.Replace(path, apiPath, apiPath+"calendars/", 1)
		},
	},
	{
		"misspelled-address",
		"a word of the path is misspelled, or in another case",
		rightWords,
	},
	{
		"query-in-path",
		"the query is part of the path, since its ? is missing or was escaped",
		func(path string) string { return queryInPath.ReplaceAllString(path, "") },
	},
	{
		"slash-in-id",
		"there's a slash in the calendar's ID",
		escapeSlashes,
	},
}

var (
	slashes      = regexp.MustCompile(`//+`)
	wholeAddress = regexp.MustCompile(`^.*https?(?::|%3A)(?:/|%2F)+[^/]*/`)
	queryInPath  = regexp.MustCompile(`(?:%3[Ff]|&|;).*$`)
	eventsOf     = regexp.MustCompile(`^/calendar/v3/calendars/(.+)/events$`)
)

// rightWords replaces words of a path that are nearly right. It leaves out
// where IDs are.
func rightWords(path string) string {
	words := strings.Split(path, "/")
	for i, word := range words {
		isID := i > 0 && words[i-1] == "calendars"
		lower := strings.ToLower(word)
		switch {
		case isID:
		case lower == "calendar" && i == 3, lower == "calendars":
			words[i] = "calendars"
		case lower == "event", lower == "events":
			words[i] = "events"
		case lower == "calendarlist", lower == "calendarlists":
			words[i] = "calendarList"
		case lower == "user":
			words[i] = "users"
		case slices.Contains([]string{"calendar", "v3", "users", "me", "token"}, lower):
			words[i] = lower
		}
	}
	return strings.Join(words, "/")
}

// escapeSlashes makes everything between calendars/ and /events one ID.
func escapeSlashes(path string) string {
	match := eventsOf.FindStringSubmatch(path)
	if match == nil {
		return path
	}
	return apiPath + "calendars/" + strings.ReplaceAll(match[1], "/", "%2F") + "/events"
}

// unservedMethod returns Google's name for a reading method that the fake
// doesn't have, or "".
func unservedMethod(path string) string {
	rest, ok := strings.CutPrefix(path, apiPath)
	if !ok {
		return ""
	}
	for _, m := range unservedMethods {
		if m.path.MatchString(rest) {
			return m.name
		}
	}
	return ""
}

var unservedMethods = []struct {
	path *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`^calendars/[^/]+/acl(/[^/]+)?$`), "acl"},
	{regexp.MustCompile(`^calendars/[^/]+/events/[^/]+/instances$`), "events.instances"},
	{regexp.MustCompile(`^(calendars/[^/]+/events|.*)/watch$`), "watch"},
	{regexp.MustCompile(`^channels/stop$`), "channels.stop"},
	{regexp.MustCompile(`^freeBusy$`), "freebusy.query"},
	{regexp.MustCompile(`^colors$`), "colors.get"},
	{regexp.MustCompile(`^users/me/settings(/[^/]+)?$`), "settings"},
}

// Method says what is wrong with a request whose method doesn't read.
func Method(method string) Mistake {
	return Mistake{
		"not-a-get",
		"the method is " + quoted(method) + ": the fake only reads",
		"send a GET; to write, use the real Calendar API",
	}
}

// TooLarge says what is wrong with a request that is too large for anyone to
// read it.
func TooLarge(status int) Mistake {
	what := "the header or the body is"
	if status == http.StatusRequestURITooLong {
		what = "the URL is"
	}
	return Mistake{
		"too-large",
		what + " larger than 64 KiB",
		"a JWT has about 1,000 bytes, and an access token up to 2,048: " +
			"look for what else is sent",
	}
}
