package resolution

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/app"
)

const zoned = "domain = \"shop.example.com\"\nhosted_zone_id = \"Z0PUBLIC\"\n"

// TestE1_NamesOfAnEnvironment says where each name stands, and under which the application itself answers.
func TestE1_NamesOfAnEnvironment(t *testing.T) {
	e := load(t, production(zoned+`alias "www.example.com" {
  redirect = true
}
alias "shop.example.net" {
  hosted_zone_id = "Z0OTHER"
}
alias "m.example.com" {}`), shop())[0]
	if got, want := e.Answered(), []string{"shop.example.com", "shop.example.net", "m.example.com"}; !cmp.Equal(got, want) {
		t.Errorf("answered: %v, want %v", got, want)
	}
	zones := map[string]string{}
	for _, alias := range e.Aliases {
		zones[alias.Domain] = alias.HostedZoneID
	}
	if want := map[string]string{"www.example.com": "Z0PUBLIC", "shop.example.net": "Z0OTHER", "m.example.com": "Z0PUBLIC"}; !cmp.Equal(zones, want) {
		t.Errorf("zones: %v, want %v", zones, want)
	}
	if e.Internal {
		t.Error("with a domain the load balancer is internal, though nothing says so")
	}
}

// TestE4_PrivateSubnetsAlone is a network without a public subnet: it takes an internal load balancer, with a name or without.
func TestE4_PrivateSubnetsAlone(t *testing.T) {
	private := strings.Replace(strings.Replace(ownVPC, `  public_subnet_ids  = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]`+"\n", "", 1),
		`["subnet-0a1b2c3d4e5f60721"]`, `["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"]`, 1)
	named := `domain = "shop.corp.example.com"
internal = true
private_zone_id = "Z0PRIVATE"
certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a-1"
alias "m.corp.example.com" {}
`
	for _, test := range []struct{ name, settings string }{{"without a domain", ""}, {"with a domain", named}} {
		t.Run(test.name, func(t *testing.T) {
			e := load(t, production(test.settings+private), shop())[0]
			if !e.Internal || e.LoadBalancerTier() != "compute_subnet_ids" {
				t.Errorf("internal %v, in %s", e.Internal, e.LoadBalancerTier())
			}
			for _, alias := range e.Aliases {
				if alias.PrivateZoneID != "Z0PRIVATE" || alias.HostedZoneID != "" {
					t.Errorf("the alias stands in %q and %q", alias.HostedZoneID, alias.PrivateZoneID)
				}
			}
		})
	}
}

