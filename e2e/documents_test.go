//go:build validate

package e2e_test

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestEmulatorCompletesDefinitions wants container definitions back as ECS keeps them.
func TestEmulatorCompletesDefinitions(t *testing.T) {
	aws := startCaller(t, startEmulator(t, account))
	answer := aws.call(t, anybody, "ecs", "RegisterTaskDefinition", map[string]any{
		"family": "f", "requiresCompatibilities": []string{"FARGATE"}, "networkMode": "awsvpc", "cpu": "256", "memory": "512",
		"containerDefinitions": []any{map[string]any{
			"name": "app", "image": "x", "portMappings": []any{map[string]any{"containerPort": 80}},
			"linuxParameters": map[string]any{"capabilities": map[string]any{"drop": []string{"ALL"}}},
			"environment":     []any{map[string]any{"name": "A", "value": "1"}, map[string]any{"name": "B", "value": ""}},
			"secrets":         []any{map[string]any{"name": "C", "valueFrom": "c"}, map[string]any{"name": "D", "valueFrom": "d"}},
			"healthCheck":     map[string]any{"command": []string{"CMD", "true"}, "retries": 2},
		}},
	})
	container := at(t, answer, "taskDefinition.containerDefinitions.0")
	for path, want := range map[string]any{
		"cpu":                          0.0,
		"essential":                    true,
		"environment":                  []any{map[string]any{"name": "B", "value": ""}, map[string]any{"name": "A", "value": "1"}},
		"secrets":                      []any{map[string]any{"name": "D", "valueFrom": "d"}, map[string]any{"name": "C", "valueFrom": "c"}},
		"healthCheck":                  map[string]any{"command": []any{"CMD", "true"}, "interval": 30.0, "timeout": 5.0, "retries": 2.0},
		"linuxParameters.capabilities": map[string]any{"add": []any{}, "drop": []any{"ALL"}},
		"mountPoints":                  []any{},
		"portMappings.0":               map[string]any{"containerPort": 80.0, "hostPort": 80.0, "protocol": "tcp"},
		"systemControls":               []any{},
		"volumesFrom":                  []any{},
	} {
		if got := at(t, container, path); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

// TestEmulatorKeepsPolicies wants a policy back from every service as it is kept: lists of one as their value, accounts as
// ARNs, and lists in another order. An inline policy of a role stays the text that was sent.
func TestEmulatorKeepsPolicies(t *testing.T) {
	aws := startCaller(t, startEmulator(t, account))
	policy := func(actions, resource string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["` + account + `"],"Service":["a.amazonaws.com","b.amazonaws.com"]},` +
			`"Action":` + actions + resource + `,"Condition":{"StringEquals":{"aws:SourceAccount":["1","2"]}}}]}`
	}
	kept := func(action any, resource any) map[string]any {
		statement := map[string]any{
			"Effect": "Allow", "Action": action,
			"Principal": map[string]any{"AWS": "arn:aws:iam::" + account + ":root", "Service": []any{"b.amazonaws.com", "a.amazonaws.com"}},
			"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": []any{"2", "1"}}},
		}
		if resource != nil {
			statement["Resource"] = resource
		}
		return map[string]any{"Version": "2012-10-17", "Statement": []any{statement}}
	}
	check := func(what string, text any, want map[string]any) {
		t.Helper()
		got, read := text.(map[string]any)
		if !read {
			if err := json.Unmarshal([]byte(policyText(t, text)), &got); err != nil {
				t.Fatalf("%s: %v: %v", what, err, text)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}

	trust := policy(`["sts:AssumeRole"]`, "")
	aws.call(t, anybody, "iam", "CreateRole", map[string]any{"RoleName": "r", "AssumeRolePolicyDocument": trust})
	check("trust", at(t, aws.call(t, anybody, "iam", "GetRole", map[string]any{"RoleName": "r"}), "Role.AssumeRolePolicyDocument"), kept("sts:AssumeRole", nil))
	aws.call(t, anybody, "iam", "UpdateAssumeRolePolicy", map[string]any{"RoleName": "r", "PolicyDocument": policy(`["sts:AssumeRole","sts:TagSession"]`, "")})
	check("changed trust", at(t, aws.call(t, anybody, "iam", "GetRole", map[string]any{"RoleName": "r"}), "Role.AssumeRolePolicyDocument"), kept([]any{"sts:TagSession", "sts:AssumeRole"}, nil))
	aws.call(t, anybody, "iam", "PutRolePolicy", map[string]any{"RoleName": "r", "PolicyName": "p", "PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}]}`})
	check("inline", aws.call(t, anybody, "iam", "GetRolePolicy", map[string]any{"RoleName": "r", "PolicyName": "p"})["PolicyDocument"], map[string]any{
		"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": []any{"s3:GetObject"}, "Resource": []any{"*"}}},
	})

	anything := `,"Resource":["*"]`
	key := at(t, aws.call(t, anybody, "kms", "CreateKey", map[string]any{"Policy": policy(`["kms:*"]`, anything)}), "KeyMetadata.Arn")
	keyPolicy := func() any {
		return aws.call(t, anybody, "kms", "GetKeyPolicy", map[string]any{"KeyId": key, "PolicyName": "default"})["Policy"]
	}
	check("key", keyPolicy(), kept("kms:*", "*"))
	aws.call(t, anybody, "kms", "PutKeyPolicy", map[string]any{"KeyId": key, "PolicyName": "default", "Policy": policy(`["kms:Encrypt","kms:Decrypt"]`, anything)})
	check("changed key", keyPolicy(), kept([]any{"kms:Decrypt", "kms:Encrypt"}, "*"))

	topic := aws.call(t, anybody, "sns", "CreateTopic", map[string]any{"Name": "t"})["TopicArn"]
	aws.call(t, anybody, "sns", "SetTopicAttributes", map[string]any{"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy(`["sns:Publish"]`, anything)})
	check("topic", at(t, aws.call(t, anybody, "sns", "GetTopicAttributes", map[string]any{"TopicArn": topic}), "Attributes.Policy"), kept("sns:Publish", "*"))

	queue := aws.call(t, anybody, "sqs", "CreateQueue", map[string]any{"QueueName": "q", "Attributes": map[string]any{"Policy": policy(`["sqs:SendMessage"]`, anything)}})["QueueUrl"]
	check("queue", at(t, aws.call(t, anybody, "sqs", "GetQueueAttributes", map[string]any{"QueueUrl": queue, "AttributeNames": []string{"All"}}), "Attributes.Policy"), kept("sqs:SendMessage", "*"))

	aws.call(t, anybody, "s3", "CreateBucket", map[string]any{"Bucket": "objects"})
	aws.call(t, anybody, "s3", "PutBucketPolicy", map[string]any{"Bucket": "objects", "Policy": policy(`["s3:GetObject"]`, `,"Resource":["arn:aws:s3:::objects","arn:aws:s3:::objects/*"]`)})
	check("bucket", aws.call(t, anybody, "s3", "GetBucketPolicy", map[string]any{"Bucket": "objects"})["Policy"], kept("s3:GetObject", []any{"arn:aws:s3:::objects/*", "arn:aws:s3:::objects"}))
	aws.call(t, anybody, "s3", "PutObject", map[string]any{"Bucket": "objects", "Key": "a name"}) // moto asks the policy it kept

	aws.call(t, anybody, "ecr", "CreateRepository", map[string]any{"repositoryName": "images"})
	aws.call(t, anybody, "ecr", "SetRepositoryPolicy", map[string]any{"repositoryName": "images", "policyText": policy(`["ecr:BatchGetImage"]`, "")})
	check("repository", aws.call(t, anybody, "ecr", "GetRepositoryPolicy", map[string]any{"repositoryName": "images"})["policyText"], kept("ecr:BatchGetImage", nil))

	rule := func(priority int, selection map[string]any) map[string]any {
		return map[string]any{"rulePriority": float64(priority), "selection": selection, "action": map[string]any{"type": "expire"}}
	}
	untagged := map[string]any{"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 3.0}
	tagged := func(tags ...any) map[string]any {
		return map[string]any{"tagStatus": "tagged", "tagPrefixList": tags, "countType": "imageCountMoreThan", "countNumber": 3.0}
	}
	text, err := json.Marshal(map[string]any{"rules": []any{rule(2, tagged("a", "b")), rule(1, untagged)}})
	if err != nil {
		t.Fatal(err)
	}
	aws.call(t, anybody, "ecr", "PutLifecyclePolicy", map[string]any{"repositoryName": "images", "lifecyclePolicyText": string(text)})
	check("lifecycle", aws.call(t, anybody, "ecr", "GetLifecyclePolicy", map[string]any{"repositoryName": "images"})["lifecyclePolicyText"],
		map[string]any{"rules": []any{rule(1, untagged), rule(2, tagged("b", "a"))}})
}

// TestEmulatorCompactsRedrivePolicies: SQS counts receives in a number, whatever it was sent, and leaves no blanks.
func TestEmulatorCompactsRedrivePolicies(t *testing.T) {
	aws := startCaller(t, startEmulator(t, account))
	aws.call(t, anybody, "sqs", "CreateQueue", map[string]any{"QueueName": "dead"})
	arn := "arn:aws:sqs:us-east-1:" + account + ":dead"
	queue := aws.call(t, anybody, "sqs", "CreateQueue", map[string]any{"QueueName": "q", "Attributes": map[string]any{
		"RedrivePolicy": `{ "deadLetterTargetArn": "` + arn + `", "maxReceiveCount": "3" }`,
	}})["QueueUrl"]
	got := at(t, aws.call(t, anybody, "sqs", "GetQueueAttributes", map[string]any{"QueueUrl": queue, "AttributeNames": []string{"All"}}), "Attributes.RedrivePolicy")
	if want := `{"deadLetterTargetArn":"` + arn + `","maxReceiveCount":3}`; got != want {
		t.Errorf("the redrive policy is %v, want %s", got, want)
	}
}
