package source

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// outsideCase is a folder with an application in app/, what links are made in it, and what is said.
type outsideCase struct {
	name  string
	links map[string]string // name, as it stands in the folder, to where it leads
	files string
	want  []string
}

func (c outsideCase) run(t *testing.T, read func(root string) ([]string, error)) {
	t.Run(c.name, func(t *testing.T) {
		dir := t.TempDir()
		if err := txtar.Write(txtar.Parse([]byte(c.files)), dir); err != nil {
			t.Fatal(err)
		}
		for name, target := range c.links {
			name = filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(target, name); err != nil {
				t.Fatal(err)
			}
		}
		got, err := read(filepath.Join(dir, "app"))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Error(d)
		}
	})
}

const (
	outsideGoApp = `
-- app/encore.app --
{"id": "shop"}
-- app/orders/orders.go --
package orders

import (
	"context"

	"IMPORT"
)

//encore:api public
func Place(ctx context.Context) error { return shared.Keep(ctx) }
`
	outsideGoShared = `
package shared

import (
	"context"

	"encore.dev/storage/sqldb"
)

var DB = sqldb.NewDatabase("ledger", sqldb.DatabaseConfig{Migrations: "./migrations"})

var secrets struct{ ApiKey string }

func Keep(ctx context.Context) error { return nil }
`
	harmlessGo = `
package shared

import (
	"context"

	"encore.dev/beta/errs"
	"encore.dev/rlog"
	"encore.dev/storage/sqldb"
)

func Keep(ctx context.Context) error { rlog.Info("kept"); return errs.Wrap(nil, "") }

func Into(db *sqldb.Database) {}
`
)

func TestI6_GoCodeOutsideTheApplication(t *testing.T) {
	const lost = `so this is missing from what is generated: database "ledger" (PLACE/shared.go:9), secret "ApiKey" (PLACE/shared.go:11).` +
		"\nhint: move what declares resources, reads secrets or calls endpoints into the application's folder; code that is given them as parameters may stay"
	say := func(name, place, because string) []string {
		return []string{`orders/orders.go:6,2-` + map[string]string{"shop/shared": "15", "corp/shared": "15"}[name] +
			`: Code outside the application; "` + name + `" stands in ` + place + `, ` + because + `. Neither Encore nor groundplan reads it, ` + strings.ReplaceAll(lost, "PLACE", place)}
	}
	app := func(imported string) string { return strings.ReplaceAll(outsideGoApp, "IMPORT", imported) }
	const plain, replaced = "\n-- app/go.mod --\nmodule shop\n", "\n-- app/go.mod --\nmodule shop\n\nrequire corp/shared v0.0.0\n\nreplace corp/shared => ../shared\n"
	const foreign = "\n-- shared/go.mod --\nmodule corp/shared\n"
	for _, c := range []outsideCase{
		{"a link out of the application", map[string]string{"app/shared": "../shared"}, app("shop/shared") + plain + "-- shared/shared.go --" + outsideGoShared,
			say("shop/shared", "../shared", "where a symbolic link leads")},
		{"a link to a folder of the application", map[string]string{"app/shared": "lib/shared"}, app("shop/shared") + plain + "-- app/lib/shared/shared.go --" + outsideGoShared,
			[]string{strings.Replace(say("shop/shared", "lib/shared", "where a symbolic link leads")[0],
				"move what declares resources, reads secrets or calls endpoints into the application's folder; code that is given them as parameters may stay", "import shop/lib/shared, under which it is read", 1)}},
		{"a module that go.mod replaces", nil, app("corp/shared") + replaced + foreign + "-- shared/shared.go --" + outsideGoShared,
			say("corp/shared", "../shared", "by which go.mod replaces the module")},
		{"a module of go.work", nil, app("corp/shared") + plain + foreign + "-- go.work --\ngo 1.24\n\nuse (\n\t./app\n\t./shared\n)\n-- shared/shared.go --" + outsideGoShared,
			say("corp/shared", "../shared", "a module of go.work")},
		{"a vendored module", nil, app("corp/shared") + "\n-- app/go.mod --\nmodule shop\n\nrequire corp/shared v1.0.0\n-- app/vendor/corp/shared/shared.go --" + outsideGoShared,
			say("corp/shared", "vendor/corp/shared", "which holds other modules")},
		{"behind another package", nil, app("corp/shared") + replaced + foreign + "-- shared/shared.go --\npackage shared\n\nimport _ \"corp/shared/deep\"\n-- shared/deep/shared.go --" + outsideGoShared,
			[]string{strings.ReplaceAll(strings.Replace(say("corp/shared", "../shared", "by which go.mod replaces the module")[0], "../shared/shared.go:9", "../shared/deep/shared.go:9", 1), "../shared/shared.go:11", "../shared/deep/shared.go:11")}},
		{"a link to code that uses services", map[string]string{"app/shared": "../shared"}, app("shop/shared") + plain + "-- app/users/users.go --\npackage users\n\nimport \"context\"\n\n//encore:api private\nfunc Get(ctx context.Context) error { return nil }\n" +
			"-- shared/shared.go --\npackage shared\n\nimport (\n\t\"context\"\n\n\t\"shop/users\"\n)\n\nfunc Keep(ctx context.Context) error { return users.Get(ctx) }\n",
			[]string{`orders/orders.go:6,2-15: Code outside the application; "shop/shared" stands in ../shared, where a symbolic link leads. Neither Encore nor groundplan reads it, so this is missing from what is generated: what it does with shop/users (../shared/shared.go:6).` +
				"\nhint: move what declares resources, reads secrets or calls endpoints into the application's folder; code that is given them as parameters may stay"}},

		{"harmless code behind a link", map[string]string{"app/shared": "../shared"}, app("shop/shared") + plain + "-- shared/shared.go --" + harmlessGo, nil},
		{"harmless code of another module", nil, app("corp/shared") + replaced + foreign + "-- shared/shared.go --" + harmlessGo, nil},
		{"a module that is downloaded", nil, app("corp/shared") + "\n-- app/go.mod --\nmodule shop\n\nrequire corp/shared v1.0.0\n", nil},
		{"a link that leads nowhere", map[string]string{"app/shared": "../gone"}, app("shop/shared") + plain, nil},
		{"a link to itself", map[string]string{"app/shared": "shared"}, app("shop/shared") + plain, nil},
		{"a link that nobody imports", map[string]string{"app/other": "../shared"}, app("corp/shared") + plain + "-- shared/shared.go --" + outsideGoShared, nil},
	} {
		c.run(t, func(root string) ([]string, error) {
			_, diags, err := Go(root, testSpellings)
			return outsideMessages(diags), err
		})
	}
}

