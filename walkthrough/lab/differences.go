// SPDX-License-Identifier: 0BSD

package lab

import (
	"slices"
	"strings"

	"example.com/fivestep/walkthrough"
)

// comparedParts are the parts to compare with the successful run.
var comparedParts = []string{"key-file", "header", "claims", "token-request", "events-request"}

// changedFrom returns the parts that differ from those of the successful run.
// It leaves out the POST if it differs only because an earlier part does: other
// claims make another JWT.
func (a *attempt) changedFrom(good []walkthrough.Part) (all []Changed) {
	for _, p := range a.parts {
		if !slices.Contains(comparedParts, p.Name) {
			continue
		}
		if p.Name == "token-request" && len(all) > 0 && a.assertion == nil {
			continue
		}
		for _, g := range good {
			if was, is := string(g.Bytes), string(p.Bytes); g.Name == p.Name && was != is {
				all = append(all, Changed{p, differences(was, is)})
			}
		}
	}
	return all
}

// differences returns the ranges in which a text has changed, for a reader:
// neither many small ones nor any longer than necessary.
func differences(was, is string) []Range {
	var ranges []Range
	for _, r := range compareWords(was, is) {
		ranges = append(ranges, byCharacter(is, r)...)
	}
	ranges = merged(is, ranges)
	for i := range ranges {
		ranges[i] = trimmed(is, ranges[i])
	}
	return ranges
}

// maxComparisons bounds the time that a comparison takes. It allows two texts
// of a thousand words each.
const maxComparisons = 1 << 20

// compareWords compares two texts word by word. If they are too long for that,
// the whole text is one difference.
func compareWords(was, is string) []Range {
	old, now := words(was), words(is)
	if len(old)*len(now) > maxComparisons {
		return []Range{{0, len(is), was}}
	}
	common := commonWords(old, now)
	var c comparison
	for i, j := 0, 0; i < len(old) || j < len(now); {
		switch {
		case i < len(old) && j < len(now) && old[i] == now[j]:
			c.same(now[j])
			i, j = i+1, j+1
		case j == len(now), i < len(old) && common[i+1][j] >= common[i][j+1]:
			c.differs(old[i], "")
			i++
		default:
			c.differs("", now[j])
			j++
		}
	}
	return c.ranges
}

// commonWords returns a table: at [i][j] is the length of the longest common
// subsequence of old[i:] and now[j:].
func commonWords(old, now []string) [][]int {
	common := make([][]int, len(old)+1)
	for i := range common {
		common[i] = make([]int, len(now)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(now) - 1; j >= 0; j-- {
			if old[i] == now[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	return common
}

// comparison collects the ranges in which a text differs.
type comparison struct {
	ranges []Range
	at     int  // in the new text
	open   bool // whether the last range ends at the current word
}

func (c *comparison) same(word string) {
	c.at += len(word)
	c.open = false
}

// differs adds old words, and the new words that replace them.
func (c *comparison) differs(was, is string) {
	if !c.open {
		c.ranges = append(c.ranges, Range{Start: c.at})
		c.open = true
	}
	c.at += len(is)
	last := &c.ranges[len(c.ranges)-1]
	last.Was += was
	last.End = c.at
}

const base64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// byCharacter splits a range that is one long word, such as a part of a JWT,
// into the characters that differ, if the word has kept its length.
func byCharacter(text string, r Range) (all []Range) {
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

// merged joins ranges that are close to each other in the same value.
func merged(text string, ranges []Range) (all []Range) {
	const far = 20 // characters
	for _, r := range ranges {
		if n := len(all); n > 0 {
			last := &all[n-1]
			gap := text[last.End:r.Start]
			if len(gap) < far && !strings.ContainsAny(gap, "{},& \r\n") {
				last.Was += gap + r.Was
				last.End = r.End
				continue
			}
		}
		all = append(all, r)
	}
	return all
}

// trimmed drops the unchanged beginning of a range.
func trimmed(text string, r Range) Range {
	if strings.HasPrefix(text[r.Start:r.End], r.Was) {
		return Range{r.Start + len(r.Was), r.End, ""}
	}
	// If a member of an object is gone, the words suggest that its first
	// quotation mark is still there and the next member's is gone.
	const quote = `"`
	before := text[:r.Start]
	if r.Start == r.End && strings.HasSuffix(r.Was, quote) && strings.HasSuffix(before, quote) {
		return Range{r.Start - 1, r.End - 1, quote + r.Was[:len(r.Was)-1]}
	}
	return r
}

// words splits a text at the characters that separate members of JSON,
// parameters, parts of a JWT, lines and words. A separator is a word by itself,
// and a mask is one word.
func words(text string) (all []string) {
	masks := walkthrough.Masks(text)
	for start, end := 0, 0; start < len(text); start = end {
		end = len(text)
		if n := strings.IndexAny(text[start:], "{}\":,.&=?/@\\ \r\n"); n >= 0 {
			end = start + max(n, 1)
		}
		switch {
		case len(masks) == 0:
		case masks[0][0] == start:
			end, masks = masks[0][1], masks[1:]
		default:
			end = min(end, masks[0][0])
		}
		all = append(all, text[start:end])
	}
	return all
}
