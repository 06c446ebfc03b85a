package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// Bucket is a bucket of S3 as it is, and whose it has to be: with an account that does not own it every call is refused
// (Amazon S3 User Guide, "Verifying bucket ownership with bucket owner condition").
type Bucket struct {
	Name, Region, Owner string

	// Versioning is "Enabled" or "Suspended", "" for a bucket that never had any.
	Versioning string
	// MFADelete: versions are deleted by those alone who have a second factor.
	MFADelete bool
	// Encryption is "AES256", "aws:kms" or "aws:kms:dsse", and Key what the latter two encrypt with, "" for the key that AWS
	// manages. BucketKey: S3 asks KMS for a key of the bucket, not of every object.
	Encryption, Key string
	BucketKey       bool
	// Blocked: all four settings that block public access are on.
	Blocked bool
	// Ownership is "BucketOwnerEnforced" where lists of access are not looked at.
	Ownership string
	// Granted: its list of access gives rights to others than its owner.
	Granted bool
	// Website: it answers as one.
	Website bool
	// Policy is a document, "" for none.
	Policy    string
	Lifecycle Lifecycle
}

// Lifecycle is what S3 does to objects that have become old.
type Lifecycle struct {
	Rules []LifecycleRule
	// minimum is the size from which objects are moved to other storage: a setting that is put with the rules.
	minimum types.TransitionDefaultMinimumObjectSize
}

// LifecycleRule is one rule.
type LifecycleRule struct {
	ID string
	// Prefix is what the names of its objects begin with, "" for all. Narrow: only some of those, by tag or by size.
	Prefix string
	Narrow bool
	// Enabled is false for a rule that does nothing now.
	Enabled bool
	// Expires: it deletes objects that are current, or moves them to where they cannot be read at once.
	Expires bool
	// OldDays is after how many days it deletes versions that are not current, AbortDays after how many the parts of uploads that
	// did not end; 0 for never. Markers: it removes the marks of deletions under which there is no version any more.
	OldDays, AbortDays int32
	Markers            bool

	raw types.LifecycleRule
}

var (
	// ErrBucketTaken is that of a name that a bucket of another account has.
	ErrBucketTaken = errors.New("a bucket of another account has that name")
	// ErrBucketDenied is that of a bucket which the caller may not look at, or which is not its owner's. S3 tells the two from each
	// other by nothing.
	ErrBucketDenied = errors.New("the bucket is another account's, or the caller may not look at it")
)

// s3 builds a client for one region. Where an endpoint is configured, which is not AWS's, buckets are a part of the path: names
// that begin with a bucket lead nowhere there.
func (c *Client) s3(region string) *s3.Client {
	return s3.NewFromConfig(c.In(region).config, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil })
}

// FindBucket looks at a bucket, wherever it is: nil when there is none of that name.
func (c *Client) FindBucket(ctx context.Context, name, owner string) (*Bucket, error) {
	found := &Bucket{Name: name, Region: c.Region, Owner: owner}
	head, err := c.s3(c.Region).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name, ExpectedBucketOwner: &owner})
	var answered *awshttp.ResponseError
	switch {
	case err == nil:
		found.Region = cmp.Or(awssdk.ToString(head.BucketRegion), c.Region)
	case !errors.As(err, &answered):
		return nil, fmt.Errorf("look for bucket %s: %w", name, err)
	case answered.HTTPStatusCode() == http.StatusNotFound:
		return nil, nil
	case answered.HTTPStatusCode() == http.StatusForbidden:
		return nil, fmt.Errorf("%w: %w", ErrBucketDenied, err)
	default:
		// It is in another region, which the answer names.
		region := answered.Response.Header.Get("X-Amz-Bucket-Region")
		if region == "" || region == c.Region {
			return nil, fmt.Errorf("look for bucket %s: %w", name, err)
		}
		return c.In(region).FindBucket(ctx, name, owner)
	}
	for _, read := range []func(context.Context, *s3.Client, *Bucket) error{
		readVersioning, readEncryption, readBlock, readOwnership, readACL, readWebsite, readPolicy, readLifecycle,
	} {
		if err := read(ctx, c.s3(found.Region), found); err != nil {
			return nil, fmt.Errorf("look at bucket %s: %w", name, err)
		}
	}
	return found, nil
}

// unless is an error, or nil where its code says that nothing of the kind is set.
func unless(err error, codes ...string) error {
	var code smithy.APIError
	if errors.As(err, &code) && slices.Contains(codes, code.ErrorCode()) {
		return nil
	}
	return err
}

