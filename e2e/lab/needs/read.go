package needs

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Read reads a file of needs and fills in what is not written. With errors among the diagnostics there are no needs.
func Read(path string) (*Needs, hcl.Diagnostics) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Unreadable file", Detail: err.Error() + "\nhint: write the file from reading the application's code"}}
	}
	return Parse(text, path)
}

// Parse is Read for the text of a file.
func Parse(text []byte, path string) (*Needs, hcl.Diagnostics) {
	file, diags := hclsyntax.ParseConfig(text, path, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	read := &Needs{}
	if diags = gohcl.DecodeBody(file.Body, nil, read); diags.HasErrors() {
		return nil, diags
	}
	if !slices.Contains([]string{Go, TypeScript, Container}, read.Language) {
		at := file.Body.MissingItemRange()
		if attribute, found := file.Body.(*hclsyntax.Body).Attributes["language"]; found {
			at = attribute.Range()
		}
		return nil, hcl.Diagnostics{problem(at, "Unknown language", "write go, typescript or container", "There is no runtime for %q.", read.Language)}
	}
	read.fill()
	if diags = read.check(); diags.HasErrors() {
		return nil, diags
	}
	return read, nil
}

func problem(at hcl.Range, summary, hint, detail string, arguments ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(detail, arguments...) + "\nhint: " + hint, Subject: at.Ptr()}
}

// fill writes the defaults of Encore where nothing is written.
func (n *Needs) fill() {
	for i := range n.Services {
		service := &n.Services[i]
		if service.HealthPath == "" && n.Language == Container {
			service.HealthPath = "/"
		}
		if program := service.Program; program != nil && program.Listens == "" {
			program.Listens = HTTP
			if program.Job {
				program.Listens = Nowhere
			}
		}
		for j := range service.Endpoints {
			endpoint := &service.Endpoints[j]
			if endpoint.Access == "" {
				endpoint.Access = Private
			}
			if endpoint.Path == "" {
				endpoint.Path = "/" + service.Name + "." + endpoint.Name
			}
			switch {
			case len(endpoint.Methods) > 0:
			case endpoint.Raw:
				endpoint.Methods = []string{"*"}
			case n.Language == TypeScript:
				endpoint.Methods = []string{http.MethodPost}
			default:
				endpoint.Methods = []string{http.MethodGet, http.MethodPost}
			}
		}
		for j := range service.Subscriptions {
			subscription := &service.Subscriptions[j]
			if subscription.MaxReceives == nil {
				receives := 101
				subscription.MaxReceives = &receives
			}
			for _, duration := range []struct {
				of      *string
				without string
			}{{&subscription.AckDeadline, "30s"}, {&subscription.MinBackoff, "10s"}, {&subscription.MaxBackoff, "10m"}} {
				if *duration.of == "" {
					*duration.of = duration.without
				}
			}
		}
	}
}

// checker collects what is wrong with a file.
type checker struct {
	needs *Needs
	diags hcl.Diagnostics
	seen  map[string]hcl.Range
}

func (n *Needs) check() hcl.Diagnostics {
	c := &checker{needs: n, seen: map[string]hcl.Range{}}
	c.auth()
	for _, topic := range n.Topics {
		c.unique("topic "+topic.Name, topic.Range)
		if !n.usesTopic(topic.Name) {
			c.add(problem(topic.Range, "Unused topic", "name it in a service, or remove the block", "No service publishes to the topic %q or consumes it.", topic.Name))
		}
	}
	for _, secret := range n.Secrets {
		c.unique("secret "+secret.Name, secret.Range)
	}
	for i := range n.Services {
		c.service(&n.Services[i])
	}
	for _, cron := range n.Crons {
		c.unique("cron "+cron.Name, cron.Range)
		if _, endpoint := n.Endpoint(cron.Endpoint); endpoint == nil {
			c.add(problem(cron.Range, "Unknown endpoint", "write service.Endpoint", "The job calls %q, which no service has.", cron.Endpoint))
		}
	}
	if !c.diags.HasErrors() {
		c.circles()
	}
	return c.diags
}

func (n *Needs) usesTopic(name string) bool {
	without := *n
	without.Topics = nil
	return without.KnowsTopic(name)
}

func (c *checker) add(diagnostic *hcl.Diagnostic) { c.diags = append(c.diags, diagnostic) }

