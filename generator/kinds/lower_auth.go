package kinds

// Encore trusts every caller that claims to be a service when its config has no key, so there is always one.
//
// Neither label nor name can be those of an application's secret, which may have any name: its label begins with
// secret_, and its name has no slash.
const (
	serviceAuthLabel    = "service_auth_key"
	serviceAuthVariable = "SERVICE_AUTH_KEY"
	serviceAuthID       = "service auth key"
	// serviceAuthKeyID is the id of the first key; Encore needs it to be 1 or more.
	serviceAuthKeyID = 1
)

// LowerServiceAuth makes the key with which processes sign their calls to each other.
func LowerServiceAuth(s *Stack) {
	lowerGeneratedSecret(s, serviceAuthLabel, serviceAuthID,
		"Key with which processes sign their calls to each other: without one Encore believes every caller",
		"Service-to-service key of "+s.Env.App, "service-auth", "key")
}
