// SPDX-License-Identifier: 0BSD

package walkthrough

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

	"example.com/fivestep/walkthrough/fakegoogle"
)

// contentPolicy lets a page load this server's style and send this server's form,
// and nothing else; there is no script to let.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Server serves the lesson, the lab and, under Google's own paths, the fake
// Google of the lesson, whose clock stands still. It is for one's own machine.
type Server struct {
	google    http.Handler
	fake      *fakegoogle.Server
	templates *template.Template
	trace     *Trace
	site      site
	pages     map[string][]byte // what never changes
}

// NewServer does the five steps once and returns a server of what came out. The
// base is its address, "http://127.0.0.1:8080", as it stands in the commands on
// the page.
func NewServer(ctx context.Context, base string) (*Server, error) {
	google := fakegoogle.New()
	trace, err := run(ctx, google)
	if err != nil {
		return nil, err
	}
	s := &Server{trace: trace, site: serverSite(base), pages: map[string][]byte{}}
	if s.templates, err = templates(); err != nil {
		return nil, err
	}
	for _, open := range []bool{false, true} {
		lesson, err := trace.lessonPage(s.site, open)
		if err != nil {
			return nil, err
		}
		name := map[bool]string{false: "lesson", true: "open"}[open]
		if s.pages[name], err = s.page("lesson", "From a key file to calendar events, in five steps", "lesson", lesson); err != nil {
			return nil, err
		}
	}
	if s.pages["lab"], err = s.page("lab", "Break it: how the five steps fail", "lab", newLabPage(s.site, trace)); err != nil {
		return nil, err
	}
	s.fake, s.google = google, http.MaxBytesHandler(google, 16<<10) // which keeps what it receives; an assertion has less than 1 KiB
	return s, nil
}

// ServeHTTP answers one request. A request for a host that has a name other than
// localhost is refused: a page elsewhere could have made its own name point here.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !ownHost(r.Host) {
		http.Error(w, "This server has no such name. It is for the machine that it runs on: localhost or an address.", http.StatusMisdirectedRequest)
		return
	}
	serve := map[string]http.HandlerFunc{
		"/": s.lesson, "/lab": s.lab, "/own": s.own,
		"/style.css": func(w http.ResponseWriter, r *http.Request) {
			send(w, r, http.StatusOK, "text/css; charset=utf-8", []byte(style))
		},
		"/icon.svg": func(w http.ResponseWriter, r *http.Request) { send(w, r, http.StatusOK, "image/svg+xml", icon) },
	}[r.URL.Path]
	switch {
	case serve == nil && googlePath.MatchString(r.URL.Path): // untouched: http.ServeMux would clean it
		s.google.ServeHTTP(w, r)
	case serve == nil:
		s.missing(w, r, "", "Neither the page nor the fake Google has such an address.")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
	default:
		serve(w, r)
	}
}

// googlePath begins all that the fake Google has, and all beneath, which a client
// may get wrong.
var googlePath = regexp.MustCompile(`^/+(token|calendar|robot|oauth2|o)(/|$)`)

func ownHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(strings.Trim(host, "[]")) != nil
}

func (s *Server) page(here, title, name string, content any) ([]byte, error) {
	return render(s.templates, document{Title: title, Here: here, site: s.site}, name, content)
}

// missing is the page that is there for what is not.
func (s *Server) missing(w http.ResponseWriter, r *http.Request, here, problem string) {
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

func (s *Server) lesson(w http.ResponseWriter, r *http.Request) {
	name := "lesson"
	if r.URL.Query().Get("open") == "all" {
		name = "open"
	}
	send(w, r, http.StatusOK, htmlType, s.pages[name])
}

func (s *Server) lab(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("break")
	if name == "" {
		send(w, r, http.StatusOK, htmlType, s.pages["lab"])
		return
	}
	b, ok := FindBreakage(name)
	if !ok {
		s.missing(w, r, "lab", fmt.Sprintf("There is no breakage %q; Break it names them.", name))
		return
	}
	result, err := Break(r.Context(), b.Name)
	if err != nil {
		s.fail(w, err)
		return
	}
	page, err := s.page("lab", b.Title+" (break it)", "breakage", newResultPage(s.site, result))
	s.sendOr(w, r, page, err)
}

func (s *Server) own(w http.ResponseWriter, r *http.Request) {
	content := &resultPage{site: s.site}
	query, err := url.ParseQuery(r.URL.RawQuery)
	switch {
	case err != nil: // else what cannot be read would be taken for the default
		content.Own, content.BadField, content.Problem = ParseOwn(query), "The address", "cannot be read: a part of it was cut off, or changed on its way"
	case len(query) == 0:
		content.Own = DefaultOwn()
	default:
		own := ParseOwn(query)
		result, err := own.Run(r.Context())
		var bad *OwnError
		switch {
		case errors.As(err, &bad):
			content.BadField, content.Problem = bad.Field, bad.Problem
		case err != nil:
			s.fail(w, err)
			return
		default:
			content = newResultPage(s.site, result)
		}
		content.Own = own
	}
	page, err := s.page("own", "Your own header, claims, clock and calendar", "own", content)
	s.sendOr(w, r, page, err)
}

func (s *Server) sendOr(w http.ResponseWriter, r *http.Request, page []byte, err error) {
	if err != nil {
		s.fail(w, err)
		return
	}
	send(w, r, http.StatusOK, htmlType, page)
}

// fail is for what should not happen, and for a run that its visitor gave up.
func (s *Server) fail(w http.ResponseWriter, err error) {
	http.Error(w, fmt.Sprintf("That went wrong: %v", err), http.StatusInternalServerError)
}

const htmlType = "text/html; charset=utf-8"

// send answers with a page, or with 304 to a visitor who has it.
func send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache") // ask each time, and be told 304
	if status != http.StatusOK {
		w.WriteHeader(status)
		if r.Method == http.MethodGet {
			w.Write(body)
		}
		return
	}
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
