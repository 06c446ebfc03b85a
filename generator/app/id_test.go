package app

import "testing"

// TestIDsRoundTrip: the lock and overrides name components by text, and each text is one component.
func TestIDsRoundTrip(t *testing.T) {
	for text, id := range map[string]ID{
		"bucket files":                       {Kind: "bucket", Name: "files"},
		"subscription mail of topic signups": {Kind: "subscription", Parent: "signups", Name: "mail"},
		"keyspace user/:id of cache main":    {Kind: "keyspace", Parent: "main", Name: "user/:id"},
		"database server":                    {Kind: DatabaseServerKind}, // no such component, and still not a database
		"database server main":               DatabaseServerID("main"),
		"database servers":                   {Kind: "database", Name: "servers"},
		"database role svc_users":            DatabaseRoleID("svc_users"),
		"database users":                     {Kind: "database", Name: "users"},
		"process web":                        ProcessID("web"),
		"service web":                        ServiceID("web"),
		"cdn files":                          CDNID("files"),
		"account":                            Account,
		"network":                            Network,
		"encryption key":                     EncryptionKey,
		"registry":                           Registry,
		"cluster":                            Cluster,
		"load balancer":                      LoadBalancer,
		"service auth key":                   ServiceAuthKey,
		"metrics secret":                     MetricsSecret,
		"access logs":                        AccessLogs,
	} {
		if got := id.String(); got != text {
			t.Errorf("%#v is written %q, want %q", id, got, text)
		}
		if got := ParseID(text); got != id {
			t.Errorf("%q is read as %#v, want %#v", text, got, id)
		}
	}
	for _, damaged := range []string{"", " ", "bucket", "subscription", "subscription mail", "of topic x", "access logs  "} {
		ParseID(damaged) // and does not panic
	}
	if got, want := (ID{Kind: "subscription", Parent: "signups", Name: "mail"}).Quoted(), `subscription "mail" of topic "signups"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
