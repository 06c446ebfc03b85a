package rule

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/generator/pattern"
)

var (
	IsVPCID           = matches(`vpc-[0-9a-f]{8,17}`, "id of a VPC", `write it in full, as in "vpc-0a1b2c3d4e5f60718"`)
	isSubnetID        = matches(`subnet-[0-9a-f]{8,17}`, "id of a subnet", `write it in full, as in "subnet-0a1b2c3d4e5f60718"`)
	IsSecurityGroupID = matches(`sg-[0-9a-f]{8,17}`, "id of a security group", `write it in full, as in "sg-0a1b2c3d4e5f60718"`)
	IsKeyARN          = matches(`arn:aws:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+`, "ARN of a KMS key",
		`write it in full and not as an alias, as in "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"`)
	IsCertificateARN = matches(`arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[A-Za-z0-9-]+`, "ARN of an ACM certificate",
		`write it in full, as in "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"`)
	IsCDNCertificateARN = matches(`arn:aws:acm:us-east-1:\d{12}:certificate/[A-Za-z0-9-]+`, "ARN of an ACM certificate in us-east-1, the one region CloudFront takes certificates from",
		`write it in full, as in "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"`)
	IsWebACLARN = matches(`arn:aws:wafv2:[a-z0-9-]+:\d{12}:regional/webacl/[\w-]{1,128}/[\w-]{1,36}`, "ARN of a WAFv2 web ACL of a region",
		`write it in full, as in "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/1234abcd-12ab-34cd-56ef-1234567890ab"; one of CloudFront's scope is for cdn_web_acl_arn`)
	IsCDNWebACLARN = matches(`arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[\w-]{1,128}/[\w-]{1,36}`, "ARN of a WAFv2 web ACL of the scope CLOUDFRONT",
		`write it in full, as in "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1234abcd-12ab-34cd-56ef-1234567890ab"`)
	IsExistingTopicARN = matches(`arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?`, "ARN of an SNS topic",
		`write it in full, as in "arn:aws:sns:eu-west-1:123456789012:orders"`)
	IsSecretARN = matches(`arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+`, "ARN of a secret",
		`write it in full, as in "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds-main-AbCdEf"`)
	IsBaseURL = matches(`https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:/[\w.~-]+)*`, "base URL",
		`write it with https and without a slash at the end, as in "https://images.example.com"`, "/")
	IsHost = matches(`[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?`, "host name",
		`write it without scheme and port, as in "main.abcdefgh.eu-west-1.rds.amazonaws.com"`, "postgres://", "postgresql://", ":5432", "/")
)

// AreSubnets checks a tier; least is how many zones AWS demands of what stands there.
func AreSubnets(least int) func([]string) Fault {
	return func(ids []string) Fault {
		if bad := firstFault(ids, isSubnetID); bad != Fine {
			return bad
		}
		if len(ids) < least {
			return wrong(fmt.Sprintf("name %d or more, each in a zone of its own", least), "The list has %d of the %d subnets that are needed.", len(ids), least)
		}
		return AreDistinct(ids)
	}
}

var pemEdge = pattern.Lazy(`-----BEGIN [A-Z ]+-----`)

// IsCACertificate wants one certificate: Encore's TypeScript runtime takes no more.
func IsCACertificate(text string) Fault {
	const hint = `write it between <<EOT and EOT, as one block that begins with -----BEGIN CERTIFICATE-----`
	if count := len(pemEdge().FindAllString(text, -1)); count != 1 {
		return wrong(hint, "A server has one root certificate, and here are %d.", count)
	}
	decoded, rest := pem.Decode([]byte(text))
	if decoded == nil || decoded.Type != "CERTIFICATE" || strings.TrimSpace(string(rest)) != "" {
		return wrong(hint, "This is no certificate in PEM.")
	}
	if _, err := x509.ParseCertificate(decoded.Bytes); err != nil {
		return wrong(hint, "This is no certificate: %s.", err)
	}
	return Fine
}

// maxFurtherGroups is how many security groups ECS takes for a task (AwsVpcConfiguration), less the one that is made.
const maxFurtherGroups = 4

func AreSecurityGroups(list []string) Fault {
	if bad := firstFault(list, IsSecurityGroupID); bad != Fine {
		return bad
	}
	if len(list) > maxFurtherGroups {
		return wrong(fmt.Sprintf("name %d at most", maxFurtherGroups), "A task has room for %d security groups beside its own, not for %d.", maxFurtherGroups, len(list))
	}
	return AreDistinct(list)
}
