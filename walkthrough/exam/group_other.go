// SPDX-License-Identifier: 0BSD

//go:build !unix

package exam

import "os/exec"

// inOwnGroup does nothing here. Only the command itself is killed.
func inOwnGroup(*exec.Cmd) {}
