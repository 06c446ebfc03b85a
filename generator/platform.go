package generator

import (
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/compute"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// lowerPlatform builds the long-lived stack of an environment: what services need before they can start.
func lowerPlatform(s *kinds.Stack) {
	network(s)
	encryptionKey(s)
	registry(s)
	compute.Of(s.Deployment).Platform(s)
	if !s.App.Containers() {
		kinds.LowerServiceAuth(s)
	}
	for _, kind := range kinds.All {
		if kind.Platform != nil && (!kind.OfRuntime || !s.App.Containers()) {
			kind.Platform(s, s.Of(kind.Name))
		}
	}
}

// name is the physical name of what an environment has one of.
func name(s *kinds.Stack, budget names.Budget) value.Value {
	return value.String(names.Of(budget, s.Env.App, s.Env.Name))
}

// network is where everything runs: a VPC of the environment's own, or one that exists.
func network(s *kinds.Stack) {
	if existing := s.Env.Network; existing != nil {
		s.Existing("network.tf", "network", app.Network,
			[]string{"The network exists and stays its owner's: ../../README.md says what has to be open in it"}, value.Object(
				kinds.Arg("vpc_id", value.String(existing.VPCID)),
				kinds.Arg("public_subnet_ids", value.Strings(existing.PublicSubnetIDs)),
				kinds.Arg("compute_subnet_ids", value.Strings(existing.ComputeSubnetIDs)),
				kinds.Arg("storage_subnet_ids", value.Strings(existing.StorageSubnetIDs)),
			))
	} else {
		s.Module("network.tf", "network", "network", app.Network,
			[]string{fmt.Sprintf("The network of environment %q: nothing of another environment or application is in it", s.Env.Name)},
			kinds.Arg("name", name(s, names.Unit)),
			kinds.Arg("cidr", value.String(s.Env.CIDR)),
			kinds.Arg("zones", value.Strings(s.Env.Zones)),
			kinds.Arg("nat", value.String(s.Env.NAT)),
			kinds.Arg("storage_ports", value.Ints(kinds.StoragePorts(s.Deployment))),
			kinds.Arg("service_port", value.Int(s.NetworkPort())),
			kinds.Arg("interface_endpoints", value.Strings(s.Env.InterfaceEndpoints)),
			kinds.Arg("endpoint_account_ids", value.Strings(imageAccounts(s.Deployment))),
			kinds.Arg("key_arn", kinds.KeyARN()),
			kinds.Arg("flow_log_retention_days", value.Int(s.Env.FlowLogRetentionDays)),
			kinds.Arg("iam_path", value.String(s.Env.IAMPath)),
			kinds.Arg("permissions_boundary_arn", value.String(s.Env.PermissionsBoundary)),
		)
	}
	s.Output("network", "Where processes run.", value.Object(
		kinds.Arg("vpc_id", kinds.Network("vpc_id")),
		kinds.Arg("compute_subnet_ids", kinds.Network("compute_subnet_ids")),
	))
}

// imageAccounts are the accounts, other than the environment's, whose registries images come from when there is no NAT: the
// endpoints of ECR lead to no others. Sorted; without account_id the environment's own may be among them.
func imageAccounts(d *deploy.Deployment) []string {
	if d.Env.NAT != "none" {
		return nil
	}
	images := []string{d.Env.HelperImage}
	for _, w := range d.Workloads {
		images = append(images, w.Image.Name)
	}
	var accounts []string
	for _, image := range images {
		if parts := deploy.PrivateImage.FindStringSubmatch(image); parts != nil && parts[1] != d.Env.AccountID {
			accounts = append(accounts, parts[1])
		}
	}
	return distinct(accounts)
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// encryptionKey is the key that encrypts everything, the environment's own or one that exists.
func encryptionKey(s *kinds.Stack) {
	if s.Env.KeyARN != "" {
		s.Existing("encryption.tf", "key_arn", app.EncryptionKey,
			[]string{"The key exists and stays its owner's: ../../README.md says what its policy has to admit"}, value.String(s.Env.KeyARN))
	} else {
		s.Module("encryption.tf", "key", "encryption-key", app.EncryptionKey,
			[]string{"One key encrypts the logs, images, secrets and databases of this environment"},
			kinds.Arg("name", name(s, names.KeyAlias)),
			kinds.Arg("deletion_window_days", value.Int(s.Env.KeyDeletionDays)),
			kinds.Arg("log_groups", value.Strings(kinds.KeyLogGroups(s.Deployment))),
			kinds.Arg("topics", value.Strings(kinds.KeyTopics(s.Deployment))),
		)
	}
	s.Output("key_arn", "Key that encrypts logs, images, secrets and databases.", kinds.KeyARN())
}
