// Package needs describes what the code of an application runs: a file written by hand from reading the code, so that
// what groundplan finds can be held against something that is not groundplan's.
//
// What a service's code runs is its need, wherever that code stands: functions of other services' packages and files
// that several services share included.
package needs

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Filename is the name of the file that stands beside an application's source.
const Filename = "needs.hcl"

// Languages: which runtime runs the application.
const (
	Go         = "go"
	TypeScript = "typescript"
	Container  = "container"
)

// Access of an endpoint.
const (
	Public  = "public"
	Auth    = "auth"
	Private = "private"
)

// Needs is one application: what its image holds, and what each service does at run time.
type Needs struct {
	Language string       `hcl:"language" json:"language"`
	Auth     *AuthHandler `hcl:"auth,block" json:"auth,omitempty"`
	// Secrets are declared outside every service, so that every process has to have them.
	Secrets  []Secret  `hcl:"secret,block" json:"secrets,omitempty"`
	Topics   []Topic   `hcl:"topic,block" json:"topics,omitempty"`
	Services []Service `hcl:"service,block" json:"services"`
	Crons    []Cron    `hcl:"cron,block" json:"crons,omitempty"`
}

// AuthHandler is the function that authenticates requests at the gateway.
type AuthHandler struct {
	Service string `hcl:"service" json:"service"`
	Handler string `hcl:"handler" json:"handler"`
	// Data reports whether the handler returns data besides the user's id.
	Data bool `hcl:"data,optional" json:"data,omitempty"`
	// Does names the needs of the service that the handler has, as in Endpoint.
	Does  []string  `hcl:"does,optional" json:"does,omitempty"`
	Range hcl.Range `hcl:",def_range" json:"-"`
}

// Topic says how a topic is declared. A topic without a block is delivered at least once and in no order.
type Topic struct {
	Name              string    `hcl:"name,label" json:"name"`
	ExactlyOnce       bool      `hcl:"exactly_once,optional" json:"exactlyOnce,omitempty"`
	OrderingAttribute string    `hcl:"ordering_attribute,optional" json:"orderingAttribute,omitempty"`
	Range             hcl.Range `hcl:",def_range" json:"-"`
}

// Cron is a job that calls an endpoint, "service.Endpoint".
type Cron struct {
	Name     string    `hcl:"name,label" json:"name"`
	Endpoint string    `hcl:"endpoint" json:"endpoint"`
	Range    hcl.Range `hcl:",def_range" json:"-"`
}

// Service is one service, with everything its code runs.
type Service struct {
	Name          string         `hcl:"name,label" json:"name"`
	HealthPath    string         `hcl:"health_path,optional" json:"healthPath,omitempty"` // containers only; "/" without
	Program       *Program       `hcl:"program,block" json:"program,omitempty"`           // containers only
	Endpoints     []Endpoint     `hcl:"endpoint,block" json:"endpoints,omitempty"`
	Databases     []Database     `hcl:"database,block" json:"databases,omitempty"`
	Topics        []Use          `hcl:"topic,block" json:"topics,omitempty"`
	Subscriptions []Subscription `hcl:"subscription,block" json:"subscriptions,omitempty"`
	Buckets       []Bucket       `hcl:"bucket,block" json:"buckets,omitempty"`
	Caches        []Cache        `hcl:"cache,block" json:"caches,omitempty"`
	Secrets       []Secret       `hcl:"secret,block" json:"secrets,omitempty"`
	// ImageLogin is the secret by which ECS pulls the image, where a registry asks for one; the service itself does not read it.
	ImageLogin string `hcl:"image_login,optional" json:"imageLogin,omitempty"`
	// Calls are endpoints of other services, "service.Endpoint"; of containers the service alone is enough.
	Calls []string `hcl:"calls,optional" json:"calls,omitempty"`
	// Names are services that the code names and does not call: by a cron job of their endpoint, or by an endpoint that a client does
	// not have. Encore's build takes them for calls.
	Names   []string `hcl:"names,optional" json:"names,omitempty"`
	Metrics []string `hcl:"metrics,optional" json:"metrics,omitempty"`
	// Attributed names the needs that no endpoint of the service has, as in Endpoint: their code stands in its folder, which is
	// enough for Encore's build, and others run it or nobody does.
	Attributed []string  `hcl:"attributed,optional" json:"attributed,omitempty"`
	Range      hcl.Range `hcl:",def_range" json:"-"`
}

