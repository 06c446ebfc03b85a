// Package backend is where terraform's state is kept in S3: what the bucket has to be like, in what one that is there differs
// from it, and what mends that. It decides from what was read, and calls AWS only to carry a step out.
package backend

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/aws"
)

// Want is the bucket of an environment's states as it should be.
type Want struct {
	Bucket, Region string
	// Partition is that of ARNs in the region: "aws", "aws-cn", "aws-us-gov".
	Partition string
	// Account is whose the bucket has to be.
	Account string
	// Key is the ARN of a KMS key that encrypts; "" for S3's own key, or whichever key the bucket has.
	Key string
	// Prefix is the folder of the environment's states, without a slash at its end.
	Prefix string
}

// Days after which S3 removes what states leave behind: versions that were overwritten, and parts of uploads that did not end.
const (
	oldDays   = 90
	abortDays = 7
)

// Name is the name of a bucket for an environment in an account, the same whenever it is asked for. Names are unique in all of S3,
// and have 63 characters at most: those that would be longer get a hash in place of what is cut off.
func Name(app, environment, account string) string {
	const limit = 63
	end := "-state-" + account
	name := app + "-" + environment
	if room := limit - len(end); len(name) > room {
		sum := fmt.Sprintf("-%x", sha256.Sum256([]byte(app+"/"+environment)))[:9]
		name = strings.TrimRight(name[:room-len(sum)], "-") + sum
	}
	return name + end
}

// Step is one thing that is set.
type Step struct {
	// Subject is what is set, Was what it is now and Becomes what it will be.
	Subject, Was, Becomes string
	do                    func(context.Context, *aws.Client) error
}

// Do carries a step out.
func (s Step) Do(ctx context.Context, client *aws.Client) error {
	if err := s.do(ctx, client); err != nil {
		return fmt.Errorf("set %s: %w", s.Subject, err)
	}
	return nil
}

// Refusal is why a bucket is not used, and what to do.
type Refusal struct{ Reason, Hint string }

// Review is what became of a comparison.
type Review struct {
	// Refused: the bucket serves something that its use for states would break, or that would break them.
	Refused []Refusal
	// Steps make the bucket what it should be, in this order; none when it is that already.
	Steps []Step
	// Notes are what stays as it is, and should be known.
	Notes []string
}

// Compare decides what to do about a bucket, which is as S3 makes it or as somebody left it.
func Compare(found *aws.Bucket, want Want) Review {
	review := Review{Refused: refuse(found, want)}
	add := func(needed bool, subject, was, becomes string, do func(context.Context, *aws.Client) error) {
		if needed {
			review.Steps = append(review.Steps, Step{subject, was, becomes, do})
		}
	}
	// What keeps others out comes first.
	add(!found.Blocked, "public access", "not blocked", "blocked", func(ctx context.Context, client *aws.Client) error {
		return client.BlockPublicAccess(ctx, found)
	})
	add(found.Ownership != "BucketOwnerEnforced", "ownership", cmp.Or(found.Ownership, "that of each object's writer"), "the bucket's owner owns every object, and there are no access control lists",
		func(ctx context.Context, client *aws.Client) error { return client.EnforceOwnership(ctx, found) })
	policy, refused, err := Policy(found.Policy, want)
	if err != nil {
		review.Refused = append(review.Refused, Refusal{"its policy cannot be read: " + err.Error(), otherBucket})
	}
	add(refused, "policy", "requests without TLS are answered", "requests without TLS are refused", func(ctx context.Context, client *aws.Client) error {
		return client.SetPolicy(ctx, found, policy)
	})
	encrypt(&review, found, want, add)
	add(found.Versioning != "Enabled", "versioning", cmp.Or(strings.ToLower(found.Versioning), "off"), "on, so that an earlier state can be brought back",
		func(ctx context.Context, client *aws.Client) error { return client.SetVersioning(ctx, found) })
	retain(&review, found, want, add)
	return review
}

// otherBucket is the hint for a bucket that cannot be used.
const otherBucket = "name a bucket of its own for states: --bucket NAME"

