// SPDX-License-Identifier: 0BSD

package exam

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// world is what a client meets in one trial: a fake Google with one account
// and one calendar, the account's key file, and a server that isn't Google.
type world struct {
	google     *fakegoogle.Server
	account    *fakegoogle.Account
	keyFile    []byte
	calendarID string
	events     []event   // in the calendar
	tomorrow   time.Time // the day of the first event, at midnight

	base      string        // Google's root, such as http://127.0.0.1:8085
	elsewhere string        // root of a server with another host name
	pageSize  int           // most events on a page; 0 leaves it to the client
	hurry     time.Duration // TIMEOUT is the limit divided by this

	// token and calendar answer as Google's two services, unless a trial replaces
	// them.
	token, calendar http.HandlerFunc
	// change changes what the token endpoint answers, if a trial sets it.
	change func(r *http.Request, a *answer)

	running sync.WaitGroup // requests in progress

	mu      sync.Mutex      // guards what follows
	stopped bool            // no request is answered any more
	tokens  []string        // access tokens issued
	strayed []*http.Request // what arrived elsewhere
	sent    int             // bytes of body, where a trial counts them
}

// event is an event as a client has to print it.
type event struct {
	title, day string
}

const (
	usualCalendar = "you@gmail.com"
	usualEvents   = 3
)

// titles are those of events that are nothing special. None is part of another.
var titles = []string{
	"Planning", "Design review", "Retrospective", "Interview", "Workshop", "Release", "Dentist",
}

// newWorld makes a world as it is in most trials. The servers aren't running
// yet.
func newWorld(key *rsa.PrivateKey) (*world, error) {
	const day = 24 * time.Hour
	w := &world{
		google:   fakegoogle.New(),
		hurry:    2,
		tomorrow: time.Now().UTC().Truncate(day).Add(day),
	}
	account, err := w.google.CreateAccount(fakegoogle.Account{Key: key})
	if err != nil {
		return nil, err
	}
	w.account = account
	w.token, w.calendar = w.serveToken, w.serveCalendar
	return w, nil
}

// addUsualCalendar adds what most trials have, as far as the trial hasn't added
// its own: a calendar and three events.
func (w *world) addUsualCalendar() {
	if w.calendarID == "" {
		w.addCalendar(usualCalendar)
	}
	for i := len(w.events); i < usualEvents; i++ {
		w.addTimed(titles[i])
	}
}

// addCalendar adds a calendar without events that the account can read.
func (w *world) addCalendar(id string) {
	w.calendarID = id
	w.google.AddCalendar(fakegoogle.Calendar{ID: id, TimeZone: "UTC"})
	w.google.Share(id, w.account.Email, "reader")
}

// day returns the day of the next event, at midnight: one day after another.
func (w *world) day() time.Time { return w.tomorrow.AddDate(0, 0, len(w.events)) }

// addTimed adds an event at noon, which is on the same day in nearly all time
// zones.
func (w *world) addTimed(title string) {
	noon := w.day().Add(12 * time.Hour)
	w.add(title, fmt.Sprintf(`{"dateTime":%q}`, noon.Format(time.RFC3339)),
		fmt.Sprintf(`{"dateTime":%q}`, noon.Add(time.Hour).Format(time.RFC3339)))
}

// addAllDay adds an event that lasts a day.
func (w *world) addAllDay(title string) {
	day := w.day()
	w.add(title, fmt.Sprintf(`{"date":%q}`, day.Format(time.DateOnly)),
		fmt.Sprintf(`{"date":%q}`, day.AddDate(0, 0, 1).Format(time.DateOnly)))
}

func (w *world) add(title, start, end string) {
	if w.calendarID == "" {
		w.addCalendar(usualCalendar)
	}
	err := w.google.AddEvent(w.calendarID, fmt.Sprintf(
		`{"id":"event%d","summary":%q,"start":%s,"end":%s}`, len(w.events), title, start, end))
	if err != nil {
		panic(err) // the events are all in this package
	}
	w.events = append(w.events, event{title, w.day().Format(time.DateOnly)})
}

