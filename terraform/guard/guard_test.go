package guard

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
)

// objectOf is a value of a resource, or a part of one.
type objectOf = map[string]any

// listOf is a block, or several.
func listOf(elements ...any) []any { return elements }

// shopping is the environment that trials are in.
var shopping = &blueprint.Environment{
	Name: "production", Region: "eu-west-1", AccountID: "111122223333",
	Stacks: []blueprint.Stack{{Name: "platform", Components: []blueprint.Component{
		{ID: "database server main", Noun: "database server", Address: "module.main", HoldsData: true},
		{ID: "database role svc_orders", Noun: "database role", Address: "module.password"},
		{ID: "secret StripeKey", Noun: "secret", Address: "module.stripe", HoldsData: true, DeclaredIn: "orders/orders.go"},
		{ID: "process orders", Noun: "service", Address: "module.orders"},
	}}},
}

// changesOf is a change of a resource in a module: without before it is made, without after it goes.
func changesOf(module, resourceType string, before, after objectOf) *tfjson.ResourceChange {
	r := &tfjson.ResourceChange{
		Address: module + "." + resourceType + ".this", ModuleAddress: module, Mode: tfjson.ManagedResourceMode, Type: resourceType, Name: "this",
		Change: &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionUpdate}},
	}
	// A nil object in an interface is not nil.
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

// changed is of in the module of the server, before and after.
func changed(resourceType string, before, after objectOf) []*tfjson.ResourceChange {
	return []*tfjson.ResourceChange{changesOf("module.main", resourceType, before, after)}
}

// anew makes changes replacements, because of attributes.
func anew(changes []*tfjson.ResourceChange, attributes ...string) []*tfjson.ResourceChange {
	for _, r := range changes {
		r.Change.Actions = tfjson.Actions{tfjson.ActionDelete, tfjson.ActionCreate}
		for _, name := range attributes {
			r.Change.ReplacePaths = append(r.Change.ReplacePaths, []any{name})
		}
	}
	return changes
}

// madeUnknown makes attributes known after the apply alone.
func madeUnknown(changes []*tfjson.ResourceChange, names ...string) []*tfjson.ResourceChange {
	for _, r := range changes {
		mask := objectOf{}
		for _, name := range names {
			mask[name] = true
		}
		r.Change.AfterUnknown = mask
	}
	return changes
}

// guardTrial is a plan, and what the guards find in it: "refuses RULE: part of the reason" or "tells RULE: part of the reason".
type guardTrial struct {
	name    string
	changes []*tfjson.ResourceChange
	options Options
	want    []string
}

func run(t *testing.T, trials []guardTrial) {
	t.Helper()
	for _, trial := range trials {
		t.Run(trial.name, func(t *testing.T) {
			plan := &tfjson.Plan{ResourceChanges: trial.changes}
			compare(t, Check(shopping, "platform", plan, trial.options), trial.want)
		})
	}
}

// compare holds findings against what is wanted, in any order.
func compare(t *testing.T, findings []Finding, want []string) {
	t.Helper()
	left := slices.Clone(want)
	for _, f := range findings {
		verb := "tells "
		if f.Refuses {
			verb = "refuses "
		}
		at := slices.IndexFunc(left, func(wanted string) bool {
			rule, reason, _ := strings.Cut(wanted, ": ")
			return rule == verb+f.Rule && strings.Contains(f.Reason, reason)
		})
		if at < 0 {
			t.Errorf("found %s%s: %s (%s)", verb, f.Rule, f.Reason, f.Address)
			continue
		}
		left = slices.Delete(left, at, at+1)
	}
	for _, missing := range left {
		t.Errorf("nobody %s", missing)
	}
}

