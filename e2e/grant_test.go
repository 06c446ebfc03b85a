//go:build validate

package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/cron"
)

// unmade are statements that this test has no calls for: what ECS and Lambda do with them to start a task or a function,
// which the emulator never does, and a statement that denies.
var unmade = []string{"CodeLeavesNetworkAlone", "JoinNetwork", "PullImage", "ReadSettings", "RegistryLogin", "WriteLogs"}

// rolesCan takes the roles of every process, in an account that asks every caller for a right. What a role may do is
// derived from what the services of the process declare and from the calls that Encore's runtimes make for it, not from
// how rights are generated; everything else that is tried it may not. That each action of each statement is there for
// something, and that nothing else lets the calls through, shows when it is taken away: a call that was possible is refused.
//
// Whom a role trusts, permissions boundaries, and resource policies against a role of the account are not looked at
// by the emulator: the last subtest shows it, so that nobody takes the rest for more than it is.
func (d *deployment) rolesCan(t *testing.T) {
	g := &grantees{deployment: d, roles: map[string]emulator.Identity{}}
	for address, attributes := range d.resources {
		if arn, isRole := attributes["arn"].(string); isRole && strings.Contains(address, ".aws_iam_role.") {
			g.roles[address] = d.aws.assume(t, arn)
		}
	}
	g.administrator = d.aws.administrator(t)
	g.prepare(t)
	enforce(t, d.cloud, true)
	defer enforce(t, d.cloud, false)
	if _, failure := d.aws.try(t, anybody, "sns", "ListTopics", nil); failure == nil || failure.Status != 403 {
		t.Fatalf("the emulator asks nobody for a right: %v", failure)
	}
	none := func(string) bool { return false }
	for _, process := range d.environment.Processes {
		module := d.modules["process "+process.Name]
		t.Run("F4 task role of "+process.Name, func(t *testing.T) {
			g.check(t, module+".aws_iam_role.task", slices.Concat(
				g.messages(t, process), g.objects(t, process), g.metrics(), g.secrets(t, none), g.keys(t)))
		})
		t.Run("S1 execution role of "+process.Name, func(t *testing.T) {
			g.check(t, module+".aws_iam_role.execution", slices.Concat(
				g.messages(t, environment.Process{}), g.objects(t, environment.Process{}), g.keys(t),
				g.secrets(t, func(id string) bool { return g.needs(process, id) })))
		})
	}
	for _, process := range d.environment.Processes {
		if starter := d.modules["process "+process.Name] + ".aws_iam_role.start[0]"; g.resources[starter] != nil {
			t.Run("J1 schedules of job "+process.Name, func(t *testing.T) {
				g.check(t, starter, slices.Concat(g.starts(t, process), g.secrets(t, none), g.keys(t)))
			})
		}
	}
	for _, job := range g.application.Of("cron") {
		if job.Spec.(*cron.Spec).StartsJob {
			continue // with a role that all schedules of the job take
		}
		module := d.modules["cron "+job.Name]
		t.Run("J1 schedule of "+job.Name, func(t *testing.T) {
			g.check(t, module+".aws_iam_role.schedule", slices.Concat(g.runs(t, job, true), g.secrets(t, none)))
		})
		t.Run("J1 signer of "+job.Name, func(t *testing.T) {
			g.check(t, module+".aws_iam_role.signer", slices.Concat(
				g.runs(t, job, false), g.secrets(t, isServiceAuth), g.keys(t)))
		})
	}
	t.Run("what is not shown", g.unshown)
}

// grantees are the roles of a deployment, and an administrator who prepares what they use.
type grantees struct {
	*deployment
	administrator emulator.Identity
	roles         map[string]emulator.Identity // by address
	uses          int                          // of things that each call needs a new one of
}

// prepare fills secrets whose value comes from outside, and adds a secret of somebody else.
func (g *grantees) prepare(t *testing.T) {
	filled := storedSecrets(t, g.cloud)
	for _, id := range g.secretIDs() {
		secret := g.secretARN(t, id)
		name := g.attribute(t, id, "aws_secretsmanager_secret.this", "name")
		if filled[name] == "" {
			g.aws.call(t, anybody, "secretsmanager", "PutSecretValue", map[string]any{"SecretId": secret, "SecretString": "filled"})
		}
	}
	g.aws.call(t, anybody, "secretsmanager", "CreateSecret", map[string]any{"Name": "stranger/production/key", "SecretString": "x"})
}

