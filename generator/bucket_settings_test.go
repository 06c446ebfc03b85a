package generator_test

import (
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/kinds/objects"
)

// TestO1_AccessLogs: `ha` logs requests to every bucket that is made, and in front of public ones those to CloudFront; the
// other profiles do when they are told to.
func TestO1_AccessLogs(t *testing.T) {
	const region = "region = \"eu-west-1\"\naccount_id = \"123456789012\"\n"
	for _, test := range []struct {
		name, settings string
		public, logged bool
	}{
		{"ha", "profile = \"ha\"\n", false, true},
		{"ha, public", "profile = \"ha\"\n", true, true},
		{"ha by choice", "profile = \"ha\"\naccess_logs = false\n", true, false},
		{"balanced", "", true, false},
		{"dev by choice", "profile = \"dev\"\naccess_logs = true\n", true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			application := complete()
			application.Resource("bucket", "", "files").Spec.(*objects.Bucket).Public = test.public
			output := lower(t, application, region+test.settings)
			logs := argumentsOf(t, output, "production/platform/buckets.tf", "access_logs")
			if made := len(logs) > 0; made != test.logged {
				t.Fatalf("a bucket for logs: %v", made)
			}
			bucket := argumentsOf(t, output, "production/platform/buckets.tf", "bucket_files")
			cdn := argumentsOf(t, output, "production/platform/buckets.tf", "cdn_files")
			want := map[bool][3]string{true: {"module.access_logs.name", "module.access_logs.arn", "true"}}[test.logged]
			if !test.public {
				want[1], want[2] = "", ""
			}
			if got := [3]string{bucket["access_log_bucket"], cdn["access_log_bucket_arn"], logs["takes_cloudfront_logs"]}; got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			if test.logged && logs["source_bucket_arns"] != "[module.bucket_files.arn]" {
				t.Errorf("logs of %s are let in", logs["source_bucket_arns"])
			}
		})
	}
}

// TestO1_NoLogsOfWhatExists: buckets that exist are their owners', and without another one there is nothing to log.
func TestO1_NoLogsOfWhatExists(t *testing.T) {
	output := lower(t, complete(), "region = \"eu-west-1\"\nprofile = \"ha\"\n"+broughtBlocks["bucket"])
	if text := string(output.Files["production/platform/buckets.tf"]); strings.Contains(text, "access_logs") {
		t.Errorf("a bucket for logs is made:\n%s", text)
	}
}

// TestO2_OriginsReachBucketAndDistribution: the bucket answers what a browser asks before, CloudFront names the origin.
func TestO2_OriginsReachBucketAndDistribution(t *testing.T) {
	application := complete()
	application.Resource("bucket", "", "files").Spec.(*objects.Bucket).Public = true
	output := lower(t, application, "region = \"eu-west-1\"\nbucket \"files\" {\n cors_origins = [\"https://app.example.com\"]\n}")
	for _, label := range []string{"bucket_files", "cdn_files"} {
		if got := argumentsOf(t, output, "production/platform/buckets.tf", label)["cors_origins"]; got != `["https://app.example.com"]` {
			t.Errorf("%s: %q", label, got)
		}
	}
}
