package database

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules"
)

// PasswordVariable holds the password of a process's database role. Encore unsets ENCORE_* at start, so the
// name must not begin with that.
const PasswordVariable = "DATABASE_PASSWORD"

// lower makes the servers that hold the application's databases, and one password per process that uses
// one. Databases and roles themselves are made inside the server, not by Terraform.
func lower(d *deploy.Deployment, s *stack.Stack, resources []app.Resource) {
	for _, server := range d.Env.DatabaseServers {
		if len(server.Databases) > 0 {
			lowerServer(d, s, server, resources)
		}
	}
	for _, process := range d.Workloads {
		if len(process.Uses("database")) == 0 {
			continue
		}
		secret.Generate(d, s, databaseSecret(d, process.ID.Name), app.DatabaseRoleID(RoleName(process.ID.Name)),
			fmt.Sprintf("Password of database role %s, which %s uses", kind.Quoted(RoleName(process.ID.Name)), process.ID.Name),
			fmt.Sprintf("Password of database role %s of %s", RoleName(process.ID.Name), d.Env.App),
			"database", process.ID.Name)
	}
}

// databaseSecret does not begin with secret_, as the labels of the application's own secrets do.
func databaseSecret(d *deploy.Deployment, process string) string {
	return "database_password_" + d.Label("process", "", process)
}

// databasePassword is the secret that holds the password of a process's role.
func databasePassword(process string) value.Value {
	return value.Of(app.DatabaseRoleID(RoleName(process)), "arn")
}

// RoleName is the PostgreSQL role a process logs in as: at most 63 bytes, lower case, never a reserved word.
func RoleName(process string) string {
	if role := "svc_" + process; len(role) <= 63 && roleName().MatchString(role) {
		return role
	}
	return strings.ReplaceAll(names.Of(names.DatabaseRole, "svc", process), "-", "_")
}

var roleName = pattern.Lazy(`^[a-z][a-z0-9_]*$`)

// databaseFile holds the servers.
const databaseFile = "databases.tf"

// serverName is the physical name of a database server.
func serverName(d *deploy.Deployment, server environment.DatabaseServer) string {
	return names.Of(names.Server, d.Env.App, d.Env.Name, server.Name)
}

// databaseLogs are the names of the servers that are made.
func databaseLogs(d *deploy.Deployment) []string {
	list := d.ForgottenNames(app.DatabaseServerKind, names.Server)
	for _, server := range d.Env.DatabaseServers {
		if server.Existing == nil {
			list = append(list, serverName(d, server))
		}
	}
	return list
}

func lowerServer(d *deploy.Deployment, s *stack.Stack, server environment.DatabaseServer, resources []app.Resource) {
	id, label := app.DatabaseServerID(server.Name), "database_server_"+names.Label(server.Name)
	var holds []string
	for _, r := range resources {
		if slices.Contains(server.Databases, r.Name) {
			holds = append(holds, fmt.Sprintf("%s (%s)", r.Name, r.At.Filename))
			s.Parts[r.ID()] = id
		}
	}
	comment := fmt.Sprintf("Database server %s holds %s", kind.Quoted(server.Name), strings.Join(holds, ", "))
	if server.Existing != nil {
		existingServer(d, s, server, comment)
		return
	}
	args := []value.Field{
		value.Arg("name", value.String(serverName(d, server))),
		value.Arg("vpc_id", kind.Network("vpc_id")),
		value.Arg("subnet_ids", kind.Network("storage_subnet_ids")),
		value.Arg("key_arn", kind.KeyARN()),
		value.Arg("engine_version", value.String(server.EngineVersion)),
		value.Arg("backup_retention_days", value.Int(server.BackupRetentionDays)),
		value.Arg("deletion_protection", value.Bool(server.DeletionProtection)),
		value.Arg("final_snapshot", value.Bool(server.FinalSnapshot)),
		value.Arg("log_retention_days", value.Int(d.Env.LogRetentionDays)),
		value.Arg("connections_alarm", value.Int(connectionsAlarm(d.Env, server))),
		value.Arg("alarm_topic_arns", value.Strings(d.Env.AlarmTopicARNs)),
		value.Arg("iam_path", value.String(d.Env.IAMPath)),
		value.Arg("permissions_boundary_arn", value.String(d.Env.PermissionsBoundary)),
	}
	module := "database-server"
	if server.Engine == "aurora" {
		module = "database-cluster"
		args = append(args,
			value.Arg("min_capacity", value.Float(server.MinCapacity)),
			value.Arg("max_capacity", value.Float(server.MaxCapacity)),
			value.Arg("instances", value.Int(server.Instances)))
	} else {
		args = append(args,
			value.Arg("instance_class", value.String(server.InstanceClass)),
			value.Arg("storage_gb", value.Int(server.StorageGB)),
			value.Arg("max_storage_gb", value.Int(server.MaxStorageGB)),
			value.Arg("multi_az", value.Bool(server.MultiAZ)))
	}
	s.Module(stack.Call{File: databaseFile, Label: label, Module: module, Of: id, Why: []string{comment}, Args: args, Exports: serverExports})
}

