// Package environment is what a concrete environment consists of: where it runs, which processes and database servers it
// has, and how large everything is, with the questions that everybody asks of it.
//
// The packages below make one of groundplan.hcl: table says what may stand in the file and reads it, rule holds single
// values to what AWS takes, resolution puts them together for an application, and allocation spreads its services over
// processes. What is here knows none of them.
package environment

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// Environment is one deployment of the application, every value concrete. Empty text means "not set" wherever the
// comment of a field does not say otherwise.
type Environment struct {
	// App is the application's name in physical names: the file's `app` block, else the model's name.
	App string
	// Name is also the name of the folder the environment is written to.
	Name string
	// Type is what Encore calls env_type: production, development, ephemeral or test.
	Type    string
	Profile string // dev, balanced or ha

	Region    string
	AccountID string // 12 digits; "" when any account is accepted
	// Tags are the user's own: those of the application, and over them the environment's.
	Tags map[string]string
	// Without a domain the load balancer is internal and speaks HTTP. With one there is a hosted zone, or a certificate
	// and an owner elsewhere who keeps its DNS.
	Domain       string
	HostedZoneID string // public: certificates are proven there
	// PrivateZoneID is a zone that only VPCs resolve, for the names of an internal load balancer.
	PrivateZoneID string
	// Internal: the load balancer has private addresses alone. Always so without a domain.
	Internal bool
	// Aliases are further names beside Domain, in the order of the file.
	Aliases []Alias
	// CertificateARN and CDNCertificateARN are certificates that exist; one is made where there is none.
	CertificateARN    string
	CDNCertificateARN string // in us-east-1
	// WebACLARN and CDNWebACLARN are web ACLs that exist; requests are not filtered where there is none.
	WebACLARN    string
	CDNWebACLARN string // of CloudFront's scope
	// IdleTimeoutSeconds is how long the load balancer keeps a connection that is silent.
	IdleTimeoutSeconds int
	Compute            string // what runs processes: a name of compute.Targets

	// Network is nil when the environment makes its own.
	Network *ExistingNetwork
	// KeyARN is a KMS key that exists; one is made when it is empty.
	KeyARN string
	// Buckets are settings of buckets that are made, in the order of the file.
	Buckets []BucketSettings
	// ExistingBuckets and ExistingTopics are sorted by the application's names.
	ExistingBuckets []ExistingBucket
	ExistingTopics  []ExistingTopic
	// Overrides are sorted by id.
	Overrides []Override

	// CIDR is the range of the VPC, /16 to /19; "" until GrantCIDRs has chosen one.
	CIDR string
	// Zones are the letters of the availability zones, in the order written.
	Zones []string
	NAT   string // none, single or per_zone
	// InterfaceEndpoints are short names of AWS services ("ecr.api"), sorted.
	InterfaceEndpoints []string
	// OutboundPorts are the TCP ports tasks may reach outside the VPC.
	OutboundPorts []int

	PermissionsBoundary string // ARN of an IAM policy
	IAMPath             string // starts and ends with a slash
	DeployRoleARNs      []string
	PullRoleARNs        []string // besides the processes' own and DeployRoleARNs
	// StrictAccess grants nothing that a service gets at through code of others alone.
	StrictAccess bool
	// AlarmTopicARNs are SNS topics that alarms go to.
	AlarmTopicARNs []string

	DeletionProtection     bool
	ContainerInsights      bool
	HelperImage            string
	LogRetentionDays       int
	FlowLogRetentionDays   int
	AccessLogRetentionDays int
	// AccessLogs: the load balancer's are always written, those of buckets and CloudFront by choice.
	AccessLogs      bool
	KeyDeletionDays int
	// SecretRecoveryDays is 7 to 30; 0 deletes a secret at once.
	SecretRecoveryDays int
	KeepImages         int // of each tag prefix; 0 for all
	// ProcessAllocation is one_per_service, all_in_one or, when there are `process` blocks, groups.
	ProcessAllocation string

	// State is nil when terraform's state is kept in local files.
	State *State
	// Processes are sorted by name. At most one hosts the gateway.
	Processes []Process
	// DatabaseServers are sorted by name; every database of the application is on exactly one of them.
	DatabaseServers []DatabaseServer
	// Caches are sorted by name, one for every cache cluster of the application.
	Caches []Cache
	// Metrics say where what the Encore runtime measures goes.
	Metrics Metrics

	// At is the block's header, the zero range for the environment that needs no file.
	At hcl.Range
	// Places is where the file sets what: "key_arn", "database_server main", "database_server main/engine". A name in a list is
	// found as "database_server main/databases/orders".
	Places map[string]hcl.Range
	// AppAt is where the file names the application, the zero range where it does not.
	AppAt hcl.Range
}

