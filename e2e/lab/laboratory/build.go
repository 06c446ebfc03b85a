//go:build linux

package laboratory

import (
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// BuildProblems is why Encore's build would refuse the infra configs of the processes, as far as it decides by what code does and not
// by the form of a config: it asks for the address of each service that a process routes to, calls or only names, and of the auth
// handler's where an endpoint needs authentication.
func (l *Laboratory) BuildProblems() ([]string, error) {
	processes, err := l.Processes()
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, process := range processes {
		if process.Infra == nil {
			continue // no application of Encore's
		}
		discovery, _ := process.Infra["service_discovery"].(map[string]any)
		for _, service := range l.wanted(process) {
			if !slices.Contains(process.Hosts, service) && discovery[service] == nil {
				problems = append(problems, fmt.Sprintf("%s: Encore's build wants the address of service %s", process.Name, service))
			}
		}
	}
	return problems, nil
}

// wanted are the services that the build wants to find from a process.
func (l *Laboratory) wanted(process Process) []string {
	var wanted []string
	for _, service := range l.Needs.Services {
		if len(process.Gateways) > 0 {
			wanted = append(wanted, service.Name)
		}
		if slices.ContainsFunc(service.Endpoints, func(endpoint needs.Endpoint) bool { return endpoint.Access == needs.Auth }) {
			wanted = append(wanted, l.Needs.Auth.Service)
		}
		if !slices.Contains(process.Hosts, service.Name) {
			continue
		}
		wanted = append(wanted, service.Names...)
		for _, call := range service.Calls {
			if called, _ := l.Needs.Endpoint(call); called != nil {
				wanted = append(wanted, called.Name)
			}
		}
	}
	slices.Sort(wanted)
	return slices.Compact(wanted)
}
