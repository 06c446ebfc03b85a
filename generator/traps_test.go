package generator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
)

// Encore's two runtimes read the same infra config differently, and each has places where a config that looks right does
// something else, or ends the process. These are the rules that keep out of them, each with a change that breaks it: one
// that is never broken could as well not be there. They are written from the behaviour of the runtimes, not from the
// generator.

// object is a JSON object.
type object = map[string]any

// trapped is an application as it is deployed, for the rules: the infra config of every process as it is read.
type trapped struct {
	app     *app.App
	env     environment.Environment
	configs map[string]object // by process
}

// trap is one rule. check returns what breaks it in one process, and spoil breaks it there; it is given the process
// named by in, "gateway" unless said.
type trap struct {
	name  string
	in    string
	only  string // language, "" for both
	check func(w trapped, p environment.Process, c object) []string
	spoil func(c object)
}

func dig(v any, path ...string) any {
	for _, name := range path {
		v = inner(v)[name]
	}
	return v
}

func inner(v any) object {
	o, _ := v.(object)
	return o
}

func elements(v any) []any {
	l, _ := v.([]any)
	return l
}

// everyDatabase calls a function for each database and its server.
func everyDatabase(c object, do func(server object, name string, database object)) {
	for _, server := range elements(c["sql_servers"]) {
		for name, database := range inner(dig(server, "databases")) {
			do(inner(server), name, inner(database))
		}
	}
}

func everyCluster(c object, do func(name string, cluster object)) {
	for name, cluster := range inner(c["redis"]) {
		do(name, inner(cluster))
	}
}

func firstDatabase(c object) (server, database object) {
	everyDatabase(c, func(s object, _ string, d object) { server, database = s, d })
	return server, database
}

func firstCluster(c object) (cluster object) {
	everyCluster(c, func(_ string, found object) { cluster = found })
	return cluster
}

func topicsIn(c object) object {
	for _, provider := range elements(c["pubsub"]) {
		return inner(dig(provider, "topics"))
	}
	return object{}
}