// Exposed reports whether a process hosts the gateway or is public itself, and so whether there is a load balancer.
func (e *Environment) Exposed() bool {
	return slices.ContainsFunc(e.Processes, func(p Process) bool { return p.Gateway || p.Public })
}

// Process is one unit that is deployed and scaled by itself: a task definition and an ECS service.
type Process struct {
	Name string
	// Services are the services the process serves, sorted. Every service is served by exactly one process.
	Services []string
	// Gateway says that the process hosts the API gateway.
	Gateway bool
	// Public says that the process is a container that requests from outside reach without a gateway.
	Public bool
	// Worker says that the process is a container that listens on no port, Job that it is one that runs to its end when it is
	// started. Neither is called, and what its settings say of callers means nothing.
	Worker, Job bool
	// AuthService is a service served by another process whose code the gateway runs as well, for the auth handler. The
	// process needs that service's secrets, databases, caches and buckets, but must not consume its subscriptions, and is
	// not where its endpoints are found. "" for none.
	AuthService string
	Task
}

// HostedServices are the services whose code runs in the process: Services, and AuthService when there is one. Sorted.
func (p Process) HostedServices() []string {
	hosted := slices.Clone(p.Services)
	if p.AuthService != "" {
		hosted = append(hosted, p.AuthService)
		slices.Sort(hosted)
	}
	return hosted
}

// Task is the size and behaviour of one process.
type Task struct {
	CPU          int    // units; 1024 are one virtual CPU
	Memory       int    // MiB
	Architecture string // X86_64 or ARM64
	Scale        Scale
	// DrainSeconds is how long a task that stops goes on serving before it gets SIGTERM, StopTimeoutSeconds how long it has
	// from there to SIGKILL, 10 or more. At most rule.MaxStopSeconds together.
	DrainSeconds       int
	StopTimeoutSeconds int
	// HealthCheckGraceSeconds is how long a starting task may fail its health check.
	HealthCheckGraceSeconds int
	// SecurityGroupIDs are further groups of the tasks.
	SecurityGroupIDs []string
	// Spot says that a job runs on what AWS may take away. What a service has there, Scale says.
	Spot bool
	// User is whom the application runs as; "" for the image's own.
	User string
	// ReadOnlyRoot keeps the application from writing anywhere but to WritablePaths.
	ReadOnlyRoot  bool
	WritablePaths []string
	// KeepCapabilities are those of the kernel's that the application has; none by default.
	KeepCapabilities []string
	// Variables are environment variables of the application, on top of what the manifest says; VariablesAt says where.
	Variables   map[string]string
	VariablesAt map[string]hcl.Range
}

// Scale bounds the number of running tasks and says what makes it move.
type Scale struct {
	Min, Max                  int
	CPUPercent, MemoryPercent int // average use that autoscaling aims at
	// MessagesPerTask is how many messages may wait for each task in every queue that the process reads; 0 for any number.
	MessagesPerTask int
	// SpotPercent is the share of Spot among the tasks beyond the first OnDemand.
	SpotPercent, OnDemand int
}

// DatabaseServer is one PostgreSQL server.
type DatabaseServer struct {
	Name   string
	Engine string // postgres or aurora
	// EngineVersion is a major version, whose minor version AWS chooses, or a version in full.
	EngineVersion string

	InstanceClass string // engine postgres
	StorageGB     int    // engine postgres
	MaxStorageGB  int    // engine postgres
	MultiAZ       bool   // engine postgres

	MinCapacity float64 // engine aurora, in Aurora capacity units of 2 GiB
	MaxCapacity float64 // engine aurora
	Instances   int     // engine aurora

	BackupRetentionDays int
	DeletionProtection  bool
	FinalSnapshot       bool

	// Databases are the databases on the server, sorted.
	Databases []string
	// Existing is nil for a server that is made. For one that exists everything between Engine and here means nothing.
	Existing *ExistingServer
	// At is the block's header, the zero range for the server that needs no block.
	At hcl.Range
}

// Cache is the size of one cache cluster.
type Cache struct {
	Name     string
	NodeType string
	// Replicas are copies of the primary, 0 to 5.
	Replicas              int
	MultiAZ               bool
	SnapshotRetentionDays int // 0 for none
	FinalSnapshot         bool
}

// Cache is the cache cluster of that name; the zero Cache when the application has none.
func (e *Environment) Cache(name string) Cache {
	for _, cache := range e.Caches {
		if cache.Name == name {
			return cache
		}
	}
	return Cache{}
}

// Metrics say where measurements go, and how often.
type Metrics struct {
	Destination string // cloudwatch, prometheus, datadog or none
	// Namespace is CloudWatch's, Site Datadog's.
	Namespace       string
	Site            string
	IntervalSeconds int
}

// Filename is what the settings file is called, beside the application.
const Filename = "groundplan.hcl"