func TestDataLost(t *testing.T) {
	database := objectOf{"identifier": "main", "skip_final_snapshot": true}
	secret := objectOf{"id": "arn:s", "recovery_window_in_days": 7.0}
	value := changesOf("module.gone", "aws_secretsmanager_secret_version", objectOf{"secret_id": "arn:s"}, nil)
	deposed := changed("aws_db_instance", database, nil)
	deposed[0].DeposedKey = "0f1e2d3c"
	kept := changed("aws_db_instance", database, nil)
	kept[0].Change.Actions = tfjson.Actions{tfjson.ActionForget}
	allow := func(addresses ...string) Options { return Options{AllowDestroy: addresses} }
	trials := []guardTrial{
		{name: "a server is replaced", changes: anew(changed("aws_db_instance", database, database), "storage_encrypted"), want: []string{
			"refuses data-lost: replaced, because storage_encrypted changes (forces replacement); no last snapshot is taken",
		}},
		{name: "a server is changed", changes: changed("aws_db_instance", database, database)},
		{name: "a server is made", changes: changed("aws_db_instance", nil, database)},
		{name: "a server is forgotten", changes: kept},
		{name: "what was left over goes", changes: deposed, want: []string{"refuses data-lost: left over from an earlier replacement"}},
		{name: "it is named", changes: changed("aws_db_instance", database, nil), options: allow("module.main.aws_db_instance.this")},
		{name: "its module is named", changes: changed("aws_db_instance", database, nil), options: allow("module.main")},
		{name: "a module with a longer name is named", changes: changed("aws_db_instance", database, nil), options: allow("module.mai", "module.main2", "aws_db_instance.this"), want: []string{
			"refuses data-lost: destroyed",
		}},
		{name: "the stack is named", changes: changed("aws_db_instance", database, nil), options: allow("platform"), want: []string{"refuses data-lost"}},
		{name: "all of it goes on purpose", changes: changed("aws_db_instance", database, nil), options: Options{Destroy: true}, want: []string{"refuses data-lost"}},
		{name: "a secret of the application", changes: []*tfjson.ResourceChange{changesOf("module.stripe", "aws_secretsmanager_secret", secret, nil)}, want: []string{
			"refuses data-lost: destroyed; it can be restored for 7 days",
		}},
		{name: "a secret that is drawn anew", changes: anew([]*tfjson.ResourceChange{changesOf("module.password", "aws_secretsmanager_secret", secret, secret)}, "name"), want: []string{
			"tells data-lost: drawn anew",
		}},
		{name: "a secret that the code has no more", changes: []*tfjson.ResourceChange{changesOf("module.gone", "aws_secretsmanager_secret", secret, nil)}, want: []string{"refuses data-lost"}},
		{name: "a secret that the code has no more, and that terraform filled", changes: []*tfjson.ResourceChange{changesOf("module.gone", "aws_secretsmanager_secret", secret, nil), value}, want: []string{
			"tells data-lost: drawn anew",
		}},
		{name: "a secret whose value another module wrote", changes: []*tfjson.ResourceChange{changesOf("module.gone", "aws_secretsmanager_secret", secret, nil), changesOf("module.other", "aws_secretsmanager_secret_version", objectOf{"secret_id": "arn:s"}, nil)}, want: []string{
			"refuses data-lost",
		}},
		{name: "a part that holds nothing", changes: changed("aws_db_parameter_group", objectOf{"id": "main"}, nil)},
	}
	for _, resourceType := range []string{"aws_rds_cluster", "aws_s3_bucket", "aws_sqs_queue", "aws_elasticache_replication_group", "aws_kms_key", "aws_cloudwatch_log_group", "aws_ecr_repository"} {
		thing := objectOf{"id": "x"}
		trials = append(trials,
			guardTrial{name: resourceType + " goes", changes: changed(resourceType, thing, nil), want: []string{"refuses data-lost: destroyed"}},
			guardTrial{name: resourceType + " is replaced", changes: anew(changed(resourceType, thing, thing), "name"), want: []string{"refuses data-lost: replaced"}},
			guardTrial{name: resourceType + " is made", changes: changed(resourceType, nil, thing)},
			guardTrial{name: resourceType + " is changed", changes: changed(resourceType, thing, thing)},
		)
	}
	run(t, trials)
}

// hint has the address as a shell takes it.
func TestHint(t *testing.T) {
	r := changesOf("module.main", "aws_s3_bucket", objectOf{"bucket": "b"}, nil)
	r.Address = `module.main["it's"].aws_s3_bucket.this[0]`
	findings := Check(shopping, "platform", &tfjson.Plan{ResourceChanges: []*tfjson.ResourceChange{r}}, Options{})
	if want := `pass --allow-destroy 'module.main["it'\''s"].aws_s3_bucket.this[0]'`; len(findings) != 1 || !strings.HasPrefix(findings[0].Hints[1], want) {
		t.Errorf("got %+v, want the hint %s", findings, want)
	}
	if !Refused(findings) || Refused(nil) {
		t.Error("Refused is wrong")
	}
}

