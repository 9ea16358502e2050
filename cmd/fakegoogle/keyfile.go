// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeKey writes a key file, whole or not at all. It replaces only a key file
// that an earlier run has written: a real one can be downloaded from Google
// only once.
func writeKey(path string, key []byte) error {
	if err := checkReplaceable(path); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".fakegoogle-*.json") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // finds nothing after the rename
	_, err = file.Write(key)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// checkReplaceable returns an error if there's a file that this program hasn't
// written. No real key file has a token_uri with http.
func checkReplaceable(path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var file struct {
		TokenURI string `json:"token_uri"`
	}
	err = json.Unmarshal(text, &file)
	if err != nil || !strings.HasPrefix(file.TokenURI, "http://") {
		return fmt.Errorf("%s exists and is not a key file of this program; "+
			"it was left unchanged", path)
	}
	return nil
}
