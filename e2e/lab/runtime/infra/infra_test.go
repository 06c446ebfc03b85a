package infra

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/modules"
)

// shop is an application with something of everything, in a language.
func shop(language string) *needs.Needs {
	return &needs.Needs{
		Language: language,
		Auth:     &needs.AuthHandler{Service: "users"},
		Secrets:  []needs.Secret{{Name: "Everywhere"}},
		Services: []needs.Service{
			{
				Name: "orders", Endpoints: []needs.Endpoint{{Name: "Place", Access: needs.Auth, Path: "/orders", Methods: []string{"POST"}}},
				Topics: []needs.Use{{Name: "placed", Publishes: true}}, Secrets: []needs.Secret{{Name: "StripeKey"}},
			},
			{Name: "users", Endpoints: []needs.Endpoint{{Name: "Get", Access: needs.Private}}},
		},
	}
}

// configText is the infra config of the process that hosts orders.
func configText() map[string]any {
	var read map[string]any
	err := json.Unmarshal([]byte(`{
		"metadata": {"app_id": "shop", "env_name": "production", "cloud": "aws"},
		"auth": [{"type": "key", "id": 1, "key": {"$env": "KEY"}}, {"type": "key", "id": 2, "key": "two"}],
		"graceful_shutdown": {"total": 30},
		"hosted_services": ["orders"], "hosted_gateways": [],
		"service_discovery": {"users": {"base_url": "http://users:8080", "auth": [{"type": "key", "id": 9, "key": "nine"}]}},
		"sql_servers": [{"host": "db:5432", "databases": {"orders": {"username": "svc", "password": {"$env": "PASSWORD"}}}}],
		"redis": {"sessions": {"host": "cache:6379", "database_index": 0, "in_memory": false, "key_prefix": "p/", "auth": {"type": "acl", "username": "u", "password": "p"}}},
		"pubsub": [
			{"type": "aws_sns_sqs", "topics": {"placed": {"arn": "arn:first", "subscriptions": {}}}},
			{"type": "aws_sns_sqs", "topics": {}}],
		"object_storage": [
			{"type": "s3", "region": "eu-west-1", "buckets": {"labels": {"name": "first"}}},
			{"type": "s3", "region": "eu-west-1", "buckets": {}}],
		"secrets": {"StripeKey": {"$env": "STRIPE"}, "Everywhere": "literal"}
	}`), &read)
	if err != nil {
		panic(err)
	}
	return read
}

// withVariable puts a value at a path such as "redis.sessions.auth"; nil takes it away.
func withVariable(at map[string]any, path string, value any) {
	step, rest, deeper := strings.Cut(path, ".")
	if deeper {
		switch next := at[step].(type) {
		case map[string]any:
			withVariable(next, rest, value)
		case []any:
			withVariable(next[0].(map[string]any), rest, value)
		}
		return
	}
	if value == nil {
		delete(at, step)
	} else {
		at[step] = value
	}
}

