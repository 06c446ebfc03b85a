// Package platform is what every environment has, whatever its application declares and whatever runs it: the network, the key, the
// registry of images.
package platform

import (
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// Lower adds what every environment has to its long-lived stack.
func Lower(d *deploy.Deployment, s *stack.Stack) {
	network(d, s)
	encryptionKey(d, s)
	registry(d, s)
}

// name is the physical name of what an environment has one of.
func name(d *deploy.Deployment, budget names.Budget) value.Value {
	return value.String(names.Of(budget, d.Env.App, d.Env.Name))
}

// network is where everything runs: a VPC of the environment's own, or one that exists.
func network(d *deploy.Deployment, s *stack.Stack) {
	if existing := d.Env.Network; existing != nil {
		s.Existing(stack.Call{File: "network.tf", Label: "network", Of: app.Network, Exports: networkExports, Says: "Where processes run.",
			Why: []string{"An existing network: ../../README.md says what has to be open in it"},
			Args: []value.Field{
				value.Arg("vpc_id", value.String(existing.VPCID)),
				value.Arg("public_subnet_ids", value.Strings(existing.PublicSubnetIDs)),
				value.Arg("compute_subnet_ids", value.Strings(existing.ComputeSubnetIDs)),
				value.Arg("storage_subnet_ids", value.Strings(existing.StorageSubnetIDs)),
			}})
	} else {
		s.Module(stack.Call{File: "network.tf", Label: "network", Module: "network", Of: app.Network, Exports: networkExports, Says: "Where processes run.",
			Why: []string{fmt.Sprintf("The network of environment %q: nothing of another environment or application is in it", d.Env.Name)},
			Args: []value.Field{
				value.Arg("name", name(d, names.Unit)),
				value.Arg("cidr", value.String(d.Env.CIDR)),
				value.Arg("zones", value.Strings(d.Env.Zones)),
				value.Arg("nat", value.String(d.Env.NAT)),
				value.Arg("storage_ports", value.Ints(kinds.StoragePorts(d))),
				value.Arg("service_port", value.Int(d.NetworkPort())),
				value.Arg("interface_endpoints", value.Strings(d.Env.InterfaceEndpoints)),
				value.Arg("endpoint_account_ids", value.Strings(imageAccounts(d))),
				value.Arg("key_arn", kind.KeyARN()),
				value.Arg("flow_log_retention_days", value.Int(d.Env.FlowLogRetentionDays)),
				value.Arg("iam_path", value.String(d.Env.IAMPath)),
				value.Arg("permissions_boundary_arn", value.String(d.Env.PermissionsBoundary)),
			}})
	}
}

// networkExports are what a workload is told of the network it runs in, as one value, and what an operator asks for who opens a way
// to the databases.
var networkExports = []string{"compute_subnet_ids", "vpc_id"}

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
		if parts := deploy.PrivateImage().FindStringSubmatch(image); parts != nil && parts[1] != d.Env.AccountID {
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
func encryptionKey(d *deploy.Deployment, s *stack.Stack) {
	if d.Env.KeyARN != "" {
		s.Existing(stack.Call{File: "encryption.tf", Label: "key", Of: app.EncryptionKey, Says: keySays, Args: []value.Field{value.Arg("arn", value.String(d.Env.KeyARN))},
			Why: []string{"An existing key: ../../README.md says what its policy has to admit"}})
	} else {
		s.Module(stack.Call{File: "encryption.tf", Label: "key", Module: "encryption-key", Of: app.EncryptionKey, Says: keySays,
			Why: []string{"One key encrypts the logs, images, secrets and databases of this environment"},
			Args: []value.Field{
				value.Arg("name", name(d, names.KeyAlias)),
				value.Arg("deletion_window_days", value.Int(d.Env.KeyDeletionDays)),
				value.Arg("log_groups", value.Strings(kinds.KeyLogGroups(d))),
				value.Arg("topics", value.Strings(kinds.KeyTopics(d))),
			}})
	}
}

// keySays is the description of the key's output.
const keySays = "Key that encrypts logs, images, secrets and databases."
