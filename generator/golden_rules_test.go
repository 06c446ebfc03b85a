package generator_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/modules"
)

// deployed is one environment of a fixture, as its golden folder has it.
type deployed struct {
	*grants
	stacks []*stackCode // platform, services
}

// rule says what one argument of a module's calls must be, from the application and the settings. A rule returns nil where
// it asks for nothing. resource is what the call is for, nil for what an environment has one of.
type rule struct {
	promise, module, argument string
	want                      func(d deployed, resource *app.Resource) any
}

// settled is a rule for a value of the environment.
func settled(promise, module, argument string, value func(e environment.Environment) any) rule {
	return rule{promise, module, argument, func(d deployed, _ *app.Resource) any { return value(d.env) }}
}

// placed is a rule for subnets, which an environment makes or brings.
func placed(promise, module, tier string, subnets func(n environment.ExistingNetwork) []string) rule {
	argument := "subnet_ids"
	if !slices.Contains(modules.Variables(module), argument) {
		argument = "network." + tier + "_subnet_ids"
	}
	return rule{promise, module, argument, func(d deployed, _ *app.Resource) any {
		if d.env.Network != nil {
			return subnets(*d.env.Network)
		}
		return "network " + names.Of(names.Unit, d.env.App, d.env.Name) + ": " + tier + "_subnet_ids"
	}}
}

func encrypted(promise, module string) rule {
	return rule{promise, module, "key_arn", func(d deployed, resource *app.Resource) any {
		if resource != nil && resource.Kind == "bucket" && resource.Spec.(*objects.Bucket).Public {
			return "" // what the world may read is encrypted by S3's own key
		}
		return d.key()
	}}
}

func ofServer(argument string, value func(s environment.DatabaseServer) any) rule {
	return rule{"D1", "database-server", argument, func(d deployed, resource *app.Resource) any {
		for _, s := range d.env.DatabaseServers {
			if s.Name == resource.Name {
				return value(s)
			}
		}
		return nil
	}}
}

func ofSubscription(argument string, value func(s *topic.Subscription) any) rule {
	return rule{"P1", "subscription", argument, func(_ deployed, r *app.Resource) any { return value(r.Spec.(*topic.Subscription)) }}
}

var (
	publicTier  = func(n environment.ExistingNetwork) []string { return n.PublicSubnetIDs }
	computeTier = func(n environment.ExistingNetwork) []string { return n.ComputeSubnetIDs }
	storage     = func(n environment.ExistingNetwork) []string { return n.StorageSubnetIDs }
)

