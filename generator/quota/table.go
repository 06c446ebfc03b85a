package quota

// The quotas that an environment takes something of, wherever it runs: those of what runs its workloads stand with that. Codes and
// defaults are those of the pages "endpoints and quotas" of each service in the AWS General Reference; the young values are what new
// accounts are seen to have.
var (
	vpcs           = Quota{Service: "vpc", Code: "L-F678F1CE", Name: "VPCs per Region", Default: 5}
	addresses      = Quota{Service: "ec2", Code: "L-0263D0A3", Name: "EC2-VPC Elastic IPs", Default: 5}
	natGateways    = Quota{Service: "vpc", Code: "L-FE5A380F", Name: "NAT gateways per Availability Zone", Default: 5}
	securityGroups = Quota{Service: "vpc", Code: "L-E79EC296", Name: "VPC security groups per Region", Default: 2500}
	groupRules     = Quota{Service: "vpc", Code: "L-0EA8095F", Name: "Inbound or outbound rules per security group", Default: 60, Each: "security group"}
	endpoints      = Quota{Service: "vpc", Code: "L-29B6F2EB", Name: "Interface VPC endpoints per VPC", Default: 50, Each: "VPC"}
	interfaces     = Quota{Service: "vpc", Code: "L-DF5E4CA3", Name: "Network interfaces per Region", Default: 5000}

	balancers        = Quota{Service: "elasticloadbalancing", Code: "L-53DA6B97", Name: "Application Load Balancers per Region", Default: 50}
	listenerRules    = Quota{Service: "elasticloadbalancing", Code: "L-7EED9B64", Name: "Rules per Application Load Balancer", Default: 100, Each: "load balancer"}
	targetGroups     = Quota{Service: "elasticloadbalancing", Code: "L-822D1B1B", Name: "Target Groups per Application Load Balancer", Default: 100, Each: "load balancer", Fixed: true}
	targets          = Quota{Service: "elasticloadbalancing", Code: "L-7E6692B2", Name: "Targets per Application Load Balancer", Default: 1000, Each: "load balancer"}
	certificatesOfLB = Quota{Service: "elasticloadbalancing", Code: "L-9365A611", Name: "Certificates per Application Load Balancer", Default: 25, Each: "load balancer"}
	certificates     = Quota{Service: "acm", Code: "L-F141DD1D", Name: "ACM certificates", Default: 2500}

	databaseServers  = Quota{Service: "rds", Code: "L-7B6409FD", Name: "DB instances", Default: 40}
	databaseClusters = Quota{Service: "rds", Code: "L-952B80B8", Name: "DB clusters", Default: 40}
	databaseStorage  = Quota{Service: "rds", Code: "L-7ADDB58A", Name: "Total storage for all DB instances", Default: 100000}
	cacheNodes       = Quota{Service: "elasticache", Name: "Nodes per Region", Default: 300}
	secrets          = Quota{Service: "secretsmanager", Code: "L-2F66C23C", Name: "Secrets per Region", Default: 500000}
	topics           = Quota{Service: "sns", Code: "L-61103206", Name: "Topics per Account", Default: 100000}

	buckets         = Quota{Service: "s3", Code: "L-DC2B2D3D", Name: "General purpose buckets", Default: 10000, Global: true}
	distributions   = Quota{Service: "cloudfront", Code: "L-24B04930", Name: "Web distributions per AWS account", Default: 200, Global: true}
	cachePolicies   = Quota{Service: "cloudfront", Code: "L-7D134442", Name: "Cache policies per AWS account", Default: 20, Global: true}
	headersPolicies = Quota{Service: "cloudfront", Code: "L-CF0D4FC5", Name: "Response headers policies per AWS account", Default: 20, Global: true}
	originAccess    = Quota{Service: "cloudfront", Name: "Origin access controls per AWS account", Default: 100, Global: true}

	roles = Quota{Service: "iam", Code: "L-FE177D64", Name: "Roles per account", Default: 1000, Global: true}
)
