package generator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/reading"
)

// readGo reads an application of one service that holds the given code and a folder of SQL migrations.
func readGo(t *testing.T, migrations, code string) (edges []string, problems []string) {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"encore.app": "{}", "go.mod": "module app.example\n", "svc/svc.go": "package svc\n\n" + code, "svc/" + migrations + "/1_init.up.sql": "SELECT 1;",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	application, diags, err := reading.FromSource(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range diags {
		problems = append(problems, fmt.Sprintf("%d %s", d.Subject.Start.Line, d.Summary))
	}
	if !diags.HasErrors() {
		for _, e := range application.Edges {
			edges = append(edges, strings.TrimSpace(e.Kind+" "+e.Resource+" "+e.Operation))
		}
	}
	return slices.Compact(edges), problems
}

// TestI1_OperationsOfEncoresMetadata goes through every method and permission interface of Encore's Go packages that
// asks for a right, against the operations Encore's own metadata lists for it.
func TestI1_OperationsOfEncoresMetadata(t *testing.T) {
	const bucket, topic = "bucket files ", "topic events "
	for expression, want := range map[string][]string{
		`Files.Upload(ctx, "a")`:                             {bucket + "WRITE_OBJECT"},
		`Files.Download(ctx, "a")`:                           {bucket + "READ_OBJECT_CONTENTS"},
		`Files.List(ctx, nil)`:                               {bucket + "LIST_OBJECTS"},
		`Files.Remove(ctx, "a")`:                             {bucket + "DELETE_OBJECT"},
		`Files.Attrs(ctx, "a")`:                              {bucket + "GET_OBJECT_METADATA"},
		`Files.Exists(ctx, "a")`:                             {bucket + "GET_OBJECT_METADATA"},
		`Files.PublicURL("a")`:                               {bucket + "GET_PUBLIC_URL"},
		`Files.SignedUploadURL(ctx, "a")`:                    {bucket + "SIGNED_UPLOAD_URL"},
		`Files.SignedDownloadURL(ctx, "a")`:                  {bucket + "SIGNED_DOWNLOAD_URL"},
		`objects.BucketRef[objects.Uploader](Files)`:         {bucket + "WRITE_OBJECT"},
		`objects.BucketRef[objects.Downloader](Files)`:       {bucket + "READ_OBJECT_CONTENTS"},
		`objects.BucketRef[objects.Lister](Files)`:           {bucket + "LIST_OBJECTS"},
		`objects.BucketRef[objects.Remover](Files)`:          {bucket + "DELETE_OBJECT"},
		`objects.BucketRef[objects.Attrser](Files)`:          {bucket + "GET_OBJECT_METADATA"},
		`objects.BucketRef[objects.PublicURLer](Files)`:      {bucket + "GET_PUBLIC_URL"},
		`objects.BucketRef[objects.SignedUploader](Files)`:   {bucket + "SIGNED_UPLOAD_URL"},
		`objects.BucketRef[objects.SignedDownloader](Files)`: {bucket + "SIGNED_DOWNLOAD_URL"},
		`objects.BucketRef[objects.ReadWriter](Files)`: {
			bucket + "DELETE_OBJECT", bucket + "GET_OBJECT_METADATA", bucket + "LIST_OBJECTS", bucket + "READ_OBJECT_CONTENTS",
			bucket + "SIGNED_DOWNLOAD_URL", bucket + "SIGNED_UPLOAD_URL", bucket + "UPDATE_OBJECT_METADATA", bucket + "WRITE_OBJECT",
		},
		`Events.Publish(ctx, nil)`:                          {topic + "publish"},
		`pubsub.TopicRef[pubsub.Publisher[*Event]](Events)`: {topic + "publish"},
		`Events.Meta()`:                                     nil,
	} {
		t.Run("I1 "+expression, func(t *testing.T) {
			edges, problems := readGo(t, "sql", `import (
	"context"

	"encore.dev/pubsub"
	"encore.dev/storage/objects"
)

type Event struct{}

var Files = objects.NewBucket("files", objects.BucketConfig{Public: true})
var Events = pubsub.NewTopic[*Event]("events", pubsub.TopicConfig{DeliveryGuarantee: pubsub.AtLeastOnce})

//encore:api private
func Run(ctx context.Context) error {
	_ = `+expression+`
	return nil
}
`)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if d := cmp.Diff(want, edges); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestI6_ReferencesThatLoseTrack: a topic or bucket that is passed on as a whole could be used for anything, so Encore
// refuses it; a database may go anywhere.
func TestI6_ReferencesThatLoseTrack(t *testing.T) {
	for name, want := range map[string]string{"Files": "Invalid reference to a bucket", "Events": "Invalid reference to a topic", "DB": ""} {
		for _, expression := range []string{"any(%s)", "helper(%s)", "[]any{%s}", "func() any { return %s }"} {
			t.Run("I6 "+fmt.Sprintf(expression, name), func(t *testing.T) {
				_, problems := readGo(t, "sql", `import (
	"context"

	"encore.dev/pubsub"
	"encore.dev/storage/objects"
	"encore.dev/storage/sqldb"
)

type Event struct{}

var Files = objects.NewBucket("files", objects.BucketConfig{})
var Events = pubsub.NewTopic[*Event]("events", pubsub.TopicConfig{DeliveryGuarantee: pubsub.AtLeastOnce})
var DB = sqldb.NewDatabase("main", sqldb.DatabaseConfig{Migrations: "./sql"})

func helper(any) any { return nil }

//encore:api private
func Run(ctx context.Context) error {
	_ = `+fmt.Sprintf(expression, name)+`
	return nil
}
`)
				switch {
				case want == "" && len(problems) > 0:
					t.Error(problems)
				case want != "" && (len(problems) != 1 || problems[0] != "21 "+want):
					t.Errorf("got %q, want %q in line 21", problems, want)
				}
			})
		}
	}
}

// TestI1_PackageFunctionsOfTheImplicitDatabase: a folder of migrations is a database, and these functions use it.
func TestI1_PackageFunctionsOfTheImplicitDatabase(t *testing.T) {
	for _, function := range []string{"Exec", "ExecTx", "Query", "QueryTx", "QueryRow", "QueryRowTx", "Begin"} {
		edges, problems := readGo(t, "migrations", `import (
	"context"

	"encore.dev/storage/sqldb"
)

//encore:api private
func Run(ctx context.Context) error {
	_ = sqldb.`+function+`(ctx)
	return nil
}
`)
		if len(problems) > 0 || !slices.Equal(edges, []string{"database svc"}) {
			t.Errorf("%s: %q %q", function, edges, problems)
		}
	}
}

// TestI6_KindsThatBelongInServices: metrics, cron jobs and keyspaces stand inside a service, and every constructor of
// theirs is known.
func TestI6_KindsThatBelongInServices(t *testing.T) {
	root := t.TempDir()
	write := func(name, content string) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("encore.app", "{}")
	write("go.mod", "module app.example\n")
	write("svc/svc.go", "package svc\n\nimport (\n\t\"context\"\n\t_ \"app.example/lib\"\n)\n\n//encore:api private\nfunc Run(ctx context.Context) error { return nil }\n")
	constructors := []string{
		`metrics.NewCounter[int]("a", metrics.CounterConfig{})`, `metrics.NewCounterGroup[L, int]("b", metrics.CounterConfig{})`,
		`metrics.NewGauge[int]("c", metrics.GaugeConfig{})`, `metrics.NewGaugeGroup[L, int]("d", metrics.GaugeConfig{})`,
		`cache.NewStringKeyspace[string](cluster, cache.KeyspaceConfig{KeyPattern: "a/:key"})`, `cache.NewIntKeyspace[string](cluster, cache.KeyspaceConfig{KeyPattern: "b/:key"})`,
		`cache.NewFloatKeyspace[string](cluster, cache.KeyspaceConfig{KeyPattern: "c/:key"})`, `cache.NewListKeyspace[string, int](cluster, cache.KeyspaceConfig{KeyPattern: "d/:key"})`,
		`cache.NewSetKeyspace[string, int](cluster, cache.KeyspaceConfig{KeyPattern: "e/:key"})`, `cache.NewStructKeyspace[string, L](cluster, cache.KeyspaceConfig{KeyPattern: "f/:key"})`,
		`cron.NewJob("job", cron.JobConfig{Every: cron.Hour})`,
	}
	code := "package lib\n\nimport (\n\t\"encore.dev/cron\"\n\t\"encore.dev/metrics\"\n\t\"encore.dev/storage/cache\"\n)\n\ntype L struct{ A string }\n\nvar cluster = cache.NewCluster(\"cluster\", cache.ClusterConfig{})\n\n"
	first := strings.Count(code, "\n") + 1
	for _, constructor := range constructors {
		code += "var _ = " + constructor + "\n"
	}
	write("lib/lib.go", code)
	_, diags, err := reading.FromSource(root)
	if err != nil {
		t.Fatal(err)
	}
	refused := map[int]string{}
	for _, d := range diags {
		if d.Subject.Filename == "lib/lib.go" && strings.Contains(d.Summary, "outside") {
			refused[d.Subject.Start.Line] = d.Summary
		}
	}
	for i, constructor := range constructors {
		if refused[first+i] == "" {
			t.Errorf("%s is not refused outside a service", constructor)
		}
	}
	if t.Failed() {
		t.Log(diags)
	}
}
