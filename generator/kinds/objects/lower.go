package objects

import (
	"fmt"
	"slices"
	"sort"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// accountSuffix is what the module puts behind a bucket's name, "-123456789012": names are shared by all of AWS.
const accountSuffix = 13

// bucketFile holds buckets and what shows them to the world.
const bucketFile = "buckets.tf"

func bucketLabel(d *deploy.Deployment, name string) string {
	return "bucket_" + d.Label("bucket", "", name)
}

// bucketURL is where the world reads the objects of a public bucket.
func bucketURL(d *deploy.Deployment, name string) value.Value {
	if d.Env.ExistingBucket(name) != nil {
		return value.Of(app.ID{Kind: "bucket", Name: name}, "url")
	}
	return value.Of(app.CDNID(name), "url")
}

// cdnLabel is the Terraform label of what shows a bucket to the world.
func cdnLabel(d *deploy.Deployment, bucket string) string {
	return "cdn_" + d.Label("bucket", "", bucket)
}

func lower(d *deploy.Deployment, s *stack.Stack, buckets []app.Resource) {
	var logged []value.Value
	for _, r := range buckets {
		label, spec := bucketLabel(d, r.Name), r.Spec.(*Bucket)
		if bucket := d.Env.ExistingBucket(r.Name); bucket != nil {
			existingBucket(d, s, r, bucket)
			continue
		}
		args := []value.Field{
			value.Arg("name", bucketName(d.Env, r.Name)),
			value.Arg("versioned", value.Bool(spec.Versioned)),
			value.Arg("force_destroy", value.Bool(!d.Env.DeletionProtection)),
			value.Arg("cors_origins", value.Strings(d.Env.CORSOrigins(r.Name))),
		}
		if d.Env.AccessLogs {
			logged = append(logged, value.Of(r.ID(), "arn"))
			args = append(args, value.Arg("access_log_bucket", value.Of(app.AccessLogs, "name")))
		}
		if spec.Public {
			// Encrypted with S3's own key: what the world may read needs no key of ours, and CloudFront none to use it.
			args = append(args, value.Arg("distribution_arns", value.List(value.Of(app.CDNID(r.Name), "distribution_arn"))))
			lowerCDN(d, s, r)
		} else {
			args = append(args, value.Arg("key_arn", kind.KeyARN()))
		}
		s.Module(stack.Call{File: bucketFile, Label: label, Module: "bucket", Of: r.ID(), Why: []string{fmt.Sprintf("Bucket %s, in %s", kind.Quoted(r.Name), r.At.Filename)}, Args: args})
	}
	if len(logged) > 0 {
		lowerAccessLogs(d, s, logged)
	}
}

// accessLogsLabel is of the bucket that takes the logs of the others. No label of a bucket of the application is like it:
// theirs begin with "bucket_".
const accessLogsLabel = "access_logs"

// lowerAccessLogs makes the bucket that takes the logs of buckets, and those of CloudFront in front of them.
func lowerAccessLogs(d *deploy.Deployment, s *stack.Stack, logged []value.Value) {
	s.Module(stack.Call{File: bucketFile, Label: accessLogsLabel, Module: "log-bucket", Of: app.AccessLogs,
		Why: []string{"Takes the log of requests to the buckets"},
		Args: []value.Field{
			// Four parts: a bucket "access-logs" of the application has three, and another name.
			value.Arg("name", ownedByAccount(d.Env, names.Of(names.Bucket-accountSuffix, d.Env.App, d.Env.Name, "access", "logs"))),
			value.Arg("source_bucket_arns", value.List(logged...)),
			value.Arg("retention_days", value.Int(d.Env.AccessLogRetentionDays)),
			value.Arg("takes_cloudfront_logs", value.Bool(s.NorthVirginia)),
			value.Arg("force_destroy", value.Bool(!d.Env.DeletionProtection)),
		}})
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
	return value.Join(value.String(name), value.Traversal("data.aws_caller_identity.current.account_id"))
}

// lowerCDN puts CloudFront in front of a public bucket, which itself stays private.
func lowerCDN(d *deploy.Deployment, s *stack.Stack, r app.Resource) {
	args := []value.Field{
		value.Arg("name", value.String(names.Of(names.Bucket, d.Env.App, d.Env.Name, r.Name))),
		value.Arg("bucket_regional_domain_name", value.Of(r.ID(), "regional_domain_name")),
		value.Arg("price_class", value.String(priceClass)),
		value.Arg("web_acl_arn", value.String(d.Env.CDNWebACLARN)),
		value.Arg("cors_origins", value.Strings(d.Env.CORSOrigins(r.Name))),
		// CloudFront takes certificates of us-east-1 alone.
		value.Arg("providers", value.Providers(value.Arg("aws", value.Traversal("aws")), value.Arg("aws.us_east_1", value.Traversal("aws.us_east_1")))),
	}
	comment := fmt.Sprintf("Shows bucket %s to the world, under CloudFront's name until the environment has a domain", kind.Quoted(r.Name))
	switch domain := ShownDomain(d.Env, r); {
	case domain == "" && d.Env.Domain != "":
		comment = fmt.Sprintf("Shows bucket %s to the world, under CloudFront's name until the environment has cdn_certificate_arn or hosted_zone_id", kind.Quoted(r.Name))
	case domain != "":
		comment = fmt.Sprintf("Shows bucket %s to the world, under a name of the environment's domain", kind.Quoted(r.Name))
		args = append(args,
			value.Arg("domain", value.String(domain)),
			value.Arg("hosted_zone_id", value.String(d.Env.HostedZoneID)),
			value.Arg("certificate_arn", value.String(d.Env.CDNCertificateARN)))
	}
	if d.Env.AccessLogs {
		args = append(args, value.Arg("access_log_bucket_arn", value.Of(app.AccessLogs, "arn")))
	}
	s.NorthVirginia = true
	s.Module(stack.Call{File: bucketFile, Label: cdnLabel(d, r.Name), Module: "cdn", Of: app.CDNID(r.Name), Why: []string{comment}, Args: args,
		Says: fmt.Sprintf("CloudFront in front of bucket %s.", r.Name)})
}

// ShownDomain is the name of its own that a public bucket is shown under; "" for a bucket that is private or brought, and
// in an environment without a domain, or without a certificate for it and a zone to make one in.
func ShownDomain(env *environment.Environment, r app.Resource) string {
	if env.Domain == "" || env.HostedZoneID == "" && env.CDNCertificateARN == "" || !r.Spec.(*Bucket).Public || env.ExistingBucket(r.Name) != nil {
		return ""
	}
	return bucketSubdomain(r) + "." + env.Domain
}

// bucketSubdomain is the first part of the name that a public bucket has under a domain, "" for a private one.
func bucketSubdomain(r app.Resource) string {
	if !r.Spec.(*Bucket).Public {
		return ""
	}
	return names.Of(names.DiscoveryName, r.Name)
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
func listsOnly(prefix string, uses []app.Edge) []deploy.Condition {
	test := "StringLike"
	if slices.ContainsFunc(uses, func(e app.Edge) bool { return slices.Contains(looksUp, e.Operation) }) {
		test = "StringLikeIfExists"
	}
	return []deploy.Condition{{Test: test, Variable: "s3:prefix", Values: []string{prefix + "*"}}}
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

// existingBucket stands for a bucket of the application that exists.
func existingBucket(d *deploy.Deployment, s *stack.Stack, r app.Resource, bucket *environment.ExistingBucket) {
	written := []value.Field{
		value.Arg("name", value.String(bucket.Name)),
		value.Arg("arn", value.String("arn:aws:s3:::"+bucket.Name)),
	}
	if bucket.PublicBaseURL != "" || r.Spec.(*Bucket).Public { // a public one without is reported
		written = append(written, value.Arg("url", value.String(bucket.PublicBaseURL)))
	}
	if bucket.KeyARN != "" {
		written = append(written, value.Arg("key_arn", value.String(bucket.KeyARN)))
	}
	s.Existing(stack.Call{File: bucketFile, Label: bucketLabel(d, r.Name), Of: r.ID(), Args: written,
		Why: []string{fmt.Sprintf("Bucket %s, in %s: an existing one", kind.Quoted(r.Name), r.At.Filename)}})
}

// Shown tells the public buckets that an environment puts CloudFront in front of from the others.
func Shown(env *environment.Environment) func(bucket app.Resource) bool {
	return func(bucket app.Resource) bool {
		return bucket.Spec.(*Bucket).Public && env.ExistingBucket(bucket.Name) == nil
	}
}

// checkBuckets: how the world sees what a bucket that exists holds is not for us to decide, only to know. And one bucket that
// is made has its name before the application's.
func checkBuckets(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("bucket") {
		bucket := d.Env.ExistingBucket(r.Name)
		if bucket == nil {
			if d.Env.Exposed() && physicalBucket(d.Env, r.Name) == names.Of(names.LoadBalancer, d.Env.App, d.Env.Name)+balancerLogs {
				diags = append(diags, diagnostic.Error(r.At, "Bucket name taken", "give the bucket another name",
					"The load balancer of environment %q keeps its access logs in a bucket of that name.", d.Env.Name))
			}
			continue
		}
		switch public := r.Spec.(*Bucket).Public; {
		case public && bucket.PublicBaseURL == "":
			diags = append(diags, diagnostic.Error(bucket.At, "Public bucket without an address", "set public_base_url to where everybody sees its objects, without a slash at the end",
				"Bucket %q is public, declared at %s, and nothing that makes it so is done to a bucket that exists.", r.Name, diagnostic.Place(r.At)))
		case !public && bucket.PublicBaseURL != "":
			diags = append(diags, diagnostic.Error(bucket.At, "Address of a private bucket", "remove public_base_url, or declare the bucket public",
				"Bucket %q is private, declared at %s: the application never asks for its address.", r.Name, diagnostic.Place(r.At)))
		}
	}
	return diags
}

// checkShownDomains finds names of public buckets that ACM certifies in no certificate it makes.
func checkShownDomains(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("bucket") {
		domain := ShownDomain(d.Env, r)
		if domain != "" && d.Env.CDNCertificateARN == "" && rule.IsCertifiable(domain) != rule.Fine {
			diags = append(diags, diagnostic.Error(r.At, "Domain of a bucket without a certificate", "set cdn_certificate_arn to a certificate of your own, or make the bucket private",
				"Bucket %q would be shown as %s in environment %q, and no public authority certifies that name.", r.Name, domain, d.Env.Name))
			continue
		}
		if len(domain) <= maxCertifiedName || d.Env.CDNCertificateARN != "" {
			continue
		}
		diags = append(diags, diagnostic.Error(r.At, "Domain of a bucket too long",
			"choose a shorter domain or name, or set cdn_certificate_arn to a certificate of your own in "+environment.Filename,
			"Bucket %q would be shown as %s in environment %q: %d characters, and ACM certifies names of at most %d.", r.Name, domain, d.Env.Name, len(domain), maxCertifiedName))
	}
	return diags
}

// maxCertifiedName is how long the common name of a certificate may be: acm RequestCertificate, after RFC 5280.
const maxCertifiedName = 64
