// Package sourcetest is what the tests of the readers share: applications in archives, and what was found in them as lines. It is
// for tests alone, and must not know any reader.
package sourcetest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// wantFile is the file of an archive with what a reader finds in the others.
const wantFile = "want"

// WriteArchive writes the archive's files, and the encore.app and go.mod that most do not spell out.
func WriteArchive(t testing.TB, root string, archive *txtar.Archive) {
	t.Helper()
	files := []txtar.File{{Name: "encore.app", Data: []byte("{}\n")}, {Name: "go.mod", Data: []byte("module app.example\n")}}
	for _, file := range append(files, archive.Files...) {
		if file.Name == wantFile {
			continue
		}
		full := filepath.Join(root, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Compare holds what was found against the archive's file "want", or records it there.
func Compare(t *testing.T, name string, archive *txtar.Archive, got string, update bool) {
	t.Helper()
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == wantFile })
	if update {
		if i < 0 {
			archive.Files = append(archive.Files, txtar.File{Name: wantFile})
			i = len(archive.Files) - 1
		}
		archive.Files[i].Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := ""
	if i >= 0 {
		want = string(archive.Files[i].Data)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Describe is the application in lines a reviewer can read.
func Describe(a *source.Application) string {
	if a == nil {
		return ""
	}
	var b strings.Builder
	line := func(words ...string) {
		words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
		b.WriteString(strings.Join(words, " ") + "\n")
	}
	for _, s := range a.Services {
		line("service", s.Name, "in", s.Dir, flagged(s.HasConfig, "config"), At(s.At))
	}
	for _, e := range a.Endpoints {
		line("endpoint", e.Service+"."+e.Name, e.Access, strings.Join(e.Methods, ","), e.Path, flagged(e.Raw, "raw"), flagged(e.Sensitive, "sensitive"),
			flagged(e.HasRequest, "request"), named("tags", strings.Join(e.Tags, ",")), e.Stream, named("static", e.Static), named("not_found", e.NotFound), At(e.At))
	}
	if a.AuthHandler != nil {
		line("auth", a.AuthHandler.Service+"."+a.AuthHandler.Name, At(a.AuthHandler.At))
	}
	if a.Gateway != nil {
		line("gateway in", a.Gateway.Service, At(a.Gateway.At))
	}
	for _, m := range a.Middleware {
		line("middleware", m.Package+"."+m.Name, named("service", m.Service), flagged(m.Global, "global"), named("targets", strings.Join(m.Targets, ",")), At(m.At))
	}
	for _, p := range a.Packages {
		line("package", p.Dir, named("part", p.Part), named("service", p.Service), flagged(p.Root, "root"))
		for _, i := range p.Imports {
			line("  imports", i.Dir, named("part", i.Part), named("method", i.Method), At(i.At))
		}
		if len(p.Methods) > 0 {
			line("  methods", strings.Join(p.Methods, ","))
		}
	}
	for _, d := range a.Decls {
		line("decl", d.Kind, d.Name, named("parent", d.Parent), named("symbol", d.Symbol), named("service", d.Service), "in", d.Package, flagged(d.Reference, "reference"),
			flagged(d.Implicit, "implicit"), named("migrations", d.Migrations), named("count", strings.TrimPrefix(fmt.Sprint(d.MigrationCount), "0")), At(d.At))
		for _, f := range d.Config.Fields {
			line(" ", f.Name, "=", describeSetting(f.Value))
		}
	}
	for _, u := range a.Uses {
		line("use", u.Kind, u.Name, named("parent", u.Parent), u.Operation, "by", orDash(u.Service), "in", u.Package, named("part", u.Part), named("through", u.Through), flagged(u.Unlisted, "unlisted"), named("middleware", u.Middleware), At(u.At))
	}
	for _, c := range a.Calls {
		line("call", c.TargetService+"."+c.Endpoint, "by", orDash(c.Service), "in", c.Package, named("part", c.Part), flagged(c.ReferenceOnly, "reference"), At(c.At))
	}
	return b.String()
}

func describeSetting(v source.Value) string {
	switch v.Kind {
	case source.Object:
		var fields []string
		for _, f := range v.Fields {
			fields = append(fields, f.Name+"="+describeSetting(f.Value))
		}
		return "{" + strings.Join(fields, " ") + "}"
	case source.List:
		var elements []string
		for _, f := range v.Fields {
			elements = append(elements, describeSetting(f.Value))
		}
		return "[" + strings.Join(elements, " ") + "]"
	case source.String:
		return fmt.Sprintf("%q", v.Text)
	case source.Reference:
		return "reference " + v.Package + "." + v.Text
	}
	return source.DescribeValue(v)
}

func flagged(is bool, word string) string {
	if is {
		return word
	}
	return ""
}

func named(word, value string) string {
	if value == "" {
		return ""
	}
	return word + "=" + value
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// At is a range as descriptions print it.
func At(r hcl.Range) string {
	end := fmt.Sprint(r.End.Column)
	if r.End.Line != r.Start.Line {
		end = fmt.Sprintf("%d:%d", r.End.Line, r.End.Column)
	}
	return fmt.Sprintf("@%s:%d:%d-%s", r.Filename, r.Start.Line, r.Start.Column, end)
}

// Diagnostics are diagnostics as lines.
func Diagnostics(diags hcl.Diagnostics) string {
	var b strings.Builder
	for _, d := range diags {
		severity := "error"
		if d.Severity == hcl.DiagWarning {
			severity = "warning"
		}
		fmt.Fprintf(&b, "%s %s %s\n", severity, At(*d.Subject), d.Summary)
		for l := range strings.SplitSeq(diagnostic.Text(d), "\n") {
			fmt.Fprintf(&b, "  %s\n", l)
		}
	}
	return b.String()
}