// goldenRules hold what is generated against what was declared and set, argument by argument.
var goldenRules = []rule{
	settled("N1", "network", "cidr", func(e environment.Environment) any { return e.CIDR }),
	settled("N1", "network", "zones", func(e environment.Environment) any { return e.Zones }),
	settled("N1", "network", "flow_log_retention_days", func(e environment.Environment) any { return e.FlowLogRetentionDays }),
	settled("N2", "network", "nat", func(e environment.Environment) any { return e.NAT }),
	placed("N2", "load-balancer", "public", func(n environment.ExistingNetwork) []string {
		if len(n.PublicSubnetIDs) == 0 {
			return computeTier(n) // an internal one, among the processes
		}
		return publicTier(n)
	}),
	placed("N3", "fargate-service", "compute", computeTier),
	placed("N3", "fargate-job", "compute", computeTier),
	placed("N3", "cron", "compute", computeTier),
	placed("N4", "database-server", "storage", storage),
	placed("N4", "database-cluster", "storage", storage),
	placed("N4", "cache", "storage", storage),
	{"N4", "network", "storage_ports", func(d deployed, _ *app.Resource) any {
		ports := []int{}
		if len(d.app.Of("database")) > 0 {
			ports = append(ports, 5432)
		}
		if len(d.app.Of("cache")) > 0 {
			ports = append(ports, 6379)
		}
		return ports
	}},
	settled("N6", "network", "interface_endpoints", func(e environment.Environment) any { return e.InterfaceEndpoints }),

	encrypted("R1", "registry"),
	settled("R1", "registry", "keep_images", func(e environment.Environment) any { return e.KeepImages }),
	encrypted("S1", "secret"), encrypted("S1", "generated-secret"),
	encrypted("P1", "topic"), encrypted("P1", "subscription"), encrypted("O1", "bucket"), encrypted("C1", "cache"), encrypted("J1", "cron"),
	encrypted("D1", "database-server"), encrypted("D1", "database-cluster"),
	encrypted("F1", "fargate-service"), // its logs, and what opens its secrets
	encrypted("F1", "fargate-job"),
	settled("F1", "fargate-job", "log_retention_days", func(e environment.Environment) any { return e.LogRetentionDays }),
	settled("F1", "fargate-service", "log_retention_days", func(e environment.Environment) any { return e.LogRetentionDays }),
	{"F1", "fargate-service", "listen.discovery_name", func(d deployed, r *app.Resource) any {
		for _, process := range d.env.Processes {
			if process.Name == r.Name && len(process.Services) > 0 && !process.Worker {
				return names.Of(names.DiscoveryName, process.Name)
			}
		}
		return "" // a gateway alone is called by nobody, and neither is a worker
	}},
	settled("F4", "fargate-service", "iam.permissions_boundary_arn", func(e environment.Environment) any { return e.PermissionsBoundary }),
	settled("F4", "fargate-job", "iam.permissions_boundary_arn", func(e environment.Environment) any { return e.PermissionsBoundary }),
	settled("F4", "fargate-job", "iam.path", func(e environment.Environment) any { return e.IAMPath }),
	settled("F4", "fargate-service", "iam.path", func(e environment.Environment) any { return e.IAMPath }),
	settled("F5", "load-balancer", "domain", func(e environment.Environment) any { return e.Domain }),
	settled("F5", "load-balancer", "hosted_zone_id", func(e environment.Environment) any { return e.HostedZoneID }),
	settled("F5", "load-balancer", "internal", func(e environment.Environment) any { return e.Internal && e.Domain != "" }),
	settled("F5", "load-balancer", "idle_timeout_seconds", func(e environment.Environment) any { return e.IdleTimeoutSeconds }),
	settled("F5", "load-balancer", "deletion_protection", func(e environment.Environment) any { return e.DeletionProtection }),
	settled("F5", "load-balancer", "access_log_retention_days", func(e environment.Environment) any { return e.AccessLogRetentionDays }),

	ofServer("engine_version", func(s environment.DatabaseServer) any { return s.EngineVersion }),
	ofServer("instance_class", func(s environment.DatabaseServer) any { return s.InstanceClass }),
	ofServer("multi_az", func(s environment.DatabaseServer) any { return s.MultiAZ }),
	ofServer("backup_retention_days", func(s environment.DatabaseServer) any { return s.BackupRetentionDays }),
	ofServer("deletion_protection", func(s environment.DatabaseServer) any { return s.DeletionProtection }),
	ofServer("final_snapshot", func(s environment.DatabaseServer) any { return s.FinalSnapshot }),
	ofServer("max_storage_gb", func(s environment.DatabaseServer) any { return s.MaxStorageGB }),

	{"P1", "topic", "fifo", func(d deployed, r *app.Resource) any {
		return d.app.Runtime != app.EncoreTypeScript && (r.Spec.(*topic.Spec).DeliveryGuarantee == topic.ExactlyOnce || r.Spec.(*topic.Spec).OrderingAttribute != "")
	}},
	{"P1", "subscription", "fifo", func(d deployed, r *app.Resource) any {
		feeds := d.app.Resource("topic", "", r.Parent).Spec.(*topic.Spec)
		return d.app.Runtime != app.EncoreTypeScript && (feeds.DeliveryGuarantee == topic.ExactlyOnce || feeds.OrderingAttribute != "")
	}},
	ofSubscription("visibility_seconds", func(s *topic.Subscription) any { return min(43200, max(1, int(s.AckDeadline.Seconds()))) }),
	ofSubscription("retention_seconds", func(s *topic.Subscription) any { return min(1209600, max(60, int(s.MessageRetention.Seconds()))) }),
	ofSubscription("max_receive_count", func(s *topic.Subscription) any {
		switch s.RetryPolicy.MaxRetries {
		case topic.InfiniteRetries:
			return 0
		case topic.NoRetries:
			return 1
		}
		return min(1000, s.RetryPolicy.MaxRetries+1)
	}),
	settled("P1", "subscription", "alarm_topic_arns", func(e environment.Environment) any { return e.AlarmTopicARNs }),

	{"O1", "bucket", "versioned", func(_ deployed, r *app.Resource) any { return r.Spec.(*objects.Bucket).Versioned }},
	settled("O1", "bucket", "force_destroy", func(e environment.Environment) any { return !e.DeletionProtection }),
	{"O2", "cdn", "bucket_regional_domain_name", func(d deployed, r *app.Resource) any {
		return "bucket " + d.bucketName(r.Name) + ": regional_domain_name"
	}},
	{"O2", "cdn", "domain", func(d deployed, r *app.Resource) any {
		if d.env.Domain == "" || d.env.HostedZoneID == "" && d.env.CDNCertificateARN == "" {
			return "" // nobody could prove the name
		}
		return names.Of(names.DiscoveryName, r.Name) + "." + d.env.Domain
	}},
	settled("O2", "cdn", "hosted_zone_id", func(e environment.Environment) any {
		if e.Domain == "" {
			return ""
		}
		return e.HostedZoneID
	}),

	{"C1", "cache", "eviction_policy", func(_ deployed, r *app.Resource) any { return r.Spec.(*cache.Spec).EvictionPolicy }},
	{"C1", "cache", "node_type", func(d deployed, r *app.Resource) any { return d.env.Cache(r.Name).NodeType }},
	{"C1", "cache", "replicas", func(d deployed, r *app.Resource) any { return d.env.Cache(r.Name).Replicas }},
	{"C1", "cache", "multi_az", func(d deployed, r *app.Resource) any { return d.env.Cache(r.Name).MultiAZ }},
	settled("C1", "cache", "alarm_topic_arns", func(e environment.Environment) any { return e.AlarmTopicARNs }),

	{"J1", "cron", "schedule_expressions", func(_ deployed, r *app.Resource) any {
		expressions, err := r.Spec.(*cron.Spec).Expressions() // TestJ1_EveryRunsWhenItShould checks that these are right
		if err != nil {
			return err.Error()
		}
		return expressions
	}},
	{"J1", "cron", "path", func(d deployed, r *app.Resource) any { return endpointOf(d.app, r).Path }},
	{"J1", "cron", "signature.type", func(d deployed, _ *app.Resource) any {
		if d.app.Containers() {
			return "none"
		}
		return d.app.Runtime.String()
	}},
	settled("J1", "cron", "alarm_topic_arns", func(e environment.Environment) any { return e.AlarmTopicARNs }),
	settled("J1", "fargate-job", "alarm_topic_arns", func(e environment.Environment) any { return e.AlarmTopicARNs }),
}

