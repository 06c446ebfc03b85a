package environment

// What an environment brings: resources that somebody else made and looks after. They are checked here for form, and
// against each other; whether AWS has them shows when terraform runs.

import (
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/settings"
)

// ExistingNetwork is a VPC with its subnets. Tiers that the application does not need may be empty.
type ExistingNetwork struct {
	VPCID            string
	PublicSubnetIDs  []string // load balancer
	ComputeSubnetIDs []string // processes, scheduled calls
	StorageSubnetIDs []string // database servers and caches
}

// ExistingTopic is an SNS topic of the environment's account and region that stands for a topic of the application.
type ExistingTopic struct {
	// Topic is the application's name for it.
	Topic string
	ARN   string
	// KeyARN is the KMS key that encrypts the messages; "" when none of the account does.
	KeyARN string
	ARNAt  hcl.Range
}

// FIFO reports whether SNS keeps the order of the topic's messages.
func (t *ExistingTopic) FIFO() bool { return strings.HasSuffix(t.ARN, ".fifo") }

// ExistingServer is a PostgreSQL server, an RDS instance or cluster, in the environment's network.
type ExistingServer struct {
	Address string
	Port    int
	// SecurityGroupID gets a rule for each process that uses a database of the server.
	SecurityGroupID string
	// CACertificate is one PEM block; "" for the root certificate of RDS in the region.
	CACertificate string
	// MasterSecretARN is for people who administer the server; no process reads it.
	MasterSecretARN string
	// MaxConnections are what the pools of all processes share.
	MaxConnections int
}

// ExistingTopic is the topic that stands for the application's topic of that name, nil when it is made.
func (e *Environment) ExistingTopic(topic string) *ExistingTopic {
	if i := slices.IndexFunc(e.ExistingTopics, func(t ExistingTopic) bool { return t.Topic == topic }); i >= 0 {
		return &e.ExistingTopics[i]
	}
	return nil
}

// ServesStorage reports whether anything is made in the storage tier: a database server or a cache.
func (e *Environment) ServesStorage() bool {
	return len(e.Caches) > 0 || slices.ContainsFunc(e.DatabaseServers, func(d DatabaseServer) bool { return d.Existing == nil })
}

// networkOnly are the settings of an environment that shape the network it makes.
var networkOnly = []string{"cidr", "zones", "nat", "interface_endpoints", "flow_log_retention_days"}

// resolveExisting fills in what the environment brings. Processes, servers and caches are resolved before: which
// subnets are needed follows from them.
func resolveExisting(e *Environment, b *settings.Block, application *app.App) hcl.Diagnostics {
	diags := resolveExistingNetwork(e, b)
	if a, set := b.Attribute("key_deletion_days"); set && e.KeyARN != "" {
		diags = append(diags, diagnostic.Error(a.At, "Setting without effect", "remove it", "The key exists, so that none is made that could be deleted."))
	}
	diags = append(diags, resolveBuckets(e, b)...)
	diags = append(diags, resolveExistingBuckets(e, b, application)...)
	diags = append(diags, resolveExistingTopics(e, b, application)...)
	for _, server := range b.All("database_server") {
		if existing := server.First("existing"); existing != nil && e.Network == nil {
			diags = append(diags, diagnostic.Error(existing.At, "Server in another network", "say in a network block of the environment which VPC the server is in",
				"The database server %q is in a VPC that exists, and the processes of the environment would be in a new one, from where it cannot be reached.", server.Label))
		}
	}
	return append(diags, compareARNs(e, b)...)
}

