package cache

import (
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/value"
)

// Keeps reports whether a workload keeps keys in a cluster, and so has a user there.
func Keeps(w *deploy.Workload, cluster string) bool { return len(patternsOf(w, cluster)) > 0 }

// patternsOf are the key patterns of a cluster that the workload's services keep, sorted. A keyspace outside every
// service belongs to whoever uses the cluster. A service that uses the cluster without a keyspace of its own, through code
// of others, or in TypeScript through a variable of another service, may use all of them: it reaches those of others, and
// which is not known.
func patternsOf(w *deploy.Workload, cluster string) []string {
	uses := w.Uses("cache")[cluster]
	if len(uses) == 0 {
		return nil
	}
	spaces := slices.DeleteFunc(slices.Clone(w.Of("keyspace")), func(r app.Resource) bool { return r.Parent != cluster })
	all := slices.ContainsFunc(uses, func(e app.Edge) bool {
		return e.Origin == app.Reached || e.Through != "" && w.App.Runtime == app.EncoreTypeScript ||
			!slices.ContainsFunc(spaces, func(r app.Resource) bool { return r.Service == "" || r.Service == e.Service })
	})
	var patterns []string
	for _, r := range spaces {
		if all || r.Service == "" || w.Hosts(r.Service) {
			patterns = append(patterns, r.Name)
		}
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

// bindCaches gives a workload its user of every cluster it keeps keys in, and the network path there.
func bindCaches(w *deploy.Workload) {
	for _, r := range w.Of("cache") {
		if !Keeps(w, r.Name) {
			continue
		}
		id, why := r.ID(), deploy.Why{Of: cacheNoun + " " + kind.Quoted(r.Name), Places: deploy.Places(w.Uses("cache")[r.Name])}
		mine := func(attribute string) value.Value {
			return value.Reference(value.Ref{Of: id, Attribute: attribute, Key: w.ID.Name})
		}
		w.Reach(deploy.Path{To: id, Name: Label(w.Deployment, r.Name), Port: value.Of(id, "port"), Why: deploy.Whys{why}})
		w.Bind(deploy.Binding{
			Of:         id,
			Attributes: map[string]value.Value{"host": value.Of(id, "address"), "port": value.Of(id, "port"), "user": mine("user_names")},
			Secrets:    map[string]value.Value{"password": mine("user_secret_arns")},
			Why:        why,
		})
	}
}

// configCaches is the section redis.
func configCaches(w *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	var clusters []value.Field
	var secrets []deploy.Secret
	for _, b := range bound {
		variable := PasswordVariable(w.Deployment, b.Of.Name)
		secrets = append(secrets, deploy.Secret{Variable: variable, ARN: b.Secrets["password"], Why: deploy.Why{Does: "password of the process's user of " + b.Why.Of}})
		fields := []value.Field{
			value.Arg("host", kind.HostAndPort(b)),
			// ACL users of ElastiCache see one database, and may not change it.
			value.Arg("database_index", value.Int(0)),
			value.Arg("auth", value.Object(
				value.Arg("type", value.String("acl")),
				value.Arg("username", b.Attributes["user"]),
				value.Arg("password", kind.FromVariable(variable)),
			)),
			// Without the section Encore's Go runtime speaks plain text, and ElastiCache does not answer.
			value.Arg("tls_config", value.Object()),
		}
		if w.App.Runtime == app.EncoreTypeScript {
			// The TypeScript runtime reads no config in which a cluster does not say so.
			fields = append(fields, value.Arg("in_memory", value.Bool(false)))
		}
		clusters = append(clusters, value.Arg(b.Of.Name, value.Object(fields...)))
	}
	return []value.Field{value.Arg("redis", value.Map(clusters...))}, secrets
}

// cacheVariables are what a container is told of a cache cluster.
var cacheVariables = []kind.Variable{
	{Pattern: "<NAME>_CACHE_HOST", Attribute: "host", Meaning: "Host of the primary. It speaks TLS alone, with a certificate of a public authority."},
	{Pattern: "<NAME>_CACHE_PORT", Attribute: "port", Meaning: "Port of the primary."},
	{Pattern: "<NAME>_CACHE_USER", Attribute: "user", Meaning: "User of the service."},
	{Pattern: "<NAME>_CACHE_PASSWORD", Attribute: "password", Secret: true, Meaning: "Password of the user."},
}
