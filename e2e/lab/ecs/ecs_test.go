//go:build linux && validate

package ecs

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// waiting is a container that lives until it is told to end, and writes to the journal when it starts and when it is told.
const waiting = `trap 'echo NAME-asked >> /journal/lines; exit 0' TERM; echo NAME-up >> /journal/lines; while :; do sleep 60 & wait $!; done`

// of makes a container definition: its name, its script, and further fields.
func of(name, script, fields string) string {
	script = strings.ReplaceAll(script, "NAME", name)
	return `{"name": "` + name + `", "image": "busybox", "entryPoint": ["sh", "-c"], "linuxParameters": {"initProcessEnabled": true}, "command": ["` + script + `"]` + fields + `}`
}

func allOf(containers ...string) string { return "[" + strings.Join(containers, ",") + "]" }

// app is a service of one container whose health is whether a file is there.
func app(script string) string {
	return allOf(of("app", script, `, "stopTimeout": 20, "healthCheck": {"command": ["CMD-SHELL", "test ! -e /journal/sick"], "interval": 5, "retries": 2}`))
}

// The order of modules/fargate-service: a file is written, the application starts, a probe asks for its health; and back.
var trio = allOf(
	of("config", `sleep 0.2; echo written > /config/file; echo config >> /journal/lines`, `, "essential": false, "mountPoints": [{"sourceVolume": "config", "containerPath": "/config"}]`),
	of("app", `cat /config/file >> /journal/lines; `+waiting, `, "dependsOn": [{"containerName": "config", "condition": "SUCCESS"}], "mountPoints": [{"sourceVolume": "config", "containerPath": "/config", "readOnly": true}]`),
	of("probe", `sleep 0.3; `+waiting, `, "dependsOn": [{"containerName": "app", "condition": "START"}], "healthCheck": {"command": ["CMD", "true"], "interval": 10}`),
)

// balanced gives the service a target group and a name, which a task leaves before it is told to stop.
func balanced(b *bench) {
	b.account.service["loadBalancers"] = []any{map[string]any{"targetGroupArn": "group", "containerPort": 8080}}
	b.account.service["serviceRegistries"] = []any{map[string]any{"registryArn": "name"}}
	b.network.draining = 300 * time.Millisecond
}

func TestOrder(t *testing.T) {
	t.Parallel()
	b := start(t, 1, balanced, trio)
	b.steady(t)
	// The load balancer is told of a task when its port is there, whatever other containers do by then.
	either := []string{"config written app-up registered probe-up announced", "config written app-up probe-up registered announced"}
	if got := b.journal.String(); !slices.Contains(either, got) {
		t.Errorf("start: got %q, want %q", got, either)
	}
	b.journal.remove(t, "lines")
	if err := b.Scale("s", 0); err != nil {
		t.Fatal(err)
	}
	b.wait(t, "the end of the task", func() bool { return b.Tasks("")[0].Status == stopped })
	if got, want := b.journal.String(), "withdrawn deregistered drained probe-asked app-asked"; got != want {
		t.Errorf("stop: got %q, want %q", got, want)
	}
	if reason := b.Tasks("")[0].StopReason; !strings.HasPrefix(reason, "Scaling activity initiated by (deployment ecs-svc/") {
		t.Errorf("stopped with %q", reason)
	}
}

// The order of modules/fargate-service with a read-only root: a volume is root's until the first container opens it, and
// the application writes there, as somebody else and without capabilities, and nowhere else.
var readOnly = allOf(
	of("config", `set -eu; umask 022; chmod 1777 /writable-1`, `, "essential": false, "readonlyRootFilesystem": true, "linuxParameters": {"initProcessEnabled": true, "capabilities": {"drop": ["ALL"]}}, "mountPoints": [{"sourceVolume": "config", "containerPath": "/writable-1"}]`),
	of("app", `echo x > /file || echo refused >> /journal/lines; echo mine > /tmp/file && cat /tmp/file >> /journal/lines; id -u >> /journal/lines; `+waiting,
		`, "user": "1000:1000", "readonlyRootFilesystem": true, "linuxParameters": {"initProcessEnabled": true, "capabilities": {"drop": ["ALL"]}}, "dependsOn": [{"containerName": "config", "condition": "SUCCESS"}], "mountPoints": [{"sourceVolume": "config", "containerPath": "/tmp"}]`),
)

