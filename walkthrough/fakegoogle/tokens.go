// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
)

// Page tokens and sync tokens are opaque to clients. Here a page token holds where to go on and a hash of the query it
// belongs to, a sync token a moment in the form that Google's have.

// pageCursor is the place after the last event of a page, so that changes between two pages lose nothing and repeat
// nothing that has not moved itself.
type pageCursor struct {
	key  int64 // of the order: start, or last change
	seq  int   // of the event, which decides between equal keys
	asof int64 // tick at the first page, which the sync token at the end will carry
}

func (p pageCursor) token(binding string) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(p.key))
	b = binary.BigEndian.AppendUint64(b, uint64(p.asof))
	b = binary.BigEndian.AppendUint32(b, uint32(p.seq))
	h := sha256.Sum256(append(b, binding...))
	return base64.RawURLEncoding.EncodeToString(append(b, h[:10]...))
}

func readPageToken(token, binding string) (p pageCursor, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != 30 {
		return p, false
	}
	p.key, p.asof, p.seq = int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:])), int(binary.BigEndian.Uint32(b[16:]))
	return p, p.token(binding) == token
}

// binding is what must be the same for all pages: who asks, for what, and each parameter that decides which entries come
// in which order (D, the sync guide; that the others may change is R).
func (c *call) binding() string {
	q := c.r.URL.Query()
	for _, name := range strings.Fields("pageToken maxResults fields prettyPrint alt access_token oauth_token key quotaUser userIp timeZone maxAttendees") {
		q.Del(name)
	}
	return c.grant.subject + "\n" + strings.Join(c.ids, "\n") + "\n" + q.Encode()
}

// syncAge is how long a sync token is good for, and how far back updatedMin may reach. Google's figures are not known (R).
const syncAge = 30 * 24 * time.Hour

// moment is now in microseconds, at or after every change so far and before every change to come.
func (s *Server) moment() int64 {
	s.stamp = max(s.now().UnixMicro(), s.stamp)
	return s.stamp
}

// syncToken writes a moment like CPDAlvWDx70CEPDAlvWDx70CGAU= (D, the sync guide): a protocol buffer that holds the same
// number of microseconds twice, and 5.
func syncToken(tick int64) string {
	b := binary.AppendUvarint([]byte{0x08}, uint64(tick))
	b = binary.AppendUvarint(append(b, 0x10), uint64(tick))
	return base64.StdEncoding.EncodeToString(append(b, 0x18, 5))
}

// readSyncToken returns the moment that a token stands for.
func (s *Server) readSyncToken(token string) (int64, *apiError) {
	b, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(b) == 0 {
		return 0, badSyncToken
	}
	tick, _ := binary.Uvarint(b[1:])
	switch {
	case syncToken(int64(tick)) != token || int64(tick) > s.stamp:
		return 0, badSyncToken
	case s.now().Sub(time.UnixMicro(int64(tick))) > syncAge:
		return 0, syncExpired
	}
	return int64(tick), nil
}

// notWithSync refuses a parameter beside a sync token. Which ones is D; the text is R.
func notWithSync(name string) *apiError {
	return badParameter("badRequest", name, "Sync token cannot be used with other query restrictions.", "R", "")
}
