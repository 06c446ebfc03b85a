package generator

import (
	"fmt"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

// maxRules is how many rules a security group has room for in each direction, by the quota an account starts with.
const maxRules = 60

// checkRules finds security groups that would need more rules than AWS gives them, which would show in the middle of
// an apply: a process that reaches too many others, or is reached by too many.
func checkRules(d *kinds.Deployment) hcl.Diagnostics {
	out, in := map[string]int{}, map[string]int{}
	for _, p := range d.Processes {
		label := processLabel(p.Name)
		out[label] = len(p.Connections) + len(d.Env.OutboundPorts)
		for target := range p.Connections {
			in[target]++
		}
		if p.Gateway {
			in[label]++ // the load balancer
		}
	}
	var diags hcl.Diagnostics
	for _, direction := range []struct {
		rules map[string]int
		what  string
	}{{out, "reaches"}, {in, "is reached by"}} {
		var over []string
		for label, n := range direction.rules {
			if n > maxRules {
				over = append(over, fmt.Sprintf("%s %s %d others", label, direction.what, n))
			}
		}
		if len(over) == 0 {
			continue
		}
		sort.Strings(over)
		diagnostic := &hcl.Diagnostic{
			Severity: hcl.DiagWarning,
			Summary:  "More security group rules than an account starts with",
			Detail: fmt.Sprintf("In environment %q, %s, and a security group has room for %d rules in each direction.\n"+
				"hint: group services into process blocks in %s, or ask AWS for a higher quota (L-0EA8095F) before the first apply",
				d.Env.Name, strings.Join(over, "; "), maxRules, environment.Filename),
		}
		if d.Env.At.Filename != "" {
			at := d.Env.At
			diagnostic.Subject = &at
		}
		diags = append(diags, diagnostic)
	}
	return diags
}