func readVersioning(ctx context.Context, client *s3.Client, b *Bucket) error {
	answer, err := client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner})
	if err != nil {
		return err
	}
	b.Versioning, b.MFADelete = string(answer.Status), answer.MFADelete == types.MFADeleteStatusEnabled
	return nil
}

func readEncryption(ctx context.Context, client *s3.Client, b *Bucket) error {
	answer, err := client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner})
	if err != nil || answer.ServerSideEncryptionConfiguration == nil {
		return unless(err, "ServerSideEncryptionConfigurationNotFoundError")
	}
	for _, rule := range answer.ServerSideEncryptionConfiguration.Rules {
		if by := rule.ApplyServerSideEncryptionByDefault; by != nil {
			b.Encryption, b.Key, b.BucketKey = string(by.SSEAlgorithm), awssdk.ToString(by.KMSMasterKeyID), awssdk.ToBool(rule.BucketKeyEnabled)
		}
	}
	return nil
}

func readBlock(ctx context.Context, client *s3.Client, b *Bucket) error {
	answer, err := client.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner})
	if err != nil || answer.PublicAccessBlockConfiguration == nil {
		return unless(err, "NoSuchPublicAccessBlockConfiguration")
	}
	set := answer.PublicAccessBlockConfiguration
	b.Blocked = awssdk.ToBool(set.BlockPublicAcls) && awssdk.ToBool(set.BlockPublicPolicy) && awssdk.ToBool(set.IgnorePublicAcls) && awssdk.ToBool(set.RestrictPublicBuckets)
	return nil
}

func readOwnership(ctx context.Context, client *s3.Client, b *Bucket) error {
	answer, err := client.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner})
	if err != nil || answer.OwnershipControls == nil {
		return unless(err, "OwnershipControlsNotFoundError")
	}
	for _, rule := range answer.OwnershipControls.Rules {
		b.Ownership = string(rule.ObjectOwnership)
	}
	return nil
}

func readACL(ctx context.Context, client *s3.Client, b *Bucket) error {
	answer, err := client.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner})
	if err != nil {
		return err
	}
	for _, grant := range answer.Grants {
		own := grant.Grantee != nil && answer.Owner != nil && awssdk.ToString(grant.Grantee.ID) != "" &&
			awssdk.ToString(grant.Grantee.ID) == awssdk.ToString(answer.Owner.ID)
		b.Granted = b.Granted || !own
	}
	return nil
}

func readWebsite(ctx context.Context, client *s3.Client, b *Bucket) error {
	_, err := client.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner})
	b.Website = err == nil
	return unless(err, "NoSuchWebsiteConfiguration")
}

func readPolicy(ctx context.Context, client *s3.Client, b *Bucket) error {
	answer, err := client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner})
	if err != nil {
		return unless(err, "NoSuchBucketPolicy")
	}
	b.Policy = awssdk.ToString(answer.Policy)
	return nil
}

func readLifecycle(ctx context.Context, client *s3.Client, b *Bucket) error {
	answer, err := client.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner})
	if err != nil {
		return unless(err, "NoSuchLifecycleConfiguration")
	}
	b.Lifecycle.minimum = answer.TransitionDefaultMinimumObjectSize
	for _, rule := range answer.Rules {
		b.Lifecycle.Rules = append(b.Lifecycle.Rules, ruleOf(rule))
	}
	return nil
}

func ruleOf(raw types.LifecycleRule) LifecycleRule {
	rule := LifecycleRule{ID: awssdk.ToString(raw.ID), Enabled: raw.Status == types.ExpirationStatusEnabled, raw: raw}
	rule.Prefix = awssdk.ToString(raw.Prefix) //nolint:staticcheck // old rules have it in place of a filter, and S3 still tells of it
	if filter := raw.Filter; filter != nil {
		rule.Prefix += awssdk.ToString(filter.Prefix)
		rule.Narrow = filter.Tag != nil || filter.ObjectSizeGreaterThan != nil || filter.ObjectSizeLessThan != nil
		if filter.And != nil {
			rule.Prefix += awssdk.ToString(filter.And.Prefix)
			rule.Narrow = true
		}
	}
	if end := raw.Expiration; end != nil {
		rule.Markers = awssdk.ToBool(end.ExpiredObjectDeleteMarker)
		rule.Expires = awssdk.ToInt32(end.Days) > 0 || end.Date != nil
	}
	// What is moved to an archive, and not to storage that is only cheaper, has to be restored before it is read.
	rule.Expires = rule.Expires || slices.ContainsFunc(raw.Transitions, func(to types.Transition) bool {
		return to.StorageClass == types.TransitionStorageClassGlacier || to.StorageClass == types.TransitionStorageClassDeepArchive
	})
	if old := raw.NoncurrentVersionExpiration; old != nil {
		rule.OldDays = awssdk.ToInt32(old.NoncurrentDays)
	}
	if unfinished := raw.AbortIncompleteMultipartUpload; unfinished != nil {
		rule.AbortDays = awssdk.ToInt32(unfinished.DaysAfterInitiation)
	}
	return rule
}

