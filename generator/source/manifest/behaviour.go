package manifest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
)

// How a container behaves while it runs: what it speaks, how its health is known, who comes back to which task.

// The protocols that a container may speak, in the words of a manifest.
const (
	protocolHTTP  = "http"
	protocolHTTP2 = "http2"
	protocolGRPC  = "grpc"
)

// The load balancer's own check of a server of gRPC: a method that no server implements, and every server answers.
const grpcHealthPath = "/AWS.ALB/healthcheck"

// maxSticky is the longest a load balancer's cookie lasts: elasticloadbalancing TargetGroupAttribute,
// stickiness.lb_cookie.duration_seconds.
const maxSticky = 7 * 24 * time.Hour

// readBehaviour reads what stands in a container's block about it. A job's has nothing of the kind.
func (r *manifestReader) readBehaviour(node *settings.Block, c *app.Container) {
	c.Worker, c.HealthCommand = node.Flag("worker"), node.Texts("health_command")
	protocol := cmp.Or(node.Text("protocol"), protocolHTTP)
	if known := []string{protocolHTTP, protocolHTTP2, protocolGRPC}; !slices.Contains(known, protocol) {
		r.fail(node.Where("protocol"), "Unknown protocol", diagnostic.Proposal(protocol, known, "the protocols are ", ""), "A service cannot speak %q here.", protocol)
	}
	if protocol != protocolHTTP {
		c.Protocol = protocol
	}
	if c.Protocol == protocolGRPC {
		c.HealthPath = cmp.Or(node.Text("health_path"), grpcHealthPath)
	}
	r.checkHealthCommand(node)
	r.readSticky(node, c)
	if c.Worker {
		r.checkWorker(node)
	}
}

func (r *manifestReader) checkHealthCommand(node *settings.Block) {
	command, set := node.Attribute("health_command")
	if words := node.Texts("health_command"); set && (len(words) == 0 || slices.ContainsFunc(words, func(word string) bool { return strings.TrimSpace(word) == "" })) {
		r.fail(command.At, "Empty health command", `write program and arguments, as in ["/bin/worker", "--alive"]`, "The health command of %q has nothing to run, or an empty word.", node.Label)
	}
	if path := node.Find("health_path"); set && path != nil && !node.Flag("public") {
		r.fail(*path, "Two health checks", "remove health_path, or health_command",
			"The health of %q is what health_command says. Nobody asks for health_path but the load balancer of a public service.", node.Label)
	}
}

// readSticky reads how long clients come back to one task.
func (r *manifestReader) readSticky(node *settings.Block, c *app.Container) {
	sticky, set := node.Attribute("sticky")
	if !set {
		return
	}
	length, _ := source.ParseDuration(node.Text("sticky"))
	c.StickySeconds = int(length / time.Second)
	switch {
	case !node.Flag("public"):
		r.fail(sticky.At, "Sticky sessions of a service that is not public", "add public = true, or remove it",
			"The load balancer keeps clients at their tasks, and it sends nothing to %q.", node.Label)
	case c.Protocol == protocolGRPC:
		r.fail(sticky.At, "Sticky sessions of gRPC", "remove it", "The load balancer knows a client again by a cookie, and clients of gRPC keep none.")
	case length < time.Second || length > maxSticky:
		r.fail(sticky.At, "Sticky for too short or too long", `write "1s" to "7 days"`, "The cookie of a load balancer lasts one second at least and seven days at most.")
	}
}

// checkWorker reports what needs a port in the block of a worker.
func (r *manifestReader) checkWorker(node *settings.Block) {
	for _, name := range []string{"public", "protocol", "health_path"} {
		if a, set := node.Attribute(name); set && a.Value != false {
			r.fail(a.At, "Worker with a port", "remove it, or worker = true", "The worker %q listens on no port, so that %s means nothing for it.", node.Label, name)
		}
	}
	for _, endpoint := range node.All("endpoint") {
		r.fail(endpoint.At, "Worker with a port", "remove it, or worker = true", "The worker %q listens on no port: nothing can call its endpoint %q.", node.Label, endpoint.Label)
	}
}
