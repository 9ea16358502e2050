// SPDX-License-Identifier: 0BSD

//go:build !plan9

package main

import (
	"errors"
	"os/signal"
	"runtime"
	"syscall"
)

// keepPipeErrors makes a write to a pipe that nobody reads an error, where it would
// be the end of the program: what is on the terminal is to be wiped first.
func keepPipeErrors() {
	signal.Ignore(syscall.Signal(13)) // SIGPIPE, which js does not name
}

// closedPipe reports whether err, of standard output, means that nobody reads any
// more, as after head.
func closedPipe(err error) bool {
	var number syscall.Errno
	windows := runtime.GOOS == "windows" && errors.As(err, &number) && (number == 109 || number == 232) // ERROR_BROKEN_PIPE, ERROR_NO_DATA
	return windows || errors.Is(err, syscall.EPIPE)
}
