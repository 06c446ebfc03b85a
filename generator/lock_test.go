package generator_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/output"
)

// generateOver generates a fixture into a folder as `groundplan generate` does, and returns what changed there.
func generateOver(t *testing.T, fixture, out string) (*generator.Output, []output.Change) {
	t.Helper()
	result, _, diags, err := generator.FromSource(generator.Options{Root: filepath.Join(fixtures, fixture), Out: out, Metadata: metadataOf(t, fixture)})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	changes, err := result.Write(out, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result, changes
}

// fixturesOfVersion1 have a lock of version 1 in testdata/locks, as that version wrote it for the golden folder; the sums of
// files and modules are left out there, which says no more than that they may be edited.
func fixturesOfVersion1(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/locks/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no locks", err)
	}
	for i := range names {
		names[i] = strings.TrimSuffix(filepath.Base(names[i]), ".json")
	}
	return names
}

// TestG2_LocksOfVersion1 takes over a folder that the version before wrote: the code stays as it is, the lock changes once, and
// then has what it had.
func TestG2_LocksOfVersion1(t *testing.T) {
	for _, fixture := range fixturesOfVersion1(t) {
		t.Run(fixture, func(t *testing.T) {
			dir := t.TempDir()
			generateOver(t, fixture, dir)
			fresh := readLock(t, dir)
			old, err := os.ReadFile(filepath.Join("testdata", "locks", fixture+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, output.LockName), old, 0o644); err != nil {
				t.Fatal(err)
			}
			before := readLock(t, dir)
			// Labels of keyspaces were in no code, and nothing has them any more.
			maps.DeleteFunc(before.Labels, func(id, _ string) bool { return strings.HasPrefix(id, "keyspace ") })
			if _, changes := generateOver(t, fixture, dir); len(changes) != 1 || changes[0].Path != output.LockName {
				t.Errorf("the takeover changes %v", pathsOf(changes))
			}
			later := readLock(t, dir)
			if d := cmp.Diff(fresh, later); d != "" {
				t.Errorf("not what a first run writes: %s", d)
			}
			for name, parts := range map[string][2]any{
				"app": {before.App, later.App}, "addresses": {before.Addresses, later.Addresses}, "labels": {before.Labels, later.Labels}, "cidrs": {before.CIDRs, later.CIDRs},
				"holdings": {before.Holdings, later.Holdings}, "priorities": {before.Priorities, later.Priorities}, "moved": {before.Moved, later.Moved}, "forgotten": {before.Forgotten, later.Forgotten},
			} {
				if d := cmp.Diff(parts[0], parts[1], cmpopts.EquateEmpty()); d != "" {
					t.Errorf("%s are lost: %s", name, d)
				}
			}
			if _, changes := generateOver(t, fixture, dir); len(changes) > 0 {
				t.Errorf("a second run changes %v", pathsOf(changes))
			}
		})
	}
}

// TestG2_GrantsOfVersion1: what a lock of version 1 granted is kept where a first run would grant something else.
func TestG2_GrantsOfVersion1(t *testing.T) {
	granted := strings.NewReplacer(`"10.7.`, `"10.9.`, `"17606"`, `"17607"`, `"module.bucket_invoices"`, `"module.bucket_invoices_of_old"`, `"module.service_orders"`, `"module.service_orders_of_old"`,
		`"module.database_password_orders"`, `"module.database_password_orders_of_old"`)
	old, err := os.ReadFile("testdata/locks/webshop.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, output.LockName), []byte(granted.Replace(string(old))), 0o644); err != nil {
		t.Fatal(err)
	}
	result, _ := generateOver(t, "webshop", dir)
	lock := readLock(t, dir)
	if lock.CIDRs["production"] != "10.9.0.0/16" || lock.Priorities["production"][17607] != "backoffice" || lock.Priorities["production"][17606] != "" ||
		lock.Addresses["production/platform"]["bucket invoices"] != "module.bucket_invoices_of_old" || lock.Addresses["production/services"]["process orders"] != "module.service_orders_of_old" {
		t.Errorf("granted anew: %v %v %v", lock.CIDRs, lock.Priorities, lock.Addresses)
	}
	for path := range result.Files {
		if strings.HasSuffix(path, "moved.tf") {
			t.Errorf("%s:\n%s", path, result.Files[path])
		}
	}
}

