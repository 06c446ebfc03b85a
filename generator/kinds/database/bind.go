package database

import (
	"slices"
	"strconv"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// bind gives a workload its role on the servers of the databases it uses: the network path, and how it logs in.
func bind(w *deploy.Workload) {
	uses := w.Uses("database")
	if len(uses) == 0 {
		return
	}
	for _, server := range w.Env.DatabaseServers {
		id := app.DatabaseServerID(server.Name)
		var whys deploy.Whys
		for _, name := range kind.UsedNames(uses) {
			if !slices.Contains(server.Databases, name) {
				continue
			}
			database := app.ID{Kind: "database", Name: name}
			why := kind.About(database, uses[name])
			whys = append(whys, why)
			w.Bind(deploy.Binding{
				Of: database,
				Attributes: map[string]value.Value{
					"host": value.Of(id, "address"), "port": value.Of(id, "port"), "ca_certificate": value.Of(id, "ca_certificate"),
					"name": value.String(name), "user": value.String(RoleName(w.ID.Name)), "max_connections": value.Int(PoolSize(w.Deployment, server)),
				},
				Notes:   map[string]string{"max_connections": poolNote},
				Secrets: map[string]value.Value{"password": databasePassword(w.ID.Name)},
				Why:     why,
			})
		}
		if len(whys) > 0 {
			w.Reach(deploy.Path{To: id, Name: "database_server_" + names.Label(server.Name), Port: value.Of(id, "port"), Why: whys})
		}
	}
}

// config is the section sql_servers. Encore has room for one login of a process on each server, and the password is the
// same on all of them.
func config(w *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	var servers []value.Value
	for len(bound) > 0 {
		server := serverOf(w.Env, bound[0].Of.Name)
		here := 0
		for here < len(bound) && serverOf(w.Env, bound[here].Of.Name).Name == server.Name {
			here++
		}
		var databases []value.Field
		for _, b := range bound[:here] {
			// The key is the physical name for Go and the field "name" is for Rust: leaving it out keeps both equal.
			databases = append(databases, value.Arg(b.Of.Name, value.Object(
				value.Arg("username", b.Attributes["user"]),
				value.Arg("password", kind.FromVariable(PasswordVariable)),
				value.Field{Name: "max_connections", Value: b.Attributes["max_connections"], Comments: []string{b.Notes["max_connections"]}},
				value.Arg("min_connections", value.Int(0)),
			)))
		}
		servers = append(servers, value.Object(
			value.Arg("host", kind.HostAndPort(bound[0])),
			value.Arg("tls_config", value.Object(value.Arg("ca", bound[0].Attributes["ca_certificate"]))),
			value.Arg("databases", value.Map(databases...)),
		))
		bound = bound[here:]
	}
	password := deploy.Secret{Variable: PasswordVariable, ARN: databasePassword(w.ID.Name), Why: deploy.Why{Does: "password of database role " + kind.Quoted(RoleName(w.ID.Name))}}
	return []value.Field{value.Arg("sql_servers", value.List(servers...))}, []deploy.Secret{password}
}

// serverOf is the server that a database is on.
func serverOf(env *environment.Environment, database string) environment.DatabaseServer {
	for _, server := range env.DatabaseServers {
		if slices.Contains(server.Databases, database) {
			return server
		}
	}
	return environment.DatabaseServer{}
}

// variables are what a container is told of a database.
var variables = []kind.Variable{
	{Pattern: "<NAME>_DATABASE_HOST", Attribute: "host", Meaning: "Host of the server."},
	{Pattern: "<NAME>_DATABASE_PORT", Attribute: "port", Meaning: "Port of the server."},
	{Pattern: "<NAME>_DATABASE_NAME", Attribute: "name", Meaning: "Name of the database on the server."},
	{Pattern: "<NAME>_DATABASE_USER", Attribute: "user", Meaning: "Role of the service on the server."},
	{Pattern: "<NAME>_DATABASE_PASSWORD", Attribute: "password", Secret: true, Meaning: "Password of the role."},
	{Pattern: "<NAME>_DATABASE_CA_CERTIFICATE", Attribute: "ca_certificate", Meaning: "Certificates to trust, as PEM text: the server speaks TLS alone."},
	{Pattern: "<NAME>_DATABASE_MAX_CONNECTIONS", Attribute: "max_connections",
		Meaning: "Connections that one task may open, so that all tasks of a rolling deployment fit the server."},
}

// build names the databases in the infra config that images are built with.
func build(_ *deploy.Deployment, resources []app.Resource) (string, any) {
	databases := map[string]any{}
	for _, r := range resources {
		databases[r.Name] = map[string]string{"username": kind.Replaced, "password": kind.Replaced}
	}
	return "sql_servers", []any{map[string]any{"host": kind.Replaced + ":" + strconv.Itoa(postgresPort), "databases": databases}}
}
