// Package quota sums what an environment needs of what AWS limits per account, region or resource, and compares it with
// what an account has: AWS's defaults, or the account's own quotas out of a file.
//
// One table (table.go) holds the quotas; needs.go counts. Nothing here changes what is generated: an account's quotas may
// differ from one person's to another's, and files must not.
package quota

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// home is the region in which quotas that an account has once are read and raised, as the AWS provider's documentation of
// aws_servicequotas_service_quota says of global ones: elsewhere there is no such service.
const home = "us-east-1"

// Ask is a command line that prints every quota ReadLimits looks for, of the region the AWS CLI is set to.
const Ask = "(for service in fargate vpc ec2 elasticloadbalancing acm lambda scheduler rds elasticache secretsmanager sns AWSCloudMap; " +
	"do aws service-quotas list-service-quotas --service-code $service; done; " +
	"for service in s3 cloudfront iam route53; do aws service-quotas list-service-quotas --region " + home + " --service-code $service; done) > limits.json"

// Quota is one limit as Service Quotas knows it.
type Quota struct {
	// Service and Code are what `aws service-quotas` takes. Code is "" where the documentation gives none: the account's value
	// is then found by the name.
	Service, Code, Name string
	// Default is AWS's documented default. Young is what new accounts start with where that is known to be less, and with the
	// same value as Default that AWS raises it by itself as an account is used.
	Default, Young float64
	// Each says what the quota holds of, "security group" for one; "" when an account has it once in a region, and its
	// environments share it. Global is the same for an account in all regions.
	Each   string
	Global bool
	// Fixed says that AWS does not raise it.
	Fixed bool
}

// Need is what an environment needs of one quota.
type Need struct {
	Quota
	// Value is what it takes to apply and deploy, Peak what scaling out may take; 0 where nothing scales.
	Value, Peak float64
	// What says in words what the value is made of, Lower which setting makes it less.
	What, Lower string
}

// Environment is what one environment needs.
type Environment struct {
	Name, Region string
	Account      string // 12 digits; "" for any
	At           hcl.Range
	Needs        []Need
}

// Number prints a value without a fraction where it has none.
func Number(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

// Start is what the account has of a need's quota: its own value, else what a new account starts with. The words say which.
func (e *Environment) Start(n Need, limits *Limits) (value float64, words string) {
	if value, known := limits.value(n.Quota, e.Region, e.Account); known {
		return value, Number(value) + " in this account"
	}
	if n.Young > 0 {
		return n.Young, "about " + Number(n.Young) + " in a new account"
	}
	return n.Default, Number(n.Default) + " by default"
}

// Near are the needs that take more than this share of what the account has, in the order of the table.
func (e *Environment) Near(share float64, limits *Limits) []Need {
	return slices.DeleteFunc(slices.Clone(e.Needs), func(n Need) bool {
		start, _ := e.Start(n, limits)
		return n.Value <= share*start
	})
}

// Check compares what environments need with what their account has. Without limits these are AWS's defaults, and of what
// AWS raises by itself nothing is said. What AWS does not raise is an error.
func Check(environments []Environment, limits *Limits) hcl.Diagnostics {
	var diags hcl.Diagnostics
	done := map[string]bool{}
	for i := range environments {
		for _, need := range environments[i].Needs {
			total, names := together(environments, environments[i], need)
			id := strings.Join(names, ",") + need.Service + need.Name
			if done[id] {
				continue
			}
			done[id] = true
			if d := exceeded(environments[i], total, names, limits); d != nil {
				diags = append(diags, d)
			}
		}
	}
	return diags
}

// together sums a need over the environments that share its quota, and names them.
func together(environments []Environment, e Environment, need Need) (total Need, names []string) {
	if need.Each != "" {
		return need, []string{e.Name}
	}
	total = need
	total.Value, total.Peak = 0, 0
	var whats []string
	for _, other := range environments {
		if other.Account != e.Account || other.Region != e.Region && !need.Global {
			continue
		}
		for _, n := range other.Needs {
			if n.Service == need.Service && n.Name == need.Name {
				total.Value, total.Peak = total.Value+n.Value, total.Peak+n.Peak
				names = append(names, other.Name)
				whats = append(whats, n.What)
			}
		}
	}
	if len(names) > 1 {
		for i, what := range whats {
			whats[i] = names[i] + ": " + what
		}
		total.What = strings.Join(whats, "; ")
	}
	return total, names
}

// exceeded is the diagnostic of a need that the account has no room for, nil when it has.
func exceeded(e Environment, need Need, names []string, limits *Limits) *hcl.Diagnostic {
	limit, known := limits.value(need.Quota, e.Region, e.Account)
	has := "the account has " + Number(limit)
	if !known {
		if need.Young > 0 && need.Young == need.Default {
			return nil // an account in use has more, and how much nobody knows without asking
		}
		limit, has = need.Default, "an account starts with "+Number(need.Default)
	}
	var summary, detail string
	asked := need.Value
	where := fmt.Sprintf("environment %q needs", names[0])
	if len(names) > 1 {
		where = fmt.Sprintf("the environments %s need together", strings.Join(names, ", "))
	}
	switch {
	case need.Value > limit:
		summary = "Quota too small: " + need.Name
		detail = fmt.Sprintf("In %s, %s %s: %s. Of %q (%s) %s.", e.Region, where, Number(need.Value), need.What, need.Name, cmp.Or(need.Code, need.Service), has)
	case need.Peak > limit && known:
		asked = need.Peak
		summary = "Quota that ends scaling: " + need.Name
		detail = fmt.Sprintf("In %s, %s up to %s when everything has scaled out: %s. Of %q (%s) %s.", e.Region, where, Number(need.Peak), need.What, need.Name, cmp.Or(need.Code, need.Service), has)
	default:
		return nil
	}
	d := diagnostic.Warning(e.At, summary, need.Lower, "%s", detail)
	if need.Fixed {
		d.Severity = hcl.DiagError
	} else if need.Code != "" {
		region := e.Region
		if need.Global {
			region = home
		}
		d = diagnostic.WithHint(d, fmt.Sprintf("or ask for more, which costs nothing and takes a while: aws service-quotas request-service-quota-increase --region %s --service-code %s --quota-code %s --desired-value %s",
			region, need.Service, need.Code, Number(asked)))
	}
	return d
}
