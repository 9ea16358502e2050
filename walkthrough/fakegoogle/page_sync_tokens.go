// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// Page tokens and sync tokens are opaque to clients. Here, a page token holds
// the place where the next page begins and a hash of the query that it belongs
// to. A sync token holds a tick, in the form of Google's own.

// cursor is the place after the last entry of a page. It's made of the entry
// and not of a count, so that changes between two pages neither skip nor repeat
// an entry that hasn't moved.
type cursor struct {
	sortKey int64 // of the last entry; see eventQuery.sortKey
	seq     int   // of the last entry; it decides between equal keys
	asOf    int64 // tick of the first page, for the sync token on the last
}

const (
	cursorSize = 8 + 8 + 4 // bytes
	hashSize   = 10        // bytes; the rest of the hash is cut off
)

// pageToken encodes a cursor for the list with this key.
func (c cursor) pageToken(listKey string) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.sortKey))
	b = binary.BigEndian.AppendUint64(b, uint64(c.asOf))
	b = binary.BigEndian.AppendUint32(b, uint32(c.seq))
	h := sha256.Sum256(append(b, listKey...))
	return base64.RawURLEncoding.EncodeToString(append(b, h[:hashSize]...))
}

// parsePageToken returns false for a page token of another list.
func parsePageToken(token, listKey string) (c cursor, ok bool) {
	if !isPageToken(token) {
		return cursor{}, false
	}
	b, _ := base64.RawURLEncoding.DecodeString(token)
	c.sortKey = int64(binary.BigEndian.Uint64(b))
	c.asOf = int64(binary.BigEndian.Uint64(b[8:]))
	c.seq = int(binary.BigEndian.Uint32(b[16:]))
	return c, c.pageToken(listKey) == token
}

// isPageToken reports whether a text has the form of a page token.
func isPageToken(token string) bool {
	b, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && len(b) == cursorSize+hashSize
}

// list describes the list that a page token belongs to: who asks, for what, and
// every parameter that decides which entries there are and in which order. D,
// the sync guide; that the other parameters may change is R.
func (c *call) list() diagnosis.List {
	q := c.r.URL.Query()
	for _, name := range strings.Fields(`
		pageToken maxResults fields prettyPrint alt access_token oauth_token
		key quotaUser userIp timeZone maxAttendees`) {
		q.Del(name)
	}
	return diagnosis.List{Subject: c.token.subject, IDs: c.ids, Query: q}
}

// listKey identifies that list.
func (c *call) listKey() string {
	l := c.list()
	return l.Subject + "\n" + strings.Join(l.IDs, "\n") + "\n" + l.Query.Encode()
}

// syncAge is how long a sync token is valid, and how far back updatedMin may
// reach. Google's figures aren't known (R).
const syncAge = 30 * 24 * time.Hour

// syncToken encodes a tick. The result looks like CPDAlvWDx70CEPDAlvWDx70CGAU=
// (D, the sync guide): a protocol buffer with the same number of microseconds
// twice, and a 5.
func syncToken(tick int64) string {
	const field1, field2, field3 = 1 << 3, 2 << 3, 3 << 3 // varints
	b := binary.AppendUvarint([]byte{field1}, uint64(tick))
	b = binary.AppendUvarint(append(b, field2), uint64(tick))
	return base64.StdEncoding.EncodeToString(append(b, field3, 5))
}

// readSyncToken returns the tick in a sync token. It refuses a token that the
// server didn't issue, or issued too long ago.
func (s *Server) readSyncToken(token string) (int64, *apiError) {
	b, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(b) == 0 {
		return 0, badSyncToken
	}
	value, _ := binary.Uvarint(b[1:])
	tick := int64(value)
	switch {
	case syncToken(tick) != token, tick > s.lastTick:
		return 0, badSyncToken
	case s.now().Sub(time.UnixMicro(tick)) > syncAge:
		return 0, syncExpired
	}
	return tick, nil
}
