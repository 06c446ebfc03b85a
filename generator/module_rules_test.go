package generator_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/modules"
)

// TestF4_BoundaryAndPathReachEveryRole: whatever makes a role takes both, in both stacks.
func TestF4_BoundaryAndPathReachEveryRole(t *testing.T) {
	const boundary = "arn:aws:iam::123456789012:policy/boundary"
	output := lower(t, allRules("shop", "thing"), "iam_path = \"/apps/\"\npermissions_boundary = \""+boundary+"\"")
	files := map[string]string{}
	for name, content := range output.Files {
		files[name] = string(content)
	}
	roles := 0
	for _, folder := range []string{"production/platform", "production/services"} {
		stack, err := readStack(files, folder, nil)
		if err != nil {
			t.Fatal(err)
		}
		for label, call := range stack.calls {
			for argument, want := range map[string]string{"iam_path": "/apps/", "permissions_boundary_arn": boundary, "iam.path": "/apps/", "iam.permissions_boundary_arn": boundary} {
				name, _, _ := strings.Cut(argument, ".")
				if !slices.Contains(modules.Variables(call.Source), name) {
					continue
				}
				roles++
				if got := stack.arg(call, argument); got != want {
					t.Errorf("%s of %s is %v", argument, label, got)
				}
			}
		}
	}
	if roles < 8 {
		t.Errorf("only %d roles were looked at", roles)
	}
	for name, files := range modules.Files() { // a module with a role and no such variable would slip through
		for _, content := range files {
			if strings.Contains(string(content), `resource "aws_iam_role" `) && !slices.Contains(modules.Variables(name), "permissions_boundary_arn") && !slices.Contains(modules.Variables(name), "iam") {
				t.Errorf("module %s makes a role without a boundary", name)
			}
		}
	}
}

// TestN5_GroupsChangeWithoutAGap reads every security group of the modules: rules stand by themselves, and a group that must
// be replaced is there before the old one goes, under a name of its own.
func TestN5_GroupsChangeWithoutAGap(t *testing.T) {
	guarded := map[string]bool{}
	for module, files := range modules.Files() {
		for name, content := range files {
			if !strings.HasSuffix(name, ".tf") {
				continue
			}
			for _, problem := range groupProblems(t, module+"/"+name, content, guarded) {
				t.Error(problem)
			}
		}
	}
	for _, module := range []string{"cache", "cron", "database-cluster", "database-server", "fargate-service", "load-balancer", "network"} {
		if !guarded[module] {
			t.Errorf("module %s has no security group", module)
		}
	}
	bad := "resource \"aws_security_group\" \"this\" {\n  name = \"x\"\n  ingress {}\n}\nresource \"aws_security_group_rule\" \"x\" {}\n"
	if problems := groupProblems(t, "bad/main.tf", []byte(bad), guarded); len(problems) != 4 {
		t.Errorf("%d problems seen of 4: %v", len(problems), problems)
	}
}

func groupProblems(t *testing.T, name string, content []byte, guarded map[string]bool) []string {
	t.Helper()
	parsed, diags := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var problems []string
	for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
		if block.Type != "resource" {
			continue
		}
		if block.Labels[0] == "aws_security_group_rule" {
			problems = append(problems, name+": rules are aws_vpc_security_group_ingress_rule and _egress_rule, which know each other apart")
		}
		if block.Labels[0] != "aws_security_group" {
			continue
		}
		module, _, _ := strings.Cut(name, "/")
		guarded[module] = true
		if block.Body.Attributes["name_prefix"] == nil {
			problems = append(problems, name+": a group without name_prefix cannot be replaced before it goes")
		}
		before := false
		for _, contained := range block.Body.Blocks {
			switch contained.Type {
			case "ingress", "egress":
				problems = append(problems, name+": a group with rules of its own removes those of others")
			case "lifecycle":
				if attribute := contained.Body.Attributes["create_before_destroy"]; attribute != nil {
					value, _ := attribute.Expr.Value(nil)
					before = value.True()
				}
			}
		}
		if !before {
			problems = append(problems, name+": a group without create_before_destroy")
		}
	}
	return problems
}

