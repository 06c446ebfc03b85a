//go:build validate

package e2e_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// TestEmulatorRestores saves an account and wants another that starts from the file to answer the same: to what describes,
// to what was stored, and to who may do what.
func TestEmulatorRestores(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	_, topic, plain, secret := sealedWith(t, aws)
	queue, session := furnish(t, aws, plain)
	file := filepath.Join(t.TempDir(), "account")
	if err := cloud.Save(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	restored, err := emulator.Start(context.Background(), emulator.Options{Restore: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(restored.Close)
	again := startCaller(t, restored)
	for _, asked := range []call{
		{"acm", "ListCertificates", nil},
		{"ec2", "DescribeVpcs", nil},
		{"ecs", "DescribeServices", map[string]any{"cluster": "c", "services": []string{"s"}}},
		{"ecs", "DescribeTaskDefinition", map[string]any{"taskDefinition": "f"}},
		{"cloudfront", "ListOriginAccessControls", nil},
		{"elasticache", "DescribeUsers", nil},
		{"lambda", "GetFunctionConfiguration", map[string]any{"FunctionName": "arn:aws:lambda:us-east-1:" + account + ":function:signer"}},
		{"rds", "DescribeDBInstances", nil},
		{"scheduler", "ListScheduleGroups", nil},
		{"iam", "GetRolePolicy", map[string]any{"RoleName": "r", "PolicyName": "p"}},
		{"kms", "ListKeys", nil},
		{"s3", "GetObject", map[string]any{"Bucket": "sealed", "Key": "x"}},
		{"secretsmanager", "GetSecretValue", map[string]any{"SecretId": secret}},
		{"sns", "GetTopicAttributes", map[string]any{"TopicArn": topic}},
		{"sqs", "GetQueueUrl", map[string]any{"QueueName": "letters"}},
	} {
		before, after := aws.call(t, anybody, asked.service, asked.operation, asked.parameters), again.call(t, anybody, asked.service, asked.operation, asked.parameters)
		for _, answer := range []map[string]any{before, after} {
			delete(answer, "ResponseMetadata")
			if instances, _ := answer["DBInstances"].([]any); len(instances) > 0 {
				delete(instances[0].(map[string]any), "LatestRestorableTime") // it is always now
			}
		}
		if len(before) == 0 || !reflect.DeepEqual(before, after) {
			t.Errorf("%s %s: %v became %v", asked.service, asked.operation, before, after)
		}
	}
	received := again.call(t, anybody, "sqs", "ReceiveMessage", map[string]any{"QueueUrl": queue})
	if bodies := textsAt(received, "Messages.Body"); !reflect.DeepEqual(bodies, []string{"kept"}) {
		t.Errorf("received %v, want the message that was sent before", bodies)
	}
	enforce(t, restored, true)
	publish := func(arn string) map[string]any { return map[string]any{"TopicArn": arn, "Message": "x"} }
	if _, failure := again.try(t, session, "sns", "Publish", publish(plain)); failure != nil {
		t.Errorf("what the role may do: %v", failure)
	}
	if _, failure := again.try(t, session, "sns", "Publish", publish(topic)); failure == nil || !failure.Refused() {
		t.Errorf("what the role may not do: %v", failure)
	}
}

// furnish makes one of each kind of thing that environments consist of, and returns a queue with a message, and who may publish
// to a topic.
func furnish(t *testing.T, aws *caller, topic string) (queue string, session emulator.Identity) {
	t.Helper()
	queue = aws.call(t, anybody, "sqs", "CreateQueue", map[string]any{"QueueName": "letters"})["QueueUrl"].(string)
	aws.call(t, anybody, "sqs", "SendMessage", map[string]any{"QueueUrl": queue, "MessageBody": "kept"})
	aws.call(t, anybody, "s3", "PutObject", map[string]any{"Bucket": "sealed", "Key": "x", "Body": "content"})
	aws.call(t, anybody, "iam", "CreateRole", map[string]any{"RoleName": "r", "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[]}`})
	aws.call(t, anybody, "iam", "PutRolePolicy", map[string]any{
		"RoleName": "r", "PolicyName": "p",
		"PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sns:Publish","Resource":"` + topic + `"}]}`,
	})
	aws.call(t, anybody, "ecs", "CreateCluster", map[string]any{"clusterName": "c"})
	aws.call(t, anybody, "ecs", "RegisterTaskDefinition", map[string]any{
		"family": "f", "requiresCompatibilities": []string{"FARGATE"}, "networkMode": "awsvpc", "cpu": "256", "memory": "512",
		"containerDefinitions": []any{map[string]any{"name": "app", "image": "x"}},
	})
	aws.call(t, anybody, "ecs", "CreateService", map[string]any{"cluster": "c", "serviceName": "s", "taskDefinition": "f", "desiredCount": 2})
	aws.call(t, anybody, "acm", "RequestCertificate", map[string]any{"DomainName": "example.com"})

	aws.call(t, anybody, "ec2", "CreateVpc", map[string]any{"CidrBlock": "10.0.0.0/16"})
	for _, made := range []call{
		{"cloudfront", "CreateOriginAccessControl", map[string]any{"OriginAccessControlConfig": map[string]any{
			"Name": "o", "SigningProtocol": "sigv4", "SigningBehavior": "always", "OriginAccessControlOriginType": "s3",
		}}},
		{"elasticache", "CreateUser", map[string]any{"UserId": "u", "UserName": "u", "Engine": "redis", "AccessString": "on ~x +get", "AuthenticationMode": map[string]any{"Type": "iam"}}},
		{"lambda", "CreateFunction", map[string]any{
			"FunctionName": "signer", "Role": "arn:aws:iam::" + account + ":role/r", "Runtime": "python3.13", "Handler": "signer.handler",
			"Code": map[string]any{"ZipFile": map[string]any{"$bytes": functionCode(t)}},
		}},
		{"rds", "CreateDBInstance", map[string]any{
			"DBInstanceIdentifier": "d", "DBInstanceClass": "db.t4g.micro", "Engine": "postgres", "EngineVersion": "17",
			"MasterUsername": "master", "ManageMasterUserPassword": true, "AllocatedStorage": 20,
		}},
		{"scheduler", "CreateScheduleGroup", map[string]any{"Name": "g"}},
	} {
		aws.call(t, anybody, made.service, made.operation, made.parameters)
	}
	return queue, aws.assume(t, "arn:aws:iam::"+account+":role/r")
}

// functionCode is a function in a zip, in base64.
func functionCode(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	file, err := archive.Create("signer.py")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("def handler(event, context): pass\n")); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

// TestEmulatorAssumes takes a role for a service of AWS, as ECS does for its tasks: only if the role trusts the service for
// what it acts for.
func TestEmulatorAssumes(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	aws.call(t, anybody, "iam", "CreateRole", map[string]any{"RoleName": "r", "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[{
		"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Condition": {
			"StringEquals": {"aws:SourceAccount": "` + account + `"}, "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:` + account + `:*"}}}]}`})
	enforce(t, cloud, true)
	role, task := "arn:aws:iam::"+account+":role/r", "arn:aws:ecs:us-east-1:"+account+":task/c/1"
	credentials, err := cloud.Assume(t.Context(), role, "ecs-tasks.amazonaws.com", task)
	if err != nil {
		t.Fatal(err)
	}
	who := aws.call(t, credentials.Identity, "sts", "GetCallerIdentity", nil)
	if want := "arn:aws:sts::" + account + ":assumed-role/r/session"; who["Arn"] != want {
		t.Errorf("the caller is %v, want %s", who["Arn"], want)
	}
	for name, test := range map[string]struct{ service, source string }{
		"another service": {"lambda.amazonaws.com", task},
		"another region":  {"ecs-tasks.amazonaws.com", "arn:aws:ecs:eu-west-1:" + account + ":task/c/1"},
	} {
		if _, err := cloud.Assume(t.Context(), role, test.service, test.source); err == nil {
			t.Errorf("%s takes the role", name)
		}
	}
}

// TestEmulatorDeploys follows a deployment that somebody else carries out: it is under way until that is told, and a rollback
// is seen by whoever describes the service. Left alone, a deployment is complete at once.
func TestEmulatorDeploys(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	aws.call(t, anybody, "ecs", "CreateCluster", map[string]any{"clusterName": "c"})
	var definitions []string
	for range 3 {
		answer := aws.call(t, anybody, "ecs", "RegisterTaskDefinition", map[string]any{
			"family": "f", "requiresCompatibilities": []string{"FARGATE"}, "networkMode": "awsvpc", "cpu": "256", "memory": "512",
			"containerDefinitions": []any{map[string]any{"name": "app", "image": "x"}},
		})
		definitions = append(definitions, answer["taskDefinition"].(map[string]any)["taskDefinitionArn"].(string))
	}
	described := func() (string, []string) {
		answer := aws.call(t, anybody, "ecs", "DescribeServices", map[string]any{"cluster": "c", "services": []string{"s"}})
		service := answer["services"].([]any)[0].(map[string]any)
		return service["taskDefinition"].(string), textsAt(service, "deployments.rolloutState")
	}
	update := func(definition string) {
		aws.call(t, anybody, "ecs", "UpdateService", map[string]any{"cluster": "c", "service": "s", "taskDefinition": definition})
	}
	aws.call(t, anybody, "ecs", "CreateService", map[string]any{"cluster": "c", "serviceName": "s", "taskDefinition": definitions[0], "desiredCount": 2})
	update(definitions[1])
	if serving, states := described(); serving != definitions[1] || !reflect.DeepEqual(states, []string{"COMPLETED"}) {
		t.Errorf("left alone: %s, deployments %v", serving, states)
	}
	if err := cloud.HoldDeployments(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	update(definitions[2])
	if serving, states := described(); serving != definitions[2] || !reflect.DeepEqual(states, []string{"IN_PROGRESS", "COMPLETED"}) {
		t.Errorf("held: %s, deployments %v", serving, states)
	}
	rolledBack := map[string]any{
		"taskDefinition": definitions[1], "runningCount": 2,
		"deployments": []any{map[string]any{
			"id": "ecs-svc/3", "status": "PRIMARY", "taskDefinition": definitions[1], "rolloutState": "COMPLETED", "createdAt": 1.7e9,
			"desiredCount": 2, "runningCount": 2, "pendingCount": 0,
		}},
		"events": []any{map[string]any{"id": "1", "createdAt": 1.7e9, "message": "(service s) rolling back to deployment ecs-svc/3."}},
	}
	if err := cloud.SetService(t.Context(), "c", "s", rolledBack); err != nil {
		t.Fatal(err)
	}
	if serving, states := described(); serving != definitions[1] || !reflect.DeepEqual(states, []string{"COMPLETED"}) {
		t.Errorf("after a rollback: %s, deployments %v", serving, states)
	}
	if err := cloud.SetService(t.Context(), "c", "another", rolledBack); err == nil {
		t.Error("a service that does not exist can be written")
	}
}
