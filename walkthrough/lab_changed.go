// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"slices"
	"strings"
)

// changedFrom are the parts that differ from those of a run that succeeds. What
// follows from a part that is shown is not shown as well: other claims make
// another JWT, and that another POST.
func (a *attempt) changedFrom(good []Part) (all []Changed) {
	for _, p := range a.parts {
		if !slices.Contains([]string{"key-file", "header", "claims", "token-request", "events-request"}, p.Name) ||
			p.Name == "token-request" && len(all) > 0 && a.assertion == nil {
			continue
		}
		for _, g := range good {
			if g.Name == p.Name && string(g.Bytes) != string(p.Bytes) {
				all = append(all, Changed{p, joined(string(p.Bytes), differences(string(g.Bytes), string(p.Bytes)))})
			}
		}
	}
	return all
}

// differences compares two texts word by word, by their longest common
// subsequence. A text of words without end is one difference.
func differences(was, is string) (all []Range) {
	old, now := words(was), words(is)
	if len(old)*len(now) > 1<<20 {
		return []Range{{0, len(is), was}}
	}
	// longest[i][j] is that of old[i:] and now[j:].
	longest := make([][]int, len(old)+1)
	for i := range longest {
		longest[i] = make([]int, len(now)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(now) - 1; j >= 0; j-- {
			if longest[i][j] = max(longest[i+1][j], longest[i][j+1]); old[i] == now[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	at, open := 0, false
	differs := func(gone, come string) {
		if !open {
			all, open = append(all, Range{at, at, ""}), true
		}
		last := &all[len(all)-1]
		last.Was += gone
		at += len(come)
		last.End = at
	}
	for i, j := 0, 0; i < len(old) || j < len(now); {
		switch {
		case i < len(old) && j < len(now) && old[i] == now[j]:
			at, open = at+len(now[j]), false
			i, j = i+1, j+1
		case j == len(now) || i < len(old) && longest[i+1][j] >= longest[i][j+1]:
			differs(old[i], "")
			i++
		default:
			differs("", now[j])
			j++
		}
	}
	return all
}

// closer cuts a range of one long word, as a part of a JWT is, into those of the
// characters that differ, if there are as many as before.
func (r Range) closer(text string) (all []Range) {
	const long = 100 // characters
	is := text[r.Start:r.End]
	if len(is) < long || len(is) != len(r.Was) || strings.Trim(is+r.Was, base64URL) != "" {
		return []Range{r}
	}
	for i := range len(is) {
		if is[i] != r.Was[i] {
			all = append(all, Range{r.Start + i, r.Start + i + 1, r.Was[i : i+1]})
		}
	}
	return all
}

const base64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// joined makes one range of two in the same value that are near each other, and
// leaves out of a range what it begins with as before.
func joined(text string, ranges []Range) (all []Range) {
	var near []Range
	for _, r := range ranges {
		near = append(near, r.closer(text)...)
	}
	for _, r := range near {
		if n := len(all); n > 0 {
			last := &all[n-1]
			if gap := text[last.End:r.Start]; len(gap) < 20 && !strings.ContainsAny(gap, "{},& \r\n") {
				last.Was += gap + r.Was
				last.End = r.End
				continue
			}
		}
		all = append(all, r)
	}
	for i, r := range all {
		if strings.HasPrefix(text[r.Start:r.End], r.Was) {
			all[i] = Range{r.Start + len(r.Was), r.End, ""}
		} else if r.Start == r.End && strings.HasSuffix(r.Was, `"`) && strings.HasSuffix(text[:r.Start], `"`) {
			all[i] = Range{r.Start - 1, r.End - 1, `"` + r.Was[:len(r.Was)-1]} // a member begins with its quotation mark
		}
	}
	return all
}

// words cuts a text at what separates members of JSON, parameters, parts of a
// JWT, lines and words. A separator is a word of its own, a mask is one word.
func words(text string) (all []string) {
	masks := mask.FindAllStringIndex(text, -1)
	for start, end := 0, 0; start < len(text); start = end {
		end = len(text)
		if n := strings.IndexAny(text[start:], "{}\":,.&=?/@\\ \r\n"); n >= 0 {
			end = start + max(n, 1)
		}
		if len(masks) > 0 && masks[0][0] == start {
			end, masks = masks[0][1], masks[1:]
		} else if len(masks) > 0 {
			end = min(end, masks[0][0])
		}
		all = append(all, text[start:end])
	}
	return all
}
