// SPDX-License-Identifier: 0BSD

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoZonesAtAll runs the tool where no zone can be loaded, as in a container
// that has nothing but the tool.
func TestNoZonesAtAll(t *testing.T) {
	chroot := program(t, "chroot", "coreutils")
	root := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(root, "fivestep"), ".")
	build.Env = environment("CGO_ENABLED=0", "FIVESTEP_CHILD=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	w := realWorld(t)
	token, _, _ := w.run("", "token", "-key", "KEY")
	run := func(env string, args ...string) string {
		cmd := exec.Command(chroot, append([]string{root, "/fivestep", "events"}, w.real(args)...)...)
		cmd.Env = []string{env}
		cmd.Stdin = strings.NewReader(token)
		out, _ := cmd.CombinedOutput() // it's the message that counts
		if strings.Contains(string(out), "cannot change root") {
			t.Skip("not run: chroot is not allowed")
		}
		return string(out)
	}
	const remedy = "this machine has no time zones, so \"Asia/Seoul\" isn't known: " +
		"install tzdata, set ZONEINFO to a copy of Go's lib/time/zoneinfo.zip, " +
		"or build fivestep with -tags timetzdata"
	for _, out := range []string{
		run("TZ=Asia/Seoul", "-api", "API", you),
		run("TZ=", "-api", "API", "-tz", "Asia/Seoul", you),
		run("TZ=", "-api", "API", "-tz", "calendar", you),
	} {
		if !strings.Contains(out, remedy) {
			t.Errorf("%s", out)
		}
	}
}
