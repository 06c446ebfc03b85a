package generator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/resolution"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/modules"
)

// TestF5_RulesOfGatewaysDoNotCollide: when another process becomes the gateway, its listener rule is made while that of
// the old one is still there, and AWS refuses two of one priority.
func TestF5_RulesOfGatewaysDoNotCollide(t *testing.T) {
	taken := map[int64]string{}
	forEachProcess(t, "F5", func(t *testing.T, _ *app.App, _ environment.Environment, process environment.Process, call map[string]cty.Value) {
		if !process.Gateway {
			return
		}
		priority, _ := call["routes"].AsValueMap()["gateway"].GetAttr("priority").AsBigFloat().Int64()
		if priority < 2 || priority > 50000 {
			t.Errorf("priority %d: AWS knows 1 to 50000, and 1 is taken", priority)
		}
		if other, ok := taken[priority]; ok && other != process.Name {
			t.Errorf("gateways %s and %s share the priority %d", other, process.Name, priority)
		}
		taken[priority] = process.Name
	})
	if len(taken) < 2 {
		t.Errorf("the fixtures have %d names of gateways: too few to tell", len(taken))
	}
}

// TestF3_CallersMayBeLate: after it has left its name in Cloud Map a task is called for as long as the record lives, 10
// seconds, and for what the change of the record takes. Encore's runtimes refuse connections from their signal on. Workers and
// jobs have no name and no callers.
func TestF3_CallersMayBeLate(t *testing.T) {
	for _, fixture := range fixtureNames(t) {
		root := filepath.Join(fixtures, fixture)
		_, environments, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
		if err != nil || diags.HasErrors() {
			t.Fatal(err, diags)
		}
		for _, env := range environments {
			for _, process := range env.Processes {
				if !process.Worker && !process.Job && process.DrainSeconds < 15 {
					t.Errorf("%s %s %s goes on accepting requests for %d seconds", fixture, env.Name, process.Name, process.DrainSeconds)
				}
			}
		}
	}
	for stop := 10; stop <= 115; stop++ {
		if total := kinds.ShutdownTotal(stop); total < 5 || total+5 > stop {
			t.Errorf("stop timeout %d leaves the runtime %d seconds", stop, total)
		}
	}
}

// TestF3_TheTimelineHasTheNumbersOfTheModule holds the table of docs/deployments.md against what is generated.
func TestF3_TheTimelineHasTheNumbersOfTheModule(t *testing.T) {
	text, err := os.ReadFile("../docs/deployments.md")
	if err != nil {
		t.Fatal(err)
	}
	file, diags := table.Parse(environment.Filename, []byte("environment \"production\" {}\n"))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	environments, diags := resolution.Resolve(file, plain("orders"))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	task := environments[0].Processes[0].Task
	if drain, stop := modules.MemberDefault("fargate-service", "shutdown", "drain_seconds"), modules.MemberDefault("fargate-service", "shutdown", "stop_timeout_seconds"); drain != fmt.Sprint(task.DrainSeconds) || stop != fmt.Sprint(task.StopTimeoutSeconds) {
		t.Errorf("the module drains %s seconds and stops in %s, the settings say %d and %d", drain, stop, task.DrainSeconds, task.StopTimeoutSeconds)
	}
	for name, seconds := range map[string]int{
		"drain": task.DrainSeconds, "stop timeout": task.StopTimeoutSeconds, "runtime's deadline": kinds.ShutdownTotal(task.StopTimeoutSeconds),
		"deregistration delay": task.DrainSeconds + task.StopTimeoutSeconds,
	} {
		if row := fmt.Sprintf("\n| %s | %d | ", name, seconds); !strings.Contains(string(text), row) {
			t.Errorf("docs/deployments.md lacks the row %q", row)
		}
	}
	for second, what := range map[int]string{
		task.DrainSeconds: "`probe` has ended; signals `app`", task.DrainSeconds + task.StopTimeoutSeconds: "kills `app`",
		task.DrainSeconds + kinds.ShutdownTotal(task.StopTimeoutSeconds): "| | ends | ends, with status 1",
	} {
		if row := fmt.Sprintf("\n| %d | ", second); !strings.Contains(string(text), row) || !strings.Contains(string(text), what) {
			t.Errorf("docs/deployments.md has no second %d: %s", second, what)
		}
	}
}

// TestD2_ReadmeMakesRolesWhereTheyAreUsed holds the SQL of infra/README.md against the uses: a role on each server it
// logs in to, and on no other.
func TestD2_ReadmeMakesRolesWhereTheyAreUsed(t *testing.T) {
	root := filepath.Join(fixtures, "ledger")
	output, environments, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	sections := map[string]string{}
	for _, section := range strings.Split(string(output.Files["README.md"]), "\nOn server `")[1:] {
		name, text, _ := strings.Cut(section, "`")
		text, _, _ = strings.Cut(text, "\nBuild the image")
		sections[name] = text
	}
	want := map[string][]string{"main": {"books"}, "audit": {"books", "edge"}}
	if len(sections) != len(want) {
		t.Fatalf("servers %v", sections)
	}
	for server, processes := range want {
		for _, process := range environments[0].Processes {
			made := strings.Contains(sections[server], `CREATE ROLE "`+database.RoleName(process.Name)+`"`)
			if made != slices.Contains(processes, process.Name) {
				t.Errorf("role of %s on server %s: %v", process.Name, server, made)
			}
		}
	}
}

// TestI4_ContainersMayMakeTheirTables: since PostgreSQL 15 a role makes no table in the schema public unless it is let. Nobody but a
// container makes those of a database without migrations.
func TestI4_ContainersMayMakeTheirTables(t *testing.T) {
	page := string(generate(t, "webshop").Files["README.md"])
	for _, want := range []string{
		"GRANT USAGE, CREATE ON SCHEMA public TO \"svc_orders\";\n",
		"ALTER DEFAULT PRIVILEGES FOR ROLE \"svc_orders\" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \"svc_backoffice\";\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("a container cannot make its tables, or use those of others: no %s", want)
		}
	}
	if encore := string(generate(t, "shop").Files["README.md"]); strings.Contains(encore, "CREATE ON SCHEMA") || !strings.Contains(encore, "GRANT USAGE ON SCHEMA public") {
		t.Error("a process may make tables where migrations do")
	}
	root := t.TempDir()
	put(t, filepath.Join(root, "groundplan.app.hcl"), "app \"shop\" {}\n\ndatabase \"orders\" {\n  migrations = \"./migrations\"\n}\n\nservice \"orders\" {\n  uses {\n    databases = [\"orders\"]\n  }\n}\n")
	if err := os.Mkdir(filepath.Join(root, "migrations"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(root, "migrations", "1_first.up.sql"), "CREATE TABLE a ();\n")
	output, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	if strings.Contains(string(output.Files["README.md"]), "CREATE ON SCHEMA") {
		t.Error("a container may make tables though migrations make them")
	}
}
