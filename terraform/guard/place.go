package guard

import (
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// DefaultShare is how much of what a stack holds a change may destroy.
const DefaultShare = 0.3

// few is how many resources may always go: of a small stack a share is soon reached.
const few = 5

// wrongPlace finds plans for another account or region than the environment's.
func wrongPlace(p plannedChange) []Finding {
	refuse := func(address, reason string) Finding {
		return Finding{
			Rule: WrongPlace, Address: address, Reason: reason, Refuses: true,
			Hints: []string{"run it with credentials of the environment's own account, in its region: groundplan doctor --env " + p.env.Name},
		}
	}
	var findings []Finding
	account := p.env.AccountID
	if account == "" {
		account = p.firstAccount()
	}
	if given := p.options.Account; given != "" && account != "" && given != account {
		findings = append(findings, refuse("", fmt.Sprintf("the credentials are for account %s, but %s is in account %s", given, p.env.Name, account)))
	}
	if account == "" {
		account = p.options.Account
	}
	if given := p.options.Region; given != "" && given != p.env.Region {
		findings = append(findings, refuse("", fmt.Sprintf("terraform works in %s, but %s is in %s", given, p.env.Name, p.env.Region)))
	}
	findings = append(findings, p.providers(refuse)...)
	return append(findings, p.elsewhere(account, refuse)...)
}

// firstAccount is the account that the first apply was made in, where the code keeps it.
func (p plannedChange) firstAccount() string {
	for _, r := range p.managed() {
		if r.Address == "terraform_data.account" {
			return textAt(r.Change.Before, "output")
		}
	}
	return ""
}

// providers holds what the code says of the AWS provider against the environment. Providers under another name are for other
// regions on purpose.
func (p plannedChange) providers(refuse func(address, reason string) Finding) []Finding {
	if p.plan.Config == nil {
		return nil
	}
	var findings []Finding
	for _, config := range p.plan.Config.ProviderConfigs {
		if config.Name != "aws" || config.ModuleAddress != "" {
			continue
		}
		if region, fixed := constant(config, "region").(string); fixed && config.Alias == "" && region != p.env.Region {
			findings = append(findings, refuse("", fmt.Sprintf("the code is for region %s, but %s is in %s", region, p.env.Name, p.env.Region)))
		}
		accounts := textsOf(constant(config, "allowed_account_ids"))
		if p.env.AccountID != "" && len(accounts) > 0 && !slices.Contains(accounts, p.env.AccountID) {
			findings = append(findings, refuse("", fmt.Sprintf("the code is for account %s, but %s is in account %s", strings.Join(accounts, ", "), p.env.Name, p.env.AccountID)))
		}
	}
	return findings
}

func constant(config *tfjson.ProviderConfig, name string) any {
	expression := config.Expressions[name]
	if expression == nil || expression.ExpressionData == nil || expression.ConstantValue == tfjson.UnknownConstantValue {
		return nil
	}
	return expression.ConstantValue
}

// elsewhere finds resources of the state that are in another account or region: the state is that of another environment. One
// of each kind is enough to know.
func (p plannedChange) elsewhere(account string, refuse func(address, reason string) Finding) []Finding {
	var findings []Finding
	inAccount, inRegion := false, false
	for _, r := range p.managed() {
		if r.Change.Before == nil {
			continue
		}
		parts := strings.SplitN(textAt(r.Change.Before, "arn"), ":", 6)
		if len(parts) < 6 || !strings.HasPrefix(parts[0], "arn") {
			continue
		}
		region, owner := parts[3], parts[4]
		if !inAccount && account != "" && len(owner) == 12 && owner != account {
			inAccount = true
			findings = append(findings, refuse(r.Address, fmt.Sprintf("is in account %s, but %s is in account %s", owner, p.env.Name, account)))
		}
		if !inRegion && region != "" && region != p.env.Region && !p.deliberate(region) {
			inRegion = true
			findings = append(findings, refuse(r.Address, fmt.Sprintf("is in %s, but %s is in %s", region, p.env.Name, p.env.Region)))
		}
	}
	return findings
}

// deliberate reports whether the code has a provider under another name for a region: CloudFront takes its certificates from
// one region alone.
func (p plannedChange) deliberate(region string) bool {
	if p.plan.Config == nil {
		return false
	}
	for _, config := range p.plan.Config.ProviderConfigs {
		if given, fixed := constant(config, "region").(string); fixed && config.Name == "aws" && config.Alias != "" && given == region {
			return true
		}
	}
	return false
}

// muchDestroyed finds plans that take away more of a stack than a change usually does.
func muchDestroyed(p plannedChange) []Finding {
	if p.options.Destroy || slices.Contains(p.options.AllowDestroy, p.stack) {
		return nil
	}
	share := p.options.Share
	if share == 0 {
		share = DefaultShare
	}
	held, gone := 0, 0
	for _, r := range p.managed() {
		if r.Change.Before == nil || r.DeposedKey != "" {
			continue
		}
		held++
		// A task definition that stays registered loses nothing by a new revision.
		if goes(r) && !setAt(r.Change.Before, "skip_destroy") {
			gone++
		}
	}
	if gone <= few || float64(gone) <= share*float64(held) {
		return nil
	}
	return []Finding{{
		Rule: MuchDestroyed, Refuses: true,
		Reason: fmt.Sprintf("%d of the %d resources of %s are destroyed or made anew", gone, held, p.stack),
		Hints:  []string{"when that is meant, pass --allow-destroy " + p.stack},
	}}
}

// stateMoved finds plans that were made with another state than there is now.
func stateMoved(p plannedChange) []Finding {
	planned, current := p.options.Planned, p.options.Current
	if planned == nil || current == nil {
		return nil
	}
	var reason string
	switch {
	case planned.Lineage != current.Lineage:
		reason = "the plan was made with another state: lineage " + planned.Lineage + ", and now it is " + current.Lineage
	case planned.Serial < current.Serial:
		reason = fmt.Sprintf("somebody applied since it was planned: serial %d, and now it is %d", planned.Serial, current.Serial)
	case planned.Serial > current.Serial:
		reason = fmt.Sprintf("the state is older than the plan: serial %d, and now it is %d: somebody put an earlier one back", planned.Serial, current.Serial)
	default:
		return nil
	}
	return []Finding{{Rule: StateMoved, Reason: reason, Refuses: true, Hints: []string{"plan again: groundplan plan --env " + p.env.Name}}}
}
