package infra

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
)

// textOrVariable is a string, or the name of an environment variable that holds it.
type textOrVariable struct {
	Literal  string
	Variable string
}

func (t *textOrVariable) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &t.Literal) == nil {
		return nil
	}
	var reference map[string]string
	if err := json.Unmarshal(data, &reference); err != nil || len(reference) != 1 || reference["$env"] == "" {
		return fmt.Errorf("%s is neither a string nor {\"$env\": name}", data)
	}
	t.Variable = reference["$env"]
	return nil
}

// in is the value; a variable that is not set is empty.
func (t textOrVariable) in(variables map[string]string) string {
	if t.Variable == "" {
		return t.Literal
	}
	return variables[t.Variable]
}

// document is the infra config as it is written. Where nil and absent differ there is a pointer.
type document struct {
	Metadata struct {
		Application string `json:"app_id"`
		Environment string `json:"env_name"`
		Type        string `json:"env_type"`
		Cloud       string `json:"cloud"`
		BaseURL     string `json:"base_url"`
	} `json:"metadata"`
	Shutdown *struct {
		Total    *int `json:"total"`
		Hooks    *int `json:"shutdown_hooks"`
		Handlers *int `json:"handlers"`
	} `json:"graceful_shutdown"`
	Auth      []authEntry `json:"auth"`
	Discovery map[string]struct {
		BaseURL string      `json:"base_url"`
		Auth    []authEntry `json:"auth"`
	} `json:"service_discovery"`
	Metrics *struct {
		Type      string `json:"type"`
		Interval  int    `json:"collection_interval"`
		Namespace string `json:"namespace"`
	} `json:"metrics"`
	Servers []struct {
		Host      string                   `json:"host"`
		TLS       *tlsEntry                `json:"tls_config"`
		Databases map[string]databaseEntry `json:"databases"`
	} `json:"sql_servers"`
	Redis  map[string]redisEntry `json:"redis"`
	PubSub []struct {
		Type   string `json:"type"`
		Topics map[string]struct {
			ARN           string `json:"arn"`
			Subscriptions map[string]struct {
				URL string `json:"url"`
			} `json:"subscriptions"`
		} `json:"topics"`
	} `json:"pubsub"`
	Storage []struct {
		Type      string         `json:"type"`
		Region    string         `json:"region"`
		Endpoint  string         `json:"endpoint"`
		AccessKey string         `json:"access_key_id"`
		SecretKey textOrVariable `json:"secret_access_key"`
		Buckets   map[string]struct {
			Name      string `json:"name"`
			Prefix    string `json:"key_prefix"`
			PublicURL string `json:"public_base_url"`
		} `json:"buckets"`
	} `json:"object_storage"`
	Secrets     json.RawMessage `json:"secrets"`
	Services    []string        `json:"hosted_services"`
	Gateways    []string        `json:"hosted_gateways"`
	UsedMetrics []struct {
		Name     string   `json:"name"`
		Services []string `json:"services"`
	} `json:"used_metrics"`
}

type authEntry struct {
	Type string         `json:"type"`
	ID   int            `json:"id"`
	Key  textOrVariable `json:"key"`
}

type databaseEntry struct {
	Name     string         `json:"name"`
	User     textOrVariable `json:"username"`
	Password textOrVariable `json:"password"`
	Max      *int           `json:"max_connections"`
	Min      *int           `json:"min_connections"`
}

type redisEntry struct {
	Host  string `json:"host"`
	Index int    `json:"database_index"`
	Auth  *struct {
		Type     string          `json:"type"`
		User     *textOrVariable `json:"username"`
		Password textOrVariable  `json:"password"`
		String   textOrVariable  `json:"auth_string"`
	} `json:"auth"`
	Prefix string    `json:"key_prefix"`
	TLS    *tlsEntry `json:"tls_config"`
	Max    *int      `json:"max_connections"`
	Min    *int      `json:"min_connections"`
}

