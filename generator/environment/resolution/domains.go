package resolution

// The names that an environment answers to, where their records stand, and from where it is reached.

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/settings"
)

// checkCertifiable reports a domain for which a certificate is to be made and none can be: acm RequestCertificate waits for
// a record that proves the name, and the apply with it.
func checkCertifiable(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	if e.Domain == "" || e.CertificateARN != "" {
		return nil
	}
	bad := rule.IsCertifiable(e.Domain)
	if bad == rule.Fine {
		return nil
	}
	return hcl.Diagnostics{diagnostic.Error(b.Where("domain"), "Domain without a certificate", bad.Hint, "%s", bad.Detail)}
}

const (
	maxCertifiedDomain = 64  // acm RequestCertificate: the common name of RFC 5280
	maxRoutedDomain    = 128 // elasticloadbalancing CreateRule: one value of a host-header condition
)

func resolveDomain(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	if e.Domain == "" {
		return resolveNoDomain(e, b)
	}
	var diags hcl.Diagnostics
	switch {
	case e.HostedZoneID != "" || e.CertificateARN != "":
	case e.Internal:
		diags = append(diags, diagnostic.Error(b.Where("internal", "domain"), "Certificate missing",
			"set certificate_arn to a certificate for the name, of a private authority or proven in its public zone before, or hosted_zone_id to the public zone of the name, where one can be proven",
			"ACM proves a name in public DNS, and no public zone is known for the domain %q: no certificate can be made for it.", e.Domain))
	default:
		diags = append(diags, diagnostic.Error(b.Where("domain"), "Hosted zone missing",
			"set hosted_zone_id to the id that this prints: aws route53 list-hosted-zones-by-name --dns-name "+registrable(e.Domain)+" --max-items 1",
			"The domain %q needs the Route 53 hosted zone that holds it.", e.Domain))
	}
	switch {
	case e.PrivateZoneID == "":
	case !e.Internal:
		diags = append(diags, diagnostic.Error(b.Where("private_zone_id"), "Setting without effect", "set internal = true, or remove private_zone_id",
			"The load balancer faces the internet, where nobody is answered from a private zone."))
	case e.PrivateZoneID == e.HostedZoneID:
		diags = append(diags, diagnostic.Error(b.Where("private_zone_id"), "Zone both public and private", "remove hosted_zone_id when the zone is private, private_zone_id when it is public",
			"hosted_zone_id is a public zone and private_zone_id a private one, and %s stands for both.", e.PrivateZoneID))
	}
	return diags
}

// resolveNoDomain finds settings that mean something only beside a domain.
func resolveNoDomain(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if a, set := b.Attribute("internal"); set && !e.Internal {
		diags = append(diags, diagnostic.Error(a.At, "Domain missing", "set domain to a name for it, or remove internal",
			"Nothing without TLS faces the internet, and a certificate needs a name."))
	}
	e.Internal = true
	for _, name := range []string{"certificate_arn", "cdn_certificate_arn"} {
		if a, set := b.Attribute(name); set {
			diags = append(diags, diagnostic.Error(a.At, "Domain missing", "set domain to a name that the certificate covers, or remove "+name, "A certificate is set, but no domain."))
		}
	}
	if len(diags) > 0 {
		return diags
	}
	for _, name := range []string{"hosted_zone_id", "private_zone_id"} {
		if at := b.Find(name); at != nil {
			diags = append(diags, diagnostic.Error(*at, "Domain missing", "set domain to a name in that zone, or remove "+name, "A hosted zone is set, but no domain."))
		}
	}
	return diags
}

// resolveAliases fills in the further names. The domain is resolved before.
func resolveAliases(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, inner := range b.All("alias") {
		alias := environment.Alias{Domain: inner.Label, At: inner.LabelAt}
		if near(alias.Domain, e.Domain) {
			alias.HostedZoneID, alias.PrivateZoneID = e.HostedZoneID, e.PrivateZoneID
		}
		table.Override(&alias, table.AliasSettings, inner)
		diags = append(diags, checkAlias(e, alias, inner)...)
		e.Aliases = append(e.Aliases, alias)
	}
	if served := len(e.Answered()); served > environment.MaxRuleValues {
		diags = append(diags, diagnostic.Error(b.All("alias")[0].At, "Too many names", "set redirect = true in some of the alias blocks",
			"The application answers to %d names in environment %q, and a rule of the load balancer has room for %d.", served, e.Name, environment.MaxRuleValues))
	}
	return diags
}

