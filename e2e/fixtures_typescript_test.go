//go:build validate

package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestI1_TypeScriptFixturesCompile has the TypeScript compiler check every TypeScript fixture, strictly, against the shapes of
// Encore's API in testdata/typescript/encore.
func TestI1_TypeScriptFixturesCompile(t *testing.T) {
	files, err := filepath.Glob("../fixtures/*/encore.app")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range files {
		folder := filepath.Dir(file)
		if _, err := os.Stat(filepath.Join(folder, "package.json")); err != nil {
			continue
		}
		checked++
		t.Run(filepath.Base(folder), func(t *testing.T) {
			if output, err := compileTypeScript(t, folder); err != nil {
				t.Errorf("%v\n%s", err, output)
			}
		})
	}
	if checked == 0 {
		t.Fatal("no TypeScript fixture")
	}
}

// TestI1_TypeScriptFixturesCompileNotices shows that a fixture that is wrong fails: in Encore's API, in a call of another
// service, and in what an auth handler gives.
func TestI1_TypeScriptFixturesCompileNotices(t *testing.T) {
	for code, want := range map[string]string{
		`await files.listAll();`:              "Property 'listAll' does not exist",
		`await placed.publish({ order: 3 });`: "Type 'number' is not assignable to type 'string'",
		`await b.price({ name: 3 });`:         "Type 'number' is not assignable to type 'string'",
		`await b.cost({ name: "x" });`:        "Property 'cost' does not exist",
		`getAuthData()!.role.toFixed();`:      "Property 'toFixed' does not exist",
		`const n: number = (await b.price({ name: "x" })).cents; await placed.publish({ order: getAuthData()!.role + n });`: "",
	} {
		folder := t.TempDir()
		for name, text := range map[string]string{
			"encore.app":   `{"lang": "typescript"}`,
			"package.json": `{"type": "module"}`,
			"a/a.ts": `import { api, Gateway } from "encore.dev/api";
import { authHandler } from "encore.dev/auth";
import { Topic } from "encore.dev/pubsub";
import { Bucket } from "encore.dev/storage/objects";
import { getAuthData } from "~encore/auth";
import { b } from "~encore/clients";

const files = new Bucket("files");
const placed = new Topic<{ order: string }>("placed", { deliveryGuarantee: "at-least-once" });
export const auth = authHandler(async (p: { token: string }): Promise<{ userID: string; role: string }> => ({ userID: p.token, role: "" }));
export const gateway = new Gateway({ authHandler: auth });
export const run = api({}, async (): Promise<void> => { ` + code + ` });
`,
			"b/encore.service.ts": `import { Service } from "encore.dev/service"; export default new Service("b");`,
			"b/b.ts":              `import { api } from "encore.dev/api"; export const price = api({}, async (p: { name: string }): Promise<{ cents: number }> => ({ cents: p.name.length }));`,
		} {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		output, err := compileTypeScript(t, folder)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(output, want)) {
			t.Errorf("%s: %v\n%s", code, err, output)
		}
	}
}

// compileTypeScript checks the types of an application, with the modules that Encore generates from it made from its source.
func compileTypeScript(t *testing.T, folder string) (output string, err error) {
	t.Helper()
	root, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	shapes, err := filepath.Abs("testdata/typescript/encore")
	if err != nil {
		t.Fatal(err)
	}
	compiler, err := filepath.Abs("../.tools/typescript/node_modules/typescript/bin/tsc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(compiler); err != nil {
		t.Fatalf("the TypeScript compiler is missing: run tools/setup (%v)", err)
	}
	generated := t.TempDir()
	generateModules(t, root, generated)
	paths := map[string][]string{"~encore/*": {generated + "/*"}, "@/*": {root + "/*"}}
	config, err := json.Marshal(map[string]any{
		"compilerOptions": map[string]any{
			"target": "ES2022", "module": "ES2022", "moduleResolution": "bundler", "lib": []string{"ES2022", "ESNext.Disposable", "DOM"},
			"strict": true, "noEmit": true, "skipLibCheck": false, "types": []string{}, "jsx": "preserve", "allowImportingTsExtensions": true, "paths": paths,
		},
		"include": []string{root + "/**/*.ts", root + "/**/*.tsx", shapes + "/*.d.ts", generated + "/packages.d.ts"},
		"exclude": []string{root + "/**/node_modules", root + "/infra"},
	})
	if err != nil {
		t.Fatal(err)
	}
	project := filepath.Join(generated, "tsconfig.json")
	if err := os.WriteFile(project, config, 0o600); err != nil {
		t.Fatal(err)
	}
	combined, err := exec.CommandContext(t.Context(), "node", compiler, "--pretty", "false", "-p", project).CombinedOutput()
	return string(combined), err
}