// outsideMessages are diagnostics as lines.
func outsideMessages(diags hcl.Diagnostics) []string {
	var texts []string
	for _, d := range diags {
		texts = append(texts, fmt.Sprintf("%s:%d,%d-%d: %s; %s", d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column, d.Subject.End.Column, d.Summary, diagnostic.Text(d)))
	}
	return texts
}

const (
	outsideTSApp = `
-- app/encore.app --
{"id": "shop", "lang": "typescript"}
-- app/orders/orders.ts --
import { api } from "encore.dev/api";
import { keep } from "IMPORT";

export const place = api({ expose: true, method: "POST" }, async (): Promise<void> => { await keep(); });
`
	outsideTSShared = `
import { SQLDatabase } from "encore.dev/storage/sqldb";
import { users } from "~encore/clients";

export const db = new SQLDatabase("ledger", { migrations: "./migrations" });
export async function keep() { await users.get(); }
`
	harmlessTS = `
import type { SQLDatabase } from "encore.dev/storage/sqldb";
import log from "encore.dev/log";

export async function keep(db?: SQLDatabase) { log.info("kept"); }
`
)

func TestI6_TypeScriptCodeOutsideTheApplication(t *testing.T) {
	app := func(imported string) string { return strings.ReplaceAll(outsideTSApp, "IMPORT", imported) }
	say := func(name, place, file, because string) []string {
		column := 22 + len(name) + 2
		return []string{fmt.Sprintf(`orders/orders.ts:2,22-%d: Code outside the application; %q stands in %s, %s. Neither Encore nor groundplan reads it, so this is missing from what is generated: database "ledger" (%s:4), the services it calls (%[5]s:2).`+
			"\nhint: move what declares resources, reads secrets or calls endpoints into the application's folder; code that is given them as parameters may stay", column, name, place, because, file)}
	}
	const outside, link, workspace = "which is not in the application's folder", "where a symbolic link leads", "a package of the workspace around the application"
	shared := "-- packages/shared/package.json --\n{\"name\": \"@repo/shared\", \"main\": \"./dist/index.js\"}\n-- packages/shared/src/index.ts --" + outsideTSShared
	for _, c := range []outsideCase{
		{"a path out of the application", nil, app("../../shared/db") + "-- shared/db.ts --" + outsideTSShared, say("../../shared/db", "../shared/db.ts", "../shared/db.ts", outside)},
		{"a path as for the compiled file", nil, app("../../shared/db.js") + "-- shared/db.ts --" + outsideTSShared, say("../../shared/db.js", "../shared/db.ts", "../shared/db.ts", outside)},
		{"behind another file", nil, app("../../shared") + "-- shared/index.ts --\nexport * from \"./db\";\n-- shared/db.ts --" + outsideTSShared, say("../../shared", "../shared/index.ts", "../shared/db.ts", outside)},
		{"a folder that is a link", map[string]string{"app/shared": "../shared"}, app("../shared/db") + "-- shared/db.ts --" + outsideTSShared, say("../shared/db", "../shared/db.ts", "../shared/db.ts", link)},
		{"a file that is a link", map[string]string{"app/db.ts": "../shared/db.ts"}, app("../db") + "-- shared/db.ts --" + outsideTSShared, say("../db", "../shared/db.ts", "../shared/db.ts", link)},
		{"a path of tsconfig.json", nil, app("@repo/shared/db") + "-- app/tsconfig.json --\n{\"compilerOptions\": {\"paths\": {\"@repo/shared/*\": [\"../packages/shared/src/*\"]}}}\n-- packages/shared/src/db.ts --" + outsideTSShared,
			say("@repo/shared/db", "../packages/shared/src/db.ts", "../packages/shared/src/db.ts", outside)},
		{"an installed package of a workspace", map[string]string{"app/node_modules/@repo/shared": "../../../packages/shared"}, app("@repo/shared") + shared, say("@repo/shared", "../packages/shared", "../packages/shared/src/index.ts", workspace)},
		{"one that is installed above", map[string]string{"node_modules/@repo/shared": "../../packages/shared"}, app("@repo/shared/db") + shared, say("@repo/shared/db", "../packages/shared", "../packages/shared/src/index.ts", workspace)},
		{"a package of an npm workspace, not installed", nil, app("@repo/shared") + "-- package.json --\n{\"workspaces\": [\"app\", \"packages/*\"]}\n" + shared, say("@repo/shared", "../packages/shared", "../packages/shared/src/index.ts", workspace)},
		{"one of a yarn workspace", nil, app("@repo/shared") + "-- package.json --\n{\"workspaces\": {\"packages\": [\"packages/*\"]}}\n" + shared, say("@repo/shared", "../packages/shared", "../packages/shared/src/index.ts", workspace)},
		{"one of a pnpm workspace", nil, app("@repo/shared") + "-- pnpm-workspace.yaml --\n# all\npackages:\n  - app\n  - 'packages/**'\n  - '!packages/old'\ncatalog:\n  zod: 1\n" + shared, say("@repo/shared", "../packages/shared", "../packages/shared/src/index.ts", workspace)},

		{"harmless code", nil, app("../../shared/db") + "-- shared/db.ts --" + harmlessTS, nil},
		{"a downloaded package", nil, app("shared") + "-- app/node_modules/shared/package.json --\n{\"name\": \"shared\"}\n-- app/node_modules/shared/index.ts --" + outsideTSShared, nil},
		{"one in pnpm's store", map[string]string{"app/node_modules/shared": ".pnpm/shared@1/node_modules/shared"}, app("shared") + "-- app/node_modules/.pnpm/shared@1/node_modules/shared/index.ts --" + outsideTSShared, nil},
		{"a built-in module", nil, app("node:fs"), nil},
		{"types alone", nil, strings.Replace(app("../../shared/db"), "import { keep }", "import type { keep }", 1) + "-- shared/db.ts --" + outsideTSShared, nil},
	} {
		c.run(t, func(root string) ([]string, error) {
			_, diags, err := TypeScript(root, testTypeScriptSpellings)
			return outsideMessages(diags), err
		})
	}
}

