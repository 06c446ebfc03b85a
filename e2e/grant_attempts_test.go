//go:build validate

package e2e_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

// attempt is one call that a role makes, and whether it may.
type attempt struct {
	name               string // "publish to topic orders"
	service, operation string
	parameters         func() map[string]any // made anew for each call, with what the call uses up
	allowed            bool
}

// fixed are the parameters of a call that uses nothing up.
func fixed(parameters map[string]any) func() map[string]any {
	return func() map[string]any { return parameters }
}

// runs reports whether a process does what an edge says: the gateway runs the code of the auth handler's service, but
// leaves its subscriptions to the process that serves it.
func runs(process environment.Process, edge app.Edge) bool {
	return slices.Contains(process.HostedServices(), edge.Service) && (edge.Kind != "subscription" || edge.Service != process.AuthService)
}

// operations are those of a process on one resource.
func (g *grantees) operations(process environment.Process, kind, parent, name string) map[string]bool {
	operations := map[string]bool{}
	for _, edge := range g.application.Edges {
		if edge.Kind == kind && edge.Parent == parent && edge.Resource == name && runs(process, edge) {
			operations[edge.Operation] = true
		}
	}
	return operations
}

// messages are calls to every topic and queue: what a publisher and a consumer do, and what neither does.
func (g *grantees) messages(t *testing.T, process environment.Process) []attempt {
	var attempts []attempt
	for _, topic := range g.application.Of("topic") {
		arn, fifo := g.topicARN(t, topic), g.fifo(topic)
		publishes := len(g.operations(process, "topic", "", topic.Name)) > 0
		told := publishes // whether the runtime of the process is told of the topic
		for _, subscription := range g.subscriptions(topic) {
			consumes := len(g.operations(process, "subscription", topic.Name, subscription.Name)) > 0
			told = told || consumes
			attempts = append(attempts, g.queueCalls(t, subscription, fifo, consumes)...)
		}
		attempts = append(attempts,
			attempt{"publish to topic " + topic.Name, "sns", "Publish", func() map[string]any {
				g.uses++
				return message(arn, "granted", fifo, fmt.Sprint("group ", g.uses), fmt.Sprint("granted ", g.uses))
			}, publishes},
			attempt{"look up topic " + topic.Name, "sns", "GetTopicAttributes",
				fixed(map[string]any{"TopicArn": arn}), told && g.application.Language == "go" || publishes && g.application.Containers()},
			attempt{"subscribe to topic " + topic.Name, "sns", "Subscribe",
				fixed(map[string]any{"TopicArn": arn, "Protocol": "email", "Endpoint": "x@example.com"}), false},
		)
	}
	return attempts
}

func (g *grantees) queueCalls(t *testing.T, subscription app.Resource, fifo, consumes bool) []attempt {
	queue, dead := g.queue(t, subscription, "url"), g.deadLetters(t, subscription, "url")
	name := fmt.Sprintf("queue of %s of %s", subscription.Name, subscription.Parent)
	sent := func() map[string]any {
		g.uses++
		parameters := map[string]any{"QueueUrl": queue, "MessageBody": "granted"}
		if fifo {
			parameters["MessageGroupId"], parameters["MessageDeduplicationId"] = fmt.Sprint("group ", g.uses), fmt.Sprint("id ", g.uses)
		}
		return parameters
	}
	// The receipt of a message that nobody else has received.
	receipt := func(more map[string]any) func() map[string]any {
		return func() map[string]any {
			g.aws.call(t, g.administrator, "sqs", "SendMessage", sent())
			answer := g.aws.call(t, g.administrator, "sqs", "ReceiveMessage", map[string]any{"QueueUrl": queue, "WaitTimeSeconds": 0, "VisibilityTimeout": 30})
			messages, _ := answer["Messages"].([]any)
			if len(messages) == 0 {
				t.Fatalf("%s: what was sent is not there", name)
			}
			parameters := map[string]any{"QueueUrl": queue, "ReceiptHandle": messages[0].(map[string]any)["ReceiptHandle"]}
			maps.Copy(parameters, more)
			return parameters
		}
	}
	receive := func(queue string) func() map[string]any {
		return fixed(map[string]any{"QueueUrl": queue, "WaitTimeSeconds": 0, "VisibilityTimeout": 0})
	}
	return []attempt{
		{"receive from the " + name, "sqs", "ReceiveMessage", receive(queue), consumes},
		{"put off a message of the " + name, "sqs", "ChangeMessageVisibility", receipt(map[string]any{"VisibilityTimeout": 60}), consumes},
		{"delete a message of the " + name, "sqs", "DeleteMessage", receipt(nil), consumes},
		{"look up the " + name, "sqs", "GetQueueUrl", fixed(map[string]any{"QueueName": queue[strings.LastIndex(queue, "/")+1:]}), consumes && g.application.Containers()},
		{"read the length of the " + name, "sqs", "GetQueueAttributes",
			fixed(map[string]any{"QueueUrl": queue, "AttributeNames": []string{"ApproximateNumberOfMessages"}}), consumes && g.application.Containers()},
		{"send to the " + name, "sqs", "SendMessage", sent, false},
		{"empty the " + name, "sqs", "PurgeQueue", fixed(map[string]any{"QueueUrl": queue}), false},
		{"receive from the dead letters of the " + name, "sqs", "ReceiveMessage", receive(dead), false},
	}
}

