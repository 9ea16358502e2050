// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"example.com/fivestep/calendar"
)

// printChanges lists what has changed since the file of -sync was written, then
// replaces the file. It returns how many events were printed.
func (t *tool) printChanges(
	f *flags, q calendar.Query, list func(calendar.Query) (int, error),
) (count int, err error) {
	state, err := readSync(f.syncFile, f.syncState())
	if err != nil {
		return 0, &stepError{
			step: 5,
			err:  err,
			why:  "The file of -sync says where the last listing of one calendar ended.",
			hint: "Name another file; this one stays unchanged.",
		}
	}
	q.SyncToken = state.SyncToken
	q.NextSyncToken = &state.SyncToken
	count, err = list(q)
	if errors.Is(err, calendar.ErrFullSyncRequired) {
		t.say("fivestep: Google no longer knows the changes since %s was written: "+
			"here are all events, so forget what you stored before", f.syncFile)
		q.SyncToken = ""
		count, err = list(q)
	}
	if err != nil {
		return 0, err
	}
	if state.SyncToken == "" {
		return 0, &stepError{
			step: 5,
			err:  errors.New("Google sent no sync token: " + f.syncFile + " is not written"),
			why:  "Google sends none for some queries.",
			hint: "Leave out -sync, or try again.",
		}
	}
	if err := state.write(f.syncFile); err != nil {
		return 0, &stepError{
			step: 5,
			err:  err,
			why:  "The events were printed, but the place where they end couldn't be saved.",
			hint: "Make the folder writable; the next run prints the events again.",
		}
	}
	return count, nil
}

// syncState is the content of a -sync file: where the last listing ended, and
// of what. The account and the user are part of it, because primary is a
// different calendar for each of them.
type syncState struct {
	API       string `json:"api"`
	Calendar  string `json:"calendar"`
	Account   string `json:"account,omitempty"` // empty if the token came from a pipe
	Subject   string `json:"subject,omitempty"`
	TimeZone  string `json:"timeZone,omitempty"`
	SyncToken string `json:"syncToken"`
}

// syncState returns the state before the first listing.
func (f *flags) syncState() syncState {
	s := syncState{API: f.api, Calendar: f.calendar, Subject: f.sub, TimeZone: f.tz}
	if f.account != nil {
		s.Account = f.account.ClientEmail
	}
	return s
}

// readSync returns the state in the file, or fresh if there is no file yet.
func readSync(path string, fresh syncState) (syncState, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		// A missing folder had better be reported before the listing than after
		// it.
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return syncState{}, err
		}
		return fresh, nil
	}
	if err != nil {
		return syncState{}, err
	}
	var state syncState
	if err := json.Unmarshal(data, &state); err != nil || state.SyncToken == "" {
		return syncState{}, fmt.Errorf("%s is not a file that -sync has written", path)
	}
	fresh.SyncToken = state.SyncToken
	if state != fresh {
		return syncState{}, fmt.Errorf(
			"%s belongs to another calendar, account, user, zone or API: "+
				"to %s, account %q, user %q, zone %q, %s",
			path, state.Calendar, state.Account, state.Subject, state.TimeZone, state.API)
	}
	return state, nil
}

// write replaces the file in one step: at any time it's the complete old file
// or the complete new one.
func (s syncState) write(path string) (err error) {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	sweep(filepath.Dir(path))
	temp, err := os.CreateTemp(filepath.Dir(path), ".fivestep-*.tmp") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			temp.Close()
			os.Remove(temp.Name())
		}
	}()
	if _, err = temp.Write(append(data, '\n')); err != nil {
		return err
	}
	if err = temp.Sync(); err != nil {
		return err
	}
	if err = temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// sweep removes the temporary files of runs that were killed while they wrote.
// It leaves those of the last hour, since one may belong to a run in progress.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if ok, _ := filepath.Match(".fivestep-*.tmp", e.Name()); !ok {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