func resolveExistingNetwork(e *Environment, b *settings.Block) hcl.Diagnostics {
	inner := b.First("network")
	if inner == nil {
		return nil
	}
	e.Network = &ExistingNetwork{}
	override(e.Network, networkSettings, inner)
	var diags hcl.Diagnostics
	for _, name := range networkOnly {
		if a, set := b.Attribute(name); set {
			diags = append(diags, diagnostic.Error(a.At, "Setting without effect", "remove it", "The network exists, so that none is made which %q could shape.", name))
		}
	}
	switch compute, set := inner.Attribute("compute_subnet_ids"); {
	case !e.Exposed() || len(e.Network.PublicSubnetIDs) > 0:
	case !e.Internal:
		diags = append(diags, diagnostic.Error(inner.At, "Subnets missing", "set public_subnet_ids to two subnets or more, each in a zone of its own, or internal = true in the environment",
			"The application has endpoints that are called from outside, and the load balancer has no subnets to stand in."))
	case set && len(e.Network.ComputeSubnetIDs) < 2:
		diags = append(diags, diagnostic.Error(compute.At, "Subnets missing", "name two subnets or more, each in a zone of its own, or set public_subnet_ids",
			"The internal load balancer stands in the compute subnets, and needs two of them."))
	}
	if e.ServesStorage() && len(e.Network.StorageSubnetIDs) == 0 {
		diags = append(diags, diagnostic.Error(inner.At, "Subnets missing", "set storage_subnet_ids to two subnets or more, each in a zone of its own",
			"The application has databases or caches, and their servers have no subnets to stand in."))
	}
	// A task in a subnet with a route to the internet would be no more than a security group away from it.
	for _, tier := range []string{"compute_subnet_ids", "storage_subnet_ids"} {
		for _, part := range inner.Parts(tier) {
			if slices.Contains(e.Network.PublicSubnetIDs, part.Text) {
				hint := "name a subnet without a route to an internet gateway"
				if e.Internal {
					hint += ", or leave public_subnet_ids out: an internal load balancer stands in the compute subnets then"
				}
				diags = append(diags, diagnostic.Error(part.At, "Subnet in two tiers", hint,
					"The subnet %s is a public one: the load balancer's.", part.Text))
			}
		}
	}
	return diags
}

