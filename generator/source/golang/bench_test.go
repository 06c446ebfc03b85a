package golang

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeSyntheticApp writes an application of services with five files of 200 lines each: a database, a topic and a
// subscription per service, 20 endpoints, calls of the next service, a shared package everybody imports.
func writeSyntheticApp(tb testing.TB, root string, services int) {
	tb.Helper()
	write := func(name, text string) {
		full := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	write("encore.app", "{\n\t// made by a benchmark\n\t\"id\": \"synthetic\",\n}\n")
	write("go.mod", "module synthetic.app\n")
	write("shared/shared.go", "package shared\n\nimport \"encore.dev/storage/objects\"\n\nvar Files = objects.NewBucket(\"files\", objects.BucketConfig{})\n\ntype Page struct{ Size int }\n\nfunc Clamp(n int) int { return n }\n")
	for i := range services {
		name, next := fmt.Sprintf("svc%d", i), fmt.Sprintf("svc%d", (i+1)%services)
		write(name+"/migrations/1_init.up.sql", "CREATE TABLE t (id BIGINT);\n")
		write(name+"/infra.go", syntheticInfra(name))
		for file := range 4 {
			write(fmt.Sprintf("%s/api%d.go", name, file), syntheticEndpoints(name, next, file))
		}
	}
}

func syntheticInfra(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `package %s

import (
	"context"
	"time"

	"encore.dev/pubsub"
	"encore.dev/storage/sqldb"
)

var db = sqldb.NewDatabase(%q, sqldb.DatabaseConfig{Migrations: "./migrations"})

type Event struct {
	ID    string
	Count int
}

var Events = pubsub.NewTopic[*Event]("%[1]s-events", pubsub.TopicConfig{DeliveryGuarantee: pubsub.AtLeastOnce})

var _ = pubsub.NewSubscription(Events, "%[1]s-store", pubsub.SubscriptionConfig[*Event]{
	Handler:     store,
	AckDeadline: 30 * time.Second,
})

var secrets struct{ APIKey%[3]s string }

func store(ctx context.Context, event *Event) error {
	_, err := db.Exec(ctx, "INSERT INTO t (id) VALUES ($1)", event.ID)
	return err
}
`, name, name, strings.TrimPrefix(name, "svc"))
	syntheticFiller(&b, "infra", 200)
	return b.String()
}

func syntheticEndpoints(name, next string, file int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `package %s

import (
	"context"
	"errors"
	"fmt"

	"synthetic.app/shared"
	"synthetic.app/%s"
)

`, name, next)
	for i := range 5 {
		fmt.Fprintf(&b, `// Get%[1]d returns one.
//
//encore:api auth method=GET path=/%[2]s/%[4]d/%[1]d/:id
func Get%[4]d%[1]d(ctx context.Context, id string) (*Reply%[4]d, error) {
	reply := &Reply%[4]d{ID: id}
	if err := db.QueryRow(ctx, "SELECT id FROM t WHERE id = $1", id).Scan(&reply.ID); err != nil {
		return nil, fmt.Errorf("get %%s: %%w", id, err)
	}
	other, err := %[3]s.Get%[4]d%[1]d(ctx, id)
	if err != nil || other == nil {
		return nil, errors.New("no other")
	}
	if _, err := Events.Publish(ctx, &Event{ID: id, Count: shared.Clamp(%[1]d)}); err != nil {
		return nil, err
	}
	writer := shared.Files.Upload(ctx, id)
	return reply, writer.Close()
}

`, i, name, next, file)
	}
	fmt.Fprintf(&b, "type Reply%d struct{ ID string }\n\n", file)
	syntheticFiller(&b, fmt.Sprintf("api%d", file), 200)
	return b.String()
}

// syntheticFiller adds plain code until the file has the wanted number of lines.
func syntheticFiller(b *strings.Builder, name string, lines int) {
	for i := 0; strings.Count(b.String(), "\n") < lines-12; i++ {
		fmt.Fprintf(b, `
func %sHelper%d(values []int, limit int) (total int) {
	for index, value := range values {
		if value > limit || index%%2 == 0 {
			continue
		}
		total += value*index - limit
	}
	return total
}
`, name, i)
	}
	for strings.Count(b.String(), "\n") < lines {
		b.WriteString("// This line is here for its length, as comments in real code are.\n")
	}
}

func BenchmarkGoReader(b *testing.B) {
	for _, services := range []int{5, 110, 1000} {
		b.Run(fmt.Sprintf("services=%d", services), func(b *testing.B) {
			root := b.TempDir()
			writeSyntheticApp(b, root, services)
			b.ReportAllocs()
			for b.Loop() {
				application, diags, err := Read(root, testSpellings)
				if err != nil || diags.HasErrors() {
					b.Fatal(err, diags)
				}
				if len(application.Services) != services {
					b.Fatalf("%d services, want %d", len(application.Services), services)
				}
			}
		})
	}
}
