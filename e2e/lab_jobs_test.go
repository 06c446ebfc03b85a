//go:build validate

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/awscli"
	"github.com/groundplan/groundplan/e2e/lab/ecs"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/laboratory"
)

// ended waits for the end of a run, and returns what became of it.
func (l *lab) ended(ctx context.Context, t testing.TB, task ecs.Task) ecs.Task {
	t.Helper()
	if err := l.Cluster.Wait(ctx, "the end of a run of "+task.Service, func() bool { return l.Task(task).Status == "STOPPED" }); err != nil {
		t.Fatal(err)
	}
	return l.Task(task)
}

// done wants a run to have done what its job needs.
func (l *lab) done(ctx context.Context, t testing.TB, job laboratory.Job, task ecs.Task) {
	t.Helper()
	after := l.ended(ctx, t, task)
	text, err := os.ReadFile(after.Logs["app"])
	if after.StopReason != "Essential container in task exited" || !strings.Contains(string(text), "job "+job.Service+": done") {
		t.Errorf("%s ended by %s: %s: %s, %v", job.Name, after.StopCode, after.StopReason, text, err)
	}
	if task.TaskDefinition != job.Definition {
		t.Errorf("%s runs %s, want %s", job.Name, task.TaskDefinition, job.Definition)
	}
}

// nothingFailed wants nobody to have been told of a failure.
func (l *lab) nothingFailed(t testing.TB, job laboratory.Job) {
	t.Helper()
	if messages, told, err := l.Failures(job); err != nil || len(messages) > 0 || len(told) > 0 {
		t.Errorf("%s: the failures %v, told to %v, %v", job.Name, messages, told, err)
	}
}

// jobsRun lets the time of each schedule come, and starts each job with the command that the README tells operators to run: its words are
// run, by a shell, against an aws that writes down how it was called.
func (l *lab) jobsRun(t testing.TB) {
	ctx := within(t, 3*time.Minute)
	scheduled := 0
	for _, job := range l.Jobs() {
		for _, schedule := range job.Schedules {
			scheduled++
			started := l.Fire(ctx, schedule)
			if started.DeadLetter != "" || started.Lost != "" {
				t.Errorf("schedule %s: %+v", schedule.Name, started)
				continue
			}
			l.done(ctx, t, job, started.Task)
		}
		arguments := l.written(ctx, t, job)
		who := l.operator(t, job)
		task, err := l.Start(who, arguments)
		if err != nil {
			t.Errorf("%s: %v: %v", job.Name, arguments, err)
			continue
		}
		l.done(ctx, t, job, task)
		l.nothingFailed(t, job)
	}
	if scheduled < len(l.Environment.Application.Of("cron")) {
		t.Errorf("%d schedules start jobs, want one for each cron job at least", scheduled)
	}
}

var startsJob = regexp.MustCompile(`(?m)^terraform -chdir=(\S+)/services output -json jobs \| jq -r '[.]\["([^"]+)"\]' \| bash$`)

