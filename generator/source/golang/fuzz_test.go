package golang

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/folder"
	"github.com/groundplan/groundplan/generator/source/golang/link"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// TestI1OrderOfFilesDoesNotMatter reads an application twice, the second time with its folders handed out backwards.
func TestI1_OrderOfFilesDoesNotMatter(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/uses_are_found_through_packages_and_names.txtar")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	sourcetest.WriteArchive(t, root, archive)
	read := func(shuffle func([]folder.Dir)) *source.Application {
		dirs, _, err := folder.Find(root, nil)
		if err != nil {
			t.Fatal(err)
		}
		shuffle(dirs)
		language := vocabulary.New("app.example", testSpellings)
		packages, err := folder.Read(root, language, dirs)
		if err != nil {
			t.Fatal(err)
		}
		application, _, err := link.Link(root, language, packages)
		if err != nil {
			t.Fatal(err)
		}
		return application
	}
	forwards := read(func([]folder.Dir) {})
	backwards := read(slices.Reverse[[]folder.Dir])
	if !reflect.DeepEqual(forwards, backwards) {
		t.Errorf("forwards:\n%s\nbackwards:\n%s", sourcetest.Describe(forwards), sourcetest.Describe(backwards))
	}
}

// TestIgnoredFoldersAreNotRead leaves out a folder by name, as the output of groundplan is.
func TestIgnoredFoldersAreNotRead(t *testing.T) {
	root := t.TempDir()
	sourcetest.WriteArchive(t, root, txtar.Parse([]byte("-- a/a.go --\npackage a\n-- infra/modules/x.go --\nnonsense\n-- a/infra/b.go --\npackage b\n")))
	application, diags, err := Read(root, testSpellings, "infra")
	if err != nil || len(diags) > 0 {
		t.Fatal(err, diags)
	}
	if got := sourcetest.Describe(application); got != "package a\npackage a/infra\n" {
		t.Errorf("got %s", got)
	}
}

// fuzzHeading imports what the framework has, and stands above declarations that are changed by themselves: the shorter a text, the more
// of what the fuzzer makes of it says something new.
const fuzzHeading = `package svc

import ("context"; "net/http"; "time"; "app.example/store"; "encore.dev/beta/auth"; "encore.dev/config"; "encore.dev/cron"; "encore.dev/middleware"; "encore.dev/pubsub"; "encore.dev/storage/cache"; "encore.dev/storage/objects"; "encore.dev/storage/sqldb")

`

// FuzzGoReader: whatever stands in a file, the reader does not panic and its positions lie in the file.
func FuzzGoReader(f *testing.F) {
	for _, declaration := range []string{
		"//encore:api public path=/a/:b/*c method=GET,POST tag:d tag:e\nfunc F(ctx context.Context, b int, c string, p *P) (*R, error) { return nil, store.Topic.Publish(ctx, 1) }",
		"//encore:api auth raw sensitive path=/!all\nfunc F(w http.ResponseWriter, r *http.Request) {}", "//encore:authhandler\nfunc A(ctx context.Context, p *P) (auth.UID, *D, error) { return \"\", nil, nil }",
		"//encore:middleware global target=tag:a,all\nfunc M(r middleware.Request, n middleware.Next) middleware.Response { return n(r) }", "//encore:service\ntype S struct{}\nfunc initS() (*S, error) { return &S{}, nil }",
		"var db = sqldb.NewDatabase(\"a\", sqldb.DatabaseConfig{Migrations: \"./m\"})\nvar x, y = New(db), sqldb.Named(\"b\")", "var t = pubsub.NewTopic[*E](\"t\", pubsub.TopicConfig{DeliveryGuarantee: pubsub.AtLeastOnce, OrderingAttribute: \"a\"})\ntype E struct { A string `pubsub-attr:\"a\"` }",
		"var _ = pubsub.NewSubscription(store.Topic, \"s\", pubsub.SubscriptionConfig[*store.E]{Handler: pubsub.MethodHandler((*S).H), AckDeadline: time.Duration(3) * time.Second / 2 % 7})",
		"var r = pubsub.TopicRef[interface{ pubsub.Publisher }](store.Topic)\nfunc f() { var z any; z = store.Files; switch q := z.(type) { case int: q++ } }", "var secrets struct { A, B string; C }\nvar cfg = config.Load[*C]()",
	} {
		f.Add([]byte(declaration), true)
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if filepath.Ext(file.Name) == ".go" {
				f.Add(file.Data, false)
			}
		}
	}
	// One folder for all of a process, in which one file is written anew: most of the time would go into making folders.
	root := f.TempDir()
	sourcetest.WriteArchive(f, root, &txtar.Archive{Files: []txtar.File{
		{Name: "store/store.go", Data: []byte("package store\n\nimport (\n\t\"encore.dev/storage/objects\"\n\t\"encore.dev/pubsub\"\n)\n\nvar Files = objects.NewBucket(\"files\", objects.BucketConfig{})\nvar Topic = pubsub.NewTopic[*E](\"t\", pubsub.TopicConfig{})\n\ntype E struct{}\n")},
		{Name: "svc/svc.go"},
	}})
	f.Fuzz(func(t *testing.T, text []byte, declaration bool) {
		if declaration {
			text = append([]byte(fuzzHeading), text...)
		}
		if err := os.WriteFile(filepath.Join(root, "svc", "svc.go"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		application, diags, err := Read(root, testSpellings)
		if err != nil {
			t.Fatal(err)
		}
		sourcetest.Describe(application)
		for _, d := range diags {
			if d.Subject.Filename != "svc/svc.go" || d.Subject.Start.Byte < 0 || d.Subject.Start.Byte > len(text) || d.Subject.Start.Line < 1 || d.Subject.Start.Column < 1 {
				t.Errorf("position outside the file: %s", sourcetest.Diagnostics(diags))
			}
		}
	})
}