// moduleNamed is the module that a process is made by.
func moduleNamed(process environment.Process) string {
	if process.Job {
		return "fargate-job"
	}
	return "fargate-service"
}

func endpointOf(application *app.App, job *app.Resource) app.Endpoint {
	spec := job.Spec.(*cron.Spec)
	for _, endpoint := range serviceOf(application, spec.Service).Endpoints {
		if endpoint.Name == spec.Endpoint {
			return endpoint
		}
	}
	return app.Endpoint{Path: "no such endpoint"}
}

// resourcesByCall are the resources that calls are for, by module and physical name. Processes and servers, which are no
// resources of the application, stand for themselves.
func (d deployed) resourcesByCall() map[string]*app.Resource {
	found := map[string]*app.Resource{}
	for i, r := range d.app.Resources {
		of := &d.app.Resources[i]
		switch r.Kind {
		case "topic":
			found["topic "+d.name(names.Topic, r.Name)] = of
		case "subscription":
			found["subscription "+d.name(names.Queue, r.Parent+"-"+r.Name)] = of
		case "bucket":
			found["bucket "+d.bucketName(r.Name)] = of
			found["cdn "+d.name(names.Bucket, r.Name)] = of
		case "cache":
			found["cache "+d.name(names.ReplicationGroup, r.Name)] = of
		case "cron":
			found["cron "+d.name(names.Schedule, r.Name)] = of
		}
	}
	for _, process := range d.env.Processes {
		found[moduleNamed(process)+" "+d.name(names.Unit, process.Name)] = &app.Resource{Name: process.Name}
	}
	for _, s := range d.env.DatabaseServers {
		found["database-server "+d.name(names.Server, s.Name)] = &app.Resource{Name: s.Name}
	}
	return found
}

