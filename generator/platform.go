package generator

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

// lowerPlatform builds the long-lived stack of an environment: what services need before they can start.
func lowerPlatform(s *kinds.Stack) {
	network(s)
	registry(s)
	cluster(s)
	if gateway(s.Env) != nil {
		loadBalancer(s)
	}
	kinds.LowerServiceAuth(s)
	for _, kind := range kinds.All {
		if kind.Lower != nil {
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
func name(s *kinds.Stack, budget environment.Budget) emit.Value {
	return emit.String(environment.Name(budget, s.Env.App, s.Env.Name))
}

func network(s *kinds.Stack) {
	s.Module("network.tf", "network", "network", "network",
		[]string{fmt.Sprintf("The network of environment %q: nothing of another environment or application is in it", s.Env.Name)},
		kinds.Arg("name", name(s, environment.Unit)),
		kinds.Arg("cidr", emit.String(s.Env.CIDR)),
		kinds.Arg("zones", emit.Strings(s.Env.Zones)),
		kinds.Arg("nat", emit.String(s.Env.NAT)),
		kinds.Arg("storage_ports", emit.Ints(storagePorts(s))),
		kinds.Arg("interface_endpoints", emit.Strings(s.Env.InterfaceEndpoints)),
		kinds.Arg("key_arn", emit.Ref("module.key.arn")),
		kinds.Arg("flow_log_retention_days", emit.Int(s.Env.FlowLogRetentionDays)),
		kinds.Arg("iam_path", emit.String(s.Env.IAMPath)),
		kinds.Arg("permissions_boundary_arn", emit.String(s.Env.PermissionsBoundary)),
	)
	s.Module("encryption.tf", "key", "encryption-key", "encryption key",
		[]string{"One key encrypts the logs, images, secrets and databases of this environment"},
		kinds.Arg("name", name(s, environment.KeyAlias)),
		kinds.Arg("deletion_window_days", emit.Int(s.Env.KeyDeletionDays)),
		kinds.Arg("message_sources", emit.Strings(keyUsers(s))),
	)
	s.Output("network", "Where processes run.", emit.Object(
		kinds.Arg("vpc_id", emit.Ref("module.network.vpc_id")),
		kinds.Arg("compute_subnet_ids", emit.Ref("module.network.compute_subnet_ids")),
	))
	s.Output("key_arn", "Key that encrypts logs, images, secrets and databases.", emit.Ref("module.key.arn"))
}

// keyUsers are the AWS services that use the key on behalf of what the application declares, sorted.
func keyUsers(s *kinds.Stack) []string {
	var users []string
	for _, kind := range kinds.All {
		if len(s.Of(kind.Name)) > 0 {
			users = append(users, kind.KeyUsers...)
		}
	}
	return distinct(users)
}

// storagePorts are the ports the storage tier answers on: none means that there is no such tier.
func storagePorts(s *kinds.Stack) []int {
	var ports []int
	for _, kind := range kinds.All {
		if kind.StoragePort != 0 && len(s.Of(kind.Name)) > 0 {
			ports = append(ports, kind.StoragePort)
		}
	}
	return ports
}

func registry(s *kinds.Stack) {
	s.Module("registry.tf", "registry", "registry", "registry",
		[]string{fmt.Sprintf("Images of %s: one image holds every service", s.App.Name)},
		kinds.Arg("name", name(s, environment.Repository)),
		kinds.Arg("key_arn", emit.Ref("module.key.arn")),
		kinds.Arg("keep_images", emit.Int(s.Env.KeepImages)),
		kinds.Arg("push_role_arns", emit.Strings(s.Env.DeployRoleARNs)),
		kinds.Arg("force_delete", emit.Bool(!s.Env.DeletionProtection)),
	)
	s.Output("registry", "Where images are pushed to and pulled from.", emit.Object(
		kinds.Arg("repository_url", emit.Ref("module.registry.repository_url")),
		kinds.Arg("repository_arn", emit.Ref("module.registry.repository_arn")),
	))
}

// namespace is the private DNS zone in which processes find each other.
func namespace(env *environment.Environment) string {
	return environment.Name(environment.DiscoveryName, env.App, env.Name) + ".internal"
}

func cluster(s *kinds.Stack) {
	s.Module("cluster.tf", "cluster", "fargate-cluster", "cluster",
		[]string{"The cluster, and the private DNS namespace in which processes find each other"},
		kinds.Arg("name", name(s, environment.Cluster)),
		kinds.Arg("vpc_id", emit.Ref("module.network.vpc_id")),
		kinds.Arg("namespace", emit.String(namespace(s.Env))),
		kinds.Arg("key_arn", emit.Ref("module.key.arn")),
		kinds.Arg("log_retention_days", emit.Int(s.Env.LogRetentionDays)),
		kinds.Arg("container_insights", emit.Bool(s.Env.ContainerInsights)),
	)
	s.Output("cluster", "The cluster that processes run on.", emit.Object(
		kinds.Arg("cluster_arn", emit.Ref("module.cluster.cluster_arn")),
		kinds.Arg("cluster_name", emit.Ref("module.cluster.cluster_name")),
		kinds.Arg("namespace_id", emit.Ref("module.cluster.namespace_id")),
		kinds.Arg("namespace", emit.Ref("module.cluster.namespace")),
	))
}

func loadBalancer(s *kinds.Stack) {
	comment := fmt.Sprintf("The way in: HTTPS on %s, routed to the gateway only", s.Env.Domain)
	if s.Env.Domain == "" {
		comment = "The way in: internal until the environment has a domain, because nothing without TLS faces the internet"
	}
	args := []emit.Arg{
		kinds.Arg("name", name(s, environment.LoadBalancer)),
		kinds.Arg("vpc_id", emit.Ref("module.network.vpc_id")),
		kinds.Arg("subnet_ids", emit.Ref("module.network.public_subnet_ids")),
		kinds.Arg("access_log_retention_days", emit.Int(s.Env.AccessLogRetentionDays)),
		kinds.Arg("deletion_protection", emit.Bool(s.Env.DeletionProtection)),
	}
	if s.Env.Domain != "" {
		args = append(args,
			kinds.Arg("domain", emit.String(s.Env.Domain)),
			kinds.Arg("hosted_zone_id", emit.String(s.Env.HostedZoneID)))
	}
	s.Module("load_balancer.tf", "load_balancer", "load-balancer", "load balancer", []string{comment}, args...)
	s.Output("load_balancer", "The way in, for the gateway to attach itself to.", emit.Object(
		kinds.Arg("listener_arn", emit.Ref("module.load_balancer.listener_arn")),
		kinds.Arg("security_group_id", emit.Ref("module.load_balancer.security_group_id")),
		kinds.Arg("url", emit.Ref("module.load_balancer.url")),
	))
}