// objectCalls are the calls to S3 and the operations that make them. One action of IAM stands behind reading an object and
// asking for its attributes, and behind uploads of every size.
var objectCalls = []struct {
	name, operation string
	versioned       bool // only where there are versions
	uses            []string
}{
	{"list", "ListObjectsV2", false, []string{kinds.ListObjects, kinds.GetObjectMetadata}},
	{"read", "GetObject", false, []string{kinds.ReadObjectContents, kinds.SignedDownloadURL, kinds.GetObjectMetadata}},
	{"read a version in", "GetObject", true, []string{kinds.ReadObjectContents, kinds.SignedDownloadURL, kinds.GetObjectMetadata}},
	{"look one up in", "HeadObject", false, []string{kinds.ReadObjectContents, kinds.SignedDownloadURL, kinds.GetObjectMetadata}},
	{"write", "PutObject", false, []string{kinds.WriteObject, kinds.SignedUploadURL, kinds.UpdateObjectMetadata}},
	{"begin a large upload to", "CreateMultipartUpload", false, []string{kinds.WriteObject, kinds.SignedUploadURL, kinds.UpdateObjectMetadata}},
	{"give up a large upload to", "AbortMultipartUpload", false, []string{kinds.WriteObject}},
	{"delete in", "DeleteObject", false, []string{kinds.DeleteObject}},
	{"delete a version in", "DeleteObject", true, []string{kinds.DeleteObject}},
	{"delete all of", "DeleteBucket", false, nil},
	{"open to others", "PutBucketPolicy", false, nil},
}

func (g *grantees) objects(t *testing.T, process environment.Process) []attempt {
	var attempts []attempt
	for _, bucket := range g.application.Of("bucket") {
		name, versioned := g.attribute(t, "bucket "+bucket.Name, "aws_s3_bucket.this", "bucket"), bucket.Spec.(*kinds.Bucket).Versioned
		declared := g.operations(process, "bucket", "", bucket.Name)
		attempts = append(attempts, attempt{"ask for the region of bucket " + bucket.Name, "s3", "GetBucketLocation", fixed(map[string]any{"Bucket": name}),
			g.application.Containers() && slices.ContainsFunc(slices.Collect(maps.Keys(declared)), func(operation string) bool { return operation != kinds.GetPublicURL })})
		for _, call := range objectCalls {
			if call.versioned && !versioned {
				continue
			}
			attempts = append(attempts, attempt{
				name: call.name + " bucket " + bucket.Name, service: "s3", operation: call.operation,
				parameters: func() map[string]any { return g.object(t, name, call.operation, call.versioned) },
				allowed:    slices.ContainsFunc(call.uses, func(use string) bool { return declared[use] }),
			})
		}
	}
	return attempts
}

// object are the parameters of a call to S3, about an object that is there for it.
func (g *grantees) object(t *testing.T, bucket, operation string, version bool) map[string]any {
	parameters := map[string]any{"Bucket": bucket}
	switch operation {
	case "ListObjectsV2", "DeleteBucket":
		return parameters
	case "PutBucketPolicy":
		parameters["Policy"] = `{"Version":"2012-10-17","Statement":[]}`
		return parameters
	}
	g.uses++
	parameters["Key"] = fmt.Sprint("object ", g.uses)
	switch operation {
	case "AbortMultipartUpload":
		parameters["UploadId"] = g.aws.call(t, g.administrator, "s3", "CreateMultipartUpload", parameters)["UploadId"]
	case "GetObject", "HeadObject", "DeleteObject":
		written := g.aws.call(t, g.administrator, "s3", "PutObject", parameters)
		if version {
			parameters["VersionId"] = written["VersionId"]
		}
	}
	return parameters
}

