package app

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Container is a service that does not use Encore.
type Container struct {
	// Image is a fixed image; "" for the environment's registry, where TagPrefix stands before the deployed tag.
	Image     string
	TagPrefix string
	// Command replaces the image's own, nil for that.
	Command    []string
	Port       int
	HealthPath string
	// HealthCommand is what runs in the container to learn of its health, in place of a request for HealthPath; nil for none.
	HealthCommand []string
	// Protocol is what the container speaks on its port: "http2", "grpc", or "" for HTTP/1.1.
	Protocol string
	// Worker says that the container listens on no port, so that nothing can call it. Job says that it runs to its end when
	// it is started, by a schedule or by hand; it listens on no port either.
	Worker, Job bool
	// StickySeconds is how long a client comes back to the same task; 0 for never.
	StickySeconds int
	// Environment are variables with literal values, by name.
	Environment []Variable
	// Public says that requests from outside reach it, under Subdomain of the environment's domain ("" for the domain
	// itself), for Paths ("/orders" or "/orders/*"; nil for all).
	Public    bool
	Subdomain string
	Paths     []string

	// ImageCredentials is the secret with name and password for the registry of Image, "" for none.
	ImageCredentials string
	// User is whom the image runs as, "" for its own; with ReadOnlyRoot it writes to WritablePaths alone; of the kernel's
	// capabilities it has KeepCapabilities. nil is what the environment says.
	User             string
	ReadOnlyRoot     *bool
	WritablePaths    []string
	KeepCapabilities []string
}

// Callable reports whether the container listens on its port.
func (c *Container) Callable() bool { return !c.Worker && !c.Job }

// Variable is an environment variable with a literal value.
type Variable struct {
	Name  string
	Value string
	At    hcl.Range
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
