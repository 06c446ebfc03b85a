package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkGenerateTypeScript measures whole processes on a grown TypeScript application: 29 services, 435 files of 200
// lines.
func BenchmarkGenerateTypeScript(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "groundplan")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	root := filepath.Join(b.TempDir(), "app")
	writeTypeScriptApplication(b, root, 29, 15, 200)
	for _, verb := range [][]string{{"inspect", "--app", root, "--format", "json"}, {"generate", "--app", root}} {
		b.Run("87k_lines/"+verb[0], func(b *testing.B) {
			peak := int64(0)
			for range b.N {
				if verb[0] == "generate" {
					b.StopTimer()
					if err := os.RemoveAll(filepath.Join(root, "infra")); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
				peak = max(peak, runOnce(b, binary, verb))
			}
			b.ReportMetric(float64(peak)/1024, "MB/process")
		})
	}
}

// writeTypeScriptApplication writes an Encore TypeScript application: every service has a database, a secret,
// endpoints, calls of the service before it, and files of plain code.
func writeTypeScriptApplication(b *testing.B, root string, services, files, lines int) {
	b.Helper()
	put := func(name, content string) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	put("encore.app", `{"id": "bench", "lang": "typescript"}`)
	for s := range services {
		name := fmt.Sprintf("service%d", s)
		put(name+"/migrations/1_init.up.sql", "CREATE TABLE t (id BIGINT);\n")
		put(name+"/encore.service.ts", fmt.Sprintf("import { Service } from \"encore.dev/service\";\n\nexport default new Service(%q);\n", name))
		put(name+"/service.ts", padTypeScript(typeScriptService(s), lines))
		for f := 1; f < files; f++ {
			put(fmt.Sprintf("%s/file%d.ts", name, f), padTypeScript("import { db } from \"./service\";\n\nexport const find = (id: string) => db.queryRow`SELECT ${id}`;\n", lines))
		}
	}
}

func typeScriptService(s int) string {
	called, call := "", ""
	if s > 0 {
		called = fmt.Sprintf("import { service%d } from \"~encore/clients\";\n", s-1)
		call = fmt.Sprintf("  await service%d.work();\n", s-1)
	}
	return fmt.Sprintf(`import { api } from "encore.dev/api";
import { secret } from "encore.dev/config";
import { SQLDatabase } from "encore.dev/storage/sqldb";
%[2]s
export const db = new SQLDatabase("db%[1]d", { migrations: "./migrations" });
const key = secret("Key%[1]d");

export const get = api({ expose: true, method: "GET", path: "/service%[1]d/:id" }, async ({ id }: { id: string }): Promise<void> => {
%[3]s  await db.exec`+"`SELECT ${id}`"+`;
});

export const work = api({}, async (): Promise<void> => {
  console.log(key().length);
});
`, s, called, call)
}

// padTypeScript fills a file up with functions of ordinary code.
func padTypeScript(text string, lines int) string {
	var out strings.Builder
	out.WriteString(text)
	const each = 9 // lines of one function and the blank one before it
	for n := strings.Count(text, "\n"); n+each <= lines; n += each {
		fmt.Fprintf(&out, `
export function plain%d(items: Map<string, number[]>, limit = 10): number {
  let total = 0;
  for (const [name, values] of items) {
    for (const [i, value] of values.entries()) total += name.length * i + value;
  }
  return total > limit ? total : limit;
}
`, n)
	}
	return out.String()
}
