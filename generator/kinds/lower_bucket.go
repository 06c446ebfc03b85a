package kinds

import (
	"fmt"
	"slices"
	"sort"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// accountSuffix is what the module puts behind a bucket's name, "-123456789012": names are shared by all of AWS.
const accountSuffix = 13

// bucketFile holds buckets and what shows them to the world.
const bucketFile = "buckets.tf"

func (d *Deployment) bucketLabel(name string) string { return "bucket_" + d.Label("bucket", "", name) }

// cdnLabel is the Terraform label of what shows a bucket to the world.
func (d *Deployment) cdnLabel(bucket string) string { return "cdn_" + d.Label("bucket", "", bucket) }

func lowerBuckets(s *Stack, buckets []app.Resource) {
	var logged []value.Value
	for _, r := range buckets {
		label, spec := s.bucketLabel(r.Name), r.Spec.(*Bucket)
		if bucket := s.Env.ExistingBucket(r.Name); bucket != nil {
			existingBucket(s, r, bucket)
			continue
		}
		args := []value.Field{
			Arg("name", bucketName(s.Env, r.Name)),
			Arg("versioned", value.Bool(spec.Versioned)),
			Arg("force_destroy", value.Bool(!s.Env.DeletionProtection)),
			Arg("cors_origins", value.Strings(s.Env.CORSOrigins(r.Name))),
		}
		if s.Env.AccessLogs {
			logged = append(logged, value.Traversal("module."+label+".arn"))
			args = append(args, Arg("access_log_bucket", value.Traversal("module."+accessLogsLabel+".name")))
		}
		fields := []value.Field{
			Arg("name", value.Traversal("module."+label+".name")),
			Arg("arn", value.Traversal("module."+label+".arn")),
		}
		if spec.Public {
			// Encrypted with S3's own key: what the world may read needs no key of ours, and CloudFront none to use it.
			args = append(args, Arg("distribution_arns", value.List(value.Traversal("module."+s.cdnLabel(r.Name)+".distribution_arn"))))
			fields = append(fields, Arg("url", value.Traversal("module."+s.cdnLabel(r.Name)+".url")))
			lowerCDN(s, r)
		} else {
			args = append(args, Arg("key_arn", s.KeyARN()))
		}
		s.Module(bucketFile, label, "bucket", "bucket "+r.Name,
			[]string{fmt.Sprintf("Bucket %s, in %s", quoted(r.Name), r.At.Filename)}, args...)
		s.Output(label, fmt.Sprintf("Bucket %s.", r.Name), value.Object(fields...))
	}
	if len(logged) > 0 {
		lowerAccessLogs(s, logged)
	}
}

// accessLogsLabel is of the bucket that takes the logs of the others. No label of a bucket of the application is like it:
// theirs begin with "bucket_".
const accessLogsLabel = "access_logs"

// lowerAccessLogs makes the bucket that takes the logs of buckets, and those of CloudFront in front of them.
func lowerAccessLogs(s *Stack, logged []value.Value) {
	s.Module(bucketFile, accessLogsLabel, "log-bucket", "access logs", []string{"Takes the log of requests to the buckets"},
		// Four parts: a bucket "access-logs" of the application has three, and another name.
		Arg("name", ownedByAccount(s.Env, names.Of(names.Bucket-accountSuffix, s.Env.App, s.Env.Name, "access", "logs"))),
		Arg("source_bucket_arns", value.List(logged...)),
		Arg("retention_days", value.Int(s.Env.AccessLogRetentionDays)),
		Arg("takes_cloudfront_logs", value.Bool(s.NorthVirginia)),
		Arg("force_destroy", value.Bool(!s.Env.DeletionProtection)),
	)
}

// bucketName ends in the account's id, because names of buckets are shared by all of AWS. When the settings do not say it,
// the stack asks who calls.
func bucketName(env *environment.Environment, bucket string) value.Value {
	return ownedByAccount(env, physicalBucket(env, bucket))
}

// physicalBucket is the name of a bucket up to the account's id.
func physicalBucket(env *environment.Environment, bucket string) string {
	return names.Of(names.Bucket-accountSuffix, env.App, env.Name, bucket)
}

// balancerLogs ends the name of the bucket that the module load-balancer makes for its logs, up to the account's id.
const balancerLogs = "-lb-logs"

func ownedByAccount(env *environment.Environment, name string) value.Value {
	name += "-"
	if env.AccountID != "" {
		return value.String(name + env.AccountID)
	}
	return value.Template(name, "data.aws_caller_identity.current.account_id")
}

// lowerCDN puts CloudFront in front of a public bucket, which itself stays private.
func lowerCDN(s *Stack, r app.Resource) {
	args := []value.Field{
		Arg("name", value.String(names.Of(names.Bucket, s.Env.App, s.Env.Name, r.Name))),
		Arg("bucket_regional_domain_name", value.Traversal("module."+s.bucketLabel(r.Name)+".regional_domain_name")),
		Arg("price_class", value.String(priceClass)),
		Arg("web_acl_arn", value.String(s.Env.CDNWebACLARN)),
		Arg("cors_origins", value.Strings(s.Env.CORSOrigins(r.Name))),
		// CloudFront takes certificates of us-east-1 alone.
		Arg("providers", value.Providers(Arg("aws", value.Traversal("aws")), Arg("aws.us_east_1", value.Traversal("aws.us_east_1")))),
	}
	comment := fmt.Sprintf("Shows bucket %s to the world, under CloudFront's name until the environment has a domain", quoted(r.Name))
	switch domain := ShownDomain(s.Env, r); {
	case domain == "" && s.Env.Domain != "":
		comment = fmt.Sprintf("Shows bucket %s to the world, under CloudFront's name until the environment has cdn_certificate_arn or hosted_zone_id", quoted(r.Name))
	case domain != "":
		comment = fmt.Sprintf("Shows bucket %s to the world, under a name of the environment's domain", quoted(r.Name))
		args = append(args,
			Arg("domain", value.String(domain)),
			Arg("hosted_zone_id", value.String(s.Env.HostedZoneID)),
			Arg("certificate_arn", value.String(s.Env.CDNCertificateARN)))
	}
	if s.Env.AccessLogs {
		args = append(args, Arg("access_log_bucket_arn", value.Traversal("module."+accessLogsLabel+".arn")))
	}
	s.NorthVirginia = true
	s.Module(bucketFile, s.cdnLabel(r.Name), "cdn", "cdn "+r.Name, []string{comment}, args...)
}

// ShownDomain is the name of its own that a public bucket is shown under; "" for a bucket that is private or brought, and
// in an environment without a domain, or without a certificate for it and a zone to make one in.
func ShownDomain(env *environment.Environment, r app.Resource) string {
	if env.Domain == "" || env.HostedZoneID == "" && env.CDNCertificateARN == "" || !r.Spec.(*Bucket).Public || env.ExistingBucket(r.Name) != nil {
		return ""
	}
	return names.Of(names.DiscoveryName, r.Name) + "." + env.Domain
}

// priceClass keeps copies in North America and Europe, the cheapest that CloudFront offers.
const priceClass = "PriceClass_100"

// bucketRight is one IAM action that an operation needs: on the bucket itself or on its objects.
type bucketRight struct {
	action    string
	objects   bool
	versioned bool // only where the bucket keeps versions
	key       []string
}

// lookUp is the right to learn that there is no object of a name. Without it S3 answers a request for one with 403 instead
// of 404 (Amazon S3 API Reference, "GetObject" and "HeadObject"), which neither of Encore's runtimes, nor who was handed a
// signed URL, knows as "not found". It is the right to list as well: S3 has no other. A deletion needs no such right: it
// succeeds whether or not there is an object.
var lookUp = bucketRight{action: "s3:ListBucket"}

// bucketRights is what each operation needs, from the calls Encore's runtimes make.
var bucketRights = map[string][]bucketRight{
	ListObjects: {{action: "s3:ListBucket"}},
	ReadObjectContents: {
		{action: "s3:GetObject", objects: true, key: []string{"kms:Decrypt"}},
		{action: "s3:GetObjectVersion", objects: true, versioned: true},
		lookUp,
	},
	SignedDownloadURL: {
		{action: "s3:GetObject", objects: true, key: []string{"kms:Decrypt"}},
		{action: "s3:GetObjectVersion", objects: true, versioned: true},
		lookUp,
	},
	WriteObject: {
		{action: "s3:PutObject", objects: true, key: []string{"kms:Decrypt", "kms:GenerateDataKey"}},
		{action: "s3:AbortMultipartUpload", objects: true},
	},
	SignedUploadURL:      {{action: "s3:PutObject", objects: true, key: []string{"kms:Decrypt", "kms:GenerateDataKey"}}},
	UpdateObjectMetadata: {{action: "s3:PutObject", objects: true, key: []string{"kms:Decrypt", "kms:GenerateDataKey"}}},
	DeleteObject:         {{action: "s3:DeleteObject", objects: true}, {action: "s3:DeleteObjectVersion", objects: true, versioned: true}},
	GetObjectMetadata: {
		{action: "s3:GetObject", objects: true, key: []string{"kms:Decrypt"}},
		{action: "s3:GetObjectVersion", objects: true, versioned: true},
		lookUp,
	},
	GetPublicURL: nil, // made of the configured address, without a call
}

// keyPrefix is what the keys of a bucket's objects begin with; "" for a bucket that is the application's as a whole.
func keyPrefix(env *environment.Environment, bucket string) string {
	if existing := env.ExistingBucket(bucket); existing != nil {
		return existing.KeyPrefix
	}
	return ""
}

// looksUp are the operations that are about one object, which may not be there.
var looksUp = []string{GetObjectMetadata, ReadObjectContents, SignedDownloadURL}

// listsOnly narrows s3:ListBucket to a folder. Whoever looks a single object up names no folder, and learns by the same
// right that there is none of that name: for such a process the condition holds where a folder is named, and it could list
// the names of the whole bucket by naming none.
func listsOnly(prefix string, uses []app.Edge) []Condition {
	test := "StringLike"
	if slices.ContainsFunc(uses, func(e app.Edge) bool { return slices.Contains(looksUp, e.Operation) }) {
		test = "StringLikeIfExists"
	}
	return []Condition{{Test: test, Variable: "s3:prefix", Values: []string{prefix + "*"}}}
}

// bucketActions are the actions that uses of a bucket need, on itself, its objects and its key, each once and sorted.
func bucketActions(uses []app.Edge, spec *Bucket) (onBucket, onObjects, onKey []string) {
	for _, e := range uses {
		for _, right := range bucketRights[e.Operation] {
			switch {
			case right.versioned && !spec.Versioned:
				continue
			case right.objects:
				onObjects = append(onObjects, right.action)
			default:
				onBucket = append(onBucket, right.action)
			}
			onKey = append(onKey, right.key...)
		}
	}
	sort.Strings(onBucket)
	sort.Strings(onObjects)
	sort.Strings(onKey)
	return slices.Compact(onBucket), slices.Compact(onObjects), slices.Compact(onKey)
}

// operationVerbs says in words what uses of a bucket do, as inspect does.
func operationVerbs(uses []app.Edge) string {
	var verbs []string
	for _, e := range uses {
		if verb := bucketVerbs[e.Operation]; !slices.Contains(verbs, verb) {
			verbs = append(verbs, verb)
		}
	}
	sort.Strings(verbs)
	return diagnostic.And(verbs)
}
