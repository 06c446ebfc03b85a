package kinds

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules"
)

// settled are the arguments that no override can set although their values are literals, because other generated code
// follows from the same thing: module, "" for all of them, argument, why, and what to do instead.
var settled = map[string]map[string][2]string{
	"": {
		"name":       {"other code knows the resource by its name, and another name would replace what is there", "remove it: names follow from application, environment and declaration"},
		"key_arn":    {"one key encrypts everything", "set key_arn in the environment"},
		"vpc_id":     {"everything is in one network", "name a network that exists in a network block of the environment"},
		"subnet_ids": {"everything is in one network", "name a network that exists in a network block of the environment"},
		"network":    {"everything is in one network", "name a network that exists in a network block of the environment"},
	},
	"network": {
		"cidr":                {"it is compared with those of the other environments", "set cidr in the environment"},
		"zones":               {"they are checked against the region", "set zones in the environment"},
		"nat":                 {"what processes need without NAT is checked", "set nat in the environment"},
		"interface_endpoints": {"what processes need without NAT is checked", "set interface_endpoints in the environment"},
		"storage_ports":       {"they follow from the databases and caches of the application", "remove it"},
		"service_port":        {"every process listens on that port", "remove it"},
		"kubernetes":          {"it follows from where processes run", "remove it"},
	},
	"encryption-key": {
		"log_groups": {"they follow from what the environment is made of", "bring a key with a policy of your own: set key_arn in the environment"},
		"topics":     {"they follow from what the application declares", "bring a key with a policy of your own: set key_arn in the environment"},
	},
	"fargate-cluster": {
		"namespace": {"processes find each other by it", "remove it"},
	},
	"load-balancer": {
		"domain":              {"the gateway answers to the same name", "set domain in the environment"},
		"alternative_domains": {"the gateway answers to the names of the environment alone", "write an alias block in the environment"},
		"redirected_domains":  {"the gateway answers to the names that are not sent on", "set redirect in the alias block of the environment"},
		"hosted_zone_id":      {"it belongs to the domain", "set hosted_zone_id in the environment"},
		"hosted_zone_ids":     {"they belong to the names of the environment", "set hosted_zone_id in the alias block of the environment"},
		"private_zone_ids":    {"they belong to the names of the environment", "set private_zone_id in the environment or in its alias block"},
		"certificate_arn":     {"it belongs to the domain", "set certificate_arn in the environment"},
		"internal":            {"what is checked and said of the environment follows from it", "set internal in the environment"},
	},
	"fargate-service": {
		"task.architecture":    {"one image holds every service", "set architecture in a task block of the environment"},
		"scale.min":            {"connection pools follow from the number of tasks", inScale},
		"scale.max":            {"connection pools follow from the number of tasks", inScale},
		"scale.cpu_percent":    {"it is a setting", inScale},
		"scale.memory_percent": {"it is a setting", inScale},
		"scale.spot_percent":   {"it is a setting", inScale},
		"scale.on_demand":      {"it is a setting", inScale},
		"listen":               {"other processes call this one there", "remove it"},
		"shutdown":             {"the runtime's own deadline follows from it, and its parts are checked together", "set drain_seconds or stop_timeout_seconds in the block of the service or process"},
		"security":             {"its parts are settings", "set user, read_only_root, writable_paths or keep_capabilities in the block of the service or process"},
	},
	"fargate-job": {
		"schedules":            {"they are the cron blocks of the manifest that name the job", "remove it"},
		"stop_timeout_seconds": {"it is a setting", "set stop_timeout_seconds in the block of the job"},
	},
	"database-server": {
		"instance_class": {"connection pools follow from the size of the server", "set instance_class in the database_server block"},
	},
	"database-cluster": {
		"max_capacity": {"connection pools follow from the size of the server", "set max_capacity in the database_server block"},
	},
	"topic":        {"fifo": {"it follows from how the application declares the topic", "remove it"}},
	"subscription": {"fifo": {"it follows from how the application declares the topic", "remove it"}},
	"bucket":       {"key_prefix": {"the application is not told of it, and its rights are to the whole bucket", "remove it"}},
	"cdn":          {"origin_path": {"the application hands out addresses without it", "remove it"}},
	"generated-secret": {
		"rotation": {"a new value reaches each task when it starts, and who checks it knows one value alone: calls between processes, or logins, fail until all tasks are new", "change the value by hand and replace all tasks at once, as infra/README.md shows"},
	},
	"cache": {
		"password_rotation": {"a new password reaches each task when it starts, and the cache knows one alone: logins fail until all tasks are new", "give the user both passwords for a while, as infra/README.md shows"},
		"cluster_mode":      {"Encore's clients do not speak it", "remove it"},
		"secret_prefix":     {"other code knows the secrets by their names", "remove it"},
	},
	"cron": {
		"path":       {"it is the endpoint's that the job calls", "remove it"},
		"method":     {"it is the endpoint's that the job calls", "remove it"},
		"connection": {"it leads to the process that the job calls", "remove it"},
		"signature":  {"it is what the runtime of the application verifies", "remove it"},
	},
}

