package generator_test

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/modules"
)

// logGroupName is the name of a log group in a module: a text with the module's name in it.
var logGroupName = regexp.MustCompile(`resource "aws_cloudwatch_log_group"[^{]*\{[^}]*?\n  name += "([^\n]+)"`)

// logGroupsOf are the names of the log groups of a module, where * stands for what differs between groups of one name.
func logGroupsOf(module, name string) []string {
	var groups []string
	files := modules.Files()[module]
	for _, file := range slices.Sorted(maps.Keys(files)) {
		for _, match := range logGroupName.FindAllStringSubmatch(string(files[file]), -1) {
			group := strings.NewReplacer("${var.name}", name, "${each.key}", "any").Replace(match[1])
			groups = append(groups, group)
		}
	}
	return groups
}

// admits reports whether one of the patterns of a key covers a log group: * is any characters, slashes included.
func admits(patterns []string, group string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		expression := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
		return regexp.MustCompile("^" + expression + "$").MatchString(group)
	})
}

// TestS1_KeysAdmitEveryLogGroup: CloudWatch Logs refuses a log group whose name the key does not admit, in the middle of an
// apply. Every group of every module call of the golden stacks is covered, those of shortened names too, and no group of
// another environment.
func TestS1_KeysAdmitEveryLogGroup(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range fixtureNames(t) {
		f := readFixture(t, name)
		for _, env := range f.environments {
			if env.KeyARN != "" {
				continue
			}
			platform, err := readStack(f.files, env.Name+"/platform", nil)
			if err != nil {
				t.Fatal(err)
			}
			services, err := readStack(f.files, env.Name+"/services", platform)
			if err != nil {
				t.Fatal(err)
			}
			patterns := strings.Fields(join(platform.arg(platform.calls["key"], "log_groups")))
			for _, stack := range []*stackCode{platform, services} {
				for label, call := range stack.calls {
					for _, group := range logGroupsOf(call.Source, call.Name) {
						seen[call.Source] = true
						if strings.Contains(group, "${") {
							t.Fatalf("%s: the name %s is not understood", call.Source, group)
						}
						if !admits(patterns, group) {
							t.Errorf("%s %s: the key does not admit %s, of %s", name, env.Name, group, label)
						}
						if other := path.Dir(group) + "/other-" + path.Base(group); admits(patterns, other) && !strings.Contains(other, call.Name+"/") {
							t.Errorf("%s %s: the key admits %s", name, env.Name, other)
						}
					}
				}
			}
		}
	}
	var writing []string
	for module, files := range modules.Files() {
		for _, content := range files {
			if strings.Contains(string(content), `resource "aws_cloudwatch_log_group"`) && !slices.Contains(writing, module) {
				writing = append(writing, module)
			}
		}
	}
	slices.Sort(writing)
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, writing) {
		t.Errorf("groups of %v were looked at, and %v have some", got, writing)
	}
}

// TestS1_KeysAdmitNamesThatWereShortened: a name that has no room for all its parts begins otherwise, and the key has to know
// it. Exactly those of the application's own environment.
func TestS1_KeysAdmitNamesThatWereShortened(t *testing.T) {
	application := plain("orders")
	application.Name = "an-application-that-leaves-no-more-room"
	uses(application, "orders", "books")
	output := lower(t, application, "database_server \"reports-of-all-the-house\" {\n  databases = [\"books\"]\n}\n")
	platform, err := readStack(textFiles(output.Files), "production/platform", nil)
	if err != nil {
		t.Fatal(err)
	}
	services, err := readStack(textFiles(output.Files), "production/services", platform)
	if err != nil {
		t.Fatal(err)
	}
	shortened := services.calls["service_orders"].Name
	if strings.HasPrefix(shortened, application.Name+"-production-") {
		t.Fatalf("%s was not shortened", shortened)
	}
	server := platform.calls["database_server_reports_of_all_the_house"].Name
	if server == "" || strings.HasPrefix(server, application.Name+"-production-") {
		t.Fatalf("the server %q was not shortened", server)
	}
	patterns := strings.Fields(join(platform.arg(platform.calls["key"], "log_groups")))
	for group, want := range map[string]bool{
		"/groundplan/" + shortened:                                                    true,
		"/aws/rds/instance/" + server + "/postgresql":                                 true,
		"/groundplan/" + strings.ReplaceAll(shortened, "production", "staging"):       false,
		"/aws/vpc/" + application.Name + "-production/flow-logs":                      true,
		"/aws/ecs/containerinsights/" + application.Name + "-production/performance":  true,
		"/aws/ecs/containerinsights/" + application.Name + "-productions/performance": false,
		"/groundplan/" + application.Name + "-staging-orders":                         false,
		"/groundplan/my-" + application.Name + "-production-orders":                   false,
		"RDSOSMetrics": false, // of the whole account
	} {
		if admits(patterns, group) != want {
			t.Errorf("%s: %v of %v", group, !want, patterns)
		}
	}
}

func textFiles(files map[string][]byte) map[string]string {
	texts := map[string]string{}
	for name, content := range files {
		texts[name] = string(content)
	}
	return texts
}

// TestE2_StacksShareAnAccount: where the settings name no account, the services hold themselves to that of their platform.
func TestE2_StacksShareAnAccount(t *testing.T) {
	for settings, want := range map[string][2]bool{"": {false, true}, "account_id = \"123456789012\"": {true, false}} {
		files := lower(t, plain("orders"), settings).Files
		for _, stack := range []string{"platform", "services"} {
			providers := string(files["production/"+stack+"/providers.tf"])
			if got := strings.Contains(providers, `allowed_account_ids = ["123456789012"]`); got != want[0] {
				t.Errorf("%q, %s: allowed_account_ids is %v", settings, stack, got)
			}
			asks := strings.Contains(providers, `data "aws_caller_identity" "current"`)
			compares := strings.Contains(providers, "self.account_id == local.platform.identity.account_id")
			if asks != want[1] || compares != (want[1] && stack == "services") {
				t.Errorf("%q, %s: asks who calls: %v, compares: %v", settings, stack, asks, compares)
			}
		}
		if got := strings.Contains(string(files["production/platform/outputs.tf"]), "data.aws_caller_identity.current.account_id"); got != want[1] {
			t.Errorf("%q: the platform says its account: %v", settings, got)
		}
	}
}
