package infra

import (
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/modules"
)

func TestVariable(t *testing.T) {
	for name, want := range map[string]string{
		"order-placed": "ORDER_PLACED", "StripeKey": "STRIPE_KEY", "SENTRY_DSN": "SENTRY_DSN", "orders": "ORDERS", "site.added": "SITE_ADDED",
		"siteDB": "SITE_DB", "APIKey": "API_KEY", "smtp2Key": "SMTP2_KEY",
	} {
		if got := Variable(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestContainer(t *testing.T) {
	root, err := fs.ReadFile(modules.FS(), "database-server/certificates/eu-west-1.pem")
	if err != nil {
		t.Fatal(err)
	}
	app := &needs.Needs{
		Language: needs.Container, Secrets: []needs.Secret{{Name: "SENTRY_DSN"}},
		Services: []needs.Service{
			{
				Name: "orders", Databases: []needs.Database{{Name: "orders"}, {Name: "audit"}}, Topics: []needs.Use{{Name: "order-placed"}, {Name: "absent"}},
				Subscriptions: []needs.Subscription{{Topic: "stock-moved", Name: "reserve"}, {Topic: "order-placed", Name: "echo"}},
				Buckets:       []needs.Bucket{{Name: "invoices"}}, Caches: []needs.Cache{{Cluster: "sessions"}},
				Secrets: []needs.Secret{{Name: "StripeKey"}, {Name: "Absent"}}, Calls: []string{"backoffice.CloseDay"},
			},
			{Name: "backoffice"},
		},
	}
	variables := map[string]string{
		"LAB_SERVICE": "orders", "PORT": "3000", "AWS_REGION": "eu-west-1",
		"ORDERS_DATABASE_HOST": "db", "ORDERS_DATABASE_PORT": "5432", "ORDERS_DATABASE_NAME": "orders", "ORDERS_DATABASE_USER": "svc", "ORDERS_DATABASE_PASSWORD": "p",
		"ORDERS_DATABASE_MAX_CONNECTIONS": "14", "ORDERS_DATABASE_CA_CERTIFICATE": string(root),
		"ORDER_PLACED_TOPIC_ARN": "arn:placed", "ORDER_PLACED_ECHO_QUEUE_URL": "http://echo", "STOCK_MOVED_RESERVE_QUEUE_URL": "http://reserve",
		"INVOICES_BUCKET_NAME": "physical", "INVOICES_BUCKET_KEY_PREFIX": "in/", "SESSIONS_CACHE_HOST": "cache", "SESSIONS_CACHE_PORT": "6379",
		"SESSIONS_CACHE_USER": "u", "SESSIONS_CACHE_PASSWORD": "q", "STRIPE_KEY": "sk", "SENTRY_DSN": "dsn", "BACKOFFICE_URL": "http://backoffice:3000",
	}
	got, err := Read(app, Environment{Variables: variables})
	if err != nil {
		t.Fatal(err)
	}
	want := newConfig()
	want.Address, want.Cloud = ":3000", "aws"
	want.Services["orders"] = true
	want.Databases["orders"] = Database{Address: "db:5432", Name: "orders", User: "svc", Password: "p", Max: 14, TLS: TLS{Mode: VerifyFull}}
	want.Caches["sessions"] = Cache{Address: "cache:6379", User: "u", Password: "q", TLS: TLS{Mode: VerifyFull}}
	want.Topics["order-placed"] = Topic{ARN: "arn:placed", Queues: map[string]string{"echo": "http://echo"}}
	want.Topics["stock-moved"] = Topic{Queues: map[string]string{"reserve": "http://reserve"}}
	want.Buckets["invoices"] = Bucket{Name: "physical", Region: "eu-west-1", Prefix: "in/"}
	want.Secrets["SENTRY_DSN"], want.Secrets["StripeKey"] = "dsn", "sk"
	want.Discovery["backoffice"] = Peer{URL: "http://backoffice:3000"}
	if difference := cmp.Diff(want, got, cmpopts.IgnoreFields(TLS{}, "Roots")); difference != "" {
		t.Error(difference)
	}
	if got.Databases["orders"].TLS.Roots == nil {
		t.Error("the certificate of the database is not read")
	}
	for _, without := range []string{"LAB_SERVICE", "PORT", "ORDERS_DATABASE_MAX_CONNECTIONS"} {
		value := variables[without]
		delete(variables, without)
		if _, err := Read(app, Environment{Variables: variables}); err == nil {
			t.Errorf("starts without %s", without)
		}
		variables[without] = value
	}
}
