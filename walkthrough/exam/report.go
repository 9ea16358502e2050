// SPDX-License-Identifier: 0BSD

package exam

import (
	"fmt"
	"strings"
)

// String describes a result: in one line if the client passed. Otherwise the
// lines below it say what was demanded and why, what happened instead, and where
// to read more.
func (r Result) String() string {
	if r.Passed() {
		return "ok    " + r.Trial.Name
	}
	var b strings.Builder
	fmt.Fprintf(&b, "FAIL  %s  %s\n", r.Trial.Name, r.Instead)
	part(&b, "demand", r.Trial.Demand)
	part(&b, "why", r.Trial.Why)
	if r.Reason != "" {
		fmt.Fprintf(&b, "      %-8s%s\n", "refused", strings.ReplaceAll(r.Reason, "\n", "\n          "))
	}
	if r.Said != "" {
		part(&b, "stderr", r.Said)
	}
	part(&b, "read", r.Trial.Lesson)
	return strings.TrimSuffix(b.String(), "\n")
}

// part writes one part of a description, wrapped.
func part(b *strings.Builder, name, text string) {
	const width = 64
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+len(word) >= width {
			fmt.Fprintf(b, "      %-8s%s\n", name, line)
			name, line = "", ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	fmt.Fprintf(b, "      %-8s%s\n", name, line)
}

// String describes a trial, in several lines.
func (t Trial) String() string {
	var b strings.Builder
	b.WriteString(t.Name + "\n")
	part(&b, "demand", t.Demand)
	part(&b, "why", t.Why)
	part(&b, "read", t.Lesson)
	return strings.TrimSuffix(b.String(), "\n")
}
