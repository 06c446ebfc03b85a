package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The sizes of docs/performance.md: a small application, a large one, and the largest anybody is expected to have.
var sizes = []struct {
	name                   string
	services, files, lines int // files per service, lines per file
}{
	{"5k_lines", 5, 5, 200},
	{"110k_lines", 22, 25, 200},
	{"250k_lines_250_services", 250, 5, 200},
	{"1M_lines_500_services", 500, 10, 200},
}

// BenchmarkGenerate measures whole processes, from start to exit: reading and generating into an empty folder.
// MB/process is the peak resident memory.
func BenchmarkGenerate(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "groundplan")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			root := filepath.Join(b.TempDir(), "app")
			writeApplication(b, root, size.services, size.files, size.lines)
			for _, verb := range [][]string{{"inspect", "--app", root, "--format", "json"}, {"generate", "--app", root}, {"generate", "--app", root, "--check"}} {
				name := strings.Join(append(verb[:1:1], verb[3:]...), " ")
				b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
					peak := int64(0)
					for range b.N {
						if verb[0] == "generate" && len(verb) == 3 {
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
		})
	}
}

// runOnce runs the binary and returns its peak resident memory in KiB.
func runOnce(b *testing.B, binary string, args []string) int64 {
	b.Helper()
	command := exec.Command(binary, args...)
	var stderr strings.Builder
	command.Stderr = &stderr
	if err := command.Run(); err != nil {
		b.Fatalf("%v\n%s", err, stderr.String())
	}
	return peakMemory(command.ProcessState)
}

// writeApplication writes an Encore Go application: every service has a database, a secret, endpoints, calls to the
// service before it, and files of plain code.
func writeApplication(b *testing.B, root string, services, files, lines int) {
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
	put("encore.app", `{"id": "bench"}`)
	put("go.mod", "module bench\n\ngo 1.24\n")
	for s := range services {
		name := fmt.Sprintf("service%d", s)
		put(name+"/migrations/1_init.up.sql", "CREATE TABLE t (id BIGINT);\n")
		put(name+"/service.go", pad(serviceFile(s), lines))
		for f := 1; f < files; f++ {
			put(fmt.Sprintf("%s/file%d.go", name, f), pad(fmt.Sprintf("package %s\n\nimport \"context\"\n", name), lines))
		}
	}
}

func serviceFile(s int) string {
	called, call := "", ""
	if s > 0 {
		called = fmt.Sprintf("\n\t\"bench/service%d\"\n", s-1)
		call = fmt.Sprintf("\tif err := service%d.Do(ctx); err != nil {\n\t\treturn err\n\t}\n", s-1)
	}
	return fmt.Sprintf(`package service%[1]d

import (
	"context"

	"encore.dev/storage/sqldb"
%[2]s)

var db = sqldb.NewDatabase("db%[1]d", sqldb.DatabaseConfig{Migrations: "./migrations"})

var secrets struct {
	Key%[1]d string
}

//encore:api public method=GET path=/service%[1]d/:id
func Get(ctx context.Context, id string) error {
%[3]s	_, err := db.Exec(ctx, "SELECT 1")
	return err
}

//encore:api private
func Do(ctx context.Context) error {
	return use(secrets.Key%[1]d)
}

func use(string) error { return nil }
`, s, called, call)
}

// pad fills a file up with functions of ordinary code.
func pad(text string, lines int) string {
	var out strings.Builder
	out.WriteString(text)
	const each = 9 // lines of one function and the blank one before it
	for n := strings.Count(text, "\n"); n+each <= lines; n += each {
		fmt.Fprintf(&out, `
func plain%d(ctx context.Context, items map[string][]int) (total int, err error) {
	for name, values := range items {
		for i, value := range values {
			total += len(name)*i + value
		}
	}
	return total, nil
}
`, n)
	}
	return out.String()
}