// TestI6_WrongNames has one case for every message about names, zones and the side the load balancer faces.
func TestI6_WrongNames(t *testing.T) {
	many := ""
	for i := range 5 {
		many += fmt.Sprintf("alias \"n%d.example.com\" {}\n", i)
	}
	for _, test := range []struct{ name, text, want string }{
		{"alias without a domain", `alias "www.example.com" {}`, `2:1 error: Domain missing: An alias is a further name, and the environment has no domain. hint: set domain = "www.example.com" in place of the block`},
		{"alias that is the domain", zoned + `alias "shop.example.com" {}`, `4:7 error: Domain used twice: shop.example.com is the domain of the environment already. hint: remove the block`},
		{"alias that is no name", zoned + `alias "https://www.example.com" {}`, `4:7 error: Invalid domain name: "https://www.example.com" is no domain name. hint: write "www.example.com"`},
		{"alias twice", zoned + "alias \"www.example.com\" {}\nalias \"www.example.com\" {}", `5:1 error: Duplicate alias block: The alias "www.example.com" is already described at groundplan.hcl:4:1.`},
		{"alias too long", zoned + `alias "` + strings.Repeat("a.", 60) + `example.com" {}`, `4:7 error: Domain too long: The domain has 131 characters, and a rule of a load balancer matches names of at most 128.`},
		{"alias in no zone", zoned + `alias "www.example.net" {}`, `4:1 error: Hosted zone missing: The certificate is to cover "www.example.net", which is proven in the public zone that holds it, and that is not the zone of shop.example.com. hint: set hosted_zone_id to the id that this prints: aws route53 list-hosted-zones-by-name --dns-name example.net --max-items 1`},
		{"alias nobody certifies", zoned + "alias \"shop.corp.internal\" {\n  hosted_zone_id = \"Z0OTHER\"\n}", `4:7 error: Domain without a certificate: `},
		{"private zone of an alias on the internet", zoned + "alias \"www.example.com\" {\n  private_zone_id = \"Z0PRIVATE\"\n}", `5:21 error: Setting without effect: The load balancer faces the internet`},
		{"more names than a rule takes", zoned + many, `4:1 error: Too many names: The application answers to 6 names in environment "production", and a rule of the load balancer has room for 5. hint: set redirect = true in some`},
		{"on the internet without a domain", `internal = false`, `2:12 error: Domain missing: Nothing without TLS faces the internet, and a certificate needs a name. hint: set domain`},
		{"internal without a certificate", "domain = \"shop.example.com\"\ninternal = true\nprivate_zone_id = \"Z0PRIVATE\"", `3:12 error: Certificate missing: ACM proves a name in public DNS, and no public zone is known for the domain "shop.example.com": no certificate can be made for it. hint: set certificate_arn to a certificate for the name, of a private authority or proven in its public zone before, or hosted_zone_id to the public zone`},
		{"private zone on the internet", zoned + `private_zone_id = "Z0PRIVATE"`, `4:19 error: Setting without effect: The load balancer faces the internet, where nobody is answered from a private zone. hint: set internal = true`},
		{"one zone for both", zoned + "internal = true\nprivate_zone_id = \"Z0PUBLIC\"", `5:19 error: Zone both public and private: `},
		{"private zone without a domain", `private_zone_id = "Z0PRIVATE"`, `2:19 error: Domain missing: A hosted zone is set, but no domain. hint: set domain to a name in that zone, or remove private_zone_id`},
		{"alias of another environment", zoned + "alias \"www.example.com\" {}\n}\nenvironment \"staging\" {\n  domain = \"www.example.com\"\n  hosted_zone_id = \"Z0PUBLIC\"", `7:12 error: Domain used twice: The environments "production" and "staging" both answer to www.example.com. hint: give each its own domain`},
		{"domain in an alias of another environment", zoned + "}\nenvironment \"staging\" {\n  domain = \"s.example.com\"\n  hosted_zone_id = \"Z0PUBLIC\"\n  alias \"shop.example.com\" {}", `8:9 error: Domain used twice: `},
		{"web ACL of CloudFront", `web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1"`, `2:15 error: Invalid value for "web_acl_arn": `},
		{"web ACL of another region", "region = \"eu-west-1\"\nweb_acl_arn = \"arn:aws:wafv2:eu-west-2:123456789012:regional/webacl/shop/1\"", `3:15 error: Resource of another region: `},
	} {
		t.Run(test.name, func(t *testing.T) {
			expect(t, production(test.text), shop(), []string{test.want})
		})
	}
}

// TestE1_IdleTimeoutOfTypeScript warns where the runtime is the first to close a connection, and nowhere else.
func TestE1_IdleTimeoutOfTypeScript(t *testing.T) {
	for _, test := range []struct {
		application *app.App
		seconds     int
		warned      bool
	}{{typescript(), 60, true}, {typescript(), 59, false}, {shop(), 300, false}} {
		_, diags := tryLoad(production(fmt.Sprintf("idle_timeout_seconds = %d", test.seconds)), test.application)
		if warned := strings.HasPrefix(messagesOf(diags), "2:24 warning: Idle timeout above the application's: "); warned != test.warned || !warned && len(diags) > 0 {
			t.Errorf("%s, %d seconds: %q", test.application.Runtime, test.seconds, messagesOf(diags))
		}
	}
}

