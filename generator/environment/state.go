package environment

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/settings"
)

// State is an S3 backend; locking is by lock file in the same bucket.
type State struct {
	Bucket string
	Region string
	// KeyPrefix is put before "/platform.tfstate" and "/services.tfstate"; it has no slash at either end.
	KeyPrefix string
}

var stateSettings = []setting[State]{
	required("bucket", func(s *State) *string { return &s.Bucket },
		"S3 bucket of the state.", isBucketName),
	derived("region", func(s *State) *string { return &s.Region }, "the environment's",
		"Region of the bucket.", isRegion),
	derived("key_prefix", func(s *State) *string { return &s.KeyPrefix }, "`<app>/<environment>`",
		"Folder of the state files in the bucket.", isKeyPrefix),
}

func resolveState(e *Environment, b *settings.Block) {
	inner := b.First("state")
	if inner == nil {
		return
	}
	e.State = &State{Region: e.Region, KeyPrefix: e.App + "/" + e.Name}
	override(e.State, stateSettings, inner)
}

// isBucketName follows the naming rules of S3 for general purpose buckets; dots are refused because they break TLS.
func isBucketName(name string) fault {
	fits := regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`).MatchString(name)
	for _, prefix := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
		fits = fits && !strings.HasPrefix(name, prefix)
	}
	for _, suffix := range []string{"-s3alias", "--ol-s3", "--x-s3", "--table-s3"} {
		fits = fits && !strings.HasSuffix(name, suffix)
	}
	if fits {
		return fine
	}
	return wrong("use 3 to 63 lower-case letters, digits and hyphens, and none of the prefixes and suffixes that S3 keeps for itself",
		"%q is no valid name of an S3 bucket.", name)
}

var isKeyPrefix = matches(`[\w!.*'()-]+(?:/[\w!.*'()-]+)*`, "folder in a bucket",
	`write it without a slash at either end, as in "shop/production"`, "/")

// compareStates finds two environments that would keep their state in one place.
func compareStates(earlier, later *Environment, b *settings.Block) hcl.Diagnostics {
	if later.State != nil && earlier.State != nil && *later.State == *earlier.State {
		at := b.First("state").Where("key_prefix", "bucket")
		return hcl.Diagnostics{diagnostic.Error(at, "State shared", "give each its own key_prefix",
			"The environments %q and %q keep their state in the same place, s3://%s/%s: one would destroy the other.", earlier.Name, later.Name, later.State.Bucket, later.State.KeyPrefix)}
	}
	return nil
}

// Arguments say in the terms of terraform's S3 backend where the state of a stack is kept.
func (s *State) Arguments(stack string) [][2]string {
	return [][2]string{{"bucket", s.Bucket}, {"key", s.KeyPrefix + "/" + stack + ".tfstate"}, {"region", s.Region}}
}
