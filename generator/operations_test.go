package generator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/reading"
)

// What the names of an application "app" in "production" look like on AWS, for the table below.
const (
	paid      = "topic app-production-paid: arn"
	ship      = "subscription app-production-paid-ship: queue_arn"
	filesName = "bucket app-production-files-123456789012: arn"
	everyFile = filesName + "/*"
	keyName   = "encryption-key app-production: arn"
	byS3      = " if StringEquals kms:ViaService s3.us-east-1.amazonaws.com"
	bySNS     = " if StringEquals kms:ViaService sns.us-east-1.amazonaws.com"
	bySQS     = " if StringEquals kms:ViaService sqs.us-east-1.amazonaws.com"
	metricsOn = "cloudwatch:PutMetricData on * if StringEquals cloudwatch:namespace app/production"
)

// operationTest is one row: what is declared and used, and what that takes.
type operationTest struct {
	name         string
	declare, use string   // Go
	typescript   app.Edge // of service orders; Go when it is empty
	settings     string
	want         []string // rights of the task role
	secrets      []string // what the execution role reads besides the key of services
}

// operationTests is every declaration and use that the runtimes know, with the rights each takes on AWS: by the calls that the
// Go and the TypeScript runtime make, not by the generator. In Go the uses are written; for TypeScript, which differs only
// in what it asks of topics, the edge.
var operationTests = []operationTest{
	{name: "nothing", declare: "", use: "", want: nil},

	// Messages. Go looks topics up at start, and panics when it may not; TypeScript does not.
	{name: "topic published to", declare: topicOf("AtLeastOnce"), use: `Paid.Publish(ctx, &Event{})`,
		want: []string{"sns:GetTopicAttributes on " + paid, "sns:Publish on " + paid, "kms:Decrypt on " + keyName + bySNS, "kms:GenerateDataKey on " + keyName + bySNS}},
	{name: "topic published to through a reference", declare: topicOf("AtLeastOnce") + "\nvar publisher = pubsub.TopicRef[pubsub.Publisher[*Event]](Paid)", use: `publisher.Publish(ctx, &Event{})`,
		want: []string{"sns:GetTopicAttributes on " + paid, "sns:Publish on " + paid, "kms:Decrypt on " + keyName + bySNS, "kms:GenerateDataKey on " + keyName + bySNS}},
	{name: "FIFO topic published to", declare: topicOf("ExactlyOnce"), use: `Paid.Publish(ctx, &Event{})`,
		want: []string{"sns:GetTopicAttributes on " + paid, "sns:Publish on " + paid, "kms:Decrypt on " + keyName + bySNS, "kms:GenerateDataKey on " + keyName + bySNS}},
	{name: "topic declared alone", declare: topicOf("AtLeastOnce"), want: nil},
	{name: "subscription", declare: topicOf("AtLeastOnce") + subscriptionName, want: []string{
		"sns:GetTopicAttributes on " + paid, "kms:Decrypt on " + keyName + bySQS,
		"sqs:ChangeMessageVisibility on " + ship, "sqs:DeleteMessage on " + ship, "sqs:ReceiveMessage on " + ship}},
	{name: "topic published to and consumed", declare: topicOf("AtLeastOnce") + subscriptionName, use: `Paid.Publish(ctx, &Event{})`, want: []string{
		"sns:GetTopicAttributes on " + paid, "sns:Publish on " + paid, "kms:Decrypt on " + keyName + bySNS, "kms:GenerateDataKey on " + keyName + bySNS, "kms:Decrypt on " + keyName + bySQS,
		"sqs:ChangeMessageVisibility on " + ship, "sqs:DeleteMessage on " + ship, "sqs:ReceiveMessage on " + ship}},
	{name: "topic in TypeScript", typescript: app.Edge{Kind: "topic", Resource: "paid", Operation: "publish"},
		want: []string{"sns:Publish on " + paid, "kms:Decrypt on " + keyName + bySNS, "kms:GenerateDataKey on " + keyName + bySNS}},
	{name: "subscription in TypeScript", typescript: app.Edge{Kind: "subscription", Parent: "paid", Resource: "ship"}, want: []string{
		"kms:Decrypt on " + keyName + bySQS, "sqs:ChangeMessageVisibility on " + ship, "sqs:DeleteMessage on " + ship, "sqs:ReceiveMessage on " + ship}},

	// Buckets. Reading and looking at an object is allowed by s3:GetObject, and answers 404 only to whoever may list.
	{name: "LIST_OBJECTS", declare: bucketOf(""), use: `for range Files.List(ctx, nil) {}`, want: []string{"s3:ListBucket on " + filesName}},
	{name: "READ_OBJECT_CONTENTS", declare: bucketOf(""), use: `Files.Download(ctx, "x")`, want: []string{"s3:GetObject on " + everyFile, "s3:ListBucket on " + filesName, "kms:Decrypt on " + keyName + byS3}},
	{name: "READ_OBJECT_CONTENTS versioned", declare: bucketOf("Versioned: true"), use: `Files.Download(ctx, "x")`,
		want: []string{"s3:GetObject on " + everyFile, "s3:GetObjectVersion on " + everyFile, "s3:ListBucket on " + filesName, "kms:Decrypt on " + keyName + byS3}},
	{name: "READ_OBJECT_CONTENTS public", declare: bucketOf("Public: true"), use: `Files.Download(ctx, "x")`, want: []string{"s3:GetObject on " + everyFile, "s3:ListBucket on " + filesName}},
	{name: "SIGNED_DOWNLOAD_URL", declare: bucketOf(""), use: `Files.SignedDownloadURL(ctx, "x")`, want: []string{"s3:GetObject on " + everyFile, "s3:ListBucket on " + filesName, "kms:Decrypt on " + keyName + byS3}},
	{name: "SIGNED_DOWNLOAD_URL versioned", declare: bucketOf("Versioned: true"), use: `Files.SignedDownloadURL(ctx, "x")`,
		want: []string{"s3:GetObject on " + everyFile, "s3:GetObjectVersion on " + everyFile, "s3:ListBucket on " + filesName, "kms:Decrypt on " + keyName + byS3}},
	{name: "WRITE_OBJECT", declare: bucketOf(""), use: `Files.Upload(ctx, "x")`,
		want: []string{"s3:PutObject on " + everyFile, "s3:AbortMultipartUpload on " + everyFile, "kms:Decrypt on " + keyName + byS3, "kms:GenerateDataKey on " + keyName + byS3}},
	{name: "WRITE_OBJECT public", declare: bucketOf("Public: true"), use: `Files.Upload(ctx, "x")`, want: []string{"s3:PutObject on " + everyFile, "s3:AbortMultipartUpload on " + everyFile}},
	{name: "SIGNED_UPLOAD_URL", declare: bucketOf(""), use: `Files.SignedUploadURL(ctx, "x")`,
		want: []string{"s3:PutObject on " + everyFile, "kms:Decrypt on " + keyName + byS3, "kms:GenerateDataKey on " + keyName + byS3}},
	{name: "DELETE_OBJECT", declare: bucketOf(""), use: `Files.Remove(ctx, "x")`, want: []string{"s3:DeleteObject on " + everyFile}},
	{name: "DELETE_OBJECT versioned", declare: bucketOf("Versioned: true"), use: `Files.Remove(ctx, "x")`,
		want: []string{"s3:DeleteObject on " + everyFile, "s3:DeleteObjectVersion on " + everyFile}},
	{name: "GET_OBJECT_METADATA", declare: bucketOf(""), use: `Files.Attrs(ctx, "x")`,
		want: []string{"s3:GetObject on " + everyFile, "s3:ListBucket on " + filesName, "kms:Decrypt on " + keyName + byS3}},
	{name: "GET_OBJECT_METADATA versioned", declare: bucketOf("Versioned: true"), use: `Files.Exists(ctx, "x")`,
		want: []string{"s3:GetObject on " + everyFile, "s3:GetObjectVersion on " + everyFile, "s3:ListBucket on " + filesName, "kms:Decrypt on " + keyName + byS3}},
	{name: "UPDATE_OBJECT_METADATA", typescript: app.Edge{Kind: "bucket", Resource: "files", Operation: "UPDATE_OBJECT_METADATA"},
		want: []string{"s3:PutObject on " + everyFile, "kms:Decrypt on " + keyName + byS3, "kms:GenerateDataKey on " + keyName + byS3}},
	{name: "GET_PUBLIC_URL", declare: bucketOf("Public: true"), use: `Files.PublicURL("x")`, want: nil},
	{name: "bucket declared alone", declare: bucketOf(""), want: nil},
	{name: "read-writer", declare: bucketOf("") + "\nvar mine = objects.BucketRef[objects.ReadWriter](Files)", use: `mine.Remove(ctx, "x")`, want: []string{
		"s3:GetObject on " + everyFile, "s3:PutObject on " + everyFile, "s3:AbortMultipartUpload on " + everyFile, "s3:DeleteObject on " + everyFile,
		"s3:ListBucket on " + filesName, "kms:Decrypt on " + keyName + byS3, "kms:GenerateDataKey on " + keyName + byS3}},

	// What is reached by a password needs no right of the task role.
	{name: "database", declare: `var DB = sqldb.NewDatabase("main", sqldb.DatabaseConfig{Migrations: "./migrations"})`, use: `DB.Exec(ctx, "SELECT 1")`,
		secrets: []string{"DATABASE_PASSWORD from generated-secret app/production/database/orders: arn"}},
	{name: "cache", declare: clusterName, use: `Hits.Get(ctx, "x")`, secrets: []string{"CACHE_PASSWORD_SESSIONS from cache app-pro-ses-2jlntuus: user_secret_arns.orders"}},
	{name: "secret", declare: "var secrets struct{ StripeKey string }", use: "_ = secrets.StripeKey",
		secrets: []string{"SECRET_StripeKey from secret app/production/StripeKey: arn"}},
	{name: "cron job", declare: `var _ = cron.NewJob("tidy", cron.JobConfig{Every: cron.Hour, Endpoint: Use})`, want: nil},

	// Metrics.
	{name: "metrics on CloudWatch", declare: `var Orders = metrics.NewCounter[uint64]("orders", metrics.CounterConfig{})`, use: "Orders.Increment()", settings: "\n", want: []string{metricsOn}},
	{name: "metrics of the runtime alone", settings: "\n", want: []string{metricsOn}},
	{name: "metrics on Prometheus", settings: `metrics { destination = "prometheus" }`,
		secrets: []string{"METRICS_REMOTE_WRITE_URL from secret app/production/metrics/remote-write-url: arn"}},
	{name: "metrics on Datadog", settings: `metrics { destination = "datadog" }`,
		secrets: []string{"METRICS_DATADOG_API_KEY from secret app/production/metrics/datadog-api-key: arn"}},
}

