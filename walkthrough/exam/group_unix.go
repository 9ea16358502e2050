// SPDX-License-Identifier: 0BSD

//go:build unix

package exam

import (
	"os/exec"
	"syscall"
)

// inOwnGroup puts a command into its own process group, so that everything that
// it started is killed with it.
func inOwnGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