// inScale is where the number of tasks is set.
const inScale = "set scale in the block of the service or process"

// moved are the arguments that are members of another now, by module: the old name, and the argument and the member.
var moved = map[string]map[string]string{
	"fargate-service": {
		"vpc_id": "network.vpc_id", "subnet_ids": "network.compute_subnet_ids", "repository_arn": "registry.repository_arn", "image_credentials_arn": "registry.credentials_arn",
		"cpu": "task.cpu", "memory": "task.memory", "architecture": "task.architecture", "queues": "scale.queues",
		"port": "listen.port", "protocol": "listen.protocol", "discovery_name": "listen.discovery_name",
		"health_path": "health.path", "health_command": "health.command", "health_check_grace_seconds": "health.grace_seconds",
		"drain_seconds": "shutdown.drain_seconds", "stop_timeout_seconds": "shutdown.stop_timeout_seconds",
		"outbound_ports": "firewall.outbound_ports", "security_group_ids": "firewall.security_group_ids",
		"iam_path": "iam.path", "permissions_boundary_arn": "iam.permissions_boundary_arn",
	},
	"fargate-job": {
		"vpc_id": "network.vpc_id", "subnet_ids": "network.compute_subnet_ids", "repository_arn": "registry.repository_arn", "image_credentials_arn": "registry.credentials_arn",
		"cpu": "task.cpu", "memory": "task.memory", "architecture": "task.architecture",
		"outbound_ports": "firewall.outbound_ports", "security_group_ids": "firewall.security_group_ids",
		"iam_path": "iam.path", "permissions_boundary_arn": "iam.permissions_boundary_arn",
	},
	"cron": {
		"vpc_id": "network.vpc_id", "subnet_ids": "network.compute_subnet_ids", "iam_path": "iam.path", "permissions_boundary_arn": "iam.permissions_boundary_arn",
		"auth_secret_arn": "signature.secret_arn", "auth_key_id": "signature.key_id", "app_id": "signature.app_id", "env_name": "signature.env_name",
	},
}

// override sets what groundplan.hcl says of a module call, and returns the arguments with the names of those that were
// set as a whole. What cannot be set is reported and left as it is.
func (s *Stack) override(module, id string, args []value.Field) ([]value.Field, []string) {
	override := s.Env.Override(id)
	if override == nil {
		return args, nil
	}
	var set []string
	for _, argument := range override.Arguments {
		i := slices.IndexFunc(args, func(a value.Field) bool { return a.Name == argument.Name })
		var generated value.Value
		if i >= 0 {
			generated = args[i].Value
		}
		said, problem := overridden(module, argument, generated, args)
		if problem != nil {
			s.Problems = append(s.Problems, problem)
			continue
		}
		if constraint, _ := modules.Type(module, argument.Name); !constraint.IsMapType() {
			set = append(set, argument.Name)
		}
		if i >= 0 {
			args[i].Value = said
		} else {
			args = append(args, Arg(argument.Name, said))
		}
	}
	return args, set
}