// namesOf are the names of the application's resources of a kind, sorted.
func namesOf(application *app.App, kind string) []string {
	var names []string
	for _, r := range application.Resources {
		if r.Kind == kind {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return names
}

// existingBlocks are the `existing` blocks inside blocks of a type, each of which is named after a resource.
func existingBlocks(b *settings.Block, typ string, application *app.App, visit func(outer, existing *settings.Block)) hcl.Diagnostics {
	var diags hcl.Diagnostics
	known := namesOf(application, typ)
	for _, outer := range b.All(typ) {
		existing := outer.First("existing")
		switch {
		case !slices.Contains(known, outer.Label):
			diags = append(diags, unknownName(outer.LabelAt, typ, outer.Label, known, "remove the block"))
		case existing == nil && len(outer.Attributes) > 0: // settings of what is made
		case existing == nil:
			diags = append(diags, diagnostic.Error(outer.At, "Empty block", "write settings or existing { ... } in it, or remove it", "The block says nothing about the %s %q.", typ, outer.Label))
		default:
			visit(outer, existing)
		}
	}
	return diags
}

func resolveExistingTopics(e *Environment, b *settings.Block, application *app.App) hcl.Diagnostics {
	var more hcl.Diagnostics
	takenBy := map[string]*settings.Block{}
	diags := existingBlocks(b, "topic", application, func(outer, existing *settings.Block) {
		topic := ExistingTopic{Topic: outer.Label, ARNAt: existing.Where("arn")}
		override(&topic, existingTopicSettings, existing)
		if other := takenBy[topic.ARN]; other != nil && topic.ARN != "" {
			more = append(more, diagnostic.Error(existing.Where("arn"), "Topic used twice", "give each a topic of its own",
				"The topic %s already stands for %q, at %s: messages of one would reach the subscribers of the other.", topic.ARN, other.Label, diagnostic.Place(other.At)))
		}
		takenBy[topic.ARN] = outer
		e.ExistingTopics = append(e.ExistingTopics, topic)
	})
	slices.SortFunc(e.ExistingTopics, func(a, b ExistingTopic) int { return strings.Compare(a.Topic, b.Topic) })
	return append(diags, more...)
}

// checkExistingServer holds a server that exists to what may be said about one.
func checkExistingServer(server *DatabaseServer, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range databaseServerSettings {
		if a, set := b.Attribute(r.Name); set && r.Name != "databases" {
			diags = append(diags, diagnostic.Error(a.At, "Setting without effect", "remove it", "The database server %q exists, so that none is made which %q could shape.", server.Name, r.Name))
		}
	}
	return diags
}

// compareExisting finds data that two environments would share because both bring it; b is the later one's block. A
// database has one name on a server, so that is always a mistake; messages and objects may be shared on purpose.
func compareExisting(earlier, later *Environment, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	inside := func(typ, label, setting string) hcl.Range {
		for _, outer := range b.All(typ) {
			if outer.Label == label {
				return outer.First("existing").Where(setting)
			}
		}
		return b.At
	}
	for _, one := range earlier.DatabaseServers {
		for _, other := range later.DatabaseServers {
			if one.Existing == nil || other.Existing == nil || one.Existing.Address != other.Existing.Address || one.Existing.Port != other.Existing.Port {
				continue
			}
			shared := slices.DeleteFunc(slices.Clone(other.Databases), func(name string) bool { return !slices.Contains(one.Databases, name) })
			if len(shared) > 0 {
				diags = append(diags, diagnostic.Error(inside("database_server", other.Name, "address"), "Databases of two environments", "give each environment a server of its own",
					"The environments %q and %q would have the same databases, %s on %s.", earlier.Name, later.Name, diagnostic.And(diagnostic.Quoted(shared)), other.Existing.Address))
			}
		}
	}
	warn := func(at hcl.Range, what, name string) {
		diags = append(diags, diagnostic.Warning(at, "Shared by two environments", "give each its own, unless that is meant", "The environments %q and %q share the %s %s.", earlier.Name, later.Name, what, name))
	}
	for _, shared := range sharedBuckets(earlier, later) {
		warn(inside(shared.kind, shared.label, "name"), shared.kind, shared.name)
	}
	for _, one := range earlier.ExistingTopics {
		for _, other := range later.ExistingTopics {
			if one.ARN == other.ARN {
				warn(inside("topic", other.Topic, "arn"), "topic", other.ARN)
			}
		}
	}
	return diags
}

// givenARN is one ARN of the file and where it stands.
type givenARN struct {
	text string
	at   hcl.Range
	// anyRegion says that the resource need not be in the environment's region, anyAccount the same of its account.
	anyRegion, anyAccount bool
}

// region and account are parts of an ARN: arn:<partition>:<service>:<region>:<account>:<resource>.
func (a givenARN) region() string  { return strings.SplitN(a.text, ":", 6)[3] }
func (a givenARN) account() string { return strings.SplitN(a.text, ":", 6)[4] }

// compareARNs holds every ARN that the environment brings to its region, and to its account or, where none is set, to
// each other's: one of them was copied from somewhere else.
func compareARNs(e *Environment, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	account, source := e.AccountID, "account_id"
	for _, arn := range givenARNs(b) {
		if region := arn.region(); region != e.Region && !arn.anyRegion {
			diags = append(diags, diagnostic.Error(arn.at, "Resource of another region", "name one in "+e.Region+", or correct the region of the environment",
				"It is in %s, and the environment in %s.", region, e.Region))
		}
		given := arn.account()
		if given == "aws" || arn.anyAccount {
			continue
		}
		if account == "" {
			account, source = given, "the ARN at "+diagnostic.Place(arn.at)
		}
		if given != account {
			diags = append(diags, diagnostic.Error(arn.at, "Resource of another account", "name one of the environment's account",
				"It is in the account %s, and by %s the environment is in %s.", given, source, account))
		}
	}
	return diags
}

// givenARNs are the ARNs of what the environment brings, in the order of the file. Topics that alarms go to may be another
// account's, and roles that push images are nobody's concern.
func givenARNs(b *settings.Block) []givenARN {
	var arns []givenARN
	take := func(inner *settings.Block, name string, anyRegion bool) {
		if text := inner.Text(name); strings.Count(text, ":") >= 5 {
			arns = append(arns, givenARN{text: text, at: inner.Where(name), anyRegion: anyRegion})
		}
	}
	for _, part := range b.Parts("alarm_topic_arns") {
		arns = append(arns, givenARN{text: part.Text, at: part.At, anyAccount: true}) // CloudWatch reaches no other region
	}
	take(b, "permissions_boundary", true)
	take(b, "certificate_arn", false)
	take(b, "cdn_certificate_arn", true) // its own check asks for us-east-1
	take(b, "key_arn", false)
	take(b, "web_acl_arn", false)
	take(b, "cdn_web_acl_arn", true) // CloudFront's scope is us-east-1
	for _, outer := range b.Blocks {
		existing := outer.First("existing")
		take(existing, "arn", false)
		take(existing, "key_arn", false)
		take(existing, "master_secret_arn", false)
	}
	slices.SortStableFunc(arns, func(a, b givenARN) int { return cmp.Compare(a.at.Start.Byte, b.at.Start.Byte) })
	return arns
}

var (
	isVPCID           = matches(`vpc-[0-9a-f]{8,17}`, "id of a VPC", `write it in full, as in "vpc-0a1b2c3d4e5f60718"`)
	isSubnetID        = matches(`subnet-[0-9a-f]{8,17}`, "id of a subnet", `write it in full, as in "subnet-0a1b2c3d4e5f60718"`)
	isSecurityGroupID = matches(`sg-[0-9a-f]{8,17}`, "id of a security group", `write it in full, as in "sg-0a1b2c3d4e5f60718"`)
	isKeyARN          = matches(`arn:aws:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+`, "ARN of a KMS key",
		`write it in full and not as an alias, as in "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"`)
	isCertificateARN = matches(`arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[A-Za-z0-9-]+`, "ARN of an ACM certificate",
		`write it in full, as in "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"`)
	isCDNCertificateARN = matches(`arn:aws:acm:us-east-1:\d{12}:certificate/[A-Za-z0-9-]+`, "ARN of an ACM certificate in us-east-1, the one region CloudFront takes certificates from",
		`write it in full, as in "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"`)
	isWebACLARN = matches(`arn:aws:wafv2:[a-z0-9-]+:\d{12}:regional/webacl/[\w-]{1,128}/[\w-]{1,36}`, "ARN of a WAFv2 web ACL of a region",
		`write it in full, as in "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/1234abcd-12ab-34cd-56ef-1234567890ab"; one of CloudFront's scope is for cdn_web_acl_arn`)
	isCDNWebACLARN = matches(`arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[\w-]{1,128}/[\w-]{1,36}`, "ARN of a WAFv2 web ACL of the scope CLOUDFRONT",
		`write it in full, as in "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1234abcd-12ab-34cd-56ef-1234567890ab"`)
	isExistingTopicARN = matches(`arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?`, "ARN of an SNS topic",
		`write it in full, as in "arn:aws:sns:eu-west-1:123456789012:orders"`)
	isSecretARN = matches(`arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+`, "ARN of a secret",
		`write it in full, as in "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds-main-AbCdEf"`)
	isBaseURL = matches(`https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:/[\w.~-]+)*`, "base URL",
		`write it with https and without a slash at the end, as in "https://images.example.com"`, "/")
	isHost = matches(`[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?`, "host name",
		`write it without scheme and port, as in "main.abcdefgh.eu-west-1.rds.amazonaws.com"`, "postgres://", "postgresql://", ":5432", "/")
)

// areSubnets checks a tier; least is how many zones AWS demands of what stands there.
func areSubnets(least int) func([]string) fault {
	return func(ids []string) fault {
		for _, id := range ids {
			if bad := isSubnetID(id); bad != fine {
				return bad
			}
		}
		if len(ids) < least {
			return wrong(fmt.Sprintf("name %d or more, each in a zone of its own", least), "The list has %d of the %d subnets that are needed.", len(ids), least)
		}
		return areDistinct(ids)
	}
}

var pemEdge = regexp.MustCompile(`-----BEGIN [A-Z ]+-----`)

// isCACertificate wants one certificate: Encore's TypeScript runtime takes no more.
func isCACertificate(text string) fault {
	const hint = `write it between <<EOT and EOT, as one block that begins with -----BEGIN CERTIFICATE-----`
	if count := len(pemEdge.FindAllString(text, -1)); count != 1 {
		return wrong(hint, "A server has one root certificate, and here are %d.", count)
	}
	decoded, rest := pem.Decode([]byte(text))
	if decoded == nil || decoded.Type != "CERTIFICATE" || strings.TrimSpace(string(rest)) != "" {
		return wrong(hint, "This is no certificate in PEM.")
	}
	if _, err := x509.ParseCertificate(decoded.Bytes); err != nil {
		return wrong(hint, "This is no certificate: %s.", err)
	}
	return fine
}