var (
	handlerDeclared = regexp.MustCompile(`(?m)^export const (\w+) = authHandler\b`)
	// packageImported matches the import of somebody's package: no path, and nothing of Encore's or Node's.
	packageImported = regexp.MustCompile(`(?m)(?:from|import)\s*\(?["']([a-z@][^"':]*)["']`)
	serviceDeclared = regexp.MustCompile(`new Service\(\s*["']([^"']+)["']`)
)

// generateModules writes ~encore/clients and ~encore/auth: a client has the endpoints of its service, which stand in the
// service's folder under the names they are exported by. Packages of others, which are not installed, may be anything.
func generateModules(t *testing.T, root, out string) {
	t.Helper()
	files, services := map[string][]string{}, map[string]string{} // by folder
	auth, packages := "export {};\n", map[string]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "infra") {
			if err == nil {
				err = fs.SkipDir
			}
			return err
		}
		if filepath.Ext(path) != ".ts" || strings.HasSuffix(path, ".d.ts") || strings.HasSuffix(path, ".test.ts") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range packageImported.FindAllSubmatch(text, -1) {
			if name := string(found[1]); name != "http" && !strings.HasPrefix(name, "encore.dev") && !strings.HasPrefix(name, "@/") {
				packages[name] = true
			}
		}
		if found := serviceDeclared.FindSubmatch(text); found != nil && entry.Name() == "encore.service.ts" {
			services[filepath.Dir(path)] = string(found[1])
			return nil
		}
		if bytes.Contains(text, []byte("encore.dev/api")) {
			files[filepath.Dir(path)] = append(files[filepath.Dir(path)], path)
			if _, declared := services[filepath.Dir(path)]; !declared {
				services[filepath.Dir(path)] = ""
			}
		}
		if found := handlerDeclared.FindSubmatch(text); found != nil {
			auth = fmt.Sprintf("import type { AuthHandler } from \"encore.dev/auth\";\nimport type { %[1]s } from %[2]q;\n"+
				"type Data = typeof %[1]s extends AuthHandler<any, infer D> ? D : never;\nexport type AuthData = Data;\nexport declare function getAuthData(): Data | null;\n",
				found[1], strings.TrimSuffix(path, ".ts"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	clients := "export {};\n"
	var folders []string
	for folder := range services {
		folders = append(folders, folder)
	}
	slices.Sort(folders)
	for n, folder := range folders {
		name := services[folder]
		if name == "" && serviceAround(services, folder) {
			continue // its files are of the service around it
		}
		if name == "" {
			name = filepath.Base(folder)
		}
		text := "export {};\n"
		for inside, list := range files {
			if inside != folder && (!strings.HasPrefix(inside, folder+string(filepath.Separator)) || services[inside] != "") {
				continue
			}
			for _, file := range list {
				text += fmt.Sprintf("export * from %q;\n", strings.TrimSuffix(file, ".ts"))
			}
		}
		writeText(t, filepath.Join(out, fmt.Sprintf("client%d.d.ts", n)), text)
		if regexp.MustCompile(`^[A-Za-z_]\w*$`).MatchString(name) {
			clients += fmt.Sprintf("export * as %s from \"./client%d\";\n", name, n)
		}
	}
	others := ""
	for name := range packages {
		others += fmt.Sprintf("declare module %q;\n", name)
	}
	writeText(t, filepath.Join(out, "packages.d.ts"), others)
	writeText(t, filepath.Join(out, "clients.d.ts"), clients)
	writeText(t, filepath.Join(out, "auth.d.ts"), auth)
}

// serviceAround reports whether a folder lies within a service that is declared.
func serviceAround(services map[string]string, folder string) bool {
	for up := filepath.Dir(folder); up != filepath.Dir(up); up = filepath.Dir(up) {
		if services[up] != "" {
			return true
		}
	}
	return false
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
