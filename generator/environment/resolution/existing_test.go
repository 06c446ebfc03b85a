package resolution

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
)

// stored is shop with a bucket, two topics and a cache.
func stored() *app.App {
	application := shop()
	application.Resources = append(application.Resources,
		app.Resource{Kind: "bucket", Name: "avatars"}, app.Resource{Kind: "bucket", Name: "reports"},
		app.Resource{Kind: "topic", Name: "paid"}, app.Resource{Kind: "topic", Name: "signups"})
	return application
}

const (
	ownVPC = `network {
  vpc_id             = "vpc-0a1b2c3d4e5f60718"
  public_subnet_ids  = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
  compute_subnet_ids = ["subnet-0a1b2c3d4e5f60721"]
  storage_subnet_ids = ["subnet-0a1b2c3d4e5f60731", "subnet-0a1b2c3d4e5f60732"]
}
`
	ownServer = `database_server "main" {
  existing {
    address           = "db.example.com"
    security_group_id = "sg-0a1b2c3d4e5f60761"
  }
}
`
)

// TestE4_EverythingThatIsBrought sets all that an environment can bring, each to a value of its own.
func TestE4_EverythingThatIsBrought(t *testing.T) {
	certificate, err := os.ReadFile("../../../modules/database-server/certificates/eu-west-1.pem")
	if err != nil {
		t.Fatal(err)
	}
	e := load(t, production(`
  region               = "eu-west-1"
  domain               = "shop.example.com"
  certificate_arn      = "arn:aws:acm:eu-west-1:123456789012:certificate/a-1"
  cdn_certificate_arn  = "arn:aws:acm:us-east-1:123456789012:certificate/b-2"
  key_arn              = "arn:aws:kms:eu-west-1:123456789012:key/c-3"
  permissions_boundary = "arn:aws:iam::123456789012:policy/d"
`+ownVPC+`
  bucket "avatars" {
    existing {
      name            = "company.avatars"
      key_arn         = "arn:aws:kms:eu-west-1:123456789012:key/e-4"
      key_prefix      = "shop/avatars/"
      public_base_url = "https://images.example.com/avatars"
    }
  }
  topic "signups" {
    existing {
      arn     = "arn:aws:sns:eu-west-1:123456789012:signups.fifo"
      key_arn = "arn:aws:kms:eu-west-1:123456789012:key/f-5"
    }
  }
  topic "paid" {
    existing {
      arn = "arn:aws:sns:eu-west-1:123456789012:paid"
    }
  }
  database_server "main" {
    existing {
      address           = "main.abc.eu-west-1.rds.amazonaws.com"
      port              = 5433
      security_group_id = "sg-0a1b2c3d4e5f60761"
      master_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1-AbCdEf"
      max_connections   = 400
      ca_certificate    = <<EOT
`+string(certificate)+`EOT
    }
  }
`), stored())[0]
	got := []any{e.Network, e.ExistingBuckets, e.ExistingTopics, e.DatabaseServers[0].Existing, e.CertificateARN, e.CDNCertificateARN, e.KeyARN, e.PermissionsBoundary}
	want := []any{
		&environment.ExistingNetwork{VPCID: "vpc-0a1b2c3d4e5f60718", PublicSubnetIDs: []string{"subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"}, ComputeSubnetIDs: []string{"subnet-0a1b2c3d4e5f60721"}, StorageSubnetIDs: []string{"subnet-0a1b2c3d4e5f60731", "subnet-0a1b2c3d4e5f60732"}},
		[]environment.ExistingBucket{{Bucket: "avatars", Name: "company.avatars", KeyARN: "arn:aws:kms:eu-west-1:123456789012:key/e-4", KeyPrefix: "shop/avatars/", PublicBaseURL: "https://images.example.com/avatars"}},
		[]environment.ExistingTopic{
			{Topic: "paid", ARN: "arn:aws:sns:eu-west-1:123456789012:paid"},
			{Topic: "signups", ARN: "arn:aws:sns:eu-west-1:123456789012:signups.fifo", KeyARN: "arn:aws:kms:eu-west-1:123456789012:key/f-5"},
		},
		&environment.ExistingServer{Address: "main.abc.eu-west-1.rds.amazonaws.com", Port: 5433, SecurityGroupID: "sg-0a1b2c3d4e5f60761", CACertificate: string(certificate), MasterSecretARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1-AbCdEf", MaxConnections: 400},
		"arn:aws:acm:eu-west-1:123456789012:certificate/a-1", "arn:aws:acm:us-east-1:123456789012:certificate/b-2", "arn:aws:kms:eu-west-1:123456789012:key/c-3", "arn:aws:iam::123456789012:policy/d",
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreTypes(hcl.Range{})); d != "" {
		t.Error(d)
	}
	if e.CIDR != "" {
		t.Errorf("range %s for a network that is not made", e.CIDR)
	}
	if !e.ExistingTopic("signups").FIFO() || e.ExistingTopic("paid").FIFO() || e.ExistingTopic("other") != nil || e.ExistingBucket("reports") != nil {
		t.Error("topics and buckets are found under other names, or are of another kind")
	}
	if e.ServesStorage() {
		t.Error("a server that exists needs no storage subnets")
	}
}

// TestE4_OnlyWhatIsNeeded: tiers that nothing stands in need no subnets, and no zones where no subnet is made.
func TestE4_OnlyWhatIsNeeded(t *testing.T) {
	const compute = "network {\n vpc_id = \"vpc-0a1b2c3d4e5f60718\"\n compute_subnet_ids = [\"subnet-0a1b2c3d4e5f60721\"]\n}\n"
	quiet := hidden()
	quiet.Resources = nil
	e := load(t, production("region = \"us-west-1\"\n"+compute), quiet)[0]
	if e.Network == nil || e.Network.PublicSubnetIDs != nil || e.Zones != nil {
		t.Errorf("%+v", e)
	}
	quiet = hidden()
	quiet.Resources = []app.Resource{{Kind: "cache", Name: "sessions"}}
	expect(t, production(compute), quiet, []string{`2:1 error: Subnets missing: The application has databases or caches, and their servers have no subnets to stand in.`})
	quiet = hidden()
	e = load(t, production(compute+ownServer), quiet)[0]
	if server := e.DatabaseServers[0].Existing; server == nil || server.Port != 5432 || server.MaxConnections != 100 || server.CACertificate != "" {
		t.Errorf("%+v", server)
	}
	// DNS may be kept elsewhere, but not the proof of a certificate that is to be made.
	e = load(t, production("domain = \"shop.example.com\"\ncertificate_arn = \"arn:aws:acm:us-east-1:123456789012:certificate/a\""), shop())[0]
	if e.HostedZoneID != "" || e.CertificateARN == "" {
		t.Errorf("%+v", e)
	}
}

// TestE4_FoldersOfOneBucket: two buckets of the application may share one that exists when their folders are apart.
func TestE4_FoldersOfOneBucket(t *testing.T) {
	e := load(t, production("bucket \"avatars\" {\n existing {\n  name = \"abc\"\n  key_prefix = \"a/\"\n }\n}\nbucket \"reports\" {\n existing {\n  name = \"abc\"\n  key_prefix = \"ab/\"\n }\n}"), stored())[0]
	if len(e.ExistingBuckets) != 2 {
		t.Errorf("%+v", e.ExistingBuckets)
	}
}

// TestE2_NothingBroughtIsSharedByAccident: two environments on one database server would have the same databases; what they
// may share on purpose is pointed out.
func TestE2_NothingBroughtIsSharedByAccident(t *testing.T) {
	two := func(first, second string) string {
		return "environment \"a\" {\n" + first + "\n}\nenvironment \"b\" {\n" + second + "\n}\n"
	}
	server := ownVPC + ownServer
	expect(t, two(server, server), shop(), []string{`25:25 error: Databases of two environments: The environments "a" and "b" would have the same databases, "orders" and "users" on db.example.com. hint: give each environment a server of its own`})
	load(t, two(server, ownVPC+strings.Replace(ownServer, "db.example.com", "other.example.com", 1)), shop())
	load(t, two(server, ownVPC+strings.Replace(ownServer, "  existing {", "  existing {\n  port = 5433", 1)), shop())

	shared := "bucket \"avatars\" {\n existing {\n  name = \"abc\"\n }\n}\ntopic \"paid\" {\n existing {\n  arn = \"arn:aws:sns:us-east-1:123456789012:paid\"\n }\n}"
	list, diags := tryLoad(two(shared, shared), stored())
	if len(list) != 2 || len(diags) != 2 {
		t.Fatalf("%d environments\n%s", len(list), messagesOf(diags))
	}
	for _, want := range []string{"16:10 warning: Shared by two environments: The environments \"a\" and \"b\" share the bucket abc. hint: ", "21:9 warning: Shared by two environments: "} {
		if !strings.Contains("\n"+messagesOf(diags), "\n"+want) {
			t.Errorf("got:\n%swant: %s", messagesOf(diags), want)
		}
	}
	load(t, two(shared, strings.NewReplacer("abc", "abd", ":paid", ":paid-b").Replace(shared)), stored())
}

// TestE4_GrantedRangesStay: an environment that moves into a network that exists keeps the range of the one it had, which
// is still there until it is destroyed.
func TestE4_GrantedRangesStay(t *testing.T) {
	list := []environment.Environment{{App: "shop", Name: "a", Network: &environment.ExistingNetwork{}}, {App: "shop", Name: "b"}}
	ranges, err := environment.GrantCIDRs(list, map[string]string{"a": "10.7.0.0/16"})
	if err != nil || ranges["a"] != "10.7.0.0/16" || ranges["b"] == "" {
		t.Errorf("%v %v", ranges, err)
	}
	list = []environment.Environment{{App: "shop", Name: "a", Network: &environment.ExistingNetwork{}}}
	if ranges, err = environment.GrantCIDRs(list, nil); err != nil || len(ranges) > 0 || list[0].CIDR != "" {
		t.Errorf("%v %v", ranges, err)
	}
}

// TestE4_WrongThingsBrought has one case for every message.
func TestE4_WrongThingsBrought(t *testing.T) {
	with := func(name, text string) string { return "bucket \"" + name + "\" {\n existing {\n" + text + "\n }\n}" }
	topic := func(name, text string) string { return strings.Replace(with(name, text), "bucket", "topic", 1) }
	server := func(text string) string {
		return ownVPC + strings.Replace(ownServer, "  existing {\n", "  existing {\n"+text+"\n", 1)
	}
	for _, test := range []struct{ name, text, want string }{
		{"VPC id", `network { vpc_id = "my-vpc" }`, `2:20 error: Invalid value for "vpc_id": "my-vpc" is no id of a VPC. hint: write it in full`},
		{"VPC missing", "network {\n compute_subnet_ids = [\"subnet-0a1b2c3d4e5f60721\"]\n public_subnet_ids = [\"subnet-0a1b2c3d4e5f60711\", \"subnet-0a1b2c3d4e5f60712\"]\n storage_subnet_ids = [\"subnet-0a1b2c3d4e5f60731\", \"subnet-0a1b2c3d4e5f60732\"]\n}", `2:1 error: Missing setting: The network block needs "vpc_id". hint: add vpc_id = ...`},
		{"subnet id", "network {\n compute_subnet_ids = [\"subnet-1\"]\n}", `3:23 error: Invalid value for "compute_subnet_ids": "subnet-1" is no id of a subnet.`},
		{"no subnets", "network {\n compute_subnet_ids = []\n}", `3:23 error: Invalid value for "compute_subnet_ids": The list has 0 of the 1 subnets that are needed.`},
		{"subnet twice", "network {\n compute_subnet_ids = [\"subnet-0a1b2c3d\", \"subnet-0a1b2c3d\"]\n}", `3:23 error: Invalid value for "compute_subnet_ids": "subnet-0a1b2c3d" stands in the list twice.`},
		{"one public subnet", "network {\n public_subnet_ids = [\"subnet-0a1b2c3d\"]\n}", `3:22 error: Invalid value for "public_subnet_ids": The list has 1 of the 2 subnets that are needed. hint: name 2 or more, each in a zone of its own`},
		{"public subnets missing", "domain = \"a.example.com\"\nhosted_zone_id = \"Z0123456789\"\nnetwork {\n vpc_id = \"vpc-0a1b2c3d\"\n compute_subnet_ids = [\"subnet-0a1b2c3d\"]\n storage_subnet_ids = [\"subnet-0a1b2c3e\", \"subnet-0a1b2c3f\"]\n}", `4:1 error: Subnets missing: The application has endpoints that are called from outside, and the load balancer has no subnets to stand in. hint: set public_subnet_ids to two subnets or more, each in a zone of its own, or internal = true`},
		{"one subnet for an internal load balancer", "network {\n vpc_id = \"vpc-0a1b2c3d\"\n compute_subnet_ids = [\"subnet-0a1b2c3d\"]\n storage_subnet_ids = [\"subnet-0a1b2c3e\", \"subnet-0a1b2c3f\"]\n}", `4:23 error: Subnets missing: The internal load balancer stands in the compute subnets, and needs two of them. hint: name two subnets or more, each in a zone of its own, or set public_subnet_ids`},
		{"storage subnets missing", "network {\n vpc_id = \"vpc-0a1b2c3d\"\n compute_subnet_ids = [\"subnet-0a1b2c3d\"]\n public_subnet_ids = [\"subnet-0a1b2c3e\", \"subnet-0a1b2c3f\"]\n}", `2:1 error: Subnets missing: The application has databases or caches, and their servers have no subnets to stand in. hint: set storage_subnet_ids`},
		{"compute in public", strings.Replace(ownVPC, "0721", "0712", 1), `5:25 error: Subnet in two tiers: The subnet subnet-0a1b2c3d4e5f60712 is a public one: the load balancer's. hint: name a subnet without a route to an internet gateway`},
		{"storage in public", strings.Replace(ownVPC, "0732", "0711", 1), `6:53 error: Subnet in two tiers: The subnet subnet-0a1b2c3d4e5f60711`},
		{"range of a network that exists", "cidr = \"10.1.0.0/16\"\n" + ownVPC, `2:8 error: Setting without effect: The network exists, so that none is made which "cidr" could shape. hint: remove it`},
		{"NAT of a network that exists", "nat = \"none\"\n" + ownVPC, `2:7 error: Setting without effect: `},

		{"key alias", `key_arn = "alias/main"`, `2:11 error: Invalid value for "key_arn": "alias/main" is no ARN of a KMS key. hint: write it in full and not as an alias`},
		{"key of another region", `key_arn = "arn:aws:kms:eu-west-1:123456789012:key/a"`, `2:11 error: Resource of another region: It is in eu-west-1, and the environment in us-east-1.`},
		{"key of another account", "account_id = \"123456789012\"\nkey_arn = \"arn:aws:kms:us-east-1:210987654321:key/a\"", `3:11 error: Resource of another account: It is in the account 210987654321, and by account_id the environment is in 123456789012.`},
		{"two accounts", "permissions_boundary = \"arn:aws:iam::123456789012:policy/a\"\nkey_arn = \"arn:aws:kms:us-east-1:210987654321:key/a\"", `3:11 error: Resource of another account: It is in the account 210987654321, and by the ARN at groundplan.hcl:2:24 the environment is in 123456789012.`},
		{"alarms of another region", `alarm_topic_arns = ["arn:aws:sns:us-east-1:210987654321:a", "arn:aws:sns:eu-west-1:123456789012:a"]`, `2:61 error: Resource of another region: It is in eu-west-1, and the environment in us-east-1.`},
		{"deletion of a key that exists", "key_arn = \"arn:aws:kms:us-east-1:123456789012:key/a\"\nkey_deletion_days = 7", `3:21 error: Setting without effect: The key exists`},
		{"certificate", `certificate_arn = "*.example.com"`, `2:19 error: Invalid value for "certificate_arn": "*.example.com" is no ARN of an ACM certificate.`},
		{"certificate without domain", `certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a"`, `2:19 error: Domain missing: A certificate is set, but no domain. hint: set domain to a name that the certificate covers, or remove certificate_arn`},
		{"certificate of another region", "domain = \"a.example.com\"\ncertificate_arn = \"arn:aws:acm:eu-west-1:123456789012:certificate/a\"", `3:19 error: Resource of another region: `},
		{"CDN certificate of another region", `cdn_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/a"`, `2:23 error: Invalid value for "cdn_certificate_arn": `},
		{"CDN certificate without domain", `cdn_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a"`, `2:23 error: Domain missing: `},

		{"bucket unknown", with("avatar", `name = "abc"`), `2:8 error: Unknown bucket: The application has no bucket "avatar". hint: did you mean "avatars"?`},
		{"bucket without existing", `bucket "avatars" {}`, `2:1 error: Empty block: The block says nothing about the bucket "avatars". hint: write settings or existing { ... } in it, or remove it`},
		{"bucket without name", with("avatars", ""), `3:2 error: Missing setting: The existing block needs "name". hint: add name = ...`},
		{"bucket as ARN", with("avatars", `name = "arn:aws:s3:::company-avatars"`), `4:8 error: Invalid value for "name": "arn:aws:s3:::company-avatars" is no name of an S3 bucket. hint: write "company-avatars"`},
		{"bucket address", with("avatars", "name = \"abc\"\npublic_base_url = \"https://a.example.com/\""), `5:19 error: Invalid value for "public_base_url": "https://a.example.com/" is no base URL. hint: write "https://a.example.com"`},
		{"bucket for two", with("avatars", `name = "abc"`) + "\n" + with("reports", `name = "abc"`), `9:8 error: Bucket used twice: The bucket abc already stands for "avatars", at groundplan.hcl:3:2: objects`},
		{"one folder inside the other", with("avatars", "name = \"abc\"\nkey_prefix = \"a/b/\"") + "\n" + with("reports", "name = \"abc\"\nkey_prefix = \"a/\""), `10:8 error: Bucket used twice: `},
		{"folder without a slash", with("avatars", "key_prefix = \"a\""), `4:14 error: Invalid value for "key_prefix": "a" is no folder of a bucket. hint: write it with a slash at the end`},
		{"bucket's key of another region", with("avatars", "name = \"abc\"\nkey_arn = \"arn:aws:kms:eu-west-1:123456789012:key/a\""), `5:11 error: Resource of another region: `},
		{"topic unknown", topic("unpaid", `arn = "arn:aws:sns:us-east-1:123456789012:paid"`), `2:7 error: Unknown topic: The application has no topic "unpaid". hint: did you mean "paid"?`},
		{"origins of a bucket that exists", "bucket \"avatars\" {\n cors_origins = [\"https://a.example.com\"]\n existing {\n  name = \"company-avatars\"\n }\n}", `3:17 error: Setting without effect: The bucket exists, and its CORS rules are its owner's. hint: remove it`},
		{"origins of no bucket", "bucket \"avatar\" {\n cors_origins = [\"*\"]\n}", `2:8 error: Unknown bucket: The application has no bucket "avatar". hint: did you mean "avatars"?`},
		{"origin with a path", "bucket \"avatars\" {\n cors_origins = [\"https://a.example.com/\"]\n}", `3:17 error: Invalid value for "cors_origins": "https://a.example.com/" is no origin. hint: write "https://a.example.com"`},
		{"topic by name", topic("paid", `arn = "paid"`), `4:7 error: Invalid value for "arn": "paid" is no ARN of an SNS topic.`},
		{"topic without ARN", topic("paid", ""), `3:2 error: Missing setting: The existing block needs "arn". hint: add arn = ...`},
		{"topic of another region", topic("paid", `arn = "arn:aws:sns:eu-west-1:123456789012:paid"`), `4:7 error: Resource of another region: `},
		{"topic for two", topic("paid", `arn = "arn:aws:sns:us-east-1:123456789012:paid"`) + "\n" + topic("signups", `arn = "arn:aws:sns:us-east-1:123456789012:paid"`), `9:7 error: Topic used twice: `},

		{"server without network", ownServer, `3:3 error: Server in another network: The database server "main" is in a VPC that exists, and the processes of the environment would be in a new one`},
		{"server without address", strings.Replace(server(""), `address           = "db.example.com"`, "", 1), `9:3 error: Missing setting: The existing block needs "address". hint: add address = ...`},
		{"server's size", strings.Replace(server(""), "  existing {", "  storage_gb = 100\n  existing {", 1), `9:16 error: Setting without effect: The database server "main" exists, so that none is made which "storage_gb" could shape.`},
		{"server's address", strings.Replace(server(""), "db.example.com", "db.example.com:5432", 1), `11:25 error: Invalid value for "address": "db.example.com:5432" is no host name. hint: write "db.example.com"`},
		{"server's security group", strings.Replace(server(""), "sg-0a1b2c3d4e5f60761", "default", 1), `12:25 error: Invalid value for "security_group_id": `},
		{"server's port", server("port = 0"), `10:8 error: Invalid value for "port": 0 is out of range.`},
		{"server's secret", server(`master_secret_arn = "password"`), `10:21 error: Invalid value for "master_secret_arn": `},
		{"server's certificate", server(`ca_certificate = "root.pem"`), `10:18 error: Invalid value for "ca_certificate": A server has one root certificate, and here are 0.`},
		{"no certificate in a certificate", server(`ca_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"`), `10:18 error: Invalid value for "ca_certificate": This is no certificate: `},
		{"two certificates", server(`ca_certificate = "-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----"`), `10:18 error: Invalid value for "ca_certificate": A server has one root certificate, and here are 2.`},
		{"key for a certificate", server(`ca_certificate = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"`), `10:18 error: Invalid value for "ca_certificate": This is no certificate in PEM.`},

		{"override without a name", "override {}", `2:1 error: Missing block name: This override block has no name. hint: write override "kind" "name" { ... }`},
		{"override twice", "override \"bucket\" \"avatars\" {}\noverride \"bucket avatars\" {}", `3:1 error: Duplicate override block: The override "bucket avatars" is already described at groundplan.hcl:2:1.`},
		{"block in an override", "override \"network\" {\n tags {}\n}", `3:2 error: Setting written as a block: "tags" is a setting, not a block. hint: write it with an equals sign: tags = ...`},
		{"reference in an override", "override \"network\" {\n nat = var.nat\n}", `3:8 error: Not a literal value: The value of "nat" must be written out: nothing is computed here.`},
		{"call in an override", "override \"network\" {\n nat = { a = [lower(\"X\")] }\n}", `3:8 error: Not a literal value: `},
		{"computed key in an override", "override \"network\" {\n nat = { (lower(\"X\")) = 1 }\n}", `3:8 error: Not a literal value: `},
		{"null in an override", "override \"network\" {\n nat = { a = [null] }\n}", `3:8 error: Wrong type: The value of "nat" holds null, which says nothing. hint: leave it out`},
		{"misspelt override", `overide "network" {}`, `2:1 error: Unknown block: There is no block "overide" here. hint: did you mean "override"?`},
		{"override as a setting", `override = {}`, `2:1 error: Block written as a setting: "override" is a block, not a setting. hint: write override "kind" "name" { ... }`},
		{"setting of a block in a block", `vpc_id = "vpc-0a1b2c3d"`, `2:1 error: Unknown setting: There is no setting "vpc_id" here. hint: it belongs in a block of type network`},
		{"brace below", "bucket \"avatars\"\n{\n}", `2:17 error: Invalid block: The brace of a block stands on the line of its name. hint: write the { at the end of this line`},
	} {
		t.Run(test.name, func(t *testing.T) { expect(t, production(test.text), stored(), []string{test.want}) })
	}
}

// TestOverridesAreRead: labels are one id however they are split, arguments stay in order, and values of any type are kept.
func TestOverridesAreRead(t *testing.T) {
	e := load(t, production(`
  override "process" "orders" {
    permissions = { mail = { actions = ["ses:SendEmail"], "resources" = ["*"] } }
    cpu         = 1024
  }
  override "load balancer" { client_cidrs = ["10.0.0.0/8"] }
`), shop())[0]
	var got []string
	for _, o := range e.Overrides {
		got = append(got, o.ID)
		for _, a := range o.Arguments {
			got = append(got, a.Name+" "+a.Value.GoString())
		}
	}
	want := []string{
		"load balancer", `client_cidrs cty.TupleVal([]cty.Value{cty.StringVal("10.0.0.0/8")})`,
		"process orders",
		`permissions cty.ObjectVal(map[string]cty.Value{"mail":cty.ObjectVal(map[string]cty.Value{"actions":cty.TupleVal([]cty.Value{cty.StringVal("ses:SendEmail")}), "resources":cty.TupleVal([]cty.Value{cty.StringVal("*")})})})`,
		`cpu cty.NumberIntVal(1024)`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if o := e.Override("process orders"); o == nil || o.IDAt.Start.Column != 12 || o.IDAt.End.Column != 30 || o.Arguments[1].NameAt.Start.Line != 5 {
		t.Errorf("%+v", o)
	}
	if e.Override("process") != nil {
		t.Error("a part of an id is taken for one")
	}
}