// Program is what the image of a container holds, and how it runs, where that is no server of HTTP/1.1 in an image with an entry point.
type Program struct {
	// Listens is how it takes requests, on the port that it is told: http, grpc, or not at all.
	Listens string `hcl:"listens,optional" json:"listens"` // of Listening; http without
	// Job reports whether it does what the service needs, and ends.
	Job bool `hcl:"job,optional" json:"job,omitempty"`
	// Files are the programs in the image. It has no entry point then: the first is its command, without arguments.
	Files []string `hcl:"files,optional" json:"files,omitempty"`
	// Image is the service whose image it stands in, where that is another one; Command runs it there.
	Image   string   `hcl:"image,optional" json:"image,omitempty"`
	Command []string `hcl:"command,optional" json:"command,omitempty"`
	// Asks is a command that ends with 0 while the program that runs beside it is well.
	Asks  []string  `hcl:"asks,optional" json:"asks,omitempty"`
	Range hcl.Range `hcl:",def_range" json:"-"`
}

// How a program takes requests.
const (
	HTTP    = "http"
	GRPC    = "grpc"
	Nowhere = "nowhere"
)

// Listening are the ways in which a program takes requests.
var Listening = []string{HTTP, GRPC, Nowhere}

// Listens is how the program of a service takes requests.
func (s *Service) Listens() string {
	if s.Program == nil {
		return HTTP
	}
	return s.Program.Listens
}

// Job reports whether the service is none, but a container that runs to its end.
func (s *Service) Job() bool { return s.Program != nil && s.Program.Job }

// Endpoint is an API endpoint.
type Endpoint struct {
	Name    string   `hcl:"name,label" json:"name"`
	Access  string   `hcl:"access,optional" json:"access"`   // private without
	Methods []string `hcl:"methods,optional" json:"methods"` // GET and POST without, POST in TypeScript
	Path    string   `hcl:"path,optional" json:"path"`       // /<service>.<name> without
	Raw     bool     `hcl:"raw,optional" json:"raw,omitempty"`
	// Does names the needs of the service that this endpoint has, as Need.String writes them, or their beginning:
	// "database orders", "bucket labels upload", "bucket labels", "call catalog.Get".
	Does  []string  `hcl:"does,optional" json:"does,omitempty"`
	Range hcl.Range `hcl:",def_range" json:"-"`
}

// Database is a database that the service reads and writes.
type Database struct {
	Name string `hcl:"name,label" json:"name"`
	// AtLoad reports whether code asks it while it is loaded: that of any package of a Go application is, in every process.
	AtLoad bool      `hcl:"at_load,optional" json:"atLoad,omitempty"`
	Range  hcl.Range `hcl:",def_range" json:"-"`
}

// Use is what a service does with a topic.
type Use struct {
	Name      string    `hcl:"name,label" json:"name"`
	Publishes bool      `hcl:"publishes" json:"publishes"`
	Range     hcl.Range `hcl:",def_range" json:"-"`
}

// Subscription is what the service consumes. Durations are Go's: "90s".
type Subscription struct {
	Topic string `hcl:"topic,label" json:"topic"`
	Name  string `hcl:"name,label" json:"name"`
	// MaxReceives is how often a message that fails is handed out; 0 is without end, 101 Encore's default.
	MaxReceives *int   `hcl:"max_receives,optional" json:"maxReceives"`
	AckDeadline string `hcl:"ack_deadline,optional" json:"ackDeadline"` // 30s without
	MinBackoff  string `hcl:"min_backoff,optional" json:"minBackoff"`   // 10s without
	MaxBackoff  string `hcl:"max_backoff,optional" json:"maxBackoff"`   // 10m without
	// Concurrency is the number of messages that one process handles at a time. 0 is unset: 1 in Go, 100 in TypeScript.
	Concurrency int `hcl:"max_concurrency,optional" json:"maxConcurrency,omitempty"`
	// Does names the needs that handling a message has, as in Endpoint.
	Does  []string  `hcl:"does,optional" json:"does,omitempty"`
	Range hcl.Range `hcl:",def_range" json:"-"`
}

// Bucket is a bucket and the operations the service has on it, of Operations.
type Bucket struct {
	Name       string    `hcl:"name,label" json:"name"`
	Operations []string  `hcl:"operations" json:"operations"`
	Range      hcl.Range `hcl:",def_range" json:"-"`
}

// Operations are what can be done with a bucket.
var Operations = []string{"upload", "signed_upload", "download", "signed_download", "list", "remove", "attrs", "exists", "public_url"}

// Cache is one keyspace of a cluster.
type Cache struct {
	Cluster string    `hcl:"cluster,label" json:"cluster"`
	Pattern string    `hcl:"pattern" json:"pattern"` // "session/:key"
	Kind    string    `hcl:"kind" json:"kind"`       // of Keyspaces
	Range   hcl.Range `hcl:",def_range" json:"-"`
}

// Keyspaces are the kinds of values a keyspace holds.
var Keyspaces = []string{"string", "int", "float", "list", "set", "struct"}