type tlsEntry struct {
	Disabled   bool   `json:"disabled"`
	CA         string `json:"ca"`
	AnyHost    bool   `json:"disable_tls_hostname_verification"`
	Unverified bool   `json:"disable_ca_validation"`
}

// readDocument reads the file that a variable names, which must be JSON: comments are for the build.
func readDocument(path string) (*document, map[string]any, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, &StartError{CodeError, "failed to read infra config: " + err.Error()}
	}
	read, raw := &document{}, map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(read); err != nil {
		return nil, nil, &StartError{CodeError, "failed to parse infra config: " + err.Error()}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, &StartError{CodeError, "failed to parse infra config: something stands behind it"}
	}
	if err := json.Unmarshal(content, &raw); err != nil {
		return nil, nil, &StartError{CodeError, "failed to parse infra config: " + err.Error()}
	}
	return read, raw, nil
}

// common is what both runtimes make of a document alike.
func (d *document) common(variables map[string]string) (*Config, error) {
	if err := d.validate(); err != nil {
		return nil, err
	}
	config := newConfig()
	config.Application, config.Environment, config.Cloud = d.Metadata.Application, d.Metadata.Environment, d.Metadata.Cloud
	config.Address = listenAddress(variables)
	for _, service := range d.Services {
		config.Services[service] = true
	}
	config.Gateway = len(d.Gateways) > 0
	config.Keys = authKeys(d.Auth, variables)
	if d.Metrics != nil {
		interval := time.Duration(d.Metrics.Interval) * time.Second
		if interval == 0 {
			interval = time.Minute
		}
		config.Metrics = &Metrics{Type: d.Metrics.Type, Namespace: d.Metrics.Namespace, Interval: interval}
	}
	if d.Shutdown != nil {
		config.Shutdown.Total, config.Shutdown.Handlers = seconds(d.Shutdown.Total), seconds(d.Shutdown.Handlers)
	}
	if grace := variables["ENCORE_K8S_GRACE_TERMINATION_SECONDS"]; grace != "" {
		number, err := strconv.Atoi(grace)
		if err != nil {
			return nil, &StartError{CodeError, "ENCORE_K8S_GRACE_TERMINATION_SECONDS: " + err.Error()}
		}
		config.Shutdown.Grace = time.Duration(number) * time.Second
	}
	for _, metric := range d.UsedMetrics {
		config.UsedMetrics[metric.Name] = metric.Services
	}
	return config, nil
}

func seconds(number *int) *time.Duration {
	if number == nil {
		return nil
	}
	duration := time.Duration(*number) * time.Second
	return &duration
}

func authKeys(entries []authEntry, variables map[string]string) []encoreauth.Key {
	var keys []encoreauth.Key
	for _, entry := range entries {
		keys = append(keys, encoreauth.Key{ID: uint32(entry.ID), Text: entry.Key.in(variables)})
	}
	return keys
}

func listenAddress(variables map[string]string) string {
	if address := variables["ENCORE_LISTEN_ADDR"]; address != "" {
		return address
	}
	if port := variables["PORT"]; port != "" {
		return ":" + port
	}
	return ":8080"
}

// secrets are the map, literals and variables mixed, or one variable that holds all of them. A variable that is not set
// gives no secret when strict, and an empty one otherwise.
func (d *document) secrets(variables map[string]string, strict bool) (map[string]string, error) {
	secrets := map[string]string{}
	if len(d.Secrets) == 0 || string(d.Secrets) == "null" {
		return secrets, nil
	}
	var whole textOrVariable
	if json.Unmarshal(d.Secrets, &whole) == nil {
		if err := json.Unmarshal([]byte(whole.in(variables)), &secrets); err != nil {
			return nil, &StartError{CodeError, "failed to parse secrets: " + err.Error()}
		}
		return secrets, nil
	}
	var entries map[string]textOrVariable
	if err := json.Unmarshal(d.Secrets, &entries); err != nil {
		return nil, &StartError{CodeError, "failed to parse secrets: " + err.Error()}
	}
	for name, entry := range entries {
		if _, set := variables[entry.Variable]; strict && entry.Variable != "" && !set {
			continue
		}
		secrets[name] = entry.in(variables)
	}
	return secrets, nil
}

