package provider

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const ourRepository = "../.."

func readTable(t *testing.T, version string) Table {
	t.Helper()
	file, err := os.Open(File(ourRepository, version))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table, err := ReadTable(file)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// knownVersions are the problems that stay, by the version that has them, with the reason. One that no longer exists is a failure: it
// would hide the next.
var knownVersions = map[string]map[string]string{
	Present: {},
	Next: {
		"data aws_region.id is deprecated": "its successor, region, does not exist in 5.100, and name is deprecated in all of 6: no spelling is clean in both",
		"resource aws_service_discovery_service.health_check_custom_config.failure_threshold is deprecated": "without it 5.100 replaces the service in every plan",
	},
}

// TestContract compares every argument, block and attribute in use with both major versions that the generated code admits.
func TestContract(t *testing.T) {
	folders, err := Folders(ourRepository)
	if err != nil {
		t.Fatal(err)
	}
	uses, err := Uses(folders...)
	if err != nil {
		t.Fatal(err)
	}
	different := map[bool]map[string]bool{true: {}, false: {}} // by whether it is read
	for _, use := range uses {
		different[use.Read][use.String()] = true
	}
	if len(different[false]) < 600 || len(different[true]) < 80 {
		t.Fatalf("only %d arguments and blocks and %d reads found: the walk misses code", len(different[false]), len(different[true]))
	}
	tables := map[string]Table{Present: readTable(t, Present), Next: readTable(t, Next)}
	for version, table := range tables {
		t.Run(version, func(t *testing.T) {
			found := map[string]bool{}
			for _, problem := range append(Compare(uses, table), Retyped(uses, tables[Present], table)...) {
				what := problem.Use.String() + " " + problem.What
				found[what] = true
				if knownVersions[version][what] == "" {
					t.Errorf("provider %s: %s\nhint: `make schemas` records types that are new here", version, problem)
				}
			}
			for what := range knownVersions[version] {
				if !found[what] {
					t.Errorf("provider %s: %q is explained and no longer so", version, what)
				}
			}
		})
	}
	t.Logf("%d arguments and blocks, %d reads, of %d types", len(different[false]), len(different[true]), len(Declarations(uses)))
}

// TestCompareFires plants what a provider does not take into code, in every way in which code can say it.
func TestCompareFires(t *testing.T) {
	present, next := readTable(t, Present), readTable(t, Next)
	for name, test := range map[string]struct{ code, want string }{
		"removed argument":            {"resource \"aws_eip\" \"x\" {\n  vpc = true\n}", "resource aws_eip.vpc does not exist"},
		"another removed argument":    {"resource \"aws_flow_log\" \"x\" {\n  log_group_name = \"x\"\n}", "resource aws_flow_log.log_group_name does not exist"},
		"removed block":               {"resource \"aws_ecs_task_definition\" \"x\" {\n  family = \"x\"\n  container_definitions = \"\"\n  inference_accelerator {\n  }\n}", "resource aws_ecs_task_definition.inference_accelerator does not exist"},
		"removed in a dynamic block":  {"resource \"aws_lb_listener_rule\" \"x\" {\n  listener_arn = \"\"\n  action {\n    type = \"forward\"\n  }\n  dynamic \"condition\" {\n    for_each = []\n    content {\n      field = \"x\"\n    }\n  }\n}", "condition.field does not exist"},
		"deprecated argument":         {"resource \"aws_iam_role\" \"x\" {\n  assume_role_policy  = \"\"\n  managed_policy_arns = []\n}", "managed_policy_arns is deprecated"},
		"computed argument":           {"resource \"aws_eip\" \"x\" {\n  public_ip = \"x\"\n}", "public_ip can only be read"},
		"missing argument":            {"resource \"aws_ecs_cluster\" \"x\" {\n}", "lacks the required name"},
		"missing in a block":          {"resource \"aws_ecs_cluster\" \"x\" {\n  name = \"x\"\n  setting {\n    name = \"x\"\n  }\n}", "setting lacks the required value"},
		"block as argument":           {"resource \"aws_ecs_cluster\" \"x\" {\n  name = \"x\"\n  setting = []\n}", "setting is a block, not an argument"},
		"argument as block":           {"resource \"aws_ecs_cluster\" \"x\" {\n  name = \"x\"\n  tags {\n  }\n}", "tags is an argument, not a block"},
		"read":                        {"output \"x\" {\n  value = aws_eip.x.location\n}", "aws_eip.location cannot be read"},
		"read of an instance":         {"output \"x\" {\n  value = aws_eip.x[each.key].location\n}", "aws_eip.location cannot be read"},
		"read by splat":               {"output \"x\" {\n  value = one(aws_eip.x[*].location)\n}", "aws_eip.location cannot be read"},
		"read after one":              {"output \"x\" {\n  value = one(aws_eip.x).location\n}", "aws_eip.location cannot be read"},
		"read in a loop":              {"locals {\n  x = [for eip in aws_eip.x : eip.location]\n}", "aws_eip.location cannot be read"},
		"read of a data source":       {"output \"x\" {\n  value = data.aws_partition.x.suffix\n}", "data aws_partition.suffix cannot be read"},
		"read of an ephemeral one":    {"resource \"aws_eip\" \"x\" {\n  tags = { x = ephemeral.aws_secretsmanager_random_password.x.password }\n}", "random_password.password cannot be read"},
		"read of a computed object":   {"output \"x\" {\n  value = aws_db_instance.x.master_user_secret[0].arn\n}", "master_user_secret.arn cannot be read"},
		"part of a string":            {"output \"x\" {\n  value = aws_eip.x.public_ip.location\n}", "reads a part of a"},
		"a type that is not recorded": {"resource \"aws_nothing\" \"x\" {\n}", "aws_nothing is not in the table"},
		"the provider itself":         {"provider \"aws\" {\n  areas = []\n}", "provider aws.areas does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(test.code+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			uses, err := Uses(folder)
			if err != nil {
				t.Fatal(err)
			}
			problems := Compare(uses, next)
			if len(problems) != 1 || !strings.Contains(problems[0].String(), test.want) {
				t.Errorf("got %v, want one that says %q", problems, test.want)
			}
			if strings.HasPrefix(name, "removed") || strings.HasPrefix(name, "another") {
				for _, problem := range Compare(uses, present) {
					if strings.Contains(problem.What, "does not exist") && name != "removed in a dynamic block" {
						t.Errorf("%s is to be one that only the next version lacks", problem)
					}
				}
			}
		})
	}
}

