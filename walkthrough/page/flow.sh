#!/usr/bin/env bash
# SPDX-License-Identifier: 0BSD
# From a service account's key file to calendar events, with bash, openssl and curl.
# CALENDAR_API is https://www.googleapis.com/calendar/v3. Other users can see a command's
# arguments, so no secret is among them: bash's own printf writes secrets to pipes.
set -euo pipefail
fail() {
  printf 'flow.sh: %.500s\n' "${*//"${jwt:-no JWT yet}"/JWT}" >&2 # Google may repeat it
  exit 1
}
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
string() { sed -n 's/.*"'"$1"'": *"\([^"]*\)".*/\1/p'; } # a member of a JSON object
limits=(-m "${TIMEOUT:-10}" --retry 2 --retry-max-time "${TIMEOUT:-10}") # seconds
fetch() { curl -sS --fail-with-body "${limits[@]}" "$@" | head -c 10000000; }

# Step 1: the key file. It has \n for each line break of the key; %b (below) decodes it.
member() { string "$1" <"$GOOGLE_APPLICATION_CREDENTIALS" | grep . || fail "no $1"; }
token_uri=$(member token_uri)

# Step 2: the JWT. The signature is made from exactly the characters before it.
iat=$(date +%s)
scope=https://www.googleapis.com/auth/calendar.events.readonly
header='{"alg":"RS256","typ":"JWT","kid":"'$(member private_key_id)'"}'
claims='{"iss":"'$(member client_email)'","scope":"'$scope'","aud":"'$token_uri'"'
claims+=',"iat":'$iat',"exp":'$((iat + 3600))'}'
jwt=$(printf %s "$header" | base64url).$(printf %s "$claims" | base64url)
signature=$(printf %s "$jwt" |
  openssl dgst -sha256 -sign <(printf '%b\n' "$(member private_key)") -binary | base64url)
jwt+=.$signature

# Step 3: the POST of a form. curl reads the JWT from the pipe.
answer=$(printf %s "$jwt" | fetch --data-urlencode assertion@- \
  --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer \
  "$token_uri") || fail "no token: $answer"

# Step 4: the access token. Status 200 doesn't mean that there is one.
token=$(printf %s "$answer" | string access_token)
[ -n "$token" ] || fail 'an answer without an access token'

# Step 5: the events, page by page. In the calendar's ID, each byte becomes %XX. A line of
# the answer holds a name and its value in quotes; an event's title is before its start.
id=$(printf %s "$CALENDAR_ID" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g')
while true; do
  answer=$(printf 'Authorization: Bearer %s' "$token" | fetch -G -H @- \
    -d 'singleEvents=true&orderBy=startTime' ${page:+--data-urlencode "pageToken=$page"} \
    -d 'fields=kind,nextPageToken,items(summary,start(date,dateTime))' \
    "$CALENDAR_API/calendars/$id/events") || fail "no events: $answer"
  kind='' page='' title=''
  while IFS='"' read -r _ name _ value; do
    value=${value%,} value=${value%\"}
    case $name in
      kind) kind=$value ;;
      nextPageToken) page=$value ;;
      summary) title=$value ;;
      date | dateTime) echo "$value $title" && title='' ;;
    esac
  done < <(printf '%s\n' "$answer")
  [ "$kind" = calendar#events ] || fail 'an answer without events'
  [ -n "$page" ] || break
done