// validate finds what Encore's build refuses: a configuration that is mounted never met it, so the laboratory does not
// start such a process.
func (d *document) validate() error {
	var problems []string
	wrong := func(bad bool, format string, arguments ...any) {
		if bad {
			problems = append(problems, fmt.Sprintf(format, arguments...))
		}
	}
	auth := func(where string, entries []authEntry) {
		for i, entry := range entries {
			wrong(entry.Type != "key", "%s[%d].type: must be key", where, i)
			wrong(entry.ID < 1, "%s[%d].id: must be at least 1", where, i)
		}
	}
	auth("auth", d.Auth)
	for service, peer := range d.Discovery {
		http := strings.HasPrefix(peer.BaseURL, "http://") || strings.HasPrefix(peer.BaseURL, "https://")
		wrong(!http, "service_discovery.%s.base_url: must be an http(s) URL", service)
		auth("service_discovery."+service+".auth", peer.Auth)
	}
	for i, server := range d.Servers {
		wrong(server.Host == "", "sql_servers[%d].host: is required", i)
		for name, database := range server.Databases {
			wrong(database.User == textOrVariable{} || database.Password == textOrVariable{}, "sql_servers[%d].databases.%s: username and password are required", i, name)
			most, least := valueOrZero(database.Max), valueOrZero(database.Min)
			wrong(most < least, "sql_servers[%d].databases.%s: max_connections must be at least min_connections", i, name)
		}
	}
	for name, cluster := range d.Redis {
		wrong(cluster.Host == "", "redis.%s.host: is required", name)
		wrong(cluster.Index < 0 || cluster.Index > 15, "redis.%s.database_index: must be 0 to 15", name)
		wrong(valueOrZero(cluster.Max) < valueOrZero(cluster.Min), "redis.%s: max_connections must be at least min_connections", name)
	}
	for i, broker := range d.PubSub {
		wrong(broker.Type != "aws_sns_sqs", "pubsub[%d].type: %q is unknown in this laboratory", i, broker.Type)
		for name, topic := range broker.Topics {
			wrong(topic.ARN == "", "pubsub[%d].topics.%s.arn: is required", i, name)
			for subscription, queue := range topic.Subscriptions {
				wrong(queue.URL == "", "pubsub[%d].topics.%s.subscriptions.%s.url: is required", i, name, subscription)
			}
		}
	}
	for i, storage := range d.Storage {
		wrong(storage.Type != "s3", "object_storage[%d].type: %q is unknown in this laboratory", i, storage.Type)
		wrong(storage.Region == "", "object_storage[%d].region: is required", i)
		wrong(storage.AccessKey != "" && storage.SecretKey == textOrVariable{}, "object_storage[%d].secret_access_key: is required", i)
		for name, bucket := range storage.Buckets {
			wrong(bucket.Name == "", "object_storage[%d].buckets.%s.name: is required", i, name)
		}
	}
	if d.Metrics != nil {
		wrong(d.Metrics.Type == "aws_cloudwatch" && d.Metrics.Namespace == "", "metrics.namespace: is required")
	}
	if d.Shutdown != nil {
		for _, number := range []*int{d.Shutdown.Total, d.Shutdown.Handlers, d.Shutdown.Hooks} {
			wrong(valueOrZero(number) < 0, "graceful_shutdown: must not be negative")
		}
	}
	if len(problems) > 0 {
		return &StartError{CodeError, "invalid infra config: " + strings.Join(problems, "; ")}
	}
	return nil
}

func valueOrZero(number *int) int {
	if number == nil {
		return 0
	}
	return *number
}
