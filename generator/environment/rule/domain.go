package rule

import (
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/pattern"
)

// privateDomains are top-level domains under which nobody can prove a name to a public authority: those of RFC 6761, 6762,
// 7686 and 8375, those that ICANN reserves for private use or never delegates, and what routers and companies use.
var privateDomains = []string{
	"alt", "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost", "mail", "onion", "private", "test",
}

// awsDomains are the zones of AWS itself: ACM makes no certificate in the first, and nobody but AWS has a record in any.
var awsDomains = []string{"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws", "aws.dev", "awsapprunner.com", "cloudfront.net", "elasticbeanstalk.com", "on.aws"}

// IsCertifiable finds why no public authority certifies a name that is well-formed.
func IsCertifiable(domain string) Fault {
	labels := strings.Split(domain, ".")
	if last := labels[len(labels)-1]; slices.Contains(privateDomains, last) {
		return wrong("choose a name under a domain that is registered to you, or set certificate_arn to a certificate that clients trust",
			"No public authority certifies %q: names under .%s are nobody's on the internet.", domain, last)
	}
	for _, zone := range awsDomains {
		if domain == zone || strings.HasSuffix(domain, "."+zone) {
			return wrong("choose a name under a domain that is registered to you", "No certificate can be made for %q: %s is AWS's own.", domain, zone)
		}
	}
	return Fine
}

// maxDomain is how long a name may be in the DNS, as text.
const maxDomain = 253

// domainName ends in a top-level domain, which has no digits unless it is an encoded one.
var domainName = pattern.Lazy(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$`)

// IsDomain follows RFC 1035 and what Route 53, ACM and listener rules take of it. What is near a domain gets a remedy of
// its own.
func IsDomain(value string) Fault {
	const hint = `write it in lower case without scheme or path, as in "api.example.com"`
	bare := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(value, "https://"), "http://"), "/"), ".")
	lower := strings.ToLower(bare)
	switch {
	case domainName().MatchString(value) && len(value) <= maxDomain:
		return Fine
	case domainName().MatchString(value):
		return wrong("choose a shorter name", "A domain name has at most %d characters, and this one %d.", maxDomain, len(value))
	case domainName().MatchString(bare):
		return wrong("write \""+bare+"\"", "%q is no domain name.", value)
	case domainName().MatchString(lower):
		return wrong("write \""+lower+"\"", "%q is no domain name in lower case.", value)
	case strings.Contains(bare, "*"):
		return wrong("write the name itself; services and buckets get names below it by themselves", "%q stands for many names, and an environment answers to one.", value)
	case strings.Contains(bare, "_"):
		return wrong("use a hyphen", "%q has an underscore, which no name of a host has and no certificate holds.", value)
	case strings.ContainsFunc(bare, func(r rune) bool { return r > 127 }):
		return wrong(`write it as the DNS has it, in ASCII that begins with "xn--"`, "%q has letters that the DNS does not know.", value)
	case bare != "" && domainName().MatchString(bare+".example"):
		return wrong(hint, "%q is one word: a domain name has a dot, and nothing certifies one without.", value)
	}
	return wrong(hint, "%q is no domain name.", value)
}
