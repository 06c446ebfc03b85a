package change

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
)

var update = flag.Bool("update", false, "record what is said of the recorded plans; review the difference")

// objectOf is a value of a resource, or a part of one.
type objectOf = map[string]any

func list(elements ...any) []any { return elements }

// production is the environment of the plans that tests make up.
var production = &blueprint.Environment{
	Name: "production", Region: "eu-west-1",
	Stacks: []blueprint.Stack{{Name: "platform", Components: []blueprint.Component{
		{ID: "bucket invoices", Noun: "bucket", Address: "module.bucket_invoices", DeclaredIn: "orders/orders.go", HoldsData: true},
		{ID: "bucket documents", Noun: "bucket", Address: "local.bucket_documents", Existing: true},
		{ID: "cron month-end", Noun: "cron job", Address: "module.job_statements"},
		{ID: "database orders", Noun: "database", Address: "module.database_server_main", DeclaredIn: "orders/orders.go", HoldsData: true},
		{ID: "database role svc_orders", Noun: "database role", Address: "module.database_password_orders"},
		{ID: "database server main", Noun: "database server", Address: "module.database_server_main", HoldsData: true},
		{ID: "encryption key", Noun: "encryption key", Address: "module.key", HoldsData: true},
		{ID: "process gateway", Noun: "gateway", Address: "module.service_gateway"},
		{ID: "process orders", Noun: "service", Address: "module.service_orders", DeclaredIn: "orders/orders.go"},
		{ID: "process statements", Noun: "job", Address: "module.job_statements"},
		{ID: "topic order-placed", Noun: "topic", Address: "module.topic_order", HoldsData: true},
		{ID: "topic order-placed-late", Noun: "topic", Address: "module.topic_order_late", HoldsData: true},
	}}},
}

// changeOf is a change of a resource, whose address is MODULE.TYPE.NAME or TYPE.NAME: without before it is made, without after it goes.
func changeOf(address string, before, after objectOf) *tfjson.ResourceChange {
	at := strings.LastIndex(address, "terraform_data.")
	if at < 0 {
		at = strings.LastIndex(address, "aws_")
	}
	r := &tfjson.ResourceChange{
		Address: address, ModuleAddress: strings.TrimSuffix(address[:at], "."), Mode: tfjson.ManagedResourceMode,
		Change: &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionUpdate}},
	}
	r.Type, r.Name, _ = strings.Cut(address[at:], ".")
	if before != nil {
		r.Change.Before = before
	} else {
		r.Change.Actions = tfjson.Actions{tfjson.ActionCreate}
	}
	if after != nil {
		r.Change.After = after
	} else {
		r.Change.Actions = tfjson.Actions{tfjson.ActionDelete}
	}
	return r
}

func tuned(r *tfjson.ResourceChange, do func(*tfjson.ResourceChange)) *tfjson.ResourceChange {
	do(r)
	return r
}

func acting(r *tfjson.ResourceChange, actions ...tfjson.Action) *tfjson.ResourceChange {
	r.Change.Actions = actions
	return r
}

func replacedBy(r *tfjson.ResourceChange, paths ...any) *tfjson.ResourceChange {
	r.Change.Actions = tfjson.Actions{tfjson.ActionDelete, tfjson.ActionCreate}
	r.Change.ReplacePaths = paths
	return r
}

func planOf(changes ...*tfjson.ResourceChange) *tfjson.Plan {
	return &tfjson.Plan{ResourceChanges: changes}
}

// titles are the components of a set as "title: summary".
func titles(components []Component) []string {
	var found []string
	for _, c := range components {
		found = append(found, c.Title()+": "+c.Summary)
	}
	return found
}