// The page about driving has a row for every rule.
func TestRulesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/driving.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	_, section, _ := strings.Cut(string(page), "\n## Guards\n")
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(section, -1) {
		documented = append(documented, row[1])
	}
	if rules := []string{DataLost, DataShrinks, NetRemoved, Widened, Exposed, Weakened, WrongPlace, MuchDestroyed, StateMoved}; !slices.Equal(documented, rules) {
		t.Errorf("docs/driving.md has %q, and the rules are %q", documented, rules)
	}
}

func lifecycle(rules ...any) objectOf { return objectOf{"bucket": "b", "rule": rules} }

func expiring(prefix string, days float64) objectOf {
	return objectOf{"status": "Enabled", "filter": listOf(objectOf{"prefix": prefix}), "expiration": listOf(objectOf{"days": days})}
}

func noncurrent(days float64) objectOf {
	return objectOf{"status": "Enabled", "filter": listOf(objectOf{"prefix": ""}), "noncurrent_version_expiration": listOf(objectOf{"noncurrent_days": days})}
}

func TestDataShrinks(t *testing.T) {
	number := func(resourceType, name string, before, after float64) []*tfjson.ResourceChange {
		return changed(resourceType, objectOf{name: before}, objectOf{name: after})
	}
	tagged := expiring("a/", 5)
	tagged["filter"] = listOf(objectOf{"and": listOf(objectOf{"prefix": "a/", "tags": objectOf{"kind": "draft"}})})
	off := expiring("", 1)
	off["status"] = "Disabled"
	const bucket = "aws_s3_bucket_lifecycle_configuration"
	run(t, []guardTrial{
		{name: "no backups", changes: number("aws_db_instance", "backup_retention_period", 7, 0), want: []string{"refuses data-shrinks: 7 -> 0: the automated backups are deleted"}},
		{name: "fewer backups", changes: number("aws_rds_cluster", "backup_retention_period", 7, 1), want: []string{"refuses data-shrinks: older automated backups are deleted"}},
		{name: "more backups", changes: number("aws_db_instance", "backup_retention_period", 1, 7)},
		{name: "backups from the start", changes: changed("aws_db_instance", nil, objectOf{"backup_retention_period": 0.0})},
		{name: "it is named", changes: number("aws_db_instance", "backup_retention_period", 7, 0), options: Options{AllowDestroy: []string{"module.main"}}},
		{name: "messages go sooner", changes: number("aws_sqs_queue", "message_retention_seconds", 604800, 60), want: []string{"refuses data-shrinks: older messages are deleted"}},
		{name: "messages stay longer", changes: number("aws_sqs_queue", "message_retention_seconds", 60, 604800)},
		{name: "objects go sooner", changes: changed(bucket, lifecycle(expiring("a/", 30)), lifecycle(expiring("a/", 7))), want: []string{"refuses data-shrinks: objects under a/ are deleted after 7 days; it was after 30"}},
		{name: "objects stay longer", changes: changed(bucket, lifecycle(expiring("a/", 7)), lifecycle(expiring("a/", 30)))},
		{name: "more objects go", changes: changed(bucket, lifecycle(expiring("a/", 7)), lifecycle(expiring("", 7))), want: []string{"refuses data-shrinks: no rule deleted them before"}},
		{name: "fewer objects go", changes: changed(bucket, lifecycle(expiring("", 7)), lifecycle(expiring("a/", 7)))},
		{name: "a first rule for what is there", changes: changed(bucket, nil, lifecycle(expiring("", 7))), want: []string{"refuses data-shrinks: no rule deleted them before"}},
		{name: "a first rule for a new bucket", changes: append(changed(bucket, nil, lifecycle(expiring("", 7))), changed("aws_s3_bucket", nil, objectOf{"bucket": "b"})...)},
		{name: "a rule that is off", changes: changed(bucket, lifecycle(), lifecycle(off))},
		{name: "a rule for some", changes: changed(bucket, lifecycle(), lifecycle(tagged)), want: []string{"refuses data-shrinks: that a filter selects"}},
		{name: "a rule for some of those", changes: changed(bucket, lifecycle(expiring("", 5)), lifecycle(tagged))},
		{name: "versions go sooner", changes: changed(bucket, lifecycle(noncurrent(90)), lifecycle(noncurrent(1))), want: []string{"refuses data-shrinks: older versions of objects are deleted after 1 day; it was after 90"}},
		{name: "versions stay longer", changes: changed(bucket, lifecycle(noncurrent(1)), lifecycle(noncurrent(90)))},
	})
}

