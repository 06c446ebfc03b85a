package kinds

import (
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// wireDatabases hands a process its role on the servers of the databases it uses: the network path, the password and
// the sql_servers section.
func wireDatabases(p *Process) {
	uses := p.Uses("database")
	if len(uses) == 0 {
		return
	}
	p.Secrets = append(p.Secrets, Secret{
		Variable: DatabasePasswordVariable,
		ARN:      value.Traversal("local.platform." + p.databaseSecret(p.Name) + "_arn"),
		Comment:  fmt.Sprintf("password of database role %s", quoted(RoleName(p.Name))),
	})
	var servers []value.Value
	for _, server := range p.Env.DatabaseServers {
		var databases []value.Field
		var comments []string
		for _, name := range usedNames(uses) {
			if !slices.Contains(server.Databases, name) {
				continue
			}
			comments = append(comments, fmt.Sprintf("database %s, in %s", quoted(name), places(uses[name])))
			// The key is the physical name for Go and the field "name" is for Rust: leaving it out keeps both equal.
			databases = append(databases, Arg(name, value.Object(
				Arg("username", value.String(RoleName(p.Name))),
				Arg("password", fromVariable(DatabasePasswordVariable)),
				Arg("max_connections", value.Int(poolSize(p.Deployment, server))),
				Arg("min_connections", value.Int(0)),
			)))
		}
		if len(databases) == 0 {
			continue
		}
		platform := "local.platform.database_server_" + names.Label(server.Name)
		p.Connections["database_server_"+names.Label(server.Name)] = Connection{
			Comment:       strings.Join(comments, "; "),
			SecurityGroup: value.Traversal(platform + ".security_group_id"),
			Port:          value.Traversal(platform + ".port"),
		}
		servers = append(servers, value.Object(
			Arg("host", value.Template("", platform+".address", ":", platform+".port")),
			Arg("tls_config", value.Object(Arg("ca", value.Traversal(platform+".ca_certificate")))),
			Arg("databases", value.Map(databases...)),
		))
	}
	p.Config["sql_servers"] = value.List(servers...)
}
