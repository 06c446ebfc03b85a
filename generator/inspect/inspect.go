// Package inspect describes an application: as JSON, for a terminal, as a Mermaid diagram. It must not know environments.
package inspect

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/metric"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
)

// Inspection is an application as `groundplan inspect --format json` prints it. Every list is sorted and none is
// null; At is "file:line".
type Inspection struct {
	App         string       `json:"app"`
	Language    string       `json:"lang"`
	Services    []Service    `json:"services"`
	Databases   []Database   `json:"databases"`
	Topics      []Topic      `json:"topics"`
	Buckets     []Bucket     `json:"buckets"`
	Caches      []Cache      `json:"caches"`
	Secrets     []Secret     `json:"secrets"`
	Crons       []Cron       `json:"crons"`
	Gateways    []Gateway    `json:"gateways"`
	AuthHandler *Auth        `json:"auth_handler"`
	Middleware  []Middleware `json:"middleware"`
	Metrics     []Metric     `json:"metrics"`
	// Loads is what every process uses while its modules load, whichever services it hosts.
	Loads []Use `json:"loads,omitempty"`
	// Held is what the lock remembers as holding data; absent without one.
	Held []Holding `json:"held,omitempty"`
}

// Holding is something that holds data on AWS, as holdings.Held.
type Holding struct {
	ID          string `json:"id"`
	Environment string `json:"environment"`
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	Forgettable bool   `json:"forgettable"`
}

// Service is a service with everything it uses: first the lists that Encore's metadata attributes to it,
// then, in Uses, every single use.
type Service struct {
	Name      string     `json:"name"`
	Dir       string     `json:"dir"`
	Declared  bool       `json:"declared,omitempty"` // by a file encore.service.ts
	At        string     `json:"at"`
	Endpoints []Endpoint `json:"endpoints"`
	// Databases are those it declares, refers to by name, or uses; DatabasesByUsage only those an expression in its
	// tree uses.
	Databases        []string            `json:"databases"`
	DatabasesByUsage []string            `json:"databases_by_usage"`
	Publishes        []string            `json:"publishes"`
	Subscribes       []Subscription      `json:"subscribes"`
	Buckets          map[string][]string `json:"buckets"` // operations by bucket
	Caches           []string            `json:"caches"`
	Secrets          []string            `json:"secrets"`
	Calls            []Call              `json:"calls"`
	HasConfig        bool                `json:"has_config"`
	// Container is how it runs without Encore; absent for Encore's services.
	Container *Container `json:"container,omitempty"`
	// Reach is what only code outside the service uses or calls, which its own code leads to; Through says where that
	// stands. A call is of kind "service", its operation the endpoint. It is granted, unless an environment has
	// strict_access.
	Reach []Use `json:"reach"`
	// Uses is every use, with where it stands and why it counts.
	Uses []Use `json:"uses"`
}

// Container is a service that does not use Encore. Image is "" for the environment's registry; Paths are empty
// for every path.
type Container struct {
	Image      string   `json:"image"`
	TagPrefix  string   `json:"tag_prefix"`
	Command    []string `json:"command"`
	Port       int      `json:"port"`
	HealthPath string   `json:"health_path"`
	Variables  []string `json:"environment"` // names
	Public     bool     `json:"public"`
	Subdomain  string   `json:"subdomain"`
	Paths      []string `json:"paths"`
	// Credentials is the secret by which the image is pulled, "" for none.
	Credentials string `json:"image_credentials"`
	// HealthCommand is what says in place of HealthPath how it is; Protocol what it speaks: http, http2 or grpc.
	HealthCommand []string `json:"health_command"`
	Protocol      string   `json:"protocol"`
	// Worker is a container that listens on no port, Job one that runs to its end.
	Worker        bool `json:"worker,omitempty"`
	Job           bool `json:"job,omitempty"`
	StickySeconds int  `json:"sticky_seconds,omitempty"`
}

