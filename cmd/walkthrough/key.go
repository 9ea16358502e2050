// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/terminal"
)

// errShown is a failure that the printed text already explains.
var errShown = errors.New("the five steps failed")

// maxKeyFile bounds a key file. Google's are about 2,400 bytes long.
const maxKeyFile = 1 << 20

// runKey does the five steps with your own key file, over the network.
func (o *options) runKey(ctx context.Context, stdout, stderr io.Writer, color bool) error {
	file, err := os.Open(o.key)
	if err != nil {
		return fmt.Errorf("walkthrough: -key: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return fmt.Errorf("walkthrough: -key: %w", err)
	}
	o.warnAboutMode(file, stderr)
	run := walkthrough.RunKey(ctx, data, o.calendar, o.api)
	if err := terminal.WriteKeyRun(stdout, run, color); err != nil {
		return err
	}
	if run.Failed > 0 {
		return errShown
	}
	return nil
}

// warnAboutMode warns if other users of this machine can read the key file.
// Windows has no such permission bits.
func (o *options) warnAboutMode(file *os.File, stderr io.Writer) {
	info, err := file.Stat()
	if err != nil || runtime.GOOS == "windows" || !info.Mode().IsRegular() {
		return
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		fmt.Fprintf(stderr, "walkthrough: warning: others can read %s (mode %04o); "+
			"run chmod 600 %[1]s\n", o.key, mode)
	}
}
