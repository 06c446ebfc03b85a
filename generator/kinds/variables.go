package kinds

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// A service that does not use Encore reads no infra config: what it uses reaches it as environment variables. One table
// says their names, and docs/manifest.md is made from it.

// ConnectionVariable is one environment variable that a container gets for each resource of a kind it uses.
type ConnectionVariable struct {
	// Kind is the resource's, "service" for a service it calls, "" for what every container gets.
	Kind string
	// Pattern is the name: <NAME> and <PARENT> stand for the resource's name and its parent's, in capitals with underscores.
	Pattern string
	// Secret says that the value comes from Secrets Manager when the container starts.
	Secret  bool
	Meaning string

	// of limits the variable to some resources; nil for all.
	of func(r *app.Resource) bool
	// where limits it to some environments; nil for all.
	where func(env *environment.Environment, r *app.Resource) bool
	value func(p *Process, r *app.Resource) value.Value
}

// ConnectionVariables are all variables a container can get, by kind.
var ConnectionVariables = []ConnectionVariable{
	{Kind: "database", Pattern: "<NAME>_DATABASE_HOST", Meaning: "Host of the server.", value: ofServer("address")},
	{Kind: "database", Pattern: "<NAME>_DATABASE_PORT", Meaning: "Port of the server.", value: ofServer("port")},
	{Kind: "database", Pattern: "<NAME>_DATABASE_NAME", Meaning: "Name of the database on the server.", value: ownName},
	{Kind: "database", Pattern: "<NAME>_DATABASE_USER", Meaning: "Role of the service on the server.",
		value: func(p *Process, _ *app.Resource) value.Value { return value.String(RoleName(p.Name)) }},
	{Kind: "database", Pattern: "<NAME>_DATABASE_PASSWORD", Secret: true, Meaning: "Password of the role.",
		value: func(p *Process, _ *app.Resource) value.Value {
			return value.Traversal("local.platform." + p.databaseSecret(p.Name) + "_arn")
		}},
	{Kind: "database", Pattern: "<NAME>_DATABASE_CA_CERTIFICATE", Meaning: "Certificates to trust, as PEM text: the server speaks TLS alone.",
		value: ofServer("ca_certificate")},
	{Kind: "database", Pattern: "<NAME>_DATABASE_MAX_CONNECTIONS",
		Meaning: "Connections that one task may open, so that all tasks of a rolling deployment fit the server.",
		value: func(p *Process, r *app.Resource) value.Value {
			return value.String(fmt.Sprint(poolSize(p.Deployment, serverOf(p, r))))
		}},
	{Kind: "topic", Pattern: "<NAME>_TOPIC_ARN", Meaning: "ARN of the SNS topic.",
		value: func(p *Process, r *app.Resource) value.Value {
			return value.Traversal("local.platform." + p.topicLabel(r.Name) + "_arn")
		}},
	{Kind: "subscription", Pattern: "<PARENT>_<NAME>_QUEUE_URL",
		Meaning: "URL of the SQS queue; `<PARENT>` is the topic. A message is SNS's envelope, with the published text in `Message`.",
		value: func(p *Process, r *app.Resource) value.Value {
			return value.Traversal("local.platform." + p.subscriptionLabel(r.Parent, r.Name) + ".queue_url")
		}},
	{Kind: "bucket", Pattern: "<NAME>_BUCKET_NAME", Meaning: "Name of the S3 bucket.",
		value: func(p *Process, r *app.Resource) value.Value {
			return value.Traversal("local.platform." + p.bucketLabel(r.Name) + ".name")
		}},
	{Kind: "bucket", Pattern: "<NAME>_BUCKET_PUBLIC_URL", Meaning: "Where the world reads the objects, without a slash at the end. Public buckets only.",
		of: func(r *app.Resource) bool { return r.Spec.(*Bucket).Public },
		value: func(p *Process, r *app.Resource) value.Value {
			return value.Traversal("local.platform." + p.bucketLabel(r.Name) + ".url")
		}},
	{Kind: "bucket", Pattern: "<NAME>_BUCKET_KEY_PREFIX",
		Meaning: "What the keys of all objects begin with. Only where an environment brings a bucket with a `key_prefix`.",
		where:   func(env *environment.Environment, r *app.Resource) bool { return keyPrefix(env, r.Name) != "" },
		value:   func(p *Process, r *app.Resource) value.Value { return value.String(keyPrefix(p.Env, r.Name)) }},
	{Kind: "cache", Pattern: "<NAME>_CACHE_HOST", Meaning: "Host of the primary. It speaks TLS alone, with a certificate of a public authority.",
		value: ofCache(".address")},
	{Kind: "cache", Pattern: "<NAME>_CACHE_PORT", Meaning: "Port of the primary.", value: ofCache(".port")},
	{Kind: "cache", Pattern: "<NAME>_CACHE_USER", Meaning: "User of the service.",
		value: func(p *Process, r *app.Resource) value.Value {
			return value.Traversal("local.platform." + p.CacheLabel(r.Name) + ".user_names[\"" + p.Name + "\"]")
		}},
	{Kind: "cache", Pattern: "<NAME>_CACHE_PASSWORD", Secret: true, Meaning: "Password of the user.",
		value: func(p *Process, r *app.Resource) value.Value {
			return value.Traversal("local.platform." + p.CacheLabel(r.Name) + ".user_secret_arns[\"" + p.Name + "\"]")
		}},
	{Kind: "secret", Pattern: "<NAME>", Secret: true, Meaning: "Value of the secret: `StripeKey` becomes `STRIPE_KEY`.",
		value: func(p *Process, r *app.Resource) value.Value {
			return value.Traversal("local.platform." + p.secretLabel(r.Name) + "_arn")
		}},
	{Kind: callKind, Pattern: "<NAME>_URL", Meaning: "Base URL of a service it calls, inside the network: `http://`, host and port.",
		value: func(p *Process, r *app.Resource) value.Value { return BaseURL(p.Host(r.Name)) }},
	{Kind: "", Pattern: "AWS_REGION", Meaning: "Region of everything above.",
		value: func(p *Process, _ *app.Resource) value.Value { return value.String(p.Env.Region) }},
}

