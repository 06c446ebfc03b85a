package resolution

// What an environment brings: resources that somebody else made and looks after. They are checked here for form, and
// against each other; whether AWS has them shows when terraform runs.

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/settings"
)

// networkOnly are the settings of an environment that shape the network it makes.
var networkOnly = []string{"cidr", "zones", "nat", "interface_endpoints", "flow_log_retention_days"}

// resolveExisting fills in what the environment brings. Processes, servers and caches are resolved before: which
// subnets are needed follows from them.
func resolveExisting(e *environment.Environment, b *settings.Block, application *app.App) hcl.Diagnostics {
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

func resolveExistingNetwork(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	inner := b.First("network")
	if inner == nil {
		return nil
	}
	e.Network = &environment.ExistingNetwork{}
	table.Override(e.Network, table.NetworkSettings, inner)
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
			diags = append(diags, diagnostic.UnknownName(outer.LabelAt, typ, outer.Label, known, "remove the block"))
		case existing == nil && len(outer.Attributes) > 0: // settings of what is made
		case existing == nil:
			diags = append(diags, diagnostic.Error(outer.At, "Empty block", "write settings or existing { ... } in it, or remove it", "The block says nothing about the %s %q.", typ, outer.Label))
		default:
			visit(outer, existing)
		}
	}
	return diags
}

func resolveExistingTopics(e *environment.Environment, b *settings.Block, application *app.App) hcl.Diagnostics {
	var more hcl.Diagnostics
	takenBy := map[string]*settings.Block{}
	diags := existingBlocks(b, "topic", application, func(outer, existing *settings.Block) {
		topic := environment.ExistingTopic{Topic: outer.Label, ARNAt: existing.Where("arn")}
		table.Override(&topic, table.ExistingTopicSettings, existing)
		if other := takenBy[topic.ARN]; other != nil && topic.ARN != "" {
			more = append(more, diagnostic.Error(existing.Where("arn"), "Topic used twice", "give each a topic of its own",
				"The topic %s already stands for %q, at %s: messages of one would reach the subscribers of the other.", topic.ARN, other.Label, diagnostic.Place(other.At)))
		}
		takenBy[topic.ARN] = outer
		e.ExistingTopics = append(e.ExistingTopics, topic)
	})
	slices.SortFunc(e.ExistingTopics, func(a, b environment.ExistingTopic) int { return strings.Compare(a.Topic, b.Topic) })
	return append(diags, more...)
}

// checkExistingServer holds a server that exists to what may be said about one.
func checkExistingServer(server *environment.DatabaseServer, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range table.DatabaseServerSettings {
		if a, set := b.Attribute(r.Name); set && r.Name != "databases" {
			diags = append(diags, diagnostic.Error(a.At, "Setting without effect", "remove it", "The database server %q exists, so that none is made which %q could shape.", server.Name, r.Name))
		}
	}
	return diags
}

// compareExisting finds data that two environments would share because both bring it; b is the later one's block. A
// database has one name on a server, so that is always a mistake; messages and objects may be shared on purpose.
func compareExisting(earlier, later *environment.Environment, b *settings.Block) hcl.Diagnostics {
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
func (a givenARN) region() string { return strings.SplitN(a.text, ":", 6)[3] }

func (a givenARN) account() string { return strings.SplitN(a.text, ":", 6)[4] }

// compareARNs holds every ARN that the environment brings to its region, and to its account or, where none is set, to
// each other's: one of them was copied from somewhere else.
func compareARNs(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
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

// resolveBuckets fills in settings of buckets. Blocks of buckets that the application does not have are reported with those
// that exist.
func resolveBuckets(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, outer := range b.All("bucket") {
		if len(outer.Attributes) == 0 {
			continue
		}
		made := environment.BucketSettings{Bucket: outer.Label}
		table.Override(&made, table.BucketSettings, outer)
		if outer.First("existing") != nil {
			diags = append(diags, diagnostic.Error(outer.Where("cors_origins"), "Setting without effect", "remove it, and add the origins to the CORS rules of the bucket", "The bucket exists, and its CORS rules are its owner's."))
			continue
		}
		e.Buckets = append(e.Buckets, made)
	}
	return diags
}

func resolveExistingBuckets(e *environment.Environment, b *settings.Block, application *app.App) hcl.Diagnostics {
	var more hcl.Diagnostics
	diags := existingBlocks(b, "bucket", application, func(outer, existing *settings.Block) {
		bucket := environment.ExistingBucket{Bucket: outer.Label, At: existing.At}
		table.Override(&bucket, table.ExistingBucketSettings, existing)
		for _, other := range e.ExistingBuckets {
			if other.Overlaps(bucket) {
				more = append(more, diagnostic.Error(existing.Where("name"), "Bucket used twice", "give each a bucket of its own, or a key_prefix of its own",
					"The bucket %s already stands for %q, at %s: objects of one would overwrite those of the other.", bucket.Name, other.Bucket, diagnostic.Place(other.At)))
			}
		}
		e.ExistingBuckets = append(e.ExistingBuckets, bucket)
	})
	slices.SortFunc(e.ExistingBuckets, func(a, b environment.ExistingBucket) int { return strings.Compare(a.Bucket, b.Bucket) })
	return append(diags, more...)
}

// sharedThing is something that two environments bring, by its block in the later one.
type sharedThing struct{ kind, label, name string }

// sharedBuckets are the buckets of which two environments use the same objects.
func sharedBuckets(earlier, later *environment.Environment) []sharedThing {
	var list []sharedThing
	for _, one := range earlier.ExistingBuckets {
		for _, other := range later.ExistingBuckets {
			if one.Overlaps(other) {
				list = append(list, sharedThing{"bucket", other.Bucket, other.Name})
			}
		}
	}
	return list
}

func resolveState(e *environment.Environment, b *settings.Block) {
	inner := b.First("state")
	if inner == nil {
		return
	}
	e.State = &environment.State{Region: e.Region, KeyPrefix: e.App + "/" + e.Name}
	table.Override(e.State, table.StateSettings, inner)
}

// compareStates finds two environments that would keep their state in one place.
func compareStates(earlier, later *environment.Environment, b *settings.Block) hcl.Diagnostics {
	if later.State != nil && earlier.State != nil && *later.State == *earlier.State {
		at := b.First("state").Where("key_prefix", "bucket")
		return hcl.Diagnostics{diagnostic.Error(at, "State shared", "give each its own key_prefix",
			"The environments %q and %q keep their state in the same place, %s: one would destroy the other.", earlier.Name, later.Name, later.State.URL())}
	}
	return nil
}