// TestG2_LocksBeforeWhatIsOptional takes over a lock of this version that lacks what blueprints have been told since.
func TestG2_LocksBeforeWhatIsOptional(t *testing.T) {
	since := []string{
		"alarms", "alias", "cpu_percent", "engine_version", "exec", "fifo", "instance_class", "instances", "log_groups", "memory_percent", "messages_per_task", "node_type", "on_demand",
		"outputs", "recovery_days", "scales_on", "spot_percent",
	}
	dir := t.TempDir()
	generateOver(t, "webshop", dir)
	path := filepath.Join(dir, output.LockName)
	fresh, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var lock map[string]any
	if err := json.Unmarshal(fresh, &lock); err != nil {
		t.Fatal(err)
	}
	withoutKeys(lock["environments"], since)
	old, err := json.Marshal(lock)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if read := readLock(t, dir); len(read.Addresses) == 0 || read.Environments[0].Stacks[0].Outputs != nil || read.Environments[0].Workloads[0].CPUPercent != 0 {
		t.Error("the older lock is not one, or is not read")
	}
	if _, changes := generateOver(t, "webshop", dir); len(changes) != 1 || changes[0].Path != output.LockName {
		t.Errorf("the takeover changes %v", pathsOf(changes))
	}
	if again, err := os.ReadFile(path); err != nil || string(again) != string(fresh) {
		t.Errorf("not what a first run writes: %s %v", cmp.Diff(string(fresh), string(again)), err)
	}
}

// withoutKeys takes keys out of all objects in a value.
func withoutKeys(v any, keys []string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			withoutKeys(item, keys)
		}
	case map[string]any:
		maps.DeleteFunc(v, func(key string, _ any) bool { return slices.Contains(keys, key) })
		for _, item := range v {
			withoutKeys(item, keys)
		}
	}
}

func readLock(t *testing.T, dir string) *output.Lock {
	t.Helper()
	lock, err := output.ReadLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	return lock
}

func pathsOf(changes []output.Change) []string {
	var list []string
	for _, change := range changes {
		list = append(list, change.Action+" "+change.Path)
	}
	return list
}

// TestG1_Blueprint records what drivers are told of each fixture, beside its golden folder, without hashes. The lock keeps it
// whole, but for the quotas.
func TestG1_Blueprint(t *testing.T) {
	for _, fixture := range fixtureNames(t) {
		t.Run(fixture, func(t *testing.T) {
			result := generate(t, fixture)
			dir := t.TempDir()
			if _, err := result.Write(dir, false, nil); err != nil {
				t.Fatal(err)
			}
			kept := readLock(t, dir)
			if d := cmp.Diff(*result.Blueprint, kept.Blueprint, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(blueprint.Environment{}, "Quotas")); d != "" {
				t.Errorf("the lock keeps another blueprint: %s", d)
			}
			shown := *result.Blueprint
			shown.Files, shown.Modules = nil, nil
			got := string((&output.Lock{Blueprint: shown}).Bytes())
			if d := diffRecorded(t, filepath.Join(golden, fixture, "blueprint.json"), got); d != "" && twins[fixture] == "" {
				t.Error(d)
			}
		})
	}
}

