// SPDX-License-Identifier: 0BSD

//go:build !plan9

package main

import (
	"errors"
	"os/signal"
	"runtime"
	"syscall"
)

// keepPipeErrors makes a write to a closed pipe return an error. By default it
// ends the program, which must clean up the terminal first.
func keepPipeErrors() {
	const sigpipe = syscall.Signal(13) // package syscall doesn't name it for js
	signal.Ignore(sigpipe)
}

// closedPipe reports whether err, from standard output, means that its reader
// is gone, as after head.
func closedPipe(err error) bool {
	if runtime.GOOS == "windows" {
		const brokenPipe, noData = 109, 232 // ERROR_BROKEN_PIPE, ERROR_NO_DATA
		var number syscall.Errno
		if errors.As(err, &number) && (number == brokenPipe || number == noData) {
			return true
		}
	}
	return errors.Is(err, syscall.EPIPE)
}
