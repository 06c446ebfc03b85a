package generator_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/names"
)

// grantedRight is what one process is given: every statement, path, secret and section, as texts that name resources.
type grantedRight struct {
	Statements  []string       // "action on resource", and " if condition" where there is one
	Connections []string       // "security group port"
	Secrets     []string       // "VARIABLE from secret"
	Config      map[string]any // the sections of the infra config that name resources; nothing for containers
	Variables   map[string]any // what containers get instead
}

// grants derives, from the application's edges alone, what a process must be given.
type grants struct {
	app     *app.App
	env     environment.Environment
	process environment.Process

	statements, connections, secrets map[string]bool
	config, variables                map[string]any
}

// expectedGrants is what a process must be given, no more and no less.
func expectedGrants(application *app.App, env environment.Environment, process environment.Process) grantedRight {
	g := &grants{app: application, env: env, process: process,
		statements: map[string]bool{}, connections: map[string]bool{}, secrets: map[string]bool{}, config: map[string]any{}, variables: map[string]any{}}
	g.messages()
	g.buckets()
	g.databases()
	g.caches()
	g.secretsAndMetrics()
	g.calls()
	g.overrides()
	if application.Containers() {
		g.config = map[string]any{} // no Encore runtime reads one
		g.variables["AWS_REGION"] = env.Region
		for _, name := range process.Services {
			for _, extra := range serviceOf(application, name).Container.Environment {
				g.variables[extra.Name] = extra.Value
			}
		}
	} else {
		g.variables = map[string]any{}
	}
	for name, value := range process.Variables {
		g.variables[name] = value
	}
	return grantedRight{
		Statements: slices.Sorted(maps.Keys(g.statements)), Connections: slices.Sorted(maps.Keys(g.connections)),
		Secrets: slices.Sorted(maps.Keys(g.secrets)), Config: g.config, Variables: g.variables,
	}
}

func (g *grants) name(budget names.Budget, part string) string {
	return names.Of(budget, g.env.App, g.env.Name, part)
}

func (g *grants) secret(module string, parts ...string) string {
	return module + " " + secret.Name(&g.env, parts...) + ": arn"
}

func (g *grants) allow(resource string, actions ...string) {
	for _, action := range actions {
		if resource != "" { // what exists may need no key
			g.statements[action+" on "+resource] = true
		}
	}
}

// allowBy lets the process use a key by way of a service, and not by itself.
func (g *grants) allowBy(service, key string, actions ...string) {
	if key == "" {
		return
	}
	for _, action := range actions {
		g.statements[fmt.Sprintf("%s on %s if StringEquals kms:ViaService %s.%s.amazonaws.com", action, key, service, g.env.Region)] = true
	}
}

// key is the environment's key, or the one it brings.
func (g *grants) key() string {
	if g.env.KeyARN != "" {
		return g.env.KeyARN
	}
	return "encryption-key " + names.Of(names.KeyAlias, g.env.App, g.env.Name) + ": arn"
}

// edges are the uses, by services whose code runs in the process or by modules that it loads, of resources of a kind.
func (g *grants) edges(kind string) []app.Edge {
	var edges []app.Edge
	for _, e := range g.app.Edges {
		if e.Kind == kind && slices.Contains(g.process.HostedServices(), e.Service) && !(g.env.StrictAccess && e.Origin == app.Reached) {
			edges = append(edges, e)
		}
	}
	for _, e := range g.app.Loads {
		if e.Kind == kind && !g.env.StrictAccess {
			edges = append(edges, e)
		}
	}
	return edges
}

// upper is a name as variables of containers spell it.
func upper(name string) string { return strings.ToUpper(names.Label(name)) }

func serviceOf(application *app.App, name string) app.Service {
	return application.Services[slices.IndexFunc(application.Services, func(s app.Service) bool { return s.Name == name })]
}

// port is where a process listens.
func (g *grants) port(process environment.Process) string {
	if g.app.Containers() {
		return fmt.Sprint(serviceOf(g.app, process.Services[0]).Container.Port)
	}
	return "8080"
}

// variableNamed is how the infra config names an environment variable.
func variableNamed(name string) map[string]any { return map[string]any{"$env": name} }

// topic is a topic's ARN, and the key of its messages, "" where a topic that exists has none.
func (g *grants) topic(name string) (arn, key string) {
	if existing := g.env.ExistingTopic(name); existing != nil {
		return existing.ARN, existing.KeyARN
	}
	return "topic " + g.name(names.Topic, name) + ": arn", g.key()
}

