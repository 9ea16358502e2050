// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// Two clients forget something: one its access token, the other its assertion.
func Example() {
	google := fakegoogle.New()
	google.AddExample("you@gmail.com")
	server := httptest.NewServer(google)
	defer server.Close()

	resp, err := http.Get(server.URL + "/calendar/v3/calendars/you@gmail.com/events")
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	resp, err = http.PostForm(server.URL+"/token", url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
	})
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	for _, r := range google.Requests() {
		fmt.Println(r.Method, r.Path, r.Status, r.Grade)
	}
	// Output:
	// GET /calendar/v3/calendars/you@gmail.com/events 401 V
	// POST /token 400 C
}