// TestN2N4_WaysToTheInternet reads every route of the network module: the public tier goes out over the internet gateway,
// the compute tier over NAT, and there is no third, so that the storage tier has none.
func TestN2N4_WaysToTheInternet(t *testing.T) {
	want := map[string]string{"public": "gateway_id aws_internet_gateway.this.id", "compute": "nat_gateway_id aws_nat_gateway.this"}
	got := map[string]string{}
	for name, content := range modules.Files()["network"] {
		if !strings.HasSuffix(name, ".tf") {
			continue
		}
		parsed, diags := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			if block.Type != "resource" || block.Labels[0] != "aws_route" {
				continue
			}
			table := strings.TrimPrefix(writtenArguments(block.Body.Attributes["route_table_id"]), "aws_route_table.")
			table, _, _ = strings.Cut(table, ".")
			for _, target := range []string{"gateway_id", "nat_gateway_id", "transit_gateway_id", "network_interface_id", "vpc_peering_connection_id"} {
				if attribute := block.Body.Attributes[target]; attribute != nil {
					got[table] = target + " " + writtenArguments(attribute)
				}
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("routes of the tiers: %s", d)
	}
}

// writtenArguments is the first thing an attribute refers to, up to an index: "aws_nat_gateway.this".
func writtenArguments(attribute *hclsyntax.Attribute) string {
	var names []string
	for _, step := range attribute.Expr.Variables()[0] {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			names = append(names, step.Name)
		case hcl.TraverseAttr:
			names = append(names, step.Name)
		}
	}
	return strings.Join(names, ".")
}

// TestN2F5D1C1_ProfilesProtectWhatTheySay: what each profile switches, as it stands in the generated calls.
func TestN2F5D1C1_ProfilesProtectWhatTheySay(t *testing.T) {
	for profile, want := range map[string]map[string]string{
		"dev": {
			"network nat": "single", "load_balancer deletion_protection": "false", "database_server_main instance_class": "db.t4g.medium", "database_server_main multi_az": "false",
			"database_server_main deletion_protection": "false", "database_server_main final_snapshot": "false", "database_server_main backup_retention_days": "7",
			"database_server_main engine_version": "18", "cache_thing multi_az": "false", "cache_thing replicas": "0",
		},
		"balanced": {
			"network nat": "per_zone", "load_balancer deletion_protection": "true", "database_server_main instance_class": "db.m5.large", "database_server_main multi_az": "true",
			"database_server_main deletion_protection": "true", "database_server_main final_snapshot": "true", "database_server_main backup_retention_days": "7",
			"database_server_main engine_version": "18", "cache_thing multi_az": "true", "cache_thing replicas": "1", "cache_thing node_type": "cache.m6g.large",
		},
		"ha": {
			"network nat": "per_zone", "load_balancer deletion_protection": "true", "database_server_main multi_az": "true", "database_server_main deletion_protection": "true",
			"database_server_main final_snapshot": "true", "cache_thing multi_az": "true", "cache_thing replicas": "2", "cache_thing node_type": "cache.m6g.large",
		},
	} {
		output, diags := tryLower(t, allRules("shop", "thing"), "profile = \""+profile+"\"")
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		files := map[string]string{}
		for name, content := range output.Files {
			files[name] = string(content)
		}
		stack, err := readStack(files, "production/platform", nil)
		if err != nil {
			t.Fatal(err)
		}
		servers := 0
		for _, call := range stack.calls {
			if strings.HasPrefix(call.Source, "database-") {
				servers++
			}
		}
		if servers != 1 {
			t.Errorf("%s: %d servers for one database", profile, servers)
		}
		for name, value := range want {
			label, argument, _ := strings.Cut(name, " ")
			got := stack.arg(stack.calls[label], argument)
			if got == nil {
				got = moduleDefault(stack, stack.calls[label].Source, argument)
			}
			if got != value {
				t.Errorf("%s: %s is %v, want %s", profile, name, got, value)
			}
		}
	}
}