func TestRetypedFires(t *testing.T) {
	first := Table{"resource aws_x": {Attributes: map[string]Attribute{"same": {Type: "string"}, "list": {Type: "list(string)"}, "block": {Type: "list(object)"}}}}
	second := Table{"resource aws_x": {
		Attributes: map[string]Attribute{"same": {Type: "string"}, "list": {Type: "set(string)"}}, Blocks: map[string]*Block{"block": newBlock()},
	}}
	var uses []Use
	for _, name := range []string{"same", "list", "block"} {
		uses = append(uses, Use{Declaration: "resource aws_x", Path: []string{name}})
	}
	var got []string
	for _, problem := range Retyped(uses, first, second) {
		got = append(got, problem.Use.Path[0]+" "+problem.What)
	}
	if want := []string{"list was a list(string), is a set(string)", "block was a list(object), is a block"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What the wider of two tables has more than the other shows that they are two.
func TestTablesDiffer(t *testing.T) {
	present, next := readTable(t, Present), readTable(t, Next)
	if !slices.Equal(slices.Sorted(maps.Keys(present)), slices.Sorted(maps.Keys(next))) {
		t.Error("the tables hold different types: `make schemas` records both")
	}
	if _, _, found := present["resource aws_sqs_queue"].lookup("region"); found {
		t.Error("5.100 knows no region of a queue")
	}
	if _, _, found := next["resource aws_sqs_queue"].lookup("region"); !found {
		t.Error("6 has a region of a queue")
	}
}