func checkAlias(e *environment.Environment, alias environment.Alias, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if bad := rule.IsDomain(alias.Domain); bad != rule.Fine {
		return hcl.Diagnostics{diagnostic.Error(b.LabelAt, "Invalid domain name", bad.Hint, "%s", bad.Detail)}
	}
	switch {
	case e.Domain == "":
		return hcl.Diagnostics{diagnostic.Error(b.At, "Domain missing", fmt.Sprintf("set domain = %q in place of the block, or a domain beside it", alias.Domain),
			"An alias is a further name, and the environment has no domain.")}
	case alias.Domain == e.Domain:
		return hcl.Diagnostics{diagnostic.Error(b.LabelAt, "Domain used twice", "remove the block", "%s is the domain of the environment already.", alias.Domain)}
	case len(alias.Domain) > maxRoutedDomain:
		diags = append(diags, diagnostic.Error(b.LabelAt, "Domain too long", "choose a shorter name",
			"The domain has %d characters, and a rule of a load balancer matches names of at most %d.", len(alias.Domain), maxRoutedDomain))
	}
	if bad := rule.IsCertifiable(alias.Domain); bad != rule.Fine && e.CertificateARN == "" {
		return append(diags, diagnostic.Error(b.LabelAt, "Domain without a certificate", bad.Hint, "%s", bad.Detail))
	}
	if e.CertificateARN == "" && alias.HostedZoneID == "" {
		diags = append(diags, diagnostic.Error(b.At, "Hosted zone missing",
			"set hosted_zone_id to the id that this prints: aws route53 list-hosted-zones-by-name --dns-name "+registrable(alias.Domain)+" --max-items 1",
			"The certificate is to cover %q, which is proven in the public zone that holds it, and that is not the zone of %s.", alias.Domain, e.Domain))
	}
	if at := b.Find("private_zone_id"); at != nil && !e.Internal {
		diags = append(diags, diagnostic.Error(*at, "Setting without effect", "remove it", "The load balancer faces the internet, where nobody is answered from a private zone."))
	}
	return diags
}

// near reports whether two names may stand in one zone: names of different last two labels share no more than a
// registry's.
func near(one, other string) bool { return registrable(one) == registrable(other) }

// checkDomain holds the domain to what ACM and load balancers take. A certificate that exists may be made out to a longer
// name, but no rule of a load balancer matches one of more than 128 characters.
func checkDomain(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	limit, what := maxCertifiedDomain, "ACM certifies names"
	if e.CertificateARN != "" {
		limit, what = maxRoutedDomain, "a rule of a load balancer matches names"
	}
	if len(e.Domain) <= limit {
		return nil
	}
	return hcl.Diagnostics{diagnostic.Error(b.Where("domain"), "Domain too long", "choose a shorter name",
		"The domain has %d characters, and %s of at most %d.", len(e.Domain), what, limit)}
}

// keepAliveSeconds is how long Encore's TypeScript runtime keeps a silent connection of a caller: its HTTP server is
// Pingora's, whose default that is. Go's keeps it open.
const keepAliveSeconds = 60

// checkIdleTimeout warns of a load balancer that sends requests on connections which the application is about to close.
// Streams that are silent for long may be worth the few answers that are lost.
func checkIdleTimeout(e *environment.Environment, b *settings.Block, application *app.App) hcl.Diagnostics {
	if application.Runtime != app.EncoreTypeScript || e.IdleTimeoutSeconds < keepAliveSeconds {
		return nil
	}
	return hcl.Diagnostics{diagnostic.Warning(b.Where("idle_timeout_seconds"), "Idle timeout above the application's", fmt.Sprintf("use at most %d, unless streams are silent for longer", keepAliveSeconds-1),
		"Encore's TypeScript runtime closes connections that are silent for %d seconds. A request that the load balancer sends at that moment is answered 502.", keepAliveSeconds)}
}

// compareDomains finds names that two environments answer to; b is the later one's block.
func compareDomains(earlier, later *environment.Environment, b *settings.Block) hcl.Diagnostics {
	taken := map[string]bool{}
	if earlier.Domain != "" {
		taken[earlier.Domain] = true
	}
	for _, alias := range earlier.Aliases {
		taken[alias.Domain] = true
	}
	var diags hcl.Diagnostics
	report := func(name string, at hcl.Range) {
		if taken[name] {
			diags = append(diags, diagnostic.Error(at, "Domain used twice", "give each its own domain",
				"The environments %q and %q both answer to %s.", earlier.Name, later.Name, name))
		}
	}
	report(later.Domain, b.Where("domain"))
	for _, inner := range b.All("alias") {
		report(inner.Label, inner.LabelAt)
	}
	return diags
}

// registrable guesses the zone of a domain for the command in an error message: its last two labels.
func registrable(domain string) string {
	labels := strings.Split(domain, ".")
	if len(labels) > 2 {
		labels = labels[len(labels)-2:]
	}
	return strings.Join(labels, ".")
}
