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
)

// errShown is a failure that what was printed explains.
var errShown = errors.New("the five steps failed")

// maxKeyFile bounds a key file, in bytes; the console's have about 2,400.
const maxKeyFile = 1 << 20

// real does the five steps with a key file of one's own, over the network.
func (o *options) real(ctx context.Context, stdout, stderr io.Writer, colour bool) error {
	file, err := os.Open(o.key)
	if err != nil {
		return fmt.Errorf("walkthrough: -key: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return fmt.Errorf("walkthrough: -key: %w", err)
	}
	if info, err := file.Stat(); err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		fmt.Fprintf(stderr, "walkthrough: warning: %s can be read by others (mode %04o); chmod 600 %[1]s\n", o.key, info.Mode().Perm())
	}
	run := walkthrough.RunKey(ctx, data, o.calendar, o.api)
	if err := run.WriteText(stdout, colour); err != nil {
		return err
	}
	if run.Failed > 0 {
		return errShown
	}
	return nil
}
