package generator

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// lowerPlatform builds the long-lived stack of an environment: what services need before they can start.
func lowerPlatform(s *kinds.Stack) {
	network(s)
	encryptionKey(s)
	registry(s)
	cluster(s)
	if s.Env.Exposed() {
		loadBalancer(s)
	}
	if !s.App.Containers() {
		kinds.LowerServiceAuth(s)
	}
	for _, kind := range kinds.All {
		if kind.Lower != nil && runs(s.App, kind) {
			kind.Lower(s, s.Of(kind.Name))
		}
	}
}

// gateway is the process that hosts the API gateway, nil when the application exposes nothing.
func gateway(env *environment.Environment) *environment.Process {
	for i := range env.Processes {
		if env.Processes[i].Gateway {
			return &env.Processes[i]
		}
	}
	return nil
}

// name is the physical name of what an environment has one of.
func name(s *kinds.Stack, budget names.Budget) value.Value {
	return value.String(names.Of(budget, s.Env.App, s.Env.Name))
}

// network is where everything runs: a VPC of the environment's own, or one that exists.
func network(s *kinds.Stack) {
	if existing := s.Env.Network; existing != nil {
		s.Existing("network.tf", "network", "network",
			[]string{"The network exists and stays its owner's: ../../README.md says what has to be open in it"}, value.Object(
				kinds.Arg("vpc_id", value.String(existing.VPCID)),
				kinds.Arg("public_subnet_ids", value.Strings(existing.PublicSubnetIDs)),
				kinds.Arg("compute_subnet_ids", value.Strings(existing.ComputeSubnetIDs)),
				kinds.Arg("storage_subnet_ids", value.Strings(existing.StorageSubnetIDs)),
			))
	} else {
		s.Module("network.tf", "network", "network", "network",
			[]string{fmt.Sprintf("The network of environment %q: nothing of another environment or application is in it", s.Env.Name)},
			kinds.Arg("name", name(s, names.Unit)),
			kinds.Arg("cidr", value.String(s.Env.CIDR)),
			kinds.Arg("zones", value.Strings(s.Env.Zones)),
			kinds.Arg("nat", value.String(s.Env.NAT)),
			kinds.Arg("storage_ports", value.Ints(s.StoragePorts())),
			kinds.Arg("service_port", value.Int(s.Port())),
			kinds.Arg("interface_endpoints", value.Strings(s.Env.InterfaceEndpoints)),
			kinds.Arg("endpoint_account_ids", value.Strings(imageAccounts(s.Deployment))),
			kinds.Arg("key_arn", s.KeyARN()),
			kinds.Arg("flow_log_retention_days", value.Int(s.Env.FlowLogRetentionDays)),
			kinds.Arg("iam_path", value.String(s.Env.IAMPath)),
			kinds.Arg("permissions_boundary_arn", value.String(s.Env.PermissionsBoundary)),
		)
	}
	s.Output("network", "Where processes run.", value.Object(
		kinds.Arg("vpc_id", s.Network("vpc_id")),
		kinds.Arg("compute_subnet_ids", s.Network("compute_subnet_ids")),
	))
}

// imageAccounts are the accounts, other than the environment's, whose registries images come from when there is no NAT: the
// endpoints of ECR lead to no others. Sorted; without account_id the environment's own may be among them.
func imageAccounts(d *kinds.Deployment) []string {
	if d.Env.NAT != "none" {
		return nil
	}
	images := []string{d.Env.HelperImage}
	for _, service := range d.App.Services {
		if service.Container != nil {
			images = append(images, service.Container.Image)
		}
	}
	var accounts []string
	for _, image := range images {
		if parts := kinds.PrivateImage.FindStringSubmatch(image); parts != nil && parts[1] != d.Env.AccountID {
			accounts = append(accounts, parts[1])
		}
	}
	return distinct(accounts)
}

