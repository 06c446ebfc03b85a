//go:build validate && linux

package functions_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/state/sample"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
	"github.com/groundplan/groundplan/e2e/lab/vpc/functions"
)

const (
	functionARN = "arn:aws:lambda:us-east-1:123456789012:function:nightly"
	queueARN    = "arn:aws:sqs:us-east-1:123456789012:nightly-dead-letters"
	groupARN    = "arn:aws:scheduler:us-east-1:123456789012:schedule-group/nightly"
	speed       = 60
)

// lab is a cron job that calls users on 8080, by hand what the cron module makes.
type lab struct {
	cloud     *emulator.Cloud
	caller    *emulator.Caller
	resources state.State
	called    atomic.Int32
	answer    http.HandlerFunc
}

func (l *lab) call(t *testing.T, service, operation string, parameters map[string]any) map[string]any {
	t.Helper()
	answer, err := l.caller.Call(emulator.Anybody, service, operation, parameters)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// role makes a role that a service may take and that may do something.
func (l *lab) role(t *testing.T, name, service, action, resource string) string {
	t.Helper()
	l.call(t, "iam", "CreateRole", map[string]any{"RoleName": name, "AssumeRolePolicyDocument": fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":%q}}]}`, service)})
	l.call(t, "iam", "PutRolePolicy", map[string]any{"RoleName": name, "PolicyName": "all", "PolicyDocument": fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":%q,"Resource":%q},{"Effect":"Allow","Action":"sqs:SendMessage","Resource":%q}]}`, action, resource, queueARN)})
	return "arn:aws:iam::123456789012:role/" + name
}

func newLab(t *testing.T) *lab {
	t.Helper()
	cloud, err := emulator.Start(t.Context(), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Close)
	caller, err := cloud.Caller(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(caller.Close)
	l := &lab{cloud: cloud, caller: caller, answer: func(http.ResponseWriter, *http.Request) {}}
	block := func(values map[string]any) []any { return []any{values} }
	queue := l.call(t, "sqs", "CreateQueue", map[string]any{"QueueName": "nightly-dead-letters"})["QueueUrl"]
	secret := l.call(t, "secretsmanager", "CreateSecret", map[string]any{"Name": "key", "SecretString": "a-key"})["ARN"].(string)
	signer := l.role(t, "nightly-signer", "lambda.amazonaws.com", "secretsmanager:GetSecretValue", secret)
	scheduler := l.role(t, "nightly-schedule", "scheduler.amazonaws.com", "lambda:InvokeFunction", functionARN)
	archive, err := os.ReadFile("../../../../modules/cron/signer/signer.zip")
	if err != nil {
		t.Fatal(err)
	}
	l.call(t, "lambda", "CreateFunction", map[string]any{
		"FunctionName": "nightly", "Role": signer, "Runtime": "python3.13", "Handler": "signer.handler",
		"Code": map[string]any{"ZipFile": map[string]any{"$bytes": base64.StdEncoding.EncodeToString(archive)}},
	})
	s := sample.State()
	sample.Connect(s, sample.Idle, sample.Users, 8080)
	sample.AddRule(s, "egress", sample.Idle, map[string]any{"cidr_ipv4": "0.0.0.0/0"}, 443)
	s["module.cron.aws_sqs_queue.dead_letters"] = map[string]any{"arn": queueARN, "url": queue}
	s["module.cron.aws_lambda_function.this"] = map[string]any{
		"arn": functionARN, "function_name": "nightly", "role": signer, "handler": "signer.handler", "runtime": "python3.13", "memory_size": 128.0, "timeout": 600.0,
		"reserved_concurrent_executions": 1.0,
		"vpc_config":                     block(map[string]any{"subnet_ids": []any{sample.ComputeA, sample.ComputeB}, "security_group_ids": []any{sample.Idle}}),
		"environment": block(map[string]any{"variables": map[string]any{
			"METHOD": "POST", "URL": "http://users.example:8080", "ENDPOINT_PATH": "/users.Clean", "SIGNATURE": "go", "AUTH_SECRET_ARN": secret, "AUTH_KEY_ID": "1",
			"ANSWER_SECONDS": "5", "REPEATS": "0",
		}}),
	}
	s["module.cron.aws_lambda_function_event_invoke_config.this"] = map[string]any{
		"function_name": "nightly", "maximum_retry_attempts": 1.0, "maximum_event_age_in_seconds": 600.0,
		"destination_config": block(map[string]any{"on_failure": block(map[string]any{"destination": queueARN})}),
	}
	s["module.cron.aws_scheduler_schedule_group.this"] = map[string]any{"name": "nightly", "arn": groupARN}
	s[`module.cron.aws_scheduler_schedule.this["1"]`] = map[string]any{
		"name": "nightly", "arn": "arn:schedule", "group_name": "nightly", "state": "ENABLED",
		"target": block(map[string]any{
			"arn": functionARN, "role_arn": scheduler, "input": `{"execution":"nightly/<aws.scheduler.scheduled-time>"}`,
			"dead_letter_config": block(map[string]any{"arn": queueARN}),
		}),
	}
	l.resources = s
	return l
}

// start runs the function in a network, with users in it.
func (l *lab) start(t *testing.T) *functions.Functions {
	t.Helper()
	if err := l.cloud.Enforce(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	network, err := vpc.New(t.Context(), vpc.Options{Resources: l.resources, CloudURL: l.cloud.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Close(); err != nil {
			t.Error(err)
		}
	})
	users, err := network.Attach(vpc.Interface{Name: "users", SubnetID: sample.ComputeB, SecurityGroupIDs: []string{sample.Users}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := users.Listen(8080)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		l.called.Add(1)
		l.answer(writer, request)
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	network.Names().SetName("users.example", time.Minute, users.Address)
	f, err := functions.Start(t.Context(), functions.Options{Network: network, Resources: l.resources, Cloud: l.cloud, Caller: l.caller, Speed: speed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (l *lab) fire(t *testing.T, f *functions.Functions) functions.Run {
	t.Helper()
	run, err := f.Fire(t.Context(), "nightly", time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestRunsAndFails(t *testing.T) {
	l := newLab(t)
	f := l.start(t)
	if run := l.fire(t, f); !run.Succeeded() || len(run.Attempts) != 1 || run.Attempts[0].Report["execution"] != "nightly/2026-03-01T04:00:00Z" || !strings.Contains(run.Attempts[0].Log, `"status": 200`) {
		t.Errorf("%+v", run)
	}
	l.answer = func(writer http.ResponseWriter, _ *http.Request) { // fails once
		if l.called.Load() == 2 {
			writer.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	if run := l.fire(t, f); !run.Succeeded() || len(run.Attempts) != 2 || !strings.Contains(run.Attempts[0].Failure, "503") {
		t.Errorf("a run that succeeds the second time: %+v", run)
	}
	l.answer = func(writer http.ResponseWriter, _ *http.Request) { writer.WriteHeader(http.StatusServiceUnavailable) }
	if run := l.fire(t, f); run.Succeeded() || len(run.Attempts) != 2 || !strings.HasPrefix(run.DeadLetter, "RetriesExhausted") {
		t.Errorf("a run that never succeeds: %+v", run)
	}
	// No answer in the time that the endpoint has; the function's own is ten seconds at this speed.
	l.answer = func(_ http.ResponseWriter, request *http.Request) { <-request.Context().Done() }
	if run := l.fire(t, f); run.Succeeded() || !strings.HasPrefix(run.Attempts[0].Failure, "Unanswered: ") {
		t.Errorf("a run that is not answered: %+v", run)
	}
}

// TestTheFunctionRepeats has the function repeat, as modules/cron does, and Lambda not.
func TestTheFunctionRepeats(t *testing.T) {
	l := newLab(t)
	l.resources["module.cron.aws_lambda_function_event_invoke_config.this"]["maximum_retry_attempts"] = 0.0
	environment := l.resources["module.cron.aws_lambda_function.this"]["environment"].([]any)[0].(map[string]any)["variables"].(map[string]any)
	environment["REPEATS"], environment["ANSWER_SECONDS"] = "2", "1"
	l.resources["module.cron.aws_lambda_function.this"]["timeout"] = 900.0
	f := l.start(t)
	l.answer = func(writer http.ResponseWriter, _ *http.Request) { // fails once
		if l.called.Load() == 1 {
			writer.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	if run := l.fire(t, f); !run.Succeeded() || len(run.Attempts) != 1 || run.Attempts[0].Report["attempt"] != 2.0 || l.called.Load() != 2 {
		t.Errorf("a run that succeeds the second time: %+v", run)
	}
	l.called.Store(0)
	l.answer = func(_ http.ResponseWriter, request *http.Request) { <-request.Context().Done() }
	if run := l.fire(t, f); run.Succeeded() || len(run.Attempts) != 1 || !strings.Contains(run.DeadLetter, "may still be at work") || l.called.Load() != 1 {
		t.Errorf("a run that is not answered was called %d times: %+v", l.called.Load(), run)
	}
}

// TestRolesDecide takes rights away that a run needs.
func TestRolesDecide(t *testing.T) {
	for _, test := range []struct{ name, role, service, action, want string }{
		{"the scheduler may not start it", "nightly-schedule", "scheduler.amazonaws.com", "lambda:GetFunction", "AccessDenied"},
		{"the scheduler may not take its role", "nightly-schedule", "lambda.amazonaws.com", "lambda:InvokeFunction", "cannot take its role"},
		{"the function may not read the key", "nightly-signer", "lambda.amazonaws.com", "secretsmanager:DescribeSecret", "AccessDenied"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := newLab(t)
			l.call(t, "iam", "DeleteRolePolicy", map[string]any{"RoleName": test.role, "PolicyName": "all"})
			l.call(t, "iam", "DeleteRole", map[string]any{"RoleName": test.role})
			l.role(t, test.role, test.service, test.action, "*")
			f := l.start(t)
			run := l.fire(t, f)
			if run.Succeeded() || !strings.Contains(run.DeadLetter+run.Lost, test.want) || l.called.Load() != 0 {
				t.Errorf("%+v, want %s", run, test.want)
			}
		})
	}
}
