//go:build validate

package e2e_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// TestEmulatorRuns lets a role start a task, and wants AWS to ask for each right that this takes: for the definition in the
// cluster, for the roles that the task gets, and for the tags that it gets.
func TestEmulatorRuns(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	run := runnable(t, aws)
	own := func(kind, name string) string { return fmt.Sprintf("arn:aws:%s::%s:role/%s", kind, account, name) }
	definition := "arn:aws:ecs:us-east-1:" + account + ":task-definition/f"
	cluster := func(name string) string { return "arn:aws:ecs:us-east-1:" + account + ":cluster/" + name }
	allow := func(action, resource, condition string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":%q,"Condition":{%s}}`, action, resource, condition)
	}
	runs := allow("ecs:RunTask", definition+":*", `"ArnEquals":{"ecs:cluster":"`+cluster("c")+`"}`)
	passed := `"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}`
	pass := allow("iam:PassRole", own("iam", "*"), passed)
	tags := allow("ecs:TagResource", "arn:aws:ecs:us-east-1:"+account+":task/c/*", `"StringEquals":{"ecs:CreateAction":"RunTask"}`)
	tagged := maps.Clone(run)
	tagged["propagateTags"] = "TASK_DEFINITION"
	administrator, role := aws.administrator(t), aws.assume(t, own("iam", "starts"))
	enforce(t, cloud, true)
	for _, test := range []struct {
		name       string
		parameters map[string]any
		statements []string
		want       bool
	}{
		{"everything that a plain run takes", run, []string{runs, pass}, true},
		{"everything that a tagged run takes", tagged, []string{runs, pass, tags}, true},
		{"without the tags", tagged, []string{runs, pass}, false},
		{"tags of another cluster's tasks", tagged, []string{runs, pass, strings.Replace(tags, "task/c/", "task/d/", 1)}, false},
		{"tags that CreateService gives", tagged, []string{runs, pass, strings.Replace(tags, "RunTask", "CreateService", 1)}, false},
		{"without the roles", run, []string{runs}, false},
		{"with one role of two", run, []string{runs, allow("iam:PassRole", own("iam", "task"), passed)}, false},
		{"roles for another service", run, []string{runs, strings.Replace(pass, "ecs-tasks", "lambda", 1)}, false},
		{"in another cluster", run, []string{strings.Replace(runs, cluster("c"), cluster("d"), 1), pass}, false},
		{"another definition", run, []string{strings.Replace(runs, definition, definition+"g", 1), pass}, false},
		{"roles alone", run, []string{pass, tags}, false},
	} {
		aws.call(t, administrator, "iam", "PutRolePolicy", map[string]any{
			"RoleName": "starts", "PolicyName": "p", "PolicyDocument": `{"Version":"2012-10-17","Statement":[` + strings.Join(test.statements, ",") + `]}`,
		})
		_, failure := aws.try(t, role, "ecs", "RunTask", test.parameters)
		if failure != nil && !failure.Refused() {
			t.Fatal(failure)
		}
		if done := failure == nil; done != test.want {
			t.Errorf("%s: done: %v, want %v: %v", test.name, done, test.want, failure)
		}
	}
}