// refuse lists what a bucket serves that is not compatible with states.
func refuse(found *aws.Bucket, want Want) []Refusal {
	var list []Refusal
	if found.Website {
		list = append(list, Refusal{"it is a website, and blocking public access would end that", otherBucket})
	}
	if which := public(found.Policy); which != "" {
		list = append(list, Refusal{fmt.Sprintf("%s of its policy lets everybody in, and blocking public access would end that", which), otherBucket})
	}
	if found.Granted && found.Ownership != "BucketOwnerEnforced" {
		list = append(list, Refusal{"its access control list gives rights to others, who would lose them", otherBucket})
	}
	for _, rule := range found.Lifecycle.Rules {
		if rule.Enabled && rule.Expires && touches(rule.Prefix, want.Prefix+"/") {
			list = append(list, Refusal{fmt.Sprintf("its lifecycle rule %q deletes or archives what is current in %s/, and the states with it", rule.ID, want.Prefix),
				"limit the rule to other folders, or " + otherBucket})
		}
	}
	return list
}

// touches reports whether two folders have objects in common.
func touches(one, other string) bool {
	return strings.HasPrefix(one, other) || strings.HasPrefix(other, one)
}

type adding func(needed bool, subject, was, becomes string, do func(context.Context, *aws.Client) error)

func encrypt(review *Review, found *aws.Bucket, want Want, add adding) {
	byKMS := strings.HasPrefix(found.Encryption, "aws:kms")
	was := "none of its own"
	switch {
	case byKMS:
		was = "by the KMS key " + cmp.Or(found.Key, "that AWS manages for S3")
	case found.Encryption != "":
		was = "by S3's own key"
	}
	set := func(ctx context.Context, client *aws.Client) error { return client.SetEncryption(ctx, found, want.Key) }
	switch {
	case want.Key != "":
		add(!byKMS || found.Key != want.Key, "encryption", was, "by the KMS key "+want.Key, set)
		if byKMS && found.Key != want.Key {
			review.Notes = append(review.Notes, "what is in the bucket stays encrypted as it is: the key that it has now is still needed to read it")
		}
	case byKMS:
		// What is there is at least as good.
		review.Notes = append(review.Notes, "encryption stays "+was)
	default:
		add(found.Encryption == "", "encryption", was, "by S3's own key", set)
	}
}

// retain sees to it that what states leave behind does not grow without bound. The rule is limited to the environment's folder:
// what else is in the bucket is for others to keep or not.
func retain(review *Review, found *aws.Bucket, want Want, add adding) {
	rule := aws.LifecycleRule{ID: "groundplan " + want.Prefix, Prefix: want.Prefix + "/", Enabled: true, OldDays: oldDays, AbortDays: abortDays, Markers: true}
	if len(rule.ID) > 255 {
		rule.ID = fmt.Sprintf("groundplan %x", sha256.Sum256([]byte(want.Prefix)))
	}
	if found.MFADelete {
		review.Notes = append(review.Notes, "MFA delete is on, and S3 takes no lifecycle rules then: old versions are kept until somebody removes them")
		return
	}
	rules := []aws.LifecycleRule{rule}
	var old, aborts, markers bool
	for _, other := range found.Lifecycle.Rules {
		if other.ID != rule.ID {
			rules = append(rules, other)
		}
		if !other.Enabled || other.Narrow || !strings.HasPrefix(rule.Prefix, other.Prefix) {
			continue
		}
		old, aborts, markers = old || other.OldDays > 0, aborts || other.AbortDays > 0, markers || other.Markers
		if other.OldDays > 0 && other.OldDays < oldDays {
			review.Notes = append(review.Notes, fmt.Sprintf("old versions of a state are kept for %s: the lifecycle rule %q says so", days(other.OldDays), other.ID))
		}
	}
	var missing []string
	for _, part := range []struct {
		kept bool
		what string
	}{{old, "old versions"}, {aborts, "unfinished uploads"}, {markers, "marks of deletions"}} {
		if !part.kept {
			missing = append(missing, part.what)
		}
	}
	was := "nothing removes " + strings.Join(missing, ", ")
	add(len(missing) > 0, "lifecycle", was, fmt.Sprintf("in %s old versions are removed after %d days, unfinished uploads after %d", rule.Prefix, oldDays, abortDays),
		func(ctx context.Context, client *aws.Client) error { return client.SetLifecycle(ctx, found, rules) })
}

func days(n int32) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// Summary is the bucket that is made, in the terms of steps.
func Summary(want Want) []Step {
	made := &aws.Bucket{Name: want.Bucket, Region: want.Region, Owner: want.Account}
	return slices.Clone(Compare(made, want).Steps)
}