// runs are what a schedule does for its own job: it starts the function, and puts a run that could not start among the dead
// letters. The function starts nothing, and as it works unattended, puts a run that failed among the same.
func (g *grantees) runs(t *testing.T, own app.Resource, starts bool) []attempt {
	var attempts []attempt
	for _, job := range g.application.Of("cron") {
		function := g.attribute(t, "cron "+job.Name, "aws_lambda_function.this", "function_name")
		dead := g.attribute(t, "cron "+job.Name, "aws_sqs_queue.dead_letters", "url")
		attempts = append(attempts,
			attempt{"run cron job " + job.Name, "lambda", "Invoke",
				fixed(map[string]any{"FunctionName": function, "InvocationType": "DryRun", "Payload": "{}"}), starts && job.Name == own.Name},
			attempt{"put away a run of cron job " + job.Name, "sqs", "SendMessage", fixed(map[string]any{"QueueUrl": dead, "MessageBody": "x"}), job.Name == own.Name},
			attempt{"change cron job " + job.Name, "lambda", "UpdateFunctionConfiguration", fixed(map[string]any{"FunctionName": function, "MemorySize": 512}), false},
		)
	}
	return attempts
}

// metrics are written to the one namespace that is the environment's, by Encore's runtimes: a plain container writes none.
func (g *grantees) metrics() []attempt {
	put := func(namespace string) func() map[string]any {
		return fixed(map[string]any{"Namespace": namespace, "MetricData": []any{map[string]any{"MetricName": "x", "Value": 1}}})
	}
	measured := g.environment.Metrics.Destination == "cloudwatch" && !g.application.Containers()
	return []attempt{
		{"write metrics", "cloudwatch", "PutMetricData", put(g.environment.Metrics.Namespace), measured},
		{"write metrics of another application", "cloudwatch", "PutMetricData", put("stranger/production"), false},
	}
}

// secretIDs are the logical ids of everything that is a secret.
func (g *grantees) secretIDs() []string {
	var ids []string
	for id, module := range g.modules {
		if g.resources[module+".aws_secretsmanager_secret.this"] != nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (g *grantees) secretARN(t *testing.T, id string) string {
	return g.attribute(t, id, "aws_secretsmanager_secret.this", "arn")
}

// secrets are read by whoever starts what needs them: ECS as the execution role of a process, and the signer of a cron job.
func (g *grantees) secrets(t *testing.T, needed func(id string) bool) []attempt {
	read := func(id, arn string, allowed bool) attempt {
		return attempt{"read " + id, "secretsmanager", "GetSecretValue", fixed(map[string]any{"SecretId": arn}), allowed}
	}
	attempts := []attempt{read("a secret of another application", "stranger/production/key", false)}
	for _, id := range g.secretIDs() {
		attempts = append(attempts, read(id, g.secretARN(t, id), needed(id)))
	}
	return append(attempts, attempt{"list secrets", "secretsmanager", "ListSecrets", fixed(nil), false})
}

// isServiceAuth says whether a secret is the key by which processes and cron jobs sign.
func isServiceAuth(id string) bool { return strings.HasPrefix(id, "service auth") }

// needs says whether a process is given a secret at its start.
func (g *grantees) needs(process environment.Process, id string) bool {
	kind, name, _ := strings.Cut(id, " ")
	switch {
	case kind == "secret":
		outside := g.application.Resource("secret", "", name).Service == "" // its code runs in every process
		return outside || len(g.operations(process, "secret", "", name)) > 0
	case isServiceAuth(id):
		return true // every process signs its calls
	case id == "metrics secret":
		return true
	case strings.Contains(id, "database"):
		return strings.HasSuffix(id, " "+kinds.RoleName(process.Name))
	}
	return false
}

// keys: nobody opens anything with the environment's key but what the key encrypts for him, and the execution role only
// by way of Secrets Manager.
func (g *grantees) keys(t *testing.T, process environment.Process) []attempt {
	key := g.attribute(t, "encryption key", "aws_kms_key.this", "arn")
	opens, makes := false, false
	for _, edge := range g.application.Edges {
		if !runs(process, edge) {
			continue
		}
		switch edge.Kind {
		case "topic":
			opens, makes = true, true
		case "subscription":
			opens = true
		case "bucket":
			if !g.application.Resource("bucket", "", edge.Resource).Spec.(*kinds.Bucket).Public {
				writes := slices.Contains([]string{kinds.WriteObject, kinds.SignedUploadURL, kinds.UpdateObjectMetadata}, edge.Operation)
				reads := slices.Contains([]string{kinds.ReadObjectContents, kinds.SignedDownloadURL, kinds.GetObjectMetadata}, edge.Operation)
				opens, makes = opens || reads || writes, makes || writes
			}
		}
	}
	sealed := g.aws.call(t, g.administrator, "kms", "Encrypt", map[string]any{"KeyId": key, "Plaintext": "eA=="})["CiphertextBlob"]
	return []attempt{
		{"open something with the key", "kms", "Decrypt", fixed(map[string]any{"KeyId": key, "CiphertextBlob": sealed}), opens},
		{"make a data key", "kms", "GenerateDataKey", fixed(map[string]any{"KeyId": key, "KeySpec": "AES_256"}), makes},
		{"delete the key", "kms", "ScheduleKeyDeletion", fixed(map[string]any{"KeyId": key}), false},
	}
}
