package outside_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
	"github.com/groundplan/groundplan/generator/source/typescript/extraction"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/outside"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// TestCheck: what is lost of an application in app/ that imports this.
func TestCheck(t *testing.T) {
	const files = `
-- package.json --
{"workspaces": ["packages/*"]}
-- packages/p/package.json --
{"name": "@my/p"}
-- packages/p/src/p.ts --
import { api } from "encore.dev/api";
export const e = api({}, async () => {});
-- packages/p/dist/old.ts --
import { api } from "encore.dev/api";
export const f = api({}, async () => {});
-- packages/empty/package.json --
{"name": "empty"}
-- shared/db.mts --
import { SQLDatabase } from "encore.dev/storage/sqldb";
import { users } from "~encore/clients";
export const db = new SQLDatabase("ledger");
-- shared/again.ts --
export * from "./db.mjs";
export * from "./again";
-- shared/broken.ts --
const = new SQLDatabase("ledger");
-- app/encore.app --
{}
-- app/own.js --
-- app/a.ts --
`
	language := vocabulary.New([]source.TypeScriptSpelling{{Kind: "database", Module: "encore.dev/storage/sqldb", Constructors: []string{"SQLDatabase"}, ParentArg: -1, NameArg: 0, ConfigArg: 1}})
	const lost = `database "ledger" (../shared/db.mts:3), the services it calls (../shared/db.mts:2)`
	for text, want := range map[string][]string{
		`import "../shared/db.mjs";`: {lost}, `import "../shared/again";`: {lost}, `import "../shared/again"; import "../shared/again";`: {lost},
		`import "../shared/again"; import "../shared/db.mts";`: {lost, lost}, `import type { X } from "../shared/again";`: nil, `import "../shared/broken";`: nil,
		`import "../shared/nothing";`: nil, `import "./own.js";`: nil, `import { e } from "@my/p";`: {`endpoint e (../packages/p/src/p.ts:2)`},
		`import "@my/p/src/p"; import { e } from "@my/p";`: {`endpoint e (../packages/p/src/p.ts:2)`}, `import "empty"; import "zod"; import "node:fs";`: nil,
	} {
		t.Run(text, func(t *testing.T) {
			top := t.TempDir()
			for _, file := range txtar.Parse([]byte(files + text + "\n")).Files {
				if err := os.MkdirAll(filepath.Join(top, filepath.Dir(file.Name)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(top, file.Name), file.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			root := filepath.Join(top, "app")
			tree, err := resolution.FindFiles(os.DirFS(root), nil)
			if err != nil {
				t.Fatal(err)
			}
			resolver, err := resolution.New(os.DirFS(root), tree)
			if err != nil {
				t.Fatal(err)
			}
			m := extraction.Read(language, resolver, "a.ts", text).Module
			var found []string
			for _, d := range outside.Check(root, language, resolver, []*facts.Module{m}) {
				_, text, _ := strings.Cut(sourcetest.Messages(hcl.Diagnostics{d})[0], "generated: ")
				found = append(found, strings.TrimSuffix(strings.Split(text, "\n")[0], "."))
			}
			if !slices.Equal(found, want) {
				t.Errorf("lost %q, want %q", found, want)
			}
		})
	}
}
