#!/bin/sh
# SPDX-License-Identifier: 0BSD
# Does the five steps with only curl, openssl and sed, against a fake Google. Prints the
# titles of the events, and fails if an expected one is missing.
# By hand: sh .ci/curl-openssl.sh FAKEGOOGLE, the path of a built cmd/fakegoogle.
set -eu
[ $# -eq 1 ] || { echo "usage: sh curl-openssl.sh FAKEGOOGLE" >&2; exit 2; }
umask 077
tmp=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null || :; rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM
fail() {
  echo "curl-openssl: $*" >&2
  exit 1
}

"$1" -addr 127.0.0.1:0 -write-key "$tmp/key.json" >"$tmp/out" 2>"$tmp/err" &
server=$!
tries=0
until base=$(sed -n 's/^listening on //p' "$tmp/out") && [ -n "$base" ]; do
  tries=$((tries + 1))
  kill -0 "$server" 2>/dev/null && [ $tries -lt 100 ] || fail "the server did not start: $(cat "$tmp/err")"
  sleep 0.1
done

# 1. Read the key file. In its JSON, each line break of the PEM is written \n.
member() { sed -n 's/^ *"'"$1"'": "\([^"]*\)".*/\1/p' "$tmp/key.json"; }
email=$(member client_email)
audience=$(member token_uri)
member private_key | sed 's/\\n/\
/g' >"$tmp/key.pem"

# 2. Make the JWT: header, claims, and a signature over both, each in base64url.
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
now=$(date +%s)
header=$(printf '{"alg":"RS256","typ":"JWT","kid":"%s"}' "$(member private_key_id)" | base64url)
claims=$(printf '{"iss":"%s","scope":"https://www.googleapis.com/auth/calendar.events.readonly","aud":"%s","iat":%d,"exp":%d}' \
  "$email" "$audience" "$now" "$((now + 3600))" | base64url)
signature=$(printf %s "$header.$claims" | openssl dgst -sha256 -sign "$tmp/key.pem" -binary | base64url)

# 3. Post it. Secrets go through files, since others can see arguments in the list of
# processes.
printf %s "$header.$claims.$signature" >"$tmp/assertion"
curl -sS -m 30 -o "$tmp/token.json" --data-urlencode 'grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer' \
  --data-urlencode "assertion@$tmp/assertion" "$audience"

# 4. Take the access token out of the answer.
token=$(sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p' "$tmp/token.json")
[ -n "$token" ] || fail "no access token: $(cat "$tmp/token.json")"

# 5. Read the events. "you@gmail.com" is the fake's calendar.
printf 'Authorization: Bearer %s\n' "$token" >"$tmp/authorization"
status=$(curl -sS -m 30 -o "$tmp/events.json" -w '%{http_code}' -H "@$tmp/authorization" \
  "$base/calendar/v3/calendars/you@gmail.com/events?singleEvents=true&orderBy=startTime")
[ "$status" = 200 ] || fail "events: status $status: $(cat "$tmp/events.json")"
sed -n 's/^   "summary": "\(.*\)",*$/\1/p' "$tmp/events.json" >"$tmp/titles"
cat "$tmp/titles"

for title in 'calendar event #1' 'Weekly stand-up' 'Design review' '팀 점심' 'Conference'; do
  grep -qxF "$title" "$tmp/titles" || fail "no event \"$title\""
done
grep -q '"date": "2020-07-08"' "$tmp/events.json" || fail 'no all-day event'