// start starts both servers. stop ends them, and whatever a fault delays. After
// that, nothing changes any more.
func (w *world) start(ctx context.Context) (stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	google, port, err := w.listen(ctx, w.serveGoogle)
	if err != nil {
		cancel()
		return nil, err
	}
	other, otherPort, err := w.listen(ctx, w.serveElsewhere)
	if err != nil {
		cancel()
		google.Close()
		return nil, err
	}
	w.base = "http://127.0.0.1:" + port
	w.elsewhere = "http://localhost:" + otherPort
	w.keyFile = w.account.KeyFile(w.tokenURL())
	return func() {
		w.mu.Lock()
		w.stopped = true
		w.mu.Unlock()
		cancel()
		google.Close()
		other.Close()
		w.running.Wait()
	}, nil
}

// listen serves on a free port of this machine.
func (w *world) listen(ctx context.Context, serve http.HandlerFunc) (*http.Server, string, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	server := &http.Server{
		Handler:     w.untilStopped(serve),
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    log.New(io.Discard, "", 0),
	}
	go server.Serve(listener)
	return server, strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}

// untilStopped counts the requests in progress, and refuses others once the
// world is stopped.
func (w *world) untilStopped(serve http.HandlerFunc) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		stopped := w.stopped
		if !stopped {
			w.running.Add(1)
		}
		w.mu.Unlock()
		if stopped {
			panic(http.ErrAbortHandler) // closes the connection
		}
		defer w.running.Done()
		serve(rw, r)
	}
}

func (w *world) tokenURL() string { return w.base + "/token" }

// serveElsewhere is the server that a redirect leads to. It learns what a client
// sends, and refuses it.
func (w *world) serveElsewhere(rw http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.strayed = append(w.strayed, r)
	http.Error(rw, "not Google", http.StatusUnauthorized)
}

// serveGoogle answers as Google, or as the trial wants it.
func (w *world) serveGoogle(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		w.token(rw, r)
		return
	}
	w.calendar(rw, r)
}

// serveCalendar answers with small pages. Google may always send fewer events
// than maxResults asks for.
// https://developers.google.com/workspace/calendar/api/v3/reference/events/list
func (w *world) serveCalendar(rw http.ResponseWriter, r *http.Request) {
	if w.pageSize > 0 {
		query := r.URL.Query()
		query.Set("maxResults", strconv.Itoa(w.pageSize))
		r.URL.RawQuery = query.Encode()
	}
	w.google.ServeHTTP(rw, r)
}

// answer is an answer that isn't sent yet. It implements http.ResponseWriter.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// set replaces the body.
func (a *answer) set(status int, body string) {
	a.status = status
	a.body.Reset()
	a.body.WriteString(body)
}

// send sends the answer.
func (a *answer) send(rw http.ResponseWriter) {
	for name, values := range a.header {
		rw.Header()[name] = values
	}
	rw.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	rw.WriteHeader(a.status)
	rw.Write(a.body.Bytes())
}

// serveToken lets Google answer, remembers the access token, and changes the
// answer if the trial wants that.
func (w *world) serveToken(rw http.ResponseWriter, r *http.Request) {
	r.Header.Del("Accept-Encoding") // the answer is read here
	form, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(form))
	a := &answer{header: http.Header{}}
	w.google.ServeHTTP(a, r)
	if w.change != nil {
		r.Body = io.NopCloser(bytes.NewReader(form))
		w.change(r, a)
	}
	w.remember(a.body.Bytes())
	a.send(rw)
}

// remember remembers the access token of an answer.
func (w *world) remember(body []byte) {
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal(body, &token) != nil || token.AccessToken == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tokens = append(w.tokens, token.AccessToken)
}

// post sends an assertion to the token endpoint, for a client that only prints
// one.
func (w *world) post(assertion string) error {
	form := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":  {assertion},
	}
	request, err := http.NewRequest("POST", w.tokenURL(), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.RequestURI = request.URL.Path // as a server sees it
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.serveGoogle(&answer{header: http.Header{}}, request)
	return nil
}
