package backend_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/terraform/backend"
)

const tlsOnly = `{"Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":["s3:*"],"Resource":["arn:aws:s3:::states/*","arn:aws:s3:::states"],"Condition":{"Bool":{"aws:SecureTransport":false}}}]}`

const keyA, keyB = "arn:aws:kms:eu-west-1:123456789012:key/a", "arn:aws:kms:eu-west-1:123456789012:key/b"

// sound is a bucket that lacks nothing, made by others.
func sound() *aws.Bucket {
	return &aws.Bucket{
		Name: "states", Region: "eu-west-1", Owner: "123456789012", Versioning: "Enabled", Encryption: "AES256", Blocked: true, Ownership: "BucketOwnerEnforced", Policy: tlsOnly,
		Lifecycle: aws.Lifecycle{Rules: []aws.LifecycleRule{{ID: "all", Enabled: true, OldDays: 365, AbortDays: 1, Markers: true}}},
	}
}

func wantedStates() backend.Want {
	return backend.Want{Bucket: "states", Region: "eu-west-1", Partition: "aws", Account: "123456789012", Prefix: "shop/production"}
}

func TestCompare(t *testing.T) {
	for name, test := range map[string]struct {
		spoil   func(*aws.Bucket)
		key     string
		steps   string
		refused string
		notes   string
	}{
		"nothing":               {spoil: func(*aws.Bucket) {}},
		"public":                {spoil: func(b *aws.Bucket) { b.Blocked = false }, steps: "public access: not blocked -> blocked"},
		"writers own":           {spoil: func(b *aws.Bucket) { b.Ownership = "ObjectWriter" }, steps: "ownership: ObjectWriter -> "},
		"never versioned":       {spoil: func(b *aws.Bucket) { b.Versioning = "" }, steps: "versioning: off -> on"},
		"suspended":             {spoil: func(b *aws.Bucket) { b.Versioning = "Suspended" }, steps: "versioning: suspended -> on"},
		"no policy":             {spoil: func(b *aws.Bucket) { b.Policy = "" }, steps: "policy: requests without TLS are answered -> "},
		"no encryption":         {spoil: func(b *aws.Bucket) { b.Encryption = "" }, steps: "encryption: none of its own -> by S3's own key"},
		"a key is wanted":       {spoil: func(*aws.Bucket) {}, key: keyA, steps: "encryption: by S3's own key -> by the KMS key " + keyA},
		"another key is wanted": {spoil: func(b *aws.Bucket) { b.Encryption, b.Key = "aws:kms", keyB }, key: keyA, steps: "encryption: by the KMS key " + keyB + " -> by the KMS key " + keyA, notes: "the key that it has now is still needed"},
		"that key":              {spoil: func(b *aws.Bucket) { b.Encryption, b.Key = "aws:kms:dsse", keyA }, key: keyA},
		"no key is wanted":      {spoil: func(b *aws.Bucket) { b.Encryption, b.Key = "aws:kms", keyB }, notes: "encryption stays by the KMS key " + keyB},
		"AWS's key":             {spoil: func(b *aws.Bucket) { b.Encryption = "aws:kms" }, notes: "encryption stays by the KMS key that AWS manages for S3"},
		"no rules":              {spoil: func(b *aws.Bucket) { b.Lifecycle.Rules = nil }, steps: "lifecycle: nothing removes old versions, unfinished uploads, marks of deletions -> in shop/production/ old versions are removed after 90 days"},
		"a rule that is off":    {spoil: func(b *aws.Bucket) { b.Lifecycle.Rules[0].Enabled = false }, steps: "lifecycle: "},
		"a rule for some":       {spoil: func(b *aws.Bucket) { b.Lifecycle.Rules[0].Narrow = true }, steps: "lifecycle: "},
		"a rule elsewhere":      {spoil: func(b *aws.Bucket) { b.Lifecycle.Rules[0].Prefix = "shop/staging/" }, steps: "lifecycle: "},
		"a rule above":          {spoil: func(b *aws.Bucket) { b.Lifecycle.Rules[0].Prefix = "shop/" }},
		"rules share it": {spoil: func(b *aws.Bucket) {
			b.Lifecycle.Rules[0].OldDays = 0
			b.Lifecycle.Rules = append(b.Lifecycle.Rules, aws.LifecycleRule{ID: "old", Enabled: true, OldDays: 100})
		}},
		"soon forgotten":        {spoil: func(b *aws.Bucket) { b.Lifecycle.Rules[0].OldDays = 1 }, notes: `kept for 1 day: the lifecycle rule "all" says so`},
		"MFA delete":            {spoil: func(b *aws.Bucket) { b.MFADelete, b.Lifecycle.Rules = true, nil }, notes: "MFA delete is on"},
		"website":               {spoil: func(b *aws.Bucket) { b.Website = true }, refused: "it is a website"},
		"granted, not enforced": {spoil: func(b *aws.Bucket) { b.Granted, b.Ownership = true, "ObjectWriter" }, steps: "ownership: ", refused: "its access control list gives rights to others"},
		"granted, not heard":    {spoil: func(b *aws.Bucket) { b.Granted = true }},
		"states expire":         {spoil: func(b *aws.Bucket) { b.Lifecycle.Rules[0].Expires = true }, refused: `its lifecycle rule "all" deletes or archives what is current in shop/production/`},
		"one state expires": {spoil: func(b *aws.Bucket) {
			b.Lifecycle.Rules = append(b.Lifecycle.Rules, aws.LifecycleRule{ID: "one", Enabled: true, Prefix: "shop/production/pl", Expires: true})
		}, refused: `"one"`},
		"others expire": {spoil: func(b *aws.Bucket) {
			b.Lifecycle.Rules = append(b.Lifecycle.Rules, aws.LifecycleRule{ID: "logs", Enabled: true, Prefix: "shop/production2/", Expires: true})
		}},
		"expired once": {spoil: func(b *aws.Bucket) {
			b.Lifecycle.Rules = append(b.Lifecycle.Rules, aws.LifecycleRule{ID: "off", Expires: true})
		}},
		"policy is no JSON": {spoil: func(b *aws.Bucket) { b.Policy = "{" }, refused: "its policy cannot be read"},
		"everybody": {spoil: func(b *aws.Bucket) {
			b.Policy = strings.Replace(tlsOnly, "[{", `[{"Sid":"Site","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"x"},{`, 1)
		}, refused: `statement "Site" of its policy lets everybody in`},
		"all but one": {spoil: func(b *aws.Bucket) {
			b.Policy = strings.Replace(tlsOnly, "[{", `[{"Effect":"Allow","NotPrincipal":{"AWS":"1"},"Action":"s3:GetObject","Resource":"x"},{`, 1)
		}, refused: `statement 1 of its policy`},
		"everybody here": {spoil: func(b *aws.Bucket) {
			b.Policy = strings.Replace(tlsOnly, "[{", `[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"x","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o"}}},{`, 1)
		}},
	} {
		bucket, wanted := sound(), wantedStates()
		test.spoil(bucket)
		wanted.Key = test.key
		review := backend.Compare(bucket, wanted)
		var steps, refused []string
		for _, step := range review.Steps {
			steps = append(steps, fmt.Sprintf("%s: %s -> %s", step.Subject, step.Was, step.Becomes))
		}
		for _, reason := range review.Refused {
			refused = append(refused, reason.Reason)
			if reason.Hint == "" {
				t.Errorf("%s: no hint", name)
			}
		}
		for _, pair := range [][2]string{{strings.Join(steps, "; "), test.steps}, {strings.Join(refused, "; "), test.refused}, {strings.Join(review.Notes, "; "), test.notes}} {
			if !strings.Contains(pair[0], pair[1]) || pair[1] == "" && pair[0] != "" {
				t.Errorf("%s: %q, want %q", name, pair[0], pair[1])
			}
		}
	}
}