// TestE1_Tags merges the tags of the application and the environment, which wins.
func TestE1_Tags(t *testing.T) {
	list := load(t, "app \"shop\" {\n  tags = { team = \"checkout\", \"cost:center\" = \"17\" }\n}\n"+production("tags = { team = \"payments\" }")+"\nenvironment \"staging\" {}\n", shop())
	for i, want := range []map[string]string{{"team": "payments", "cost:center": "17"}, {"team": "checkout", "cost:center": "17"}} {
		if !cmp.Equal(list[i].Tags, want) {
			t.Errorf("%s: %v, want %v", list[i].Name, list[i].Tags, want)
		}
	}
}

// TestI6_WrongTags has one case for every message about tags.
func TestI6_WrongTags(t *testing.T) {
	var many []string
	for i := range 46 {
		many = append(many, fmt.Sprintf("tag%d = \"x\"", i))
	}
	for _, test := range []struct{ name, text, want string }{
		{"no map", production(`tags = ["a"]`), `2:8 error: Wrong type: "tags" must be a map of strings, not ["a"]. hint: write a map of strings, as in { name = "value" }`},
		{"number", production(`tags = { center = 17 }`), `2:19 error: Wrong type: "tags.center" must be a string, not 17. hint: write "17"`},
		{"computed value", production(`tags = { team = var.team }`), `2:17 error: Not a literal value: The value of "tags.team" must be written out: nothing is computed here. hint: write the value itself`},
		{"twice", production(`tags = { team = "a", team = "b" }`), `2:22 error: Duplicate key: "tags.team" is already set at groundplan.hcl:2:10. hint: keep one of them`},
		{"of AWS", production(`tags = { "AWS:team" = "a" }`), `2:10 error: Reserved tag: "AWS:team" begins with aws:, which AWS keeps for itself.`},
		{"of groundplan", production(`tags = { Environment = "a" }`), `2:10 error: Reserved tag: The tag "Environment" is groundplan's: it sets "application", "environment", "managed-by" and "stack" on everything.`},
		{"name", production(`tags = { Name = "a" }`), `2:10 error: Reserved tag: By the tag "Name" modules tell single resources apart.`},
		{"by case", production(`tags = { Team = "a", team = "b" }`), `2:22 error: Tag written in two ways: There is a tag "Team" as well.`},
		{"by case in the app block", "app \"shop\" {\n  tags = { Team = \"a\" }\n}\n" + production(`tags = { team = "b" }`), `5:10 error: Tag written in two ways: The app block has a tag "Team".`},
		{"in the app block", "app \"shop\" {\n  tags = { Name = \"a\" }\n}\n" + production(""), `2:12 error: Reserved tag: `},
		{"long key", production(`tags = { ` + strings.Repeat("k", 129) + ` = "a" }`), `2:10 error: Invalid tag: The key has 129 characters. hint: use 1 to 128 characters`},
		{"long value", production(`tags = { team = "` + strings.Repeat("v", 257) + `" }`), `2:10 error: Invalid tag: The value of "team" has 257 characters. hint: use at most 256 characters`},
		{"empty value", production(`tags = { team = "" }`), `2:10 error: Invalid tag: The value of "team" is empty`},
		{"characters", production(`tags = { team = "a&b" }`), `2:10 error: Invalid tag: The tag "team" has characters that not every service of AWS takes. hint: use letters`},
		{"space at an end", production(`tags = { team = "a " }`), `2:10 error: Invalid tag: The tag "team" has a space at an end`},
		{"too many", production("tags = {\n" + strings.Join(many, "\n") + "\n}"), `2:8 error: Too many tags: A resource has at most 50 tags, of which groundplan needs 5, and 46 are set. hint: keep 45`},
	} {
		t.Run(test.name, func(t *testing.T) {
			expect(t, test.text, shop(), []string{test.want})
		})
	}
}
