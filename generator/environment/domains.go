package environment

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
)

// Alias is a further name beside the environment's domain.
type Alias struct {
	Domain string
	// HostedZoneID is a public zone, PrivateZoneID one that only VPCs resolve. Without either the name's DNS is kept
	// elsewhere.
	HostedZoneID, PrivateZoneID string
	// Redirect sends requests on to the environment's domain; otherwise the application answers them.
	Redirect bool
	At       hcl.Range // the name
}

// Answered are the names under which the application itself answers, the domain first; none without a domain.
func (e *Environment) Answered() []string {
	if e.Domain == "" {
		return nil
	}
	names := []string{e.Domain}
	for _, alias := range e.Aliases {
		if !alias.Redirect {
			names = append(names, alias.Domain)
		}
	}
	return names
}

// LoadBalancerTier is the output of the network with the subnets of the load balancer. A network that exists may have
// private subnets alone, where an internal one stands beside the processes.
func (e *Environment) LoadBalancerTier() string {
	if e.Network != nil && len(e.Network.PublicSubnetIDs) == 0 {
		return "compute_subnet_ids"
	}
	return "public_subnet_ids"
}

const (
	// MaxRuleValues is how many values the conditions of a listener rule have room for, hosts and paths together: "Quotas for
	// your Application Load Balancers", which no request raises.
	MaxRuleValues = 5
	// MaxCertifiedNames is how many names a certificate holds by the quota an account starts with: "ACM quotas".
	MaxCertifiedNames = 10
)

// DomainOf is the name a container answers to when the environment has a domain.
func (e *Environment) DomainOf(c *app.Container) string {
	if c.Subdomain == "" {
		return e.Domain
	}
	return c.Subdomain + "." + e.Domain
}

// NamesWithoutZone are the names of the environment for which no record is made.
func (e *Environment) NamesWithoutZone() []string {
	var list []string
	if e.Domain != "" && e.HostedZoneID == "" && e.PrivateZoneID == "" {
		list = append(list, e.Domain)
	}
	for _, alias := range e.Aliases {
		if alias.HostedZoneID == "" && alias.PrivateZoneID == "" {
			list = append(list, alias.Domain)
		}
	}
	return list
}

// PrivateZones are the zones of the environment that only VPCs resolve, sorted.
func (e *Environment) PrivateZones() []string {
	zones := []string{e.PrivateZoneID}
	for _, alias := range e.Aliases {
		zones = append(zones, alias.PrivateZoneID)
	}
	slices.Sort(zones)
	return slices.DeleteFunc(slices.Compact(zones), func(id string) bool { return id == "" })
}