// TestPolicyNeedsItAll leaves out one part of the statement after the other: none of what is left refuses requests without TLS.
func TestPolicyNeedsItAll(t *testing.T) {
	for _, change := range [][2]string{
		{`"Deny"`, `"Allow"`}, {`{"AWS":"*"}`, `{"AWS":"arn:aws:iam::1:root"}`}, {`"s3:*"`, `"s3:GetObject"`}, {`"arn:aws:s3:::states/*",`, ``}, {`,"arn:aws:s3:::states"`, ``},
		{`SecureTransport":false`, `SecureTransport":true`}, {`"aws:SecureTransport":false`, `"aws:SecureTransport":false,"aws:ViaAWSService":true`}, {`{"Bool":`, `{"StringEquals":{"a":"b"},"Bool":`},
		{`"Principal"`, `"NotPrincipal"`}, {`"Action"`, `"NotAction"`}, {`"Resource"`, `"NotResource"`}, {`aws:SecureTransport`, `aws:MultiFactorAuthPresent`},
	} {
		spoiled := strings.Replace(tlsOnly, change[0], change[1], 1)
		with, lacking, err := backend.Policy(spoiled, wantedStates())
		if spoiled == tlsOnly || err != nil || !lacking {
			t.Errorf("%s: %v, %v", spoiled, lacking, err)
		}
		if again, lacking, err := backend.Policy(with, wantedStates()); err != nil || lacking || again != with {
			t.Errorf("%s\nis not enough: %v", with, err)
		}
		if !strings.Contains(with, strings.TrimSuffix(strings.TrimPrefix(spoiled, `{"Statement":[`), "]}")) {
			t.Errorf("%s\nlost a part of\n%s", with, spoiled)
		}
	}
}

