package cache

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// cachePort is the port of the module's caches.
const cachePort = 6379

// Label is the Terraform label of a cache cluster, and the name of its output.
func Label(d *deploy.Deployment, name string) string {
	return "cache_" + d.Label("cache", "", name)
}

// PasswordVariable names the variable that holds a process's password for a cache cluster. Labels of clusters
// differ, and so do these.
func PasswordVariable(d *deploy.Deployment, cluster string) string {
	return "CACHE_PASSWORD_" + strings.ToUpper(d.Label("cache", "", cluster))
}

// SecretPrefix is what the names of a cluster's passwords begin with; the process follows, behind a slash.
func SecretPrefix(env *environment.Environment, cluster string) string {
	return secret.Name(env, "cache", cluster)
}

// cacheName is the physical name of a cache cluster.
func cacheName(d *deploy.Deployment, r app.Resource) string {
	return names.Of(names.ReplicationGroup, d.Env.App, d.Env.Name, r.Name)
}

// cacheLogs are the names of the caches, all of which write logs.
func cacheLogs(d *deploy.Deployment) []string {
	list := d.ForgottenNames("cache", names.ReplicationGroup)
	for _, r := range d.Of("cache") {
		list = append(list, cacheName(d, r))
	}
	return list
}

// lowerCaches makes a replication group per cluster, with a user for every process that keeps keys in it.
func lowerCaches(d *deploy.Deployment, s *stack.Stack, caches []app.Resource) {
	for _, r := range caches {
		label, spec := Label(d, r.Name), r.Spec.(*Spec)
		settings := d.Env.Cache(r.Name)
		var users []value.Field
		for _, p := range d.Workloads {
			if patterns := patternsOf(p, r.Name); len(patterns) > 0 {
				users = append(users, value.Field{Name: p.ID.Name, Value: value.Object(value.Arg("keys", value.Strings(KeyGlobs(patterns)))),
					Comments: []string{deploy.Why{Does: "keeps " + strings.Join(patterns, ", "), Places: deploy.Places(p.Uses("cache")[r.Name])}.String()}})
			}
		}
		s.Module(stack.Call{File: "caches.tf", Label: label, Module: "cache", Of: r.ID(), Exports: []string{"activate_commands"},
			Why: []string{fmt.Sprintf("Cache cluster %s, in %s", kind.Quoted(r.Name), r.At.Filename)},
			Args: []value.Field{
				value.Arg("name", value.String(cacheName(d, r))),
				value.Arg("vpc_id", kind.Network("vpc_id")),
				value.Arg("subnet_ids", kind.Network("storage_subnet_ids")),
				value.Arg("key_arn", kind.KeyARN()),
				value.Arg("users", value.Map(users...)),
				value.Arg("secret_prefix", value.String(SecretPrefix(d.Env, r.Name))),
				value.Arg("node_type", value.String(settings.NodeType)),
				value.Arg("replicas", value.Int(settings.Replicas)),
				value.Arg("multi_az", value.Bool(settings.MultiAZ)),
				value.Arg("eviction_policy", value.String(spec.EvictionPolicy)),
				value.Arg("snapshot_retention_days", value.Int(settings.SnapshotRetentionDays)),
				value.Arg("final_snapshot", value.Bool(settings.FinalSnapshot)),
				value.Arg("log_retention_days", value.Int(d.Env.LogRetentionDays)),
				value.Arg("recovery_window_days", value.Int(d.Env.SecretRecoveryDays)),
				value.Arg("alarm_topic_arns", value.Strings(d.Env.AlarmTopicARNs)),
			}})
	}
}

// checkCaches warns of keyspaces whose user also reaches the keys of another process: a parameter of a key pattern
// becomes a wildcard that matches slashes as well, and no narrower one exists.
func checkCaches(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	spaces := d.Of("keyspace")
	for i, later := range spaces {
		for _, earlier := range spaces[:i] {
			one, other := d.Host(earlier.Service), d.Host(later.Service)
			if earlier.Parent != later.Parent || one == nil || other == nil || d.Together(earlier.Service, later.Service) || !globsMeet(keyGlob(earlier.Name), keyGlob(later.Name)) {
				continue
			}
			diags = append(diags, diagnostic.Warning(later.At, "Keyspaces that cannot be kept apart", "begin each pattern with a word of its own, or keep them in two clusters",
				"The keys %q of %s and %q of %s (%s:%d) can look alike to the access rules of the cache, in which a parameter matches slashes too: each process can reach keys of the other.",
				later.Name, later.Service, earlier.Name, earlier.Service, earlier.At.Filename, earlier.At.Start.Line))
		}
	}
	return diags
}

// globsMeet reports whether some text matches both patterns, in which * stands for any text and ? for any byte.
func globsMeet(a, b string) bool {
	meet := make([][]bool, len(a)+1) // of what is left of a from i on, and of b from j on
	for i := range meet {
		meet[i] = make([]bool, len(b)+1)
	}
	for i := len(a); i >= 0; i-- {
		for j := len(b); j >= 0; j-- {
			switch {
			case i == len(a) && j == len(b):
				meet[i][j] = true
			case i < len(a) && a[i] == '*':
				meet[i][j] = meet[i+1][j] || j < len(b) && meet[i][j+1]
			case j < len(b) && b[j] == '*':
				meet[i][j] = meet[i][j+1] || i < len(a) && meet[i+1][j]
			case i < len(a) && j < len(b):
				meet[i][j] = (a[i] == b[j] || a[i] == '?' || b[j] == '?') && meet[i+1][j+1]
			}
		}
	}
	return meet[0][0]
}
