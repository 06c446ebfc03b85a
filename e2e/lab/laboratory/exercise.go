//go:build linux

package laboratory

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/ecs"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
)

// Token is what the auth handler of the stand-in takes for a user.
func Token(user string) string { return "Bearer lab-" + user }

// URL is the address of a path at the front door, for Client.
func (l *Laboratory) URL(path string) string {
	scheme := "http"
	if l.Balancer.Port() == 443 {
		scheme = "https"
	}
	host := l.Balancer.Name
	for _, record := range l.Resources.Of("aws_route53_record") {
		if record.Block("alias").Text("name") == l.Balancer.Name {
			host = record.Text("name")
		}
	}
	return scheme + "://" + host + path
}

// Front is the address at the front door of a path that ends so and leads to a service. A gateway leads to the services that
// offer something outside, and has no network path to others; a container has routes of its own, or none.
func (l *Laboratory) Front(service, path string) (string, bool) {
	if l.Balancer == nil {
		return "", false
	}
	if l.Needs.Language != needs.Container {
		return l.URL(path), l.Needs.Offers(service)
	}
	rules := l.resources("process "+service, "aws_lb_listener_rule")
	if len(rules) == 0 {
		return "", false
	}
	host, prefix := "", ""
	for _, condition := range rules[0].Blocks("condition") {
		for _, value := range condition.Block("host_header").Texts("values") {
			host = strings.ReplaceAll(value, "*", "example.com")
		}
		for _, value := range condition.Block("path_pattern").Texts("values") {
			if before, any := strings.CutSuffix(value, "/*"); any {
				prefix = before
			}
		}
	}
	url := l.URL(prefix + path)
	if host != "" {
		scheme, rest, _ := strings.Cut(url, "://")
		url = scheme + "://" + host + rest[strings.Index(rest, "/"):]
	}
	return url, true
}

// Do gives an order to a service through the front door, or inside one of its tasks where that does not lead there.
func (l *Laboratory) Do(ctx context.Context, service string, order exercise.Order) (exercise.Answer, error) {
	if url, led := l.Front(service, "/lab/"+service+"/do"); led {
		client := l.Balancer.Client()
		if l.Needs.Service(service).Listens() == needs.GRPC {
			client = l.Balancer.ClientHTTP2()
		}
		return l.order(ctx, client, url, order)
	}
	tasks, err := l.serving(service)
	if err != nil {
		return exercise.Answer{}, err
	}
	return l.DoIn(ctx, tasks[0], service, order)
}

// Running are the tasks of a process that run and are not being stopped.
func (l *Laboratory) Running(process string) []ecs.Task {
	return slices.DeleteFunc(l.Cluster.Tasks(process), func(task ecs.Task) bool { return task.Status != "RUNNING" || task.StopCode != "" })
}

// serving are the tasks that run of the process that serves a service, at least one.
func (l *Laboratory) serving(service string) ([]ecs.Task, error) {
	processes, err := l.Processes()
	if err != nil {
		return nil, err
	}
	var tasks []ecs.Task
	for _, process := range processes {
		if !slices.Contains(process.Hosts, service) || process.copies(service, l.Needs) {
			continue
		}
		tasks = append(tasks, l.Running(process.Name)...)
	}
	if len(tasks) == 0 {
		return nil, fmt.Errorf("no task serves %s", service)
	}
	return tasks, nil
}

// DoIn gives an order to a service in one task, from inside it: what stands at the front door decides nothing.
func (l *Laboratory) DoIn(ctx context.Context, task ecs.Task, service string, order exercise.Order) (exercise.Answer, error) {
	url, err := l.insideURL(task, "/lab/"+service+"/do")
	if err != nil {
		return exercise.Answer{}, err
	}
	return l.order(ctx, l.inside(task), url, order)
}

// insideURL is the address of a path of a task's application, for a client inside the task. A container may listen nowhere else.
func (l *Laboratory) insideURL(task ecs.Task, path string) (string, error) {
	if l.Needs.Language == needs.Container {
		return "http://" + exercise.Address + path, nil
	}
	port, err := l.port(task.Service)
	return "http://" + net.JoinHostPort("127.0.0.1", port) + path, err
}