// Secret is a value that the service reads.
type Secret struct {
	Name string `hcl:"name,label" json:"name"`
	// AtLoad reports whether a TypeScript module reads it while it is loaded, which every process does.
	AtLoad bool      `hcl:"at_load,optional" json:"atLoad,omitempty"`
	Range  hcl.Range `hcl:",def_range" json:"-"`
}

// Need is one thing that a service does, alone.
type Need struct {
	Kind string `json:"kind"` // database, topic, bucket, cache, secret, call, metric
	Name string `json:"name"` // of the resource; of a call the endpoint
	// Detail is the operation on a bucket and the pattern of a keyspace, and empty for the rest.
	Detail string `json:"detail,omitempty"`
}

// String is the need as the lists named does refer to it.
func (n Need) String() string {
	return strings.TrimSuffix(n.Kind+" "+n.Name+" "+n.Detail, " ")
}

// All is everything the service needs apart from its subscriptions, in the order in which it is written.
func (s *Service) All() []Need {
	var all []Need
	for _, database := range s.Databases {
		all = append(all, Need{Kind: "database", Name: database.Name})
	}
	for _, topic := range s.Topics {
		all = append(all, Need{Kind: "topic", Name: topic.Name})
	}
	for _, bucket := range s.Buckets {
		for _, operation := range bucket.Operations {
			all = append(all, Need{Kind: "bucket", Name: bucket.Name, Detail: operation})
		}
	}
	for _, keyspace := range s.Caches {
		all = append(all, Need{Kind: "cache", Name: keyspace.Cluster, Detail: keyspace.Pattern})
	}
	for _, secret := range s.Secrets {
		all = append(all, Need{Kind: "secret", Name: secret.Name})
	}
	for _, call := range s.Calls {
		all = append(all, Need{Kind: "call", Name: call})
	}
	for _, metric := range s.Metrics {
		all = append(all, Need{Kind: "metric", Name: metric})
	}
	return all
}

// Select is the needs that a list named does refers to.
func (s *Service) Select(does []string) []Need {
	return slices.DeleteFunc(s.All(), func(need Need) bool {
		return !slices.ContainsFunc(does, func(reference string) bool { return refersTo(reference, need) })
	})
}

func refersTo(reference string, need Need) bool {
	return reference == need.String() || strings.HasPrefix(need.String(), reference+" ")
}

// Service is the service of a name, or nil.
func (n *Needs) Service(name string) *Service {
	index := slices.IndexFunc(n.Services, func(service Service) bool { return service.Name == name })
	if index < 0 {
		return nil
	}
	return &n.Services[index]
}

// Runs is the service that a command line runs in the image of a service: its own, or that of a job whose program stands there.
func (n *Needs) Runs(image string, command []string) *Service {
	for i := range n.Services {
		if program := n.Services[i].Program; program != nil && program.Image == image && slices.Equal(program.Command, command) {
			return &n.Services[i]
		}
	}
	return n.Service(image)
}

// Endpoint is the endpoint that "service.Name" refers to, and its service; nil where there is none.
func (n *Needs) Endpoint(reference string) (*Service, *Endpoint) {
	owner, name, _ := strings.Cut(reference, ".")
	service := n.Service(owner)
	if service == nil {
		return nil, nil
	}
	for i := range service.Endpoints {
		if service.Endpoints[i].Name == name {
			return service, &service.Endpoints[i]
		}
	}
	return service, nil
}

// Offers reports whether clients outside may call an endpoint of a service.
func (n *Needs) Offers(name string) bool {
	service := n.Service(name)
	return service != nil && slices.ContainsFunc(service.Endpoints, func(endpoint Endpoint) bool { return endpoint.Access == Public || endpoint.Access == Auth })
}

// Topic is how a topic is declared.
func (n *Needs) Topic(name string) Topic {
	for _, topic := range n.Topics {
		if topic.Name == name {
			return topic
		}
	}
	return Topic{Name: name}
}

// KnowsTopic reports whether the application declares a topic: something publishes or consumes it.
func (n *Needs) KnowsTopic(name string) bool {
	for _, service := range n.Services {
		if slices.ContainsFunc(service.Topics, func(use Use) bool { return use.Name == name }) ||
			slices.ContainsFunc(service.Subscriptions, func(s Subscription) bool { return s.Topic == name }) {
			return true
		}
	}
	return slices.ContainsFunc(n.Topics, func(topic Topic) bool { return topic.Name == name })
}

// Write puts the needs into a file as JSON, which is what an image of the laboratory holds.
func (n *Needs) Write(path string) error {
	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// Load reads what Write wrote.
func Load(path string) (*Needs, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var loaded Needs
	if err := json.Unmarshal(text, &loaded); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &loaded, nil
}
