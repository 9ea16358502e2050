#!/usr/bin/env bash
# SPDX-License-Identifier: 0BSD
# Runs walkthrough/page/flow.sh, the five steps with bash, openssl and curl, against a
# fake Google. Fails if an expected event is missing.
# By hand: bash .ci/curl-openssl.sh FAKEGOOGLE, the path of a built cmd/fakegoogle.
set -eu
[ $# -eq 1 ] || { echo "usage: bash curl-openssl.sh FAKEGOOGLE" >&2; exit 2; }
tmp=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null || :; rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

"$1" -addr 127.0.0.1:0 -write-key "$tmp/key.json" >"$tmp/out" 2>"$tmp/err" &
server=$!
for _ in {1..100}; do
  base=$(sed -n 's/^listening on //p' "$tmp/out")
  [ -z "$base" ] || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
[ -n "$base" ] || { echo "the server did not start: $(cat "$tmp/err")" >&2; exit 1; }

export GOOGLE_APPLICATION_CREDENTIALS=$tmp/key.json
export CALENDAR_ID=you@gmail.com # the fake's calendar
export CALENDAR_API=$base/calendar/v3
bash "$(dirname "$0")/../walkthrough/page/flow.sh" >"$tmp/events"
cat "$tmp/events"
for event in '2020-07-08 calendar event #1' 'Weekly stand-up' 'Design review' '팀 점심' 'Conference'; do
  grep -qF "$event" "$tmp/events" || { echo "no event \"$event\"" >&2; exit 1; }
done
