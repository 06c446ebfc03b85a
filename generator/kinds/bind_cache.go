package kinds

import (
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/value"
)

// Keeps says whether the process keeps keys in a cluster, and so has a user there.
func (p *Process) Keeps(cluster string) bool { return len(p.keyPatterns(cluster)) > 0 }

// keyPatterns are the key patterns of a cluster that the process's services keep, sorted. A keyspace outside every
// service belongs to whoever uses the cluster. A service that uses the cluster without a keyspace of its own, through code
// of others, or in TypeScript through a variable of another service, may use all of them: it reaches those of others, and
// which is not known.
func (p *Process) keyPatterns(cluster string) []string {
	uses := p.Uses("cache")[cluster]
	if len(uses) == 0 {
		return nil
	}
	spaces := slices.DeleteFunc(slices.Clone(p.Of("keyspace")), func(r app.Resource) bool { return r.Parent != cluster })
	all := slices.ContainsFunc(uses, func(e app.Edge) bool {
		return e.Origin == app.Reached || e.Through != "" && p.App.Runtime == app.EncoreTypeScript ||
			!slices.ContainsFunc(spaces, func(r app.Resource) bool { return r.Service == "" || r.Service == e.Service })
	})
	var patterns []string
	for _, r := range spaces {
		if all || r.Service == "" || p.Hosts(r.Service) {
			patterns = append(patterns, r.Name)
		}
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

// wireCaches hands a process its user of every cluster it keeps keys in: the network path, the password and the redis
// section.
func wireCaches(p *Process) {
	var clusters []value.Field
	for _, r := range p.Of("cache") {
		if len(p.keyPatterns(r.Name)) == 0 {
			continue
		}
		platform, variable := "local.platform."+p.CacheLabel(r.Name), p.CachePasswordVariable(r.Name)
		mine := "[\"" + p.Name + "\"]"
		p.Connections[p.CacheLabel(r.Name)] = Connection{
			Comment:       fmt.Sprintf("cache cluster %s, in %s", quoted(r.Name), places(p.Uses("cache")[r.Name])),
			SecurityGroup: value.Traversal(platform + ".security_group_id"),
			Port:          value.Traversal(platform + ".port"),
		}
		p.Secrets = append(p.Secrets, Secret{
			Variable: variable,
			ARN:      value.Traversal(platform + ".user_secret_arns" + mine),
			Comment:  fmt.Sprintf("password of the process's user of cache cluster %s", quoted(r.Name)),
		})
		fields := []value.Field{
			Arg("host", value.Template("", platform+".address", ":", platform+".port")),
			// ACL users of ElastiCache see one database, and may not change it.
			Arg("database_index", value.Int(0)),
			Arg("auth", value.Object(
				Arg("type", value.String("acl")),
				Arg("username", value.Traversal(platform+".user_names"+mine)),
				Arg("password", fromVariable(variable)),
			)),
			// Without the section Encore's Go runtime speaks plain text, and ElastiCache does not answer.
			Arg("tls_config", value.Object()),
		}
		if p.App.Runtime == app.EncoreTypeScript {
			// The TypeScript runtime reads no config in which a cluster does not say so.
			fields = append(fields, Arg("in_memory", value.Bool(false)))
		}
		clusters = append(clusters, Arg(r.Name, value.Object(fields...)))
	}
	if len(clusters) > 0 {
		p.Config["redis"] = value.Map(clusters...)
	}
}