// overridden is the value an argument gets, generated the one it would have without the override. The entries of a map
// join those that are there, which keep their values: a right or a network path follows from a use in the source.
func overridden(module string, argument environment.Argument, generated value.Value, args []value.Field) (value.Value, *hcl.Diagnostic) {
	refuse := func(why, hint string) (value.Value, *hcl.Diagnostic) {
		return value.Value{}, diagnostic.Error(argument.NameAt, "Argument that cannot be set", hint, "The argument %q of the module %s cannot be set by itself: %s.", argument.Name, module, why)
	}
	constraint, known := modules.Type(module, argument.Name)
	if place, was := moved[module][argument.Name]; was {
		return value.Value{}, movedArgument(module, argument, place, args)
	}
	if !known {
		names := settable(module, args)
		hint := "remove it: none can be set by itself"
		if len(names) > 0 {
			hint = cmp.Or(diagnostic.DidYouMean(argument.Name, names), "use "+strings.Join(names, ", "))
		}
		return value.Value{}, diagnostic.Error(argument.NameAt, "Unknown argument", hint, "The module %s has no argument %q.", module, argument.Name)
	}
	for _, of := range []string{"", module} {
		if reason, found := settled[of][argument.Name]; found {
			return refuse(reason[0], reason[1])
		}
	}
	said, problem := written(argument.Expression, argument.Value, besides(constraint, generated), argument.Name)
	if problem != nil {
		return value.Value{}, problem
	}
	if constraint.IsMapType() {
		if key := slices.IndexFunc(said.Names(), func(key string) bool { return slices.Contains(generated.Names(), key) }); key >= 0 {
			return refuse(generatedEntry(argument.Name, said.Names()[key]))
		}
		return generated.And(said), nil
	}
	if constraint.IsObjectType() && (generated.Names() != nil || generated.Known()) {
		return joined(module, argument, generated, said)
	}
	if !generated.Known() {
		return refuse(wired(generated), "remove it")
	}
	return said, nil
}

// movedArgument is what is said of an argument by its old name: where it is now, and what can be done there.
func movedArgument(module string, argument environment.Argument, place string, args []value.Field) *hcl.Diagnostic {
	parent, member, _ := strings.Cut(place, ".")
	why, hint := "", fmt.Sprintf("write %s = { %s = ... }", parent, member)
	if i := slices.IndexFunc(args, func(a value.Field) bool { return a.Name == parent }); i >= 0 && args[i].Value.Names() == nil && !args[i].Value.Known() {
		why, hint = wired(args[i].Value), "remove it"
	}
	for _, reasons := range []map[string][2]string{settled[""], settled[module]} {
		if reason, found := reasons[parent]; found {
			why, hint = reason[0], reason[1]
		}
		if reason, found := reasons[place]; found {
			why, hint = reason[0], reason[1]
		}
	}
	if why != "" {
		why = ", which cannot be set by itself: " + why
	}
	return diagnostic.Error(argument.NameAt, "Renamed argument", hint, "The argument %q of the module %s is the member %q of the argument %q now%s.", argument.Name, module, member, parent, why)
}

// wired is why what refers to other code cannot be set.
func wired(generated value.Value) string {
	if line, _ := emit.Line(generated, nil); line != "" && !strings.ContainsAny(line, "{[(\"") {
		return "it is wired to " + line
	}
	return "it is wired to other parts of the generated code"
}

// generatedEntry is why an entry of a map cannot be set that is there already, and what to do.
func generatedEntry(argument, key string) (why, hint string) {
	hint = "remove the entry, or give yours another name"
	if argument == "environment" {
		hint = "remove the entry; a variable of the manifest is set by variables in the block of the service"
	}
	return fmt.Sprintf("its entry %q is generated, from what the application declares", key), hint
}

// besides is the type of what may be said besides what is generated: its members are there already.
func besides(constraint cty.Type, generated value.Value) cty.Type {
	if !constraint.IsObjectType() || len(generated.Names()) == 0 {
		return constraint
	}
	optional := generated.Names()
	for member := range constraint.OptionalAttributes() {
		optional = append(optional, member)
	}
	return cty.ObjectWithOptionalAttrs(constraint.AttributeTypes(), optional)
}

