// SPDX-License-Identifier: 0BSD

package main

import (
	"go/doc"
	"slices"
	"strings"
	"testing"
)

// The packages that are given secrets: what drives which of their exported functions
// and methods. Package fakegoogle is not among them: it stands for the other side, which
// knows all tokens and keeps each request for tests to look at. Package walkthrough is
// looked at as its command shows it, in secrets_program_test.go and secrets_ownkey_test.go.
var apiDrivers = []struct {
	pkg, names string
	drive      func(t *testing.T, c *canaries, see func(...any))
}{
	{"jwt", "ParseKeyFile KeyFileError.Error KeyFileError.Advice", driveParseKeyFile},
	{"jwt", "KeyFile.String KeyFile.Format KeyFile.MarshalText", driveKeyFile},
	{"jwt", "NewClaims SigningInput Sign", driveSign},
	{"jwt", "Decode", driveDecode},
	{"tokenexchange", "NewRequest", driveNewRequest},
	{"tokenexchange", "ParseResponse", driveParseResponse},
	{"tokenexchange", "Client.Exchange Error.Error Error.Unwrap Error.Advice Error.Temporary Error.ClockOffset", driveExchange},
	{"tokenexchange", "Token.String Token.Format Token.MarshalText", driveToken},
	{"tokenexchange", "Source.Token Source.AccessToken Source.Invalidate", driveSource},
	{"calendar", "Client.Events Client.EventsPage Client.Event Client.Calendar Client.CalendarList Error.Error Error.Unwrap Error.Advice Error.Is Error.Temporary EventDateTime.Time", driveCalendar},
}

func secretsOfAPI(t *testing.T, c *canaries) {
	driven := map[string][]string{}
	for _, row := range apiDrivers {
		driven[row.pkg] = append(driven[row.pkg], strings.Fields(row.names)...)
		t.Run(row.pkg+" "+row.names, func(t *testing.T) {
			row.drive(t, c, func(values ...any) { c.print(t, "package "+row.pkg, values...) })
		})
	}
	set, all := sources(t)
	for pkg, names := range driven {
		slices.Sort(names)
		if exported := functionsOf(apiOf(t, set, all, pkg)); !slices.Equal(names, exported) {
			t.Errorf("package %s exports\n%q\nand driven are\n%q", pkg, exported, names)
		}
	}
}

// functionsOf lists exported functions as Name and methods as Type.Name.
func functionsOf(p *doc.Package) (names []string) {
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
