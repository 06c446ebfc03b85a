package resolution_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
)

// mapFS is an archive in memory.
func mapFS(text string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, file := range txtar.Parse([]byte(text)).Files {
		files[file.Name] = &fstest.MapFile{Data: file.Data}
	}
	return files
}

// resolver is that of the application whose files the archive holds.
func resolver(t *testing.T, files fstest.MapFS) *resolution.Resolver {
	t.Helper()
	tree, err := resolution.FindFiles(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := resolution.New(files, tree)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestResolve: given these files, a file's import means that file; "" is a module of somewhere else.
func TestResolve(t *testing.T) {
	const paths = "-- tsconfig.json --\n{\"compilerOptions\": {/* where */ \"paths\": {"
	for _, test := range []struct{ name, files, from, imported, want string }{
		{"beside the file", "-- a/b.ts --\n", "a/a.ts", "./b", "a/b.ts"},
		{"above it", "-- b.ts --\n", "a/a.ts", "../b", "b.ts"},
		{"out of the application", "-- b.ts --\n", "a/a.ts", "../../b", ""},
		{"with its extension", "-- a/b.ts --\n", "a/a.ts", "./b.ts", "a/b.ts"},
		{"as the compiled file", "-- a/b.ts --\n-- a/b.tsx --\n", "a/a.ts", "./b.js", "a/b.ts"},
		{"as the compiled file of elements", "-- a/b.tsx --\n", "a/a.ts", "./b.js", "a/b.tsx"},
		{"as the compiled module", "-- a/b.mts --\n", "a/a.ts", "./b.mjs", "a/b.mts"},
		{"the folder's index", "-- b/index.ts --\n", "a/a.ts", "../b", "b/index.ts"},
		{"the folder of the file", "-- a/index.ts --\n", "a/a.ts", ".", "a/index.ts"},
		{"a file before a folder", "-- b.ts --\n-- b/index.ts --\n", "a/a.ts", "../b", "b.ts"},
		{"a dependency", "-- zod.ts --\n", "a/a.ts", "zod", ""},

		{"a path", paths + `"@/*": ["./src/*"]}}}` + "\n-- src/b.ts --\n", "a/a.ts", "@/b", "src/b.ts"},
		{"the second place of a path", paths + `"@/*": ["./x/*", "./src/*"]}}}` + "\n-- src/b.ts --\n", "a/a.ts", "@/b", "src/b.ts"},
		{"the longest of two paths", paths + `"@/*": ["./x/*"], "@/lib/*": ["./y/*"]}}}` + "\n-- x/lib/b.ts --\n-- y/b.ts --\n", "a/a.ts", "@/lib/b", "y/b.ts"},
		{"a path without a star before one with", paths + `"lib*": ["./x/*"], "lib": ["./y"]}}}` + "\n-- x/index.ts --\n-- y.ts --\n", "a/a.ts", "lib", "y.ts"},
		{"a path with an ending", paths + `"#*.js": ["./x/*"]}}}` + "\n-- x/b.ts --\n", "a/a.ts", "#b.js", "x/b.ts"},
		{"a path from the root of the machine", paths + `"*": ["*"]}}}` + "\n-- etc/b.ts --\n", "a/a.ts", "/etc/b", ""},
		{"from the base", "-- tsconfig.json --\n{\"compilerOptions\": {\"baseUrl\": \"./src\"}}\n-- src/b.ts --\n", "a/a.ts", "b", "src/b.ts"},
		{"a path of what is extended", "-- tsconfig.json --\n{\"extends\": \"./base\"}\n-- base.json --\n{\"compilerOptions\": {\"paths\": {\"@/*\": [\"./x/*\"]}}}\n-- x/b.ts --\n", "a/a.ts", "@/b", "x/b.ts"},
		{"a path of what is extended from the base of the nearer", "-- tsconfig.json --\n{\"extends\": \"./base.json\", \"compilerOptions\": {\"baseUrl\": \"./src\"}}\n-- base.json --\n{\"compilerOptions\": {\"paths\": {\"@/*\": [\"./x/*\"]}}}\n-- src/x/b.ts --\n", "a/a.ts", "@/b", "src/x/b.ts"},
		{"a path of the last of two that are extended", "-- tsconfig.json --\n{\"extends\": [\"./one.json\", \"./two.json\"]}\n-- one.json --\n{\"compilerOptions\": {\"paths\": {\"@/*\": [\"./x/*\"]}}}\n-- two.json --\n{\"compilerOptions\": {\"paths\": {\"@/*\": [\"./y/*\"]}}}\n-- x/b.ts --\n-- y/b.ts --\n", "a/a.ts", "@/b", "y/b.ts"},
		{"a configuration that extends itself", "-- tsconfig.json --\n{\"extends\": \"./tsconfig.json\"}\n-- a/b.ts --\n", "a/a.ts", "./b", "a/b.ts"},

		{"a package", "-- p/package.json --\n{\"name\": \"@my/p\", \"main\": \"./lib/main.js\"}\n-- p/lib/main.ts --\n", "a/a.ts", "@my/p", "p/lib/main.ts"},
		{"a package by its index", "-- p/package.json --\n{\"name\": \"p\", \"main\": \"./dist/index.js\"}\n-- p/src/index.ts --\n", "a/a.ts", "p", "p/src/index.ts"},
		{"a folder as its package says", "-- p/package.json --\n{\"main\": \"m.js\"}\n-- p/m.ts --\n-- p/index.ts --\n", "a/a.ts", "../p", "p/m.ts"},
		{"a package that is its own folder", "-- p/package.json --\n{\"name\": \"p\", \"main\": \"./\"}\n-- p/index.ts --\n", "a/a.ts", "p", "p/index.ts"},
		{"packages that lead to each other", "-- p/package.json --\n{\"name\": \"p\", \"main\": \"../q\"}\n-- q/package.json --\n{\"main\": \"../p\"}\n-- q/index.ts --\n", "a/a.ts", "p", "q/index.ts"},
		{"a file of a package", "-- p/package.json --\n{\"name\": \"p\"}\n-- p/x/b.ts --\n", "a/a.ts", "p/x/b", "p/x/b.ts"},
		{"a package without an entry", "-- p/package.json --\n{\"name\": \"p\", \"exports\": {\".\": null}}\n-- p/b.ts --\n", "a/a.ts", "p", ""},
		{"an export", "-- p/package.json --\n{\"name\": \"p\", \"exports\": {\"./b\": {\"types\": \"./none.d.ts\", \"import\": [\"./none.js\", \"./x/b.js\"]}}}\n-- p/x/b.ts --\n", "a/a.ts", "p/b", "p/x/b.ts"},
		{"exports without names", "-- p/package.json --\n{\"name\": \"p\", \"exports\": {\"import\": \"./x.js\"}}\n-- p/x.ts --\n-- p/index.ts --\n", "a/a.ts", "p", "p/x.ts"},
		{"the export that says most before its star", "-- p/package.json --\n{\"name\": \"p\", \"exports\": {\"./b/*\": \"./x/*.ts\", \"./*/long.js\": \"./y/*.ts\"}}\n-- p/x/long.js.ts --\n-- p/y/b.ts --\n", "a/a.ts", "p/b/long.js", "p/x/long.js.ts"},
		{"the exports of one length", "-- p/package.json --\n{\"name\": \"p\", \"exports\": {\"./a*\": \"./x/*.ts\", \"./*a\": \"./y/*.ts\"}}\n-- p/x/a.ts --\n-- p/y/a.ts --\n", "a/a.ts", "p/aa", "p/x/a.ts"},
		{"a name of its own", "-- package.json --\n{\"imports\": {\"#lib/*\": \"./x/*.ts\"}}\n-- x/b.ts --\n", "a/a.ts", "#lib/b", "x/b.ts"},
		{"a name of the nearest package", "-- package.json --\n{\"imports\": {\"#b\": \"./x.ts\"}}\n-- a/package.json --\n{\"imports\": {\"#b\": \"./y.ts\"}}\n-- x.ts --\n-- a/y.ts --\n", "a/a.ts", "#b", "a/y.ts"},
		{"a package.json that is no JSON", "-- p/package.json --\n{\n-- p/index.ts --\n", "a/a.ts", "../p", "p/index.ts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 8 { // whatever the order in which maps are gone through
				if got := resolver(t, mapFS(test.files)).Resolve(test.from, test.imported); got != test.want {
					t.Fatalf("%q of %s means %q, want %q", test.imported, test.from, got, test.want)
				}
			}
		})
	}
}

