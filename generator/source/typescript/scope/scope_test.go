package scope_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

var language = vocabulary.New([]source.TypeScriptSpelling{{Kind: "topic", Module: "encore.dev/pubsub", Constructors: []string{"Topic"}, Permissions: map[string][]string{"Publisher": {"publish"}}}})

// read reads a.ts, beside which b.ts and c.ts stand, as package extraction goes about it.
func read(t *testing.T, text string) *scope.File {
	t.Helper()
	files := fstest.MapFS{"a.ts": {}, "b.ts": {}, "c.ts": {}}
	tree, err := resolution.FindFiles(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	resolver, err := resolution.New(files, tree)
	if err != nil {
		t.Fatal(err)
	}
	r := scope.Read(language, resolver, "a.ts", text)
	if r.Module.Broken {
		return r
	}
	syntax.Walk(r.Syntax, func(n syntax.Node, ancestors []syntax.Node) bool {
		if call, ok := n.(*syntax.Call); ok {
			r.DynamicImport(call, ancestors)
		}
		return true
	})
	r.ReadAliases()
	r.ReadExports()
	r.ReadTypes()
	return r
}

// describe is what is known of a file's names.
func describe(r *scope.File) string {
	var b strings.Builder
	m := r.Module
	for i := range m.Imports {
		imported := &m.Imports[i]
		fmt.Fprintf(&b, "import %d %s [%s]", i, imported.Name, imported.Module)
		for _, flag := range []struct {
			is   bool
			name string
		}{{imported.Clients, "clients"}, {imported.Types, "types"}, {imported.Dynamic, "dynamic"}, {imported.Runs, "runs"}, {imported.Lazy, "lazy"}} {
			if flag.is {
				b.WriteString(" " + flag.name)
			}
		}
		b.WriteByte('\n')
	}
	for i, name := range m.Names {
		fmt.Fprintf(&b, "name %d %s is %s %d%s\n", i, name.Text, []string{"holder", "import", "name"}[name.Form], name.Source, strings.Join(append([]string{""}, name.Path...), "."))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Exports)) {
		exported := m.Exports[name]
		fmt.Fprintf(&b, "export %s is name %d, import %d, %q\n", name, exported.Local, exported.From, exported.Name)
	}
	for _, star := range m.Stars {
		fmt.Fprintf(&b, "export * of import %d\n", star)
	}
	for _, name := range slices.Sorted(maps.Keys(m.TypeExports)) {
		fmt.Fprintf(&b, "export type %s is %+v\n", name, m.TypeExports[name])
	}
	for _, star := range m.TypeStars {
		fmt.Fprintf(&b, "export type * of import %d\n", star)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Types)) {
		fmt.Fprintf(&b, "type %s %+v\n", name, m.Types[name])
	}
	var roles []string
	for binding, role := range r.Framework {
		roles = append(roles, "framework "+binding.Name+" is "+role.Name+"\n")
	}
	for binding, module := range r.Wholes {
		roles = append(roles, "whole "+binding.Name+" is "+module+"\n")
	}
	slices.Sort(roles)
	return b.String() + strings.Join(roles, "") + sourcetest.Diagnostics(m.Diags)
}

