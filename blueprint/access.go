package blueprint

// LoadBalancer is the way in.
type LoadBalancer struct {
	Name string `json:"name"`
	// Output is what the platform stack calls it. Its attribute dns_name, which names without a hosted zone are pointed at, is
	// there where the environment has such names.
	Output string `json:"output,omitempty"`
	// Internal: it has private addresses alone.
	Internal bool `json:"internal,omitempty"`
	// IdleTimeoutSeconds is how long it keeps a connection that is silent.
	IdleTimeoutSeconds int `json:"idle_timeout_seconds"`
	// WebACLARN is a web ACL that exists and filters requests.
	WebACLARN string `json:"web_acl_arn,omitempty"`
}

// Network is where everything runs.
type Network struct {
	// Name is the one that a network has that is made, and its VPC as the tag Name; "" for one that exists.
	Name string `json:"name,omitempty"`
	// VPCID is that of a network that exists, "" for one that is made; the subnets are those of the former.
	VPCID            string   `json:"vpc_id,omitempty"`
	PublicSubnetIDs  []string `json:"public_subnet_ids,omitempty"`
	ComputeSubnetIDs []string `json:"compute_subnet_ids,omitempty"`
	StorageSubnetIDs []string `json:"storage_subnet_ids,omitempty"`
	// Port is the one that workloads answer on, StoragePorts those that servers and caches in the storage subnets do, and
	// OutboundPorts those that workloads call in the internet.
	Port          int   `json:"port"`
	StoragePorts  []int `json:"storage_ports,omitempty"`
	OutboundPorts []int `json:"outbound_ports,omitempty"`
	// Endpoints are the services of AWS that workloads call, as interface endpoints are named; sorted.
	Endpoints []string `json:"endpoints"`
	// UnusableZone is the id of a zone of the region in which nothing can stand.
	UnusableZone string `json:"unusable_zone,omitempty"`
}

// Key is the KMS key that encrypts everything.
type Key struct {
	// ARN is that of a key that exists, "" for one that is made.
	ARN string `json:"arn,omitempty"`
	// Alias is that of a key that is made, "" for one that exists.
	Alias string `json:"alias,omitempty"`
	// DeletionDays are how long a key that is made can be brought back once it is destroyed.
	DeletionDays int `json:"deletion_days,omitempty"`
	// LogGroups and Topics are what the policy of a key that exists has to admit, names with wildcards.
	LogGroups []string `json:"log_groups,omitempty"`
	Topics    []string `json:"topics,omitempty"`
}

// Domain is a name that the environment answers to.
type Domain struct {
	Name string `json:"name"`
	// ZoneID is the public zone that its record is made in, PrivateZoneID one that only VPCs resolve. Without either somebody
	// else keeps its DNS.
	ZoneID        string `json:"zone_id,omitempty"`
	PrivateZoneID string `json:"private_zone_id,omitempty"`
	// Redirect sends requests on to the environment's domain.
	Redirect bool `json:"redirect,omitempty"`
	// Service is the one that answers under it, Bucket the one that is shown there; "" for the environment's own names.
	Service string `json:"service,omitempty"`
	Bucket  string `json:"bucket,omitempty"`
}

// Zone is a hosted zone of Route 53, which exists.
type Zone struct {
	ID      string `json:"id"`
	Private bool   `json:"private,omitempty"`
	// Proves: certificates are proven by records in it.
	Proves bool `json:"proves,omitempty"`
}

// Certificate is one of ACM.
type Certificate struct {
	// ARN is that of a certificate that exists, "" for one that is made.
	ARN string `json:"arn,omitempty"`
	// Names are what it covers, wildcards included.
	Names []string `json:"names"`
	// CDN: it is CloudFront's, in us-east-1.
	CDN bool `json:"cdn,omitempty"`
}

// Access is what exists at the edges of an environment: who is told of alarms, and who bounds, fills and shares what it has.
type Access struct {
	// AlarmTopicARNs are where alarms go to.
	AlarmTopicARNs []string `json:"alarm_topic_arns,omitempty"`
	// CDNWebACLARN is a web ACL of CloudFront's in front of the buckets that are shown.
	CDNWebACLARN string `json:"cdn_web_acl_arn,omitempty"`
	// PermissionsBoundary is the policy that bounds every role, and RoleServices the services of AWS that roles use something of,
	// as IAM spells them; sorted.
	PermissionsBoundary string   `json:"permissions_boundary,omitempty"`
	RoleServices        []string `json:"role_services"`
	// RegistryRoles may push to or pull from the registry besides the workloads' own; sorted.
	RegistryRoles []string `json:"registry_roles,omitempty"`
	// SecurityGroupIDs are those that tasks have besides their own; sorted.
	SecurityGroupIDs []string `json:"security_group_ids,omitempty"`
}

// Quota is what an environment takes of one quota of its account.
type Quota struct {
	// Service and Code are what `aws service-quotas` takes; Code is "" for one that is found by its name.
	Service, Code, Name string
	// Needed is what it takes to apply and deploy, Peak what scaling out may take; 0 where nothing scales.
	Needed, Peak float64
	// Default is AWS's documented default, Young what new accounts start with where that is known to be less.
	Default, Young float64
	// Each says what the quota holds of; "" when an account has it once in a region. Global is the same in all regions, and
	// Fixed is what AWS does not raise.
	Each          string
	Global, Fixed bool
	// What says in words what Needed is made of, Lower which setting makes it less.
	What, Lower string
}