// unique reports a second block of one description.
func (c *checker) unique(what string, at hcl.Range) {
	if first, twice := c.seen[what]; twice {
		c.add(problem(at, "Duplicate block", "merge the two blocks", "The %s is already described at %s.", what, first))
		return
	}
	c.seen[what] = at
}

func (c *checker) oneOf(at hcl.Range, what, value string, allowed []string) {
	if !slices.Contains(allowed, value) {
		c.add(problem(at, "Unknown "+what, "write one of "+strings.Join(allowed, ", "), "There is no %s %q.", what, value))
	}
}

func (c *checker) auth() {
	handler := c.needs.Auth
	if handler == nil {
		return
	}
	service := c.needs.Service(handler.Service)
	switch {
	case c.needs.Language == Container:
		c.add(problem(handler.Range, "Unexpected block", "remove the block", "Containers have no auth handler that a gateway would run."))
	case service == nil:
		c.add(problem(handler.Range, "Unknown service", "name a service of this file", "The auth handler belongs to %q, which is no service.", handler.Service))
	default:
		c.does(service, handler.Does, handler.Range)
	}
}

func (c *checker) service(service *Service) {
	c.unique("service "+service.Name, service.Range)
	name := func(what string) string { return what + " of service " + service.Name }
	for i := range service.Endpoints {
		c.endpoint(service, &service.Endpoints[i])
	}
	for _, database := range service.Databases {
		c.unique(name("database "+database.Name), database.Range)
		if database.AtLoad && c.needs.Language == Container {
			c.add(problem(database.Range, "Unexpected setting", "remove at_load", "Nothing of a container is loaded by another one."))
		}
	}
	for _, topic := range service.Topics {
		c.unique(name("topic "+topic.Name), topic.Range)
		if !topic.Publishes {
			c.add(problem(topic.Range, "Topic without use", "write publishes = true, or remove the block", "The service does nothing with the topic %q.", topic.Name))
		}
	}
	for i := range service.Subscriptions {
		c.subscription(service, &service.Subscriptions[i])
	}
	for _, bucket := range service.Buckets {
		c.unique(name("bucket "+bucket.Name), bucket.Range)
		for _, operation := range bucket.Operations {
			c.oneOf(bucket.Range, "operation", operation, Operations)
		}
	}
	for _, keyspace := range service.Caches {
		c.unique(name("cache "+keyspace.Cluster+" "+keyspace.Pattern), keyspace.Range)
		c.oneOf(keyspace.Range, "kind of keyspace", keyspace.Kind, Keyspaces)
	}
	c.does(service, service.Attributed, service.Range)
	for _, secret := range service.Secrets {
		c.unique(name("secret "+secret.Name), secret.Range)
		if secret.AtLoad && c.needs.Language != TypeScript {
			c.add(problem(secret.Range, "Unexpected setting", "remove at_load", "Only TypeScript modules read a secret while they are loaded."))
		}
	}
	for _, call := range service.Calls {
		callee, endpoint := c.needs.Endpoint(call)
		if callee == nil || endpoint == nil && (c.needs.Language != Container || strings.Contains(call, ".")) {
			c.add(problem(service.Range, "Unknown endpoint", "write service.Endpoint", "The service %q calls %q, which no service has.", service.Name, call))
		} else if endpoint != nil && endpoint.Raw {
			c.add(problem(service.Range, "Call of a raw endpoint", "remove the call", "The service %q calls %q, and raw endpoints cannot be called by services.", service.Name, call))
		}
	}
	for _, name := range service.Names {
		if name == service.Name || c.needs.Service(name) == nil {
			c.add(problem(service.Range, "Unknown service", "name another service of this file", "The code of %q does not name a service %q.", service.Name, name))
		}
	}
	if c.needs.Language == Container && len(service.Metrics) > 0 {
		c.add(problem(service.Range, "Unexpected setting", "remove metrics", "Containers have no metrics of Encore."))
	}
	if c.needs.Language != Container && service.HealthPath != "" {
		c.add(problem(service.Range, "Unexpected setting", "remove health_path", "The path of the health check is Encore's own."))
	}
	if service.Program != nil {
		c.program(service, service.Program)
	}
}