func TestReadOnlyRoot(t *testing.T) {
	t.Parallel()
	b := start(t, 1, nil, readOnly)
	b.steady(t)
	b.wait(t, "what the application writes", func() bool { return strings.Contains(b.journal.String(), "app-up") })
	if got, want := b.journal.String(), "refused mine 1000 app-up"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestRegistryLogin: name and password for a registry outside AWS are read before its image is pulled.
func TestRegistryLogin(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:login-AbCdEf"
	definitions := allOf(of("app", waiting, `, "repositoryCredentials": {"credentialsParameter": "`+arn+`"}`))
	for name, test := range map[string]struct{ value, refuses, want string }{
		"given":   {`{"username": "a", "password": "b"}`, "", ""},
		"no JSON": {"b", "", "unable to retrieve registry auth from asm: the secret " + arn + " holds no JSON with username and password"},
		"partly":  {`{"username": "a"}`, "", "holds no JSON with username and password"},
		"refused": {`{"username": "a", "password": "b"}`, "GetSecretValue", "AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t, 1, func(b *bench) {
				b.account.secrets, b.account.refuses = map[string]string{arn: test.value}, test.refuses
			}, definitions)
			err := b.Steady(b.ctx)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestSpot(t *testing.T) {
	t.Parallel()
	b := start(t, 1, func(b *bench) { balanced(b); b.network.draining = 10 * time.Second }, trio)
	b.steady(t)
	b.journal.remove(t, "lines")
	id := b.Tasks("")[0].ID
	if err := b.Interrupt(id); err != nil {
		t.Fatal(err)
	}
	b.wait(t, "the end of the task", func() bool { return b.Tasks("")[0].Status == stopped })
	// The replacement writes there, too.
	if got := b.journal.String(); !strings.Contains(got, "app-asked") || strings.Contains(got, "drained") {
		t.Errorf("got %q, want the signal while the load balancer still drains", got)
	}
	b.steady(t)
	if current := b.current(); len(current) != 1 || current[0].ID == id {
		t.Errorf("no other task runs: %v", current)
	}
}

func TestKillAfterStopTimeout(t *testing.T) {
	t.Parallel()
	b := start(t, 1, nil, app(`trap '' TERM; while :; do sleep 60 & wait $!; done`))
	b.steady(t)
	began := time.Now()
	if err := b.Stop(b.Tasks("")[0].ID, "by hand"); err != nil {
		t.Fatal(err)
	}
	b.wait(t, "the end of the task", func() bool { return b.Tasks("")[0].Status == stopped })
	if took := time.Since(began); took < time.Second || took > 4*time.Second {
		t.Errorf("the end took %s, want the stopTimeout of 20 s at twenty times the speed", took)
	}
	if reason := b.Tasks("")[0].StopReason; reason != "by hand (app exited with code 137)" {
		t.Errorf("got %q", reason)
	}
	b.steady(t)
}

func TestReplacement(t *testing.T) {
	t.Parallel()
	b := start(t, 2, nil, app(waiting))
	b.steady(t)
	first := b.current()
	if first[0].Subnet == first[1].Subnet {
		t.Error("both tasks are in one zone")
	}
	if err := b.Kill(first[0].ID, "app"); err != nil {
		t.Fatal(err)
	}
	b.wait(t, "the end of the task", func() bool { return b.Tasks("")[0].Status == stopped })
	b.steady(t)
	if got := b.Tasks("")[0]; got.StopCode != "EssentialContainerExited" || got.StopReason != "Essential container in task exited (app exited with code 137)" {
		t.Errorf("got %s, %q", got.StopCode, got.StopReason)
	}
	second := b.current()
	if len(second) != 2 || second[0].ID != first[1].ID {
		t.Errorf("got %v, want the task that was left and another", second)
	}
	if err := b.Scale("s", 1); err != nil {
		t.Fatal(err)
	}
	b.steady(t)
	if third := b.current(); len(third) != 1 || third[0].ID != second[0].ID {
		t.Errorf("got %v, want the older task", third)
	}
}

func TestUnhealthy(t *testing.T) {
	t.Parallel()
	b := start(t, 1, nil, app(waiting))
	b.steady(t)
	if err := os.WriteFile(b.journal.folder+"/sick", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	b.wait(t, "the end of the task", func() bool { return b.Tasks("")[0].Status == stopped })
	b.journal.remove(t, "sick")
	b.steady(t)
	if got := b.Tasks("")[0].StopReason; got != "Task failed container health checks" {
		t.Errorf("got %q", got)
	}
}

func TestRollingDeployment(t *testing.T) {
	t.Parallel()
	b := start(t, 2, balanced, app(waiting), app("true; "+waiting))
	b.steady(t)
	if _, err := b.Deploy("s", "s:2"); err != nil {
		t.Fatal(err)
	}
	b.wait(t, "the end of the deployment", func() bool {
		healthy, alive := 0, 0
		for _, task := range b.Tasks("") {
			if task.Status == runningState && task.Health == "HEALTHY" && task.StopCode == "" {
				healthy++
			}
			if task.StopCode == "" {
				alive++
			}
		}
		if healthy < 2 || alive > 4 {
			t.Fatalf("%d healthy tasks and %d in all, want at least 2 and at most 4", healthy, alive)
		}
		deployments := b.Deployments("s")
		return deployments[len(deployments)-1].State == Completed
	})
	for _, task := range b.current() {
		if task.TaskDefinition != "s:2" {
			t.Errorf("%s still runs", task.TaskDefinition)
		}
	}
}

func TestCircuitBreaker(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ bad, reason string }{
		"ends":        {allOf(of("app", "echo this is why; exit 3", "")), "Essential container in task exited (app exited with code 3: this is why)"},
		"never fit":   {allOf(of("app", waiting, `, "healthCheck": {"command": ["CMD", "false"], "interval": 5, "retries": 2}`)), "Task failed container health checks"},
		"no image":    {strings.ReplaceAll(app(waiting), `"busybox"`, `"lost/image:1"`), "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref lost/image:1: not found"},
		"no config":   {allOf(of("config", "exit 1", `, "essential": false`), of("app", waiting, `, "dependsOn": [{"containerName": "config", "condition": "SUCCESS"}]`)), "container app depends on config, which ended with code 1 (config exited with code 1)"},
		"no program":  {allOf(`{"name": "app", "image": "busybox", "entryPoint": ["nothing"]}`), `container app: CannotStartContainerError: exec: "nothing": executable file not found in $PATH`},
		"no such uid": {allOf(of("app", waiting, `, "user": "somebody"`)), `container app: CannotStartContainerError: unable to find user somebody: no matching entries in /etc/passwd`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t, 1, nil, app(waiting), test.bad)
			b.steady(t)
			before := b.current()
			if _, err := b.Deploy("s", "s:2"); err != nil {
				t.Fatal(err)
			}
			b.wait(t, "the rollback", func() bool { return b.Deployments("s")[0].TaskDefinition == "s:2" })
			b.steady(t)
			deployments := b.Deployments("s")
			if failed := deployments[0]; failed.State != Failed || failed.Reason != "ECS deployment circuit breaker: tasks failed to start." {
				t.Errorf("got %+v", failed)
			}
			if back := deployments[1]; back.State != Completed || !back.Rollback {
				t.Errorf("got %+v", back)
			}
			if current := b.current(); len(current) != 1 || current[0].ID != before[0].ID {
				t.Errorf("another task than before serves: %v", current)
			}
			tries := b.Tasks("")[1:]
			if len(tries) < 3 || tries[0].StopReason != test.reason {
				t.Errorf("%d tasks were tried, the first stopped with %q, want %q", len(tries), tries[0].StopReason, test.reason)
			}
			b.wait(t, "the account to know of it", func() bool {
				b.account.lock.Lock()
				defer b.account.lock.Unlock()
				return b.account.service["taskDefinition"] == "s:1" && len(b.account.service["deployments"].([]any)) == 1
			})
		})
	}
}

