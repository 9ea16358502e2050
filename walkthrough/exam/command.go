// SPDX-License-Identifier: 0BSD

package exam

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// command returns a client that is a program. Its arguments are passed
// unchanged: there's no shell.
func command(words []string) client {
	return func(ctx context.Context, environment []string, stdout, stderr io.Writer) (int, error) {
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Env = environment
		cmd.Stdout, cmd.Stderr = stdout, stderr
		// What the client has started may outlive it, and keep its output open.
		cmd.WaitDelay = time.Second
		inOwnGroup(cmd)
		err := cmd.Run()
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit), errors.Is(err, exec.ErrWaitDelay), ctx.Err() != nil:
			return cmd.ProcessState.ExitCode(), nil
		case err != nil:
			return 0, err
		}
		return 0, nil
	}
}

// environment returns the variables of a client. folder is its own. timeout is
// what it's told about the time it has.
func environment(w *world, folder string, timeout time.Duration, pass []string) []string {
	list := []string{"TZ=UTC", "LANG=C.UTF-8", "HOME=" + folder, "TMPDIR=" + folder}
	// Without these, many programs don't start.
	needed := []string{"PATH"}
	switch runtime.GOOS {
	case "windows":
		needed = append(needed, "PATHEXT", "SystemRoot", "ComSpec")
		list = append(list, "USERPROFILE="+folder, "TMP="+folder, "TEMP="+folder)
	case "plan9":
		needed = append(needed, "path")
		list = append(list, "home="+folder)
	}
	for _, name := range append(needed, pass...) {
		if value, ok := os.LookupEnv(name); ok {
			list = append(list, name+"="+value)
		}
	}
	// If a name is there twice, the last one counts.
	return append(list,
		"GOOGLE_APPLICATION_CREDENTIALS="+filepath.Join(folder, "key.json"),
		"CALENDAR_ID="+w.calendarID,
		"CALENDAR_API="+w.base+"/calendar/v3",
		"TIMEOUT="+strconv.FormatFloat(timeout.Seconds(), 'f', -1, 64))
}

// capture keeps the beginning of what a client prints.
type capture struct {
	text []byte
}

// maxOutput bounds what is kept, in bytes. The lists of the trials have 300.
const maxOutput = 1 << 20

func (c *capture) Write(p []byte) (int, error) {
	room := min(len(p), maxOutput-len(c.text))
	c.text = append(c.text, p[:room]...)
	return len(p), nil
}
