//go:build linux

package laboratory

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// Foreign is a thing that a process does not need, and how it would get at it.
type Foreign struct {
	What    string
	Attempt exercise.Attempt
}

// allowed is what the services of a process need, together.
type allowed struct {
	databases, publishes, consumes, secrets, calls map[string]bool
	buckets                                        map[string][]string
	caches, everyKey                               map[string]bool // a pattern may cover all keys of a cluster
}

func (l *Laboratory) allowed(process Process) allowed {
	a := allowed{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string][]string{}, map[string]bool{}, map[string]bool{}}
	for _, name := range process.Hosts {
		service := l.Needs.Service(name)
		if service == nil {
			continue
		}
		for _, database := range service.Databases {
			a.databases[database.Name] = true
		}
		for _, topic := range service.Topics {
			a.publishes[topic.Name] = a.publishes[topic.Name] || topic.Publishes
		}
		for _, subscription := range service.Subscriptions {
			if process.copies(name, l.Needs) {
				break
			}
			a.consumes[subscription.Topic+"/"+subscription.Name] = true
		}
		for _, bucket := range service.Buckets {
			a.buckets[bucket.Name] = append(a.buckets[bucket.Name], bucket.Operations...)
		}
		for _, cache := range service.Caches {
			a.caches[cache.Cluster] = true
			a.everyKey[cache.Cluster] = a.everyKey[cache.Cluster] || strings.HasPrefix(cache.Pattern, ":")
		}
		for _, secret := range service.Secrets {
			a.secrets[secret.Name] = true
		}
		a.secrets[service.ImageLogin] = true // read by the execution role all the same
		for _, call := range service.Calls {
			called, _ := l.Needs.Endpoint(call)
			if called != nil {
				a.calls[called.Name] = true
			}
		}
		for _, named := range service.Names {
			a.calls[named] = true
		}
	}
	for _, service := range l.Needs.Services { // the gateway has no business with a service that offers nothing outside
		if len(process.Gateways) > 0 && l.Needs.Offers(service.Name) {
			a.calls[service.Name] = true
		}
	}
	// Packages are loaded by every process of a Go application, one with the gateway alone included.
	for _, service := range l.Needs.Services {
		for _, database := range service.Databases {
			a.databases[database.Name] = a.databases[database.Name] || database.AtLoad
		}
	}
	return a
}

// Foreign are all things that a process does not need and that the laboratory knows to try: each database, bucket, topic, queue, cache
// and service of the application that is not among the needs of what it hosts. Secrets are no attempt of the process: see
// ForeignSecrets.
func (l *Laboratory) Foreign(process Process) []Foreign {
	a := l.allowed(process)
	var all []Foreign
	add := func(what string, attempt exercise.Attempt) { all = append(all, Foreign{what, attempt}) }
	l.foreignDatabases(a, process, add)
	l.foreignMessages(a, add)
	l.foreignBuckets(a, add)
	l.foreignCaches(a, add)
	l.foreignServices(a, process, add)
	return all
}

// foreignDatabases are tried with the process's own login, where it has one on the server, or by a connection alone.
func (l *Laboratory) foreignDatabases(a allowed, process Process, add func(string, exercise.Attempt)) {
	for _, name := range l.declared("database") {
		if a.databases[name] {
			continue
		}
		server, found := l.databaseServer()
		if !found {
			continue
		}
		own := ""
		for candidate := range a.databases {
			if a.databases[candidate] && configured(process, candidate) {
				own = candidate
			}
		}
		if own != "" {
			add("database "+name, exercise.Attempt{Kind: "postgres", Resource: own, Database: name})
			continue
		}
		add("server of database "+name, exercise.Attempt{Kind: "dial", Address: server})
	}
}

// configured reports whether a process has a login of its own to a database that it may use: a container has one to each, and an
// infra config says what it has.
func configured(process Process, database string) bool {
	if process.Infra == nil {
		return true
	}
	servers, _ := process.Infra["sql_servers"].([]any)
	for _, server := range servers {
		fields, _ := server.(map[string]any)
		databases, _ := fields["databases"].(map[string]any)
		if databases[database] != nil {
			return true
		}
	}
	return false
}

// databaseServer is host and port of the server of the databases. Each environment of the laboratory has one server.
func (l *Laboratory) databaseServer() (string, bool) {
	for _, kind := range []string{"aws_db_instance", "aws_rds_cluster"} {
		if servers := l.Resources.Of(kind); len(servers) > 0 {
			host := servers[0].Text("address")
			if host == "" {
				host = servers[0].Text("endpoint")
			}
			return net.JoinHostPort(host, strconv.Itoa(servers[0].Number("port"))), true
		}
	}
	return "", false
}

func (l *Laboratory) foreignMessages(a allowed, add func(string, exercise.Attempt)) {
	for _, name := range l.declared("topic") {
		topic, found := l.resource("topic "+name, "aws_sns_topic")
		if found && !a.publishes[name] {
			add("topic "+name, exercise.Attempt{Kind: "aws", Operation: "sns:Publish", Target: topic.Text("arn")})
		}
	}
	for _, resource := range l.Environment.Application.Of("subscription") {
		queues := l.resources(subscriptionID(resource.Parent, resource.Name), "aws_sqs_queue")
		for _, queue := range queues {
			if a.consumes[resource.Parent+"/"+resource.Name] && !isDeadLetters(queue.Address) {
				continue
			}
			add("queue "+queue.Text("name"), exercise.Attempt{Kind: "aws", Operation: "sqs:ReceiveMessage", Target: queue.Text("url")})
		}
	}
}

