// SPDX-License-Identifier: 0BSD

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"example.com/fivestep/calendar"
)

// printChanges lists what has changed since the file of -sync was written, then
// replaces the file. It returns how many events were printed.
func (t *tool) printChanges(
	f *flags, q calendar.Query, list func(calendar.Query) (int, error),
) (count int, err error) {
	path, err := followLinks(f.syncFile)
	var state syncState
	if err == nil {
		state, err = readSync(path, f.syncState())
	}
	if err == nil && isClosed(t.stdout) {
		return 0, &stepError{
			step: 5,
			err:  errors.New("standard output is closed"),
			why:  "The events would be lost, and the next run wouldn't print them again.",
			hint: "Redirect it to a file or a pipe, or to /dev/null if you don't need the events.",
		}
	}
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
	if err := deliver(t.stdout); err != nil {
		return 0, err
	}
	if err := state.write(path); err != nil {
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
	Types     string `json:"types,omitempty"` // of -type
	SyncToken string `json:"syncToken"`
}

// syncState returns the state before the first listing.
func (f *flags) syncState() syncState {
	s := syncState{
		API:      f.api,
		Calendar: f.calendar,
		Subject:  f.sub,
		TimeZone: f.tz,
		Types:    f.types.String(),
	}
	if f.account != nil {
		s.Account = f.account.ClientEmail
	}
	return s
}

// maxState bounds the file of -sync. It has about 300 bytes; a sync token can
// have 8 KiB.
const maxState = 64 << 10

// readSync returns the state in the file, or fresh if there is no file yet.
func readSync(path string, fresh syncState) (syncState, error) {
	data, err := readRegular(path)
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
			"%s belongs to another calendar, account, user, zone, type or API: "+
				"to %s, account %q, user %q, zone %q, type %q, %s",
			path, state.Calendar, state.Account, state.Subject, state.TimeZone,
			state.Types, state.API)
	}
	return state, nil
}

// readRegular reads a file up to maxState. It doesn't open a pipe or a device:
// that may never answer, or never end.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxState))
}

// followLinks returns the path of what a symbolic link leads to, even if there
// is no such file yet: that is what -sync replaces, not the link.
func followLinks(path string) (string, error) {
	const most = 40 // as on Linux
	for range most {
		dir, name := filepath.Split(path) // filepath.Dir would shorten link/..
		dir, err := filepath.EvalSymlinks(cmp.Or(dir, "."))
		if err != nil {
			return "", err
		}
		path = filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return path, nil // if it can't be read, reading will say why
		}
		target, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(target) {
			target = dir + string(filepath.Separator) + target // Join would shorten it, too
		}
		path = target
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

// isClosed reports whether a program was started without standard output. Go
// then opens the null device in its place, for reading, too; a shell's
// >/dev/null opens it only for writing.
func isClosed(stdout any) bool {
	file, ok := stdout.(*os.File)
	if !ok || runtime.GOOS == "windows" || !isNull(file) {
		return false // on Windows, writing fails
	}
	_, err := file.Read(make([]byte, 1))
	return errors.Is(err, io.EOF)
}

// deliver makes sure that output to a file is on the disk. Some file systems
// notice only then that they are full.
func deliver(stdout any) error {
	file, ok := stdout.(*os.File)
	if !ok {
		return nil
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	return file.Sync()
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
