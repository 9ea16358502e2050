// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// KeyFileError says what is wrong with a key file. It never holds bytes of the key.
type KeyFileError struct {
	Member  string // the JSON member at fault, such as "private_key"; empty for the file as a whole
	Problem string // what is wrong
	cause   string // how that usually comes about
}

// Error is one line: the member at fault, if it is one, and the problem.
func (e *KeyFileError) Error() string {
	return "jwt: key file: " + strings.TrimPrefix(e.Member+": "+e.Problem, ": ")
}

// Advice is two lines: how the problem usually comes about, and what to do.
func (e *KeyFileError) Advice() string {
	return e.cause + "\nMend that, or create a new JSON key for the account, use the file as downloaded, and delete the old key: " +
		"console, IAM & Admin > Service Accounts > Keys > Add key > Create new key > JSON."
}

// finding is a row of a table of what may be wrong.
type finding struct {
	found                  bool
	member, problem, cause string
}

// firstOf returns the first row that was found, or nil.
func firstOf(table []finding) error {
	for _, f := range table {
		if f.found {
			return &KeyFileError{f.member, f.problem, f.cause}
		}
	}
	return nil
}

// notJSON says where the JSON breaks off, in lines and columns as editors count them.
func notJSON(data []byte) error {
	syntax := new(json.SyntaxError)
	errors.As(json.Unmarshal(data, &struct{}{}), &syntax)
	before := data[:max(syntax.Offset-1, 0)] // Offset counts the offending byte
	line, column := bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n')
	where, bad := fmt.Sprintf("not JSON: line %d, column %d", line, column), data[len(before)]
	return firstOf([]finding{
		{syntax.Error() == "unexpected end of JSON input", "", "not JSON: the file ends in the middle", "A download or a copy was cut off."},
		{bad == '\n' || bad == '\r', "", where + ": a line break inside a string", "The \\n in private_key were turned into real line breaks."},
		{true, "", where, "The file was edited, or is not a key file."},
	})
}
