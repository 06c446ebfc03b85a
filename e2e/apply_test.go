//go:build validate

package e2e_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
)

// trial is the environment in which fixtures are applied: nothing in it resists being destroyed, it needs no domain of
// anybody's, and each service is a process with a role of its own.
const trial = `environment "trial" {
  profile            = "dev"
  process_allocation = "one_per_service"
}
`

// deployment is an application that runs in an account of its own, as far as the emulator runs anything.
type deployment struct {
	application *app.App
	environment environment.Environment
	folder      string            // of the environment
	modules     map[string]string // logical id ("topic orders") -> address of its module ("module.topic_orders")
	resources   map[string]map[string]any
	cloud       *emulator
	aws         *caller
}

// TestMain lets tests that say they may run beside each other do so on a machine of few cores: those that apply wait for
// the provider most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if limit := flag.Lookup("test.parallel").Value.(flag.Getter).Get().(int); limit < 4 {
		if err := flag.Set("test.parallel", "4"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// TestG4_Apply applies what fixtures generate to an empty account, the platform and then, against the outputs that
// really came out, the services; lets it work; and destroys it. It proves that the stacks fit together in this order, that
// a second plan finds nothing to do, that no value in Secrets Manager stands in a state or a saved plan, and what the
// subtests say. What the emulator takes without doing anything with it is proven by no apply: see emulator/echoes.py.
func TestG4_Apply(t *testing.T) {
	t.Parallel()
	t.Run("golden", func(t *testing.T) { // a production environment as it is recorded, which resists being destroyed
		t.Parallel()
		folder := filepath.Join(assembleInfra(t, "hello"), "production")
		d := &deployment{folder: folder, resources: map[string]map[string]any{}, cloud: startEmulator(t, account)}
		for _, stack := range []string{"platform", "services"} {
			d.apply(t, stack)
		}
		d.searchForSecrets(t)
	})
	for _, fixture := range []string{"events", "files", "schedules"} {
		t.Run(fixture, func(t *testing.T) {
			t.Parallel() // it waits more than it works
			d := prepare(t, fixture)
			for _, stack := range []string{"platform", "services"} {
				d.apply(t, stack)
			}
			d.searchForSecrets(t)
			if d.application.Of("topic") != nil {
				t.Run("P1 messages flow", d.messagesFlow)
			}
			t.Run("F4 roles can do what their services do and nothing else", d.rolesCan)
			d.destroy(t)
		})
	}
}

// prepare generates a fixture for the trial environment, as a user would, and starts an account for it.
func prepare(t *testing.T, fixture string) *deployment {
	t.Helper()
	root := t.TempDir()
	source, out := filepath.Join(root, fixture), filepath.Join(root, "infra")
	copyFolder(t, filepath.Join(repository, "fixtures", fixture), source)
	if err := os.WriteFile(filepath.Join(source, "groundplan.hcl"), []byte(trial), 0o644); err != nil {
		t.Fatal(err)
	}
	output, environments, diagnostics, err := generator.FromSource(generator.Options{Root: source, Out: out})
	if err != nil || diagnostics.HasErrors() {
		t.Fatalf("%v %v", err, diagnostics)
	}
	for name, content := range output.Files {
		file := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	application, diagnostics, err := generator.Read(source)
	if err != nil || diagnostics.HasErrors() {
		t.Fatalf("%v %v", err, diagnostics)
	}
	d := &deployment{
		application: application, environment: environments[0], folder: filepath.Join(out, environments[0].Name),
		modules: map[string]string{}, resources: map[string]map[string]any{}, cloud: startEmulator(t, account),
	}
	for _, addresses := range output.Lock.Addresses {
		maps.Copy(d.modules, addresses)
	}
	d.aws = startCaller(t, d.cloud)
	return d
}

// apply makes a stack, wants a second plan to find nothing to do, and keeps what was made.
func (d *deployment) apply(t *testing.T, name string) {
	t.Helper()
	folder := filepath.Join(d.folder, name)
	tf := newTerraform(t, folder, d.cloud.environment())
	variables, err := variableValues(folder)
	if err != nil {
		t.Fatal(err)
	}
	tf.run(t, "init", "-input=false", "-no-color")
	tf.run(t, append([]string{"plan", "-input=false", "-no-color", "-lock=false", "-out=saved.tfplan"}, variables...)...)
	// moto answers at once; the provider's own waiting is what takes time, and it waits in parallel.
	start := time.Now()
	if _, err := tf.try("apply", "-input=false", "-no-color", "-parallelism=40", "saved.tfplan"); err != nil {
		t.Fatalf("%s: %v\nthe emulator said:\n%s", name, err, d.cloud.messages)
	}
	t.Logf("%s applied in %.0f s", name, time.Since(start).Seconds())
	again, _ := tf.plan(t, variables...)
	for _, change := range again.ResourceChanges {
		if !change.Change.Actions.NoOp() && !change.Change.Actions.Read() {
			t.Errorf("%s: a second plan wants %v for %s: %v", name, change.Change.Actions, change.Address, changed(change.Change.Before, change.Change.After))
		}
	}
	var keep func(module *tfjson.StateModule)
	keep = func(module *tfjson.StateModule) {
		for _, resource := range module.Resources {
			d.resources[resource.Address] = resource.AttributeValues
		}
		for _, child := range module.ChildModules {
			keep(child)
		}
	}
	keep(again.PriorState.Values.RootModule)
}

// attribute is a value of a resource of something the application has, by its logical id and its address in the module.
func (d *deployment) attribute(t *testing.T, id, resource, name string) string {
	t.Helper()
	address := d.modules[id] + "." + resource
	value, found := d.resources[address][name].(string)
	if !found {
		t.Fatalf("%s: no %s %s in the state", id, address, name)
	}
	return value
}

// searchForSecrets wants the values of all secrets to stand nowhere on this machine.
func (d *deployment) searchForSecrets(t *testing.T) {
	t.Helper()
	secrets := storedSecrets(t, d.cloud)
	if len(secrets) == 0 {
		t.Error("nothing was written to Secrets Manager, so nothing could leak")
	}
	for name, value := range secrets {
		for _, stack := range []string{"platform", "services"} {
			for _, file := range leaks(t, filepath.Join(d.folder, stack), value) {
				t.Errorf("%s/%s holds the value of %s", stack, file, name)
			}
		}
	}
}

// destroy takes everything away, in the order in which the README of the application says it, and looks what is left.
func (d *deployment) destroy(t *testing.T) {
	t.Helper()
	if before := d.left(t); len(before) < 10 { // else an empty list afterwards would say nothing
		t.Errorf("before the destroy there is only\n%s", strings.Join(before, "\n"))
	}
	for _, name := range []string{"services", "platform"} {
		folder := filepath.Join(d.folder, name)
		tf := newTerraform(t, folder, d.cloud.environment())
		variables, err := variableValues(folder)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := tf.try(append([]string{"destroy", "-auto-approve", "-input=false", "-no-color", "-refresh=false", "-parallelism=40"}, variables...)...); err != nil {
			t.Fatalf("%s: %v\nthe emulator said:\n%s", name, err, d.cloud.messages)
		}
		t.Logf("%s destroyed in %.0f s", name, time.Since(start).Seconds())
	}
	if left := d.left(t); len(left) > 0 {
		t.Errorf("after the destroy there is still\n%s", strings.Join(left, "\n"))
	}
}

// left is what an account holds of what a deployment made, by the lists that AWS itself gives. A key waits for its deletion
// and counts as gone; task definitions stay on purpose, so that one can go back to them, and so does a cluster's name.
func (d *deployment) left(t *testing.T) []string {
	t.Helper()
	var left []string
	for _, list := range []struct{ service, operation, path string }{
		{"cloudwatch", "DescribeAlarms", "MetricAlarms.AlarmName"},
		{"ecr", "DescribeRepositories", "repositories.repositoryName"},
		{"elasticache", "DescribeReplicationGroups", "ReplicationGroups.ReplicationGroupId"},
		{"elbv2", "DescribeLoadBalancers", "LoadBalancers.LoadBalancerName"},
		{"iam", "ListRoles", "Roles.RoleName"},
		{"kms", "ListAliases", "Aliases.AliasName"},
		{"lambda", "ListFunctions", "Functions.FunctionName"},
		{"logs", "DescribeLogGroups", "logGroups.logGroupName"},
		{"s3", "ListBuckets", "Buckets.Name"},
		{"scheduler", "ListSchedules", "Schedules.Name"},
		{"secretsmanager", "ListSecrets", "SecretList.Name"},
		{"servicediscovery", "ListNamespaces", "Namespaces.Name"},
		{"sns", "ListSubscriptions", "Subscriptions.SubscriptionArn"},
		{"sns", "ListTopics", "Topics.TopicArn"},
		{"sqs", "ListQueues", "QueueUrls"},
	} {
		for _, name := range textsAt(d.aws.call(t, anybody, list.service, list.operation, nil), list.path) {
			if strings.Contains(name, d.environment.Name) { // names of this account's own things say nothing of it
				left = append(left, list.service+": "+name)
			}
		}
	}
	for _, name := range textsAt(d.aws.call(t, anybody, "ec2", "DescribeVpcs", nil), "Vpcs.CidrBlock") {
		if name == d.environment.CIDR { // an account has a network of its own
			left = append(left, "ec2: "+name)
		}
	}
	for _, name := range textsAt(d.aws.call(t, anybody, "ec2", "DescribeAddresses", nil), "Addresses.AllocationId") {
		left = append(left, "ec2: "+name)
	}
	slices.Sort(left)
	return left
}

// textsAt are the texts under a path of an answer, "Topics.TopicArn" for every topic's.
func textsAt(answer map[string]any, path string) []string {
	list, field, _ := strings.Cut(path, ".")
	var found []string
	entries, _ := answer[list].([]any)
	for _, entry := range entries {
		if fields, composed := entry.(map[string]any); composed {
			entry = fields[field]
		}
		found = append(found, fmt.Sprint(entry))
	}
	return found
}

// changed lists the top-level attributes that differ between two values of a resource.
func changed(before, after any) []string {
	old, _ := before.(map[string]any)
	planned, _ := after.(map[string]any)
	var names []string
	for name := range planned {
		was, _ := json.Marshal(old[name])
		is, _ := json.Marshal(planned[name])
		if string(was) != string(is) {
			names = append(names, name+" "+string(was)+" -> "+string(is))
		}
	}
	return names
}

// storedSecrets is every value in Secrets Manager, by the name of its secret.
func storedSecrets(t *testing.T, cloud *emulator) map[string]string {
	t.Helper()
	answer, err := cloud.call(http.MethodPost, "/", secretsManager("ListSecrets"), "{}")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ SecretList []struct{ Name string } }
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, secret := range list.SecretList {
		answer, err := cloud.call(http.MethodPost, "/", secretsManager("GetSecretValue"), `{"SecretId":"`+secret.Name+`"}`)
		if err != nil {
			if strings.Contains(err.Error(), "ResourceNotFoundException") {
				continue // a secret whose value comes from outside has none yet
			}
			t.Fatal(err)
		}
		var value struct{ SecretString string }
		if err := json.Unmarshal([]byte(answer), &value); err != nil {
			t.Fatal(err)
		}
		values[secret.Name] = value.SecretString
	}
	return values
}

func secretsManager(action string) map[string]string {
	return map[string]string{
		"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20300101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
		"Content-Type":  "application/x-amz-json-1.1",
		"X-Amz-Target":  "secretsmanager." + action,
	}
}
