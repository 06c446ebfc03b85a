//go:build validate

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/ecs"
	labenvironment "github.com/groundplan/groundplan/e2e/lab/environment"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/laboratory"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// speed is how much faster than AWS the laboratory is: an interval of ten seconds takes two and a half.
const speed = 4

// lab is an application that runs, with what its tests share.
type lab struct {
	*laboratory.Laboratory
	processes []laboratory.Process
	trial     trial
	version   string // of the images that run
	failed    *testFailures
	commands  map[string][]string // that start jobs, as a shell calls them
}

// trial is an environment that runs, and what is asked of it.
type trial struct {
	name              string // of the test, where one fixture runs twice
	fixture, settings string
	tried             int  // as many things at least are no need of some process, and are tried
	deploys           bool // is deployed under load
	fails             bool // is scaled, killed, poisoned and broken under load
	zones             bool // loses a zone under load
}

// TestLab runs applications in the laboratory and asks of each what X1, X2 and I7 promise. A fixture is applied with the settings
// that TestG4_Apply takes for it, so that an environment that both want is applied once.
func TestLab(t *testing.T) {
	failed := gather(t)
	for _, test := range []trial{
		// What takes longest begins first.
		{fixture: "shop", settings: labenvironment.Trial, tried: 60, deploys: true, fails: true, zones: true},
		{fixture: "shop-typescript", settings: labenvironment.Trial, tried: 60, deploys: true, fails: true, zones: true},
		{fixture: "webshop", settings: labenvironment.Trial, tried: 12, deploys: true},
		{name: "shop in one process", fixture: "shop", settings: labenvironment.AllInOne, tried: 4, deploys: true},
		{name: "shop-typescript in one process", fixture: "shop-typescript", settings: labenvironment.AllInOne, tried: 4},
		{fixture: "parcels", settings: labenvironment.Secure, tried: 20}, // workers and jobs
		{fixture: "events", settings: labenvironment.Trial, tried: 12},
		{fixture: "files", settings: labenvironment.Trial, tried: 5},
		{fixture: "sessions", settings: labenvironment.Trial, tried: 5},
		{fixture: "schedules", settings: labenvironment.Trial, tried: 2},
		// What these do stands in functions of other services, in shared files, and in what runs while modules load.
		{fixture: "reach", settings: labenvironment.Trial, tried: 60},
		{fixture: "reach-typescript", settings: labenvironment.Trial, tried: 12},
	} {
		if test.name == "" {
			test.name = test.fixture
		}
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := openLab(t, failed, laboratory.Options{Fixture: test.fixture, Settings: test.settings, Speed: speed})
			l.trial = test
			l.runs(t)
		})
	}
}

// runs asks everything of an application that it is there for.
func (l *lab) runs(t *testing.T) {
	id := "X1"
	if strings.HasPrefix(l.trial.fixture, "reach") {
		id = "I7"
	}
	l.check(t, id+" every process starts", l.everyProcessStarts)
	l.check(t, id+" every need works", l.everyNeedWorks)
	l.poison(t)
	if l.Needs.Language != needs.Container { // a container has no config, and its endpoints are for its jobs alone
		l.check(t, id+" Encore's build accepts every config", l.buildAccepts)
		l.check(t, id+" endpoints answer as they are declared", l.endpointsAnswer)
	}
	l.check(t, id+" nothing else works", l.nothingElseWorks)
	if len(l.Jobs()) > 0 {
		l.check(t, "X1 a job runs when its time comes, and by hand", l.jobsRun)
		l.check(t, "X1 a run can do what its job needs and nothing else", l.runsCan)
		l.check(t, "X1 a run that fails is told", l.failuresAreTold)
	}
	if workers := l.workers(); len(workers) > 0 {
		l.check(t, "X1 a worker is scaled by its queue", func(t testing.TB) { l.workersScale(t, workers) })
	}
	if len(l.Needs.Crons) > 0 {
		l.check(t, "X1 a cron job calls its endpoint", l.cronJobs)
	}
	if l.trial.deploys {
		l.check(t, "X2 a deployment of everything loses no request", l.deployment)
	}
	if l.trial.fails {
		l.check(t, "X2 scaling and Spot lose no request", l.scaling)
		l.check(t, "X2 a process that is killed comes back", l.killed)
		l.check(t, "X2 a bad image is rolled back and says why", l.badImage)
	}
	if l.trial.zones {
		l.checkAlone(t, "X2 a lost zone costs what it takes to notice", l.lostZone)
	}
	if len(l.poisonous()) > 0 {
		l.check(t, "X1 a message that nobody can handle is a dead letter", l.deadLetters)
	}
}