// Without anything to go back to, the deployment stalls: the reason must be told.
func TestFirstDeploymentFails(t *testing.T) {
	t.Parallel()
	b := start(t, 1, nil, allOf(of("app", "echo no such database; exit 1", "")))
	err := b.Steady(b.ctx)
	if err == nil || !strings.Contains(err.Error(), "tasks failed to start") || !strings.Contains(err.Error(), "no such database") {
		t.Errorf("got %v", err)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:s"
	definitions := allOf(of("app", `echo $WHOLE $PART; `+waiting, `, "secrets": [{"name": "WHOLE", "valueFrom": "`+arn+`"}, {"name": "PART", "valueFrom": "`+arn+`:key::"}]`))
	change := func(b *bench) {
		b.account.secrets[arn] = `{"key": "part"}`
		b.account.definitions["s:1"]["executionRoleArn"] = "arn:aws:iam::123456789012:role/r"
	}
	t.Run("read", func(t *testing.T) {
		t.Parallel()
		b := start(t, 1, change, definitions)
		b.steady(t)
		b.wait(t, "the log", func() bool {
			text, _ := os.ReadFile(b.Tasks("")[0].Logs["app"])
			return string(text) == "{\"key\": \"part\"} part\n"
		})
	})
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		b := start(t, 1, func(b *bench) { change(b); b.account.refuses = "GetSecretValue" }, definitions)
		err := b.Steady(b.ctx)
		if err == nil || !strings.Contains(err.Error(), "ResourceInitializationError: unable to pull secrets or registry auth") || !strings.Contains(err.Error(), "AccessDeniedException") {
			t.Errorf("got %v", err)
		}
	})
}

