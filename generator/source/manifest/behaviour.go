package manifest

import (
	"slices"
	"strings"
	"time"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
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
func (r *manifestReader) readBehaviour(node *manifestNode, c *app.Container) {
	c.Worker, c.HealthCommand = node.value("worker").Bool, node.texts("health_command")
	protocol := node.text("protocol", protocolHTTP)
	if known := []string{protocolHTTP, protocolHTTP2, protocolGRPC}; !slices.Contains(known, protocol) {
		r.fail(node.value("protocol").At, "Unknown protocol", diagnostic.Proposal(protocol, known, "the protocols are ", ""), "A service cannot speak %q here.", protocol)
	}
	if protocol != protocolHTTP {
		c.Protocol = protocol
	}
	if c.Protocol == protocolGRPC {
		c.HealthPath = node.text("health_path", grpcHealthPath)
	}
	r.checkHealthCommand(node)
	r.readSticky(node, c)
	if c.Worker {
		r.checkWorker(node)
	}
}

func (r *manifestReader) checkHealthCommand(node *manifestNode) {
	command := node.value("health_command")
	if command.Kind == source.List && (len(command.Fields) == 0 || slices.ContainsFunc(command.Fields, func(f source.Field) bool { return strings.TrimSpace(f.Value.Text) == "" })) {
		r.fail(command.At, "Empty health command", `write program and arguments, as in ["/bin/worker", "--alive"]`, "The health command of %q has nothing to run, or an empty word.", node.label)
	}
	if path := node.value("health_path"); command.Kind == source.List && path.Kind == source.String && !node.value("public").Bool {
		r.fail(path.At, "Two health checks", "remove health_path, or health_command",
			"The health of %q is what health_command says. Nobody asks for health_path but the load balancer of a public service.", node.label)
	}
}

// readSticky reads how long clients come back to one task.
func (r *manifestReader) readSticky(node *manifestNode, c *app.Container) {
	sticky := node.value("sticky")
	if sticky.Kind != source.String {
		return
	}
	length, _ := source.ParseDuration(sticky.Text)
	c.StickySeconds = int(length / time.Second)
	switch {
	case !node.value("public").Bool:
		r.fail(sticky.At, "Sticky sessions of a service that is not public", "add public = true, or remove it",
			"The load balancer keeps clients at their tasks, and it sends nothing to %q.", node.label)
	case c.Protocol == protocolGRPC:
		r.fail(sticky.At, "Sticky sessions of gRPC", "remove it", "The load balancer knows a client again by a cookie, and clients of gRPC keep none.")
	case length < time.Second || length > maxSticky:
		r.fail(sticky.At, "Sticky for too short or too long", `write "1s" to "7 days"`, "The cookie of a load balancer lasts one second at least and seven days at most.")
	}
}

// checkWorker reports what needs a port in the block of a worker.
func (r *manifestReader) checkWorker(node *manifestNode) {
	for _, name := range []string{"public", "protocol", "health_path"} {
		if value := node.value(name); value.Kind != source.Absent && (name != "public" || value.Bool) {
			r.fail(value.At, "Worker with a port", "remove it, or worker = true", "The worker %q listens on no port, so that %s means nothing for it.", node.label, name)
		}
	}
	for _, endpoint := range node.all("endpoint") {
		r.fail(endpoint.at, "Worker with a port", "remove it, or worker = true", "The worker %q listens on no port: nothing can call its endpoint %q.", node.label, endpoint.label)
	}
}
