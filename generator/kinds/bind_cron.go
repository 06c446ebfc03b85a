package kinds

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/app"
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
	return value.Join(value.String("http://"+DiscoveryName(p.Process)+"."), value.Of(app.Cluster, "namespace"), value.String(fmt.Sprintf(":%d", p.Port())))
}
