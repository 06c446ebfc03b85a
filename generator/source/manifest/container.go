package manifest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/settings"
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
	variableName = pattern.Lazy(`^[A-Za-z_][A-Za-z0-9_]*$`)
	imageName    = pattern.Lazy(`^[a-z0-9][A-Za-z0-9./_:-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$`)
	tagPrefix    = pattern.Lazy(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`)
	healthPath   = pattern.Lazy(`^/[A-Za-z0-9/_.~-]*$`)
	dnsLabel     = pattern.Lazy(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	routedPath   = pattern.Lazy(`^(/[A-Za-z0-9_.~$&'()+,;=:@%-]+)*(/\*|/)?$`)
)

// readPort reads the port of all containers.
func (r *manifestReader) readPort(node *settings.Block) {
	a, set := node.Attribute("port")
	if !set {
		return
	}
	if r.port = a.Value.(int); r.port < lowestPort || r.port > highestPort {
		r.fail(a.At, "Port out of range", "let the containers listen on another one; the variable PORT tells them which",
			"A service listens on a port from %d to %d, not on %d: lower ones are for root, higher ones the system picks for connections.", lowestPort, highestPort, r.port)
	}
}

// container reads how a service runs without Encore.
func (r *manifestReader) container(node *settings.Block) *app.Container {
	c := &app.Container{
		Image: node.Text("image"), TagPrefix: node.Text("tag_prefix"), Command: node.Texts("command"), Port: r.port,
		HealthPath: cmp.Or(node.Text("health_path"), "/"), Public: node.Flag("public"), Subdomain: node.Text("subdomain"), Paths: node.Texts("paths"),
	}
	c.Job = node.Type == jobBlock
	r.readBehaviour(node, c)
	r.security(node, c)
	r.checkForm(node, "image", imageName, "Invalid image", "write <registry>/<repository>:<tag>", "The image %q names neither a tag nor a digest.")
	if strings.HasSuffix(c.Image, ":latest") {
		r.fail(node.Where("image"), "Image that moves", "name a tag that stays what it is, or a digest",
			"The tag latest means another image tomorrow: two tasks of one deployment would differ, and nothing would be left to roll back to.")
	}
	if c.Image != "" && c.TagPrefix != "" {
		r.fail(node.Where("tag_prefix"), "Two images", "remove image, or tag_prefix",
			"The service %q has a fixed image, which no deployment tags.", node.Label)
	}
	r.checkRepository(node)
	r.checkForm(node, "tag_prefix", tagPrefix, "Invalid tag prefix", `use letters, digits and _.-, as in "orders-"`,
		"The prefix %q cannot begin an image's tag.")
	r.checkForm(node, "health_path", healthPath, "Invalid health path", `begin with a slash, as in "/healthz"`,
		"The path %q must begin with a slash and hold letters, digits and /_.~- alone.")
	r.checkForm(node, "subdomain", dnsLabel, "Invalid subdomain", `write one name, as in "admin"`,
		"The subdomain %q must be lower-case letters, digits and hyphens: the environment's domain follows.")
	r.checkPaths(node)
	for _, entry := range node.Parts("environment") {
		if !variableName().MatchString(entry.Key) {
			r.fail(entry.KeyAt, "Invalid variable name", "use letters, digits and underscores, no digit first",
				"%q is no name of an environment variable.", entry.Key)
			continue
		}
		c.Environment = append(c.Environment, app.Variable{Name: entry.Key, Value: entry.Text, At: entry.KeyAt})
	}
	slices.SortFunc(c.Environment, func(a, b app.Variable) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// ownRegistry is the beginning of an image in ECR, private or public, which asks for no password.
var ownRegistry = pattern.Lazy(`^([0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.[a-z.]+|public\.ecr\.aws)/`)

// security reads how much an image may do, and who may pull it.
func (r *manifestReader) security(node *settings.Block, c *app.Container) {
	c.ImageCredentials = node.Text("image_credentials")
	switch at := node.Where("image_credentials"); {
	case c.ImageCredentials == "":
	case c.Image == "":
		r.fail(at, "Credentials without an image", "name the image, or remove image_credentials",
			"The service %q runs images of the environment's own registry, which asks for no password.", node.Label)
	case ownRegistry().MatchString(c.Image):
		r.fail(at, "Credentials for a registry of AWS", "remove image_credentials; the owner of a private repository lets the account in by its policy",
			"The image %q comes from ECR, which asks who the task is and not for a password.", c.Image)
	}
	c.User = node.Text("user")
	if node.Find("read_only_root") != nil {
		readOnly := node.Flag("read_only_root")
		c.ReadOnlyRoot = &readOnly
	}
	if paths := node.Texts("writable_paths"); len(paths) > maxWritablePaths {
		r.fail(node.Where("writable_paths"), "Too many paths", "name a folder above them", "There are %d paths, and a task has room for %d.", len(paths), maxWritablePaths)
	}
	c.WritablePaths, c.KeepCapabilities = node.Texts("writable_paths"), node.Texts("keep_capabilities")
	r.checkForm(node, "user", containerUser, "Invalid user", `write a user, or user and group, as in "1000:1000"`, "%q is no user of a container.")
	r.checkTexts(node, "writable_paths", func(path string) bool {
		return writablePath().MatchString(path) && !strings.HasPrefix(path+"/", "/groundplan/")
	}, "Invalid path", `write it from the root on and without a slash at the end, as in "/var/cache", and not under /groundplan`, "The path %q cannot be a volume of a task.")
	r.checkTexts(node, "keep_capabilities", func(name string) bool { return slices.Contains(capabilities, name) },
		"Unknown capability", "use names out of "+strings.Join(capabilities, ", "), "%q is not a capability that a container has unless it is taken.")
}

var (
	containerUser = pattern.Lazy(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$`)
	writablePath  = pattern.Lazy(`^(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$`)

	// capabilities are those a container has when its definition neither adds nor drops any: Docker's list, as in the Amazon ECS
	// API Reference, KernelCapabilities.
	capabilities = []string{
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	}
)

// maxWritablePaths is the module's own limit: each path is a volume of the task.
const maxWritablePaths = 10

// checkTexts checks the elements of a list, of which each may stand there once.
func (r *manifestReader) checkTexts(node *settings.Block, name string, fits func(string) bool, summary, hint, detail string) {
	for i, part := range node.Parts(name) {
		switch {
		case !fits(part.Text):
			r.fail(part.At, summary, hint, detail, part.Text)
		case slices.Contains(node.Texts(name)[:i], part.Text):
			r.fail(part.At, "Named twice", "remove one of them", "%q stands in %s twice.", part.Text, name)
		}
	}
}

// checkForm checks a text that is written; an empty one counts as not written.
func (r *manifestReader) checkForm(node *settings.Block, name string, form func() *regexp.Regexp, summary, hint, detail string) {
	if at := node.Find(name); at != nil && !form().MatchString(node.Text(name)) {
		r.fail(*at, summary, hint, detail, node.Text(name))
	}
}

func (r *manifestReader) checkPaths(node *settings.Block) {
	for _, name := range []string{"subdomain", "paths"} {
		if at := node.Find(name); at != nil && !node.Flag("public") {
			r.fail(*at, "Route to a service that is not public", "add public = true, or remove it",
				"Nothing from outside reaches the service %q, so that it has no %s.", node.Label, name)
			return
		}
	}
	paths := node.Parts("paths")
	if at := node.Find("paths"); at != nil && (len(paths) == 0 || len(paths) > maxPaths) {
		r.fail(*at, "Wrong number of paths", fmt.Sprintf("name 1 to %d, or leave paths out to get every request", maxPaths),
			"A rule of the load balancer has room for %d paths, and here are %d.", maxPaths, len(paths))
	}
	for _, part := range paths {
		path := part.Text
		if path == "" || !routedPath().MatchString(path) {
			r.fail(part.At, "Invalid path", `write "/orders" for the path alone, "/orders/*" for everything below`,
				"The path %q must begin with a slash, and * may only stand for the whole rest behind a slash.", path)
			continue
		}
		r.checkRoutedPath(path, part.At)
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
		if !node.Flag("public") || node.Flag("worker") { // a public worker is reported
			continue
		}
		paths := node.Parts("paths")
		if node.Find("paths") == nil {
			paths = []settings.Part{{Text: "/*", At: node.Where("public")}}
		}
		for _, part := range paths {
			routes = append(routes, manifestRoute{node.Label, node.Text("subdomain"), part.Text, app.RouteDepth(node.Texts("paths")), part.At})
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

// within reports whether every request for the inner path is one for the outer as well.
func within(inner, outer string) bool {
	below, wild := strings.CutSuffix(outer, "*")
	return wild && inner != outer && strings.HasPrefix(inner, below)
}