// diffRecorded compares a text with a file, which -update writes.
func diffRecorded(t *testing.T, path, got string) string {
	t.Helper()
	if _, twin := twins[filepath.Base(filepath.Dir(path))]; *update && !twin {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return cmp.Diff(string(want), got)
}

// TestG1_BlueprintNamesWhatStandsThere holds every blueprint against the code it is about: each module call is a component,
// each output, variable, log group and name that a driver would look for is in the code, and every id leads somewhere.
func TestG1_BlueprintNamesWhatStandsThere(t *testing.T) {
	for _, fixture := range fixtureNames(t) {
		t.Run(fixture, func(t *testing.T) {
			result := generate(t, fixture)
			for i := range result.Blueprint.Environments {
				for _, problem := range unfounded(&result.Blueprint.Environments[i], result.Files) {
					t.Error(problem)
				}
			}
		})
	}
}

// unfounded lists what a blueprint says of an environment and the code does not show.
func unfounded(env *blueprint.Environment, files map[string][]byte) []string {
	f := &founded{env: env, code: map[string]string{}, ids: map[string]bool{}}
	for path, content := range files {
		if stack := filepath.ToSlash(filepath.Dir(path)); strings.HasSuffix(path, ".tf") {
			f.code[stack] += string(content)
		}
	}
	for _, stack := range env.Stacks {
		f.components(stack)
		f.frame(stack)
		f.watched(stack)
		f.handed(stack)
	}
	f.platform, f.services = f.code[env.Stacks[0].Folder], f.code[env.Stacks[1].Folder]
	f.data()
	f.runs()
	f.sizes()
	f.scales()
	f.forPeople()
	for _, id := range f.leads {
		if !f.ids[id] {
			f.problem(id, "is no component")
		}
	}
	for _, output := range f.outputs {
		if !strings.Contains(f.platform, `output "`+output+`"`) {
			f.problem("the platform has no output", output)
		}
	}
	for _, name := range f.named {
		if !strings.Contains(f.platform, `= "`+name+`"`) {
			f.problem("nothing in the platform is called", name)
		}
	}
	return f.problems
}

// founded collects what the code has to show.
type founded struct {
	env                   *blueprint.Environment
	code                  map[string]string // by stack
	platform, services    string
	ids                   map[string]bool // of components
	leads, outputs, named []string        // ids, outputs of the platform, names in it
	problems              []string
}

func (f *founded) problem(parts ...string) {
	f.problems = append(f.problems, f.env.Name+": "+strings.Join(parts, " "))
}

// labelled are the labels of the blocks of a type, sorted.
func labelled(text, block string) []string {
	var labels []string
	for _, found := range regexp.MustCompile(`(?m)^`+block+` "([^"]+)"`).FindAllStringSubmatch(text, -1) {
		labels = append(labels, found[1])
	}
	slices.Sort(labels)
	return labels
}

// localsOf are the local values that code has.
func localsOf(text string) []string {
	var names []string
	for _, block := range regexp.MustCompile(`(?m)^locals \{\n((?:  .*\n|\n)*)\}`).FindAllStringSubmatch(text, -1) {
		for _, found := range regexp.MustCompile(`(?m)^  (\w+) += `).FindAllStringSubmatch(block[1], -1) {
			names = append(names, found[1])
		}
	}
	return names
}

func (f *founded) components(stack blueprint.Stack) {
	text, called := f.code[stack.Folder], map[string]bool{}
	for _, c := range stack.Components {
		if f.ids[c.ID] = true; !c.Existing {
			called[strings.TrimPrefix(c.Address, "module.")] = true
		} else if label, local := strings.CutPrefix(c.Address, "local."); !local || !slices.Contains(localsOf(text), label) {
			f.problem(c.ID, "is said to be", c.Address)
		}
	}
	if d := cmp.Diff(slices.Sorted(maps.Keys(called)), labelled(text, "module")); d != "" {
		f.problem(stack.Folder, "has other calls:", d)
	}
}

func (f *founded) frame(stack blueprint.Stack) {
	text := f.code[stack.Folder]
	var variables []string
	for _, variable := range stack.Variables {
		variables = append(variables, variable.Name)
		if !strings.Contains(text, `description = "`+variable.Description+`"`) {
			f.problem("variable", variable.Name, "is described in other words")
		}
	}
	if d := cmp.Diff(labelled(text, "variable"), variables); d != "" {
		f.problem(stack.Folder, "has other variables:", d)
	}
	for _, said := range []string{stack.Backend.Bucket, stack.Backend.Key, stack.Backend.Region} {
		if said != "" && !strings.Contains(text, `= "`+said+`"`) {
			f.problem(stack.Folder, "keeps its state elsewhere than", said)
		}
	}
	if (stack.Backend.Path != "") != strings.Contains(text, `backend "local"`) {
		f.problem(stack.Folder, "keeps its state otherwise")
	}
}

func (f *founded) data() {
	f.outputs = append(f.outputs, f.env.Registry.Output, f.env.Cluster.Output)
	f.named = append(f.named, f.env.Registry.Name, f.env.Cluster.Name, f.env.Cluster.Namespace)
	if balancer := f.env.LoadBalancer; balancer != nil {
		f.outputs = append(f.outputs, balancer.Output)
	}
	for _, server := range f.env.Servers {
		f.outputs, f.leads = append(f.outputs, server.Output), append(f.leads, server.ID)
		if server.MasterSecret != strings.Contains(blockOf(f.platform, `output "`+server.Output+`"`), "master_secret_arn") {
			f.problem(server.ID, "has another output")
		}
		for _, role := range server.Roles {
			f.named = append(f.named, role.Secret)
			if !strings.Contains(f.services, `"`+role.Name+`"`) {
				f.problem("nobody logs in as", role.Name)
			}
		}
	}
	for _, cache := range f.env.Caches {
		f.outputs, f.leads, f.named = append(f.outputs, cache.Output), append(f.leads, cache.ID), append(f.named, cache.Group)
	}
	for _, topic := range f.env.Topics {
		if f.leads = append(f.leads, topic.ID); topic.ARN == "" {
			f.named = append(f.named, strings.TrimSuffix(topic.Topic, ".fifo"))
		}
		for _, subscription := range topic.Subscriptions {
			f.leads, f.named = append(f.leads, subscription.ID), append(f.named, strings.TrimSuffix(subscription.Queue, ".fifo"))
		}
	}
	for _, bucket := range f.env.Buckets {
		f.leads = append(f.leads, bucket.ID)
		f.named = append(f.named, strings.ReplaceAll(bucket.Bucket, "<account>", "${data.aws_caller_identity.current.account_id}"))
	}
	for _, secret := range f.env.Secrets {
		if secret.ID != "" {
			f.leads, f.named = append(f.leads, secret.ID), append(f.named, secret.Name)
		} else {
			f.named = append(f.named, secret.Name[:strings.LastIndex(secret.Name, "/")]) // a prefix, to which the module adds the workload
		}
	}
}

func (f *founded) runs() {
	for _, workload := range f.env.Workloads {
		f.leads = slices.Concat(f.leads, []string{workload.ID}, workload.Reaches, workload.Uses)
		if !strings.Contains(f.services, `= "`+workload.Unit+`"`) || workload.LogGroup != "/groundplan/"+workload.Unit {
			f.problem("nothing in the services is called", workload.Unit)
		}
	}
	for _, schedule := range f.env.Schedules {
		if len(schedule.Expressions) > 0 {
			f.leads = append(f.leads, schedule.ID)
		}
		if schedule.Function != "" && (!strings.Contains(f.services, `= "`+schedule.Function+`"`) || schedule.LogGroup != "/aws/lambda/"+schedule.Function) {
			f.problem("no schedule is called", schedule.Function)
		}
	}
}

// blockOf is the text of a top-level block that begins in a way.
func blockOf(text, start string) string {
	_, rest, _ := strings.Cut(text, start)
	block, _, _ := strings.Cut(rest, "\n}")
	return block
}

// TestG1_UnfoundedBlueprintsFire: what is wrong in a blueprint is found.
func TestG1_UnfoundedBlueprintsFire(t *testing.T) {
	result := generate(t, "webshop")
	spoiled := map[string]func(*blueprint.Environment){
		"component":   func(e *blueprint.Environment) { e.Stacks[0].Components = e.Stacks[0].Components[1:] },
		"existing":    func(e *blueprint.Environment) { e.Stacks[0].Components[0].Existing = true },
		"variable":    func(e *blueprint.Environment) { e.Stacks[1].Variables = nil },
		"description": func(e *blueprint.Environment) { e.Stacks[1].Variables[0].Description = "?" },
		"backend":     func(e *blueprint.Environment) { e.Stacks[1].Backend.Bucket = "elsewhere" },
		"file":        func(e *blueprint.Environment) { e.Stacks[0].Folder = "production/services" },
		"output":      func(e *blueprint.Environment) { e.Registry.Output = "registries" },
		"name":        func(e *blueprint.Environment) { e.Cluster.Name = "other" },
		"server":      func(e *blueprint.Environment) { e.Servers[0].Output = "database_server_other" },
		"secret":      func(e *blueprint.Environment) { e.Servers[0].MasterSecret = false },
		"role":        func(e *blueprint.Environment) { e.Servers[0].Roles[0].Name = "svc_other" },
		"queue":       func(e *blueprint.Environment) { e.Topics[0].Subscriptions[0].Queue = "other" },
		"bucket":      func(e *blueprint.Environment) { e.Buckets[0].Bucket = "other" },
		"prefix":      func(e *blueprint.Environment) { e.Secrets[len(e.Secrets)-1].Name = "other/orders" },
		"unit":        func(e *blueprint.Environment) { e.Workloads[0].Unit = "other" },
		"log group":   func(e *blueprint.Environment) { e.Workloads[0].LogGroup = "other" },
		"use":         func(e *blueprint.Environment) { e.Workloads[0].Uses = []string{"bucket other"} },
		"function":    func(e *blueprint.Environment) { e.Schedules[0].Function = "other" },
		"nothing":     func(*blueprint.Environment) {},
	}
	maps.Copy(spoiled, spoiledSizes())
	for name, spoil := range spoiled {
		var env blueprint.Environment
		text, err := json.Marshal(result.Blueprint.Environments[0])
		if err == nil {
			err = json.Unmarshal(text, &env)
		}
		if err != nil {
			t.Fatal(err)
		}
		spoil(&env)
		if problems := unfounded(&env, result.Files); (len(problems) == 0) != (name == "nothing") {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
