// SPDX-License-Identifier: 0BSD

package fakegoogle

import "example.com/fivestep/walkthrough/fakegoogle/diagnosis"

// tokenError is an error of the token endpoint, in the flat form of RFC 6749
// section 5.2, without spaces as in captures
// (V GoogleCloudPlatform/spring-cloud-gcp#2634).
type tokenError struct {
	check             int // number of the check that refuses, in package diagnosis
	status            int
	code, description string
	grade, source     string
}

func (e *tokenError) response() *response {
	body := object{{"error", e.code}}
	if e.description != "" {
		body = append(body, member{"error_description", e.description})
	}
	return &response{
		status: e.status,
		check:  e.check,
		code:   e.code,
		header: tokenHeader.Clone(),
		body:   appendJSON(nil, body, "", ""),
		grade:  e.grade,
		source: e.source,
	}
}

// conformanceRecord is a record of the real endpoint. Most errors of grade C
// are from it.
const conformanceRecord = "DiametralGroup/ga-mock docs/CONFORMITE-REELLE.md"

// The refusals of the token endpoint, in Google's present wording.
var (
	badAssertion = &tokenError{
		diagnosis.AssertionForm, 400, "invalid_request",
		"Bad Request",
		"C", conformanceRecord,
	}
	accountNotFound = &tokenError{
		diagnosis.Issuer, 400, "invalid_grant",
		"Invalid grant: account not found",
		"V", "googleapis/google-api-php-client#3622",
	}
	// noProjectNumber answers a person's address in iss. A person has no key,
	// so it comes before the signature, like accountNotFound.
	noProjectNumber = &tokenError{
		diagnosis.Issuer, 400, "invalid_grant",
		"Robot is missing a project number.",
		"V", "theoephraim/node-google-spreadsheet#238, which doesn't give the status",
	}
	badSignature = &tokenError{
		diagnosis.Signature, 400, "invalid_grant",
		"Invalid JWT Signature.",
		"V", "googleapis/google-api-nodejs-client#2808",
	}
	noIssuedAt = &tokenError{
		diagnosis.TimesPresent, 400, "invalid_grant",
		"Invalid JWT: iat (issued at) is not set.",
		"C", conformanceRecord,
	}
	noExpiry = &tokenError{
		diagnosis.TimesPresent, 400, "invalid_grant",
		"Invalid JWT: exp (expiration time) is not set.",
		"R", "by analogy with iat, " + conformanceRecord,
	}
	badWindow = &tokenError{
		diagnosis.TimeWindow, 400, "invalid_grant",
		"Invalid JWT: Token must be a short-lived token (60 minutes) " +
			"and in a reasonable timeframe. " +
			"Check your iat and exp values in the JWT claim.",
		"V", "a-marenkov/gsheets#96",
	}
	badScope = &tokenError{
		diagnosis.Scope, 400, "invalid_scope",
		"Invalid OAuth scope or ID token audience provided.",
		"C", conformanceRecord,
	}
	scopeInForm = &tokenError{
		diagnosis.AssertionForm, 400, "invalid_scope",
		"Invalid downscoping, scopes should not be specified as a request parameter",
		"V", "a public capture; its place in the order of checks is reconstructed",
	}
	badAudience = &tokenError{
		diagnosis.Audience, 400, "invalid_grant",
		"Invalid JWT: Failed audience check.",
		"V", "nithinmurali/pygsheets#500",
	}
	notDelegated = &tokenError{
		diagnosis.Subject, 401, "unauthorized_client",
		"Client is unauthorized to retrieve access tokens using this method, " +
			"or client not authorized for any of the scopes requested.",
		"V", "googleapis/google-auth-library-ruby#210",
	}
	noSuchUser = &tokenError{
		diagnosis.Subject, 400, "invalid_grant",
		"Invalid email or User ID",
		"F", "GAM-team/GAM src/gam/gamlib/glapi.py",
	}
)

// unsupportedGrant names the grant type of the request. Without one, the
// description ends with a space. Google supports some other grant types; the
// fake refuses them all.
func unsupportedGrant(grantType string) *tokenError {
	return &tokenError{
		diagnosis.GrantType, 400, "unsupported_grant_type",
		"Invalid grant_type: " + grantType,
		"V", "googleapis/google-api-ruby-client#862",
	}
}

// tokenFaults are the errors for a fault whose kind is an HTTP status. A
// status that isn't listed gets a page of the front end.
var tokenFaults = map[int]*tokenError{
	400: {
		diagnosis.TokenService, 400, "invalid_grant",
		"Bad Request",
		"F", "GAM-team/GAM src/gam/gamlib/glapi.py",
	},
	401: {
		diagnosis.TokenService, 401, "invalid_client",
		"The OAuth client was not found.",
		"V", "googleworkspace/apps-script-oauth2#68",
	},
	403: {
		diagnosis.TokenService, 403, "access_denied",
		"Requested client not authorized.",
		"F", "text known from clients; sources disagree on the status, 400 or 403",
	},
	429: {
		diagnosis.TokenService, 429, "rate_limit_exceeded",
		"Rate limit exceeded.",
		"R", "",
	},
	500: {
		diagnosis.TokenService, 500, "internal_failure",
		"",
		"V", "googleads/googleads-php-lib#616, which was indented by two spaces",
	},
	503: {
		diagnosis.TokenService, 503, "temporarily_unavailable",
		"The service is currently unavailable.",
		"R", "",
	},
}