func TestDefinitionsThatECSRefuses(t *testing.T) {
	for text, want := range map[string]string{
		trio:         "",
		app(waiting): "",
		allOf(of("a", "true", `, "dependsOn": [{"containerName": "b", "condition": "START"}]`)):                                                                                   "container a depends on b, which is not defined",
		allOf(of("b", "true", ""), of("a", "true", `, "dependsOn": [{"containerName": "b", "condition": "HEALTHY"}]`)):                                                            "container a waits for b to be healthy, which has no health check",
		allOf(of("b", "true", ""), of("a", "true", `, "dependsOn": [{"containerName": "b", "condition": "SUCCESS"}]`)):                                                            "container a waits for b to end, which is essential",
		allOf(of("a", "true", `, "dependsOn": [{"containerName": "b", "condition": "START"}]`), of("b", "true", `, "dependsOn": [{"containerName": "a", "condition": "START"}]`)): "depends on itself",
		allOf(of("a", "true", `, "stopTimeout": 121`)): "container a has a stopTimeout above 120 seconds",
	} {
		var parsed Definition
		if err := read(map[string]any{"d": recordedDefinition(1, text)}, "d", &parsed); err != nil {
			t.Fatal(err)
		}
		err := parsed.check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasSuffix(err.Error(), want)) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// A lost zone is told to nobody: what ran there keeps its name until ECS notices, and is replaced in the other zone.
func TestLostZone(t *testing.T) {
	t.Parallel()
	b := start(t, 2, balanced, trio)
	b.steady(t)
	b.journal.remove(t, "lines")
	lost := b.current()[0]
	began := time.Now()
	b.Lose(lost.Subnet, 20*time.Second)
	b.wait(t, "the end of the task", func() bool { return b.Tasks("")[0].Status == stopped || b.Tasks("")[1].Status == stopped })
	if took := time.Since(began); took < 900*time.Millisecond {
		t.Errorf("the task has left its name after %s, want 20 s at twenty times the speed", took)
	}
	if got := b.journal.String(); strings.Contains(got, "asked") || !strings.Contains(got, "withdrawn") {
		t.Errorf("got %q: nothing is told to stop, and the name forgets the task", got)
	}
	b.steady(t)
	current := b.current()
	if len(current) != 2 || current[0].Subnet == lost.Subnet || current[1].Subnet == lost.Subnet {
		t.Errorf("not both tasks are in the other zone: %+v", current)
	}
	b.Regain(lost.Subnet)
	if err := b.Scale("s", 3); err != nil {
		t.Fatal(err)
	}
	b.steady(t)
	if current := b.current(); current[2].Subnet != lost.Subnet {
		t.Errorf("nothing starts in the zone that is back: %+v", current)
	}
}
