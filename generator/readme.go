package generator

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/templates"
)

// guide is what templates/infra.md is filled with.
type guide struct {
	App          string
	Environments []guideEnvironment
}

type guideEnvironment struct {
	Name, Region, State, Diagram, Holds, ProcessCount, Arch string

	// Prefix begins the physical names of the environment.
	Prefix string
	// StateBucket and StateRegion are empty for a state in local files.
	StateBucket, StateRegion string

	// BuildFlag is how `encore build docker` is told about infra configs.
	BuildFlag string
	// Internal says that the load balancer cannot be reached from outside.
	Internal bool
	Secrets  []string
	Servers  []guideServer
}

// guideServer is a database server: its output in the platform stack, and what an operator makes on it.
type guideServer struct {
	Name, Output string
	Roles        []guideRole
	Databases    []guideDatabase
}

type guideRole struct {
	Name, Secret string
}

type guideDatabase struct {
	Name  string
	Roles []string
}

// readme writes infra/README.md for this application: what is here, how it is applied, changed and left.
func readme(application *app.App, deployments []*kinds.Deployment) []byte {
	data := guide{App: application.Name}
	for _, d := range deployments {
		env := d.Env
		entry := guideEnvironment{
			Name: env.Name, Region: env.Region, State: state(env), Diagram: diagram(d),
			BuildFlag: buildFlag(d), ProcessCount: fmt.Sprintf("%d processes, their", len(env.Processes)), Arch: architecture(env),
			Prefix: environment.Name(environment.Unit, env.App, env.Name),
		}
		if len(env.Processes) == 1 {
			entry.ProcessCount = "one process, its"
		}
		if env.State != nil {
			entry.StateBucket, entry.StateRegion = env.State.Bucket, env.State.Region
		}
		if gateway(env) != nil {
			entry.Holds = "load balancer, "
			entry.Internal = env.Domain == ""
		}
		for _, r := range d.Of(kinds.Secrets.Name) {
			entry.Secrets = append(entry.Secrets, kinds.SecretName(env, r.Name))
		}
		entry.Servers = servers(d)
		if len(entry.Servers) > 0 {
			entry.Holds += "databases, "
		}
		if len(d.Of(kinds.Topics.Name)) > 0 {
			entry.Holds += "topics and queues, "
		}
		if len(d.Of(kinds.Buckets.Name)) > 0 {
			entry.Holds += "buckets, "
		}
		data.Environments = append(data.Environments, entry)
	}
	return templates.Render("infra.md", data)
}

// servers lists the database servers of a deployment with the roles and databases each is to have.
func servers(d *kinds.Deployment) []guideServer {
	var list []guideServer
	for _, server := range d.Env.DatabaseServers {
		if len(server.Databases) == 0 {
			continue
		}
		entry := guideServer{Name: server.Name, Output: "database_server_" + kinds.Label(server.Name)}
		users := map[string][]string{} // database -> roles
		for _, process := range d.Processes {
			role := guideRole{Name: kinds.RoleName(process.Name), Secret: kinds.SecretName(d.Env, "database", process.Name)}
			uses := process.Uses(kinds.Databases.Name)
			for _, name := range server.Databases {
				if len(uses[name]) > 0 {
					users[name] = append(users[name], role.Name)
				}
			}
			if slices.ContainsFunc(server.Databases, func(name string) bool { return len(uses[name]) > 0 }) {
				entry.Roles = append(entry.Roles, role)
			}
		}
		for _, name := range server.Databases {
			entry.Databases = append(entry.Databases, guideDatabase{Name: name, Roles: users[name]})
		}
		list = append(list, entry)
	}
	return list
}

func state(env *environment.Environment) string {
	if env.State == nil {
		return "in local files, terraform.tfstate beside the code: keep them, or name a bucket in a `state` block of groundplan.hcl"
	}
	return fmt.Sprintf("in the S3 bucket `%s`, locked while in use", env.State.Bucket)
}

// architecture is what `encore build docker --arch` takes.
func architecture(env *environment.Environment) string {
	if slices.ContainsFunc(env.Processes, func(p environment.Process) bool { return p.Architecture == "ARM64" }) {
		return "arm64"
	}
	return "amd64"
}

// diagram draws who talks to whom in an environment, as a mermaid flowchart.
func diagram(d *kinds.Deployment) string {
	env := d.Env
	var out strings.Builder
	out.WriteString("flowchart LR\n")
	if g := gateway(env); g != nil {
		way := "internal load balancer"
		if env.Domain != "" {
			way = env.Domain
		}
		fmt.Fprintf(&out, "  load_balancer([%q]) --> %s\n", way, processLabel(g.Name))
	}
	for _, process := range env.Processes {
		label := process.Name
		if hosted := strings.Join(process.Services, ", "); hosted != "" && hosted != label {
			label += ": " + hosted
		}
		fmt.Fprintf(&out, "  %s[%q]\n", processLabel(process.Name), label)
	}
	for _, server := range env.DatabaseServers {
		if len(server.Databases) > 0 {
			fmt.Fprintf(&out, "  database_server_%s[(%q)]\n", kinds.Label(server.Name), "PostgreSQL "+server.Name+": "+strings.Join(server.Databases, ", "))
		}
	}
	for _, p := range d.Processes {
		targets := make([]string, 0, len(p.Connections))
		for target := range p.Connections {
			targets = append(targets, target)
		}
		sort.Strings(targets)
		for _, target := range targets {
			fmt.Fprintf(&out, "  %s --> %s\n", processLabel(p.Name), target)
		}
	}
	return out.String()
}

func buildFlag(d *kinds.Deployment) string {
	if configured(d) {
		return "--config " + d.Env.Name + "/" + buildConfigName
	}
	return "--skip-config"
}
