package kinds

import (
	"slices"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules"
)

// What of a module call decides whether the thing that holds data stays the same thing. The lock remembers these values,
// and a run that would change one is refused (package holdings). An apply shows which arguments they are: TestX3 under e2e/
// plans a change of each, and of all others, against what was applied.

// Followed are the arguments by which a component hangs on another, which is where a change of them is noticed: the
// environment's key and its network.
var Followed = []string{"key_arn", "vpc_id", "subnet_ids", "topic_arn", "bucket_regional_domain_name"}

// Fixed are the other arguments that replace what holds data, by module. A module that is not listed holds none: processes,
// schedules, distributions and what runs in a cluster are made again from the code, logs of processes end with them, as do
// their generated passwords.
var Fixed = map[string][]string{
	"bucket":           {"name"},                   // aws_s3_bucket.bucket
	"cache":            {"name", "engine_version"}, // aws_elasticache_replication_group.replication_group_id; engine_version when it is lowered
	"database-cluster": {"name", "engine_version"}, // aws_rds_cluster.cluster_identifier; a lower version is refused by RDS
	"database-server":  {"name", "engine_version"}, // aws_db_subnet_group.name, which RDS refuses to leave; a lower version as well
	"encryption-key":   nil,                        // aws_kms_key has no such argument: the key goes with its module call
	"generated-secret": {"name"},                   // aws_secretsmanager_secret.name
	"load-balancer":    {"name"},                   // aws_s3_bucket.bucket, which holds access logs
	"log-bucket":       {"name"},                   // aws_s3_bucket.bucket
	"network":          {"cidr", "zones"},          // aws_vpc.cidr_block; aws_subnet of a zone: what stands in it cannot stay
	"registry":         {"name"},                   // aws_ecr_repository.name
	"secret":           {"name"},                   // aws_secretsmanager_secret.name
	"subscription":     {"name", "fifo"},           // aws_sqs_queue.name and .fifo_queue
	"topic":            {"name", "fifo"},           // aws_sns_topic.name and .fifo_topic
}

// Values that a holding has besides arguments of its module.
const (
	// EngineFact tells the two modules of database servers apart, which share an address.
	EngineFact = "engine"
	// OwnFact is the key or the network of an environment: made for it, or one that exists.
	OwnFact = "is"
	// Made is OwnFact of what is made.
	Made = "made for this environment"
	// InternalFact is "true" for a load balancer with private addresses alone, ProtectedFact for one that AWS refuses to delete.
	// Neither loses data, and a change of the one is stopped half-way by the other.
	InternalFact  = "internal"
	ProtectedFact = "deletion_protection"
	// ServerFact is the server that a database is on.
	ServerFact = "server"
	// account stands for the account's id in a name: where it is not set terraform fills it in.
	account = "<account>"
)

// hold remembers what is fixed of a module call, its arguments as they will be printed.
func (s *Stack) hold(module, id string, args []value.Field) {
	fixed, holds := Fixed[module]
	if !holds || module == "generated-secret" && id != serviceAuthID {
		return
	}
	facts := map[string]string{}
	for _, name := range fixed {
		written := modules.Default(module, name)
		if i := slices.IndexFunc(args, func(a value.Field) bool { return a.Name == name }); i >= 0 {
			written, _ = emit.Line(args[i].Value, nil)
		}
		facts[name] = s.fact(written)
	}
	switch module {
	case "encryption-key", "network":
		facts[OwnFact] = Made
	case "load-balancer":
		facts[InternalFact] = strconv.FormatBool(s.Env.Internal)
		// The module protects none without a domain: its first one replaces it.
		facts[ProtectedFact] = strconv.FormatBool(s.Env.DeletionProtection && s.Env.Domain != "")
	case "database-server":
		facts[EngineFact] = "postgres"
	case "database-cluster":
		facts[EngineFact] = "aurora"
	}
	s.Holdings[id] = facts
}

// holdExisting remembers the key or the network that an environment brings: with another one all that uses it would go.
// Whatever else is brought holds nothing that terraform could destroy.
func (s *Stack) holdExisting(id string) {
	switch id {
	case "encryption key":
		s.Holdings[id] = map[string]string{OwnFact: s.Env.KeyARN}
	case "network":
		s.Holdings[id] = map[string]string{OwnFact: s.Env.Network.VPCID}
	}
}

// fact is a printed value without the quotes of HCL, and with the account's id left out wherever it comes from.
func (s *Stack) fact(written string) string {
	text := strings.ReplaceAll(written, "${data.aws_caller_identity.current.account_id}", account)
	if list, is := strings.CutPrefix(text, "["); is {
		text = strings.ReplaceAll(strings.TrimSuffix(list, "]"), `"`, "") // a, b
	}
	if bare, err := strconv.Unquote(text); err == nil {
		text = bare
	}
	if id := s.Env.AccountID; id != "" && strings.HasSuffix(text, "-"+id) {
		text = strings.TrimSuffix(text, id) + account
	}
	return text
}

// PhysicalName is the name that a holding has on AWS, with the account's id in it where that is known.
func PhysicalName(facts map[string]string, accountID string) string {
	if accountID == "" {
		accountID = account
	}
	return strings.ReplaceAll(facts["name"], account, accountID)
}