func topicOf(guarantee string) string {
	return `var Paid = pubsub.NewTopic[*Event]("paid", pubsub.TopicConfig{DeliveryGuarantee: pubsub.` + guarantee + `})`
}

const subscriptionName = `
var _ = pubsub.NewSubscription(Paid, "ship", pubsub.SubscriptionConfig[*Event]{Handler: func(ctx context.Context, e *Event) error { return nil }})`

func bucketOf(config string) string {
	return `var Files = objects.NewBucket("files", objects.BucketConfig{` + config + `})`
}

const clusterName = `var sessions = cache.NewCluster("sessions", cache.ClusterConfig{})
var Hits = cache.NewIntKeyspace[string](sessions, cache.KeyspaceConfig{KeyPattern: "hits/:key"})`

// TestF4S1_OperationsBecomeActions generates an application for each row of operations, reads the code of its process back,
// and compares every right with the table.
func TestF4S1_OperationsBecomeActions(t *testing.T) {
	for _, test := range operationTests {
		t.Run(test.name, func(t *testing.T) {
			application := typescriptApplication(test.typescript)
			if test.typescript.Kind == "" {
				application = goApplication(t, test.declare, test.use)
			}
			settings := test.settings
			if settings == "" {
				settings = `metrics { destination = "none" }`
			}
			output, diags := tryLower(t, application, "account_id = \"123456789012\"\n"+settings)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			content := map[string]string{}
			for name, text := range output.Files {
				content[name] = string(text)
			}
			platform, err := readStack(content, "production/platform", nil)
			if err != nil {
				t.Fatal(err)
			}
			services, err := readStack(content, "production/services", platform)
			if err != nil {
				t.Fatal(err)
			}
			got := readGrants(services, services.calls["service_orders"])
			slices.Sort(test.want)
			if d := cmp.Diff(test.want, got.Statements); d != "" {
				t.Errorf("rights of the task role: %s", d)
			}
			want := append([]string{"SERVICE_AUTH_KEY from generated-secret app/production/service-auth/key: arn"}, test.secrets...)
			slices.Sort(want)
			if d := cmp.Diff(want, got.Secrets); d != "" {
				t.Errorf("secrets: %s", d)
			}
		})
	}
}