// written is a rule as S3 takes it: as it was read, or as its fields say.
func (r LifecycleRule) written() types.LifecycleRule {
	if r.raw.Status != "" {
		return r.raw
	}
	rule := types.LifecycleRule{ID: &r.ID, Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: &r.Prefix}}
	if r.OldDays > 0 {
		rule.NoncurrentVersionExpiration = &types.NoncurrentVersionExpiration{NoncurrentDays: &r.OldDays}
	}
	if r.AbortDays > 0 {
		rule.AbortIncompleteMultipartUpload = &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: &r.AbortDays}
	}
	if r.Markers {
		rule.Expiration = &types.LifecycleExpiration{ExpiredObjectDeleteMarker: awssdk.Bool(true)}
	}
	return rule
}

// CreateBucket makes a bucket with S3's defaults, in the client's region. In us-east-1 a region must not be named (Amazon S3 API
// Reference, "CreateBucket").
func (c *Client) CreateBucket(ctx context.Context, name string) error {
	input := &s3.CreateBucketInput{Bucket: &name, ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced}
	if c.Region != "us-east-1" {
		input.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(c.Region)}
	}
	_, err := c.s3(c.Region).CreateBucket(ctx, input)
	var code smithy.APIError
	if errors.As(err, &code) && code.ErrorCode() == "BucketAlreadyExists" {
		return fmt.Errorf("%w: %w", ErrBucketTaken, err)
	}
	return unless(err, "BucketAlreadyOwnedByYou")
}

// SetVersioning keeps what is overwritten and deleted.
func (c *Client) SetVersioning(ctx context.Context, b *Bucket) error {
	_, err := c.s3(b.Region).PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}})
	return err
}

// SetEncryption encrypts what is written from now on with a key of KMS, an ARN, or with S3's own for "".
func (c *Client) SetEncryption(ctx context.Context, b *Bucket, key string) error {
	rule := types.ServerSideEncryptionRule{ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256}}
	if key != "" {
		rule.BucketKeyEnabled = awssdk.Bool(true)
		rule.ApplyServerSideEncryptionByDefault = &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: &key}
	}
	_, err := c.s3(b.Region).PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner,
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{rule}}})
	return err
}

// BlockPublicAccess turns all four settings on.
func (c *Client) BlockPublicAccess(ctx context.Context, b *Bucket) error {
	on := awssdk.Bool(true)
	_, err := c.s3(b.Region).PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner,
		PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: on, BlockPublicPolicy: on, IgnorePublicAcls: on, RestrictPublicBuckets: on}})
	return err
}

// EnforceOwnership makes the bucket's owner that of every object, and lists of access mean nothing.
func (c *Client) EnforceOwnership(ctx context.Context, b *Bucket) error {
	_, err := c.s3(b.Region).PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner,
		OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced}}}})
	return err
}

// SetPolicy replaces the bucket's policy.
func (c *Client) SetPolicy(ctx context.Context, b *Bucket, policy string) error {
	_, err := c.s3(b.Region).PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner, Policy: &policy})
	return err
}

// SetLifecycle replaces the bucket's rules. Those that were read from it are put back as they were, whatever they hold.
func (c *Client) SetLifecycle(ctx context.Context, b *Bucket, rules []LifecycleRule) error {
	var written []types.LifecycleRule
	for _, rule := range rules {
		written = append(written, rule.written())
	}
	_, err := c.s3(b.Region).PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner,
		LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: written}, TransitionDefaultMinimumObjectSize: b.Lifecycle.minimum})
	return err
}

// maxObject bounds what is read into memory: states of the largest environments have a few megabytes.
const maxObject = 256 << 20

// ReadObject reads an object; false when there is none of that name.
func (c *Client) ReadObject(ctx context.Context, b *Bucket, key string) (content []byte, found bool, err error) {
	answer, err := c.s3(b.Region).GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, ExpectedBucketOwner: &b.Owner, Key: &key})
	if err != nil {
		err := unless(err, "NoSuchKey")
		return nil, false, err
	}
	content, err = io.ReadAll(io.LimitReader(answer.Body, maxObject))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return nil, false, fmt.Errorf("read %s: %w", strings.Join([]string{"s3:/", b.Name, key}, "/"), err)
	}
	return content, true, nil
}
