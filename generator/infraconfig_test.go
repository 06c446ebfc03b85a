package generator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/reading"
)

// infraConfig is Encore's infra config as its runtimes read it, as far as groundplan writes it.
type infraConfig struct {
	Metadata struct {
		AppID   string `json:"app_id"`
		EnvName string `json:"env_name"`
		EnvType string `json:"env_type"`
		Cloud   string `json:"cloud"`
		BaseURL string `json:"base_url"`
	} `json:"metadata"`
	GracefulShutdown struct {
		Total int `json:"total"`
	} `json:"graceful_shutdown"`
	Auth []struct {
		Type string `json:"type"`
		ID   int    `json:"id"`
		Key  any    `json:"key"`
	} `json:"auth"`
	ServiceDiscovery map[string]struct {
		BaseURL string `json:"base_url"`
	} `json:"service_discovery"`
	SQLServers []struct {
		Host      string `json:"host"`
		TLSConfig *struct {
			CA string `json:"ca"`
		} `json:"tls_config"`
		Databases map[string]struct {
			Name           string `json:"name"`
			Username       any    `json:"username"`
			Password       any    `json:"password"`
			MaxConnections int    `json:"max_connections"`
			MinConnections int    `json:"min_connections"`
		} `json:"databases"`
	} `json:"sql_servers"`
	PubSub []struct {
		Type   string `json:"type"`
		Topics map[string]struct {
			ARN           string `json:"arn"`
			Subscriptions map[string]struct {
				URL string `json:"url"`
			} `json:"subscriptions"`
		} `json:"topics"`
	} `json:"pubsub"`
	ObjectStorage []struct {
		Type    string `json:"type"`
		Region  string `json:"region"`
		Buckets map[string]struct {
			Name          string `json:"name"`
			PublicBaseURL string `json:"public_base_url"`
		} `json:"buckets"`
	} `json:"object_storage"`
	Redis map[string]struct {
		Host          string `json:"host"`
		DatabaseIndex int    `json:"database_index"`
		Auth          struct {
			Type     string `json:"type"`
			Username any    `json:"username"`
			Password any    `json:"password"`
		} `json:"auth"`
		TLSConfig *struct{} `json:"tls_config"`
		InMemory  bool      `json:"in_memory"`
	} `json:"redis"`
	Metrics *struct {
		Type               string `json:"type"`
		CollectionInterval int    `json:"collection_interval"`
		Namespace          string `json:"namespace"`
		RemoteWriteURL     any    `json:"remote_write_url"`
		Site               string `json:"site"`
		APIKey             any    `json:"api_key"`
	} `json:"metrics"`
	UsedMetrics []struct {
		Name     string   `json:"name"`
		Services []string `json:"services"`
	} `json:"used_metrics"`
	Secrets        map[string]any  `json:"secrets"`
	HostedServices []string        `json:"hosted_services"`
	HostedGateways []string        `json:"hosted_gateways"`
	CORS           json.RawMessage `json:"cors"`
}

// TestF2_InfraConfig holds the generated infra config of every process against the rules of Encore's image build and
// of both runtimes, written down here a second time from their documentation and behaviour, not from the generator.
func TestF2_InfraConfig(t *testing.T) {
	for _, fixture := range fixtureNames(t) {
		application, diags, err := reading.FromSource(filepath.Join(fixtures, fixture))
		if err != nil || diags.HasErrors() {
			t.Fatal(err, diags)
		}
		if application.Containers() {
			continue // nothing there reads a config
		}
		output, environments, diags, err := generator.FromSource(generator.Options{Root: filepath.Join(fixtures, fixture), Out: t.TempDir()})
		if err != nil || diags.HasErrors() {
			t.Fatal(err, diags)
		}
		for _, env := range environments {
			for _, process := range env.Processes {
				t.Run(fmt.Sprintf("F2 %s %s %s", fixture, env.Name, process.Name), func(t *testing.T) {
					values := callArguments(t, output, fmt.Sprintf("%s/services/%s.tf", env.Name, names.Label(process.Name)))
					text := values["infra_config"].AsString()
					var config infraConfig
					decoder := json.NewDecoder(strings.NewReader(text))
					decoder.DisallowUnknownFields()
					if err := decoder.Decode(&config); err != nil {
						t.Fatal(err)
					}
					granted := *application
					if env.StrictAccess {
						granted.Edges = slices.DeleteFunc(slices.Clone(granted.Edges), func(e app.Edge) bool { return e.Origin == app.Reached })
					}
					rules := configRules{t: t, app: &granted, env: env, process: process, config: config, text: text}
					if secrets, ok := values["secrets"]; ok {
						rules.variables = slices.Collect(maps.Keys(secrets.AsValueMap()))
					}
					rules.check()
				})
			}
		}
	}
}

