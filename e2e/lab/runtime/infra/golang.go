package infra

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// goPool is the largest pool where the configuration names none.
const goPool = 30

// readGo reads as Encore's Go runtime. It takes its own variables out of the environment before anything refers to one.
func readGo(app *needs.Needs, environment Environment) (*Config, error) {
	own := map[string]string{}
	rest := environment.Variables
	for name, value := range rest {
		if strings.HasPrefix(name, "ENCORE_") {
			own[name] = value
		}
	}
	maps.DeleteFunc(rest, func(name, _ string) bool { return strings.HasPrefix(name, "ENCORE_") })
	path := own["ENCORE_INFRA_CONFIG_PATH"]
	if path == "" { // set to nothing is not set
		return nil, &StartError{CodePanic, "panic: no runtime config: ENCORE_INFRA_CONFIG_PATH is not set"}
	}
	written, _, err := readDocument(path)
	if err != nil {
		return nil, err
	}
	// Listening and stopping look at the captured variables, everything else at what is left.
	config, err := written.common(own)
	if err != nil {
		return nil, err
	}
	if own["ENCORE_LISTEN_ADDR"] == "" {
		config.Address = listenAddress(rest)
	}
	config.Keys = authKeys(written.Auth, rest)
	if len(written.Services) == 0 && len(written.Gateways) == 0 {
		for _, service := range app.Services {
			config.Services[service.Name] = true
		}
	}
	for service, peer := range written.Discovery {
		config.Discovery[service] = Peer{URL: peer.BaseURL, Keys: config.Keys} // auth of the entry is ignored
	}
	if config.Secrets, err = written.secrets(rest, false); err != nil {
		return nil, err
	}
	written.goDatabases(config, rest, environment.Roots)
	if err := written.goCaches(config, rest, environment.Roots); err != nil {
		return nil, err
	}
	written.goMessaging(config)
	written.goStorage(config, rest)
	return config, checkGo(app, config)
}

func (d *document) goDatabases(config *Config, variables map[string]string, roots Authorities) {
	for _, server := range d.Servers {
		for key, entry := range server.Databases {
			// The key is the name on the server, and name what the application calls it.
			name := key
			if entry.Name != "" {
				name = entry.Name
			}
			database := Database{
				Address: server.Host, Name: key, User: entry.User.in(variables), Password: entry.Password.in(variables),
				Max: valueOrZero(entry.Max), Min: valueOrZero(entry.Min), TLS: TLS{Mode: Prefer},
			}
			if database.Max == 0 {
				database.Max = goPool
			}
			if server.TLS != nil && server.TLS.Disabled {
				database.TLS.Mode = Plain
			} else if server.TLS != nil && server.TLS.CA != "" {
				// A whole bundle is fine. Switches that turn checks off are ignored.
				database.TLS.Mode = VerifyCA
				database.TLS.Roots, database.TLS.Problem = roots.only(server.TLS.CA)
			}
			config.Databases[name] = database
		}
	}
}

func (d *document) goCaches(config *Config, variables map[string]string, roots Authorities) error {
	for name, entry := range d.Redis {
		cache := Cache{Address: entry.Host, Index: entry.Index, Max: valueOrZero(entry.Max), Min: valueOrZero(entry.Min)} // key_prefix is ignored
		if entry.Auth != nil && entry.Auth.Type == "acl" {
			if entry.Auth.User == nil {
				return &StartError{CodePanic, "panic: runtime error: invalid memory address or nil pointer dereference"}
			}
			cache.User, cache.Password = entry.Auth.User.in(variables), entry.Auth.Password.in(variables)
		} else if entry.Auth != nil {
			cache.Password = entry.Auth.String.in(variables)
		}
		if entry.TLS != nil && !entry.TLS.Disabled { // nothing written is plaintext
			cache.TLS.Mode = VerifyFull
			if entry.TLS.CA != "" {
				cache.TLS.Roots, cache.TLS.Problem = roots.only(entry.TLS.CA)
			}
		}
		config.Caches[name] = cache
	}
	return nil
}

// goMessaging forgets what an earlier entry said.
func (d *document) goMessaging(config *Config) {
	if len(d.PubSub) == 0 {
		return
	}
	for name, topic := range d.PubSub[len(d.PubSub)-1].Topics {
		queues := map[string]string{}
		for subscription, queue := range topic.Subscriptions {
			queues[subscription] = queue.URL
		}
		config.Topics[name] = Topic{ARN: topic.ARN, Queues: queues}
	}
}

// goStorage forgets what an earlier entry said.
func (d *document) goStorage(config *Config, variables map[string]string) {
	if len(d.Storage) == 0 {
		return
	}
	storage := d.Storage[len(d.Storage)-1]
	for name, bucket := range storage.Buckets {
		config.Buckets[name] = Bucket{
			Name: bucket.Name, Region: storage.Region, Endpoint: storage.Endpoint, Prefix: bucket.Prefix, PublicURL: bucket.PublicURL,
			AccessKey: storage.AccessKey, SecretKey: storage.SecretKey.in(variables),
		}
	}
}

// checkGo is what the process finds missing when it starts.
func checkGo(app *needs.Needs, config *Config) error {
	var missing []string
	demand := func(secrets []needs.Secret) {
		for _, secret := range secrets {
			if _, there := config.Secrets[secret.Name]; !there && !slices.Contains(missing, secret.Name) {
				missing = append(missing, secret.Name)
			}
		}
	}
	demand(app.Secrets)
	for _, service := range app.Services {
		if config.Services[service.Name] {
			// What it reads out of a package that is no service is demanded of every process already.
			demand(service.Secrets)
		}
	}
	if len(missing) > 0 && config.Cloud != "local" {
		return &StartError{CodePanic, "the following secrets are not defined: " + strings.Join(missing, ", ")}
	}
	if config.Gateway {
		for _, service := range app.Services {
			exposed := slices.ContainsFunc(service.Endpoints, func(e needs.Endpoint) bool { return e.Access != needs.Private })
			if _, known := config.Discovery[service.Name]; exposed && !known && !config.Services[service.Name] {
				return &StartError{CodePanic, fmt.Sprintf("panic: no service discovery configuration for service %q", service.Name)}
			}
		}
	}
	return nil
}