// TestNames: given this file, these are the names that lead somewhere.
func TestNames(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"of the framework", `import { Topic as T } from "encore.dev/pubsub"; import { api, Header, type Gateway } from "encore.dev/api";`, `
import 0 encore.dev/pubsub []
import 1 encore.dev/api []
framework T is Topic
framework api is api
`},
		{"of the framework as a whole", `import * as pubsub from "encore.dev/pubsub"; import type * as api from "encore.dev/api"; import * as zod from "zod";`, `
import 0 encore.dev/pubsub []
import 1 encore.dev/api [] types
import 2 zod []
whole pubsub is encore.dev/pubsub
`},
		{"of other files", `import d, { x, y as z, type T } from "./b"; import * as all from "./c";`, `
import 0 ./b [b.ts]
import 1 ./c [c.ts]
name 0 x is import 0.x
name 1 z is import 0.y
name 2 d is import 0.default
name 3 all is import 1
`},
		{"of nobody's files", `import { x } from "zod"; import "node:fs";`, `
import 0 zod []
import 1 node:fs [] runs
`},
		{"of types", `import type { A } from "./b"; import { type B } from "./c"; import {} from "./b"; import "./c";`, `
import 0 ./b [b.ts] types
import 1 ./c [c.ts] types
import 2 ./b [b.ts]
import 3 ./c [c.ts] runs
`},
		{"of a file that is missing", `import { x } from "./z"; import { y } from "./z"; import type { T } from "./y"; export * from "./x";`, `
import 0 ./z []
import 1 ./z []
import 2 ./y [] types
import 3 ./x [] runs
export * of import 3
warning @a.ts:1:19-24 Missing module
  There is no file that "./z" means. Encore does not build the application without it.
  hint: correct the path; when another tool makes the file, run that before the build
warning @a.ts:1:95-100 Missing module
  There is no file that "./x" means. Encore does not build the application without it.
  hint: correct the path; when another tool makes the file, run that before the build
`},
		{"of clients", `import { users } from "~encore/clients"; import { orders } from "./encore.gen/clients"; const { get } = users;`, `
import 0 ~encore/clients [] clients
import 1 ./encore.gen/clients [] clients
name 0 users is import 0.users
name 1 orders is import 1.orders
name 2 get is name 0.get
`},
		{"aliases", `import * as b from "./b"; const x = b.x, { y: { z }, ...rest } = b, w = z["v"], n = f(b); let m; m = b;`, `
import 0 ./b [b.ts]
name 0 b is import 0
name 1 x is name 0.x
name 2 z is name 0.y.z
name 3 w is name 2.v
`},
		{"imports that run later", `const b = await import("./b"); const f = async () => { const { x } = await import("./c"); }; import(name); import("./b").then(({ y }) => y);`, `
import 0 ./b [b.ts] dynamic runs
import 1 ./c [c.ts] dynamic runs lazy
import 2 ./b [b.ts] dynamic runs
name 0 ./b is import 0
name 1 ./c is import 1
name 2 ./b is import 2
name 3 y is name 2.y
name 4 b is name 0
name 5 x is name 1.x
`},
		{"exports", `import { x } from "./b"; const own = x.y; export { x, own as z }; export default x.w; export const none = 1; export type { T } from "./b"; export type * from "./b"; type I = 1; export { I as J, I };`, `
import 0 ./b [b.ts]
import 1 ./b [b.ts] types
import 2 ./b [b.ts] types
name 0 x is import 0.x
name 1 own is name 0.y
name 2 default is name 0.w
export default is name 2, import -1, ""
export x is name 0, import -1, ""
export z is name 1, import -1, ""
export type J is {Source:-1 Path:[I]}
export type T is {Source:1 Path:[T]}
export type x is {Source:0 Path:[x]}
export type * of import 2
type I {Parts:[] Other:true Required:true}
`},
		{"exports of others", `export { a, b as c } from "./b"; export * from "./c"; export * as all from "./b"; export { default } from "./c";`, `
import 0 ./b [b.ts] runs
import 1 ./b [b.ts] runs
import 2 ./c [c.ts] runs
import 3 ./b [b.ts] runs
import 4 ./c [c.ts] runs
export a is name -1, import 0, "a"
export all is name -1, import 3, "*"
export c is name -1, import 1, "b"
export default is name -1, import 4, "default"
export * of import 2
`},
		{"types that are made of others", `import { Publisher as P } from "encore.dev/pubsub"; import type { X } from "./b"; import * as c from "./c"; interface A extends X { a?: string; b(): void } interface A { c: string } interface O { o?: string; [key: string]: string } type B = P & X; type C = A | undefined; type D = (void); type E = Partial<A>; type F = { f: 1 }; type G = c.Y; type H = string; type I = X[]; interface K { a: string } interface K { b?: string }`, `
import 0 encore.dev/pubsub []
import 1 ./b [b.ts] types
import 2 ./c [c.ts]
name 0 c is import 2
type A {Parts:[{Source:1 Path:[X]}] Other:true Required:true}
type B {Parts:[{Source:0 Path:[Publisher]} {Source:1 Path:[X]}] Other:false Required:false}
type C {Parts:[{Source:-1 Path:[A]}] Other:true Required:false}
type D {Parts:[] Other:false Required:false}
type E {Parts:[] Other:true Required:false}
type F {Parts:[] Other:true Required:true}
type G {Parts:[{Source:2 Path:[Y]}] Other:false Required:false}
type H {Parts:[] Other:true Required:true}
type I {Parts:[] Other:true Required:true}
type K {Parts:[] Other:true Required:true}
type O {Parts:[] Other:true Required:false}
`},
		{"no TypeScript", "const ü = ;", `
error @a.ts:1:11-12 Invalid TypeScript
  The file cannot be read: expected an expression, found ";".
  hint: correct the syntax; the TypeScript compiler reports the same place
`},
		{"a large file that was not downloaded", "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 1\n", `
error @a.ts:1:1-1 Pointer of Git LFS
  In place of a.ts there is the pointer that Git LFS keeps until the content is fetched.
  hint: git lfs pull
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(strings.TrimPrefix(test.want, "\n"), describe(read(t, test.text))); d != "" {
				t.Error(d)
			}
		})
	}
}