type configRules struct {
	t         *testing.T
	app       *app.App
	env       environment.Environment
	process   environment.Process
	config    infraConfig
	text      string
	variables []string
}

func (r configRules) check() {
	t, c := r.t, r.config
	if c.Metadata.AppID != r.app.ID || c.Metadata.EnvName != r.env.Name || c.Metadata.Cloud != "aws" {
		t.Errorf("metadata %+v: app_id and env_name feed the signature, cloud switches ECS metadata on", c.Metadata)
	}
	if !slices.Contains([]string{"production", "development", "ephemeral", "test"}, c.Metadata.EnvType) {
		t.Errorf("env_type %q", c.Metadata.EnvType)
	}
	if c.GracefulShutdown.Total <= 0 || c.GracefulShutdown.Total+5 > r.process.StopTimeoutSeconds {
		t.Errorf("graceful_shutdown.total %d, stop timeout %d", c.GracefulShutdown.Total, r.process.StopTimeoutSeconds)
	}
	if len(c.Auth) == 0 {
		t.Error("no auth: Encore would believe every caller")
	}
	for _, auth := range c.Auth {
		if auth.Type != "key" || auth.ID < 1 {
			t.Errorf("auth %+v", auth)
		}
		r.injected("auth key", auth.Key)
	}
	if !slices.Equal(c.HostedServices, r.process.HostedServices()) {
		t.Errorf("hosted_services %v, want %v", c.HostedServices, r.process.HostedServices())
	}
	if hosts := slices.Contains(c.HostedGateways, "api-gateway"); hosts != r.process.Gateway {
		t.Errorf("hosted_gateways %v", c.HostedGateways)
	}
	if len(c.HostedServices)+len(c.HostedGateways) == 0 {
		t.Error("hosts nothing: the Go runtime would host everything")
	}
	if r.process.Gateway != (c.CORS != nil) {
		t.Errorf("cors %s: a gateway has it, a service does not", c.CORS)
	}
	for _, key := range []string{`"pubsub"`, `"object_storage"`} {
		if strings.Count(r.text, key) > 1 {
			t.Errorf("%s more than once: only the last would survive", key)
		}
	}
	r.discovery()
	r.databases()
	r.pubsub()
	r.buckets()
	r.caches()
	r.metrics()
	r.secrets()
}

// injected fails unless the value names an environment variable that the task gets and the runtime keeps.
func (r configRules) injected(what string, value any) {
	r.t.Helper()
	reference, ok := value.(map[string]any)
	name, _ := reference["$env"].(string)
	if !ok || len(reference) != 1 || name == "" {
		r.t.Errorf("%s is %v, want a reference to a variable", what, value)
		return
	}
	if strings.HasPrefix(name, "ENCORE_") {
		r.t.Errorf("%s: the runtime removes %s before it reads the config", what, name)
	}
	if !slices.Contains(r.variables, name) {
		r.t.Errorf("%s: the task does not get %s, only %v", what, name, r.variables)
	}
}

func (r configRules) hosts(service string) bool {
	return slices.Contains(r.config.HostedServices, service)
}

func (r configRules) discovery() {
	want := map[string]bool{}
	for _, e := range r.app.Edges {
		if e.Kind == "service" && r.hosts(e.Service) { // a mere reference as well: the build counts it as a call
			want[e.Resource] = true
		}
	}
	if r.app.Auth != nil && r.app.Runtime == app.EncoreGo { // every process of a Go application looks the handler's service up
		want[r.app.Auth.Service] = true
	}
	for _, s := range r.app.Services {
		if r.process.Gateway {
			want[s.Name] = true
		}
		for _, e := range s.Endpoints {
			if e.Access == "auth" {
				want[r.app.Auth.Service] = true
			}
		}
	}
	for service := range want {
		if r.hosts(service) {
			delete(want, service)
		}
	}
	for service, entry := range r.config.ServiceDiscovery {
		if !want[service] {
			r.t.Errorf("service_discovery has %s, which this process neither calls nor routes to", service)
		}
		delete(want, service)
		if u, err := url.Parse(entry.BaseURL); err != nil || u.Scheme != "http" || u.Port() != "8080" || u.Host == "" {
			r.t.Errorf("service_discovery.%s.base_url is %q", service, entry.BaseURL)
		}
	}
	if len(want) > 0 {
		r.t.Errorf("service_discovery lacks %v", want)
	}
}

