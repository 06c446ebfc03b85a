package kinds

import (
	"fmt"
	"slices"
	"sort"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
)

// accountSuffix is what the module puts behind a bucket's name, "-123456789012": names are shared by all of AWS.
const accountSuffix = 13

// bucketFile holds buckets and what shows them to the world.
const bucketFile = "buckets.tf"

func bucketLabel(name string) string { return "bucket_" + Label(name) }

func lowerBuckets(s *Stack, buckets []app.Resource) {
	if len(buckets) > 0 && s.Env.AccountID == "" {
		s.Add(bucketFile, emit.Block{Type: "data", Labels: []string{"aws_caller_identity", "current"}, Comments: []string{"Names of buckets are shared by all of AWS: the account's id makes them this account's"}})
	}
	for _, r := range buckets {
		label, spec := bucketLabel(r.Name), r.Spec.(*Bucket)
		args := []emit.Arg{
			Arg("name", bucketName(s.Env, r.Name)),
			Arg("versioned", emit.Bool(spec.Versioned)),
			Arg("force_destroy", emit.Bool(!s.Env.DeletionProtection)),
		}
		fields := []emit.Arg{
			Arg("name", emit.Ref("module."+label+".name")),
			Arg("arn", emit.Ref("module."+label+".arn")),
		}
		if spec.Public {
			// Encrypted with S3's own key: what the world may read needs no key of ours, and CloudFront none to use it.
			args = append(args, Arg("distribution_arns", emit.List(emit.Ref("module.cdn_"+Label(r.Name)+".distribution_arn"))))
			fields = append(fields, Arg("url", emit.Ref("module.cdn_"+Label(r.Name)+".url")))
			lowerCDN(s, r)
		} else {
			args = append(args, Arg("key_arn", emit.Ref("module.key.arn")))
		}
		s.Module(bucketFile, label, "bucket", "bucket "+r.Name,
			[]string{fmt.Sprintf("Bucket %s, in %s", quoted(r.Name), r.At.Filename)}, args...)
		s.Output(label, fmt.Sprintf("Bucket %s.", r.Name), emit.Object(fields...))
	}
}

// bucketName ends in the account's id, which AWS knows when the settings do not.
func bucketName(env *environment.Environment, bucket string) emit.Value {
	name := environment.Name(environment.Bucket-accountSuffix, env.App, env.Name, bucket) + "-"
	if env.AccountID != "" {
		return emit.String(name + env.AccountID)
	}
	return emit.Template(name, "data.aws_caller_identity.current.account_id")
}

// lowerCDN puts CloudFront in front of a public bucket, which itself stays private.
func lowerCDN(s *Stack, r app.Resource) {
	args := []emit.Arg{
		Arg("name", emit.String(environment.Name(environment.Bucket, s.Env.App, s.Env.Name, r.Name))),
		Arg("bucket_regional_domain_name", emit.Ref("module."+bucketLabel(r.Name)+".regional_domain_name")),
		Arg("price_class", emit.String(priceClass)),
		// CloudFront takes certificates of us-east-1 alone.
		Arg("providers", emit.Providers(Arg("aws", emit.Ref("aws")), Arg("aws.us_east_1", emit.Ref("aws.us_east_1")))),
	}
	comment := fmt.Sprintf("Shows bucket %s to the world, under CloudFront's name until the environment has a domain", quoted(r.Name))
	if s.Env.Domain != "" {
		domain := environment.Name(environment.DiscoveryName, r.Name) + "." + s.Env.Domain
		comment = fmt.Sprintf("Shows bucket %s to the world as %s", quoted(r.Name), domain)
		args = append(args, Arg("domain", emit.String(domain)), Arg("hosted_zone_id", emit.String(s.Env.HostedZoneID)))
	}
	s.NorthVirginia = true
	s.Module(bucketFile, "cdn_"+Label(r.Name), "cdn", "cdn "+r.Name, []string{comment}, args...)
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

// bucketRights is what each operation needs, from the calls Encore's runtimes make. LIST is on the bucket; without it
// S3 says 403 instead of 404 of an object that is not there, so looking one up needs it too.
var bucketRights = map[string][]bucketRight{
	ListObjects:        {{action: "s3:ListBucket"}},
	ReadObjectContents: {{action: "s3:GetObject", objects: true, key: []string{"kms:Decrypt"}}, {action: "s3:GetObjectVersion", objects: true, versioned: true}},
	SignedDownloadURL:  {{action: "s3:GetObject", objects: true, key: []string{"kms:Decrypt"}}, {action: "s3:GetObjectVersion", objects: true, versioned: true}},
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
		{action: "s3:ListBucket"},
	},
	GetPublicURL: nil, // made of the configured address, without a call
}

// wireBuckets gives a process exactly the rights of the operations its services perform, and the object_storage
// section.
func wireBuckets(p *Process) {
	uses := p.Uses("bucket")
	var buckets []emit.Arg
	for _, name := range usedNames(uses) {
		r := p.Resource("bucket", "", name)
		spec := r.Spec.(*Bucket)
		platform := "local.platform." + bucketLabel(name)
		onBucket, onObjects := bucketActions(p, uses[name], spec)
		comment := fmt.Sprintf("bucket %s: %s, in %s", quoted(name), operationVerbs(uses[name]), places(uses[name]))
		if len(onBucket) > 0 {
			p.permit(bucketLabel(name), comment, onBucket, emit.Ref(platform+".arn"))
		}
		if len(onObjects) > 0 {
			p.permit(bucketLabel(name)+"_objects", comment, onObjects, emit.Template("", platform+".arn", "/*"))
		}
		fields := []emit.Arg{Arg("name", emit.Ref(platform+".name"))}
		if spec.Public {
			fields = append(fields, Arg("public_base_url", emit.Ref(platform+".url")))
		}
		buckets = append(buckets, Arg(name, emit.Object(fields...)))
	}
	if len(buckets) > 0 {
		// One entry: of several, the Go runtime keeps the last. So all buckets are in one region.
		p.Config["object_storage"] = emit.List(emit.Object(
			Arg("type", emit.String("s3")),
			Arg("region", emit.String(p.Env.Region)),
			Arg("buckets", emit.Map(buckets...)),
		))
	}
}

// bucketActions are the actions that uses of a bucket need, each once and sorted.
func bucketActions(p *Process, uses []app.Edge, spec *Bucket) (onBucket, onObjects []string) {
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
			if len(right.key) > 0 && !spec.Public {
				p.useKey(right.key...)
			}
		}
	}
	sort.Strings(onBucket)
	sort.Strings(onObjects)
	return slices.Compact(onBucket), slices.Compact(onObjects)
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
	text := verbs[0]
	for i, verb := range verbs[1:] {
		if i == len(verbs)-2 {
			text += " and " + verb
		} else {
			text += ", " + verb
		}
	}
	return text
}
