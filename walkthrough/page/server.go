// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle"
	"example.com/fivestep/walkthrough/lab"
)

// contentPolicy lets a page load this server's style and send this server's
// form, and nothing else. There is no script to allow.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Server serves the lesson, the lab and, under Google's own paths, the lesson's
// fake Google, whose clock is fixed. It is meant for your own machine.
type Server struct {
	google    http.Handler
	fake      *fakegoogle.Server
	templates *template.Template
	site      site
	pages     map[string][]byte // the ones that never change
}

// maxGoogleBody bounds the body of a request to the fake Google, more tightly
// than the fake does itself. A form with an assertion is smaller than 1 KiB.
const maxGoogleBody = 16 << 10

// NewServer does the five steps once and returns a server that shows them. The
// commands on its pages use base, which is its URL: "http://127.0.0.1:8080".
func NewServer(ctx context.Context, base string) (*Server, error) {
	google := fakegoogle.New()
	trace, err := walkthrough.RunAgainst(ctx, google)
	if err != nil {
		return nil, err
	}
	s := &Server{
		google: http.MaxBytesHandler(google, maxGoogleBody),
		fake:   google,
		site:   serverSite(base),
		pages:  map[string][]byte{},
	}
	if s.templates, err = parseTemplates(); err != nil {
		return nil, err
	}
	if s.pages["lesson"], err = s.lessonPage(trace, false); err != nil {
		return nil, err
	}
	if s.pages["open lesson"], err = s.lessonPage(trace, true); err != nil {
		return nil, err
	}
	labTitle := "Break it: how the five steps fail"
	s.pages["lab"], err = s.page("lab", labTitle, "lab", newLabPage(s.site))
	if err != nil {
		return nil, err
	}
	write, err := newWritePage(s.site, trace)
	if err != nil {
		return nil, err
	}
	writeTitle := "Write the five steps yourself"
	s.pages["write"], err = s.page("write", writeTitle, "write", write)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) lessonPage(trace *walkthrough.Trace, open bool) ([]byte, error) {
	lesson, err := newLessonPage(s.site, trace, open)
	if err != nil {
		return nil, err
	}
	return s.page("lesson", "From a key file to calendar events, in five steps", "lesson", lesson)
}

// page renders a template with the layout. The argument here is the page's
// entry in the navigation.
func (s *Server) page(here, title, name string, content any) ([]byte, error) {
	return render(s.templates, document{Title: title, Here: here, site: s.site}, name, content)
}

// ServeHTTP answers one request. It refuses a request that names any host
// except localhost or an IP address: another website could point its own name
// at this server to read these pages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Errors have the policy too, and what the fake Google answers: to a
	// browser, all of it is the same website.
	w.Header().Set("Content-Security-Policy", contentPolicy)
	if !isLocalHost(r.Host) {
		http.Error(w, "This server has no such name. "+
			"Use localhost or an IP address: it's meant for the machine that it runs on.",
			http.StatusMisdirectedRequest)
		return
	}
	serve := s.handler(r.URL.Path)
	switch {
	case serve == nil && googlePath.MatchString(r.URL.Path):
		// The path goes there unchanged. http.ServeMux would clean it.
		s.google.ServeHTTP(w, r)
	case serve == nil:
		s.notFound(w, r, "", "Neither the page nor the fake Google has such an address.")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This page is read-only.", http.StatusMethodNotAllowed)
	default:
		serve(w, r)
	}
}

// handler returns the handler for a path, or nil.
func (s *Server) handler(path string) http.HandlerFunc {
	switch path {
	case "/":
		return s.serveLesson
	case "/lab":
		return s.serveLab
	case "/own":
		return s.serveOwn
	case "/write":
		return serveFixed(htmlType, s.pages["write"])
	case "/style.css":
		return serveFixed("text/css; charset=utf-8", []byte(style))
	case "/icon.svg":
		return serveFixed("image/svg+xml", icon)
	}
	return nil
}

func serveFixed(contentType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		send(w, r, http.StatusOK, contentType, body)
	}
}

// googlePath matches the paths of the fake Google, and everything below them,
// which a client may get wrong.
var googlePath = regexp.MustCompile(`^/+(token|calendar|robot|oauth2|o)(/|$)`)

func isLocalHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(strings.Trim(host, "[]")) != nil
}

func (s *Server) serveLesson(w http.ResponseWriter, r *http.Request) {
	name := "lesson"
	if r.URL.Query().Get("open") == "all" {
		name = "open lesson"
	}
	send(w, r, http.StatusOK, htmlType, s.pages[name])
}

// serveLab serves the list of breakages, or one of them.
func (s *Server) serveLab(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("break")
	if name == "" {
		send(w, r, http.StatusOK, htmlType, s.pages["lab"])
		return
	}
	b, ok := lab.Find(name)
	if !ok {
		s.notFound(w, r, "lab", fmt.Sprintf("There is no breakage %q; Break it names them.", name))
		return
	}
	result, err := lab.Break(r.Context(), b.Name)
	if err != nil {
		s.fail(w, err)
		return
	}
	title := b.Title + " (break it)"
	page, err := s.page("lab", title, "breakage", newResultPage(s.site, result))
	s.sendOrFail(w, r, page, err)
}

// serveOwn serves the form for your own values, with what they lead to.
func (s *Server) serveOwn(w http.ResponseWriter, r *http.Request) {
	content, err := s.ownPage(r)
	if err != nil {
		s.fail(w, err)
		return
	}
	page, err := s.page("own", "Your own header, claims, clock and calendar", "own", content)
	s.sendOrFail(w, r, page, err)
}

func (s *Server) ownPage(r *http.Request) (*resultPage, error) {
	content := &resultPage{site: s.site}
	query, err := url.ParseQuery(r.URL.RawQuery)
	content.Own = lab.ParseExperiment(query)
	if err != nil { // otherwise defaults would replace missing values
		content.BadField = "The address"
		content.Problem = "cannot be read: a part of it was cut off, or changed on its way"
		return content, nil
	}
	if len(query) == 0 {
		return content, nil
	}
	result, err := content.Own.Run(r.Context())
	var bad *lab.FieldError
	if errors.As(err, &bad) {
		content.BadField, content.Problem = bad.Field, bad.Problem
		return content, nil
	}
	if err != nil {
		return nil, err
	}
	own := content.Own
	content = newResultPage(s.site, result)
	content.Own = own
	return content, nil
}

// notFound serves a page in the design of the others.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request, here, problem string) {
	page, err := s.page(here, "Not found", "missing", struct {
		site
		Problem string
	}{s.site, problem})
	if err != nil {
		s.fail(w, err)
		return
	}
	send(w, r, http.StatusNotFound, htmlType, page)
}

func (s *Server) sendOrFail(w http.ResponseWriter, r *http.Request, page []byte, err error) {
	if err != nil {
		s.fail(w, err)
		return
	}
	send(w, r, http.StatusOK, htmlType, page)
}

// fail answers after an error that should never happen, or if the visitor left
// during the run.
func (s *Server) fail(w http.ResponseWriter, err error) {
	http.Error(w, fmt.Sprintf("Something went wrong: %v", err), http.StatusInternalServerError)
}

const htmlType = "text/html; charset=utf-8"

// send sends a page, or 304 to a visitor who has it.
func send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache") // browsers ask each time; the answer is usually 304
	if status != http.StatusOK {
		w.WriteHeader(status)
		if r.Method == http.MethodGet {
			w.Write(body)
		}
		return
	}
	sum := sha256.Sum256(body)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
