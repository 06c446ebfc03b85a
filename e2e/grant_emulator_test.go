//go:build validate

package e2e_test

import (
	"fmt"
	"testing"
)

// TestEmulatorEnforces shows what the tests of grants rely on: the emulator lets through exactly what a policy says, by
// action, resource and condition, asks for the right to a key, and refuses where a statement denies.
func TestEmulatorEnforces(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	key, topic, plain, secret := sealedWith(t, aws)
	aws.call(t, anybody, "iam", "CreateRole", map[string]any{"RoleName": "r", "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[]}`})
	aws.call(t, anybody, "ecr", "CreateRepository", map[string]any{"repositoryName": "images"})
	aws.call(t, anybody, "sqs", "CreateQueue", map[string]any{"QueueName": "letters"})
	aws.call(t, anybody, "logs", "CreateLogGroup", map[string]any{"logGroupName": "letters"})
	administrator, role := aws.administrator(t), aws.assume(t, "arn:aws:iam::"+account+":role/r")
	enforce(t, cloud, true)

	allow := func(action, resource, condition string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":%q,"Condition":{%s}}`, action, resource, condition)
	}
	publish := func(topic string) call {
		return call{"sns", "Publish", map[string]any{"TopicArn": topic, "Message": "x"}}
	}
	metric := call{"cloudwatch", "PutMetricData", map[string]any{"Namespace": "own", "MetricData": []any{map[string]any{"MetricName": "x", "Value": 1}}}}
	read := call{"secretsmanager", "GetSecretValue", map[string]any{"SecretId": secret}}
	put := call{"s3", "PutObject", map[string]any{"Bucket": "sealed", "Key": "x"}}
	pull := call{"ecr", "BatchGetImage", map[string]any{"repositoryName": "images", "imageIds": []any{map[string]any{"imageTag": "x"}}}}
	write := call{"logs", "CreateLogStream", map[string]any{"logGroupName": "letters", "logStreamName": "a"}}
	group := "arn:aws:logs:us-east-1:" + account + ":log-group:"
	via := `"StringEquals":{"kms:ViaService":"secretsmanager.us-east-1.amazonaws.com","kms:EncryptionContext:SecretARN":"` + secret + `"}`
	other := `"StringEquals":{"kms:EncryptionContext:SecretARN":"x"}`
	viaS3, viaSQS := `"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`, `"StringEquals":{"kms:ViaService":"sqs.us-east-1.amazonaws.com"}`
	list := func(prefix string) call {
		return call{"s3", "ListObjectsV2", map[string]any{"Bucket": "sealed", "Prefix": prefix}}
	}
	for _, test := range []struct {
		name       string
		call       call
		statements string
		want       bool
	}{
		{"nothing is granted", publish(plain), allow("sns:Subscribe", plain, ""), false},
		{"the topic is granted", publish(plain), allow("sns:Publish", plain, ""), true},
		{"another topic is granted", publish(plain), allow("sns:Publish", topic, ""), false},
		{"a question mark is any character", publish(plain), allow("sns:Publish", "arn:aws:sns:us-east-1:"+account+":plain?topic", ""), true},
		{"a dot is a dot", publish(topic), allow("sns:Publish", "arn:aws:sns:us-east-1:"+account+":seale.", ""), false},
		{"it is denied as well", publish(plain), allow("sns:Publish", plain, "") + `,{"Effect":"Deny","Action":"sns:*","Resource":"*"}`, false},
		{"without the key", publish(topic), allow("sns:Publish", topic, ""), false},
		{"with half of the key", publish(topic), allow("sns:Publish", topic, "") + "," + allow("kms:Decrypt", key, ""), false},
		{"with the key", publish(topic), allow("sns:Publish", topic, "") + "," + allow("kms:*", key, ""), true},
		{"own namespace", metric, allow("cloudwatch:PutMetricData", "*", `"StringEquals":{"cloudwatch:namespace":"own"}`), true},
		{"other namespace", metric, allow("cloudwatch:PutMetricData", "*", `"StringEquals":{"cloudwatch:namespace":"other"}`), false},
		{"a condition on what is not known", metric, allow("cloudwatch:PutMetricData", "*", `"StringEquals":{"aws:Nothing":"x"}`), false},
		{"a secret without the key", read, allow("secretsmanager:GetSecretValue", secret, ""), false},
		{"a secret with the key by way of it", read, allow("secretsmanager:GetSecretValue", secret, "") + "," + allow("kms:Decrypt", key, via), true},
		{"a secret with the key for another", read, allow("secretsmanager:GetSecretValue", secret, "") + "," + allow("kms:Decrypt", key, other), false},
		{"an object without the key", put, allow("s3:PutObject", "arn:aws:s3:::sealed/*", ""), false},
		{"an object with the key", put, allow("s3:PutObject", "arn:aws:s3:::sealed/*", "") + "," + allow("kms:GenerateDataKey", key, ""), true},
		{"a queue by its name", call{"sqs", "GetQueueUrl", map[string]any{"QueueName": "letters"}}, allow("sqs:GetQueueUrl", "arn:aws:sqs:us-east-1:"+account+":letters", ""), true},
		{"another queue by its name", call{"sqs", "GetQueueUrl", map[string]any{"QueueName": "letters"}}, allow("sqs:GetQueueUrl", "arn:aws:sqs:us-east-1:"+account+":letter", ""), false},
		{"an object with the key by way of S3", put, allow("s3:PutObject", "arn:aws:s3:::sealed/*", "") + "," + allow("kms:GenerateDataKey", key, viaS3), true},
		{"an object with the key by way of SQS", put, allow("s3:PutObject", "arn:aws:s3:::sealed/*", "") + "," + allow("kms:GenerateDataKey", key, viaSQS), false},
		{"the key itself, which opens by way of S3", call{"kms", "GenerateDataKey", map[string]any{"KeyId": key, "KeySpec": "AES_256"}}, allow("kms:*", key, viaS3), false},
		{"a folder that may be listed", list("own-x"), allow("s3:ListBucket", "arn:aws:s3:::sealed", `"StringLike":{"s3:prefix":"own*"}`), true},
		{"another folder", list("other"), allow("s3:ListBucket", "arn:aws:s3:::sealed", `"StringLikeIfExists":{"s3:prefix":"own*"}`), false},
		{"no folder, where one must be named", list(""), allow("s3:ListBucket", "arn:aws:s3:::sealed", `"StringLike":{"s3:prefix":"own*"}`), false},
		{"no folder, where one may be named", call{"s3", "ListObjectsV2", map[string]any{"Bucket": "sealed"}}, allow("s3:ListBucket", "arn:aws:s3:::sealed", `"StringLikeIfExists":{"s3:prefix":"own*"}`), true},
		{"an image", pull, allow("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:"+account+":repository/images", ""), true},
		{"an image of another repository", pull, allow("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:"+account+":repository/image", ""), false},
		{"the log of another group", write, allow("logs:*", group+"letter:*", ""), false},
		{"the log of the group", write, allow("logs:CreateLogStream", group+"letters:*", ""), true},
		{"objects, not the bucket", call{"s3", "ListObjectsV2", map[string]any{"Bucket": "sealed"}}, allow("s3:*", "arn:aws:s3:::sealed/*", ""), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			aws.call(t, administrator, "iam", "PutRolePolicy", map[string]any{
				"RoleName": "r", "PolicyName": "p", "PolicyDocument": `{"Version":"2012-10-17","Statement":[` + test.statements + `]}`,
			})
			_, failure := aws.try(t, role, test.call.service, test.call.operation, test.call.parameters)
			if failure != nil && !failure.Refused() {
				t.Fatal(failure)
			}
			if done := failure == nil; done != test.want {
				t.Errorf("done: %v, want %v: %v", done, test.want, failure)
			}
		})
	}
	t.Run("the policy of a registry", func(t *testing.T) {
		aws.call(t, administrator, "iam", "PutRolePolicy", map[string]any{
			"RoleName": "r", "PolicyName": "p", "PolicyDocument": `{"Version":"2012-10-17","Statement":[` + allow("ecr:*", "*", "") + `]}`,
		})
		for pattern, want := range map[string]bool{"arn:aws:iam::" + account + ":role/*": true, "arn:aws:iam::*:role/r": true, "arn:aws:iam::*:role/*-execution": false} {
			aws.call(t, administrator, "ecr", "SetRepositoryPolicy", map[string]any{"repositoryName": "images", "policyText": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"ecr:BatchGetImage","Condition":{"ArnNotLike":{"aws:PrincipalArn":["` + pattern + `"]}}}]}`})
			_, failure := aws.try(t, role, pull.service, pull.operation, pull.parameters)
			if failure != nil && !failure.Refused() {
				t.Fatal(failure)
			}
			if done := failure == nil; done != want {
				t.Errorf("%s: done: %v, want %v: %v", pattern, done, want, failure)
			}
		}
	})
	if _, failure := aws.try(t, anybody, "sns", "ListTopics", nil); failure == nil {
		t.Error("a caller nobody knows may list topics")
	}
}

// TestEmulatorTellsWhatIsMissing: that there is no object of a name, or no such version, learns who may list the bucket.
func TestEmulatorTellsWhatIsMissing(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	aws.call(t, anybody, "iam", "CreateRole", map[string]any{"RoleName": "r", "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[]}`})
	aws.call(t, anybody, "s3", "CreateBucket", map[string]any{"Bucket": "files"})
	aws.call(t, anybody, "s3", "PutBucketVersioning", map[string]any{"Bucket": "files", "VersioningConfiguration": map[string]any{"Status": "Enabled"}})
	version := aws.call(t, anybody, "s3", "PutObject", map[string]any{"Bucket": "files", "Key": "there"})["VersionId"]
	aws.call(t, anybody, "s3", "PutObject", map[string]any{"Bucket": "files", "Key": "deleted"})
	aws.call(t, anybody, "s3", "DeleteObject", map[string]any{"Bucket": "files", "Key": "deleted"})
	administrator, role := aws.administrator(t), aws.assume(t, "arn:aws:iam::"+account+":role/r")
	enforce(t, cloud, true)
	for actions, missing := range map[string]int{`"s3:GetObject","s3:GetObjectVersion"`: 403, `"s3:GetObject","s3:GetObjectVersion","s3:ListBucket"`: 404} {
		aws.call(t, administrator, "iam", "PutRolePolicy", map[string]any{
			"RoleName": "r", "PolicyName": "p", "PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[` + actions + `],"Resource":"arn:aws:s3:::files*"}]}`,
		})
		for _, test := range []struct {
			operation, key string
			version        any
			want           int
		}{
			{"GetObject", "there", nil, 200},
			{"HeadObject", "there", nil, 200},
			{"GetObject", "there", version, 200},
			{"GetObject", "nowhere", nil, missing},
			{"HeadObject", "nowhere", nil, missing},
			{"GetObject", "deleted", nil, missing},
			{"GetObject", "there", "11111111-1111-1111-1111-111111111111", missing},
		} {
			parameters := map[string]any{"Bucket": "files", "Key": test.key}
			if test.version != nil {
				parameters["VersionId"] = test.version
			}
			got := 200
			if _, failure := aws.try(t, role, "s3", test.operation, parameters); failure != nil {
				got = failure.Status
			}
			if got != test.want {
				t.Errorf("%s of %s %v with %s: %d, want %d", test.operation, test.key, test.version, actions, got, test.want)
			}
		}
	}
}

// sealedWith makes a key, and a topic, a secret and a bucket "sealed" that are encrypted with it; and a topic that is not.
func sealedWith(t *testing.T, aws *caller) (key, topic, plain, secret string) {
	t.Helper()
	key = aws.call(t, anybody, "kms", "CreateKey", nil)["KeyMetadata"].(map[string]any)["Arn"].(string)
	topic = aws.call(t, anybody, "sns", "CreateTopic", map[string]any{"Name": "sealed", "Attributes": map[string]any{"KmsMasterKeyId": key}})["TopicArn"].(string)
	plain = aws.call(t, anybody, "sns", "CreateTopic", map[string]any{"Name": "plain-topic"})["TopicArn"].(string)
	secret = aws.call(t, anybody, "secretsmanager", "CreateSecret", map[string]any{"Name": "s", "SecretString": "x", "KmsKeyId": key})["ARN"].(string)
	aws.call(t, anybody, "s3", "CreateBucket", map[string]any{"Bucket": "sealed"})
	aws.call(t, anybody, "s3", "PutBucketEncryption", map[string]any{"Bucket": "sealed", "ServerSideEncryptionConfiguration": map[string]any{"Rules": []any{
		map[string]any{"ApplyServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}},
	}}})
	return key, topic, plain, secret
}

// call is one call of an operation.
type call struct {
	service, operation string
	parameters         map[string]any
}