func TestNetRemoved(t *testing.T) {
	versions := func(status string) objectOf {
		return objectOf{"bucket": "b", "versioning_configuration": listOf(objectOf{"status": status})}
	}
	run(t, []guardTrial{
		{name: "no last snapshot", changes: changed("aws_db_instance", objectOf{"skip_final_snapshot": false}, objectOf{"skip_final_snapshot": true}), want: []string{"tells net-removed: skip_final_snapshot"}},
		{name: "a last snapshot", changes: changed("aws_db_instance", objectOf{"skip_final_snapshot": true}, objectOf{"skip_final_snapshot": false})},
		{name: "backups go with it", changes: changed("aws_rds_cluster", objectOf{"delete_automated_backups": false}, objectOf{"delete_automated_backups": true}), want: []string{"tells net-removed: delete_automated_backups"}},
		{name: "versions suspended", changes: changed("aws_s3_bucket_versioning", versions("Enabled"), versions("Suspended")), want: []string{"tells net-removed: versioning is suspended"}},
		{name: "versions no longer asked for", changes: changed("aws_s3_bucket_versioning", versions("Enabled"), nil), want: []string{"tells net-removed: versioning is suspended"}},
		{name: "versions of a bucket that goes", changes: append(changed("aws_s3_bucket_versioning", versions("Enabled"), nil), changed("aws_s3_bucket", objectOf{"bucket": "b", "id": "b"}, nil)...), want: []string{"refuses data-lost"}},
		{name: "versions kept", changes: changed("aws_s3_bucket_versioning", versions("Suspended"), versions("Enabled"))},
		{name: "the key goes sooner", changes: changed("aws_kms_key", objectOf{"deletion_window_in_days": 30.0}, objectOf{"deletion_window_in_days": 7.0}), want: []string{"tells net-removed: 30 -> 7"}},
		{name: "the key goes later", changes: changed("aws_kms_key", objectOf{"deletion_window_in_days": 7.0}, objectOf{"deletion_window_in_days": 30.0})},
		{name: "the secret goes at once", changes: changed("aws_secretsmanager_secret", objectOf{"recovery_window_in_days": 30.0}, objectOf{"recovery_window_in_days": 0.0}), want: []string{"tells net-removed: 30 -> 0"}},
		{name: "the secret goes later", changes: changed("aws_secretsmanager_secret", objectOf{"recovery_window_in_days": 0.0}, objectOf{"recovery_window_in_days": 30.0})},
		{name: "logs go sooner", changes: changed("aws_cloudwatch_log_group", objectOf{"retention_in_days": 0.0}, objectOf{"retention_in_days": 30.0}), want: []string{"tells net-removed: 0 -> 30: older logs are deleted"}},
		{name: "logs stay for good", changes: changed("aws_cloudwatch_log_group", objectOf{"retention_in_days": 30.0}, objectOf{"retention_in_days": 0.0})},
		{name: "fewer snapshots", changes: changed("aws_elasticache_replication_group", objectOf{"snapshot_retention_limit": 7.0, "final_snapshot_identifier": "x"}, objectOf{"snapshot_retention_limit": 0.0}), want: []string{
			"tells net-removed: fewer days of snapshots", "tells net-removed: final_snapshot_identifier is gone",
		}},
		{name: "more snapshots", changes: changed("aws_elasticache_replication_group", objectOf{"snapshot_retention_limit": 0.0}, objectOf{"snapshot_retention_limit": 7.0, "final_snapshot_identifier": "x"})},
		{name: "objects go with the bucket", changes: changed("aws_s3_bucket", objectOf{"force_destroy": false}, objectOf{"force_destroy": true}), want: []string{"tells net-removed: force_destroy is turned on"}},
		{name: "objects keep the bucket", changes: changed("aws_s3_bucket", objectOf{"force_destroy": true}, objectOf{"force_destroy": false})},
		{name: "images go with the repository", changes: changed("aws_ecr_repository", objectOf{"force_delete": false}, objectOf{"force_delete": true}), want: []string{"tells net-removed: force_delete is turned on"}},
	})
}