func (r configRules) databases() {
	want := map[string]bool{}
	for _, e := range r.app.Edges {
		if e.Kind == "database" && r.hosts(e.Service) {
			want[e.Resource] = true
		}
	}
	for _, e := range r.app.Loads {
		if e.Kind == "database" && !r.env.StrictAccess {
			want[e.Resource] = true
		}
	}
	for _, server := range r.config.SQLServers {
		if host, port, found := strings.Cut(server.Host, ":"); !found || host == "" || port != "5432" {
			r.t.Errorf("host %q lacks its port", server.Host)
		}
		if server.TLSConfig == nil || server.TLSConfig.CA == "" {
			r.t.Error("no CA: Go would not verify the server, TypeScript could not connect")
		}
		for name, database := range server.Databases {
			if !want[name] {
				r.t.Errorf("database %s, which no hosted service uses", name)
			}
			delete(want, name)
			if database.Name != "" {
				r.t.Errorf("database %s has a name: the runtimes disagree on which of key and name is physical", name)
			}
			if user, literal := database.Username.(string); !literal || user == "" {
				r.t.Errorf("username %v: TypeScript takes only literals", database.Username)
			}
			r.injected("password of "+name, database.Password)
			if database.MaxConnections < 1 || database.MinConnections > database.MaxConnections {
				r.t.Errorf("database %s: pool %d to %d", name, database.MinConnections, database.MaxConnections)
			}
		}
	}
	if len(want) > 0 {
		r.t.Errorf("sql_servers lacks %v", want)
	}
}

// pubsub: a topic is there for a hosted publisher or a hosted subscription, and a subscription only where its service
// runs: a TypeScript process starts every subscription it is told of. Every topic keeps "subscriptions", which the
// TypeScript runtime needs.
func (r configRules) pubsub() {
	want := map[string]map[string]bool{}
	topic := func(name string) map[string]bool {
		if want[name] == nil {
			want[name] = map[string]bool{}
		}
		return want[name]
	}
	for _, e := range r.app.Edges {
		switch {
		case !r.hosts(e.Service):
		case e.Kind == "topic":
			topic(e.Resource)
		case e.Kind == "subscription" && slices.Contains(r.process.Services, e.Service): // not a copy of the auth handler's
			topic(e.Parent)[e.Resource] = true
		}
	}
	if len(r.config.PubSub) > 1 || (len(r.config.PubSub) == 1) != (len(want) > 0) {
		r.t.Errorf("%d pubsub entries for %d topics: of several the Go runtime keeps the last", len(r.config.PubSub), len(want))
	}
	if strings.Count(r.text, `"arn"`) != strings.Count(r.text, `"subscriptions"`) {
		r.t.Error("a topic lacks its subscriptions")
	}
	for _, provider := range r.config.PubSub {
		if provider.Type != "aws_sns_sqs" {
			r.t.Errorf("pubsub of type %q", provider.Type)
		}
		for name, topic := range provider.Topics {
			subscriptions, wanted := want[name]
			if !wanted || topic.ARN == "" {
				r.t.Errorf("topic %s with ARN %q, which no hosted service uses", name, topic.ARN)
			}
			for subscription, queue := range topic.Subscriptions {
				if !subscriptions[subscription] || queue.URL == "" {
					r.t.Errorf("subscription %s of topic %s with URL %q runs elsewhere", subscription, name, queue.URL)
				}
				delete(subscriptions, subscription)
			}
			if len(subscriptions) > 0 {
				r.t.Errorf("topic %s lacks the subscriptions %v", name, subscriptions)
			}
			delete(want, name)
		}
	}
	if len(want) > 0 {
		r.t.Errorf("pubsub lacks %v", want)
	}
}