// joined is an object with the members that are set in place of those that are generated; entries of a member that is a map
// join those that are there.
func joined(module string, argument environment.Argument, generated, set value.Value) (value.Value, *hcl.Diagnostic) {
	constraint, _ := modules.Type(module, argument.Name)
	var members []value.Field
	for _, member := range set.Names() {
		refuse := func(why, hint string) (value.Value, *hcl.Diagnostic) {
			return value.Value{}, diagnostic.Error(argument.NameAt, "Argument that cannot be set", hint,
				"The member %q of the argument %q of the module %s cannot be set by itself: %s.", member, argument.Name, module, why)
		}
		if reason, found := settled[module][argument.Name+"."+member]; found {
			return refuse(reason[0], reason[1])
		}
		said, _ := set.Field(member)
		old, there := generated.Field(member)
		switch {
		case there && constraint.AttributeType(member).IsMapType():
			if key := slices.IndexFunc(said.Names(), func(key string) bool { return slices.Contains(old.Names(), key) }); key >= 0 {
				return refuse(generatedEntry(member, said.Names()[key]))
			}
			said = old.And(said)
		case there && !old.Known():
			return refuse(wired(old), "remove it")
		}
		members = append(members, Arg(member, said))
	}
	return Said(module, argument.Name, generated.With(value.Object(members...))...), nil
}

// settable are the arguments of a module call that an override may set, in the order of the module's variables. args are those that
// are generated: a hint names nothing that is refused afterwards.
func settable(module string, args []value.Field) []string {
	return slices.DeleteFunc(slices.Clone(modules.Variables(module)), func(name string) bool {
		_, everywhere := settled[""][name]
		_, here := settled[module][name]
		constraint, _ := modules.Type(module, name)
		i := slices.IndexFunc(args, func(a value.Field) bool { return a.Name == name })
		return everywhere || here || i >= 0 && !constraint.IsMapType() && args[i].Value.Names() == nil && !args[i].Value.Known()
	})
}

// written turns a literal into the value that is printed, when it is of the type that the module asks for. Numbers in
// quotes are not numbers here: what is meant should be seen in a review. name is the path to the literal, for messages.
func written(expression hcl.Expression, said cty.Value, want cty.Type, name string) (value.Value, *hcl.Diagnostic) {
	for {
		wrapped, ok := expression.(*hclsyntax.ParenthesesExpr)
		if !ok {
			break
		}
		expression = wrapped.Expression
	}
	at, have := expression.Range(), said.Type()
	wrong := func() (value.Value, *hcl.Diagnostic) {
		return value.Value{}, diagnostic.Error(at, "Wrong type", "write "+example(want), "%q is %s here, and the module asks for %s.", name, literalType(have), typeexpr.TypeString(want))
	}
	switch {
	case want.IsPrimitiveType() && have == want:
		return primitive(said), nil
	case (want.IsListType() || want.IsSetType()) && have.IsTupleType():
		elements, _ := hcl.ExprList(expression)
		var items []value.Value
		for i, element := range said.AsValueSlice() {
			item, problem := written(elements[i], element, want.ElementType(), fmt.Sprintf("%s[%d]", name, i))
			if problem != nil {
				return value.Value{}, problem
			}
			items = append(items, item)
		}
		return value.List(items...), nil
	case (want.IsMapType() || want.IsObjectType()) && have.IsObjectType():
		return writtenObject(expression, said, want, name)
	}
	return wrong()
}

