package kinds

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/value"
)

// Port is the port the process listens on.
func (p *Process) Port() int {
	for _, name := range p.Services {
		if service := p.Service(name); service != nil && service.Container != nil {
			return service.Container.Port
		}
	}
	return ServicePort
}

// BaseURL is where other processes reach this one.
func BaseURL(p *Process) value.Value {
	return value.Template(fmt.Sprintf("http://%s.", DiscoveryName(p.Process)), "local.platform.cluster.namespace", fmt.Sprintf(":%d", p.Port()))
}
