// SPDX-License-Identifier: 0BSD

package exam

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestMain runs the tests or, in a process that the exam has started, the
// correct client.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "client" {
		status, err := correctClient(os.Args[2])(
			context.Background(), os.Environ(), os.Stdout, os.Stderr)
		if err != nil {
			panic(err)
		}
		os.Exit(status)
	}
	os.Exit(m.Run())
}

// plenty is a limit that no client of these tests reaches, however busy the
// machine is.
const plenty = 2 * time.Minute

// For each trial, there's a mistake that fails it and no other. All runs are
// in this process, and most of them wait for something most of the time.
func TestMutants(t *testing.T) {
	const parallel = 24
	const bits = 1024 // less than Google's keys have: there are 900 signatures to make
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	slots := make(chan struct{}, parallel)
	var all sync.WaitGroup
	try := func(trial Trial, mistake string) {
		defer all.Done()
		defer func() { <-slots }()
		o := Options{Stage: len(Stages), Limit: plenty}
		if trial.Name == "slow-server" {
			o.Limit = DefaultLimit
		}
		r, err := examine(context.Background(), trial, correctClient(mistake), o, key)
		if err != nil || r.Passed() == (trial.Name == mistake) {
			t.Errorf("a client whose mistake is %q: %v, %v", mistake, r, err)
		}
	}
	trials := Trials()
	slow := func(t Trial) bool { return t.Name == "slow-server" }
	first := slices.IndexFunc(trials, slow) // the mutant of this one waits for longest
	trials[0], trials[first] = trials[first], trials[0]
	for _, trial := range trials {
		for _, mutant := range append([]Trial{{}}, trials...) {
			all.Add(1)
			slots <- struct{}{}
			go try(trial, mutant.Name)
		}
	}
	all.Wait()
}
