package typescript

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// outsideCase is a folder with an application in app/, what links are made in it, and what is said.
type outsideCase struct {
	name  string
	links map[string]string // name, as it stands in the folder, to where it leads
	files string
	want  []string
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
		sourcetest.Outside(t, c.name, c.links, c.files, c.want, func(root string) ([]string, error) {
			_, diags, err := Read(root, testSpellings)
			return sourcetest.Messages(diags), err
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
		sourcetest.Outside(t, c.name, c.links, c.files, c.want, func(root string) ([]string, error) {
			application, _, err := Read(root, testSpellings)
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