// goApplication is an application of one service, orders, read from source.
func goApplication(t *testing.T, declare, use string) *app.App {
	t.Helper()
	source := "package orders\n\nimport (\n\t\"context\"\n"
	for name, path := range map[string]string{"cache": "storage/cache", "cron": "cron", "metrics": "metrics", "objects": "storage/objects", "pubsub": "pubsub", "sqldb": "storage/sqldb"} {
		if strings.Contains(declare, name+".") {
			source += fmt.Sprintf("\t%q\n", "encore.dev/"+path)
		}
	}
	source += ")\n\ntype Event struct{ ID string }\n\n" + declare + "\n\n//encore:api public method=POST path=/orders\nfunc Use(ctx context.Context) error {\n\t" + use + "\n\treturn nil\n}\n"
	root := t.TempDir()
	sources := map[string]string{"encore.app": `{"id": "app"}`, "go.mod": "module app\n\ngo 1.24\n\nrequire encore.dev v1.52.0\n", "orders/orders.go": source}
	if strings.Contains(declare, "sqldb.") { // a folder of migrations alone declares a database
		sources["orders/migrations/1_a.up.sql"] = "SELECT 1;\n"
	}
	for name, text := range sources {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	application, diags, err := reading.FromSource(root)
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	return application
}

// typescriptApplication is the model of an application of one service that uses one thing.
func typescriptApplication(edge app.Edge) *app.App {
	at := hcl.Range{Filename: "orders/orders.ts", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
	edge.Service, edge.Origin, edge.At = "orders", app.Used, at
	return &app.App{Name: "app", ID: "app", Runtime: app.EncoreTypeScript, Edges: []app.Edge{edge},
		Services: []app.Service{{Name: "orders", Dir: "orders", At: at, Endpoints: []app.Endpoint{{Name: "use", Access: "public", Methods: []string{"POST"}, Path: "/orders", At: at}}}},
		Resources: []app.Resource{
			{Kind: "bucket", Name: "files", Service: "orders", Spec: &objects.Bucket{}, At: at},
			{Kind: "subscription", Name: "ship", Parent: "paid", Service: "orders", Spec: &topic.Subscription{}, At: at},
			{Kind: "topic", Name: "paid", Service: "orders", Spec: &topic.Spec{DeliveryGuarantee: topic.ExactlyOnce}, At: at},
		}}
}

// TestF4_OperationsAreComplete: an operation of a kind without a row above would be granted unseen.
func TestF4_OperationsAreComplete(t *testing.T) {
	for name := range objects.Kind.Verbs {
		if !slices.ContainsFunc(operationTests, func(row operationTest) bool { return strings.HasPrefix(row.name, name) }) {
			t.Errorf("no row for %s", name)
		}
	}
	if got := names.Of(names.Topic, "app", "production", "paid"); "topic "+got+": arn" != paid {
		t.Errorf("the table speaks of %s, and the topic is %s", paid, got)
	}
}
