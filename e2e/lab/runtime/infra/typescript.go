package infra

import (
	"fmt"
	"maps"
	"slices"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// rustPool is the largest pool where the configuration names none.
const rustPool = 100

// readTypeScript reads as the Rust core of Encore's TypeScript runtime, and loads the modules of every service.
func readTypeScript(app *needs.Needs, environment Environment) (*Config, error) {
	path, set := environment.Variables["ENCORE_INFRA_CONFIG_PATH"]
	if !set {
		return nil, &StartError{CodeError, "failed to initialize runtime: no runtime config"}
	}
	written, raw, err := readDocument(path) // set to nothing is a file that cannot be read
	if err != nil {
		return nil, err
	}
	if err := rustFields(written, raw); err != nil {
		return nil, err
	}
	config, err := written.common(environment.Variables)
	if err != nil {
		return nil, err
	}
	for service, peer := range written.Discovery {
		entry := Peer{URL: peer.BaseURL, Keys: config.Keys}
		if len(peer.Auth) > 0 {
			entry.Keys = authKeys(peer.Auth, environment.Variables)
		}
		config.Discovery[service] = entry
	}
	if config.Secrets, err = written.secrets(environment.Variables, true); err != nil {
		return nil, err
	}
	written.rustDatabases(config, environment)
	if err := written.rustCaches(config, environment); err != nil {
		return nil, err
	}
	written.rustMessaging(config)
	written.rustStorage(config, environment.Variables)
	return config, checkTypeScript(app, config)
}

// rustFields are fields without a default, which the build writes and a configuration by hand may lack, and user names,
// which are no references to variables.
func rustFields(written *document, raw map[string]any) error {
	missing := func(where, field string) error {
		return &StartError{CodeError, fmt.Sprintf("failed to parse infra config: %s: missing field `%s`", where, field)}
	}
	for _, section := range []struct {
		name   string
		fields []string
	}{{"redis", []string{"host", "database_index", "in_memory"}}, {"sql_servers", []string{"host", "databases"}},
		{"pubsub", []string{"topics"}}, {"object_storage", []string{"region", "buckets"}}} {
		for where, entry := range entriesOf(section.name, raw[section.name]) {
			for _, field := range section.fields {
				if _, there := entry[field]; !there {
					return missing(where, field)
				}
			}
			if section.name == "object_storage" {
				for bucket, settings := range entriesOf(where+".buckets", entry["buckets"]) {
					if _, there := settings["name"]; !there {
						return missing(bucket, "name")
					}
				}
			}
		}
	}
	for _, server := range written.Servers {
		for name, database := range server.Databases {
			if database.User.Variable != "" {
				return &StartError{CodeError, fmt.Sprintf("failed to parse infra config: databases.%s.username: invalid type: map, expected a string", name)}
			}
		}
	}
	for name, cluster := range written.Redis {
		if cluster.Auth != nil && cluster.Auth.User != nil && cluster.Auth.User.Variable != "" {
			return &StartError{CodeError, fmt.Sprintf("failed to parse infra config: redis.%s.auth.username: invalid type: map, expected a string", name)}
		}
	}
	return nil
}

// entriesOf are the objects of a list or of a map, by where they stand.
func entriesOf(name string, section any) map[string]map[string]any {
	found := map[string]map[string]any{}
	switch section := section.(type) {
	case map[string]any:
		for key, entry := range section {
			if object, is := entry.(map[string]any); is {
				found[name+"."+key] = object
			}
		}
	case []any:
		for i, entry := range section {
			if object, is := entry.(map[string]any); is {
				found[fmt.Sprintf("%s[%d]", name, i)] = object
			}
		}
	}
	return found
}

func (d *document) rustDatabases(config *Config, environment Environment) {
	for _, server := range d.Servers {
		mode := TLS{Mode: PreferVerified} // by the roots of the system
		switch entry := server.TLS; {
		case entry == nil:
		case entry.Disabled:
			mode.Mode = Plain
		case entry.Unverified:
			mode.Mode = Unverified
		case entry.CA != "":
			mode.Mode = VerifyFull
			if entry.AnyHost {
				mode.Mode = VerifyCA
			}
			mode.Roots, mode.Problem = environment.Roots.withOne(entry.CA)
		}
		for key, entry := range server.Databases {
			name := key // the other way round than Go: name is the name on the server
			if entry.Name != "" {
				name = entry.Name
			}
			database := Database{
				Address: server.Host, Name: name, User: entry.User.Literal, Password: entry.Password.in(environment.Variables),
				Max: valueOrZero(entry.Max), Min: valueOrZero(entry.Min), TLS: mode,
			}
			if database.Max == 0 {
				database.Max = rustPool
			}
			config.Databases[key] = database
		}
	}
}

func (d *document) rustCaches(config *Config, environment Environment) error {
	for name, entry := range d.Redis {
		cache := Cache{Address: entry.Host, Index: entry.Index, Prefix: entry.Prefix, Max: valueOrZero(entry.Max), Min: valueOrZero(entry.Min), TLS: TLS{Mode: VerifyFull}}
		if entry.Auth != nil && entry.Auth.Type == "acl" {
			if entry.Auth.User == nil {
				return &StartError{CodeRustPanic, fmt.Sprintf("thread 'main' panicked: redis.%s: acl without a username", name)}
			}
			cache.User, cache.Password = entry.Auth.User.Literal, entry.Auth.Password.in(environment.Variables)
		} else if entry.Auth != nil {
			cache.Password = entry.Auth.String.in(environment.Variables)
		}
		switch entry := entry.TLS; { // nothing written is TLS
		case entry == nil:
		case entry.Disabled:
			cache.TLS.Mode = Plain
		case entry.Unverified:
			cache.TLS.Mode = Unverified
		default:
			if entry.AnyHost {
				cache.TLS.Mode = VerifyCA
			}
			if entry.CA != "" {
				cache.TLS.Roots, cache.TLS.Problem = environment.Roots.withOne(entry.CA)
			}
		}
		config.Caches[name] = cache
	}
	return nil
}

func (d *document) rustMessaging(config *Config) {
	for _, broker := range d.PubSub {
		for name, topic := range broker.Topics {
			queues := map[string]string{}
			for subscription, queue := range topic.Subscriptions {
				queues[subscription] = queue.URL
			}
			config.Topics[name] = Topic{ARN: topic.ARN, Queues: queues}
		}
	}
}

func (d *document) rustStorage(config *Config, variables map[string]string) {
	for _, storage := range d.Storage {
		for name, bucket := range storage.Buckets {
			config.Buckets[name] = Bucket{
				Name: bucket.Name, Region: storage.Region, Endpoint: storage.Endpoint, Prefix: bucket.Prefix, PublicURL: bucket.PublicURL,
				AccessKey: storage.AccessKey, SecretKey: storage.SecretKey.in(variables),
			}
		}
	}
}

// checkTypeScript is what the process finds when it starts: the topics of its metadata, and the modules of every service,
// whether it hosts the service or not.
func checkTypeScript(app *needs.Needs, config *Config) error {
	for _, topic := range slices.Sorted(maps.Keys(config.Topics)) {
		if !app.KnowsTopic(topic) {
			return &StartError{CodeError, fmt.Sprintf("failed to initialize runtime: topic %q is not in the application's metadata", topic)}
		}
	}
	for _, service := range app.Services {
		for _, secret := range service.Secrets {
			if _, there := config.Secrets[secret.Name]; secret.AtLoad && !there {
				return &StartError{CodeError, fmt.Sprintf("Error: secret %q is not set", secret.Name)}
			}
		}
	}
	return nil
}
