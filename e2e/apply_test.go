//go:build validate

package e2e_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	labenvironment "github.com/groundplan/groundplan/e2e/lab/environment"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
)

// deployment is an application that runs in an account of its own, as far as the emulator runs anything.
type deployment struct {
	prepared    *labenvironment.Environment
	application *app.App
	environment environment.Environment
	folder      string            // of the environment
	modules     map[string]string // logical id ("topic orders") -> address of its module ("module.topic_orders")
	resources   map[string]map[string]any
	cloud       *emulator.Cloud
	aws         *caller
}

// applies is how many environments are applied at a time. Each holds up to 1 GB.
const applies = 8

// TestMain lets tests that say they may run beside each other do so on a machine of few cores: those that apply wait for
// the provider most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if limit := flag.Lookup("test.parallel").Value.(flag.Getter).Get().(int); limit < applies {
		if err := flag.Set("test.parallel", strconv.Itoa(applies)); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// twoServers is labenvironment.Trial with a cluster and a server for the databases.
const twoServers = `environment "trial" {
  profile            = "dev"
  process_allocation = "one_per_service"

  database_server "main" {
    engine    = "aurora"
    instances = 2
  }

  database_server "audit" {
    databases = ["audit"]
  }
}
`

// TestG4_Apply takes environments that were applied to an empty account, the platform and then, against the outputs that
// really came out, the services; lets them work; and destroys those that together hold one of everything. It proves that the
// stacks fit together in this order, that a second plan finds nothing to do, that no value in Secrets Manager stands in a state
// or a saved plan, and what the subtests say. TestLab, which make test runs later, finds its environments applied. What the
// emulator takes without doing anything with it is proven by no apply: see emulator/echoes.py.
func TestG4_Apply(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fixture, settings string
		destroy           bool // what the others are made of is destroyed here
		only              bool // is applied here, while others wait as well, and asked everything else by TestLab
	}{
		// What waits longest begins first.
		{fixture: "shop", settings: labenvironment.Trial, destroy: true},
		{fixture: "parcels", settings: labenvironment.Secure}, // workers and jobs
		{fixture: "shop-typescript", settings: labenvironment.AllInOne},
		{fixture: "webshop", settings: labenvironment.Trial, destroy: true}, // FIFO topics, versioned and public buckets
		{fixture: "ledger", settings: twoServers, destroy: true},            // a cluster
		{fixture: "shop", settings: labenvironment.AllInOne, only: true},
		{fixture: "shop-typescript", settings: labenvironment.Trial, only: true},
		{fixture: "reach", settings: labenvironment.Trial, only: true},
		{fixture: "reach-typescript", settings: labenvironment.Trial, only: true},
		{fixture: "sessions", settings: labenvironment.Trial},
		{fixture: "files", settings: labenvironment.Trial},
		{fixture: "events", settings: labenvironment.Trial},
		{fixture: "schedules", settings: labenvironment.Trial},
		{fixture: "hello"}, // as it is recorded: production resists being destroyed
	} {
		t.Run(test.fixture, func(t *testing.T) {
			t.Parallel() // it waits more than it works
			d := prepare(t, test.fixture, test.settings)
			d.searchForSecrets(t)
			if test.settings == "" || test.only {
				return
			}
			if d.application.Of("topic") != nil {
				t.Run("P1 messages flow", d.messagesFlow)
			}
			t.Run("F4 roles can do what their services do and nothing else", d.rolesCan)
			if test.destroy {
				d.destroy(t)
			}
		})
	}
}

// prepare applies a fixture, unless that was done before, and wants the second plan to have found nothing to do.
func prepare(t *testing.T, fixture, settings string) *deployment {
	t.Helper()
	return prepareWith(t, labenvironment.Options{Fixture: fixture, Settings: settings})
}

// prepareWith is prepare with further options.
func prepareWith(t *testing.T, options labenvironment.Options) *deployment {
	t.Helper()
	options.Progress = t.Output()
	prepared, err := labenvironment.Prepare(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := prepared.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, drift := range prepared.Drift {
		t.Errorf("a second plan wants %s", drift)
	}
	return &deployment{
		prepared: prepared, application: prepared.Application, environment: prepared.Settings, folder: prepared.Folder,
		modules: prepared.Modules, resources: prepared.Resources, cloud: prepared.Cloud, aws: startCaller(t, prepared.Cloud),
	}
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
		for _, stack := range labenvironment.Stacks() {
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
	stacks := labenvironment.Stacks()
	slices.Reverse(stacks)
	for _, name := range stacks {
		variables, err := labenvironment.Variables(filepath.Join(d.folder, name))
		if err != nil {
			t.Fatal(err)
		}
		tf, err := d.prepared.Terraform(name)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		arguments := append([]string{"destroy", "-auto-approve", "-input=false", "-no-color", "-refresh=false", "-parallelism=40"}, variables...)
		if _, err := tf.Run(t.Context(), arguments...); err != nil {
			t.Fatalf("%s: %v\nthe emulator said:\n%s", name, err, d.cloud.Messages())
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

// storedSecrets is every value in Secrets Manager, by the name of its secret.
func storedSecrets(t *testing.T, cloud *emulator.Cloud) map[string]string {
	t.Helper()
	answer, err := cloud.Send(t.Context(), http.MethodPost, "/", secretsManager("ListSecrets"), "{}")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ SecretList []struct{ Name string } }
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, secret := range list.SecretList {
		answer, err := cloud.Send(t.Context(), http.MethodPost, "/", secretsManager("GetSecretValue"), `{"SecretId":"`+secret.Name+`"}`)
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
		found[secret.Name] = value.SecretString
	}
	return found
}

func secretsManager(action string) map[string]string {
	return map[string]string{
		"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20300101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
		"Content-Type":  "application/x-amz-json-1.1",
		"X-Amz-Target":  "secretsmanager." + action,
	}
}
