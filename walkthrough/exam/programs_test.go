// SPDX-License-Identifier: 0BSD

package exam_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/exam"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// roles are what this program does in a process that a test has started.
var roles = map[string]func(args []string){
	"fivestep": fivestep,
	"report":   report,
	"parent":   parent,
	"child":    child,
}

// TestMain runs the tests or, in a process that a test has started, a role.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		roles[os.Args[1]](os.Args[2:])
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// build builds a program of this module, and returns its path.
func build(t *testing.T, name string) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("building a program needs go")
	}
	path := filepath.Join(t.TempDir(), name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/"+name).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// grade examines a command, and returns the trials that it fails. Only in one
// trial is there a limit that it may reach.
func grade(t *testing.T, command ...string) (failed []exam.Result) {
	t.Helper()
	const slow = "slow-server"
	var others []string
	for _, trial := range exam.Trials() {
		if trial.Name != slow {
			others = append(others, trial.Name)
		}
	}
	for _, o := range []exam.Options{
		{Trials: others, Limit: 2 * time.Minute},
		{Trials: []string{slow}},
	} {
		o.Command, o.Parallel = command, 8
		err := exam.Run(context.Background(), o, func(r exam.Result) {
			if !r.Passed() {
				failed = append(failed, r)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return failed
}

// fivestep runs the tool as a client.
func fivestep(args []string) {
	cmd := exec.Command(args[0], "events", "-from", "", "-api", os.Getenv("CALENDAR_API"),
		"-timeout", os.Getenv("TIMEOUT")+"s", os.Getenv("CALENDAR_ID"))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if cmd.Run() != nil {
		os.Exit(1)
	}
}

func TestFivestep(t *testing.T) {
	t.Parallel()
	for _, r := range grade(t, os.Args[0], "fivestep", build(t, "fivestep")) {
		t.Error(r)
	}
}

// These programs fail the trials that they must. What cmd/minimal fails is what
// the packages add; the page shows that list, and the script's.
func TestMinimal(t *testing.T) {
	t.Parallel()
	compareFailed(t, "../page/minimal_fails.txt", build(t, "minimal"))
}

func TestFlow(t *testing.T) {
	t.Parallel()
	needs(t, "bash", "curl", "openssl")
	compareFailed(t, "../page/flow_fails.txt", "bash", "../page/flow.sh")
}

// usual.mjs is a client with the usual habits.
func TestUsualHabits(t *testing.T) {
	t.Parallel()
	needs(t, "node")
	compareFailed(t, "testdata/usual_fails.txt", "node", "testdata/usual.mjs")
}

// needs skips a test without these programs, except in CI.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil && os.Getenv("CI") != "" {
			t.Fatal(err)
		} else if err != nil {
			t.Skip(err)
		}
	}
}

// compareFailed examines a command, and compares the trials that it fails with
// a list: the name of each, what it demands, and the files that pass it.
func compareFailed(t *testing.T, path string, command ...string) {
	t.Helper()
	fails := map[string]bool{}
	for _, r := range grade(t, command...) {
		fails[r.Trial.Name] = true
	}
	var list strings.Builder
	for _, trial := range exam.Trials() {
		if fails[trial.Name] {
			fmt.Fprintf(&list, "%s\t%s\t%s\n", trial.Name, trial.Demand,
				strings.Join(trial.Files, ", "))
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(list.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || list.String() != string(want) {
		t.Errorf("%v, %s differs (go test -update rewrites it):\n%s", err, path, list.String())
	}
}

// report prints what a client is given.
func report(args []string) {
	input, err := io.ReadAll(os.Stdin)
	folder, folderErr := os.Getwd()
	fmt.Printf("arguments %q\ninput %d bytes, %v\nfolder %q, %v\n",
		args, len(input), err, folder, folderErr)
	for _, variable := range os.Environ() {
		fmt.Println(variable)
	}
	fmt.Fprintln(os.Stderr, "reported")
	os.Exit(3)
}

// parent starts a child that outlives it, and waits.
func parent(args []string) {
	cmd := exec.Command(os.Args[0], "child", args[0])
	cmd.Stdout = os.Stdout
	if err := cmd.Run(); err != nil {
		os.Exit(1)
	}
}

// child connects to an address, and keeps the connection until the other side
// closes it.
func child(args []string) {
	conn, err := net.Dial("tcp", args[0])
	if err != nil {
		os.Exit(1)
	}
	conn.Read(make([]byte, 1))
}

// A client that is killed takes along what it has started.
func TestKilled(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var results []exam.Result
	o := exam.Options{
		Command: []string{os.Args[0], "parent", listener.Addr().String()},
		Trials:  []string{"good-run"},
		Limit:   3 * time.Second,
	}
	err = exam.Run(context.Background(), o, func(r exam.Result) { results = append(results, r) })
	if err != nil || len(results) != 1 ||
		results[0].Instead != "it was still running after 3s, and was killed" {
		t.Fatalf("%v, %v", results, err)
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		return // only the client itself is killed
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if n, err := conn.Read(make([]byte, 1)); n > 0 || os.IsTimeout(err) {
		t.Errorf("the child is still there: %v", err)
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	self := []string{os.Args[0], "report"}
	for want, o := range map[string]exam.Options{
		"no command":            {},
		"can't be started":      {Command: []string{"no-such-program"}},
		`no trial "x"`:          {Command: self, Trials: []string{"x"}},
		`no trial "every-page"`: {Command: self, Trials: []string{"every-page"}, Stage: 4},
		"no stage 6":            {Command: self, Stage: 6},
		"no stage -1":           {Command: self, Stage: -1},
		"context canceled":      {Command: self, Trials: []string{"kid"}},
	} {
		ctx := context.Background()
		if want == "context canceled" {
			ctx = ended
		}
		err := exam.Run(ctx, o, func(r exam.Result) { t.Errorf("%s: %v", want, r) })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// The results are in the order of the trials, whatever order is asked for.
func TestOrder(t *testing.T) {
	t.Parallel()
	o := exam.Options{
		Command: []string{os.Args[0], "report"}, Parallel: 4,
		Trials: []string{"aud", "not-shared", "good-run", "kid"},
	}
	var names []string
	err := exam.Run(context.Background(), o, func(r exam.Result) {
		names = append(names, r.Trial.Name)
	})
	if want := []string{"good-run", "kid", "aud", "not-shared"}; !slices.Equal(names, want) {
		t.Errorf("%q, %v", names, err)
	}
}