// serverExports are what whoever makes databases and roles asks for.
var serverExports = []string{"address", "port", "security_group_id", "ca_certificate", "master_secret_arn"}

// takenDatabases are on every PostgreSQL server of RDS from the beginning, for its own use.
var takenDatabases = []string{"postgres", "rdsadmin", "template0", "template1"}

// check finds databases that no server can make, because it has one of that name, and servers that could not take
// a single connection from each task.
func check(d *deploy.Deployment) hcl.Diagnostics {
	diags := checkConnections(d)
	for _, r := range d.Of("database") {
		if slices.Contains(takenDatabases, r.Name) {
			diags = append(diags, diagnostic.Error(r.At, "Database name taken", "give the database another name",
				"Every PostgreSQL server of RDS has a database %q of its own.", r.Name))
		}
	}
	return diags
}

// checkConnections warns where the smallest pools there are do not fit: a deployment under full load would then leave tasks
// without a connection.
func checkConnections(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, server := range d.Env.DatabaseServers {
		pools, allowed := poolsOn(d, server), maxConnections(server)-reservedConnections
		if pools <= allowed {
			continue
		}
		at, larger := server.At, "choose a larger instance_class"
		switch {
		case server.Existing != nil:
			larger = "raise max_connections, if the server has more"
		case server.Engine == "aurora" && server.MinCapacity <= 0.5 && server.MaxCapacity > 8:
			larger = "set min_capacity = 1 or more, without which Aurora allows 2000"
		case server.Engine == "aurora":
			larger = "raise max_capacity"
		}
		if at.Filename == "" { // the server was not written down, and its databases are
			if r := d.Resource("database", "", server.Databases[0]); r != nil {
				at = r.At
			}
		}
		diags = append(diags, diagnostic.Warning(at, "Database server too small", larger+", lower scale.max of the services that use it, or group services in one process",
			"In environment %q the server %q allows about %d connections, and all processes at their largest, twice over while they are deployed, have %d pools of at least one.",
			d.Env.Name, server.Name, max(0, allowed), pools))
	}
	return diags
}

// PoolSize is the number of connections one process may open to one database of the server. Encore opens a pool per
// database and process; without a limit that is 30 (Go) or 100 (TypeScript) for each task, which a server of this
// size may not have. A rolling deployment runs twice the tasks for a while.
func PoolSize(d *deploy.Deployment, server environment.DatabaseServer) int {
	if size, known := d.PoolSizes[server.Name]; known {
		return size
	}
	size := min(encorePool, max(1, (maxConnections(server)-reservedConnections)/max(1, poolsOn(d, server))))
	d.PoolSizes[server.Name] = size
	return size
}

// poolNote says where the size of a pool comes from, without the numbers: every process would change with the size of one.
const poolNote = "its part of what the server allows, while all processes at their largest are deployed anew"

// poolsOn is the number of pools that are open to a server while all of its processes, grown to their largest, are deployed.
func poolsOn(d *deploy.Deployment, server environment.DatabaseServer) int {
	pools := 0
	for _, process := range d.Workloads {
		for name := range process.Uses("database") {
			if slices.Contains(server.Databases, name) {
				pools += 2 * process.Size.Scale.Max
			}
		}
	}
	return pools
}

const (
	// encorePool is the pool of Encore's Go runtime when nothing is said.
	encorePool = 30
	// reservedConnections are left for migrations, administrators and RDS itself.
	reservedConnections = 10
)

