package generator

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/stack"
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
		s.Existing(stack.Call{File: "network.tf", Label: "network", Of: app.Network, Exports: networkExports,
			Why: []string{"An existing network: ../../README.md says what has to be open in it"}, Args: []value.Field{
				kinds.Arg("vpc_id", value.String(existing.VPCID)),
				kinds.Arg("public_subnet_ids", value.Strings(existing.PublicSubnetIDs)),
				kinds.Arg("compute_subnet_ids", value.Strings(existing.ComputeSubnetIDs)),
				kinds.Arg("storage_subnet_ids", value.Strings(existing.StorageSubnetIDs)),
			}})
		return
	}
	s.Stack.Module(stack.Call{File: "network.tf", Label: "network", Module: "network", Of: app.Network, Exports: networkExports,
		Why: []string{fmt.Sprintf("The network of environment %q: nothing of another environment or application is in it", s.Env.Name)}, Args: []value.Field{
			kinds.Arg("name", name(s, names.Unit)),
			kinds.Arg("cidr", value.String(s.Env.CIDR)),
			kinds.Arg("zones", value.Strings(s.Env.Zones)),
			kinds.Arg("nat", value.String(s.Env.NAT)),
			kinds.Arg("storage_ports", value.Ints(s.StoragePorts())),
			kinds.Arg("service_port", value.Int(s.Port())),
			kinds.Arg("interface_endpoints", value.Strings(s.Env.InterfaceEndpoints)),
			kinds.Arg("endpoint_account_ids", value.Strings(imageAccounts(s.Deployment))),
			kinds.Arg("key_arn", kinds.KeyARN()),
			kinds.Arg("flow_log_retention_days", value.Int(s.Env.FlowLogRetentionDays)),
			kinds.Arg("iam_path", value.String(s.Env.IAMPath)),
			kinds.Arg("permissions_boundary_arn", value.String(s.Env.PermissionsBoundary)),
		}})
}

// networkExports are what an operator asks for who opens a way to the databases.
var networkExports = []string{"vpc_id"}

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
		s.Existing(stack.Call{File: "encryption.tf", Label: "key", Of: app.EncryptionKey, Args: []value.Field{kinds.Arg("arn", value.String(s.Env.KeyARN))},
			Why: []string{"An existing key: ../../README.md says what its policy has to admit"}})
	} else {
		s.Module("encryption.tf", "key", "encryption-key", app.EncryptionKey,
			[]string{"One key encrypts the logs, images, secrets and databases of this environment"},
			kinds.Arg("name", name(s, names.KeyAlias)),
			kinds.Arg("deletion_window_days", value.Int(s.Env.KeyDeletionDays)),
			kinds.Arg("log_groups", value.Strings(kinds.KeyLogGroups(s.Deployment))),
			kinds.Arg("topics", value.Strings(kinds.KeyTopics(s.Deployment))),
		)
	}
}

// namespace is the private DNS zone in which processes find each other.
func namespace(env *environment.Environment) string {
	return names.Of(names.DiscoveryName, env.App, env.Name) + ".internal"
}

func cluster(s *kinds.Stack) {
	s.Stack.Module(stack.Call{File: "cluster.tf", Label: "cluster", Module: "fargate-cluster", Of: app.Cluster, Exports: clusterExports,
		Why: []string{"The cluster, and the private DNS namespace in which processes find each other"}, Args: []value.Field{
			kinds.Arg("name", name(s, names.Cluster)),
			kinds.Arg("vpc_id", kinds.Network("vpc_id")),
			kinds.Arg("namespace", value.String(namespace(s.Env))),
			kinds.Arg("key_arn", kinds.KeyARN()),
			kinds.Arg("log_retention_days", value.Int(s.Env.LogRetentionDays)),
			kinds.Arg("container_insights", value.Bool(s.Env.ContainerInsights)),
		}})
}

// clusterExports are what a process is told of the cluster it runs on, as one value.
var clusterExports = []string{"cluster_arn", "cluster_name", "namespace_id", "namespace"}

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
		kinds.Arg("vpc_id", kinds.Network("vpc_id")),
		kinds.Arg("subnet_ids", kinds.Network(s.Env.LoadBalancerTier())),
		kinds.Arg("web_acl_arn", value.String(s.Env.WebACLARN)),
		kinds.Arg("idle_timeout_seconds", value.Int(s.Env.IdleTimeoutSeconds)),
		kinds.Arg("access_log_retention_days", value.Int(s.Env.AccessLogRetentionDays)),
		kinds.Arg("deletion_protection", value.Bool(s.Env.DeletionProtection)),
	}
	if s.Env.Domain != "" {
		args = append(args, domainArgs(s.Deployment)...)
	}
	var exports []string
	if s.Env.Domain != "" && len(s.Env.NamesWithoutZone()) > 0 {
		exports = append(exports, "dns_name") // whoever keeps the DNS of a name points it here
	}
	s.Stack.Module(stack.Call{File: "load_balancer.tf", Label: "load_balancer", Module: "load-balancer", Of: app.LoadBalancer, Why: []string{comment}, Args: args, Exports: exports})
}