func containerText(t *testing.T, containers ...objectOf) string {
	t.Helper()
	text, err := json.Marshal(containers)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSummary(t *testing.T) {
	keep := objectOf{"id": "x"}
	noop := acting(changeOf("module.topic_order.aws_sns_topic.this", keep, keep), tfjson.ActionNoop)
	service := func(containers ...objectOf) objectOf {
		return objectOf{"skip_destroy": true, "cpu": "256", "container_definitions": containerText(t, containers...)}
	}
	bigger := service(objectOf{"name": "app", "image": "r/shop:b", "environment": list(objectOf{"name": "A", "value": "1"})})
	bigger["cpu"] = "512"
	for _, test := range []struct {
		name    string
		changes []*tfjson.ResourceChange
		want    string
	}{
		{"a policy", []*tfjson.ResourceChange{changeOf("module.topic_order.aws_sqs_queue_policy.this", objectOf{"policy": `{"a": 1}`}, objectOf{"policy": `{"a": 2}`})}, "topic order-placed: queue policy changes"},
		{"a policy in another spelling", []*tfjson.ResourceChange{changeOf("module.topic_order.aws_sqs_queue_policy.this", objectOf{"policy": `{"a": 1}`}, objectOf{"policy": `{ "a":1}`})}, "topic order-placed: details change"},
		{"a policy that is known later", []*tfjson.ResourceChange{tuned(changeOf("module.topic_order.aws_sns_topic_policy.this", objectOf{"policy": `{"a": 1}`}, objectOf{}), func(r *tfjson.ResourceChange) {
			r.Change.AfterUnknown = objectOf{"policy": true}
		})}, "topic order-placed: topic policy changes, known after apply"},
		{"a key's own policy", []*tfjson.ResourceChange{changeOf("module.key.aws_kms_key.this", objectOf{"policy": `{"a": 1}`}, objectOf{"policy": `{"a": 2}`})}, "encryption key: key policy changes"},
		{"a server that is replaced", []*tfjson.ResourceChange{replacedBy(changeOf("module.database_server_main.aws_db_instance.this", keep, keep), list("storage_encrypted"))}, "database server main: replaced, data lost (because of encryption of storage)"},
		{"created first, then destroyed", []*tfjson.ResourceChange{acting(changeOf("module.service_orders.aws_security_group.this", keep, keep), tfjson.ActionCreate, tfjson.ActionDelete)}, "service orders: replaces security group"},
		{"a deployment", []*tfjson.ResourceChange{replacedBy(changeOf("module.service_orders.aws_ecs_task_definition.this", service(objectOf{"name": "app", "image": "r/shop:a"}), bigger), list("container_definitions"), list("cpu"))}, "service orders: new version b, environment variable A added, cpu 256 -> 512"},
		{"a deployment with another configuration", []*tfjson.ResourceChange{replacedBy(changeOf("module.service_gateway.aws_ecs_task_definition.this",
			service(objectOf{"name": "config", "environment": list(objectOf{"name": "INFRA_CONFIG", "value": "{}"})}),
			service(objectOf{"name": "config", "environment": list(objectOf{"name": "INFRA_CONFIG", "value": "{1}"})}, objectOf{"name": "probe", "image": "x"})))}, "gateway: runtime configuration changes, container probe added"},
		{"another image", []*tfjson.ResourceChange{replacedBy(changeOf("module.service_orders.aws_ecs_task_definition.this",
			service(objectOf{"name": "app", "image": "1.dkr.ecr.eu-west-1.amazonaws.com/shop:a", "secrets": list(objectOf{"name": "KEY", "valueFrom": "arn:a"})}),
			service(objectOf{"name": "app", "image": "ghcr.io/shop:a", "stopTimeout": 5.0, "secrets": list(objectOf{"name": "KEY", "valueFrom": "arn:b"})})))}, "service orders: image shop:a -> shop:a, secret KEY changes, stop timeout changes"},
		{"a task definition that does not stay", []*tfjson.ResourceChange{replacedBy(changeOf("module.service_orders.aws_ecs_task_definition.this", objectOf{"cpu": "256"}, objectOf{"cpu": "512"}), list("cpu"))}, "service orders: replaced (because of cpu)"},
		{"a digest", []*tfjson.ResourceChange{replacedBy(changeOf("module.service_orders.aws_ecs_task_definition.this", service(objectOf{"name": "app", "image": "r/shop@sha256:000000000000ffff"}), service(objectOf{"name": "app", "image": "r/shop@sha256:111111111111ffff"})))}, "service orders: new version sha256:111111111111"},
		{"numbers", []*tfjson.ResourceChange{changeOf("module.service_orders.aws_ecs_service.this", objectOf{"desired_count": 1.0}, objectOf{"desired_count": 3.0}), changeOf("module.service_orders.aws_cloudwatch_log_group.this", objectOf{"retention_in_days": 30.0}, objectOf{"retention_in_days": 90.0})}, "service orders: tasks 1 -> 3, log group retention 30 -> 90"},
		{"seconds", []*tfjson.ResourceChange{changeOf("module.topic_order.aws_sqs_queue.this", objectOf{"visibility_timeout_seconds": 30.0, "message_retention_seconds": 345600.0}, objectOf{"visibility_timeout_seconds": 90.0, "message_retention_seconds": 3600.0})}, "topic order-placed: message retention 4 days -> 1 h, visibility 30 s -> 90 s"},
		{"switches", []*tfjson.ResourceChange{changeOf("module.database_server_main.aws_db_instance.this", objectOf{"deletion_protection": true, "skip_final_snapshot": false}, objectOf{"deletion_protection": false, "skip_final_snapshot": true})}, "database server main: deletion protection off, final snapshot off"},
		{"engine and class", []*tfjson.ResourceChange{changeOf("module.database_server_main.aws_db_instance.this", objectOf{"engine_version": "16", "instance_class": "db.a"}, objectOf{"engine_version": "17", "instance_class": "db.b"})}, "database server main: engine version 16 -> 17, instance class db.a -> db.b"},
		{"a parameter", []*tfjson.ResourceChange{changeOf("module.database_server_main.aws_db_parameter_group.this",
			objectOf{"parameter": list(objectOf{"name": "a", "value": "1"}, objectOf{"name": "b", "value": "1"})},
			objectOf{"parameter": list(objectOf{"name": "b", "value": "2"}, objectOf{"name": "c", "value": "1"}, objectOf{"name": "a", "value": "1"})})}, "database server main: parameter group b 1 -> 2, parameter group parameter changes"},
		{"lists", []*tfjson.ResourceChange{changeOf("module.bucket_invoices.aws_s3_bucket_cors_configuration.this", objectOf{"allowed_origins": list("a", "b")}, objectOf{"allowed_origins": list("b", "c")})}, "bucket invoices: CORS rules allowed origins gain c, lose a"},
		{"tags", []*tfjson.ResourceChange{changeOf("module.topic_order.aws_sns_topic.this", objectOf{"tags": objectOf{"a": "1"}, "tags_all": objectOf{"a": "1"}}, objectOf{"tags": objectOf{"a": "2"}, "tags_all": objectOf{"a": "2"}})}, "topic order-placed: tags change"},
		{"a part that comes, and one that goes", []*tfjson.ResourceChange{noop, changeOf("module.topic_order.aws_cloudwatch_metric_alarm.a", nil, keep), changeOf("module.topic_order.aws_cloudwatch_metric_alarm.b", nil, keep), changeOf("module.topic_order.aws_sns_topic_policy.this", keep, nil)}, "topic order-placed: adds 2 alarms, removes topic policy"},
		{"something new", []*tfjson.ResourceChange{changeOf("module.topic_order.aws_cloudwatch_metric_alarm.a", nil, keep), changeOf("module.topic_order.aws_sns_topic.this", nil, keep)}, "topic order-placed: new: topic, alarm"},
		{"something new and large", []*tfjson.ResourceChange{changeOf("module.database_server_main.aws_db_instance.this", nil, objectOf{"instance_class": "db.m6g.large"})}, "database server main: new: server db.m6g.large"},
		{"something new for everybody", []*tfjson.ResourceChange{changeOf("module.service_gateway.aws_lb.this", nil, objectOf{"internal": false})}, "gateway: new: load balancer facing the internet"},
		{"something that goes", []*tfjson.ResourceChange{changeOf("module.bucket_invoices.aws_s3_bucket.this", keep, nil), changeOf("module.bucket_invoices.aws_s3_bucket_policy.this", keep, nil)}, "bucket invoices: destroyed, data lost"},
		{"something the code has no longer", []*tfjson.ResourceChange{changeOf("module.bucket_old_ones.aws_s3_bucket.this", keep, nil)}, "bucket old ones: destroyed, data lost (no longer in the code)"},
		{"a password that is drawn anew", []*tfjson.ResourceChange{replacedBy(changeOf("module.database_password_orders.aws_secretsmanager_secret.this", keep, keep), list("name"))}, "database role svc_orders: replaced (because of name)"},
		{"something that is left alone", []*tfjson.ResourceChange{acting(changeOf("module.bucket_invoices.aws_s3_bucket.this", keep, nil), tfjson.ActionForget)}, "bucket invoices: no longer managed, stays on AWS"},
		{"a move", []*tfjson.ResourceChange{tuned(acting(changeOf("module.bucket_invoices.aws_s3_bucket.this", keep, keep), tfjson.ActionNoop), func(r *tfjson.ResourceChange) {
			r.PreviousAddress = "module.bucket_bills.aws_s3_bucket.this"
		})}, "bucket invoices: moved from module.bucket_bills"},
		{"an import", []*tfjson.ResourceChange{tuned(changeOf("module.bucket_invoices.aws_s3_bucket.this", objectOf{"force_destroy": true}, objectOf{"force_destroy": false}), func(r *tfjson.ResourceChange) {
			r.Change.Importing = &tfjson.Importing{ID: "invoices"}
		})}, "bucket invoices: force destroy off, imports bucket"},
		{"at the root", []*tfjson.ResourceChange{changeOf("terraform_data.account", nil, objectOf{"input": "1"})}, "environment: new: check"},
		{"a job and its schedule", []*tfjson.ResourceChange{changeOf("module.job_statements.aws_scheduler_schedule.this", objectOf{"schedule_expression": "rate(1 hour)"}, objectOf{"schedule_expression": "rate(2 hours)"})}, "job statements: schedule expression rate(1 hour) -> rate(2 hours)"},
		{"too much to say", []*tfjson.ResourceChange{changeOf("module.topic_order.aws_sns_topic.this", objectOf{"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0, "e": 1.0, "f": 1.0, "g": 1.0}, objectOf{"a": 2.0, "b": 2.0, "c": 2.0, "d": 2.0, "e": 2.0, "f": 2.0, "g": 2.0})}, "topic order-placed: a 1 -> 2, b 1 -> 2, c 1 -> 2, d 1 -> 2, e 1 -> 2, 2 more changes"},
		{"inside a module of a module", []*tfjson.ResourceChange{changeOf(`module.topic_order["a.b"].module.inner.aws_sns_topic.this`, objectOf{"a": 1.0}, objectOf{"a": 2.0})}, "topic order-placed: a 1 -> 2"},
		{"with a longer name", []*tfjson.ResourceChange{changeOf("module.topic_order_late.aws_sns_topic.this", objectOf{"a": 1.0}, objectOf{"a": 2.0})}, "topic order-placed-late: a 1 -> 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := titles(Of(production, "platform", planOf(test.changes...)).Components)
			if len(got) != 1 || got[0] != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// The worst comes first.
func TestOrder(t *testing.T) {
	keep := objectOf{"id": "x"}
	set := Of(production, "platform", planOf(
		changeOf("module.topic_order.aws_sns_topic.this", nil, keep),
		changeOf("module.service_orders.aws_ecs_service.this", objectOf{"a": 1.0}, objectOf{"a": 2.0}),
		changeOf("module.service_gateway.aws_iam_role_policy.this", objectOf{"policy": "{}"}, objectOf{"policy": `{"a": 1}`}),
		acting(changeOf("module.key.aws_kms_alias.this", keep, nil), tfjson.ActionForget),
		replacedBy(changeOf("module.topic_order_late.aws_sns_topic.this", keep, keep)),
		changeOf("module.job_statements.aws_scheduler_schedule.this", keep, nil),
		changeOf("module.bucket_invoices.aws_s3_bucket.this", keep, nil),
		acting(changeOf("module.database_password_orders.aws_secretsmanager_secret.this", keep, keep), tfjson.ActionNoop),
		&tfjson.ResourceChange{Mode: tfjson.DataResourceMode, Address: "data.aws_x.y", Change: &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionRead}}},
		&tfjson.ResourceChange{Mode: "ephemeral", Address: "ephemeral.aws_x.y", Change: &tfjson.Change{Actions: tfjson.Actions{"open"}}},
	))
	var got []string
	for _, c := range set.Components {
		got = append(got, c.Risk.String()+" "+c.ID)
	}
	want := []string{"data_lost bucket invoices", "destroyed process statements", "replaced topic order-placed-late", "forgotten encryption key", "access process gateway", "changed process orders", "created topic order-placed"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if counts := (Counts{Create: 1, Change: 2, Replace: 1, Destroy: 2, Forget: 1, Read: 1}); set.Counts != counts {
		t.Errorf("got %+v, want %+v", set.Counts, counts)
	}
	if set.Counts.None() || !(Counts{Read: 3}).None() {
		t.Error("None is wrong")
	}
}

func TestDriftOutputsAndDeferred(t *testing.T) {
	partial := false
	set := Of(production, "platform", &tfjson.Plan{
		Complete: &partial,
		ResourceDrift: []*tfjson.ResourceChange{
			changeOf("module.service_orders.aws_cloudwatch_log_group.this", objectOf{"retention_in_days": 90.0, "kms_key_id": nil}, objectOf{"retention_in_days": 1.0, "kms_key_id": ""}),
			changeOf("module.key.aws_kms_alias.this", objectOf{"tags": nil}, objectOf{"tags": objectOf{}}),
			changeOf("module.topic_order.aws_sns_topic.this", objectOf{"id": "x"}, nil),
		},
		DeferredChanges: []*tfjson.DeferredResourceChange{{Reason: "provider_config_unknown", ResourceChange: changeOf("module.bucket_invoices.aws_s3_bucket.this", nil, objectOf{})}},
		OutputChanges: map[string]*tfjson.Change{
			"topic":  {Actions: tfjson.Actions{tfjson.ActionCreate}, AfterUnknown: true},
			"server": {Actions: tfjson.Actions{tfjson.ActionUpdate}, AfterSensitive: objectOf{"password": true}},
			"bucket": {Actions: tfjson.Actions{tfjson.ActionDelete}},
			"same":   {Actions: tfjson.Actions{tfjson.ActionNoop}},
		},
	})
	if got, want := titles(set.Drift), []string{"topic order-placed: removes topic", "service orders: log group retention 90 -> 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := []Output{{Name: "bucket", Action: "delete"}, {Name: "server", Action: "update", Sensitive: true}, {Name: "topic", Action: "create", Unknown: true}}; !slices.Equal(set.Outputs, want) {
		t.Errorf("got %+v, want %+v", set.Outputs, want)
	}
	if want := []Deferred{{"module.bucket_invoices.aws_s3_bucket.this", "bucket invoices", "provider config unknown"}}; !slices.Equal(set.Deferred, want) || !set.Incomplete {
		t.Errorf("got %+v, want %+v", set.Deferred, want)
	}
	golden(t, "around.txt", rendered(t, 80, set))
}

func rendered(t *testing.T, width int, sets ...Set) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Text(&out, sets, width); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if len([]rune(line)) > width {
			t.Errorf("%d columns: %s", len([]rune(line)), line)
		}
	}
	return out.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// Nothing that is secret is in any of the formats, wherever it stands in a plan.
func TestSecretsAreNotShown(t *testing.T) {
	const secret = "hunter2"
	env := list(objectOf{"name": "TOKEN", "value": secret})
	set := Of(production, "platform", &tfjson.Plan{
		ResourceChanges: []*tfjson.ResourceChange{
			tuned(changeOf("module.topic_order.aws_sns_topic.this", objectOf{"a": secret, "b": objectOf{"c": secret}, "d": list(objectOf{"e": secret})}, objectOf{"a": secret + "x", "b": objectOf{"c": secret + "x"}, "d": list(objectOf{"e": secret + "x"}, objectOf{"e": secret})}), func(r *tfjson.ResourceChange) {
				r.Change.BeforeSensitive = objectOf{"a": true, "b": objectOf{"c": true}, "d": list(objectOf{"e": true})}
				r.Change.AfterSensitive = objectOf{"a": true, "b": objectOf{"c": true}, "d": list(objectOf{"e": true}, objectOf{"e": true})}
			}),
			tuned(changeOf("module.key.aws_kms_key.this", objectOf{"a": secret}, objectOf{"a": "b"}), func(r *tfjson.ResourceChange) { r.Change.BeforeSensitive = true }),
			changeOf("module.bucket_invoices.aws_secretsmanager_secret_version.this", objectOf{"secret_string": secret}, objectOf{"secret_string": secret + "x"}),
			changeOf("module.service_orders.aws_ecs_task_definition.this", objectOf{"container_definitions": containerText(t, objectOf{"name": "app"})}, objectOf{"container_definitions": containerText(t, objectOf{"name": "app", "environment": env})}),
			changeOf("module.service_orders.aws_lambda_function.this", objectOf{"environment": list(objectOf{"variables": objectOf{"A": secret}})}, objectOf{"environment": list(objectOf{"variables": objectOf{"A": secret + "x"}})}),
			changeOf("terraform_data.note", objectOf{"input": secret}, objectOf{"input": secret + "x"}),
			tuned(changeOf("module.service_gateway.aws_lambda_function.this", objectOf{"x": list(secret)}, objectOf{}), func(r *tfjson.ResourceChange) {
				r.Change.BeforeSensitive, r.Change.AfterUnknown = objectOf{"x": list(true)}, objectOf{"x": true}
			}),
		},
		ResourceDrift: []*tfjson.ResourceChange{tuned(changeOf("module.topic_order.aws_sns_topic.this", objectOf{"a": "x"}, objectOf{"a": secret}), func(r *tfjson.ResourceChange) {
			r.Change.AfterSensitive = objectOf{"a": true}
		})},
		OutputChanges: map[string]*tfjson.Change{"x": {Actions: tfjson.Actions{tfjson.ActionUpdate}, Before: secret, After: secret + "x", AfterSensitive: true}},
	})
	var all bytes.Buffer
	for _, write := range []func() error{
		func() error { return Text(&all, []Set{set}, 80) }, func() error { return Markdown(&all, []Set{set}) }, func() error { return JSON(&all, []Set{set}) },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(all.String(), secret) {
		t.Errorf("a secret is shown:\n%s", all.String())
	}
	if !strings.Contains(all.String(), "(not shown)") {
		t.Errorf("nothing says that something is not shown:\n%s", all.String())
	}
}

// Hundreds of components that change in the same way are a few lines.
func TestManyComponents(t *testing.T) {
	env := &blueprint.Environment{Stacks: []blueprint.Stack{{Name: "services"}}}
	var changes []*tfjson.ResourceChange
	for i := range 300 {
		address := fmt.Sprintf("module.service_s%03d", i)
		noun := "service"
		if i%25 == 0 {
			noun = "worker"
		}
		env.Stacks[0].Components = append(env.Stacks[0].Components, blueprint.Component{ID: fmt.Sprintf("process s%03d", i), Noun: noun, Address: address})
		switch {
		case i < 12:
			changes = append(changes, changeOf(address+".aws_cloudwatch_log_group.this", objectOf{"retention_in_days": 30.0}, objectOf{"retention_in_days": 90.0}))
		case i == 20:
			changes = append(changes, changeOf(address+".aws_ecs_service.this", objectOf{"desired_count": 1.0}, objectOf{"desired_count": 2.0}))
		default:
			changes = append(changes, replacedBy(changeOf(address+".aws_ecs_task_definition.this",
				objectOf{"skip_destroy": true, "container_definitions": `[{"name": "app", "image": "r:a"}]`}, objectOf{"skip_destroy": true, "container_definitions": `[{"name": "app", "image": "r:b"}]`})))
		}
	}
	set := Of(env, "services", planOf(changes...))
	golden(t, "many.txt", rendered(t, 80, set))
	var out bytes.Buffer
	if err := Markdown(&out, []Set{set}); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 60000 {
		t.Errorf("a comment of %d bytes: GitHub takes 65536", out.Len())
	}
}

// What is read in a terminal or in a comment does nothing there.
func TestTextIsHarmless(t *testing.T) {
	env := &blueprint.Environment{Stacks: []blueprint.Stack{{Name: "platform", Components: []blueprint.Component{{ID: "topic \x1b[2J", Noun: "topic", Address: "module.t", DeclaredIn: "a|b`.go"}}}}}
	set := Of(env, "platform", planOf(changeOf("module.t.aws_sns_topic.this", objectOf{"name": "a"}, objectOf{"name": "@all [x](http://y) <b>|`"})))
	if got := rendered(t, 80, set); bytes.ContainsRune(got, '\x1b') {
		t.Errorf("got %q", got)
	}
	var out bytes.Buffer
	if err := Markdown(&out, []Set{set}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"@all", "<b>|", "[x](", "://", "\x1b"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("%q is in\n%s", bad, out.String())
		}
	}
}

// Narrow terminals get narrow lines.
func TestNarrow(t *testing.T) {
	rendered(t, 40, Of(production, "platform", planOf(changeOf("module.topic_order.aws_sns_topic.this", objectOf{"display_name": "a"}, objectOf{"display_name": "b"}))))
}

// Every type of resource that the modules or the generated code make has a word of its own, and no word is for a type that
// nothing makes.
func TestWords(t *testing.T) {
	made := map[string]bool{}
	resource := regexp.MustCompile(`(?m)^resource "([a-z0-9_]+)"`)
	for _, pattern := range []string{"../../modules/*/*.tf", "../../golden/*/infra/*/*/*.tf"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range resource.FindAllStringSubmatch(string(content), -1) {
				made[match[1]] = true
			}
		}
	}
	for resourceType := range made {
		if found, known := resourceNoun(resourceType); !known || found.noun == "" {
			t.Errorf("there is no word for %s: add it to noun.go", resourceType)
		}
	}
	source, err := os.ReadFile("noun.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`"((?:aws|terraform)_[a-z0-9_]+)"`).FindAllStringSubmatch(string(source), -1) {
		if !made[match[1]] {
			t.Errorf("noun.go has a word for %s, which nothing makes", match[1])
		}
	}
	if found, known := resourceNoun("aws_new_thing"); known || found.noun != "new thing" {
		t.Error("a type without a word is not told")
	}
}

func TestPlural(t *testing.T) {
	for noun, want := range map[string]string{"alarm": "alarms", "queue policy": "queue policies", "gateway": "gateways", "public access": "public accesses", "notifications": "notifications"} {
		if got := plural(noun); got != want {
			t.Errorf("%s: got %s, want %s", noun, got, want)
		}
	}
}

func TestWithoutInstances(t *testing.T) {
	for address, want := range map[string]string{
		`module.a["x].y"].aws_b.c[0]`: "module.a.aws_b.c", `module.a["\"]"].b.c`: "module.a.b.c", "a.b": "a.b",
	} {
		if got := withoutInstances(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}
