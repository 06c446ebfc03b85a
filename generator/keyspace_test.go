package generator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator"
)

// TestC1_KeyspacesOfOthersInTypeScript: a service that uses the keyspace of another one, beside its own, may use its keys.
func TestC1_KeyspacesOfOthersInTypeScript(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"encore.app":          `{"id": "keys", "lang": "typescript"}`,
		"a/encore.service.ts": "import { Service } from \"encore.dev/service\";\nexport default new Service(\"a\");\n",
		"b/encore.service.ts": "import { Service } from \"encore.dev/service\";\nexport default new Service(\"b\");\n",
		"a/a.ts": `import { CacheCluster, StringKeyspace } from "encore.dev/storage/cache";
import { api } from "encore.dev/api";
export const cluster = new CacheCluster("main", { evictionPolicy: "allkeys-lru" });
export const space = new StringKeyspace<string>(cluster, { keyPattern: "a/:key" });
export const x = api({ expose: false }, async () => { await space.get("1"); });
`,
		"b/b.ts": `import { StringKeyspace } from "encore.dev/storage/cache";
import { api } from "encore.dev/api";
import { cluster, space } from "../a/a";
const mine = new StringKeyspace<string>(cluster, { keyPattern: "b/:key" });
export const y = api({ expose: false }, async () => { await space.get("1"); await mine.get("2"); });
`,
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	output, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	text := strings.Join(strings.Fields(string(output.Files["production/platform/caches.tf"])), " ")
	for _, want := range []string{`a = { keys = ["a/*"] }`, `b = { keys = ["a/*", "b/*"] }`} {
		if !strings.Contains(text, want) {
			t.Errorf("the cache lacks %s:\n%s", want, text)
		}
	}
}