// callKind is the kind of an edge to another service.
const callKind = "service"

func ofServer(output string) func(*Process, *app.Resource) value.Value {
	return func(p *Process, r *app.Resource) value.Value {
		return value.Traversal("local.platform.database_server_" + names.Label(serverOf(p, r).Name) + "." + output)
	}
}

func ofCache(output string) func(*Process, *app.Resource) value.Value {
	return func(p *Process, r *app.Resource) value.Value {
		return value.Traversal("local.platform." + p.CacheLabel(r.Name) + output)
	}
}

func ownName(_ *Process, r *app.Resource) value.Value { return value.String(r.Name) }

func serverOf(p *Process, r *app.Resource) environment.DatabaseServer {
	for _, server := range p.Env.DatabaseServers {
		if slices.Contains(server.Databases, r.Name) {
			return server
		}
	}
	return environment.DatabaseServer{}
}

// name is the variable's name for a resource of that label.
func (v *ConnectionVariable) name(label string) string {
	return strings.NewReplacer("<PARENT>_<NAME>", strings.ToUpper(label), "<NAME>", strings.ToUpper(label)).Replace(v.Pattern)
}

// Variable is an environment variable of a container.
type Variable struct {
	Name    string
	Value   value.Value
	Comment string

	literal bool // written out in the manifest or the settings
}

// WireContainer hands a container what its service uses as environment variables, in place of the infra config of
// Encore's runtime and the variables that names.
func WireContainer(p *Process) {
	p.Config, p.Secrets = map[string]value.Value{}, nil
	done := map[string]bool{}
	add := func(v *ConnectionVariable, r *app.Resource, comment string) {
		name := v.name(p.Label(v.Kind, r.Parent, r.Name))
		switch {
		case done[name]:
		case v.Secret:
			p.Secrets = append(p.Secrets, Secret{Variable: name, ARN: v.value(p, r), Comment: comment})
		default:
			p.Variables = append(p.Variables, Variable{Name: name, Value: v.value(p, r), Comment: comment})
		}
		done[name] = true
	}
	for i := range ConnectionVariables {
		v := &ConnectionVariables[i]
		if v.Kind == "" {
			add(v, &app.Resource{}, "the environment's region")
		}
		for _, e := range p.Edges {
			if r := p.used(e); r != nil && v.Kind == e.Kind && (v.of == nil || v.of(r)) && (v.where == nil || v.where(p.Env, r)) {
				add(v, r, fmt.Sprintf("%s, in %s", described(r), e.At.Filename))
			}
		}
	}
	for _, name := range p.Services {
		for _, literal := range p.Service(name).Container.Environment {
			p.Variables = append(p.Variables, Variable{Name: literal.Name, Value: value.String(literal.Value), Comment: "set in " + literal.At.Filename, literal: true})
		}
	}
	sort.Slice(p.Variables, func(i, j int) bool { return p.Variables[i].Name < p.Variables[j].Name })
}

// WireVariables adds the variables that an environment sets for a process. They win over the manifest's; one that holds what
// the process uses stays, and CheckEnvironmentVariables reports it.
func WireVariables(p *Process) {
	for _, name := range slices.Sorted(maps.Keys(p.Process.Variables)) {
		set := Variable{Name: name, Value: value.String(p.Process.Variables[name]), Comment: environmentComment, literal: true}
		i, there := slices.BinarySearchFunc(p.Variables, name, func(v Variable, name string) int { return strings.Compare(v.Name, name) })
		switch {
		case !there:
			p.Variables = slices.Insert(p.Variables, i, set)
		case p.Variables[i].literal:
			p.Variables[i] = set
		}
	}
}

const environmentComment = "set in " + environment.Filename