// overridden says that the settings give an argument of some call a value of its own.
func (d deployed) overridden(argument string) bool {
	return slices.ContainsFunc(d.env.Overrides, func(o environment.Override) bool {
		return slices.ContainsFunc(o.Arguments, func(a environment.Argument) bool { return a.Name == argument })
	})
}

// ruleProblems are the arguments that break a rule.
func (d deployed) ruleProblems(r rule, seen map[string]bool) []string {
	var problems []string
	resources := d.resourcesByCall()
	for _, stack := range d.stacks {
		for _, label := range slices.Sorted(maps.Keys(stack.calls)) {
			call := stack.calls[label]
			if call.Source != r.module || d.overridden(r.argument) {
				continue
			}
			got := stack.arg(call, r.argument)
			if got == nil {
				got = moduleDefault(stack, r.module, r.argument)
			}
			want := r.want(d, resources[call.Source+" "+call.Name])
			if want == nil {
				continue
			}
			seen[r.promise+" "+r.module+" "+r.argument] = true
			if spelledValue(got) != spelledValue(want) {
				problems = append(problems, fmt.Sprintf("%s: %s is %s, want %s", label, r.argument, spelledValue(got), spelledValue(want)))
			}
		}
	}
	return problems
}

// moduleDefault is what a module takes when an argument is not written.
func moduleDefault(stack *stackCode, module, argument string) any {
	written := modules.Default(module, argument)
	if name, member, inside := strings.Cut(argument, "."); inside {
		written = modules.MemberDefault(module, name, member)
	}
	expression, diags := hclsyntax.ParseExpression([]byte(written), module, hcl.InitialPos)
	if diags.HasErrors() {
		return "no default of " + argument
	}
	return stack.decode(expression)
}

// spelledValue is a value as text, whether it was read from HCL or comes from the settings; an empty list is no text.
func spelledValue(value any) string {
	return strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(value), "["), "]")
}

// TestGoldenRules holds every golden stack against goldenRules, and the rules against the stacks: a rule that no stack
// exercises proves nothing.
func TestGoldenRules(t *testing.T) {
	var all []deployed
	var names []string
	for _, name := range fixtureNames(t) {
		f := readFixture(t, name)
		for _, env := range f.environments {
			d := readDeployed(t, f.files, f.app, env)
			all, names = append(all, d), append(names, name+" "+env.Name)
		}
	}
	for _, r := range goldenRules {
		t.Run(fmt.Sprintf("%s %s of %s", r.promise, r.argument, r.module), func(t *testing.T) {
			seen := map[string]bool{}
			for i, d := range all {
				for _, problem := range d.ruleProblems(r, seen) {
					t.Errorf("%s: %s", names[i], problem)
				}
			}
			if len(seen) == 0 && r.module != "database-cluster" { // which TestD1_AuroraByChoice generates
				t.Error("no golden stack calls the module")
			}
		})
	}
}

func readDeployed(t *testing.T, files map[string]string, application *app.App, env environment.Environment) deployed {
	t.Helper()
	platform, err := readStack(files, env.Name+"/platform", nil)
	if err != nil {
		t.Fatal(err)
	}
	services, err := readStack(files, env.Name+"/services", platform)
	if err != nil {
		t.Fatal(err)
	}
	return deployed{&grants{app: application, env: env}, []*stackCode{platform, services}}
}

