package kinds

import "slices"

// This file says by which names and ports a deployment is reached.

// Subdomains are the names beside its domain that an environment answers to, sorted.
func (d *Deployment) Subdomains() []string {
	var list []string
	for _, service := range d.App.Services {
		if c := service.Container; c != nil && c.Public && c.Subdomain != "" && d.Env.Domain != "" {
			list = append(list, d.Env.DomainOf(c))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Port is the port that every process listens on, and the only one the network lets through to them.
func (d *Deployment) Port() int {
	if len(d.Processes) == 0 {
		return ServicePort
	}
	return d.Processes[0].Port()
}

// StoragePorts are the ports the storage tier answers on: none means that there is no such tier.
func (d *Deployment) StoragePorts() []int {
	var ports []int
	for _, kind := range All {
		if kind.StoragePort != 0 && d.Holds(kind.Name) {
			ports = append(ports, kind.StoragePort)
		}
	}
	return ports
}