// runnable makes what a task is made of, and returns how it is run.
func runnable(t *testing.T, aws *caller) map[string]any {
	t.Helper()
	for _, name := range []string{"starts", "task", "execution"} {
		aws.call(t, anybody, "iam", "CreateRole", map[string]any{"RoleName": name, "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[]}`})
	}
	aws.call(t, anybody, "ecs", "CreateCluster", map[string]any{"clusterName": "c"})
	aws.call(t, anybody, "ecs", "PutClusterCapacityProviders", map[string]any{
		"cluster": "c", "capacityProviders": []string{"FARGATE", "FARGATE_SPOT"}, "defaultCapacityProviderStrategy": []any{},
	})
	aws.call(t, anybody, "ecs", "RegisterTaskDefinition", map[string]any{
		"family": "f", "requiresCompatibilities": []string{"FARGATE"}, "networkMode": "awsvpc", "cpu": "256", "memory": "512",
		"taskRoleArn": "arn:aws:iam::" + account + ":role/task", "executionRoleArn": "arn:aws:iam::" + account + ":role/execution",
		"containerDefinitions": []any{map[string]any{"name": "app", "image": "x"}},
	})
	subnet := at(t, aws.call(t, anybody, "ec2", "DescribeSubnets", nil), "Subnets.0.SubnetId")
	group := at(t, aws.call(t, anybody, "ec2", "DescribeSecurityGroups", nil), "SecurityGroups.0.GroupId")
	return map[string]any{
		"cluster": "c", "taskDefinition": "f", "launchType": "FARGATE",
		"networkConfiguration": map[string]any{"awsvpcConfiguration": map[string]any{"subnets": []any{subnet}, "securityGroups": []any{group}}},
	}
}

// TestEmulatorRunsByStrategy runs tasks on Spot, where the cluster has that, and refuses what ECS refuses.
func TestEmulatorRunsByStrategy(t *testing.T) {
	aws := startCaller(t, startEmulator(t, account))
	run := runnable(t, aws)
	on := func(provider string, with map[string]any) map[string]any {
		asked := maps.Clone(run)
		delete(asked, "launchType")
		asked["capacityProviderStrategy"] = []any{map[string]any{"capacityProvider": provider, "weight": 1}}
		maps.Copy(asked, with)
		return asked
	}
	answer := aws.call(t, anybody, "ecs", "RunTask", on("FARGATE_SPOT", nil))
	if definition := at(t, answer, "tasks.0.taskDefinitionArn"); definition != "arn:aws:ecs:us-east-1:"+account+":task-definition/f:1" {
		t.Errorf("runs %v", definition)
	}
	for name, asked := range map[string]map[string]any{
		"a provider that the cluster has not": on("elsewhere", nil),
		"a launch type as well":               on("FARGATE_SPOT", map[string]any{"launchType": "FARGATE"}),
	} {
		if _, failure := aws.try(t, anybody, "ecs", "RunTask", asked); failure == nil || failure.Code != "InvalidParameterException" {
			t.Errorf("%s: %v", name, failure)
		}
	}
}

// TestEmulatorDelivers puts a message into a queue as a service of AWS does, where the queue's policy lets it in and only there.
func TestEmulatorDelivers(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	arn, rule := "arn:aws:sqs:us-east-1:"+account+":failures", "arn:aws:events:us-east-1:"+account+":rule/failures"
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` +
		arn + `","Condition":{"ArnEquals":{"aws:SourceArn":"` + rule + `"}}}]}`
	url := aws.call(t, anybody, "sqs", "CreateQueue", map[string]any{"QueueName": "failures", "Attributes": map[string]any{"Policy": policy}})["QueueUrl"]
	if err := cloud.Deliver(t.Context(), arn, "events.amazonaws.com", rule, "failed"); err != nil {
		t.Fatal(err)
	}
	if body := at(t, aws.call(t, anybody, "sqs", "ReceiveMessage", map[string]any{"QueueUrl": url}), "Messages.0.Body"); body != "failed" {
		t.Errorf("the queue has %v", body)
	}
	for name, test := range map[string]struct{ queue, service, source string }{
		"another rule":    {arn, "events.amazonaws.com", rule + "-other"},
		"another service": {arn, "sns.amazonaws.com", rule},
		"another queue":   {arn + "-other", "events.amazonaws.com", rule},
	} {
		if err := cloud.Deliver(t.Context(), test.queue, test.service, test.source, "x"); err == nil {
			t.Errorf("%s gets in", name)
		}
	}
}

// TestEmulatorHasZones finds a zone under the id that it was given.
func TestEmulatorHasZones(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	if err := cloud.AddZone(t.Context(), "Z0TEST", "example.com"); err != nil {
		t.Fatal(err)
	}
	zone := at(t, aws.call(t, anybody, "route53", "GetHostedZone", map[string]any{"Id": "Z0TEST"}), "HostedZone")
	if id, name := at(t, zone, "Id"), at(t, zone, "Name"); id != "/hostedzone/Z0TEST" || name != "example.com." {
		t.Errorf("%v is %v", id, name)
	}
	if _, failure := aws.try(t, anybody, "route53", "GetHostedZone", map[string]any{"Id": "Z0OTHER"}); failure == nil {
		t.Error("a zone that nobody added is there")
	}
}