// Endpoint is an API endpoint.
type Endpoint struct {
	Name      string   `json:"name"`
	Access    string   `json:"access"`
	Methods   []string `json:"methods"`
	Path      string   `json:"path"`
	Raw       bool     `json:"raw,omitempty"`
	Sensitive bool     `json:"sensitive,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	// Stream is "streamIn", "streamOut" or "streamInOut"; Static and NotFound are files that are served.
	Stream   string `json:"stream,omitempty"`
	Static   string `json:"static,omitempty"`
	NotFound string `json:"not_found,omitempty"`
	At       string `json:"at"`
}

// Subscription is a subscription with all its settings, defaults included. Durations are nanoseconds.
type Subscription struct {
	Topic            string `json:"topic"`
	Name             string `json:"name"`
	AckDeadline      int64  `json:"ack_deadline_ns"`
	MessageRetention int64  `json:"message_retention_ns"`
	MinBackoff       int64  `json:"min_backoff_ns"`
	MaxBackoff       int64  `json:"max_backoff_ns"`
	MaxRetries       int    `json:"max_retries"` // -1 without end, -2 none
	MaxConcurrency   int    `json:"max_concurrency"`
	At               string `json:"at"`
}

// Call is the call of an endpoint.
type Call struct {
	Service  string `json:"service"`
	Endpoint string `json:"endpoint"`
	// Self marks a call within the service, ReferenceOnly a mere mention, such as a cron job's endpoint.
	Self          bool   `json:"self,omitempty"`
	ReferenceOnly bool   `json:"ref_only,omitempty"`
	At            string `json:"at"`
}

// Use is one use of a resource. Origin is one of app.Origin; Through says what leads there when the use is
// not the service's own.
type Use struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Parent    string `json:"parent,omitempty"`
	Operation string `json:"operation,omitempty"`
	Origin    string `json:"origin"`
	Through   string `json:"through,omitempty"`
	At        string `json:"at"`
}

// Database is a database.
type Database struct {
	Name           string `json:"name"`
	MigrationsDir  string `json:"migrations_dir"`
	MigrationCount int    `json:"n_migrations"`
	DeclaredIn     string `json:"declared_in,omitempty"` // service
	// Source is the tool that writes the migrations, absent for plain SQL files.
	Source string `json:"migrations_source,omitempty"`
	At     string `json:"at"`
}

// Topic is a topic.
type Topic struct {
	Name       string `json:"name"`
	Delivery   string `json:"delivery"`
	Ordering   string `json:"ordering"` // attribute, "" when order does not matter
	DeclaredIn string `json:"declared_in,omitempty"`
	At         string `json:"at"`
}

// Bucket is a bucket.
type Bucket struct {
	Name       string `json:"name"`
	Public     bool   `json:"public"`
	Versioned  bool   `json:"versioned"`
	DeclaredIn string `json:"declared_in,omitempty"`
	At         string `json:"at"`
}

// Cache is a cache cluster with the keyspaces of all services.
type Cache struct {
	Name       string     `json:"name"`
	Eviction   string     `json:"eviction"`
	Keyspaces  []Keyspace `json:"keyspaces"`
	DeclaredIn string     `json:"declared_in,omitempty"`
	At         string     `json:"at"`
}

// Keyspace is a keyspace.
type Keyspace struct {
	Service string `json:"service"`
	Path    string `json:"path"`
	At      string `json:"at"`
}

// Secret is a secret.
type Secret struct {
	Name       string `json:"name"`
	DeclaredIn string `json:"declared_in,omitempty"`
	At         string `json:"at"`
}

// Cron is a cron job. Schedule is "every:<minutes>" or "schedule:<cron expression>", in TimeZone where it starts a
// job, which then stands in the place of service and endpoint.
type Cron struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Schedule string `json:"schedule"`
	Service  string `json:"service"`
	Endpoint string `json:"endpoint"`
	Job      string `json:"job,omitempty"`
	TimeZone string `json:"time_zone,omitempty"`
	At       string `json:"at"`
}

// Gateway is an API gateway.
type Gateway struct {
	Name string `json:"name"`
	// Explicit says that the source declares it; a Go application never does.
	Explicit bool `json:"explicit"`
	// Service is the service it is declared in, absent when it is not declared.
	Service string `json:"service,omitempty"`
}

// Auth is the auth handler.
type Auth struct {
	Name    string `json:"name"`
	Service string `json:"service"`
	At      string `json:"at"`
}

// Middleware is a middleware; Service is null when it is global.
type Middleware struct {
	Name    string   `json:"name"`
	Package string   `json:"pkg"`
	Global  bool     `json:"global"`
	Service *string  `json:"service"`
	Targets []string `json:"target"`
	At      string   `json:"at"`
}

// Metric is a custom metric.
type Metric struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"` // counter or gauge
	Service string `json:"service"`
	At      string `json:"at"`
}

