// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// notWithSyncToken are the parameters that can't be combined with a sync token.
var notWithSyncToken = []string{
	"iCalUID", "orderBy", "privateExtendedProperty", "q",
	"sharedExtendedProperty", "timeMin", "timeMax", "updatedMin", "minAccessRole",
}

func wrongSyncToken(r *CalendarRequest) Mistake {
	text := r.value("syncToken")
	if text == "" {
		return Mistake{}
	}
	var others []string
	for _, name := range notWithSyncToken {
		if r.values(name) != nil {
			others = append(others, name)
		}
	}
	if r.value("showDeleted") == "false" {
		others = append(others, "showDeleted=false")
	}
	if len(others) > 0 {
		return Mistake{
			"sync-token-with-others",
			"a sync token was sent together with " + strings.Join(others, " and "),
			"with a sync token, leave those out: " +
				"the answer has every change since then",
		}
	}
	if r.Server.IsSyncToken(text) {
		return Mistake{}
	}
	return r.strangeSyncToken(text)
}

func (r *CalendarRequest) strangeSyncToken(text string) Mistake {
	_, isPageToken := r.Server.PageToken(text)
	plain := strings.ReplaceAll(text, " ", "+")
	unescaped, err := url.QueryUnescape(text)
	switch {
	case isPageToken:
		return Mistake{
			"page-token-as-sync-token",
			"syncToken is a nextPageToken",
			"send it as pageToken; the last page has the nextSyncToken",
		}
	case plain != text && r.Server.IsSyncToken(plain):
		return Mistake{
			"plus-not-escaped",
			"there is a space in the sync token: in a query, + means a space",
			"escape + as %2B: let a library write the query",
		}
	case r.Server.IsSyncToken(text + "="), r.Server.IsSyncToken(text + "=="):
		return Mistake{
			"sync-token-cut",
			"the = at the end of the sync token is missing",
			"keep and send every character, escaped: = becomes %3D",
		}
	case err == nil && unescaped != text && r.Server.IsSyncToken(unescaped):
		return Mistake{
			"sync-token-escaped-twice",
			"the sync token was escaped twice",
			"escape it once; your HTTP library may do it on its own",
		}
	}
	return Mistake{
		"sync-token-unknown",
		fmt.Sprintf("this server hasn't issued the sync token, which has %d characters", len(text)),
		"send nextSyncToken exactly as the last page had it; " +
			"without one, list everything again",
	}
}

func wrongPageToken(r *CalendarRequest) Mistake {
	text := r.value("pageToken")
	if text == "" {
		return Mistake{}
	}
	if r.Server.IsSyncToken(text) {
		return Mistake{
			"sync-token-as-page-token",
			"pageToken is a nextSyncToken",
			"there's no next page: keep it, and send it as syncToken the next time",
		}
	}
	made, ok := r.Server.PageToken(text)
	if !ok {
		return Mistake{
			"page-token-unknown",
			fmt.Sprintf("this server hasn't issued the page token, which has %d characters, "+
				"for this list, nor for one that it remembers", len(text)),
			"send nextPageToken exactly as the page before had it, " +
				"with the same parameters",
		}
	}
	return Mistake{
		"page-token-of-other-list",
		"the page token was issued for another list: " + strings.Join(differences(made, r.List), "; "),
		"send the same parameters with every page: " +
			"a time such as now is computed once, before the first",
	}
}

// nextPageHidden finds a list whose end can't be told from the end of its first
// page. A client that asks for few entries may want no more.
func nextPageHidden(r *CalendarRequest) Mistake {
	const few = 100 // entries
	wanted, err := strconv.Atoi(r.value("maxResults"))
	if !r.HidesNextPage || err == nil && wanted < few {
		return Mistake{}
	}
	return Mistake{
		"next-page-hidden",
		"there is another page, but fields leaves out nextPageToken, so nothing shows it",
		"add nextPageToken to fields: without it, a list ends after its first page",
	}
}

// differences says how two lists differ, in a few words each.
func differences(was, is List) (all []string) {
	const (
		enough = 3  // differences
		short  = 40 // characters of a value
	)
	quote := func(text string) string { return quotedUpTo(short, text) }
	if was.Subject != is.Subject {
		all = append(all, fmt.Sprintf("%s asked for it, and now %s does",
			quote(was.Subject), quote(is.Subject)))
	}
	if !slices.Equal(was.IDs, is.IDs) {
		all = append(all, fmt.Sprintf("it was of the calendar %s, and now it's %s",
			quote(strings.Join(was.IDs, " ")), quote(strings.Join(is.IDs, " "))))
	}
	names := maps.Clone(was.Query)
	maps.Copy(names, is.Query)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		before, now := was.Query[name], is.Query[name]
		shown := name
		if !slices.Contains(parameters["Events.List"], name) {
			shown = quote(name)
		}
		switch {
		case slices.Equal(before, now):
		case before == nil:
			all = append(all, fmt.Sprintf("%s is new, %s", shown, quote(strings.Join(now, " "))))
		case now == nil:
			all = append(all, shown+" is missing")
		default:
			all = append(all, fmt.Sprintf("%s was %s, and now it's %s", shown,
				quote(strings.Join(before, " ")), quote(strings.Join(now, " "))))
		}
	}
	if len(all) > enough {
		all = append(all[:enough], fmt.Sprintf("and %d more", len(all)-enough))
	}
	return all
}
