package source

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// What the modules and AWS demand of a container's settings.
const (
	defaultPort = 8080
	// The network's rules tell calls from answers by the port: from 32768 on Linux picks the ports of connections.
	lowestPort, highestPort = 1024, 32767
	// A listener rule takes 5 values, and one of them is the host.
	maxPaths = 4
)

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	imageName    = regexp.MustCompile(`^[a-z0-9][A-Za-z0-9./_:-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$`)
	tagPrefix    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`)
	healthPath   = regexp.MustCompile(`^/[A-Za-z0-9/_.~-]*$`)
	dnsLabel     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	routedPath   = regexp.MustCompile(`^(/[A-Za-z0-9_.~$&'()+,;=:@%-]+)*(/\*|/)?$`)
)

// readPort reads the port of all containers.
func (r *manifestReader) readPort(app *manifestNode) {
	port := app.value("port")
	if port.Kind != Int {
		return
	}
	r.port = int(port.Int)
	if port.Int < lowestPort || port.Int > highestPort {
		r.fail(port.At, "Port out of range", "let the containers listen on another one; the variable PORT tells them which",
			"A service listens on a port from %d to %d, not on %d: lower ones are for root, higher ones the system picks for connections.", lowestPort, highestPort, port.Int)
	}
}

// container reads how a service runs without Encore.
func (r *manifestReader) container(node *manifestNode) *Container {
	c := &Container{
		Image: node.text("image", ""), TagPrefix: node.text("tag_prefix", ""), Command: node.texts("command"), Port: r.port,
		HealthPath: node.text("health_path", "/"), Public: node.value("public").Bool, Subdomain: node.text("subdomain", ""), Paths: node.texts("paths"),
	}
	c.Job = node.block.Type == jobBlock
	r.readBehaviour(node, c)
	r.checkForm(node, "image", imageName, "Invalid image", "write <registry>/<repository>:<tag>", "The image %q names neither a tag nor a digest.")
	if strings.HasSuffix(c.Image, ":latest") {
		r.fail(node.value("image").At, "Image that moves", "name a tag that stays what it is, or a digest",
			"The tag latest means another image tomorrow: two tasks of one deployment would differ, and nothing would be left to roll back to.")
	}
	if c.Image != "" && c.TagPrefix != "" {
		r.fail(node.value("tag_prefix").At, "Two images", "remove image, or tag_prefix",
			"The service %q has a fixed image, which no deployment tags.", node.label)
	}
	r.checkForm(node, "tag_prefix", tagPrefix, "Invalid tag prefix", `use letters, digits and _.-, as in "orders-"`,
		"The prefix %q cannot begin an image's tag.")
	r.checkForm(node, "health_path", healthPath, "Invalid health path", `begin with a slash, as in "/healthz"`,
		"The path %q must begin with a slash and hold letters, digits and /_.~- alone.")
	r.checkForm(node, "subdomain", dnsLabel, "Invalid subdomain", `write one name, as in "admin"`,
		"The subdomain %q must be lower-case letters, digits and hyphens: the environment's domain follows.")
	r.checkPaths(node)
	for _, field := range node.value("environment").Fields {
		if !variableName.MatchString(field.Name) {
			r.fail(field.At, "Invalid variable name", "use letters, digits and underscores, no digit first",
				"%q is no name of an environment variable.", field.Name)
			continue
		}
		c.Environment = append(c.Environment, Variable{Name: field.Name, Value: field.Value.Text, At: field.At})
	}
	slices.SortFunc(c.Environment, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// checkForm checks a text that is written; an empty one counts as not written.
func (r *manifestReader) checkForm(node *manifestNode, name string, form *regexp.Regexp, summary, hint, detail string) {
	if value := node.value(name); value.Kind == String && !form.MatchString(value.Text) {
		r.fail(value.At, summary, hint, detail, value.Text)
	}
}

func (r *manifestReader) checkPaths(node *manifestNode) {
	for _, name := range []string{"subdomain", "paths"} {
		if value := node.value(name); value.Kind != Absent && !node.value("public").Bool {
			r.fail(value.At, "Route to a service that is not public", "add public = true, or remove it",
				"Nothing from outside reaches the service %q, so that it has no %s.", node.label, name)
			return
		}
	}
	paths := node.value("paths")
	if paths.Kind == List && (len(paths.Fields) == 0 || len(paths.Fields) > maxPaths) {
		r.fail(paths.At, "Wrong number of paths", fmt.Sprintf("name 1 to %d, or leave paths out to get every request", maxPaths),
			"A rule of the load balancer has room for %d paths, and here are %d.", maxPaths, len(paths.Fields))
	}
	for _, field := range paths.Fields {
		path := field.Value.Text
		if path == "" || !routedPath.MatchString(path) {
			r.fail(field.Value.At, "Invalid path", `write "/orders" for the path alone, "/orders/*" for everything below`,
				"The path %q must begin with a slash, and * may only stand for the whole rest behind a slash.", path)
		}
	}
}

// RouteDepth says how narrow the widest of a service's paths is: the load balancer asks narrow rules first. No paths are
// every path, which is 0; each literal segment counts one, and so does an end that is no wildcard.
func RouteDepth(paths []string) int {
	if len(paths) == 0 {
		return 0
	}
	depth := pathDepth(paths[0])
	for _, path := range paths[1:] {
		depth = min(depth, pathDepth(path))
	}
	return depth
}

func pathDepth(path string) int {
	if below, wild := strings.CutSuffix(path, "/*"); wild {
		return strings.Count(below, "/")
	}
	return strings.Count(strings.TrimSuffix(path, "/"), "/") + 1
}

// manifestRoute is one path that a service gets from outside.
type manifestRoute struct {
	service, subdomain, path string
	depth                    int // of the service's rule
	at                       hcl.Range
}

// checkRoutes reports requests that two services would get, and services of which neither rule can come first.
func (r *manifestReader) checkRoutes() {
	var routes []manifestRoute
	for _, node := range r.known() {
		if !node.value("public").Bool {
			continue
		}
		fields := node.value("paths").Fields
		if node.value("paths").Kind == Absent {
			fields = []Field{{Value: Value{Text: "/*", At: node.value("public").At}}}
		}
		for _, field := range fields {
			routes = append(routes, manifestRoute{node.label, node.text("subdomain", ""), field.Value.Text, RouteDepth(node.texts("paths")), field.Value.At})
		}
	}
	said := map[[2]string]bool{}
	for i, later := range routes {
		for _, earlier := range routes[:i] {
			if later.subdomain != earlier.subdomain {
				continue
			}
			switch {
			case later.path == earlier.path && later.service == earlier.service:
				r.fail(later.at, "Named twice", "remove one of them", "%q already stands at %s.", later.path, place(earlier.at))
			case later.service == earlier.service:
			case later.path == earlier.path:
				r.fail(later.at, "Two services for one path", "give one of them other paths, or a subdomain of its own",
					"Requests for %s would go to the service %q as well as to %q, at %s.", later.path, later.service, earlier.service, place(earlier.at))
			case said[[2]string{later.service, earlier.service}]:
			case within(later.path, earlier.path) && later.depth <= earlier.depth, within(earlier.path, later.path) && earlier.depth <= later.depth:
				said[[2]string{later.service, earlier.service}] = true
				r.fail(later.at, "Paths that cannot be ordered", "move the widest path of one of the services to a service of its own",
					"A service has one rule at the load balancer, as wide as its widest path, and those of %q and %q (at %s) contain paths of each other.", later.service, earlier.service, place(earlier.at))
			}
		}
	}
}

// within says whether every request for the inner path is one for the outer as well.
func within(inner, outer string) bool {
	below, wild := strings.CutSuffix(outer, "*")
	return wild && inner != outer && strings.HasPrefix(inner, below)
}