func TestPolicyKeeps(t *testing.T) {
	for policy, kept := range map[string]string{
		"": `"Version":"2012-10-17"`,
		`{"Version":"2008-10-17","Id":"i","Statement":{"Sid":"one","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"r"}}`: `"Statement":[{"Sid":"one","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"r"},{`,
		`{"Statement":[{"Sid":"GroundplanTLSOnly","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"old"}]}`:               `"Statement":[{`,
		`{"Id":"empty"}`: `"Id":"empty"`,
	} {
		with, lacking, err := backend.Policy(policy, wantedStates())
		if err != nil || !lacking || !strings.Contains(with, kept) || strings.Count(with, "GroundplanTLSOnly") != 1 || strings.Contains(with, `"old"`) {
			t.Errorf("%s became %s, %v", policy, with, err)
		}
	}
	china := wantedStates()
	china.Partition = "aws-cn"
	if with, _, _ := backend.Policy("", china); !strings.Contains(with, `"arn:aws-cn:s3:::states/*"`) {
		t.Error(with)
	}
}

func TestName(t *testing.T) {
	if got := backend.Name("shop", "production", "123456789012"); got != "shop-production-state-123456789012" {
		t.Error(got)
	}
	long := strings.Repeat("a", 40)
	one, two := backend.Name(long, "production", "123456789012"), backend.Name(long, "producer", "123456789012")
	for _, name := range []string{one, two, backend.Name(strings.Repeat("a", 33)+"-bcdefg", strings.Repeat("e", 24), "123456789012")} {
		if !regexp.MustCompile(`^[a-z][a-z0-9-]*[a-z0-9]$`).MatchString(name) || len(name) > 63 || strings.Contains(name, "--") {
			t.Errorf("%q has %d characters", name, len(name))
		}
	}
	if one == two || one != backend.Name(long, "production", "123456789012") {
		t.Errorf("%s, %s", one, two)
	}
	if exact := backend.Name(strings.Repeat("a", 33), "production", "123456789012"); len(exact) != 63 || !strings.HasPrefix(exact, strings.Repeat("a", 33)+"-production-state-") {
		t.Errorf("%q has %d characters", exact, len(exact))
	}
}

// TestSummaryIsAll looks for every property in what is said of a bucket before it is made.
func TestSummaryIsAll(t *testing.T) {
	var subjects []string
	for _, step := range backend.Summary(wantedStates()) {
		subjects = append(subjects, step.Subject)
	}
	if got := strings.Join(subjects, ", "); got != "public access, ownership, policy, encryption, versioning, lifecycle" {
		t.Error(got)
	}
}

func TestInspect(t *testing.T) {
	addresses := map[string]bool{"module.topic_orders": true, "local.key": true}
	const head = `{"version":4,"serial":7,"lineage":"l","resources":[`
	for content, want := range map[string]string{
		"":                           " it is no state of terraform's",
		"a letter":                   " it is no state of terraform's",
		`{"version":4}`:              " it is no state of terraform's",
		`[1]`:                        " it is no state of terraform's",
		head + `]}`:                  "serial 7, 0 resources ",
		`{"lineage":"l","serial":7}`: " it is no state of terraform's",
		`{"lineage":"l","serial":7,"meta":{},"encrypted_data":"x","encryption_version":"v0"}`:                                       "serial 7, encrypted ",
		head + `{"module":"module.topic_orders[\"a\"].module.x","mode":"managed","type":"aws_sns_topic","name":"this"}]}`:           "serial 7, 1 resource ",
		head + `{"mode":"data","type":"aws_region","name":"current"}]}`:                                                             "serial 7, 0 resources ",
		head + `{"module":"module.web","mode":"managed","type":"aws_instance","name":"this"}]}`:                                     "serial 7, 1 resource it is the state of something else, as module.web, which this environment does not have",
		head + `{"mode":"managed","type":"aws_instance","name":"web"}]}`:                                                            "serial 7, 1 resource it is the state of something else, as aws_instance.web, which this environment does not have",
		head + `{"mode":"managed","type":"a","name":"b"},{"module":"module.topic_orders","mode":"managed","type":"a","name":"b"}]}`: "serial 7, 2 resources ",
	} {
		state, reason := backend.Inspect([]byte(content), addresses)
		got := state.String() + " " + reason
		if state == (backend.State{}) && reason != "" {
			got = " " + reason
		}
		if got != want {
			t.Errorf("%s: %q, want %q", content, got, want)
		}
	}
}