// buckets: one entry, since the Go runtime keeps the last; every bucket a hosted service uses and no other; a public one
// with the address its objects are shown under, which Encore puts a slash and the object's name behind.
func (r configRules) buckets() {
	want := map[string]bool{}
	for _, e := range r.app.Edges {
		if e.Kind == "bucket" && r.hosts(e.Service) {
			want[e.Resource] = true
		}
	}
	if len(r.config.ObjectStorage) > 1 || (len(r.config.ObjectStorage) == 1) != (len(want) > 0) {
		r.t.Errorf("%d object_storage entries for %d buckets", len(r.config.ObjectStorage), len(want))
	}
	for _, provider := range r.config.ObjectStorage {
		if provider.Type != "s3" || provider.Region != r.env.Region {
			r.t.Errorf("object_storage of type %q in %q", provider.Type, provider.Region)
		}
		for name, bucket := range provider.Buckets {
			if !want[name] || bucket.Name == "" {
				r.t.Errorf("bucket %s with name %q, which no hosted service uses", name, bucket.Name)
			}
			delete(want, name)
			public := r.app.Resource("bucket", "", name).Spec.(*objects.Bucket).Public
			if public != (bucket.PublicBaseURL != "") || strings.HasSuffix(bucket.PublicBaseURL, "/") {
				r.t.Errorf("bucket %s, public %v, has the public address %q", name, public, bucket.PublicBaseURL)
			}
		}
	}
	if len(want) > 0 {
		r.t.Errorf("object_storage lacks %v", want)
	}
}

// caches: a cluster is there for whoever keeps keys in it. The Go runtime speaks TLS only when the section is there, and
// both runtimes take a user of the access lists only by that type.
func (r configRules) caches() {
	want := map[string]bool{}
	for _, e := range r.app.Edges {
		if e.Kind == "cache" && r.hosts(e.Service) && len(keysOf(r.app, r.process, e.Resource)) > 0 {
			want[e.Resource] = true
		}
	}
	for name, cluster := range r.config.Redis {
		if !want[name] {
			r.t.Errorf("cache cluster %s, in which no hosted service keeps keys", name)
		}
		delete(want, name)
		if host, port, found := strings.Cut(cluster.Host, ":"); !found || host == "" || port == "" {
			r.t.Errorf("host %q lacks its port", cluster.Host)
		}
		if cluster.TLSConfig == nil {
			r.t.Errorf("cluster %s: without the section the Go runtime speaks plain text", name)
		}
		if user, literal := cluster.Auth.Username.(string); cluster.Auth.Type != "acl" || !literal || user == "" || cluster.DatabaseIndex != 0 {
			r.t.Errorf("cluster %s: %+v", name, cluster)
		}
		r.injected("password of "+name, cluster.Auth.Password)
	}
	if len(want) > 0 {
		r.t.Errorf("redis lacks %v", want)
	}
}

// metrics: the destination of the environment, with the settings of that one alone.
func (r configRules) metrics() {
	m, set := r.config.Metrics, r.env.Metrics
	if (m == nil) != (set.Destination == "none") {
		r.t.Errorf("metrics %+v, destination %s", m, set.Destination)
		return
	}
	if m == nil {
		return
	}
	if want := map[string]string{"cloudwatch": "aws_cloudwatch", "prometheus": "prometheus", "datadog": "datadog"}[set.Destination]; m.Type != want || m.CollectionInterval != set.IntervalSeconds || m.CollectionInterval < 1 {
		r.t.Errorf("metrics %+v, destination %s", *m, set.Destination)
	}
	if (m.Namespace != "") != (set.Destination == "cloudwatch") || (m.Site != "") != (set.Destination == "datadog") {
		r.t.Errorf("metrics %+v have a setting of another destination, or lack one", *m)
	}
	if set.Destination == "prometheus" {
		r.injected("remote_write_url", m.RemoteWriteURL)
	}
	if set.Destination == "datadog" {
		r.injected("api_key", m.APIKey)
	}
}

func (r configRules) secrets() {
	want, withheld := map[string]bool{}, map[string]bool{}
	for _, e := range r.app.Edges {
		if e.Kind == "secret" && r.hosts(e.Service) {
			want[e.Resource] = true
		}
	}
	for _, e := range r.app.Loads {
		if e.Kind == "secret" && !want[e.Resource] {
			want[e.Resource], withheld[e.Resource] = true, r.env.StrictAccess
		}
	}
	for _, s := range r.app.Of("secret") {
		if s.Service == "" {
			want[s.Name] = true // code outside services runs in every process
		}
	}
	for name, value := range r.config.Secrets {
		if !want[name] {
			r.t.Errorf("secret %s, which no hosted service declares", name)
		}
		delete(want, name)
		if withheld[name] {
			if text, _ := value.(string); !strings.HasPrefix(text, "placeholder") {
				r.t.Errorf("secret %s is %v, want a placeholder", name, value)
			}
			continue
		}
		r.injected("secret "+name, value)
	}
	if len(want) > 0 {
		r.t.Errorf("secrets lack %v", want)
	}
}
