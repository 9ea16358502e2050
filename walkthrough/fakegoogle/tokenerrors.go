// SPDX-License-Identifier: 0BSD

package fakegoogle

// oauthError is an error of the token endpoint, in the flat form of RFC 6749 section 5.2, compact as captured
// (V GoogleCloudPlatform/spring-cloud-gcp#2634).
type oauthError struct {
	status                           int
	code, description, grade, source string
}

func (e oauthError) answer() *answer {
	body := object{{"error", e.code}}
	if e.description != "" {
		body = append(body, member{"error_description", e.description})
	}
	return &answer{e.status, tokenHeader.Clone(), encode(nil, body, "", ""), e.grade, e.source}
}

// The record of the real endpoint that most rows of grade C are from.
const record = "DiametralGroup/ga-mock docs/CONFORMITE-REELLE.md"

// What the token endpoint refuses, and its words. Older wordings of the same refusals are left out.
var (
	badAssertion    = oauthError{400, "invalid_request", "Bad Request", "C", record}
	accountNotFound = oauthError{400, "invalid_grant", "Invalid grant: account not found", "V", "googleapis/google-api-php-client#3622"}
	badSignature    = oauthError{400, "invalid_grant", "Invalid JWT Signature.", "V", "googleapis/google-api-nodejs-client#2808"}
	noIssuedAt      = oauthError{400, "invalid_grant", "Invalid JWT: iat (issued at) is not set.", "C", record}
	noExpiry        = oauthError{400, "invalid_grant", "Invalid JWT: exp (expiration time) is not set.", "R", "by analogy with iat, " + record}
	badWindow       = oauthError{400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.", "V", "a-marenkov/gsheets#96"}
	badScope        = oauthError{400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.", "C", record}
	downscoping     = oauthError{400, "invalid_scope", "Invalid downscoping, scopes should not be specified as a request parameter", "V", "a public capture; where in the order it stands is reconstructed"}
	badAudience     = oauthError{400, "invalid_grant", "Invalid JWT: Failed audience check.", "V", "nithinmurali/pygsheets#500"}
	notDelegated    = oauthError{401, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.", "V", "googleapis/google-auth-library-ruby#210"}
	noSuchUser      = oauthError{400, "invalid_grant", "Invalid email or User ID", "F", "GAM-team/GAM src/gam/gamlib/glapi.py"}
)

// unsupportedGrant names the grant type that came; none leaves a blank at the end. Other grant types that Google does
// serve get this answer here, too.
func unsupportedGrant(kind string) oauthError {
	return oauthError{400, "unsupported_grant_type", "Invalid grant_type: " + kind, "V", "googleapis/google-api-ruby-client#862"}
}

// tokenFaults are the bodies of a status that is asked for as a fault; every other status is a page of the front end.
var tokenFaults = map[int]oauthError{
	400: {400, "invalid_grant", "Bad Request", "F", "GAM-team/GAM src/gam/gamlib/glapi.py"},
	401: {401, "invalid_client", "The OAuth client was not found.", "V", "googleworkspace/apps-script-oauth2#68"},
	403: {403, "access_denied", "Requested client not authorized.", "F", "text known from clients; of the status, 400 or 403, witnesses disagree"},
	429: {429, "rate_limit_exceeded", "Rate limit exceeded.", "R", ""},
	500: {500, "internal_failure", "", "V", "googleads/googleads-php-lib#616, which was indented by two blanks"},
	503: {503, "temporarily_unavailable", "The service is currently unavailable.", "R", ""},
}
