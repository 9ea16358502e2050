// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"example.com/fivestep/walkthrough/page"
)

// serve serves the page until ctx ends. An address without a host means this
// machine only.
func serve(ctx context.Context, addr string, stdout, stderr io.Writer) error {
	if strings.HasPrefix(addr, ":") {
		addr = "127.0.0.1" + addr
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	defer listener.Close()
	base := baseURL(listener, stderr)
	pages, err := page.NewServer(ctx, base)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "The lesson, the lab and a fake Google are at %s/ until Ctrl-C.\n", base)

	server := &http.Server{
		Handler:        pages,
		ReadTimeout:    10 * time.Second,
		WriteTimeout:   30 * time.Second,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 64 << 10, // the form's values are in the request line
		ErrorLog:       log.New(stderr, "walkthrough: ", 0),
		BaseContext:    func(net.Listener) context.Context { return ctx },
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("walkthrough: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		server.Close()
	}
	<-served
	return nil
}

// baseURL returns the listener's URL for this machine, and warns if other
// machines can reach it too.
func baseURL(listener net.Listener, stderr io.Writer) string {
	at := *listener.Addr().(*net.TCPAddr)
	if !at.IP.IsLoopback() {
		fmt.Fprintf(stderr, "warning: other machines can reach %s; "+
			"anyone there can use this server\n", &at)
	}
	if at.IP.IsUnspecified() {
		at.IP = net.IPv4(127, 0, 0, 1)
	}
	return "http://" + at.String()
}