// writtenObject is written for maps, which are sorted, and objects, which keep their order.
func writtenObject(expression hcl.Expression, said cty.Value, want cty.Type, name string) (value.Value, *hcl.Diagnostic) {
	pairs, _ := hcl.ExprMap(expression)
	at := expression.Range()
	var fields []value.Field
	var seen []string
	for _, pair := range pairs {
		keyAt := pair.Key.Range()
		key, _ := pair.Key.Value(nil)
		field := key.AsString()
		var element cty.Type
		switch {
		case slices.Contains(seen, field):
			return value.Value{}, diagnostic.Error(keyAt, "Duplicate member", "keep one", "%q has %q twice.", name, field)
		case want.IsMapType():
			element = want.ElementType()
		case !want.HasAttribute(field):
			names := slices.Sorted(maps.Keys(want.AttributeTypes()))
			return value.Value{}, diagnostic.Error(keyAt, "Unknown member", cmp.Or(diagnostic.DidYouMean(field, names), "use "+strings.Join(names, ", ")), "%q has no member %q.", name, field)
		default:
			element = want.AttributeType(field)
		}
		seen = append(seen, field)
		inner, problem := written(pair.Value, said.GetAttr(field), element, name+"."+field)
		if problem != nil {
			return value.Value{}, problem
		}
		fields = append(fields, Arg(field, inner))
	}
	if want.IsMapType() {
		if !strings.ContainsAny(name, ".[") {
			// The entries of a map that is an argument stand among those that are generated.
			for i := range fields {
				fields[i].Comments = []string{"set in " + environment.Filename}
			}
		}
		return value.Map(fields...), nil
	}
	for _, member := range slices.Sorted(maps.Keys(want.AttributeTypes())) {
		if !want.AttributeOptional(member) && !slices.Contains(seen, member) {
			return value.Value{}, diagnostic.Error(at, "Member missing", "add "+member, "%q lacks the member %q.", name, member)
		}
	}
	return value.Object(fields...), nil
}

func primitive(said cty.Value) value.Value {
	switch said.Type() {
	case cty.String:
		return value.String(said.AsString())
	case cty.Bool:
		return value.Bool(said.True())
	}
	number, _ := said.AsBigFloat().Float64()
	return value.Float(number)
}

func literalType(have cty.Type) string {
	switch {
	case have == cty.String:
		return "a string"
	case have == cty.Number:
		return "a number"
	case have == cty.Bool:
		return "true or false"
	case have.IsTupleType():
		return "a list"
	}
	return "an object"
}

// example is a value of the type, for a hint.
func example(want cty.Type) string {
	switch {
	case want == cty.String:
		return `a string in quotes`
	case want == cty.Number:
		return "a number without quotes"
	case want == cty.Bool:
		return "true or false"
	case want.IsListType() || want.IsSetType():
		return "a list, as in [...]"
	}
	return "an object, as in { name = value }"
}

// CheckOverrides reports the overrides of an environment that reach no module call of its stacks, and what the calls
// themselves found wrong.
func CheckOverrides(env *environment.Environment, stacks ...*Stack) hcl.Diagnostics {
	var diags hcl.Diagnostics
	addresses, calls, existing := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, s := range stacks {
		diags = append(diags, s.Problems...)
		maps.Copy(addresses, s.Addresses)
		maps.Copy(calls, s.calls)
		maps.Copy(existing, s.existing)
	}
	for _, o := range env.Overrides {
		if calls[o.ID] != "" {
			continue
		}
		if existing[o.ID] {
			diags = append(diags, diagnostic.Error(o.IDAt, "Override of what is not made", "remove the block",
				"In the environment %q the %s exists, so that there is no module call whose arguments could be set.", env.Name, o.ID))
			continue
		}
		ids := slices.Sorted(maps.Keys(calls))
		hint := diagnostic.DidYouMean(o.ID, ids)
		for _, holder := range ids {
			if calls[holder] == addresses[o.ID] {
				hint = fmt.Sprintf("it is a part of %q: write override %q { ... }", holder, holder)
			}
		}
		diags = append(diags, diagnostic.Error(o.IDAt, "Override of nothing", cmp.Or(hint, alike(o.ID, ids)), "The environment %q has no %q.", env.Name, o.ID))
	}
	return diags
}

// alike lists the ids of the same kind, or the kinds when there is none.
func alike(id string, ids []string) string {
	kind, _, _ := strings.Cut(id, " ")
	var same, first []string
	for _, other := range ids {
		word, _, _ := strings.Cut(other, " ")
		if word == kind {
			same = append(same, strconv.Quote(other))
		}
		if !slices.Contains(first, word) {
			first = append(first, word)
		}
	}
	if len(same) > 0 && len(same) <= 10 {
		return "there is " + strings.Join(same, ", ")
	}
	return "groundplan.lock.json lists what there is; the names begin with " + strings.Join(first, ", ")
}