func (g *grants) messages() {
	topics := map[string]any{}
	// Encore's Go runtime looks every topic of its config up, whether it publishes or consumes.
	topic := func(name string) map[string]any {
		if topics[name] == nil {
			arn, _ := g.topic(name)
			topics[name] = map[string]any{"arn": arn, "subscriptions": map[string]any{}}
			if g.app.Runtime == app.EncoreGo {
				g.allow(arn, "sns:GetTopicAttributes")
			}
		}
		return topics[name].(map[string]any)
	}
	for _, e := range g.edges("topic") {
		topic(e.Resource)
		arn, key := g.topic(e.Resource)
		g.allow(arn, "sns:Publish")
		if g.app.Containers() {
			g.allow(arn, "sns:GetTopicAttributes") // as clients other than Encore's do
		}
		g.allowBy("sns", key, "kms:Decrypt", "kms:GenerateDataKey")
		g.variables[upper(e.Resource)+"_TOPIC_ARN"] = arn
	}
	for _, e := range g.edges("subscription") {
		if e.Service == g.process.AuthService {
			continue // which the gateway runs a copy of: its messages go to the process that serves it
		}
		queue := "subscription " + g.name(names.Queue, e.Parent+"-"+e.Resource)
		topic(e.Parent)["subscriptions"].(map[string]any)[e.Resource] = map[string]any{"url": queue + ": queue_url"}
		g.variables[upper(e.Parent)+"_"+upper(e.Resource)+"_QUEUE_URL"] = queue + ": queue_url"
		g.allow(queue+": queue_arn", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")
		if g.app.Containers() {
			g.allow(queue+": queue_arn", "sqs:GetQueueAttributes", "sqs:GetQueueUrl")
		}
		g.allowBy("sqs", g.key(), "kms:Decrypt")
	}
	if len(topics) > 0 {
		g.config["pubsub"] = []any{map[string]any{"type": "aws_sns_sqs", "topics": topics}}
	}
}

// grantedBucket is what a bucket is called, with the resources of its rights and the key of its objects, "" for none: a public
// grantedBucket is encrypted by S3 itself.
type grantedBucket struct{ name, arn, key, url string }

func (g *grants) bucket(name string) grantedBucket {
	public := g.app.Resource("bucket", "", name).Spec.(*objects.Bucket).Public
	if existing := g.env.ExistingBucket(name); existing != nil {
		return grantedBucket{existing.Name, "arn:aws:s3:::" + existing.Name, existing.KeyARN, existing.PublicBaseURL}
	}
	made := "bucket " + g.bucketName(name)
	b := grantedBucket{name: made + ": name", arn: made + ": arn", key: g.key()}
	if public {
		b.key, b.url = "", "cdn "+g.name(names.Bucket, name)+": url"
	}
	return b
}

// bucketName ends in the account, which is asked for when it is not set.
func (g *grants) bucketName(name string) string {
	account := g.env.AccountID
	if account == "" {
		account = "data.aws_caller_identity.current.account_id"
	}
	return g.name(names.Bucket-13, name) + "-" + account
}

func (g *grants) buckets() {
	buckets := map[string]any{}
	for _, e := range g.edges("bucket") {
		spec, b := g.app.Resource("bucket", "", e.Resource).Spec.(*objects.Bucket), g.bucket(e.Resource)
		if g.app.Containers() && len(bucketActions[e.Operation]) > 0 {
			g.allow(b.arn, "s3:GetBucketLocation")
		}
		for _, action := range bucketActions[e.Operation] {
			switch {
			case action == "s3:ListBucket":
				g.allow(b.arn, action)
			case strings.HasPrefix(action, "kms:"):
				g.allowBy("s3", b.key, action)
			case !strings.HasSuffix(action, "Version") || spec.Versioned:
				g.allow(b.arn+"/*", action)
			}
		}
		fields := map[string]any{"name": b.name}
		g.variables[upper(e.Resource)+"_BUCKET_NAME"] = b.name
		if spec.Public {
			fields["public_base_url"], g.variables[upper(e.Resource)+"_BUCKET_PUBLIC_URL"] = b.url, b.url
		}
		buckets[e.Resource] = fields
	}
	if len(buckets) > 0 {
		g.config["object_storage"] = []any{map[string]any{"type": "s3", "region": g.env.Region, "buckets": buckets}}
	}
}

func (g *grants) databases() {
	var servers []any
	for _, server := range g.env.DatabaseServers {
		databases := map[string]any{}
		for _, e := range g.edges("database") {
			if slices.Contains(server.Databases, e.Resource) {
				databases[e.Resource] = map[string]any{"username": database.RoleName(g.process.Name), "password": variableNamed("DATABASE_PASSWORD")}
			}
		}
		if len(databases) == 0 {
			continue
		}
		module := "database-server "
		if server.Engine == "aurora" {
			module = "database-cluster "
		}
		module += g.name(names.Server, server.Name)
		group, address, port, ca := module+": security_group_id", module+": address", module+": port", module+": ca_certificate"
		if existing := server.Existing; existing != nil {
			group, address, port, ca = existing.SecurityGroupID, existing.Address, fmt.Sprint(existing.Port), "file path.module/database_server_"+names.Label(server.Name)+".pem"
		}
		g.connections[group+" "+port] = true
		for name := range databases {
			prefix := ""
			if g.app.Containers() {
				prefix = upper(name) + "_"
			}
			g.secrets[prefix+"DATABASE_PASSWORD from "+g.secret("generated-secret", "database", g.process.Name)] = true
			for part, value := range map[string]string{"HOST": address, "PORT": port, "CA_CERTIFICATE": ca, "NAME": name, "USER": database.RoleName(g.process.Name)} {
				g.variables[upper(name)+"_DATABASE_"+part] = value
			}
		}
		servers = append(servers, map[string]any{
			"host": address + ":" + port, "tls_config": map[string]any{"ca": ca}, "databases": databases,
		})
	}
	if len(servers) > 0 {
		g.config["sql_servers"] = servers
	}
}

func (g *grants) caches() {
	clusters := map[string]any{}
	for _, e := range g.edges("cache") {
		if len(keysOf(g.app, g.process, e.Resource)) == 0 {
			continue
		}
		cache := "cache " + g.name(names.ReplicationGroup, e.Resource)
		password := "CACHE_PASSWORD_" + upper(e.Resource)
		if g.app.Containers() {
			password = upper(e.Resource) + "_CACHE_PASSWORD"
		}
		for part, value := range map[string]string{"HOST": ": address", "PORT": ": port", "USER": ": user_names." + g.process.Name} {
			g.variables[upper(e.Resource)+"_CACHE_"+part] = cache + value
		}
		g.connections[cache+": security_group_id "+cache+": port"] = true
		g.secrets[password+" from "+cache+": user_secret_arns."+g.process.Name] = true
		clusters[e.Resource] = map[string]any{
			"host": cache + ": address:" + cache + ": port", "database_index": "0", "tls_config": map[string]any{},
			"auth": map[string]any{"type": "acl", "username": cache + ": user_names." + g.process.Name, "password": variableNamed(password)},
		}
		if g.app.Runtime == app.EncoreTypeScript { // whose runtime reads no config without it
			clusters[e.Resource].(map[string]any)["in_memory"] = "false"
		}
	}
	if len(clusters) > 0 {
		g.config["redis"] = clusters
	}
}

// keysOf are the keys of a cluster that a process keeps, as patterns of Redis: a parameter is a star.
func keysOf(application *app.App, process environment.Process, cluster string) []string {
	var keys []string
	// Code of others keeps keys in the keyspaces of others.
	reached := slices.ContainsFunc(application.Edges, func(e app.Edge) bool {
		return e.Kind == "cache" && e.Resource == cluster && e.Origin == app.Reached && slices.Contains(process.HostedServices(), e.Service)
	})
	for _, space := range application.Of("keyspace") {
		if space.Parent != cluster || space.Service != "" && !reached && !slices.Contains(process.HostedServices(), space.Service) {
			continue
		}
		segments := strings.Split(space.Name, "/")
		for i, segment := range segments {
			if strings.HasPrefix(segment, ":") {
				segments[i] = "*"
			}
		}
		keys = append(keys, strings.Join(segments, "/"))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (g *grants) secretsAndMetrics() {
	if !g.app.Containers() { // who call each other without a signature
		g.secrets["SERVICE_AUTH_KEY from "+g.secret("generated-secret", "service-auth", "key")] = true
	}
	names := map[string]any{}
	for _, e := range g.edges("secret") {
		names[e.Resource] = nil
	}
	for _, secret := range g.app.Of("secret") {
		if secret.Service == "" { // its code runs in every process
			names[secret.Name] = nil
		}
	}
	for name := range names {
		names[name] = variableNamed("SECRET_" + name)
		spelled := "SECRET_" + name
		if g.app.Containers() {
			spelled = upper(name)
		}
		g.secrets[spelled+" from "+g.secret("secret", name)] = true
	}
	for _, e := range g.app.Loads {
		if _, given := names[e.Resource]; e.Kind == "secret" && !given {
			names[e.Resource] = "placeholder: strict_access withholds the value from this process"
		}
	}
	if len(names) > 0 {
		g.config["secrets"] = names
	}
	if g.app.Containers() {
		return // what Encore's runtime measures is not there
	}
	metrics := map[string]any{"collection_interval": fmt.Sprint(g.env.Metrics.IntervalSeconds)}
	switch g.env.Metrics.Destination {
	case "cloudwatch":
		metrics["type"], metrics["namespace"] = "aws_cloudwatch", g.env.Metrics.Namespace
		g.allow("* if StringEquals cloudwatch:namespace "+g.env.Metrics.Namespace, "cloudwatch:PutMetricData")
	case "prometheus":
		metrics["type"], metrics["remote_write_url"] = "prometheus", variableNamed("METRICS_REMOTE_WRITE_URL")
		g.secrets["METRICS_REMOTE_WRITE_URL from "+g.secret("secret", "metrics", "remote-write-url")] = true
	case "datadog":
		metrics["type"], metrics["site"], metrics["api_key"] = "datadog", g.env.Metrics.Site, variableNamed("METRICS_DATADOG_API_KEY")
		g.secrets["METRICS_DATADOG_API_KEY from "+g.secret("secret", "metrics", "datadog-api-key")] = true
	default:
		return
	}
	g.config["metrics"] = metrics
	recorded := map[string][]any{}
	for _, e := range g.edges("metric") {
		if g.app.Runtime == app.EncoreTypeScript && !slices.Contains(recorded[e.Resource], any(e.Service)) {
			recorded[e.Resource] = append(recorded[e.Resource], e.Service) // edges are sorted by service
		}
	}
	var used []any
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		used = append(used, map[string]any{"name": name, "services": recorded[name]})
	}
	if len(used) > 0 {
		g.config["used_metrics"] = used
	}
}

// calls are the paths to other processes, and their addresses: of what is called, and for the gateway of every service that has
// something to route to. What is only referred to, what the gateway has nothing to do with, and the service of the auth handler, which the gateway runs itself, are known to the runtime and not
// connected to.
func (g *grants) calls() {
	found := map[string]any{}
	find := func(service string, connected bool) {
		for _, other := range g.env.Processes {
			if slices.Contains(other.Services, service) && !slices.Contains(g.process.HostedServices(), service) {
				unit := "fargate-service " + g.name(names.Unit, other.Name)
				if connected {
					g.connections[unit+": security_group_id "+g.port(other)] = true
				}
				url := "http://" + names.Of(names.DiscoveryName, other.Name) + ".fargate-cluster " +
					names.Of(names.Cluster, g.env.App, g.env.Name) + ": namespace:" + g.port(other)
				found[service], g.variables[upper(service)+"_URL"] = map[string]any{"base_url": url}, url
			}
		}
	}
	for _, e := range g.edges("service") {
		if !e.ReferenceOnly || !g.app.Containers() {
			find(e.Resource, !e.ReferenceOnly)
		}
	}
	if g.app.Auth != nil && g.app.Runtime == app.EncoreGo {
		find(g.app.Auth.Service, false)
	}
	for _, service := range g.app.Services {
		if g.process.Gateway {
			find(service.Name, slices.ContainsFunc(service.Endpoints, func(e app.Endpoint) bool { return e.Access != "private" }))
		}
		for _, endpoint := range service.Endpoints {
			if endpoint.Access == "auth" && g.app.Auth != nil {
				find(g.app.Auth.Service, false)
			}
		}
	}
	if len(found) > 0 {
		g.config["service_discovery"] = found
	}
}

// overrides are the statements that the environment's settings add by hand.
func (g *grants) overrides() {
	for _, override := range g.env.Overrides {
		for _, argument := range override.Arguments {
			if override.ID != "process "+g.process.Name || argument.Name != "permissions" {
				continue
			}
			for _, statement := range argument.Value.AsValueMap() {
				for _, action := range statement.GetAttr("actions").AsValueSlice() {
					for _, resource := range statement.GetAttr("resources").AsValueSlice() {
						g.allow(resource.AsString(), action.AsString())
					}
				}
			}
		}
	}
}
