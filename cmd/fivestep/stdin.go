// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"example.com/fivestep/cmd/fivestep/mangled"
)

// What the commands pass to each other through pipes, as messages name it.
const (
	anAssertion = "assertion"
	accessToken = "access token"
)

// byteOrderMark is what Windows PowerShell may put in front of piped text.
const byteOrderMark = "\ufeff"

// maxInput bounds a key file, an assertion or an access token, in bytes. The
// largest of them, a key file, has about 2,400.
const maxInput = 1 << 20

var errTooLarge = errors.New("larger than 1 MiB")

// piped returns the assertion or access token that was piped in for a step,
// without the space around it. It returns "" if nothing was piped in and the
// environment names a key file to use instead.
func (t *tool) piped(ctx context.Context, step int, wanted string) (string, error) {
	haveKey := t.getenv(keyVariable) != ""
	if isDevice(t.stdin) {
		if !haveKey {
			return "", usageError{"no -key, no " + keyVariable + ", and no " + wanted + " piped in"}
		}
		return "", nil
	}
	data, err := slurp(ctx, func() (io.ReadCloser, error) { return io.NopCloser(t.stdin), nil })
	if err != nil {
		return "", &stepError{
			step: step,
			err:  err,
			why: "The command before this one in the pipe is still running, " +
				"or its output can't be read.",
			hint: "Fix that, or use -key.",
		}
	}
	text := strings.TrimSpace(strings.TrimPrefix(string(data), byteOrderMark))
	if text == "" && !haveKey {
		return "", &stepError{
			step: step,
			err:  fmt.Errorf("no %s on standard input, and no -key", wanted),
			why:  "The command before this one in the pipe failed, or there isn't one.",
			hint: "Fix that, or use -key.",
		}
	}
	if err := misplaced(step, text, wanted); err != nil {
		return "", err
	}
	return text, nil
}

// isDevice reports whether nothing was piped in: standard input is a terminal,
// or another device, such as /dev/null under cron.
func isDevice(stdin io.Reader) bool {
	file, ok := stdin.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err != nil || info.Mode()&os.ModeCharDevice != 0
}

// misplaced returns an error if text is something that goes through this flow,
// but belongs elsewhere. The error says where.
func misplaced(step int, text, wanted string) error {
	var found, why, hint string
	isJSON := strings.HasPrefix(text, "{")
	switch {
	case isJSON && strings.Contains(text, `"private_key"`):
		found = "a key file"
		why = "It is what assertions and tokens are made from, with the flag -key."
		hint = "Add -key - to read the key file from standard input, or give its path with -key."
	case isJSON || strings.HasPrefix(text, "Authorization:"):
		found = "JSON or a header"
		why = "An assertion is one word, and so is an access token."
		hint = "Pipe it as fivestep jwt or fivestep token prints it, without -json or -header."
	case mangled.IsAccessToken(text) && wanted != accessToken:
		found = "an access token"
		why = "It is what you get for an assertion: steps 3 and 4 are done."
		hint = "Pipe it into fivestep events."
	case mangled.IsAssertion(text) && wanted != anAssertion:
		found = "an assertion"
		why = "Steps 3 and 4 exchange an assertion for an access token first."
		hint = "Put fivestep token between the two."
	default:
		return nil
	}
	return &stepError{
		step: step,
		err:  fmt.Errorf("standard input holds %s, not an %s", found, wanted),
		why:  why,
		hint: hint,
	}
}

// slurp reads a small file to its end, or until ctx ends: the file may be a
// pipe whose other end is still running.
func slurp(ctx context.Context, open func() (io.ReadCloser, error)) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		r, err := open()
		if err != nil {
			read <- result{nil, err}
			return
		}
		defer r.Close()
		data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
		if len(data) > maxInput {
			err = errTooLarge
		}
		read <- result{data, err}
	}()
	select {
	case r := <-read:
		return r.data, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func openFile(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}
