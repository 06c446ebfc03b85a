package limits

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
)

// checkSupervisor warns of images in which Encore's supervisor starts a process per service. It was made for one machine
// that runs everything: it takes no notice of the signal by which ECS stops a task, and it gives up at start where there
// are several services and no gateway in front of them.
func checkSupervisor(d *deploy.Deployment) hcl.Diagnostics {
	at := d.App.ProcessPerService
	if at.Filename == "" {
		return nil
	}
	const hint = "remove process_per_service from encore.app: Encore then runs the services of a task in one process, and groundplan.hcl says which share a task"
	diags := hcl.Diagnostics{diagnostic.Warning(at, "Image that does not stop", hint,
		"With process_per_service Encore's supervisor runs in every task, and it does not react to the signal by which ECS stops one: requests under way are cut off when the task is killed.")}
	for _, p := range d.Workloads {
		if len(p.HostedServices()) > 1 && !p.Gateway {
			diags = append(diags, diagnostic.Warning(at, "Image that does not start", hint+"; or give each service a process of its own",
				"The process %q of environment %q hosts %d services and no gateway: with process_per_service Encore's supervisor ends in a panic when it starts.",
				p.ID.Name, d.Env.Name, len(p.HostedServices())))
		}
	}
	return diags
}
