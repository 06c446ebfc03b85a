//go:build validate

package e2e_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
)

// attempt is one call that a role makes, and whether it may.
type attempt struct {
	name               string // "publish to topic orders"
	service, operation string
	parameters         func() map[string]any // made anew for each call, with what the call uses up
	allowed            bool
	absent             bool // what it is about is not there: that it is not is the answer of who may know
}

// try makes the call, and reports whether it was done.
func (g *grantees) try(t *testing.T, who emulator.Identity, a attempt) (done bool, _ *emulator.Error) {
	t.Helper()
	_, failure := g.aws.try(t, who, a.service, a.operation, a.parameters())
	if a.absent {
		if failure == nil {
			t.Fatalf("F4 %s: it is there", a.name)
		}
		return failure.Status == http.StatusNotFound, failure
	}
	return failure == nil, failure
}

// fixed are the parameters of a call that uses nothing up.
func fixed(parameters map[string]any) func() map[string]any {
	return func() map[string]any { return parameters }
}

// attemptRuns reports whether a process does what an edge says: the gateway runs the code of the auth handler's service, but
// leaves its subscriptions to the process that serves it.
func attemptRuns(process environment.Process, edge app.Edge) bool {
	return slices.Contains(process.HostedServices(), edge.Service) && (edge.Kind != "subscription" || edge.Service != process.AuthService)
}

