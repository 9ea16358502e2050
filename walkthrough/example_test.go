// SPDX-License-Identifier: 0BSD

package walkthrough_test

import (
	"context"
	"fmt"

	"example.com/fivestep/walkthrough"
)

func ExampleRun() {
	trace, err := walkthrough.Run(context.Background())
	if err != nil {
		panic(err)
	}
	for _, step := range trace.Steps {
		fmt.Println(step.Number, step.Title, len(step.Parts))
	}
	claims, err := trace.Part("claims")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s: %.60s...\n", claims.Kind, claims.Bytes)
	// Output:
	// 1 The key file 2
	// 2 The JWT 7
	// 3 The form POST 1
	// 4 The access token 1
	// 5 The calendar 2
	// JSON: {"iss":"reader@fivestep-lesson.iam.gserviceaccount.com","sco...
}
