package environment

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// ExistingNetwork is a VPC with its subnets. Tiers that the application does not need may be empty.
type ExistingNetwork struct {
	VPCID            string
	PublicSubnetIDs  []string // load balancer
	ComputeSubnetIDs []string // processes, scheduled calls
	StorageSubnetIDs []string // database servers and caches
}

// ExistingTopic is an SNS topic of the environment's account and region that stands for a topic of the application.
type ExistingTopic struct {
	// Topic is the application's name for it.
	Topic string
	ARN   string
	// KeyARN is the KMS key that encrypts the messages; "" when none of the account does.
	KeyARN string
	ARNAt  hcl.Range
}

// FIFO reports whether SNS keeps the order of the topic's messages.
func (t *ExistingTopic) FIFO() bool { return strings.HasSuffix(t.ARN, ".fifo") }

// ExistingServer is a PostgreSQL server, an RDS instance or cluster, in the environment's network.
type ExistingServer struct {
	Address string
	Port    int
	// SecurityGroupID gets a rule for each process that uses a database of the server.
	SecurityGroupID string
	// CACertificate is one PEM block; "" for the root certificate of RDS in the region.
	CACertificate string
	// MasterSecretARN is for people who administer the server; no process reads it.
	MasterSecretARN string
	// MaxConnections are what the pools of all processes share.
	MaxConnections int
}

// ExistingTopic is the topic that stands for the application's topic of that name, nil when it is made.
func (e *Environment) ExistingTopic(topic string) *ExistingTopic {
	if i := slices.IndexFunc(e.ExistingTopics, func(t ExistingTopic) bool { return t.Topic == topic }); i >= 0 {
		return &e.ExistingTopics[i]
	}
	return nil
}

// ServesStorage reports whether anything is made in the storage tier: a database server or a cache.
func (e *Environment) ServesStorage() bool {
	return len(e.Caches) > 0 || slices.ContainsFunc(e.DatabaseServers, func(d DatabaseServer) bool { return d.Existing == nil })
}

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

// Overlaps reports whether two are one bucket in S3, in one folder or one in a folder of the other's.
func (b ExistingBucket) Overlaps(other ExistingBucket) bool {
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

// State is an S3 backend; locking is by lock file in the same bucket.
type State struct {
	Bucket string
	Region string
	// KeyPrefix is put before "/platform.tfstate" and "/services.tfstate"; it has no slash at either end.
	KeyPrefix string
}

// URL is where the states of an environment are kept.
func (s *State) URL() string { return "s3://" + s.Bucket + "/" + s.KeyPrefix }

// Arguments say in the terms of terraform's S3 backend where the state of a stack is kept.
func (s *State) Arguments(stack string) [][2]string {
	return [][2]string{{"bucket", s.Bucket}, {"key", s.KeyPrefix + "/" + stack + ".tfstate"}, {"region", s.Region}}
}