func testVariables(t *testing.T, config any) map[string]string {
	t.Helper()
	text, is := config.(string)
	if !is {
		encoded, err := json.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		text = string(encoded)
	}
	path := filepath.Join(t.TempDir(), "infra.config.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"ENCORE_INFRA_CONFIG_PATH": path, "KEY": "one", "PASSWORD": "secret", "STRIPE": "sk", "PORT": "9000"}
}

// TestRefusals has a line for each thing that ends a process before it serves: what, and in which of the languages.
func TestRefusals(t *testing.T) {
	type refusal struct {
		code int
		text string
	}
	never := refusal{}
	for _, test := range []struct {
		name      string
		config    func(map[string]any)
		app       func(*needs.Needs)
		variables map[string]string
		go_, ts   refusal
	}{
		{name: "as generated"},
		{name: "no config", variables: map[string]string{"ENCORE_INFRA_CONFIG_PATH": ""}, go_: refusal{2, "is not set"}, ts: refusal{1, "failed to read"}},
		{name: "config elsewhere", variables: map[string]string{"ENCORE_INFRA_CONFIG_PATH": "/nowhere"}, go_: refusal{1, "failed to read"}, ts: refusal{1, "failed to read"}},
		{name: "row 1 of the validation: a pool", config: func(c map[string]any) { withVariable(c, "sql_servers.databases.orders.min_connections", 3) },
			go_: refusal{1, "at least min_connections"}, ts: refusal{1, "at least min_connections"}},
		{name: "literal where only literals are", config: func(c map[string]any) { withVariable(c, "sql_servers.host", map[string]any{"$env": "H"}) },
			go_: refusal{1, "failed to parse"}, ts: refusal{1, "failed to parse"}},
		{name: "key of another type", config: func(c map[string]any) { withVariable(c, "auth.type", "jwt") }, go_: refusal{1, "must be key"}, ts: refusal{1, "must be key"}},
		{name: "key without a number", config: func(c map[string]any) { withVariable(c, "auth.id", 0) }, go_: refusal{1, "at least 1"}, ts: refusal{1, "at least 1"}},
		{name: "discovery without a URL", config: func(c map[string]any) { withVariable(c, "service_discovery.users.base_url", "users:8080") },
			go_: refusal{1, "http(s) URL"}, ts: refusal{1, "http(s) URL"}},
		{name: "metrics without a namespace", config: func(c map[string]any) { c["metrics"] = map[string]any{"type": "aws_cloudwatch"} },
			go_: refusal{1, "namespace"}, ts: refusal{1, "namespace"}},
		{name: "subscription without a queue", config: func(c map[string]any) {
			withVariable(c, "pubsub.topics.placed.subscriptions", map[string]any{"s": map[string]any{}})
		}, go_: refusal{1, "url: is required"}, ts: refusal{1, "url: is required"}},
		{name: "row 6: ACL without a user", config: func(c map[string]any) { withVariable(c, "redis.sessions.auth.username", nil) },
			go_: refusal{2, "nil pointer"}, ts: refusal{101, "acl without a username"}},
		{name: "(*) user of a database from a variable", config: func(c map[string]any) {
			withVariable(c, "sql_servers.databases.orders.username", map[string]any{"$env": "KEY"})
		}, go_: never, ts: refusal{1, "expected a string"}},
		{name: "(*) user of a cache from a variable", config: func(c map[string]any) { withVariable(c, "redis.sessions.auth.username", map[string]any{"$env": "KEY"}) },
			go_: never, ts: refusal{1, "expected a string"}},
		{name: "row 9: in_memory", config: func(c map[string]any) { withVariable(c, "redis.sessions.in_memory", nil) }, ts: refusal{1, "missing field `in_memory`"}},
		{name: "row 9: database_index", config: func(c map[string]any) { withVariable(c, "redis.sessions.database_index", nil) }, ts: refusal{1, "missing field `database_index`"}},
		{name: "row 9: databases", config: func(c map[string]any) { withVariable(c, "sql_servers.databases", nil) }, ts: refusal{1, "missing field `databases`"}},
		{name: "row 9: topics", config: func(c map[string]any) { withVariable(c, "pubsub.topics", nil) }, ts: refusal{1, "missing field `topics`"}},
		{name: "row 10: unknown topic", config: func(c map[string]any) { withVariable(c, "pubsub.topics.other", map[string]any{"arn": "arn:x"}) }, ts: refusal{1, `topic "other" is not in`}},
		{name: "row 10: gateway without discovery", config: func(c map[string]any) {
			c["hosted_services"], c["hosted_gateways"] = []any{"users"}, []any{"api-gateway"}
		},
			go_: refusal{2, `for service "orders"`}},
		{name: "row 11: missing secret of a hosted service", config: func(c map[string]any) { withVariable(c, "secrets.StripeKey", nil) }, go_: refusal{2, "StripeKey"}},
		{name: "row 11: missing secret of no service", config: func(c map[string]any) { withVariable(c, "secrets.Everywhere", nil) }, go_: refusal{2, "Everywhere"}},
		{name: "row 11: no secrets at all", config: func(c map[string]any) { c["secrets"] = nil }, go_: refusal{2, "StripeKey"}},
		{name: "row 11: cloud local", config: func(c map[string]any) { c["secrets"] = nil; withVariable(c, "metadata.cloud", "local") }},
		{name: "row 11: a secret of another service", app: func(n *needs.Needs) { n.Services[1].Secrets = []needs.Secret{{Name: "SessionKey"}} }},
		{name: "loaded by every process", app: func(n *needs.Needs) { n.Services[1].Secrets = []needs.Secret{{Name: "SMTP", AtLoad: true}} },
			ts: refusal{1, `secret "SMTP" is not set`}},
	} {
		for language, want := range map[string]refusal{needs.Go: test.go_, needs.TypeScript: test.ts} {
			t.Run(test.name+" "+language, func(t *testing.T) {
				written, app := configText(), shop(language)
				if test.config != nil {
					test.config(written)
				}
				if test.app != nil {
					test.app(app)
				}
				environment := Environment{Variables: testVariables(t, written)}
				maps.Copy(environment.Variables, test.variables)
				_, err := Read(app, environment)
				var fatal *StartError
				switch {
				case want == never && err != nil:
					t.Errorf("refused: %v", err)
				case want == never:
				case !errors.As(err, &fatal) || fatal.Code != want.code || !strings.Contains(fatal.Text, want.text):
					t.Errorf("got %v, want code %d and %q", err, want.code, want.text)
				}
			})
		}
	}
}

func TestCommentsAreNoJSON(t *testing.T) {
	for _, language := range []string{needs.Go, needs.TypeScript} {
		for _, text := range []string{"// what\n{}", `{"auth": [],}`, "{} {}"} {
			if _, err := Read(shop(language), Environment{Variables: testVariables(t, text)}); err == nil {
				t.Errorf("%s reads %q", language, text)
			}
		}
	}
}

func readConfig(t *testing.T, language string, change func(map[string]any, map[string]string)) *Config {
	t.Helper()
	written := configText()
	environment := Environment{}
	values := map[string]string{}
	if change != nil {
		change(written, values)
	}
	environment.Variables = testVariables(t, written)
	maps.Copy(environment.Variables, values)
	got, err := Read(shop(language), environment)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestDifferences holds what the two runtimes make of one configuration.
func TestDifferences(t *testing.T) {
	golang, rust := readConfig(t, needs.Go, nil), readConfig(t, needs.TypeScript, nil)

	// Row 2: of several entries Go knows the last.
	if len(golang.Topics) != 0 || len(golang.Buckets) != 0 {
		t.Errorf("Go keeps %v and %v", golang.Topics, golang.Buckets)
	}
	if rust.Topics["placed"].ARN != "arn:first" || rust.Buckets["labels"].Name != "first" {
		t.Errorf("TypeScript has %v and %v", rust.Topics, rust.Buckets)
	}
	// Row 3: keys of one service.
	if got := golang.Discovery["users"].Keys; len(got) != 2 || got[0].Text != "one" {
		t.Errorf("Go signs with %v", got)
	}
	if got := rust.Discovery["users"].Keys; len(got) != 1 || got[0].Text != "nine" {
		t.Errorf("TypeScript signs with %v", got)
	}
	// Row 4 and 5: prefix and TLS of a cache.
	if got := golang.Caches["sessions"]; got.Prefix != "" || got.TLS.Mode != Plain {
		t.Errorf("Go: %+v", got)
	}
	if got := rust.Caches["sessions"]; got.Prefix != "p/" || got.TLS.Mode != VerifyFull {
		t.Errorf("TypeScript: %+v", got)
	}
	// Row 7 without a certificate, row 13.
	if got := golang.Databases["orders"]; got.TLS.Mode != Prefer || got.Max != 30 || got.Password != "secret" {
		t.Errorf("Go: %+v", got)
	}
	if got := rust.Databases["orders"]; got.TLS.Mode != PreferVerified || got.Max != 100 || got.Password != "secret" {
		t.Errorf("TypeScript: %+v", got)
	}
	for _, config := range []*Config{golang, rust} {
		if config.Address != ":9000" || *config.Shutdown.Total != 30*time.Second || config.Secrets["StripeKey"] != "sk" || !config.Services["orders"] || config.Gateway {
			t.Errorf("%+v", config)
		}
	}

	// Row 1: the name of a database.
	renamed := func(c map[string]any, _ map[string]string) {
		withVariable(c, "sql_servers.databases.orders.name", "other")
	}
	if got := readConfig(t, needs.Go, renamed).Databases; got["other"].Name != "orders" {
		t.Errorf("Go: %+v", got)
	}
	if got := readConfig(t, needs.TypeScript, renamed).Databases; got["orders"].Name != "other" {
		t.Errorf("TypeScript: %+v", got)
	}

	// Nothing hosted: Go hosts everything, and no gateway; TypeScript nothing.
	alone := func(c map[string]any, _ map[string]string) {
		delete(c, "hosted_services")
		delete(c, "hosted_gateways")
	}
	if got := readConfig(t, needs.Go, alone); len(got.Services) != 2 || got.Gateway {
		t.Errorf("Go hosts %v", got.Services)
	}
	if got := readConfig(t, needs.TypeScript, alone); len(got.Services) != 0 {
		t.Errorf("TypeScript hosts %v", got.Services)
	}

	// Go takes its own variables away before anything refers to them.
	own := func(c map[string]any, v map[string]string) {
		withVariable(c, "sql_servers.databases.orders.password", map[string]any{"$env": "ENCORE_PASSWORD"})
		v["ENCORE_PASSWORD"] = "x"
	}
	if got := readConfig(t, needs.Go, own).Databases["orders"].Password; got != "" {
		t.Errorf("Go: %q", got)
	}
	if got := readConfig(t, needs.TypeScript, own).Databases["orders"].Password; got != "x" {
		t.Errorf("TypeScript: %q", got)
	}

	// The whole map of secrets out of one variable.
	whole := func(c map[string]any, v map[string]string) {
		c["secrets"] = map[string]any{"$env": "ALL"}
		v["ALL"] = `{"StripeKey": "a", "Everywhere": "b"}`
	}
	if got := readConfig(t, needs.Go, whole).Secrets; got["StripeKey"] != "a" || got["Everywhere"] != "b" {
		t.Errorf("secrets %v", got)
	}
	listen := func(_ map[string]any, v map[string]string) {
		v["ENCORE_LISTEN_ADDR"], v["ENCORE_K8S_GRACE_TERMINATION_SECONDS"] = "127.0.0.1:1", "42"
	}
	for _, language := range []string{needs.Go, needs.TypeScript} {
		if got := readConfig(t, language, listen); got.Address != "127.0.0.1:1" || got.Shutdown.Grace != 42*time.Second {
			t.Errorf("%s: %+v", language, got)
		}
	}
}

// TestCertificates holds rows 4, 5, 7 and 8 of the traps, and that only the root of the region makes way for the
// laboratory's.
func TestCertificates(t *testing.T) {
	root := func(region string) string {
		content, err := fs.ReadFile(modules.FS(), "database-server/certificates/"+region+".pem")
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	stand := []byte(root("us-east-1")) // any certificate does
	ca := func(text string, more ...string) func(map[string]any, map[string]string) {
		return func(c map[string]any, _ map[string]string) {
			entry := map[string]any{"ca": text}
			for _, name := range more {
				entry[name] = true
			}
			withVariable(c, "sql_servers.tls_config", entry)
			withVariable(c, "redis.sessions.tls_config", entry)
		}
	}
	for _, test := range []struct {
		name    string
		change  func(map[string]any, map[string]string)
		go_, ts Mode // of the database
		redis   [2]Mode
		broken  [2]bool
	}{
		{"one", ca(root("eu-west-1")), VerifyCA, VerifyFull, [2]Mode{VerifyFull, VerifyFull}, [2]bool{}},
		{"several", ca(root("eu-west-1") + root("eu-west-2")), VerifyCA, VerifyFull, [2]Mode{VerifyFull, VerifyFull}, [2]bool{false, true}},
		{"none", ca("nothing"), VerifyCA, VerifyFull, [2]Mode{VerifyFull, VerifyFull}, [2]bool{true, true}},
		{"any host", ca(root("eu-west-1"), "disable_tls_hostname_verification"), VerifyCA, VerifyCA, [2]Mode{VerifyFull, VerifyCA}, [2]bool{}},
		{"no verification", ca(root("eu-west-1"), "disable_ca_validation"), VerifyCA, Unverified, [2]Mode{VerifyFull, Unverified}, [2]bool{}},
		{"disabled", ca("", "disabled"), Plain, Plain, [2]Mode{Plain, Plain}, [2]bool{}},
		{"empty", ca(""), Prefer, PreferVerified, [2]Mode{VerifyFull, VerifyFull}, [2]bool{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i, language := range []string{needs.Go, needs.TypeScript} {
				got := readConfig(t, language, test.change)
				database, cache := got.Databases["orders"].TLS, got.Caches["sessions"].TLS
				if want := []Mode{test.go_, test.ts}[i]; database.Mode != want || cache.Mode != test.redis[i] {
					t.Errorf("%s: database %d, want %d; cache %d, want %d", language, database.Mode, want, cache.Mode, test.redis[i])
				}
				if (database.Problem != nil) != test.broken[i] {
					t.Errorf("%s: %v", language, database.Problem)
				}
			}
		})
	}
	for _, test := range []struct {
		name     string
		text     string
		roots    Authorities
		replaced bool
	}{
		{"the region's", root("eu-west-1"), Authorities{Stand: stand, Region: "eu-west-1"}, true},
		{"another region's", root("eu-west-2"), Authorities{Stand: stand, Region: "eu-west-1"}, false},
		{"outside a laboratory", root("eu-west-1"), Authorities{}, false},
	} {
		certificates, err := test.roots.parse(test.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(certificates[0].Subject.CommonName, "us-east-1"); got != test.replaced {
			t.Errorf("%s: trusted is %q", test.name, certificates[0].Subject.CommonName)
		}
	}
}