// TestGoldenRulesFire changes one argument after the other in the golden stack of shop, and expects the rule to see it.
func TestGoldenRulesFire(t *testing.T) {
	fired := 0
	for _, name := range []string{"shop", "events", "sessions"} {
		f := readFixture(t, name)
		for _, r := range goldenRules {
			d := readDeployed(t, f.files, f.app, f.environments[0])
			touched := false
			for _, stack := range d.stacks {
				for label, call := range stack.calls {
					if call.Source == r.module {
						name, member, inside := strings.Cut(r.argument, ".")
						call.args = maps.Clone(call.args)
						call.args[name] = &hclsyntax.TemplateExpr{}
						if inside {
							call.args[name] = &hclsyntax.ObjectConsExpr{Items: []hclsyntax.ObjectConsItem{{
								KeyExpr: &hclsyntax.ObjectConsKeyExpr{Wrapped: &hclsyntax.ScopeTraversalExpr{Traversal: hcl.Traversal{hcl.TraverseRoot{Name: member}}}}, ValueExpr: &hclsyntax.TemplateExpr{},
							}}}
						}
						stack.calls[label], touched = call, true
					}
				}
			}
			seen := map[string]bool{}
			problems := d.ruleProblems(r, seen)
			if touched && len(seen) > 0 && len(problems) == 0 && !slices.Contains(mayBeEmpty, r.argument) {
				t.Errorf("%s %s of %s: not seen in %s", r.promise, r.argument, r.module, name)
			}
			if len(problems) > 0 {
				fired++
			}
		}
	}
	if fired < len(goldenRules) {
		t.Errorf("%d rules of %d were seen firing", fired, len(goldenRules))
	}
}

// mayBeEmpty are the arguments whose right value may be none, which the text without letters that the test puts in their
// place cannot be told from.
var mayBeEmpty = []string{
	"alarm_topic_arns", "domain", "hosted_zone_id", "iam.permissions_boundary_arn", "interface_endpoints", "key_arn", "listen.discovery_name", "permissions_boundary_arn", "storage_ports",
}

// TestN1_EnvironmentsHaveNetworksOfTheirOwn: one for each, and no two ranges of an application meet.
func TestN1_EnvironmentsHaveNetworksOfTheirOwn(t *testing.T) {
	for _, name := range fixtureNames(t) {
		f := readFixture(t, name)
		for i, env := range f.environments {
			networks := 0
			for _, call := range readDeployed(t, f.files, f.app, env).stacks[0].calls {
				if call.Source == "network" {
					networks++
				}
			}
			if (networks == 1) != (env.Network == nil) || networks > 1 {
				t.Errorf("%s %s makes %d networks", name, env.Name, networks)
			}
			for _, other := range f.environments[:i] {
				if environment.RangesOverlap(env.CIDR, other.CIDR) {
					t.Errorf("%s: %s is %s, and %s is %s", name, env.Name, env.CIDR, other.Name, other.CIDR)
				}
			}
			if env.Network == nil && len(env.Zones) < 2 {
				t.Errorf("%s %s stands in the zones %v", name, env.Name, env.Zones)
			}
		}
	}
}

// TestD1_AuroraByChoice: the same databases on a serverless cluster, with what the settings say.
func TestD1_AuroraByChoice(t *testing.T) {
	application := withSettings(aDatabase("main"))
	application.Edges = append(application.Edges, app.Edge{Service: "orders", Kind: "database", Resource: "main", Origin: app.Used, At: application.Resources[0].At})
	output := lower(t, application, "database_server \"main\" {\n engine = \"aurora\"\n min_capacity = 0.5\n max_capacity = 8\n instances = 2\n}")
	files := map[string]string{}
	for name, content := range output.Files {
		files[name] = string(content)
	}
	stack, err := readStack(files, "production/platform", nil)
	if err != nil {
		t.Fatal(err)
	}
	call := stack.calls["database_server_main"]
	for argument, want := range map[string]string{
		"min_capacity": "0.5", "max_capacity": "8", "instances": "2", "subnet_ids": "network shop-production: storage_subnet_ids", "key_arn": "encryption-key shop-production: arn",
	} {
		if got := spelledValue(stack.arg(call, argument)); call.Source != "database-cluster" || got != want {
			t.Errorf("%s: %s is %s, want %s", call.Source, argument, got, want)
		}
	}
}
