package trail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/extraction"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/trail"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

var language = vocabulary.New([]source.TypeScriptSpelling{
	{
		Kind: "bucket", Module: "encore.dev/storage/objects", Constructors: []string{"Bucket"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, Ref: "ref",
		Permissions: map[string][]string{"Uploader": {"write"}, "Lister": {"list"}, "ReadWriter": {"write", "read"}},
	},
})

// files is an application whose a.ts the tests put a text in.
const files = `
-- b.ts --
import { Bucket } from "encore.dev/storage/objects";
import { api } from "encore.dev/api";
import { authHandler } from "encore.dev/auth";
export const files = new Bucket("files");
export const made = wrap(new Bucket("made"));
export const run = api({}, async () => {});
export const auth = authHandler(async () => null);
export default files;
export function helper() {}
export { users } from "~encore/clients";
-- barrel.ts --
export * from "./circle";
export * from "./b";
export * as all from "./b";
export { files as renamed } from "./b";
-- circle.ts --
export * from "./barrel";
-- types.ts --
import { Uploader, type Lister } from "encore.dev/storage/objects";
export type Both = Uploader & Lister;
export interface Mine extends Both { }
export type Round = Round2 & Uploader;
export type Round2 = Round;
export interface Optional { a?: string }
export interface Given extends Optional { b: string }
export default interface Chosen { a?: string }
interface Local { a?: string }
export { Local as Known };
-- barreltypes.ts --
export * from "./types";
-- only.ts --
import type { Optional } from "./types";
export type { Both, Optional as Maybe } from "./types";
export type * as all from "./types";
export type { ReadWriter, Nothing as Unknown } from "encore.dev/storage/objects";
export type { Optional as Passed };
export type * from "./only2";
-- only2.ts --
export type * from "./only";
export type * from "./types";
export * as types from "./types";
-- a.ts --
`

// modules are the facts of the application, with a text in a.ts.
func modules(t *testing.T, text string) (*trail.Trail, *facts.Module) {
	t.Helper()
	tree := fstest.MapFS{}
	for _, file := range txtar.Parse([]byte(files + text)).Files {
		tree[file.Name] = &fstest.MapFile{Data: file.Data}
	}
	found, err := resolution.FindFiles(tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	resolver, err := resolution.New(tree, found)
	if err != nil {
		t.Fatal(err)
	}
	var all []*facts.Module
	for _, name := range found.Roots {
		all = append(all, extraction.Read(language, resolver, name, string(tree[name].Data)).Module)
	}
	files := trail.New(language, all)
	return files, files.ByPath["a.ts"]
}

// TestFollow: given this file, its first reference leads to that.
func TestFollow(t *testing.T) {
	for _, test := range []struct{ text, want, parts string }{
		{`import { files } from "./b"; files.list();`, "files direct .list", "b.ts files"},
		{`import d from "./b"; d.list();`, "files direct hidden .list", "b.ts default"},
		{`import * as b from "./b"; b.files.list();`, "files direct .list", "b.ts files"},
		{`import { made } from "./b"; made.list();`, "made .list", "b.ts made"},
		{`import { run } from "./b"; run();`, "endpoint run", "b.ts run"},
		{`import { auth } from "./b"; auth();`, "handler auth", "b.ts auth"},
		{`import { helper } from "./b"; helper();`, "", "b.ts helper"},
		{`import { nothing } from "./b"; nothing();`, "", ""},
		{`import { files } from "./barrel"; files.list();`, "files direct hidden .list", "b.ts files"},
		{`import { renamed } from "./barrel"; renamed.list();`, "files direct hidden .list", "b.ts files"},
		{`import { all } from "./barrel"; all.files.list();`, "files direct hidden .list", "b.ts files"},
		{`import d from "./barrel"; d.list();`, "", ""},
		{`import { nothing } from "./barrel"; nothing();`, "", ""},
		{`import { users } from "~encore/clients"; users.get();`, "clients .users.get", ""},
		{`import { users } from "./b"; users.get();`, "clients hidden .users.get", ""},
		{`import { users } from "./barrel"; users.get();`, "clients hidden .users.get", ""},
		{`import * as b from "./b"; f(b);`, "", "b.ts auth, b.ts default, b.ts files, b.ts helper, b.ts made, b.ts run"},
		{`import { files } from "./b"; const mine = files; mine.list();`, "files direct hidden .list", "b.ts files"},
	} {
		t.Run(test.text, func(t *testing.T) {
			files, m := modules(t, test.text)
			ref := m.Refs[len(m.Refs)-1]
			var found []string
			for _, entity := range files.Follow(m, facts.Target{Name: ref.Name, Path: ref.Path}) {
				text := "clients"
				switch {
				case entity.Decl != nil:
					text = entity.Decl.Name
				case entity.Endpoint != nil:
					text = "endpoint " + entity.Endpoint.Name
				case entity.Auth != nil:
					text = "handler " + entity.Auth.Name
				}
				if entity.Direct {
					text += " direct"
				}
				if entity.Hidden {
					text += " hidden"
				}
				if len(entity.Rest) > 0 {
					text += " ." + strings.Join(entity.Rest, ".")
				}
				found = append(found, text)
			}
			if got := strings.Join(found, ", "); got != test.want {
				t.Errorf("leads to %q, want %q", got, test.want)
			}
			var parts []string
			for _, part := range files.Parts(m, &ref) {
				parts = append(parts, part.Module.Path+" "+part.Module.PartName(part.Part))
			}
			slices.Sort(parts)
			if got := strings.Join(parts, ", "); got != test.parts {
				t.Errorf("runs %q, want %q", got, test.parts)
			}
		})
	}
	files, m := modules(t, "")
	if found := files.Follow(m, facts.Target{Name: -1}); found != nil {
		t.Errorf("no name leads to %v", found)
	}
}

// TestTypes: what a type permits on a bucket, "-" when it does not say, and whether a request of it must hold something.
func TestTypes(t *testing.T) {
	for _, test := range []struct {
		imports, written, want string
		required               bool
	}{
		{`import { Uploader } from "encore.dev/storage/objects";`, `Uploader`, "[write]", true},
		{`import { Uploader as U, ReadWriter } from "encore.dev/storage/objects";`, `ReadWriter & U`, "[read write]", true},
		{`import { Both } from "./types";`, `Both`, "[list write]", true},
		{`import type { Mine } from "./barreltypes";`, `Mine`, "[list write]", true},
		{`import type { Both } from "./only";`, `Both`, "[list write]", true},
		{`import type { Maybe } from "./only";`, `Maybe`, "-", false},
		{`import type { Passed } from "./only";`, `Passed`, "-", false},
		{`import type { Optional } from "./only";`, `Optional`, "-", false},
		{`import type { all } from "./only";`, `all.Both`, "[list write]", true},
		{`import type { all } from "./only";`, `all.Nothing`, "-", true},
		{`import type { types } from "./only";`, `types.Optional`, "-", false},
		{`import type { types } from "./only";`, `types`, "-", true},
		{`import type { Nothing } from "./only";`, `Nothing`, "-", true},
		{`import * as types from "./types";`, `types.Both`, "[list write]", true},
		{`import type * as types from "./types";`, `types.Optional`, "-", false},
		{`import type * as types from "./types";`, `types`, "-", true},
		{`import * as objects from "encore.dev/storage/objects";`, `objects.Uploader & objects.Lister`, "[list write]", true},
		{`import type Chosen from "./types";`, `Chosen`, "-", false},
		{`import type Chosen from "./only2";`, `Chosen`, "-", true},
		{`import type { Known } from "./types";`, `Known`, "-", false},
		{`import type { ReadWriter } from "./only";`, `ReadWriter`, "[read write]", true},
		{`import type { Unknown } from "./only";`, `Unknown`, "-", true},
		{`import { Round } from "./types";`, `Round`, "-", true},
		{`import { Optional } from "./types";`, `Optional`, "-", false},
		{`import { Optional } from "./barreltypes";`, `Optional & {}`, "-", false},
		{`import { Given } from "./types";`, `Given`, "-", true},
		{`import { Other } from "./types";`, `Other`, "-", true},
		{`import { Other } from "zod";`, `Other`, "-", true},
		{``, `void`, "-", false},
		{`type Own = { a?: 1 };`, `Own`, "-", false},
		{``, `string`, "-", true},
	} {
		t.Run(test.written+" "+test.imports, func(t *testing.T) {
			files, m := modules(t, test.imports+" type Written = "+test.written+";")
			got := "-"
			if operations, ok := files.Permissions(m, m.Types["Written"], 0); ok {
				got = fmt.Sprint(operations)
			}
			if got != test.want {
				t.Errorf("permits %s, want %s", got, test.want)
			}
			if required := files.Required(m, m.Types["Written"]); required != test.required {
				t.Errorf("required %v, want %v", required, test.required)
			}
		})
	}
}
