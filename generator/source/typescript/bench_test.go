package typescript

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeSyntheticTypeScript writes an application of services with five files of 200 lines each: a database, a topic, a
// subscription and a secret per service, 20 endpoints, calls of the next service, a shared module everybody imports.
func writeSyntheticTypeScript(tb testing.TB, root string, services int) (bytes int) {
	tb.Helper()
	write := func(name, text string) {
		bytes += len(text)
		full := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	write("encore.app", `{"id": "synthetic", "lang": "typescript"}`)
	write("shared/shared.ts", "export function clamp(n: number): number {\n  return Math.max(0, n);\n}\n")
	for i := range services {
		name, next := fmt.Sprintf("svc%d", i), fmt.Sprintf("svc%d", (i+1)%services)
		write(name+"/encore.service.ts", fmt.Sprintf("import { Service } from \"encore.dev/service\";\n\nexport default new Service(%q);\n", name))
		var b strings.Builder
		fmt.Fprintf(&b, `import { secret } from "encore.dev/config";
import { Subscription, Topic } from "encore.dev/pubsub";
import { SQLDatabase } from "encore.dev/storage/sqldb";

export interface Event {
  id: string;
  count: number;
}

export const db = new SQLDatabase("%[1]s");
export const events = new Topic<Event>("%[1]s-events", { deliveryGuarantee: "at-least-once" });
const key = secret("Key%[2]d");

const _ = new Subscription(events, "store", {
  handler: async (event) => {
    await db.exec`+"`INSERT INTO t (id, key) VALUES (${event.id}, ${key()})`"+`;
  },
});
`, name, i)
		syntheticTypeScriptFiller(&b, 200)
		write(name+"/infra.ts", b.String())
		for file := range 4 {
			write(fmt.Sprintf("%s/api%d.ts", name, file), syntheticTypeScriptEndpoints(next, file))
		}
	}
	return bytes
}

func syntheticTypeScriptEndpoints(next string, file int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `import { api } from "encore.dev/api";
import { %s as next } from "~encore/clients";
import { clamp } from "../shared/shared";
import { db, events, type Event } from "./infra";
`, next)
	for i := range 5 {
		fmt.Fprintf(&b, `
export const list%[1]d%[2]d = api(
  { expose: true, method: "GET", path: "/%[1]d/%[2]d/:id" },
  async ({ id, limit }: { id: string; limit?: number }): Promise<{ items: Event[] }> => {
    const items: Event[] = [];
    for await (const row of db.query<Event>`+"`SELECT id, count FROM t WHERE id = ${id} LIMIT ${clamp(limit ?? 10)}`"+`) {
      items.push({ ...row, count: row.count < 0 ? 0 : row.count });
    }
    if (items.length > 0) {
      await events.publish({ id, count: items.length });
      await next.list%[1]d%[2]d({ id });
    }
    return { items: items.filter((item) => item.count > 0).map((item) => ({ ...item, id: item.id.trim() })) };
  },
);
`, file, i)
	}
	syntheticTypeScriptFiller(&b, 200)
	return b.String()
}

// syntheticTypeScriptFiller adds plain code until the file has the wanted number of lines.
func syntheticTypeScriptFiller(b *strings.Builder, lines int) {
	for i := 0; strings.Count(b.String(), "\n")+11 <= lines; i++ {
		fmt.Fprintf(b, `
function helper%d<T extends { value: number }>(values: T[], limit = 10): number {
  let total = 0;
  for (const [index, item] of values.entries()) {
    if (item.value > limit || index %% 2 === 0) continue;
    total += item.value * index - limit; // what is left over
  }
  console.log(`+"`total of ${values.length}: ${total}`"+`, /^[a-z]+$/.test("abc"), { total, limit });
  return total / Math.max(1, values.length);
}
`, i)
	}
	for strings.Count(b.String(), "\n") < lines {
		b.WriteString("// This line is here for its length, as comments in real code are.\n")
	}
}

// BenchmarkTypeScriptReader reads applications of 25 and of 1,000 files of 200 lines.
func BenchmarkTypeScriptReader(b *testing.B) {
	for _, services := range []int{5, 200} {
		b.Run(fmt.Sprintf("services=%d", services), func(b *testing.B) {
			root := b.TempDir()
			b.SetBytes(int64(writeSyntheticTypeScript(b, root, services)))
			b.ReportAllocs()
			for b.Loop() {
				application, diags, err := Read(root, testSpellings)
				if err != nil || diags.HasErrors() {
					b.Fatal(err, diags)
				}
				if len(application.Services) != services || len(application.Calls) != services*20 {
					b.Fatalf("%d services and %d calls, want %d", len(application.Services), len(application.Calls), services)
				}
			}
		})
	}
}