func (c *checker) program(service *Service, program *Program) {
	if c.needs.Language != Container {
		c.add(problem(program.Range, "Unexpected block", "remove the block", "All services of an Encore application are in one image."))
		return
	}
	c.oneOf(program.Range, "way to listen", program.Listens, Listening)
	if program.Job && (program.Listens != Nowhere || len(program.Asks) > 0 || len(service.Subscriptions) > 0) {
		c.add(problem(program.Range, "Unexpected setting", "remove what only a program has that goes on running", "The job %q ends by itself.", service.Name))
	}
	image := c.needs.Service(program.Image)
	if program.Image != "" && (image == nil || image == service || len(program.Files) > 0) {
		c.add(problem(program.Range, "Unknown image", "name another service of this file, and its files there", "The program of %q stands in no image %q.", service.Name, program.Image))
	}
	if (program.Image == "") != (len(program.Command) == 0) {
		c.add(problem(program.Range, "Missing setting", "write image and command, or neither", "Who stands in the image of another service is run by a command there."))
	}
}

func (c *checker) endpoint(service *Service, endpoint *Endpoint) {
	c.unique("endpoint "+service.Name+"."+endpoint.Name, endpoint.Range)
	c.oneOf(endpoint.Range, "access", endpoint.Access, []string{Public, Auth, Private})
	if endpoint.Access == Auth && c.needs.Auth == nil {
		c.add(problem(endpoint.Range, "Missing auth handler", "add an auth block", "The endpoint authenticates users, and nothing does."))
	}
	if !strings.HasPrefix(endpoint.Path, "/") {
		c.add(problem(endpoint.Range, "Invalid path", "write one as in /orders/:id", "The path %q does not begin with a slash.", endpoint.Path))
	}
	methods := []string{"*", http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
	for _, method := range endpoint.Methods {
		c.oneOf(endpoint.Range, "method", method, methods)
		// What two containers answer is no contradiction: each has a host name of its own.
		if c.needs.Language != Container {
			c.unique("route "+method+" "+endpoint.Path, endpoint.Range)
		}
	}
	c.does(service, endpoint.Does, endpoint.Range)
}

func (c *checker) subscription(service *Service, subscription *Subscription) {
	c.unique("subscription "+subscription.Name+" of topic "+subscription.Topic, subscription.Range)
	published := slices.ContainsFunc(c.needs.Topics, func(topic Topic) bool { return topic.Name == subscription.Topic })
	for _, other := range c.needs.Services {
		published = published || slices.ContainsFunc(other.Topics, func(use Use) bool { return use.Name == subscription.Topic })
	}
	if !published {
		c.add(problem(subscription.Range, "Unknown topic", "correct its name, or describe it in a topic block of the application", "Nobody publishes to the topic %q.", subscription.Topic))
	}
	if *subscription.MaxReceives < 0 {
		c.add(problem(subscription.Range, "Invalid number", "write 0 for a message that is handed out without end", "A message cannot be received %d times.", *subscription.MaxReceives))
	}
	for _, text := range []string{subscription.AckDeadline, subscription.MinBackoff, subscription.MaxBackoff} {
		if duration, err := time.ParseDuration(text); err != nil || duration <= 0 {
			c.add(problem(subscription.Range, "Invalid duration", "write one as in 90s", "%q is no time.", text))
		}
	}
	c.does(service, subscription.Does, subscription.Range)
}

// does checks that each reference means something.
func (c *checker) does(service *Service, references []string, at hcl.Range) {
	for _, reference := range references {
		if len(service.Select([]string{reference})) == 0 {
			c.add(problem(at, "Unknown need", "write it as in \"database orders\", and describe it in the service", "The service %q has no need %q.", service.Name, reference))
		}
	}
}

// circles reports endpoints that call each other without end: the laboratory would do as it is written.
func (c *checker) circles() {
	for i := range c.needs.Services {
		for j := range c.needs.Services[i].Endpoints {
			service, endpoint := &c.needs.Services[i], &c.needs.Services[i].Endpoints[j]
			start := service.Name + "." + endpoint.Name
			if c.reaches(service, endpoint, start, map[string]bool{}) {
				c.add(problem(endpoint.Range, "Circular call", "take one of the calls out of does", "The endpoint %s calls itself, directly or by others.", start))
			}
		}
	}
}

func (c *checker) reaches(service *Service, endpoint *Endpoint, target string, visited map[string]bool) bool {
	for _, need := range service.Select(endpoint.Does) {
		if need.Kind != "call" || visited[need.Name] {
			continue
		}
		visited[need.Name] = true
		if need.Name == target {
			return true
		}
		if callee, called := c.needs.Endpoint(need.Name); called != nil && c.reaches(callee, called, target, visited) {
			return true
		}
	}
	return false
}