// CheckEnvironmentVariables reports variables of an environment's blocks that are not for applications, or that hold what
// a process uses.
func CheckEnvironmentVariables(d *Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, p := range d.Processes {
		for _, name := range slices.Sorted(maps.Keys(p.Process.Variables)) {
			at := p.VariablesAt[name]
			if reserved(name) {
				diags = append(diags, diagnostic.Error(at, "Reserved variable", "choose another name", "The variable %s is not the application's to set.", name))
				continue
			}
			comment := ""
			if i := slices.IndexFunc(p.Variables, func(v Variable) bool { return v.Name == name && !v.literal }); i >= 0 {
				comment = p.Variables[i].Comment
			}
			if i := slices.IndexFunc(p.Secrets, func(s Secret) bool { return s.Variable == name }); i >= 0 {
				comment = p.Secrets[i].Comment
			}
			if comment != "" {
				diags = append(diags, diagnostic.Error(at, "Variable set twice", "choose another name", "The variable %s of process %q is set already, to what it uses: %s.", name, p.Name, comment))
			}
		}
	}
	return diags
}

// used is the resource at the end of an edge, a made-up one for a service it calls; nil when the process itself serves it.
func (p *Process) used(e app.Edge) *app.Resource {
	if e.Kind != callKind {
		return p.Resource(e.Kind, e.Parent, e.Resource)
	}
	if e.ReferenceOnly || p.Hosts(e.Resource) || p.Host(e.Resource) == nil {
		return nil
	}
	return &app.Resource{Kind: callKind, Name: e.Resource}
}

func described(r *app.Resource) string {
	text := noun(r.Kind) + " " + quoted(r.Name)
	if r.Parent != "" {
		text += " of topic " + quoted(r.Parent)
	}
	return text
}

func noun(kind string) string {
	if k, known := Named(kind); known {
		return k.Noun
	}
	return kind
}

// reservedVariables are names that the module, ECS or Encore's runtimes give a meaning to; those that end in an
// underscore are prefixes.
var reservedVariables = []string{"PORT", "ENCORE_", "ECS_", "AWS_CONTAINER_", "AWS_EXECUTION_ENV"}

// CheckVariables reports variables of a container that two things would set, and names that are not for applications.
func CheckVariables(a *app.App) hcl.Diagnostics {
	if !a.Containers() {
		return nil
	}
	var diags hcl.Diagnostics
	edges := map[string][]app.Edge{}
	for _, e := range a.Edges {
		edges[e.Service] = append(edges[e.Service], e)
	}
	for _, s := range a.Services {
		if s.Container != nil {
			diags = append(diags, checkVariables(a, s, edges[s.Name])...)
		}
	}
	return diags
}

// setVariable is a variable and what sets it, which is of a kind when it is a resource.
type setVariable struct {
	name, what, kind string
	at               hcl.Range
}

func checkVariables(a *app.App, s app.Service, edges []app.Edge) hcl.Diagnostics {
	var list []setVariable
	for i := range ConnectionVariables {
		v := &ConnectionVariables[i]
		if v.Kind == "" {
			list = append(list, setVariable{name: v.Pattern, what: "groundplan"})
		}
		done := map[string]bool{}
		for _, e := range edges {
			r := a.Resource(e.Kind, e.Parent, e.Resource)
			skip := e.Kind == callKind && (e.ReferenceOnly || e.Resource == s.Name)
			if id := e.Parent + "\n" + e.Resource; v.Kind == e.Kind && !skip && !done[id] && (v.of == nil || v.of(r)) {
				done[id] = true
				list = append(list, setVariable{v.name(names.PlainLabel(e.Parent, e.Resource)), fmt.Sprintf("the %s %q", noun(e.Kind), e.Resource), e.Kind, e.At})
			}
		}
	}
	for _, literal := range s.Container.Environment {
		list = append(list, setVariable{name: literal.Name, what: "the setting environment", at: literal.At})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].at.Start.Byte < list[j].at.Start.Byte })
	var diags hcl.Diagnostics
	first := map[string]setVariable{}
	for _, v := range list {
		if reserved(v.name) {
			diags = append(diags, diagnostic.Error(v.at, "Reserved variable", "choose another name",
				"The variable %s of service %q is not the application's to set.", v.name, s.Name))
			continue
		}
		switch earlier, taken := first[v.name]; {
		case !taken:
			first[v.name] = v
		case earlier.kind == v.kind && v.kind != "": // their labels are told apart, and the variables with them
		case earlier.at.Filename == "":
			diags = append(diags, diagnostic.Error(v.at, "Variable set twice", "choose another name",
				"The variable %s of service %q is set by %s.", v.name, s.Name, earlier.what))
		default:
			diags = append(diags, diagnostic.Error(v.at, "Variable set twice", "rename one of the two", "Both %s and %s (%s) set the variable %s of service %q.",
				v.what, earlier.what, diagnostic.Place(earlier.at), v.name, s.Name))
		}
	}
	return diags
}

func reserved(name string) bool {
	return slices.ContainsFunc(reservedVariables, func(word string) bool {
		return name == word || strings.HasSuffix(word, "_") && strings.HasPrefix(name, word)
	})
}