// JSON prints an application as indented JSON, with what holds data of it.
func JSON(a *app.App, held []holdings.Held) ([]byte, error) {
	in := Of(a)
	for _, h := range held {
		in.Held = append(in.Held, Holding(h))
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(in); err != nil {
		return nil, fmt.Errorf("print the application as JSON: %w", err)
	}
	return out.Bytes(), nil
}

// Of turns the model into what `groundplan inspect --format json` prints.
func Of(a *app.App) Inspection {
	in := Inspection{
		App: a.Name, Language: a.Runtime.String(),
		Services: []Service{}, Databases: []Database{}, Topics: []Topic{}, Buckets: []Bucket{},
		Caches: []Cache{}, Secrets: []Secret{}, Crons: []Cron{}, Middleware: []Middleware{},
		Metrics:  []Metric{},
		Gateways: []Gateway{{Name: app.GatewayName}},
	}
	if a.Gateway != nil {
		in.Gateways[0] = Gateway{Name: app.GatewayName, Explicit: true, Service: a.Gateway.Service}
	}
	if a.Containers() {
		in.Gateways = []Gateway{}
	}
	from, resources := edgesByService(a), resourcesByID(a)
	for _, s := range a.Services {
		in.Services = append(in.Services, inspectService(resources, s, from[s.Name]))
	}
	for _, r := range a.Resources {
		inspectResource(&in, a, r)
	}
	if a.Auth != nil {
		in.AuthHandler = &Auth{Name: a.Auth.Name, Service: a.Auth.Service, At: fileLine(a.Auth.At)}
	}
	for _, m := range a.Middleware {
		inspected := Middleware{Name: m.Name, Package: m.Package, Global: m.Global, Targets: nonNil(m.Targets), At: fileLine(m.At)}
		if m.Service != "" {
			inspected.Service = &m.Service
		}
		in.Middleware = append(in.Middleware, inspected)
	}
	for _, e := range a.Loads {
		in.Loads = append(in.Loads, Use{e.Kind, e.Resource, e.Parent, e.Operation, string(e.Origin), "", fileLine(e.At)})
	}
	return in
}

func resourcesByID(a *app.App) map[app.ID]*app.Resource {
	resources := map[app.ID]*app.Resource{}
	for i := range a.Resources {
		r := &a.Resources[i]
		resources[r.ID()] = r
	}
	return resources
}

func edgesByService(a *app.App) map[string][]app.Edge {
	from := map[string][]app.Edge{}
	for _, e := range a.Edges {
		from[e.Service] = append(from[e.Service], e)
	}
	return from
}

func inspectResource(in *Inspection, a *app.App, r app.Resource) {
	at := fileLine(r.At)
	switch spec := r.Spec.(type) {
	case *database.Spec:
		in.Databases = append(in.Databases, Database{r.Name, spec.Migrations, spec.MigrationCount, r.Service, spec.Source, at})
	case *topic.Spec:
		in.Topics = append(in.Topics, Topic{r.Name, spec.DeliveryGuarantee, spec.OrderingAttribute, r.Service, at})
	case *objects.Bucket:
		in.Buckets = append(in.Buckets, Bucket{r.Name, spec.Public, spec.Versioned, r.Service, at})
	case *cache.Spec:
		cache := Cache{r.Name, spec.EvictionPolicy, []Keyspace{}, r.Service, at}
		for _, k := range a.Of("keyspace") {
			if k.Parent == r.Name {
				cache.Keyspaces = append(cache.Keyspaces, Keyspace{k.Service, k.Name, fileLine(k.At)})
			}
		}
		in.Caches = append(in.Caches, cache)
	case *cron.Spec:
		cron := Cron{ID: r.Name, Title: spec.Title, Schedule: spec.When(), Service: spec.Service, Endpoint: spec.Endpoint, At: at}
		if spec.StartsJob {
			cron.Job, cron.Service, cron.TimeZone = spec.Service, "", spec.TimeZone
		}
		in.Crons = append(in.Crons, cron)
	case *metric.Spec:
		in.Metrics = append(in.Metrics, Metric{r.Name, spec.Type, r.Service, at})
	}
	if r.Kind == "secret" {
		in.Secrets = append(in.Secrets, Secret{r.Name, r.Service, at})
	}
}

func inspectService(resources map[app.ID]*app.Resource, s app.Service, edges []app.Edge) Service {
	in := Service{
		Name: s.Name, Dir: s.Dir, Declared: s.Declared, At: fileLine(s.At), HasConfig: s.HasConfig, Endpoints: []Endpoint{},
		Databases: []string{}, DatabasesByUsage: []string{}, Publishes: []string{}, Subscribes: []Subscription{},
		Buckets: map[string][]string{}, Caches: []string{}, Secrets: []string{}, Calls: []Call{}, Reach: []Use{}, Uses: []Use{},
	}
	if c := s.Container; c != nil {
		in.Container = &Container{
			c.Image, c.TagPrefix, nonNil(c.Command), c.Port, c.HealthPath, []string{}, c.Public, c.Subdomain, nonNil(c.Paths), c.ImageCredentials,
			nonNil(c.HealthCommand), cmp.Or(c.Protocol, "http"), c.Worker, c.Job, c.StickySeconds,
		}
		for _, v := range c.Environment {
			in.Container.Variables = append(in.Container.Variables, v.Name)
		}
	}
	for _, e := range s.Endpoints {
		in.Endpoints = append(in.Endpoints, Endpoint{e.Name, e.Access, nonNil(e.Methods), e.Path, e.Raw, e.Sensitive, e.Tags, e.Stream, e.Static, e.NotFound, fileLine(e.At)})
	}
	for _, e := range edges {
		if e.Kind == "service" && e.Origin != app.Reached {
			in.Calls = addCall(in.Calls, e)
			continue
		}
		in.Uses = append(in.Uses, Use{e.Kind, e.Resource, e.Parent, e.Operation, string(e.Origin), e.Through, fileLine(e.At)})
		if e.Origin == app.Reached {
			in.Reach = append(in.Reach, in.Uses[len(in.Uses)-1])
		}
		if e.Origin == app.Reached || e.Origin == app.Demanded {
			continue // Encore attributes none of these
		}
		switch e.Kind {
		case "database":
			in.Databases = add(in.Databases, e.Resource)
			if e.Origin != app.Declared {
				in.DatabasesByUsage = add(in.DatabasesByUsage, e.Resource)
			}
		case "topic":
			in.Publishes = add(in.Publishes, e.Resource)
		case "subscription":
			in.Subscribes = append(in.Subscribes, inspectSubscription(resources[e.To()], e))
		case "bucket":
			if e.Operation != "" {
				in.Buckets[e.Resource] = add(in.Buckets[e.Resource], e.Operation)
			}
		case "cache":
			in.Caches = add(in.Caches, e.Resource)
		case "secret":
			in.Secrets = add(in.Secrets, e.Resource)
		}
	}
	return in
}

func inspectSubscription(r *app.Resource, e app.Edge) Subscription {
	in := Subscription{Topic: e.Parent, Name: e.Resource, At: fileLine(e.At)}
	if s, ok := spec[*topic.Subscription](r); ok {
		in.AckDeadline, in.MessageRetention = int64(s.AckDeadline), int64(s.MessageRetention)
		in.MinBackoff, in.MaxBackoff = int64(s.RetryPolicy.MinBackoff), int64(s.RetryPolicy.MaxBackoff)
		in.MaxRetries, in.MaxConcurrency = s.RetryPolicy.MaxRetries, s.MaxConcurrency
	}
	return in
}

// addCall adds a call once per endpoint; a call outweighs a mere reference.
func addCall(calls []Call, e app.Edge) []Call {
	call := Call{e.Resource, e.Operation, e.Resource == e.Service, e.ReferenceOnly, fileLine(e.At)}
	for i, other := range calls {
		if other.Service == call.Service && other.Endpoint == call.Endpoint {
			if other.ReferenceOnly && !call.ReferenceOnly {
				calls[i] = call
			}
			return calls
		}
	}
	return append(calls, call)
}

// add adds a name once. Edges come sorted, so the list stays sorted.
func add(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func fileLine(at hcl.Range) string { return fmt.Sprintf("%s:%d", at.Filename, at.Start.Line) }
