package generator_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/reading"
)

// forEachProcess runs a check for every process of every environment of every fixture that uses Encore.
func forEachProcess(t *testing.T, name string, check func(*testing.T, *app.App, environment.Environment, environment.Process, map[string]cty.Value)) {
	t.Helper()
	for _, fixture := range fixtureNames(t) {
		root := filepath.Join(fixtures, fixture)
		application, diags, err := reading.FromSource(root)
		if err != nil || diags.HasErrors() {
			t.Fatal(err, diags)
		}
		if application.Containers() {
			continue // grants_test.go walks them
		}
		output, environments, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
		if err != nil || diags.HasErrors() {
			t.Fatal(err, diags)
		}
		for _, env := range environments {
			for _, process := range env.Processes {
				t.Run(fmt.Sprintf("%s %s %s %s", name, fixture, env.Name, process.Name), func(t *testing.T) {
					check(t, application, env, process, callArguments(t, output, fmt.Sprintf("%s/services/%s.tf", env.Name, names.Label(process.Name))))
				})
			}
		}
	}
}

func keysOfValue(value cty.Value) []string {
	if value == cty.NilVal {
		return nil
	}
	return slices.Sorted(maps.Keys(value.AsValueMap()))
}

// TestF5_OnlyTheGatewayIsATarget looks for a load balancer rule in every process.
func TestF5_OnlyTheGatewayIsATarget(t *testing.T) {
	forEachProcess(t, "F5", func(t *testing.T, _ *app.App, env environment.Environment, process environment.Process, call map[string]cty.Value) {
		routes := keysOfValue(call["routes"])
		if process.Gateway != (len(routes) == 1) || len(routes) > 1 {
			t.Fatalf("routes %v, gateway %v", routes, process.Gateway)
		}
		if process.Gateway && env.Domain != "" {
			want := []string{env.Domain}
			for _, alias := range env.Aliases {
				if !alias.Redirect {
					want = append(want, alias.Domain)
				}
			}
			var hosts []string
			for _, host := range call["routes"].GetAttr("gateway").GetAttr("hosts").AsValueSlice() {
				hosts = append(hosts, host.AsString())
			}
			if !slices.Equal(hosts, want) {
				t.Errorf("hosts %v, want %v", hosts, want)
			}
		}
	})
}

// TestJ1_WhatNobodyElseCallsOnlyTheScheduleReaches looks for network paths to a process that only cron jobs call: all processes of an
// Encore application have the key that signs a job's requests, so that the path is what keeps them out.
func TestJ1_WhatNobodyElseCallsOnlyTheScheduleReaches(t *testing.T) {
	output := generate(t, "schedules")
	reaches := func(target string) []string {
		var calls []string
		for path, text := range output.Files {
			if strings.HasPrefix(path, "production/services/") && strings.Contains(string(text), "module."+target+".security_group_id") {
				calls = append(calls, strings.TrimPrefix(path, "production/services/"))
			}
		}
		slices.Sort(calls)
		return calls
	}
	if got := reaches("service_billing"); !slices.Equal(got, []string{"schedules.tf"}) {
		t.Errorf("a process without an endpoint for outside, which no other calls, is reached by %v", got)
	}
	if got := reaches("service_digest"); !slices.Equal(got, []string{"gateway.tf", "schedules.tf"}) {
		t.Errorf("a process with a public endpoint is reached by %v", got)
	}
}

// bucketActions is what Encore's operations call, by the runtimes' sources: HeadObject is allowed by s3:GetObject, and both
// say 404 of an object that is not there only to whoever may list. The versioned actions count where versions are kept,
// the key's where the environment's key encrypts.
var bucketActions = map[string][]string{
	"LIST_OBJECTS":           {"s3:ListBucket"},
	"READ_OBJECT_CONTENTS":   {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "kms:Decrypt"},
	"SIGNED_DOWNLOAD_URL":    {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "kms:Decrypt"},
	"WRITE_OBJECT":           {"s3:PutObject", "s3:AbortMultipartUpload", "kms:GenerateDataKey", "kms:Decrypt"},
	"SIGNED_UPLOAD_URL":      {"s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"},
	"UPDATE_OBJECT_METADATA": {"s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"},
	"DELETE_OBJECT":          {"s3:DeleteObject", "s3:DeleteObjectVersion"},
	"GET_OBJECT_METADATA":    {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "kms:Decrypt"},
	"GET_PUBLIC_URL":         {},
}