// encryptionKey is the key that encrypts everything, the environment's own or one that exists.
func encryptionKey(s *kinds.Stack) {
	if s.Env.KeyARN != "" {
		s.Existing("encryption.tf", "key_arn", "encryption key",
			[]string{"The key exists and stays its owner's: ../../README.md says what its policy has to admit"}, value.String(s.Env.KeyARN))
	} else {
		s.Module("encryption.tf", "key", "encryption-key", "encryption key",
			[]string{"One key encrypts the logs, images, secrets and databases of this environment"},
			kinds.Arg("name", name(s, names.KeyAlias)),
			kinds.Arg("deletion_window_days", value.Int(s.Env.KeyDeletionDays)),
			kinds.Arg("log_groups", value.Strings(kinds.KeyLogGroups(s.Deployment))),
			kinds.Arg("topics", value.Strings(kinds.KeyTopics(s.Deployment))),
		)
	}
	s.Output("key_arn", "Key that encrypts logs, images, secrets and databases.", s.KeyARN())
}

// namespace is the private DNS zone in which processes find each other.
func namespace(env *environment.Environment) string {
	return names.Of(names.DiscoveryName, env.App, env.Name) + ".internal"
}

func cluster(s *kinds.Stack) {
	s.Module("cluster.tf", "cluster", "fargate-cluster", "cluster",
		[]string{"The cluster, and the private DNS namespace in which processes find each other"},
		kinds.Arg("name", name(s, names.Cluster)),
		kinds.Arg("vpc_id", s.Network("vpc_id")),
		kinds.Arg("namespace", value.String(namespace(s.Env))),
		kinds.Arg("key_arn", s.KeyARN()),
		kinds.Arg("log_retention_days", value.Int(s.Env.LogRetentionDays)),
		kinds.Arg("container_insights", value.Bool(s.Env.ContainerInsights)),
	)
	s.Output("cluster", "The cluster that processes run on.", value.Object(
		kinds.Arg("cluster_arn", value.Traversal("module.cluster.cluster_arn")),
		kinds.Arg("cluster_name", value.Traversal("module.cluster.cluster_name")),
		kinds.Arg("namespace_id", value.Traversal("module.cluster.namespace_id")),
		kinds.Arg("namespace", value.Traversal("module.cluster.namespace")),
	))
}

func loadBalancer(s *kinds.Stack) {
	target := "the gateway"
	if s.App.Containers() {
		target = "public services"
	}
	comment := fmt.Sprintf("The way in: HTTPS on %s, routed to %s only", s.Env.Domain, target)
	switch {
	case s.Env.Domain == "":
		comment = "The way in: internal until the environment has a domain, because nothing without TLS faces the internet"
	case s.Env.Internal:
		comment = fmt.Sprintf("The way in, from the network alone: HTTPS on %s, routed to %s only", s.Env.Domain, target)
	}
	args := []value.Field{
		kinds.Arg("name", name(s, names.LoadBalancer)),
		kinds.Arg("vpc_id", s.Network("vpc_id")),
		kinds.Arg("subnet_ids", s.Network(s.Env.LoadBalancerTier())),
		kinds.Arg("web_acl_arn", value.String(s.Env.WebACLARN)),
		kinds.Arg("idle_timeout_seconds", value.Int(s.Env.IdleTimeoutSeconds)),
		kinds.Arg("access_log_retention_days", value.Int(s.Env.AccessLogRetentionDays)),
		kinds.Arg("deletion_protection", value.Bool(s.Env.DeletionProtection)),
	}
	if s.Env.Domain != "" {
		args = append(args, domainArgs(s.Deployment)...)
	}
	s.Module("load_balancer.tf", "load_balancer", "load-balancer", "load balancer", []string{comment}, args...)
	fields := []value.Field{
		kinds.Arg("listener_arn", value.Traversal("module.load_balancer.listener_arn")),
		kinds.Arg("security_group_id", value.Traversal("module.load_balancer.security_group_id")),
		kinds.Arg("url", value.Traversal("module.load_balancer.url")),
	}
	if s.Env.Domain != "" && len(s.Env.NamesWithoutZone()) > 0 {
		// Whoever keeps the DNS of a name points it here.
		fields = append(fields, kinds.Arg("dns_name", value.Traversal("module.load_balancer.dns_name")))
	}
	s.Output("load_balancer", "The way in, for the gateway to attach itself to.", value.Object(fields...))
}