// check makes every call with a role, and then again without each of the role's rights.
func (g *grantees) check(t *testing.T, role string, attempts []attempt) {
	who, known := g.roles[role]
	if !known {
		t.Fatalf("no role %s in the state", role)
	}
	var possible []attempt
	for _, a := range attempts {
		done, failure := g.try(t, who, a)
		switch {
		case !done && !failure.Refused():
			t.Errorf("F4 %s: neither done nor refused: %v", a.name, failure)
		case a.allowed && !done:
			t.Errorf("F4 %s: refused: %v", a.name, failure)
		case !a.allowed && done:
			t.Errorf("F4 %s: not refused", a.name)
		case a.allowed:
			possible = append(possible, a)
		}
	}
	lost := map[string]bool{}
	removed := g.withoutEach(t, role, func(right string) {
		refused := 0
		for _, a := range possible {
			if done, failure := g.try(t, who, a); !done {
				refused++
				lost[a.name] = true
				if !failure.Refused() {
					t.Errorf("F4 %s without %s: neither done nor refused: %v", a.name, right, failure)
				}
			}
		}
		if refused == 0 {
			t.Errorf("F4 %s: the role has it, and no call needs it", right)
		}
	})
	for _, a := range possible {
		if !lost[a.name] {
			t.Errorf("F4 %s: possible whatever right is taken away", a.name)
		}
	}
	t.Logf("%d calls possible, %d refused, %d rights each needed by one of them", len(possible), len(attempts)-len(possible), removed)
}

// withoutEach takes away one action of one statement at a time, and returns how many there were.
func (g *grantees) withoutEach(t *testing.T, role string, do func(right string)) int {
	name := g.resources[role]["name"].(string)
	removed := 0
	list := g.aws.call(t, g.administrator, "iam", "ListRolePolicies", map[string]any{"RoleName": name})
	for _, policyName := range list["PolicyNames"].([]any) {
		found := g.aws.call(t, g.administrator, "iam", "GetRolePolicy", map[string]any{"RoleName": name, "PolicyName": policyName})
		text := policyText(t, found["PolicyDocument"])
		put := func(text string) {
			if len(policyStatements(t, text)) == 0 { // which IAM does not take
				g.aws.call(t, g.administrator, "iam", "DeleteRolePolicy", map[string]any{"RoleName": name, "PolicyName": policyName})
				return
			}
			g.aws.call(t, g.administrator, "iam", "PutRolePolicy", map[string]any{"RoleName": name, "PolicyName": policyName, "PolicyDocument": text})
		}
		for _, statement := range policyStatements(t, text) {
			if slices.Contains(unmade, fmt.Sprint(statement["Sid"])) {
				continue
			}
			for _, action := range actionsOf(statement) {
				put(without(t, text, fmt.Sprint(statement["Sid"]), action))
				do(fmt.Sprintf("%v %s", statement["Sid"], action))
				removed++
			}
		}
		put(text)
	}
	return removed
}

// policyText is a policy as IAM hands it out: botocore reads it, or leaves it in the encoding of a URL.
func policyText(t *testing.T, document any) string {
	if text, encoded := document.(string); encoded {
		decoded, err := url.QueryUnescape(text)
		if err != nil {
			t.Fatal(err)
		}
		return decoded
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func policyStatements(t *testing.T, policy string) []map[string]any {
	var document struct{ Statement any }
	if err := json.Unmarshal([]byte(policy), &document); err != nil {
		t.Fatalf("%v: %s", err, policy)
	}
	var list []map[string]any
	for _, statement := range listOf(document.Statement) {
		list = append(list, statement.(map[string]any))
	}
	return list
}

// listOf is a value of a policy, which may stand there without its brackets.
func listOf(value any) []any {
	if list, isList := value.([]any); isList {
		return list
	}
	return []any{value}
}

func actionsOf(statement map[string]any) []string {
	var actions []string
	for _, action := range listOf(statement["Action"]) {
		actions = append(actions, action.(string))
	}
	return actions
}

// without is a policy without one action of one statement.
func without(t *testing.T, policy, sid, action string) string {
	left := []any{}
	for _, statement := range policyStatements(t, policy) {
		if statement["Sid"] == sid {
			actions := slices.DeleteFunc(actionsOf(statement), func(other string) bool { return other == action })
			if len(actions) == 0 {
				continue
			}
			statement["Action"] = actions
		}
		left = append(left, statement)
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": left})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unshown finds out what the emulator does not look at. When one of these fails, it has learned to, and the comments here
// and in emulator/authorization.py say too little.
func (g *grantees) unshown(t *testing.T) {
	start := time.Now()
	for _, process := range g.environment.Processes {
		if g.roles[g.modules["process "+process.Name]+".aws_iam_role.task"].Token == "" {
			t.Errorf("%s: a role that trusts only ECS cannot be taken by anybody", process.Name)
		}
	}
	key := g.attribute(t, "encryption key", "aws_kms_key.this", "arn")
	policy := g.aws.call(t, g.administrator, "kms", "GetKeyPolicy", map[string]any{"KeyId": key, "PolicyName": "default"})["Policy"]
	deny := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"kms:GenerateDataKey","Resource":"*"}]}`
	g.aws.call(t, g.administrator, "kms", "PutKeyPolicy", map[string]any{"KeyId": key, "PolicyName": "default", "Policy": deny})
	if _, failure := g.aws.try(t, g.administrator, "kms", "GenerateDataKey", map[string]any{"KeyId": key, "KeySpec": "AES_256"}); failure != nil {
		t.Errorf("the policy of a key counts against a user of the account: %v", failure)
	}
	g.aws.call(t, g.administrator, "kms", "PutKeyPolicy", map[string]any{"KeyId": key, "PolicyName": "default", "Policy": policy})
	t.Logf("not shown: trust policies, resource policies against callers of the account (%.1f s)", time.Since(start).Seconds())
}
