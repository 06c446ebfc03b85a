package rule

import (
	"strings"

	"github.com/groundplan/groundplan/generator/pattern"
)

var bucketName = pattern.Lazy(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

// IsBucketName follows the naming rules of S3 for general purpose buckets; dots are refused because they break TLS.
func IsBucketName(name string) Fault {
	fits := bucketName().MatchString(name)
	for _, prefix := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
		fits = fits && !strings.HasPrefix(name, prefix)
	}
	for _, suffix := range []string{"-s3alias", "--ol-s3", "--x-s3", "--table-s3"} {
		fits = fits && !strings.HasSuffix(name, suffix)
	}
	if fits {
		return Fine
	}
	return wrong("use 3 to 63 lower-case letters, digits and hyphens, and none of the prefixes and suffixes that S3 keeps for itself",
		"%q is no valid name of an S3 bucket.", name)
}

var IsKeyPrefix = matches(`[\w!.*'()-]+(?:/[\w!.*'()-]+)*`, "folder in a bucket",
	`write it without a slash at either end, as in "shop/production"`, "/")

var (
	// IsExistingBucketName allows the periods that buckets made long ago may have.
	IsExistingBucketName = matches(`[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`, "name of an S3 bucket",
		`write the name alone, as in "company-avatars"`, "arn:aws:s3:::", "s3://", "/")

	IsObjectPrefix = matches(`(?:[\w.-]+/)+`, "folder of a bucket", `write it with a slash at the end and none before, as in "shop/production/"`)
)

var isOrigin = matches(`\*|https?://(?:\*\.)?[a-z0-9.-]+(?::[0-9]{1,5})?`, "origin", `write scheme and host without a path, as in "https://app.example.com"`, "/")

// AreOrigins follows PutBucketCors.
func AreOrigins(list []string) Fault {
	if bad := firstFault(list, isOrigin); bad != Fine {
		return bad
	}
	if len(list) > maxOrigins {
		return wrong("use one with an asterisk", "A CORS rule of a bucket has room for %d origins, not %d.", maxOrigins, len(list))
	}
	return AreDistinct(list)
}

const maxOrigins = 100
