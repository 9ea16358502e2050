// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/page"
)

// writeHTML writes the lesson and the lab to one file.
func writeHTML(ctx context.Context, name string) error {
	trace, err := walkthrough.Run(ctx)
	if err != nil {
		return err
	}
	var lesson bytes.Buffer
	if err := page.WriteFile(ctx, &lesson, trace); err != nil {
		return err
	}
	err = replaceFile(name, func(w io.Writer) error {
		_, err := lesson.WriteTo(w)
		return err
	})
	if err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	return nil
}

// replaceFile creates or replaces a file, completely or not at all: if the disk
// is full, the old file remains. It follows a symbolic link to a file.
func replaceFile(name string, write func(io.Writer) error) error {
	info, err := os.Stat(name)
	exists := err == nil
	if exists && !info.Mode().IsRegular() {
		return writeTo(name, os.O_WRONLY, write) // a pipe or a device
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	part := fmt.Sprintf("%s.%d.part", name, os.Getpid())
	defer os.Remove(part) // finds nothing after the rename
	if err := writeTo(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, write); err != nil {
		return err
	}
	if exists {
		if err := os.Chmod(part, info.Mode().Perm()); err != nil {
			return err
		}
	}
	return os.Rename(part, name)
}

// writeTo opens a file and writes to it.
func writeTo(name string, flag int, write func(io.Writer) error) error {
	file, err := os.OpenFile(name, flag, 0o666)
	if err != nil {
		return err
	}
	err = write(file)
	return errors.Join(err, file.Close())
}