// port is where the application of a process listens: what its variable says, or where Encore's runtimes do.
func (l *Laboratory) port(process string) (string, error) {
	definition, err := l.Cluster.Definition(process)
	if err != nil {
		return "", err
	}
	for _, container := range definition.Containers {
		for _, variable := range container.Environment {
			if container.Name == "app" && variable.Name == "PORT" {
				return variable.Value, nil
			}
		}
	}
	return "8080", nil
}

// inside is a client within a task's own network.
func (l *Laboratory) inside(task ecs.Task) *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			place, running := l.places.Load(task.Address)
			if !running {
				return nil, fmt.Errorf("task %s is gone", task.ID)
			}
			return place.(*vpc.Attachment).Dial(ctx, address)
		},
	}}
}

func (l *Laboratory) order(ctx context.Context, client *http.Client, url string, order exercise.Order) (exercise.Answer, error) {
	var answer exercise.Answer
	body, err := json.Marshal(order)
	if err != nil {
		return answer, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Result == "" {
		return answer, fmt.Errorf("%s: %s: %s", url, response.Status, text)
	}
	return answer, nil
}

// Received are the messages that a service's process has handled, asked through the front door, or inside each of its tasks
// where that does not lead there.
func (l *Laboratory) Received(ctx context.Context, service string) ([]exercise.Received, error) {
	path := "/lab/" + service + "/received"
	if url, led := l.Front(service, path); led {
		return received(ctx, l.Balancer.Client(), url)
	}
	tasks, err := l.serving(service)
	if err != nil {
		return nil, err
	}
	var all []exercise.Received
	for _, task := range tasks {
		some, err := l.ReceivedIn(ctx, task, service)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// ReceivedIn are the messages that one task has handled for a service, asked from inside it.
func (l *Laboratory) ReceivedIn(ctx context.Context, task ecs.Task, service string) ([]exercise.Received, error) {
	url, err := l.insideURL(task, "/lab/"+service+"/received")
	if err != nil {
		return nil, err
	}
	return received(ctx, l.inside(task), url)
}

func received(ctx context.Context, client *http.Client, url string) ([]exercise.Received, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var list []exercise.Received
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", response.Status, text, err)
	}
	return list, nil
}

// Process is a process of the environment: an ECS service, and the services of the application that it runs.
type Process struct {
	Name     string // of the ECS service
	Hosts    []string
	Gateways []string
	Infra    map[string]any // its infra config; nil for what is no Encore application
}

// copies reports whether a process runs the code of a service that another process serves: the gateway does with the auth
// handler's, without its subscriptions.
func (p Process) copies(service string, app *needs.Needs) bool {
	return len(p.Gateways) > 0 && len(p.Hosts) == 1 && app.Auth != nil && app.Auth.Service == service && len(app.Services) > 1
}

// Processes are the processes of the environment, by name.
func (l *Laboratory) Processes() ([]Process, error) {
	var found []Process
	for _, name := range l.Cluster.Services() {
		definition, err := l.Cluster.Definition(name)
		if err != nil {
			return nil, err
		}
		process := Process{Name: name}
		for _, container := range definition.Containers {
			for _, variable := range container.Environment {
				if variable.Name != "INFRA_CONFIG" {
					continue
				}
				if err := json.Unmarshal([]byte(variable.Value), &process.Infra); err != nil {
					return nil, fmt.Errorf("%s: infra config: %w", name, err)
				}
			}
		}
		process.Hosts, process.Gateways = namesIn(process.Infra["hosted_services"]), namesIn(process.Infra["hosted_gateways"])
		if process.Infra == nil {
			for _, container := range definition.Containers {
				if service := l.serviceOf(container.Image); service != "" {
					process.Hosts = []string{service}
				}
			}
		}
		found = append(found, process)
	}
	return found, nil
}

// namesIn reads a list of the infra config, of names or of objects with one.
func namesIn(value any) []string {
	list, _ := value.([]any)
	var found []string
	for _, entry := range list {
		switch entry := entry.(type) {
		case string:
			found = append(found, entry)
		case map[string]any:
			if name, is := entry["name"].(string); is {
				found = append(found, name)
			}
		}
	}
	return found
}
