// SPDX-License-Identifier: 0BSD
// A client with the usual habits. Every one of them was seen in several public clients.
import { createSign } from "node:crypto";
import { readFileSync } from "node:fs";

const { GOOGLE_APPLICATION_CREDENTIALS, CALENDAR_ID, CALENDAR_API } = process.env;
const key = JSON.parse(readFileSync(GOOGLE_APPLICATION_CREDENTIALS));
const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
const iat = Math.floor(Date.now() / 1000);
const scope = "https://www.googleapis.com/auth/calendar";
const claims = { iss: key.client_email, scope, aud: key.token_uri, iat, exp: iat + 3600 };
const input = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
const assertion = `${input}.${createSign("RSA-SHA256").update(input).sign(key.private_key, "base64url")}`;
const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });
const token = await (await fetch(key.token_uri, { method: "POST", body })).json();
const headers = { Authorization: `Bearer ${token.access_token}` };
const list = await (await fetch(`${CALENDAR_API}/calendars/${CALENDAR_ID}/events`, { headers })).json();
for (const event of list.items ?? []) console.log(event.start.dateTime ?? event.start.date, event.summary);