// written is what the command of a job calls, as the shell hands it to aws: the README names the output that has the command.
func (l *lab) written(ctx context.Context, t testing.TB, job laboratory.Job) []string {
	t.Helper()
	if known := l.commands[job.Service]; known != nil {
		return known
	}
	readme, err := os.ReadFile(filepath.Join(filepath.Dir(l.Environment.Folder), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	line := startsJob.FindStringSubmatch(string(readme))
	if line == nil || line[1] != "$ENVIRONMENT" {
		t.Fatalf("the README tells in no such line how a job is started: %q", line)
	}
	tf, err := l.Environment.Terraform("services")
	if err != nil {
		t.Fatal(err)
	}
	output, err := tf.Run(ctx, "output", "-json", "jobs")
	var commands map[string]string
	if err == nil {
		err = json.Unmarshal([]byte(output), &commands)
	}
	if err != nil || commands[line[2]] == "" || commands[job.Service] == "" {
		t.Fatalf("no commands for %s and %s: %s, %v", line[2], job.Service, output, err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "aws"), []byte("#!/bin/bash\nprintf '%s\\0' aws \"$@\" > \"$CALLED\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(ctx, "bash")
	shell.Stdin = strings.NewReader(commands[job.Service] + "\n")
	shell.Env = []string{"PATH=" + folder + ":/usr/bin:/bin", "CALLED=" + filepath.Join(folder, "called")}
	if said, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", commands[job.Service], err, said)
	}
	called, err := os.ReadFile(filepath.Join(folder, "called"))
	if err != nil {
		t.Fatal(err)
	}
	l.commands[job.Service] = strings.Split(strings.TrimSuffix(string(called), "\x00"), "\x00")
	return l.commands[job.Service]
}

// operator is somebody who may do what the README says that whoever starts a job needs: each of the three is asked for.
func (l *lab) operator(t testing.TB, job laboratory.Job) emulator.Identity {
	t.Helper()
	prefix := "arn:aws:ecs:" + emulator.Region + ":" + emulator.Account
	roles := []string{}
	for _, role := range l.Resources.Of("aws_iam_role") {
		if role.Module == l.Environment.Modules["process "+job.Service] && (strings.HasSuffix(role.Address, ".task") || strings.HasSuffix(role.Address, ".execution")) {
			roles = append(roles, role.Text("arn"))
		}
	}
	statements := []any{
		map[string]any{"Effect": "Allow", "Action": "ecs:RunTask", "Resource": job.Definition},
		map[string]any{"Effect": "Allow", "Action": "ecs:TagResource", "Resource": prefix + ":task/" + l.cluster() + "/*"},
		map[string]any{"Effect": "Allow", "Action": "iam:PassRole", "Resource": roles},
	}
	arguments := l.written(t.Context(), t, job)
	name := "starts-" + job.Service
	if _, err := l.Call("iam", "CreateRole", map[string]any{"RoleName": name, "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[]}`}); err != nil {
		t.Fatal(err)
	}
	grant := func(list []any) {
		policy, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": list})
		if err == nil {
			_, err = l.Call("iam", "PutRolePolicy", map[string]any{"RoleName": name, "PolicyName": "p", "PolicyDocument": string(policy)})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	who, err := l.Environment.Cloud.Assume(t.Context(), "arn:aws:iam::"+emulator.Account+":role/"+name, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for i := range statements {
		grant(slices.Delete(slices.Clone(statements), i, i+1))
		if task, err := l.Start(who.Identity, arguments); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
			t.Errorf("%s is started without %v: %+v, %v", job.Name, statements[i], task, err)
		}
	}
	grant(statements)
	return who.Identity
}

// cluster is the name of the cluster.
func (l *lab) cluster() string {
	for _, cluster := range l.Resources.Of("aws_ecs_cluster") {
		return cluster.Text("name")
	}
	return ""
}

// plainRun is how the account runs a job by hand.
func (l *lab) plainRun(ctx context.Context, t testing.TB, job laboratory.Job) map[string]any {
	t.Helper()
	run, err := awscli.RunTask(l.written(ctx, t, job))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// runsCan holds a run of each job, and tries from inside what its job needs, which must work, and everything else. Told to stop, a run ends
// by itself.
func (l *lab) runsCan(t testing.TB) {
	ctx := within(t, 3*time.Minute)
	var processes []laboratory.Process
	tasks := map[string]ecs.Task{}
	for _, job := range l.Jobs() {
		task, err := l.Hold(ctx, job, l.plainRun(ctx, t, job))
		if err != nil {
			t.Fatal(err)
		}
		processes, tasks[job.Name] = append(processes, job.Process), task
		for _, need := range l.Needs.Service(job.Service).All() {
			answer, err := l.DoIn(ctx, task, job.Service, exercise.Order{Need: &need})
			if err != nil || answer.Result != exercise.Done {
				t.Errorf("%s: %s: %+v, %v", job.Name, need, answer, err)
			}
		}
	}
	if tried := l.refused(ctx, t, processes, tasks); tried < 10 {
		t.Errorf("%d things were tried from %d jobs", tried, len(processes))
	}
	for _, job := range l.Jobs() {
		if err := l.Cluster.Stop(tasks[job.Name].ID, "the test is over"); err != nil {
			t.Fatal(err)
		}
		if after := l.ended(ctx, t, tasks[job.Name]); after.StopReason != "the test is over" {
			t.Errorf("%s, told to stop, ended so: %s", job.Name, after.StopReason)
		}
		l.nothingFailed(t, job)
	}
}

// failuresAreTold lets runs fail in each way, and wants to find each among the failures of the job, with an alarm for operators: a status
// that is not 0, an image that is not there, a Spot task that is taken away, and a schedule that may not start anything.
func (l *lab) failuresAreTold(t testing.TB) {
	ctx := within(t, 3*time.Minute)
	for _, job := range l.Jobs() {
		plain := l.plainRun(ctx, t, job)
		l.tells(ctx, t, job, "EssentialContainerExited", "exited with code 3", func() (ecs.Task, error) {
			return l.Cluster.Run(l.Operator, laboratory.Override(plain, map[string]string{exercise.RunVariable: exercise.RunFails}))
		})
		l.tells(ctx, t, job, "TaskFailedToStart", "CannotPullContainerError", func() (ecs.Task, error) {
			missing := maps.Clone(plain)
			missing["taskDefinition"] = l.withoutImage(t, job)
			return l.Cluster.Run(l.Operator, missing)
		})
		l.tells(ctx, t, job, "SpotInterruption", "Spot Task was interrupted", func() (ecs.Task, error) {
			task, err := l.Hold(ctx, job, plain)
			if err == nil {
				err = l.Cluster.Interrupt(task.ID)
			}
			return task, err
		})
		for _, schedule := range job.Schedules {
			l.cannotStart(ctx, t, job, schedule)
		}
	}
}

// tells starts a run that fails, and wants operators to hear of it, once.
func (l *lab) tells(ctx context.Context, t testing.TB, job laboratory.Job, code, reason string, start func() (ecs.Task, error)) {
	t.Helper()
	task, err := start()
	if err != nil {
		t.Fatal(err)
	}
	after := l.ended(ctx, t, task)
	if after.StopCode != code || !strings.Contains(after.StopReason, reason) {
		t.Errorf("%s ended by %s: %s, want %s: %s", job.Name, after.StopCode, after.StopReason, code, reason)
	}
	var messages []map[string]any
	var told []string
	for ctx.Err() == nil && len(messages) == 0 && err == nil {
		messages, told, err = l.Failures(job) // EventBridge takes a moment
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil || len(messages) != 1 || messages[0]["task"] != task.ARN || messages[0]["code"] != code || messages[0]["reason"] == "" {
		t.Errorf("%s failed by %s, and the failures are %v, %v", job.Name, code, messages, err)
	}
	if !slices.Equal(told, l.Environment.Settings.AlarmTopicARNs) || len(told) == 0 {
		t.Errorf("%s failed by %s, and those told are %v", job.Name, code, told)
	}
}

// withoutImage is a revision of a job whose image is not there.
func (l *lab) withoutImage(t testing.TB, job laboratory.Job) string {
	t.Helper()
	answer, err := l.Call("ecs", "DescribeTaskDefinition", map[string]any{"taskDefinition": job.Definition})
	if err != nil {
		t.Fatal(err)
	}
	definition := answer["taskDefinition"].(map[string]any)
	register := map[string]any{}
	for _, field := range []string{"family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes", "requiresCompatibilities", "cpu", "memory"} {
		if definition[field] != nil {
			register[field] = definition[field]
		}
	}
	for _, container := range register["containerDefinitions"].([]any) {
		if fields := container.(map[string]any); fields["name"] == "app" {
			fields["image"] = fmt.Sprint(fields["image"], "-gone")
		}
	}
	registered, err := l.Call("ecs", "RegisterTaskDefinition", register)
	if err != nil {
		t.Fatal(err)
	}
	return at(t, registered, "taskDefinition.taskDefinitionArn").(string)
}

// cannotStart takes from the scheduler the right to start runs: what it could not start must lie among the failures.
func (l *lab) cannotStart(ctx context.Context, t testing.TB, job laboratory.Job, schedule laboratory.Schedule) {
	t.Helper()
	deny := map[string]any{
		"RoleName": schedule.Role[strings.LastIndex(schedule.Role, "/")+1:], "PolicyName": "deny",
		"PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ecs:RunTask","Resource":"*"}]}`,
	}
	if _, err := l.Call("iam", "PutRolePolicy", deny); err != nil {
		t.Fatal(err)
	}
	if started := l.Fire(ctx, schedule); !strings.Contains(started.DeadLetter, "AccessDenied") || started.Lost != "" {
		t.Errorf("schedule %s, which may not start anything: %+v", schedule.Name, started)
	}
	if messages, told, err := l.Failures(job); err != nil || len(messages) != 1 || !slices.Equal(told, l.Environment.Settings.AlarmTopicARNs) {
		t.Errorf("schedule %s, which may not start anything: the failures are %v, told to %v, %v", schedule.Name, messages, told, err)
	}
	delete(deny, "PolicyDocument")
	if _, err := l.Call("iam", "DeleteRolePolicy", deny); err != nil {
		t.Fatal(err)
	}
}