// TestO1_RightsOfEveryOperation gives a process one operation on one bucket, public or not, versioned or not, and
// compares all its rights with the table.
func TestO1_RightsOfEveryOperation(t *testing.T) {
	for operation, actions := range bucketActions {
		for _, spec := range []*objects.Bucket{{}, {Versioned: true}, {Public: true}, {Public: true, Versioned: true}} {
			if operation == "GET_PUBLIC_URL" && !spec.Public {
				continue
			}
			application := plain("orders")
			at := hcl.Range{Filename: "orders/orders.go", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
			application.Resources = append(application.Resources, app.Resource{Kind: "bucket", Name: "files", Service: "orders", Spec: spec, At: at})
			application.Edges = append(application.Edges, app.Edge{Service: "orders", Kind: "bucket", Resource: "files", Operation: operation, Origin: app.Used, At: at})
			call := callArguments(t, lower(t, application, "metrics {\n destination = \"none\"\n}"), "production/services/orders.tf")
			want := map[string]bool{}
			for _, action := range actions {
				switch {
				case action == "s3:ListBucket":
					want[action+" on <bucket_files.arn>"] = true
				case strings.HasPrefix(action, "kms:"):
					if !spec.Public {
						want[action+" on <key.arn>"] = true
					}
				case !strings.HasSuffix(action, "Version") || spec.Versioned:
					want[action+" on <bucket_files.arn>/*"] = true
				}
			}
			if d := cmp.Diff(slices.Sorted(maps.Keys(want)), rights(call)); d != "" {
				t.Errorf("%s on %+v: %s", operation, *spec, d)
			}
		}
	}
}

// rights are the statements of a process's task role, "action on resource", sorted.
func rights(call map[string]cty.Value) []string {
	got := map[string]bool{}
	for _, name := range keysOfValue(call["permissions"]) {
		statement := call["permissions"].GetAttr(name)
		for _, resource := range statement.GetAttr("resources").AsValueSlice() {
			for _, action := range statement.GetAttr("actions").AsValueSlice() {
				got[action.AsString()+" on "+resource.AsString()] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(got))
}

// TestG4_NoSecretInGeneratedFiles looks for anything that could be a secret's value: the fixtures have none to leak, so
// what is looked for is an argument that would carry one.
func TestG4_NoSecretInGeneratedFiles(t *testing.T) {
	for _, fixture := range fixtureNames(t) {
		for path, content := range generate(t, fixture).Files {
			if strings.HasPrefix(path, "modules/") || !strings.HasSuffix(path, ".tf") {
				continue
			}
			for n, line := range strings.Split(string(content), "\n") {
				name, value, assigned := strings.Cut(strings.TrimSpace(line), "=")
				name, value = strings.TrimSpace(name), strings.TrimSpace(value)
				secret := slices.ContainsFunc([]string{"password", "secret_string", "auth_token", "private_key", "key_data"}, func(word string) bool { return strings.Contains(name, word) })
				reference := strings.HasPrefix(value, `{ "$env"`) || strings.HasPrefix(value, "local.platform.") || strings.HasPrefix(value, "module.")
				if assigned && secret && !reference {
					t.Errorf("%s %s:%d: %s", fixture, path, n+1, line)
				}
			}
		}
	}
}

// FuzzLabel: labels are identifiers of Terraform, whatever the name, and made of ASCII.
func FuzzLabel(f *testing.F) {
	for _, name := range []string{"StripeKey", "OpenAIKey", "site.added", "siteDB", "a-b", "Ünïcode", "", "_", "A", "AB", "aB1C", "HTTPServer2Go"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		label := names.Label(name)
		for _, c := range label {
			if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				t.Errorf("Label(%q) = %q", name, label)
			}
		}
		if names.Label(label) != label {
			t.Errorf("Label(%q) is %q, and Label of that %q", name, label, names.Label(label))
		}
	})
}

func TestLabel(t *testing.T) {
	for name, want := range map[string]string{
		"StripeKey": "stripe_key", "OpenAIKey": "open_ai_key", "SlackWebhookURL": "slack_webhook_url", "siteDB": "site_db",
		"site.added": "site_added", "order-placed": "order_placed", "users": "users", "key2": "key2", "A": "a",
	} {
		if got := names.Label(name); got != want {
			t.Errorf("Label(%q) = %q, want %q", name, got, want)
		}
	}
}
