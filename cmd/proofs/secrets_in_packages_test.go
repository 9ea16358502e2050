// SPDX-License-Identifier: 0BSD

package proofs

import (
	"context"
	"errors"
	"go/doc"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/calendar"
)

// drivers call every exported function and method of the three packages with
// secrets. Package fakegoogle has no driver: it plays the other side, which
// knows all tokens, and keeps each request for tests. Package walkthrough is
// tested through its command, in secrets_in_programs_test.go and
// secrets_with_own_key_test.go.
var drivers = []struct {
	pkg, names string
	drive      func(t *testing.T, c *canaries, see func(...any))
}{
	{"jwt", "ParseKeyFile KeyFileError.Error KeyFileError.Advice", driveParseKeyFile},
	{"jwt", "KeyFile.String KeyFile.Format KeyFile.MarshalText", driveKeyFile},
	{"jwt", "NewClaims SigningInput Sign", driveSign},
	{"jwt", "Decode", driveDecode},
	{"tokenexchange", "NewRequest", driveNewRequest},
	{"tokenexchange", "ParseResponse", driveParseResponse},
	{"tokenexchange", "Client.Exchange Error.Error Error.Unwrap Error.Advice " +
		"Error.Temporary Error.ClockOffset Transport", driveExchange},
	{"tokenexchange", "Token.String Token.Format Token.MarshalText", driveToken},
	{"tokenexchange", "Source.Token Source.AccessToken Source.Invalidate", driveSource},
	{"calendar", "Client.Events Client.EventsPage Client.Event Client.Calendar " +
		"Client.CalendarList Error.Error Error.Unwrap Error.Advice Error.Is " +
		"Error.Temporary EventDateTime.Time Transport", driveCalendar},
}

func secretsInPackages(t *testing.T, c *canaries) {
	driven := map[string][]string{}
	for _, row := range drivers {
		driven[row.pkg] = append(driven[row.pkg], strings.Fields(row.names)...)
		t.Run(row.pkg+" "+row.names, func(t *testing.T) {
			row.drive(t, c, func(values ...any) { c.print(t, "package "+row.pkg, values...) })
		})
	}
	set, all := sources(t)
	for pkg, names := range driven {
		slices.Sort(names)
		if exported := exportedFunctions(apiOf(t, set, all, pkg)); !slices.Equal(names, exported) {
			t.Errorf("package %s exports\n%q\nand its drivers call\n%q", pkg, exported, names)
		}
	}
}

// exportedFunctions returns exported functions as Name and methods as
// Type.Name.
func exportedFunctions(p *doc.Package) (names []string) {
	for _, f := range p.Funcs {
		names = append(names, f.Name)
	}
	for _, typ := range p.Types {
		for _, f := range typ.Funcs {
			names = append(names, f.Name)
		}
		for _, m := range typ.Methods {
			names = append(names, typ.Name+"."+m.Name)
		}
	}
	slices.Sort(names)
	return names
}

// driveCalendar reads with both tokens from a fake that accepts neither, and
// with one that it accepts, without a fault and with each of them.
func driveCalendar(t *testing.T, c *canaries, see func(...any)) {
	w := newWorld(t)
	out, _, _ := w.run("", "token", "-key", "KEY",
		"-scope", "https://www.googleapis.com/auth/calendar.readonly")
	good := strings.TrimSpace(out)
	c.addToken("a fake token", good)
	current := good
	client := &calendar.Client{
		Token:       func(context.Context) (string, error) { return current, nil },
		BaseURL:     w.url + "/calendar/v3",
		Sleep:       noSleep,
		MaxAttempts: 2,
	}
	if err := readAll(context.Background(), client, see); err != nil {
		t.Fatal(err)
	}
	see(client)
	eachFault(t, w.Server, "", func() { readAll(context.Background(), client, see) })
	for _, current = range []string{longToken, shortToken, "", longToken + "\n", shortToken + `"`} {
		if err := readAll(context.Background(), client, see); err == nil {
			t.Errorf("the token %.10q is good", current)
		}
	}
	_, _, err := calendar.EventDateTime{DateTime: "soon"}.Time(nil)
	see(err)
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	readAll(stopped, client, see)
	through := *client
	through.HTTP = &http.Client{Transport: calendar.Transport()}
	for _, current = range []string{good, longToken} {
		readAll(context.Background(), &through, see)
	}
	for _, base := range []string{
		"http://elsewhere.example",
		"https://me:" + shortToken + "@x/",
		w.url + "/?access_token=" + longToken,
		"%zz",
	} {
		current, client.BaseURL = shortToken, base
		readAll(context.Background(), client, see)
	}
}

// readAll calls every method that reads, and returns an error if any of them
// fails.
func readAll(ctx context.Context, client *calendar.Client, see func(...any)) error {
	var errs []error
	note := func(v any, err error) {
		see(err)
		if err == nil {
			see(v)
		}
		var e *calendar.Error
		if errors.As(err, &e) {
			see(*e)
		}
		errs = append(errs, err)
	}
	for event, err := range client.Events(ctx, you, calendar.Query{}) {
		note(event, err)
	}
	for entry, err := range client.CalendarList(ctx) {
		note(entry, err)
	}
	page, err := client.EventsPage(ctx, you, calendar.Query{}, "")
	note(page, err)
	event, err := client.Event(ctx, you, "day")
	note(event, err)
	own, err := client.Calendar(ctx, you)
	note(own, err)
	return errors.Join(errs...)
}

// noSleep replaces the wait between attempts.
func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
