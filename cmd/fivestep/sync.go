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
)

// syncState is what a -sync file holds: where the last listing ended, and of what.
// Who asked is part of it: primary is another calendar for each account and user.
type syncState struct {
	API       string `json:"api"`
	Calendar  string `json:"calendar"`
	Account   string `json:"account,omitempty"` // empty with a token from a pipe
	Subject   string `json:"subject,omitempty"`
	TimeZone  string `json:"timeZone,omitempty"`
	SyncToken string `json:"syncToken"`
}

// readSync returns the state in the file, or fresh if there is no file yet.
func readSync(path string, fresh syncState) (syncState, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = os.Stat(filepath.Dir(path)) // better now than after the listing
		return fresh, err
	}
	if err != nil {
		return fresh, err
	}
	var state syncState
	if err := json.Unmarshal(data, &state); err != nil || state.SyncToken == "" {
		return fresh, fmt.Errorf("%s is not a file that -sync has written", path)
	}
	if fresh.SyncToken = state.SyncToken; state != fresh {
		return fresh, fmt.Errorf("%s belongs to another calendar, account, user, zone or API: to %s, account %q, user %q, zone %q, %s", path, state.Calendar, state.Account, state.Subject, state.TimeZone, state.API)
	}
	return state, nil
}

// write replaces the file in one step: it is always whole, the old or the new.
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

// sweep removes the temporary files of runs that were killed while they wrote. Those of the last hour stay: one may
// belong to a run at work.
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