// subscriptionID is how the lock calls a subscription.
func subscriptionID(topic, name string) string { return "subscription " + name + " of topic " + topic }

func isDeadLetters(address string) bool {
	return strings.HasSuffix(address, ".dead_letters")
}

func (l *Laboratory) foreignBuckets(a allowed, add func(string, exercise.Attempt)) {
	for _, name := range l.declared("bucket") {
		bucket, found := l.resource("bucket "+name, "aws_s3_bucket")
		if !found {
			continue
		}
		for _, operation := range []struct {
			call   string
			covers []string // operations of Encore that have the right
		}{
			{"s3:PutObject", []string{"upload", "signed_upload"}},
			{"s3:GetObject", []string{"download", "signed_download", "attrs", "exists"}},
			{"s3:DeleteObject", []string{"remove"}},
			{"s3:ListBucket", []string{"list", "attrs", "exists", "download", "signed_download"}},
		} {
			if slices.ContainsFunc(a.buckets[name], func(one string) bool { return slices.Contains(operation.covers, one) }) {
				continue
			}
			add(operation.call+" in bucket "+name, exercise.Attempt{Kind: "aws", Operation: operation.call, Target: bucket.Text("bucket"), Key: "foreign"})
		}
	}
}

func (l *Laboratory) foreignCaches(a allowed, add func(string, exercise.Attempt)) {
	for _, name := range l.declared("cache") {
		if a.caches[name] {
			if !a.everyKey[name] {
				add("another key in cache "+name, exercise.Attempt{Kind: "redis", Resource: name, Command: []string{"SET", "foreign/key", "x"}, TLS: true})
			}
			add("all keys in cache "+name, exercise.Attempt{Kind: "redis", Resource: name, Command: []string{"FLUSHALL"}, TLS: true})
			continue
		}
		cache, found := l.resource("cache "+name, "aws_elasticache_replication_group")
		if found {
			add("cache "+name, exercise.Attempt{Kind: "dial", Address: net.JoinHostPort(cache.Text("primary_endpoint_address"), strconv.Itoa(cache.Number("port")))})
		}
	}
}

// foreignServices are processes that host nothing that is called from here.
func (l *Laboratory) foreignServices(a allowed, process Process, add func(string, exercise.Attempt)) {
	processes, err := l.Processes()
	if err != nil {
		return
	}
	for _, other := range processes {
		called := other.Name == process.Name || slices.ContainsFunc(other.Hosts, func(name string) bool { return a.calls[name] })
		if called {
			continue
		}
		port, err := l.port(other.Name)
		if err != nil {
			continue
		}
		for _, task := range l.Cluster.Tasks(other.Name) {
			if task.StopCode == "" {
				add("process "+other.Name, exercise.Attempt{Kind: "dial", Address: net.JoinHostPort(task.Address.String(), port)})
			}
		}
	}
}

// ForeignSecrets are the secrets of the application that the services of a process do not read, by name with their ARN. Whether the
// execution role of the process may read one is asked with ReadSecret. What a module reads while it loads is read by every process.
func (l *Laboratory) ForeignSecrets(process Process) map[string]string {
	a := l.allowed(process)
	foreign := map[string]string{}
	for _, name := range l.declared("secret") {
		if slices.ContainsFunc(l.Needs.Secrets, func(secret needs.Secret) bool { return secret.Name == name }) {
			continue // every process has to have it
		}
		atLoad := slices.ContainsFunc(l.Needs.Services, func(service needs.Service) bool {
			return slices.ContainsFunc(service.Secrets, func(secret needs.Secret) bool { return secret.Name == name && secret.AtLoad })
		})
		secret, found := l.resource("secret "+name, "aws_secretsmanager_secret")
		if found && !a.secrets[name] && !atLoad {
			foreign[name] = secret.Text("arn")
		}
	}
	return foreign
}

// ReadSecret reads a secret as the execution role of a process does.
func (l *Laboratory) ReadSecret(ctx context.Context, process Process, arn string) error {
	role := ""
	for _, definition := range l.Resources.Of("aws_ecs_task_definition") {
		if definition.Text("family") == process.Name {
			role = definition.Text("execution_role_arn")
		}
	}
	who, err := l.Environment.Cloud.Assume(ctx, role, "", "")
	if err != nil {
		return fmt.Errorf("%s: %w", role, err)
	}
	_, err = l.Caller.Call(who.Identity, "secretsmanager", "GetSecretValue", map[string]any{"SecretId": arn})
	return err
}

// declared are the names of the resources of a kind.
func (l *Laboratory) declared(kind string) []string {
	var names []string
	for _, resource := range l.Environment.Application.Of(kind) {
		names = append(names, resource.Name)
	}
	return names
}