// maxConnections is what PostgreSQL on RDS allows by default: LEAST({DBInstanceClassMemory/9531392}, 5000), where the
// variable is less than the memory that AWS names, by what the operating system and RDS's own processes take. AWS documents
// the result for Aurora's capacities alone ("Maximum connections for Aurora Serverless v2": 1, 4, 8 and 16 units of 2 GiB
// have 189, 823, 1,669 and 3,360), which is 105.7 for each GiB, less 22; servers of RDS agree with that line as far as people
// have published what theirs say (1 GiB: 79 to 87). Counted here are 105 for each GiB, less 30.
func maxConnections(server environment.DatabaseServer) int {
	if server.Existing != nil {
		return server.Existing.MaxConnections
	}
	const perGiB, taken, limit = 105, 30, 5000
	gib := instanceMemory(server.InstanceClass)
	if server.Engine == "aurora" {
		gib = server.MaxCapacity * 2 // what a server grows to decides, not what it has
		if server.MinCapacity <= 0.5 {
			return min(auroraIdleLimit, int(gib*perGiB)-taken)
		}
	}
	return min(limit, int(gib*perGiB)-taken)
}

// connectionsAlarm is the number of connections to tell of: nine tenths of those that PostgreSQL leaves to applications; 0 where
// nobody would be told.
func connectionsAlarm(env *environment.Environment, server environment.DatabaseServer) int {
	if len(env.AlarmTopicARNs) == 0 {
		return 0
	}
	return (maxConnections(server) - reservedConnections) * 9 / 10
}

// auroraIdleLimit is the most that Aurora allows where the lowest capacity is 0 or 0.5 units, however high it grows.
const auroraIdleLimit = 2000

// instanceMemory is the memory of an instance class in GiB, from AWS's naming: the families of general purpose (m, t)
// have 4 GiB per virtual CPU, those for memory (r) 8, x more; a large has 2 virtual CPUs, and each xlarge 4 more.
// 2 GiB, a small, stands for a class that does not follow.
func instanceMemory(class string) float64 {
	parts := strings.Split(class, ".")
	if len(parts) != 3 || parts[1] == "" {
		return 2
	}
	memory, known := map[string]float64{"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}[parts[2]]
	if count, found := strings.CutSuffix(parts[2], "xlarge"); !known && found {
		n, err := strconv.Atoi(count)
		if err != nil {
			return 2
		}
		memory, known = float64(16*n), true
	}
	if !known {
		return 2
	}
	switch parts[1][0] {
	case 'r', 'x':
		memory *= 2
	case 'c':
		memory /= 2
	}
	return memory
}

// existingServer stands for a database server that exists. Its root certificate is a file beside the code: text that
// nobody reads is kept out of what somebody does.
func existingServer(d *deploy.Deployment, s *stack.Stack, server environment.DatabaseServer, comment string) {
	id, label := app.DatabaseServerID(server.Name), "database_server_"+names.Label(server.Name)
	certificate := []byte(server.Existing.CACertificate)
	if len(certificate) == 0 {
		var err error
		certificate, err = fs.ReadFile(modules.FS(), "database-server/certificates/"+d.Env.Region+".pem")
		if err != nil {
			panic("kinds: a region without certificate: " + err.Error()) // settings refuse such a region
		}
	}
	s.Texts[label+".pem"] = certificate
	written := []value.Field{
		value.Arg("address", value.String(server.Existing.Address)),
		value.Arg("port", value.Int(server.Existing.Port)),
		value.Arg("security_group_id", value.String(server.Existing.SecurityGroupID)),
		value.Arg("ca_certificate", value.Call("file", value.Join(value.Traversal("path.module"), value.String("/"+label+".pem")))),
	}
	if server.Existing.MasterSecretARN != "" {
		written = append(written, value.Arg("master_secret_arn", value.String(server.Existing.MasterSecretARN)))
	}
	s.Existing(stack.Call{File: databaseFile, Label: label, Of: id, Args: written, Exports: serverExports,
		Why: []string{comment + ". It is an existing one: the services stack adds rules to its security group"}})
}

// OwnerName is the PostgreSQL role that owns a database: no workload logs in as it, so that its name is none of RoleName's.
func OwnerName(database string) string {
	if role := "owner_" + database; len(role) <= 63 && roleName().MatchString(role) {
		return role
	}
	return strings.ReplaceAll(names.Of(names.DatabaseRole, "owner", database), "-", "_")
}
