package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
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
func (r *manifestReader) readPort(node *manifestNode) {
	port := node.value("port")
	if port.Kind != source.Int {
		return
	}
	r.port = int(port.Int)
	if port.Int < lowestPort || port.Int > highestPort {
		r.fail(port.At, "Port out of range", "let the containers listen on another one; the variable PORT tells them which",
			"A service listens on a port from %d to %d, not on %d: lower ones are for root, higher ones the system picks for connections.", lowestPort, highestPort, port.Int)
	}
}

// container reads how a service runs without Encore.
func (r *manifestReader) container(node *manifestNode) *app.Container {
	c := &app.Container{
		Image: node.text("image", ""), TagPrefix: node.text("tag_prefix", ""), Command: node.texts("command"), Port: r.port,
		HealthPath: node.text("health_path", "/"), Public: node.value("public").Bool, Subdomain: node.text("subdomain", ""), Paths: node.texts("paths"),
	}
	c.Job = node.block.Type == jobBlock
	r.readBehaviour(node, c)
	r.security(node, c)
	r.checkForm(node, "image", imageName, "Invalid image", "write <registry>/<repository>:<tag>", "The image %q names neither a tag nor a digest.")
	if strings.HasSuffix(c.Image, ":latest") {
		r.fail(node.value("image").At, "Image that moves", "name a tag that stays what it is, or a digest",
			"The tag latest means another image tomorrow: two tasks of one deployment would differ, and nothing would be left to roll back to.")
	}
	if c.Image != "" && c.TagPrefix != "" {
		r.fail(node.value("tag_prefix").At, "Two images", "remove image, or tag_prefix",
			"The service %q has a fixed image, which no deployment tags.", node.label)
	}
	r.checkRepository(node)
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
		c.Environment = append(c.Environment, app.Variable{Name: field.Name, Value: field.Value.Text, At: field.At})
	}
	slices.SortFunc(c.Environment, func(a, b app.Variable) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// ownRegistry is the beginning of an image in ECR, private or public, which asks for no password.
var ownRegistry = regexp.MustCompile(`^([0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.[a-z.]+|public\.ecr\.aws)/`)

// security reads how much an image may do, and who may pull it.
func (r *manifestReader) security(node *manifestNode, c *app.Container) {
	c.ImageCredentials = node.text("image_credentials", "")
	switch at := node.value("image_credentials").At; {
	case c.ImageCredentials == "":
	case c.Image == "":
		r.fail(at, "Credentials without an image", "name the image, or remove image_credentials",
			"The service %q runs images of the environment's own registry, which asks for no password.", node.label)
	case ownRegistry.MatchString(c.Image):
		r.fail(at, "Credentials for a registry of AWS", "remove image_credentials; the owner of a private repository lets the account in by its policy",
			"The image %q comes from ECR, which asks who the task is and not for a password.", c.Image)
	}
	c.User = node.text("user", "")
	if written := node.value("read_only_root"); written.Kind == source.Bool {
		c.ReadOnlyRoot = &written.Bool
	}
	if paths := node.value("writable_paths"); len(paths.Fields) > maxWritablePaths {
		r.fail(paths.At, "Too many paths", "name a folder above them", "There are %d paths, and a task has room for %d.", len(paths.Fields), maxWritablePaths)
	}
	c.WritablePaths, c.KeepCapabilities = node.texts("writable_paths"), node.texts("keep_capabilities")
	r.checkForm(node, "user", containerUser, "Invalid user", `write a user, or user and group, as in "1000:1000"`, "%q is no user of a container.")
	r.checkTexts(node, "writable_paths", func(path string) bool {
		return writablePath.MatchString(path) && !strings.HasPrefix(path+"/", "/groundplan/")
	}, "Invalid path", `write it from the root on and without a slash at the end, as in "/var/cache", and not under /groundplan`, "The path %q cannot be a volume of a task.")
	r.checkTexts(node, "keep_capabilities", func(name string) bool { return slices.Contains(capabilities, name) },
		"Unknown capability", "use names out of "+strings.Join(capabilities, ", "), "%q is not a capability that a container has unless it is taken.")
}

var (
	containerUser = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$`)
	writablePath  = regexp.MustCompile(`^(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$`)

	// capabilities are those a container has when its definition neither adds nor drops any: Docker's list, as in the Amazon ECS
	// API Reference, KernelCapabilities.
	capabilities = []string{
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	}
)

// maxWritablePaths is the module's own limit: each path is a volume of the task.
const maxWritablePaths = 10

// checkTexts checks the elements of a list, of which each may stand there once.
func (r *manifestReader) checkTexts(node *manifestNode, name string, fits func(string) bool, summary, hint, detail string) {
	fields := node.value(name).Fields
	for i, field := range fields {
		switch {
		case !fits(field.Value.Text):
			r.fail(field.Value.At, summary, hint, detail, field.Value.Text)
		case slices.ContainsFunc(fields[:i], func(earlier source.Field) bool { return earlier.Value.Text == field.Value.Text }):
			r.fail(field.Value.At, "Named twice", "remove one of them", "%q stands in %s twice.", field.Value.Text, name)
		}
	}
}

// checkForm checks a text that is written; an empty one counts as not written.
func (r *manifestReader) checkForm(node *manifestNode, name string, form *regexp.Regexp, summary, hint, detail string) {
	if value := node.value(name); value.Kind == source.String && !form.MatchString(value.Text) {
		r.fail(value.At, summary, hint, detail, value.Text)
	}
}

func (r *manifestReader) checkPaths(node *manifestNode) {
	for _, name := range []string{"subdomain", "paths"} {
		if value := node.value(name); value.Kind != source.Absent && !node.value("public").Bool {
			r.fail(value.At, "Route to a service that is not public", "add public = true, or remove it",
				"Nothing from outside reaches the service %q, so that it has no %s.", node.label, name)
			return
		}
	}
	paths := node.value("paths")
	if paths.Kind == source.List && (len(paths.Fields) == 0 || len(paths.Fields) > maxPaths) {
		r.fail(paths.At, "Wrong number of paths", fmt.Sprintf("name 1 to %d, or leave paths out to get every request", maxPaths),
			"A rule of the load balancer has room for %d paths, and here are %d.", maxPaths, len(paths.Fields))
	}
	for _, field := range paths.Fields {
		path := field.Value.Text
		if path == "" || !routedPath.MatchString(path) {
			r.fail(field.Value.At, "Invalid path", `write "/orders" for the path alone, "/orders/*" for everything below`,
				"The path %q must begin with a slash, and * may only stand for the whole rest behind a slash.", path)
			continue
		}
		r.checkRoutedPath(path, field.Value.At)
	}
}

// maxRoutedPath is how long a path of a listener rule may be, and unroutable what none may hold: elasticloadbalancing
// CreateRule.
const maxRoutedPath = 128

const unroutable = "(),;=%"

func (r *manifestReader) checkRoutedPath(path string, at hcl.Range) {
	if i := strings.IndexAny(path, unroutable); i >= 0 {
		r.fail(at, "Invalid path", "route a path above it, with * at the end", "The path %q has %q, which no rule of a load balancer may hold.", path, path[i:i+1])
	}
	if len(path) > maxRoutedPath {
		r.fail(at, "Invalid path", "route a path above it, with * at the end", "The path has %d characters, and a rule of a load balancer has room for %d.", len(path), maxRoutedPath)
	}
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
		if !node.value("public").Bool || node.value("worker").Bool { // a public worker is reported
			continue
		}
		fields := node.value("paths").Fields
		if node.value("paths").Kind == source.Absent {
			fields = []source.Field{{Value: source.Value{Text: "/*", At: node.value("public").At}}}
		}
		for _, field := range fields {
			routes = append(routes, manifestRoute{node.label, node.text("subdomain", ""), field.Value.Text, app.RouteDepth(node.texts("paths")), field.Value.At})
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
				r.fail(later.at, "Named twice", "remove one of them", "%q already stands at %s.", later.path, diagnostic.Place(earlier.at))
			case later.service == earlier.service:
			case later.path == earlier.path:
				r.fail(later.at, "Two services for one path", "give one of them other paths, or a subdomain of its own",
					"Requests for %s would go to the service %q as well as to %q, at %s.", later.path, later.service, earlier.service, diagnostic.Place(earlier.at))
			case said[[2]string{later.service, earlier.service}]:
			case within(later.path, earlier.path) && later.depth <= earlier.depth, within(earlier.path, later.path) && earlier.depth <= later.depth:
				said[[2]string{later.service, earlier.service}] = true
				r.fail(later.at, "Paths that cannot be ordered", "move the widest path of one of the services to a service of its own",
					"A service has one rule at the load balancer, as wide as its widest path, and those of %q and %q (at %s) contain paths of each other.", later.service, earlier.service, diagnostic.Place(earlier.at))
			}
		}
	}
}

// within says whether every request for the inner path is one for the outer as well.
func within(inner, outer string) bool {
	below, wild := strings.CutSuffix(outer, "*")
	return wild && inner != outer && strings.HasPrefix(inner, below)
}
