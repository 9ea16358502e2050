// SPDX-License-Identifier: 0BSD

// The smallest Go program that lists events, for .ci/size to compare with.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Println("minimal CALENDAR TOKEN")
		return
	}
	req, err := http.NewRequest("GET", "https://www.googleapis.com/calendar/v3/calendars/"+os.Args[1]+"/events", nil)
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "Bearer "+os.Args[2])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	var page struct{ Items []struct{ Summary string } }
	if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
		panic(err)
	}
	for _, event := range page.Items {
		fmt.Println(event.Summary)
	}
}