// operations are those of a process on one resource.
func (g *grantees) operations(process environment.Process, kind, parent, name string) map[string]bool {
	operations := map[string]bool{}
	for _, edge := range g.application.Edges {
		if edge.Kind == kind && edge.Parent == parent && edge.Resource == name && attemptRuns(process, edge) {
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
			attempt{name: "publish to topic " + topic.Name, service: "sns", operation: "Publish", parameters: func() map[string]any {
				g.uses++
				return sqsMessage(arn, "granted", fifo, fmt.Sprint("group ", g.uses), fmt.Sprint("granted ", g.uses))
			}, allowed: publishes},
			attempt{name: "look up topic " + topic.Name, service: "sns", operation: "GetTopicAttributes", parameters: fixed(map[string]any{"TopicArn": arn}), allowed: told && g.application.Runtime == app.EncoreGo || publishes && g.application.Containers()},
			attempt{name: "subscribe to topic " + topic.Name, service: "sns", operation: "Subscribe", parameters: fixed(map[string]any{"TopicArn": arn, "Protocol": "email", "Endpoint": "x@example.com"})},
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
		{name: "receive from the " + name, service: "sqs", operation: "ReceiveMessage", parameters: receive(queue), allowed: consumes},
		{name: "put off a message of the " + name, service: "sqs", operation: "ChangeMessageVisibility", parameters: receipt(map[string]any{"VisibilityTimeout": 60}), allowed: consumes},
		{name: "delete a message of the " + name, service: "sqs", operation: "DeleteMessage", parameters: receipt(nil), allowed: consumes},
		{name: "look up the " + name, service: "sqs", operation: "GetQueueUrl", parameters: fixed(map[string]any{"QueueName": queue[strings.LastIndex(queue, "/")+1:]}), allowed: consumes && g.application.Containers()},
		{name: "read the length of the " + name, service: "sqs", operation: "GetQueueAttributes",
			parameters: fixed(map[string]any{"QueueUrl": queue, "AttributeNames": []string{"ApproximateNumberOfMessages"}}), allowed: consumes && g.application.Containers()},
		{name: "send to the " + name, service: "sqs", operation: "SendMessage", parameters: sent},
		{name: "empty the " + name, service: "sqs", operation: "PurgeQueue", parameters: fixed(map[string]any{"QueueUrl": queue})},
		{name: "receive from the dead letters of the " + name, service: "sqs", operation: "ReceiveMessage", parameters: receive(dead)},
	}
}

// objectCalls are the calls to S3 and the operations that make them. One action of IAM stands behind reading an object and
// asking for its attributes, and behind uploads of every size.
var objectCalls = []struct {
	name, operation string
	about           subject
	uses            []string
}{
	{"list", "ListObjectsV2", present, slices.Concat([]string{objects.ListObjects}, reads)}, // no other right tells that there is none
	{"read", "GetObject", present, reads},
	{"read a version in", "GetObject", someVersion, reads},
	{"read one that is not there in", "GetObject", missingKey, reads},
	{"look one up in", "HeadObject", present, reads},
	{"look one up that is not there in", "HeadObject", missingKey, reads},
	{"write", "PutObject", present, []string{objects.WriteObject, objects.SignedUploadURL, objects.UpdateObjectMetadata}},
	{"begin a large upload to", "CreateMultipartUpload", present, []string{objects.WriteObject, objects.SignedUploadURL, objects.UpdateObjectMetadata}},
	{"give up a large upload to", "AbortMultipartUpload", present, []string{objects.WriteObject}},
	{"delete in", "DeleteObject", present, []string{objects.DeleteObject}},
	{"delete a version in", "DeleteObject", someVersion, []string{objects.DeleteObject}},
	{"delete one that is not there in", "DeleteObject", unwritten, []string{objects.DeleteObject}},
	{"delete all of", "DeleteBucket", present, nil},
	{"open to others", "PutBucketPolicy", present, nil},
}

// subject is what a call to S3 is about.
type subject int

const (
	present     subject = iota // an object that is there
	someVersion                // a version of it, only where there are versions
	missingKey                 // an object that is not there, which is the answer
	unwritten                  // an object that is not there, which makes no difference
)

// reads are the operations for which an object is read, or looked up.
var reads = []string{objects.ReadObjectContents, objects.SignedDownloadURL, objects.GetObjectMetadata}

func (g *grantees) objects(t *testing.T, process environment.Process) []attempt {
	var attempts []attempt
	for _, bucket := range g.application.Of("bucket") {
		name, versioned := g.attribute(t, "bucket "+bucket.Name, "aws_s3_bucket.this", "bucket"), bucket.Spec.(*objects.Bucket).Versioned
		declared := g.operations(process, "bucket", "", bucket.Name)
		attempts = append(attempts, attempt{name: "ask for the region of bucket " + bucket.Name, service: "s3", operation: "GetBucketLocation", parameters: fixed(map[string]any{"Bucket": name}),
			allowed: g.application.Containers() && slices.ContainsFunc(slices.Collect(maps.Keys(declared)), func(operation string) bool { return operation != objects.GetPublicURL })})
		for _, operation := range objectCalls {
			if operation.about == someVersion && !versioned {
				continue
			}
			attempts = append(attempts, attempt{
				name: operation.name + " bucket " + bucket.Name, service: "s3", operation: operation.operation,
				parameters: func() map[string]any { return g.object(t, name, operation.operation, operation.about) },
				allowed:    slices.ContainsFunc(operation.uses, func(use string) bool { return declared[use] }),
				absent:     operation.about == missingKey,
			})
		}
	}
	return attempts
}

// object are the parameters of a call to S3, about an object that is made for it, or one that never was.
func (g *grantees) object(t *testing.T, bucket, operation string, about subject) map[string]any {
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
		if about == missingKey || about == unwritten {
			return parameters
		}
		written := g.aws.call(t, g.administrator, "s3", "PutObject", parameters)
		if about == someVersion {
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
		if job.Spec.(*cron.Spec).StartsJob {
			continue
		}
		function := g.attribute(t, "cron "+job.Name, "aws_lambda_function.this", "function_name")
		dead := g.attribute(t, "cron "+job.Name, "aws_sqs_queue.dead_letters", "url")
		attempts = append(attempts,
			attempt{name: "run cron job " + job.Name, service: "lambda", operation: "Invoke", parameters: fixed(map[string]any{"FunctionName": function, "InvocationType": "DryRun", "Payload": "{}"}), allowed: starts && job.Name == own.Name},
			attempt{name: "put away a run of cron job " + job.Name, service: "sqs", operation: "SendMessage", parameters: fixed(map[string]any{"QueueUrl": dead, "MessageBody": "x"}), allowed: job.Name == own.Name},
			attempt{name: "change cron job " + job.Name, service: "lambda", operation: "UpdateFunctionConfiguration", parameters: fixed(map[string]any{"FunctionName": function, "MemorySize": 512})},
		)
	}
	return attempts
}

// starts are what the schedules of a job do: they start a run of it, and put one that could not start among those that failed. No service
// is theirs, and no run is to stop.
func (g *grantees) starts(t *testing.T, own environment.Process) []attempt {
	var attempts []attempt
	for _, job := range g.environment.Processes {
		if !job.Job {
			continue
		}
		definition := g.attribute(t, "process "+job.Name, "aws_ecs_task_definition.this", "arn")
		group := g.attribute(t, "process "+job.Name, "aws_security_group.this", "id")
		cluster, subnet := g.attribute(t, "cluster", "aws_ecs_cluster.this", "arn"), g.subnet(t)
		run := map[string]any{
			"cluster": cluster, "taskDefinition": definition, "launchType": "FARGATE", "propagateTags": "TASK_DEFINITION",
			"networkConfiguration": map[string]any{"awsvpcConfiguration": map[string]any{"subnets": []string{subnet}, "securityGroups": []string{group}}},
		}
		failures := g.attribute(t, "process "+job.Name, "aws_sqs_queue.failures", "url")
		attempts = append(attempts,
			attempt{name: "run job " + job.Name, service: "ecs", operation: "RunTask", parameters: fixed(run), allowed: job.Name == own.Name},
			attempt{name: "put away a run of job " + job.Name, service: "sqs", operation: "SendMessage", parameters: fixed(map[string]any{"QueueUrl": failures, "MessageBody": "x"}), allowed: job.Name == own.Name},
			attempt{name: "hide the runs of job " + job.Name + " that failed", service: "sqs", operation: "PurgeQueue", parameters: fixed(map[string]any{"QueueUrl": failures})},
			attempt{name: "list the tasks of job " + job.Name, service: "ecs", operation: "ListTasks", parameters: fixed(map[string]any{"cluster": cluster})},
		)
	}
	return attempts
}

// subnet is one in which processes run.
func (g *grantees) subnet(t *testing.T) string {
	t.Helper()
	for _, attributes := range g.resources {
		if network, is := attributes["network_configuration"].([]any); is && len(network) == 1 {
			return network[0].(map[string]any)["subnets"].([]any)[0].(string)
		}
	}
	t.Fatal("no process stands in a subnet")
	return ""
}

// metrics are written to the one namespace that is the environment's, by Encore's runtimes: a plain container writes none.
func (g *grantees) metrics() []attempt {
	put := func(namespace string) func() map[string]any {
		return fixed(map[string]any{"Namespace": namespace, "MetricData": []any{map[string]any{"MetricName": "x", "Value": 1}}})
	}
	measured := g.environment.Metrics.Destination == "cloudwatch" && !g.application.Containers()
	return []attempt{
		{name: "write metrics", service: "cloudwatch", operation: "PutMetricData", parameters: put(g.environment.Metrics.Namespace), allowed: measured},
		{name: "write metrics of another application", service: "cloudwatch", operation: "PutMetricData", parameters: put("stranger/production")},
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
		return attempt{name: "read " + id, service: "secretsmanager", operation: "GetSecretValue", parameters: fixed(map[string]any{"SecretId": arn}), allowed: allowed}
	}
	attempts := []attempt{read("a secret of another application", "stranger/production/key", false)}
	for _, id := range g.secretIDs() {
		attempts = append(attempts, read(id, g.secretARN(t, id), needed(id)))
	}
	return append(attempts, attempt{name: "list secrets", service: "secretsmanager", operation: "ListSecrets", parameters: fixed(nil)})
}

// isServiceAuth reports whether a secret is the key by which processes and cron jobs sign.
func isServiceAuth(id string) bool { return strings.HasPrefix(id, "service auth") }

// needs reports whether a process is given a secret at its start.
func (g *grantees) needs(process environment.Process, id string) bool {
	kind, name, _ := strings.Cut(id, " ")
	switch {
	case kind == "secret":
		outside := g.application.Resource("secret", "", name).Service == "" // its code runs in every process
		pulls := slices.ContainsFunc(g.application.Services, func(s app.Service) bool {
			return slices.Contains(process.Services, s.Name) && s.Container != nil && s.Container.ImageCredentials == name
		})
		return outside || pulls || len(g.operations(process, "secret", "", name)) > 0
	case isServiceAuth(id):
		return true // every process signs its calls
	case id == "metrics secret":
		return true
	case strings.Contains(id, "database"):
		return strings.HasSuffix(id, " "+database.RoleName(process.Name))
	}
	return false
}

// keys: nobody opens anything with the environment's key but by way of the service that keeps it, for which the other
// calls stand: no role gets a plain text out of the key itself.
func (g *grantees) keys(t *testing.T) []attempt {
	key := g.attribute(t, "encryption key", "aws_kms_key.this", "arn")
	sealed := g.aws.call(t, g.administrator, "kms", "Encrypt", map[string]any{"KeyId": key, "Plaintext": "eA=="})["CiphertextBlob"]
	return []attempt{
		{name: "open something with the key", service: "kms", operation: "Decrypt", parameters: fixed(map[string]any{"KeyId": key, "CiphertextBlob": sealed})},
		{name: "make a data key", service: "kms", operation: "GenerateDataKey", parameters: fixed(map[string]any{"KeyId": key, "KeySpec": "AES_256"})},
		{name: "delete the key", service: "kms", operation: "ScheduleKeyDeletion", parameters: fixed(map[string]any{"KeyId": key})},
	}
}
