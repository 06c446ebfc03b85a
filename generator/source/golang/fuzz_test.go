package golang

import (
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

// FuzzGoReader: whatever stands in a file, the reader does not panic and its positions lie in the file.
func FuzzGoReader(f *testing.F) {
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
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root := t.TempDir()
		sourcetest.WriteArchive(t, root, &txtar.Archive{Files: []txtar.File{
			{Name: "store/store.go", Data: []byte("package store\n\nimport (\n\t\"encore.dev/storage/objects\"\n\t\"encore.dev/pubsub\"\n)\n\nvar Files = objects.NewBucket(\"files\", objects.BucketConfig{})\nvar Topic = pubsub.NewTopic[*E](\"t\", pubsub.TopicConfig{})\n\ntype E struct{}\n")},
			{Name: "svc/svc.go", Data: text},
		}})
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