// TestMissing: an import by path of a file that is not there, and whatever else is not.
func TestMissing(t *testing.T) {
	r := resolver(t, mapFS("-- a/b.ts --\n-- a/c.json --\n-- a/d.node --\n-- a/e.txt --\n-- a/f/x.ts --\n-- a/g.mts --\n-- node_modules/h/i.ts --\n"))
	for imported, want := range map[string]bool{
		"./b": false, "./b.js": false, "./c": false, "./d": false, "./e.txt": false, "./e.txt?raw": false, "./f": false, "./g.mjs": false,
		"./z": true, "./z.js": true, "../z": true, "./b/z": true,
		"zod": false, "../../z": false, "../encore.gen/z": false, "./encore.gen/clients": false, "../node_modules/h/z": false,
	} {
		if got := r.Missing("a/a.ts", imported); got != want {
			t.Errorf("%s: missing %v, want %v", imported, got, want)
		}
	}
}

// TestFindFiles: what Encore reads, and what it passes over.
func TestFindFiles(t *testing.T) {
	tree, err := resolution.FindFiles(mapFS("-- encore.app --\n-- a.ts --\n-- b.tsx --\n-- c.js --\n-- d.test.ts --\n-- e/encore.app --\n-- e/e.ts --\n-- .hidden/f.ts --\n-- node_modules/g.ts --\n-- infra/h.ts --\n-- i/infra/i.ts --\n-- encore.gen/j.ts --\n"), []string{"infra"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a.ts", "e/e.ts", "i/infra/i.ts"}; !slices.Equal(tree.Roots, want) {
		t.Errorf("reads %q, want %q", tree.Roots, want)
	}
	if want := []string{"e"}; !slices.Equal(tree.Applications, want) {
		t.Errorf("applications %q, want %q", tree.Applications, want)
	}
}

// TestLinks: a link inside the application stands for what it leads to, and one out of it for nothing.
func TestLinks(t *testing.T) {
	top := t.TempDir()
	root := filepath.Join(top, "app")
	for _, name := range []string{"app/lib/b.ts", "outside/c.ts"} {
		if err := os.MkdirAll(filepath.Join(top, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(top, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"file.ts": "lib/b.ts", "folder": "lib", "out": "../outside", "nowhere": "none"} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := resolution.FindFiles(os.DirFS(root), nil)
	if err != nil {
		t.Fatal(err)
	}
	tree.FollowLinks(root)
	r, err := resolution.New(os.DirFS(root), tree)
	if err != nil {
		t.Fatal(err)
	}
	for imported, want := range map[string]string{"./file": "lib/b.ts", "./folder/b": "lib/b.ts", "./out/c": "", "./nowhere/b": ""} {
		if got := r.Resolve("a.ts", imported); got != want {
			t.Errorf("%s means %q, want %q", imported, got, want)
		}
	}
}

// TestWorkspace: the packages of the workspace around an application, as npm, Yarn and pnpm name them.
func TestWorkspace(t *testing.T) {
	for name, files := range map[string]string{
		"npm":                    "-- package.json --\n{\"workspaces\": [\"packages/*\"]}\n",
		"Yarn":                   "-- package.json --\n{\"workspaces\": {\"packages\": [\"packages/*\"]}}\n",
		"pnpm":                   "-- pnpm-workspace.yaml --\n# all\npackages:\n  # ours\n  - 'packages/*' # here\n  - \"!packages/old\"\ncatalog:\n  - nothing/*\n",
		"pnpm, in one line":      "-- pnpm-workspace.yaml --\npackages: [\"apps/*\", 'packages/*', !packages/old]\n",
		"pnpm, over some lines":  "-- pnpm-workspace.yaml --\npackages: [\n  apps/*, # ours\n  packages/*,\n]\n",
		"pnpm, without an inset": "-- pnpm-workspace.yaml --\npackages:\n- packages/*\n",
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			for _, file := range txtar.Parse([]byte(files + "-- packages/one/package.json --\n{\"name\": \"@my/one\"}\n-- packages/two/package.json --\n{}\n-- nothing/three/package.json --\n{\"name\": \"three\"}\n-- apps/app/encore.app --\n")).Files {
				if err := os.MkdirAll(filepath.Join(top, filepath.Dir(file.Name)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(top, file.Name), file.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			found := resolution.Workspace(filepath.Join(top, "apps", "app"))
			if want := filepath.Join(top, "packages", "one"); len(found) != 1 || found["@my/one"] != want {
				t.Errorf("found %v, want @my/one in %s", found, want)
			}
		})
	}
}

// TestTargetsAndCandidates: where an import outside the application may lead.
func TestTargetsAndCandidates(t *testing.T) {
	r := resolver(t, mapFS("-- tsconfig.json --\n{\"compilerOptions\": {\"paths\": {\"@/*\": [\"../shared/*\", \"x/*\"]}}}\n"))
	for imported, want := range map[string]string{"../../b": "../b path", "..": ". path", "@/b": "../shared/b x/b", "zod": ""} {
		targets, isPath := r.Targets("a/a.ts", imported)
		if isPath {
			targets = append(targets, "path")
		}
		if got := strings.Join(targets, " "); got != want {
			t.Errorf("%s may lead to %q, want %q", imported, got, want)
		}
	}
	for name, want := range map[string]string{"a.ts": "a.ts", "a.js": "a.js a.ts a.tsx a.js.ts", "a.mjs": "a.mjs a.mts a.tsx", "a.cjs": "a.cjs a.cts", "a.jsx": "a.jsx a.tsx a.jsx.ts", "a": "a.ts"} {
		if got := strings.Join(resolution.Candidates(name), " ") + " "; !strings.HasPrefix(got, want+" ") {
			t.Errorf("%s may be %s, want %s first", name, got, want)
		}
	}
}