// TestI2_LinksInsideTheApplication: Node, the bundler and Encore take a module behind a link for the one at its other end.
func TestI2_LinksInsideTheApplication(t *testing.T) {
	for name, c := range map[string]outsideCase{
		"a folder": {links: map[string]string{"app/orders/lib": "../lib"}, files: strings.ReplaceAll(outsideTSApp, "IMPORT", "./lib/db")},
		"a file":   {links: map[string]string{"app/orders/db.ts": "../lib/db.ts"}, files: strings.ReplaceAll(outsideTSApp, "IMPORT", "./db")},
	} {
		c.name = name
		c.files += "-- app/lib/db.ts --\nimport { SQLDatabase } from \"encore.dev/storage/sqldb\";\n\nconst db = new SQLDatabase(\"ledger\", { migrations: \"./migrations\" });\nexport async function keep() { await db.exec`x`; }\n-- app/lib/migrations/1_a.up.sql --\n"
		c.want = []string{"orders leads to lib/db.ts"}
		c.run(t, func(root string) ([]string, error) {
			application, _, err := TypeScript(root, testTypeScriptSpellings)
			if err != nil {
				return nil, err
			}
			var found []string
			for _, p := range application.Packages {
				for _, imported := range p.Imports {
					if line := p.Service + " leads to " + imported.Dir; imported.Dir == "lib/db.ts" && p.Service != "" && !slices.Contains(found, line) {
						found = append(found, line)
					}
				}
			}
			return found, nil
		})
	}
}