func openLab(t *testing.T, failed *testFailures, options laboratory.Options) *lab {
	t.Helper()
	progress := &strings.Builder{}
	options.Progress = progress
	machine.RLock()
	defer machine.RUnlock()
	opened, err := laboratory.Open(t.Context(), options)
	if err != nil {
		failed.note(t.Name(), err.Error())
		t.Fatalf("%v\n%s", err, progress)
	}
	l := &lab{Laboratory: opened, failed: failed, version: labenvironment.ImageTag, commands: map[string][]string{}}
	t.Cleanup(func() {
		if t.Failed() {
			l.tell(t)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	if l.processes, err = l.Processes(); err != nil {
		t.Fatal(err)
	}
	return l
}

// tell shows what an operator would look at.
func (l *lab) tell(t testing.TB) {
	var text strings.Builder
	for _, event := range l.Cluster.Events("") {
		fmt.Fprintf(&text, "%s %s %s\n", event.Time.Format("15:04:05.000"), event.Service, event.Message)
	}
	for _, task := range l.Cluster.Tasks("") {
		content, _ := os.ReadFile(task.Logs["app"])
		lines := strings.Split(strings.TrimSpace(string(content)), "\n")
		fmt.Fprintf(&text, "-- %s %s %s %s\n%s\n", task.Service, task.ID[:8], task.Status, task.StopReason, strings.Join(lines[max(0, len(lines)-15):], "\n"))
	}
	t.Log(text.String())
}

// slack is how much slower a machine may be than the one that limits were set on. No verdict depends on a limit: it is there to end what
// hangs, and to say where.
const slack = 3

// within bounds a test, so that one that hangs says where.
func within(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slack*limit)
	t.Cleanup(cancel)
	return ctx
}

// labReport fails a test for each problem that a check has found. Checks return their problems, so that a test can show that they find some.
func labReport(t testing.TB, problems []string) {
	t.Helper()
	for _, problem := range problems {
		t.Error(problem)
	}
}

func (l *lab) everyProcessStarts(t testing.TB) {
	labReport(t, l.startProblems(time.Time{}))
}

// startProblems is what keeps a process from running: its tasks that are there, and those begun since some time that ended by themselves.
func (l *lab) startProblems(since time.Time) []string {
	var problems []string
	processes, err := l.Processes()
	if err != nil {
		return []string{err.Error()}
	}
	for _, process := range processes {
		there := false
		for _, task := range l.Cluster.Tasks(process.Name) {
			if task.StopCode == "ServiceSchedulerInitiated" || task.StopCode != "" && task.Started.Before(since) {
				continue
			}
			there = there || task.StopCode == ""
			if task.Status != "RUNNING" || task.Health != "HEALTHY" {
				problems = append(problems, fmt.Sprintf("%s is %s and %s: %s", process.Name, task.Status, task.Health, task.StopReason))
			}
		}
		if !there {
			problems = append(problems, process.Name+" has no task")
		}
	}
	for _, service := range l.Needs.Services {
		if !service.Job() && !slices.ContainsFunc(processes, func(process laboratory.Process) bool { return slices.Contains(process.Hosts, service.Name) }) {
			problems = append(problems, "no process runs service "+service.Name)
		}
	}
	return problems
}

func (l *lab) buildAccepts(t testing.TB) {
	problems, err := l.BuildProblems()
	if err != nil {
		t.Fatal(err)
	}
	labReport(t, problems)
}

func (l *lab) everyNeedWorks(t testing.TB) {
	labReport(t, l.needProblems(within(t, 2*time.Minute)))
}

// needProblems does each thing that the code of a service does: through the front door where that leads to the service, and
// inside each process that runs it.
func (l *lab) needProblems(ctx context.Context) []string {
	var problems []string
	for i := range l.Needs.Services {
		service := &l.Needs.Services[i]
		if service.Job() {
			continue // its runs do, see lab_jobs_test.go
		}
		for _, need := range service.All() {
			order := exercise.Order{Need: &need}
			answer, err := l.Do(ctx, service.Name, order)
			if err != nil || answer.Result != exercise.Done {
				problems = append(problems, fmt.Sprintf("%s: %s: %+v, %v", service.Name, need, answer, err))
			}
			for _, process := range l.processes {
				if !slices.Contains(process.Hosts, service.Name) {
					continue
				}
				var answer exercise.Answer
				task, err := l.serving(process.Name)
				if err == nil {
					answer, err = l.DoIn(ctx, task, service.Name, order)
				}
				if err != nil || answer.Result != exercise.Done {
					problems = append(problems, fmt.Sprintf("process %s: %s: %s: %+v, %v", process.Name, service.Name, need, answer, err))
				}
			}
		}
	}
	for _, service := range l.Needs.Services {
		for _, subscription := range service.Subscriptions {
			if err := l.delivered(ctx, service.Name, subscription); err != nil {
				problems = append(problems, fmt.Sprintf("%s: subscription %s: %v", service.Name, subscription.Name, err))
			}
		}
	}
	return problems
}

// publisher is a service that publishes to a topic.
func (l *lab) publisher(topic string) string {
	for _, service := range l.Needs.Services {
		for _, use := range service.Topics {
			if use.Name == topic && use.Publishes {
				return service.Name
			}
		}
	}
	return ""
}

// delivered publishes a message and waits until a subscription has it.
func (l *lab) delivered(ctx context.Context, service string, subscription needs.Subscription) error {
	text := "for " + subscription.Name + " " + time.Now().Format(time.RFC3339Nano)
	publisher := l.publisher(subscription.Topic)
	if publisher == "" {
		return fmt.Errorf("nobody publishes to %s", subscription.Topic)
	}
	order := exercise.Order{Need: &needs.Need{Kind: "topic", Name: subscription.Topic}, Text: text}
	if answer, err := l.Do(ctx, publisher, order); err != nil || answer.Result != exercise.Done {
		return fmt.Errorf("publish to %s: %+v, %w", subscription.Topic, answer, err)
	}
	var seen []exercise.Received
	for ctx.Err() == nil {
		received, err := l.Received(ctx, service)
		if err != nil {
			return err
		}
		for _, message := range received {
			if message.Subscription == subscription.Name && strings.Contains(message.Message, text) {
				if message.Failed {
					return errors.New(message.Detail)
				}
				return nil
			}
		}
		seen = received
		time.Sleep(200 * time.Millisecond)
	}
	return fmt.Errorf("it never had the message: %v", seen)
}

// serving is a task of a process that runs.
func (l *lab) serving(process string) (ecs.Task, error) {
	if tasks := l.Running(process); len(tasks) > 0 {
		return tasks[0], nil
	}
	return ecs.Task{}, fmt.Errorf("%s has no task that runs", process)
}

// task is serving for who cannot do without.
func (l *lab) task(t testing.TB, process string) ecs.Task {
	t.Helper()
	task, err := l.serving(process)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// nothingElseWorks tries each thing of the application that a process does not need, from inside it.
func (l *lab) nothingElseWorks(t testing.TB) {
	ctx := within(t, 3*time.Minute)
	tasks := map[string]ecs.Task{}
	for _, process := range l.processes {
		tasks[process.Name] = l.task(t, process.Name)
	}
	tried := l.refused(ctx, t, l.processes, tasks)
	if tried < l.trial.tried {
		t.Errorf("%d things were tried from %d processes, want at least %d", tried, len(l.processes), l.trial.tried)
	}
}

// refused tries from inside a task of each process what the process does not need, and returns how many things that were.
func (l *lab) refused(ctx context.Context, t testing.TB, processes []laboratory.Process, tasks map[string]ecs.Task) int {
	t.Helper()
	tried := 0
	var all sync.WaitGroup
	limit := make(chan struct{}, 12) // most of the time is waiting for packets that are dropped
	for _, process := range processes {
		host := exercise.Gateway
		if len(process.Hosts) > 0 {
			host = process.Hosts[0]
		}
		for _, foreign := range l.Foreign(process) {
			tried++
			all.Add(1)
			go func() {
				defer all.Done()
				limit <- struct{}{}
				defer func() { <-limit }()
				answer, err := l.DoIn(ctx, tasks[process.Name], host, exercise.Order{Attempt: &foreign.Attempt})
				if err != nil || answer.Result != exercise.Refused {
					t.Errorf("%s: %s: %+v, %v", process.Name, foreign.What, answer, err)
				}
			}()
		}
		for name, arn := range l.ForeignSecrets(process) {
			tried++
			if err := l.ReadSecret(ctx, process, arn); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
				t.Errorf("%s may read secret %s: %v", process.Name, name, err)
			}
		}
	}
	all.Wait()
	t.Logf("%d things tried and refused", tried)
	return tried
}

// ask sends a request to the front door and returns the status of the answer, and why it is a failure where it is one.
func (l *lab) ask(ctx context.Context, client *http.Client, method, url, body, token string) (status int, reason string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if token != "" {
		request.Header.Set("Authorization", token)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if response.StatusCode < http.StatusInternalServerError {
		said = nil
	}
	return response.StatusCode, string(said), err
}

// pathOf is a path that an endpoint answers: parameters have values.
func pathOf(endpoint needs.Endpoint) string {
	parts := strings.Split(endpoint.Path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, ":") || strings.HasPrefix(part, "*") || strings.HasPrefix(part, "!") {
			parts[i] = "1"
		}
	}
	return strings.Join(parts, "/")
}

func (l *lab) endpointsAnswer(t testing.TB) {
	labReport(t, l.endpointProblems(within(t, time.Minute)))
}

// endpointProblems asks for every endpoint at the front door, with a token and without.
func (l *lab) endpointProblems(ctx context.Context) []string {
	client := l.Balancer.Client()
	var problems []string
	for _, service := range l.Needs.Services {
		for _, endpoint := range service.Endpoints {
			method := endpoint.Methods[0]
			for _, test := range []struct {
				token string
				want  map[string]int
			}{
				{"", map[string]int{needs.Public: 200, needs.Auth: 401, needs.Private: 404}},
				{laboratory.Token("ada"), map[string]int{needs.Public: 200, needs.Auth: 200, needs.Private: 404}},
			} {
				status, reason, err := l.ask(ctx, client, method, l.URL(pathOf(endpoint)), "", test.token)
				if want := test.want[endpoint.Access]; err != nil || status != want {
					problems = append(problems, fmt.Sprintf("%s %s with %q: got %d %s, %v, want %d", method, pathOf(endpoint), test.token, status, reason, err, want))
				}
			}
		}
	}
	for _, path := range []string{"/__encore/healthz", "/__encore/authhandler"} {
		if status, _, err := l.ask(ctx, client, http.MethodGet, l.URL(path), "", ""); err != nil || status/100 != 4 {
			problems = append(problems, fmt.Sprintf("%s from outside: got %d, %v", path, status, err))
		}
	}
	return problems
}
