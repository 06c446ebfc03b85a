package syntax

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fixtures returns the files of testdata by name.
func fixtures(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.ts*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d fixtures, %v", len(paths), err)
	}
	files := map[string]string{}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = string(source)
	}
	return files
}

// TestI2_TypeScriptErrors: what cannot be read is an error at its position, in words.
func TestI2_TypeScriptErrors(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"missing semicolon", "const a = 1 const b", `a.ts:1:13: expected a semicolon or a new line, found "const"`},
		{"open string", "\nlet a = 'b\n'", "a.ts:2:9: this string has no end; close it with ' on the same line"},
		{"open template", "`a${b", "a.ts:1:6: expected } after the placeholder of a template, but the file ends here"},
		{"open template text", "x = `a", "a.ts:1:5: this template has no end; close it with `"},
		{"open comment", "a /* b", "a.ts:1:3: this comment has no end; close it with */"},
		{"open regular expression", "a = /b\n/", "a.ts:1:5: this regular expression has no end; close it with / on the same line"},
		{"open block", "function f() {", "a.ts:1:15: expected }, but the file ends here"},
		{"open call", "api({a: 1}, b", "a.ts:1:14: expected , or ) after an argument, but the file ends here"},
		{"property", "x = {a: 1 b: 2}", `a.ts:1:11: expected , or } after a property, found "b"`},
		{"import", "import {a} from b", `a.ts:1:17: expected the name of the module in quotes, found "b"`},
		{"export", "export 1", `a.ts:1:8: expected a declaration, default, { or * after export, found "1"`},
		{"class", "class { a b }", `a.ts:1:11: expected a semicolon or a new line, found "b"`},
		{"keyword as a name", "const new = 1", `a.ts:1:7: expected the name of a variable, found "new"`},
		{"number and name", "x = 3px", "a.ts:1:6: an identifier or keyword cannot immediately follow a number"},
		{"type", "let a: ;", `a.ts:1:8: expected a type, found ";"`},
		{"element", "x = <a></b>", `a.tsx:1:5: the element "<a>" is closed by "</b>"`},
		{"element without end", "x = <a>", "a.tsx:1:5: this element has no closing tag"},
		{"bytes", "let a = \"ä\"; \xff", "a.ts:1:15: this byte is not UTF-8 text; save the file as UTF-8"},
		{"column after a letter of two bytes", "ä = = 1", `a.ts:1:6: expected an expression, found "="`},
		{"lone hash", "a # b", "a.ts:1:3: a # stands only in front of a private name"},
		{"deep", strings.Repeat("(", 10_000), "a.ts:1:1500: this is nested too deeply to be read; split it up"},
		{"long", "a" + strings.Repeat("+a", 200_000), "a.ts:1:200004: this expression is too long to be read; split it up"},
	} {
		t.Run("I2 "+test.name, func(t *testing.T) {
			name, _, _ := strings.Cut(test.want, ":")
			_, err := Parse(name, test.source)
			var failure *Error
			if !errors.As(err, &failure) || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestI2_TypeScriptCuts parses every fixture cut short at every byte: an error or a file, and no crash.
func TestI2_TypeScriptCuts(t *testing.T) {
	for name, source := range fixtures(t) {
		for end := 0; end < len(source); end += 3 {
			check(t, name, source[:end])
		}
	}
}

// check parses, and verifies what holds for every file: nodes lie inside their parents, errors inside the file.
func check(t *testing.T, name, source string) {
	file, err := Parse(name, source)
	if err != nil {
		var failure *Error
		if !errors.As(err, &failure) {
			t.Fatalf("%q: %v is no *Error", source, err)
		}
		if failure.Start < 0 || failure.Start > len(source) || failure.Line < 1 || failure.Column < 1 || failure.Message == "" {
			t.Fatalf("%q: %#v", source, failure)
		}
		return
	}
	Resolve(file)
	Walk(file, func(n Node, ancestors []Node) bool {
		s := n.Extent()
		if s.Start < 0 || s.End < s.Start || s.End > len(source) {
			t.Fatalf("%q: %T has the extent %v", source, n, s)
		}
		if len(ancestors) > 0 {
			if around := ancestors[len(ancestors)-1].Extent(); s.Start < around.Start || s.End > around.End {
				t.Fatalf("%q: %T %v is not inside its %T %v", source, n, s, ancestors[len(ancestors)-1], around)
			}
		}
		return true
	})
}

// FuzzParse looks for crashes, hangs and extents that make no sense.
func FuzzParse(f *testing.F) {
	// Lines, not whole files: the fuzzer makes every finding as small as it can, which takes it a minute for a long one.
	for name, source := range fixtures(f) {
		for line := range strings.Lines(source) {
			f.Add(line, strings.HasSuffix(name, "x"))
			f.Add("class A {\n"+line+"}", false)
		}
	}
	// What stands between two empty lines of an application is mostly a whole statement, as people write them.
	applications, err := filepath.Glob("../../../../fixtures/*/*/*.ts")
	if err != nil || len(applications) == 0 {
		f.Fatalf("%d files of applications, %v", len(applications), err)
	}
	for _, name := range applications {
		source, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for paragraph := range strings.SplitSeq(string(source), "\n\n") {
			f.Add(paragraph, false)
		}
	}
	f.Fuzz(func(t *testing.T, source string, jsx bool) {
		name := "a.ts"
		if jsx {
			name = "a.tsx"
		}
		check(t, name, source)
	})
}

// ordinary is code as people write it; the fixtures are far denser.
const ordinary = `// One endpoint of the benchmark; it reads a row and publishes what it found.
export const getItem = api<Request, Response>(
  { method: "GET", path: "/items/:id", expose: true },
  async ({ id, filter = 10 }: Request): Promise<Response> => {
    const row = await db.queryRow<Row>` + "`SELECT id, name FROM items WHERE id = ${id} AND count < ${filter}`" + `;
    if (!row || row.count < limit && row.name !== "x") {
      throw APIError.notFound("no item " + id);
    }
    for (const entry of row.entries.filter((e) => e.active)) {
      await topic.publish({ id: entry.id, at: new Date() });
    }
    return { id: row.id, name: row.name as string, total: items.reduce((a, b) => a + b.price * 2, 0) };
  }
);

`

// BenchmarkParse reads 1,000 files of about 200 lines, 6.9 MB, on as many threads as there are.
func BenchmarkParse(b *testing.B) {
	sources := make([]string, 0, 1_000)
	for size := 0; size < 6_900_000; size += len(sources[len(sources)-1]) {
		var file strings.Builder
		for file.Len() < 6_900 {
			file.WriteString(ordinary)
		}
		sources = append(sources, file.String())
	}
	size := 0
	for _, source := range sources {
		size += len(source)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		parseAll(b, sources)
	}
}

func parseAll(b *testing.B, sources []string) {
	work := make(chan string)
	done := make(chan error)
	const workers = 2
	for range workers {
		go func() {
			var first error
			for source := range work {
				file, err := Parse("a.ts", source)
				if err != nil {
					first = err
					continue
				}
				Resolve(file)
			}
			done <- first
		}()
	}
	for _, source := range sources {
		work <- source
	}
	close(work)
	for range workers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
}