// traps are in the order of the facts they come from.
var traps = []trap{
	{
		// Go takes the key as the physical name and "name" as Encore's, Rust the reverse.
		name: "1 a database has one name",
		check: func(_ trapped, _ environment.Process, c object) (found []string) {
			everyDatabase(c, func(_ object, name string, database object) {
				if _, named := database["name"]; named {
					found = append(found, name)
				}
			})
			return found
		},
		spoil: func(c object) { _, database := firstDatabase(c); database["name"] = "other" },
	},
	{
		// Go keeps the last provider alone.
		name: "2 one provider of topics and one of buckets", in: "orders",
		check: func(_ trapped, _ environment.Process, c object) (found []string) {
			for _, section := range []string{"pubsub", "object_storage"} {
				if n := len(elements(c[section])); n > 1 {
					found = append(found, fmt.Sprintf("%s has %d", section, n))
				}
			}
			return found
		},
		spoil: func(c object) { c["pubsub"] = append(elements(c["pubsub"]), elements(c["pubsub"])...) },
	},
	{
		// Without a key everybody is believed, and Go heeds none but the first at the top.
		name: "3 one key for all calls",
		check: func(_ trapped, _ environment.Process, c object) (found []string) {
			if keys := elements(c["auth"]); len(keys) != 1 || dig(keys[0], "type") != "key" || dig(keys[0], "id") != 1.0 {
				found = append(found, fmt.Sprintf("auth is %v", keys))
			}
			for service, location := range inner(c["service_discovery"]) {
				if dig(location, "auth") != nil {
					found = append(found, service+" has a key of its own")
				}
			}
			return found
		},
		spoil: func(c object) { delete(c, "auth") },
	},
	{
		// Go verifies and prefixes nothing, whatever these say.
		name: "4 nothing that one runtime does not heed",
		check: func(_ trapped, _ environment.Process, c object) (found []string) {
			text, _ := json.Marshal(c)
			for _, word := range []string{"disable_tls_hostname_verification", "disable_ca_validation", "key_prefix", "client_cert", "shutdown_hooks"} {
				if strings.Contains(string(text), `"`+word+`"`) {
					found = append(found, word)
				}
			}
			return found
		},
		spoil: func(c object) { firstCluster(c)["key_prefix"] = "x" },
	},
	{
		// Without tls_config Go speaks plain text to Redis and Rust speaks TLS; the port has no default.
		name: "5 a cache has TLS and a port",
		check: func(_ trapped, _ environment.Process, c object) (found []string) {
			everyCluster(c, func(name string, cluster object) {
				tls, said := cluster["tls_config"].(object)
				if host, _ := cluster["host"].(string); !said || tls["disabled"] == true || !strings.Contains(host, ":") {
					found = append(found, fmt.Sprintf("%s: %v at %v", name, cluster["tls_config"], cluster["host"]))
				}
			})
			return found
		},
		spoil: func(c object) { delete(firstCluster(c), "tls_config") },
	},
	{
		// Both runtimes end over an ACL without a user name, and Rust reads it only where it stands.
		name: "6 a cache is entered by name",
		check: func(_ trapped, _ environment.Process, c object) (found []string) {
			everyCluster(c, func(name string, cluster object) {
				user, _ := dig(cluster["auth"], "username").(string)
				password, _ := dig(cluster["auth"], "password", "$env").(string)
				if dig(cluster["auth"], "type") != "acl" || user == "" || password == "" || strings.HasPrefix(password, "ENCORE_") {
					found = append(found, fmt.Sprintf("%s: %v", name, cluster["auth"]))
				}
			})
			return found
		},
		spoil: func(c object) { inner(firstCluster(c)["auth"])["username"] = object{"$env": "USER"} },
	},
	{
		// Without a CA Go does not verify and Rust verifies against the system's roots, which RDS is not of; without TLS
		// PostgreSQL 15 and later on RDS refuses.
		name: "7 a database's server is verified",
		check: func(_ trapped, _ environment.Process, c object) (found []string) {
			everyDatabase(c, func(server object, name string, _ object) {
				if ca, _ := dig(server, "tls_config", "ca").(string); !strings.Contains(ca, "ca_certificate") || dig(server, "tls_config", "disabled") == true {
					found = append(found, fmt.Sprintf("%s: %v", name, server["tls_config"]))
				}
			})
			return found
		},
		spoil: func(c object) { server, _ := firstDatabase(c); server["tls_config"] = object{} },
	},
	{
		// Rust takes the user name of a database for a text alone.
		name: "7 user names stand in the config",
		check: func(_ trapped, _ environment.Process, c object) (found []string) {
			everyDatabase(c, func(_ object, name string, database object) {
				if user, _ := database["username"].(string); user == "" {
					found = append(found, fmt.Sprintf("%s: %v", name, database["username"]))
				}
			})
			return found
		},
		spoil: func(c object) { _, database := firstDatabase(c); database["username"] = object{"$env": "USER"} },
	},
	{
		// Rust gives up on the whole config when one of these is missing or of another type.
		name: "9 what Rust cannot do without", only: "typescript",
		check: func(_ trapped, _ environment.Process, c object) []string {
			var found []string
			demand := func(where string, o object, kinds map[string]string) {
				for _, name := range slices.Sorted(maps.Keys(kinds)) {
					if is := fmt.Sprintf("%T", o[name]); is != kinds[name] {
						found = append(found, fmt.Sprintf("%s.%s is %s", where, name, is))
					}
				}
			}
			const text, number, truth, fields, list = "string", "float64", "bool", "map[string]interface {}", "[]interface {}"
			demand("config", c, map[string]string{"hosted_services": list, "hosted_gateways": list, "metadata": fields})
			for service, location := range inner(c["service_discovery"]) {
				demand(service, inner(location), map[string]string{"base_url": text})
			}
			for _, server := range elements(c["sql_servers"]) {
				demand("server", inner(server), map[string]string{"host": text, "databases": fields})
			}
			everyDatabase(c, func(_ object, name string, database object) {
				demand(name, database, map[string]string{"username": text, "password": fields})
			})
			everyCluster(c, func(name string, cluster object) {
				demand(name, cluster, map[string]string{"host": text, "database_index": number, "in_memory": truth})
			})
			for _, provider := range elements(c["pubsub"]) {
				demand("pubsub", inner(provider), map[string]string{"type": text, "topics": fields})
			}
			for name, topic := range topicsIn(c) {
				demand(name, inner(topic), map[string]string{"arn": text, "subscriptions": fields})
				for name, queue := range inner(dig(topic, "subscriptions")) {
					demand(name, inner(queue), map[string]string{"url": text})
				}
			}
			for _, provider := range elements(c["object_storage"]) {
				demand("object_storage", inner(provider), map[string]string{"type": text, "region": text, "buckets": fields})
				for name, bucket := range inner(dig(provider, "buckets")) {
					demand(name, inner(bucket), map[string]string{"name": text})
				}
			}
			return found
		},
		spoil: func(c object) { delete(firstCluster(c), "in_memory") },
	},
	{
		// Rust ends at start over a topic that the application does not declare.
		name: "10 topics the application has", in: "orders",
		check: func(w trapped, _ environment.Process, c object) (found []string) {
			for name := range topicsIn(c) {
				if w.app.Resource("topic", "", name) == nil {
					found = append(found, name)
				}
			}
			return found
		},
		spoil: func(c object) { topicsIn(c)["unheard-of"] = object{"arn": "a", "subscriptions": object{}} },
	},
	{
		// Go's gateway ends at start over a service it routes to and cannot find.
		name: "10 the gateway finds every service",
		check: func(w trapped, p environment.Process, c object) (found []string) {
			for _, s := range w.app.Services {
				if _, known := inner(c["service_discovery"])[s.Name]; p.Gateway && !known && !slices.Contains(p.HostedServices(), s.Name) {
					found = append(found, s.Name)
				}
			}
			return found
		},
		spoil: func(c object) { delete(inner(c["service_discovery"]), "orders") },
	},
	{
		// Go ends at start over a secret that is missing, TypeScript at the first call.
		name: "11 the secrets of all code in the process",
		check: func(w trapped, p environment.Process, c object) (found []string) {
			for _, e := range w.app.Edges {
				variable, _ := dig(c["secrets"], e.Resource, "$env").(string)
				if e.Kind == "secret" && slices.Contains(p.HostedServices(), e.Service) && (variable == "" || strings.HasPrefix(variable, "ENCORE_")) {
					found = append(found, e.Resource)
				}
			}
			return found
		},
		spoil: func(c object) {
			for name := range inner(c["secrets"]) {
				inner(c["secrets"])[name] = object{"$env": "ENCORE_" + name}
			}
		},
	},
	{
		// A TypeScript process holds the code of all services, and consumes every subscription it is told of.
		name: "12 a subscription is consumed where its service is served",
		check: func(w trapped, p environment.Process, c object) (found []string) {
			for topic, entry := range topicsIn(c) {
				for name := range inner(dig(entry, "subscriptions")) {
					r := w.app.Resource("subscription", topic, name)
					if r == nil || !slices.Contains(p.Services, r.Service) {
						found = append(found, topic+"/"+name)
					}
				}
			}
			for _, r := range w.app.Of("subscription") {
				if slices.Contains(p.Services, r.Service) && dig(topicsIn(c)[r.Parent], "subscriptions", r.Name) == nil {
					found = append(found, r.Parent+"/"+r.Name+" is not consumed")
				}
			}
			return found
		},
		spoil: func(c object) {
			c["pubsub"] = []any{object{"type": "aws_sns_sqs", "topics": object{"paid": object{"arn": "a", "subscriptions": object{"ship": object{"url": "u"}}}}}}
		},
	},
	{
		// Go opens 30 connections to each database of a task and Rust 100, unless they are told; a db.m5.large has 901.
		name: "13 pools fit the server",
		check: func(w trapped, _ environment.Process, _ object) []string {
			connections := 0.0
			for _, p := range w.env.Processes {
				everyDatabase(w.configs[p.Name], func(_ object, _ string, database object) {
					most, _ := database["max_connections"].(float64)
					if most == 0 {
						most = 100
					}
					connections += most * 2 * float64(p.Scale.Max) // a deployment runs both versions for a while
				})
			}
			if connections > 901 {
				return []string{fmt.Sprintf("%g connections", connections)}
			}
			return nil
		},
		spoil: func(c object) { _, database := firstDatabase(c); delete(database, "max_connections") },
	},
	{
		// What TypeScript records outside a request is dropped unless one service is known to record it.
		name: "15 metrics have a service", in: "orders", only: "typescript",
		check: func(w trapped, p environment.Process, c object) (found []string) {
			listed := map[string][]any{}
			for _, metric := range elements(c["used_metrics"]) {
				name, _ := dig(metric, "name").(string)
				listed[name] = elements(dig(metric, "services"))
			}
			for _, e := range w.app.Edges {
				if e.Kind == "metric" && slices.Contains(p.HostedServices(), e.Service) && !slices.Contains(listed[e.Resource], any(e.Service)) {
					found = append(found, e.Resource)
				}
			}
			return found
		},
		spoil: func(c object) { delete(c, "used_metrics") },
	},
	{
		// Go does not know the section.
		name: "15 metrics are Rust's to list", in: "orders", only: "go",
		check: func(_ trapped, _ environment.Process, c object) []string {
			if _, found := c["used_metrics"]; found {
				return []string{"used_metrics"}
			}
			return nil
		},
		spoil: func(c object) { c["used_metrics"] = []any{} },
	},
	{
		// Only a gateway answers browsers.
		name: "16 cross-origin policy at the gateway",
		check: func(_ trapped, p environment.Process, c object) []string {
			if _, found := c["cors"]; found != p.Gateway {
				return []string{fmt.Sprint(found)}
			}
			return nil
		},
		spoil: func(c object) { delete(c, "cors") },
	},
	{
		// Rust hosts nothing when the lists are absent, Go everything; Rust runs the auth handler inside the gateway, and Go's
		// gateway cannot read what another process answers for it.
		name: "hosts what it is there for",
		check: func(w trapped, p environment.Process, c object) []string {
			want := slices.Clone(p.Services)
			if p.Gateway && !slices.Contains(want, w.app.Auth.Service) {
				want = append(want, w.app.Auth.Service)
			}
			slices.Sort(want)
			gateways := []string{}
			if p.Gateway {
				gateways = append(gateways, "api-gateway")
			}
			if fmt.Sprint(elements(c["hosted_services"])) != fmt.Sprint(want) || fmt.Sprint(elements(c["hosted_gateways"])) != fmt.Sprint(gateways) {
				return []string{fmt.Sprint(c["hosted_services"], c["hosted_gateways"])}
			}
			return nil
		},
		spoil: func(c object) { delete(c, "hosted_gateways") },
	},
	{
		// Rust consults the first key alone: a second one is unknown to it, and rotates nothing.
		name: "one key between processes", only: "typescript",
		check: func(_ trapped, _ environment.Process, c object) []string {
			if keys := elements(c["auth"]); len(keys) != 1 {
				return []string{fmt.Sprint(keys)}
			}
			return nil
		},
		spoil: func(c object) { c["auth"] = append(elements(c["auth"]), object{"type": "key", "id": 2.0}) },
	},
	{
		// Rust counts five seconds from the signal unless it is told, Go as well.
		name: "ends before it is killed",
		check: func(_ trapped, p environment.Process, c object) []string {
			if total, _ := dig(c["graceful_shutdown"], "total").(float64); total < 1 || int(total)+5 > p.StopTimeoutSeconds {
				return []string{fmt.Sprint(total)}
			}
			return nil
		},
		spoil: func(c object) { delete(c, "graceful_shutdown") },
	},
}
