package environment

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/settings"
)

// ExistingBucket is an S3 bucket of the environment's account and region that stands for a bucket of the application.
type ExistingBucket struct {
	// Bucket is the application's name for it, Name the one in S3.
	Bucket, Name string
	// KeyARN is the KMS key that encrypts it; "" when S3's own keys do.
	KeyARN string
	// KeyPrefix begins the keys of all objects of the application, with a slash at the end; "" for the whole bucket.
	KeyPrefix string
	// PublicBaseURL is where the objects of a public bucket are seen, without a slash at the end.
	PublicBaseURL string
	At            hcl.Range
}

// overlaps reports whether two are one bucket in S3, in one folder or one in a folder of the other's.
func (b ExistingBucket) overlaps(other ExistingBucket) bool {
	return b.Name == other.Name && b.Name != "" && (strings.HasPrefix(b.KeyPrefix, other.KeyPrefix) || strings.HasPrefix(other.KeyPrefix, b.KeyPrefix))
}

// ExistingBucket is the bucket that stands for the application's bucket of that name, nil when it is made.
func (e *Environment) ExistingBucket(bucket string) *ExistingBucket {
	if i := slices.IndexFunc(e.ExistingBuckets, func(b ExistingBucket) bool { return b.Bucket == bucket }); i >= 0 {
		return &e.ExistingBuckets[i]
	}
	return nil
}

// BucketSettings are about one bucket that is made.
type BucketSettings struct {
	Bucket      string // the application's name
	CORSOrigins []string
}

// CORSOrigins are the origins of pages that use a bucket; none for one that exists, whose owner says it.
func (e *Environment) CORSOrigins(bucket string) []string {
	for _, made := range e.Buckets {
		if made.Bucket == bucket {
			return made.CORSOrigins
		}
	}
	return nil
}

// bucketSettings: see BucketSettings.
var bucketSettings = []setting[BucketSettings]{
	derived("cors_origins", func(b *BucketSettings) *[]string { return &b.CORSOrigins }, "none",
		"Origins of web pages whose scripts upload and download by signed URLs, or read a public bucket, such as `https://app.example.com`; `*` for every origin.", areOrigins),
}

var existingBucketSettings = []setting[ExistingBucket]{
	required("name", func(b *ExistingBucket) *string { return &b.Name },
		"Name of the bucket in S3.", isExistingBucketName),
	derived("key_arn", func(b *ExistingBucket) *string { return &b.KeyARN }, "none",
		"KMS key that encrypts the bucket, when S3's own does not.", isKeyARN),
	derived("key_prefix", func(b *ExistingBucket) *string { return &b.KeyPrefix }, "none",
		"Folder of the bucket that is the application's, with a slash at the end. Its processes have no rights outside it.", isObjectPrefix),
	derived("public_base_url", func(b *ExistingBucket) *string { return &b.PublicBaseURL }, "none",
		"Where everybody sees the objects; needed when the application declares the bucket public. The name of an object follows, without `key_prefix`.", isBaseURL),
}

// resolveBuckets fills in settings of buckets. Blocks of buckets that the application does not have are reported with those
// that exist.
func resolveBuckets(e *Environment, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, outer := range b.All("bucket") {
		if len(outer.Attributes) == 0 {
			continue
		}
		made := BucketSettings{Bucket: outer.Label}
		override(&made, bucketSettings, outer)
		if outer.First("existing") != nil {
			diags = append(diags, diagnostic.Error(outer.Where("cors_origins"), "Setting without effect", "remove it, and add the origins to the CORS rules of the bucket", "The bucket exists, and its CORS rules are its owner's."))
			continue
		}
		e.Buckets = append(e.Buckets, made)
	}
	return diags
}

func resolveExistingBuckets(e *Environment, b *settings.Block, application *app.App) hcl.Diagnostics {
	var more hcl.Diagnostics
	diags := existingBlocks(b, "bucket", application, func(outer, existing *settings.Block) {
		bucket := ExistingBucket{Bucket: outer.Label, At: existing.At}
		override(&bucket, existingBucketSettings, existing)
		for _, other := range e.ExistingBuckets {
			if other.overlaps(bucket) {
				more = append(more, diagnostic.Error(existing.Where("name"), "Bucket used twice", "give each a bucket of its own, or a key_prefix of its own",
					"The bucket %s already stands for %q, at %s: objects of one would overwrite those of the other.", bucket.Name, other.Bucket, diagnostic.Place(other.At)))
			}
		}
		e.ExistingBuckets = append(e.ExistingBuckets, bucket)
	})
	slices.SortFunc(e.ExistingBuckets, func(a, b ExistingBucket) int { return strings.Compare(a.Bucket, b.Bucket) })
	return append(diags, more...)
}

// shared is something that two environments bring, by its block in the later one.
type shared struct{ kind, label, name string }

// sharedBuckets are the buckets of which two environments use the same objects.
func sharedBuckets(earlier, later *Environment) []shared {
	var list []shared
	for _, one := range earlier.ExistingBuckets {
		for _, other := range later.ExistingBuckets {
			if one.overlaps(other) {
				list = append(list, shared{"bucket", other.Bucket, other.Name})
			}
		}
	}
	return list
}

// bucketBlock is the block about one bucket of the application.
func bucketBlock() *settings.Grammar {
	return &settings.Grammar{Type: "bucket", Label: "name", Settings: plain(bucketSettings), Meaning: "Settings of one bucket of the application.",
		Blocks: existingBlock(existingBucketSettings, "In a block named after a bucket of the application: a bucket that exists, in the environment's account\nand region. Only rights are given to the processes; the bucket, its policy and what is in it stay its owner's.")}
}

var (
	// isExistingBucketName allows the periods that buckets made long ago may have.
	isExistingBucketName = matches(`[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`, "name of an S3 bucket",
		`write the name alone, as in "company-avatars"`, "arn:aws:s3:::", "s3://", "/")

	isObjectPrefix = matches(`(?:[\w.-]+/)+`, "folder of a bucket", `write it with a slash at the end and none before, as in "shop/production/"`)
)

var isOrigin = matches(`\*|https?://(?:\*\.)?[a-z0-9.-]+(?::[0-9]{1,5})?`, "origin", `write scheme and host without a path, as in "https://app.example.com"`, "/")

// areOrigins follows PutBucketCors.
func areOrigins(list []string) fault {
	for _, origin := range list {
		if bad := isOrigin(origin); bad != fine {
			return bad
		}
	}
	if len(list) > maxOrigins {
		return wrong("use one with an asterisk", "A CORS rule of a bucket has room for %d origins, not %d.", maxOrigins, len(list))
	}
	return areDistinct(list)
}

const maxOrigins = 100
