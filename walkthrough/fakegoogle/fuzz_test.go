// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"reflect"
	"testing"
)

// serve answers a request without a network.
func (w *world) serve(token, path, query string) string {
	r := httptest.NewRequest("GET", "/calendar/v3/"+path, nil)
	r.URL.RawQuery = query
	r.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec.Body.String()
}

// Every event that is accepted is served as JSON, and members that the fake
// doesn't know come back unchanged.
func FuzzAddEvent(f *testing.F) {
	f.Add(`1`)
	f.Add(`{"a":[],"b":{},"c":[{"d":"\"\\"},[1,2e5,-0.1]],"":null,"e":true}`)
	f.Add(`"\u202e한글\u2028"`)
	w := newWorld(f)
	token := w.token("calendar.readonly")
	f.Fuzz(func(t *testing.T, unknown string) {
		err := w.AddEvent(calendarID, `{"id":"e","start":{"date":"2023-11-15"},`+
			`"end":{"date":"2023-11-16"},"unknown":`+unknown+`}`)
		var want any
		if json.Unmarshal([]byte(unknown), &want) != nil {
			return // an error, or a value that ends the object
		}
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Unknown any }
		text := w.serve(token, eventsPath+"/e", "")
		err = json.Unmarshal([]byte(text), &got)
		if err != nil || !reflect.DeepEqual(got.Unknown, want) {
			t.Errorf("%s: %s", unknown, text)
		}
	})
}

// No query breaks the server, and every response is JSON.
func FuzzQuery(f *testing.F) {
	for _, query := range []string{
		"fields=kind,items(id,start/date)&timeMin=2023-11-15T00:00:00-0000",
		"pageToken=AAAAAAAAAAAAABgokGB5AHAAAAADmhXAmt4KHzEi0" +
			"&syncToken=CPDAlvWDx70CEPDAlvWDx70CGAU=",
		"maxResults=1&maxAttendees=1&orderBy=updated&timeZone=UTC&q=a" +
			"&eventTypes=default&privateExtendedProperty=a=b",
	} {
		f.Add(query)
	}
	w := newWorld(f)
	token := w.token("calendar.readonly")
	w.AddExample(calendarID)
	f.Fuzz(func(t *testing.T, query string) {
		values, _ := url.ParseQuery(query)
		if values.Has("access_token") || values.Has("oauth_token") {
			return
		}
		if text := w.serve(token, eventsPath, query); !json.Valid([]byte(text)) {
			t.Errorf("%q: %s", query, text)
		}
	})
}
