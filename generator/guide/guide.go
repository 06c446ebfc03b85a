// Package guide writes infra/README.md: what is there, how it is applied, changed and left. It must not know how files are printed.
package guide

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/quota"
	"github.com/groundplan/groundplan/templates"
)

// page is what templates/infra.md is filled with.
type page struct {
	App          string
	Environments []environmentEntry
	// Schedules says that there are cron jobs, Caches that there are cache clusters.
	Schedules, Caches bool
	// Databases says that there are databases, for whose roles passwords are made.
	Databases bool
	// AnyAccount says that the settings of some environment name no account.
	AnyAccount bool
	// Snapshots are what a key that is made here encrypts and outlives, in words that begin a sentence; "" for nothing.
	Snapshots string
	// Containers says that the application does not use Encore, Tagged that a deployment names the tag of an image.
	Containers, Tagged bool
}

type environmentEntry struct {
	Name, Region, State, Diagram, Holds, ProcessCount, Arch string

	// Prefix begins the physical names of the environment.
	Prefix string
	// StateBucket and StateRegion are empty for a state in local files.
	StateBucket, StateRegion string

	// Images are what containers are built from.
	Images []imageEntry
	// Keeps says how many images the registry keeps of what; HelperImage is what a copy of the helper image is made of.
	Keeps       string
	HelperImage string
	// BuildFlag is how `encore build docker` is told about infra configs.
	BuildFlag string
	// Internal says that the load balancer cannot be reached from outside; it speaks HTTP when Domain is empty.
	Internal bool
	Domain   string
	// KeepAlive is how many seconds the load balancer keeps a silent connection, 0 without one.
	KeepAlive int
	Secrets   []string
	// Logins are those of the secrets that hold name and password of a registry.
	Logins  []string
	Servers []serverEntry
	// Monitored says that servers are made, which RDS watches; what it sees could be kept as long as other logs.
	Monitored        bool
	LogRetentionDays int
	// Caches are the outputs of the cache clusters that have users.
	Caches []string
	// Uploads are the buckets to which pages upload by signed URLs, and of which no page may yet.
	Uploads []string
	// Schedules says that functions call endpoints on schedules, Scheduled that anything runs on one.
	Schedules, Scheduled bool
	// Jobs are the jobs that can be started by hand.
	Jobs []string
	// Existing is what the environment brings, and what has to be seen to: Markdown, one item each.
	Existing []string
	// Network and Keys are empty when those exist.
	Network, Keys string
	// Quotas are those that the environment takes much of.
	Quotas []quotaEntry
}

// quotaEntry is a quota of an account and what the environment takes of it.
type quotaEntry struct {
	Name, Service, Code, Needed, What, Start, Lower string
}

// imageEntry is an image that services run: what stands before its tag, and the folder it is built in, from the manifest's on:
// "" or with a slash at the front.
type imageEntry struct {
	Prefix, Dir, Arch, Services string
}

// serverEntry is a database server: its output in the platform stack, and what an operator makes on it.
type serverEntry struct {
	Name, Output string
	// Existing says that the server is not made, MasterSecret that its master user's password is in a secret we know.
	Existing, MasterSecret bool
	Port                   int

	Roles     []roleEntry
	Databases []databaseEntry
	// Migrations are the files that make the databases' tables, in words; "" where nothing but the application does.
	Migrations string
}

type roleEntry struct {
	Name, Secret string
}

type databaseEntry struct {
	Name  string
	Roles []string
	// Creates says that those who use the database make its tables, Shared who may use what each of several makes.
	Creates bool
	Shared  []makerEntry
}

// makerEntry is a role with the others that use its tables, as SQL lists them.
type makerEntry struct{ Maker, Others string }

// makers are the roles that make tables for each other.
func makers(roles []string) []makerEntry {
	var list []makerEntry
	for _, maker := range roles {
		var others []string
		for _, other := range roles {
			if other != maker {
				others = append(others, strconv.Quote(other))
			}
		}
		if len(others) > 0 {
			list = append(list, makerEntry{maker, strings.Join(others, ", ")})
		}
	}
	return list
}

// Write makes infra/README.md for this application: what is here, how it is applied, changed and left.
func Write(application *app.App, deployments []*deploy.Deployment) []byte {
	data := page{App: application.Name, Schedules: slices.ContainsFunc(deployments, callsOnSchedule), Caches: len(application.Of(kinds.Caches.Name)) > 0,
		Databases:  len(application.Of(kinds.Databases.Name)) > 0,
		Containers: application.Containers(), Tagged: application.DeploysByTag()}
	for _, d := range deployments {
		env := d.Env
		entry := environmentEntry{
			Name: env.Name, Region: env.Region, State: stateKept(env), Diagram: diagram(d),
			BuildFlag: buildFlag(d), ProcessCount: fmt.Sprintf("%d processes, their", len(env.Processes)), Arch: architecture(env),
			Prefix: names.Of(names.Unit, env.App, env.Name),
		}
		if len(env.Processes) == 1 {
			entry.ProcessCount = "one process, its"
		}
		entry.Keeps, entry.HelperImage = keeps(d), environment.DefaultHelperImage
		if env.State != nil {
			entry.StateBucket, entry.StateRegion = env.State.Bucket, env.State.Region
		}
		if application.Containers() {
			entry.Images = images(d)
		}
		if env.Exposed() {
			entry.Holds = "load balancer, "
			entry.Internal, entry.Domain, entry.KeepAlive = env.Internal, env.Domain, env.IdleTimeoutSeconds
		}
		for _, r := range d.Of(kinds.Secrets.Name) {
			entry.Secrets = append(entry.Secrets, kinds.SecretName(env, r.Name))
			if slices.ContainsFunc(application.Services, func(s app.Service) bool { return s.Container != nil && s.Container.ImageCredentials == r.Name }) {
				entry.Logins = append(entry.Logins, kinds.SecretName(env, r.Name))
			}
		}
		if secret := kinds.MetricsSecretName(env); secret != "" {
			entry.Secrets = append(entry.Secrets, secret)
		}
		entry.Schedules, entry.Scheduled = callsOnSchedule(d), len(d.Of(kinds.Crons.Name)) > 0
		for _, p := range d.Workloads {
			if p.Ends {
				entry.Jobs = append(entry.Jobs, p.ID.Name)
			}
		}
		for _, cluster := range d.Of(kinds.Caches.Name) {
			if slices.ContainsFunc(d.Workloads, func(p *deploy.Workload) bool { return kinds.Keeps(p, cluster.Name) }) {
				entry.Caches = append(entry.Caches, kinds.CacheLabel(d, cluster.Name))
			}
		}
		entry.Uploads = uploads(d)
		entry.Servers, entry.LogRetentionDays = servers(d), env.LogRetentionDays
		entry.Monitored = slices.ContainsFunc(env.DatabaseServers, func(server environment.DatabaseServer) bool {
			return server.Existing == nil && len(server.Databases) > 0
		})
		entry.Existing = broughtItems(d)
		if env.Network == nil {
			entry.Network = "network, "
		}
		if env.KeyARN == "" {
			entry.Keys = "keys and "
		}
		if entry.Monitored {
			entry.Holds += "databases, "
		}
		if len(d.Of(kinds.Caches.Name)) > 0 {
			entry.Holds += "caches, "
		}
		switch made := func(r app.Resource) bool { return env.ExistingTopic(r.Name) == nil }; {
		case slices.ContainsFunc(d.Of(kinds.Topics.Name), made):
			entry.Holds += "topics and queues, "
		case len(d.Of(kinds.Subscriptions.Name)) > 0:
			entry.Holds += "queues, "
		}
		if slices.ContainsFunc(d.Of(kinds.Buckets.Name), func(r app.Resource) bool { return env.ExistingBucket(r.Name) == nil }) {
			entry.Holds += "buckets, "
		}
		entry.Quotas = quotas(d)
		data.AnyAccount = data.AnyAccount || env.AccountID == ""
		data.Environments = append(data.Environments, entry)
	}
	data.Snapshots = snapshots(deployments)
	return templates.Render("infra.md", data)
}

// snapshots are what stays of servers when an environment is destroyed, where a key goes with it that was made for it.
func snapshots(deployments []*deploy.Deployment) string {
	var databases, caches bool
	for _, d := range deployments {
		if d.Env.KeyARN != "" {
			continue
		}
		databases = databases || slices.ContainsFunc(d.Env.DatabaseServers, func(s environment.DatabaseServer) bool { return s.Existing == nil && s.FinalSnapshot })
		for _, r := range d.Of(kinds.Caches.Name) {
			caches = caches || d.Env.Cache(r.Name).FinalSnapshot
		}
	}
	switch {
	case databases && caches:
		return "The final snapshots of databases and caches, and the kept backups of databases,"
	case databases:
		return "The final snapshots and the kept backups of databases"
	case caches:
		return "The final snapshots of caches"
	}
	return ""
}

// callsOnSchedule reports whether functions call endpoints on schedules: jobs need none.
func callsOnSchedule(d *deploy.Deployment) bool {
	return slices.ContainsFunc(d.Of(kinds.Crons.Name), func(r app.Resource) bool { return !r.Spec.(*kinds.Cron).StartsJob })
}

// much is the share of what a new account has, from which on infra/README.md names a quota.
const much = 0.19 // one of five

// quotas are those that an environment takes much of, compared with what new accounts have: the account that somebody
// applies to is not known here.
func quotas(d *deploy.Deployment) []quotaEntry {
	var list []quotaEntry
	needs := quota.Of(d)
	for _, need := range needs.Near(much, nil) {
		_, start := needs.Start(need, nil)
		list = append(list, quotaEntry{need.Name, need.Service, need.Code, quota.Number(need.Value), need.What, start, need.Lower})
	}
	return list
}

// servers lists the database servers of a deployment with the roles and databases each is to have.
func servers(d *deploy.Deployment) []serverEntry {
	var list []serverEntry
	for _, server := range d.Env.DatabaseServers {
		if len(server.Databases) == 0 {
			continue
		}
		entry := serverEntry{
			Name: server.Name, Output: "database_server_" + names.Label(server.Name),
			Existing: server.Existing != nil, MasterSecret: server.Existing == nil || server.Existing.MasterSecretARN != "", Port: kinds.Databases.StoragePort,
		}
		if server.Existing != nil {
			entry.Port = server.Existing.Port
		}
		users := map[string][]string{} // database -> roles
		for _, process := range d.Workloads {
			role := roleEntry{Name: kinds.RoleName(process.ID.Name), Secret: kinds.SecretName(d.Env, "database", process.ID.Name)}
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
			database := databaseEntry{Name: name, Roles: users[name]}
			// A container without migrations has nobody else to make its tables, and since PostgreSQL 15 not everybody may.
			if spec, known := d.Resource(kinds.Databases.Name, "", name).Spec.(*kinds.Database); known && d.App.Containers() && spec.MigrationCount == 0 {
				database.Creates, database.Shared = true, makers(users[name])
			}
			entry.Databases = append(entry.Databases, database)
		}
		entry.Migrations = migrations(d, server.Databases)
		list = append(list, entry)
	}
	return list
}

// migrationFiles are what a tool calls the files that migrate up, by the name it has in the source.
var migrationFiles = map[string]string{
	"": "the `.up.sql` files", "drizzle": "the `.sql` files", "prisma": "the `migration.sql` of each folder", "drizzle/v1": "the `migration.sql` of each folder",
}

// migrations are the files that make the tables of databases, in words; "" where there are none.
func migrations(d *deploy.Deployment, databases []string) string {
	var forms []string
	for _, name := range databases {
		spec, known := d.Resource(kinds.Databases.Name, "", name).Spec.(*kinds.Database)
		if known && spec.Migrations != "" {
			forms = append(forms, migrationFiles[spec.Source])
		}
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(forms))), " or ")
}

// uploads are the buckets that are made, to which clients upload by signed URLs, and that name no origin of a page.
func uploads(d *deploy.Deployment) []string {
	var names []string
	for _, p := range d.Workloads {
		for name, uses := range p.Uses(kinds.Buckets.Name) {
			signs := slices.ContainsFunc(uses, func(e app.Edge) bool { return e.Operation == kinds.SignedUploadURL })
			if signs && d.Env.ExistingBucket(name) == nil && len(d.Env.CORSOrigins(name)) == 0 {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func stateKept(env *environment.Environment) string {
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
func diagram(d *deploy.Deployment) string {
	env := d.Env
	var out strings.Builder
	out.WriteString("flowchart LR\n")
	for _, p := range d.Workloads {
		way := "internal load balancer"
		if env.Domain != "" {
			way = env.Domain
		}
		if p.Public() {
			fmt.Fprintf(&out, "  load_balancer([%q]) --> %s\n", way, p.Label())
		}
	}
	for _, p := range d.Workloads {
		label := p.ID.Name
		if hosted := strings.Join(p.Services, ", "); hosted != "" && hosted != label {
			label += ": " + hosted
		}
		if p.AuthService != "" {
			label += ", with the auth handler of " + p.AuthService
		}
		fmt.Fprintf(&out, "  %s[%q]\n", p.Label(), label)
	}
	for _, server := range env.DatabaseServers {
		if len(server.Databases) > 0 {
			fmt.Fprintf(&out, "  database_server_%s[(%q)]\n", names.Label(server.Name), "PostgreSQL "+server.Name+": "+strings.Join(server.Databases, ", "))
		}
	}
	for _, r := range d.Of(kinds.Caches.Name) {
		fmt.Fprintf(&out, "  %s[(%q)]\n", kinds.CacheLabel(d, r.Name), "cache "+r.Name)
	}
	for _, schedule := range d.Schedules {
		label := "cron_" + d.Label(schedule.Of.Kind, "", schedule.Of.Name)
		fmt.Fprintf(&out, "  %s([%q]) --> %s\n", label, "schedule "+schedule.Of.Name, schedule.Target.Label())
	}
	for _, p := range d.Workloads {
		for _, path := range p.Paths {
			fmt.Fprintf(&out, "  %s --> %s\n", p.Label(), path.Name)
		}
	}
	flow(&out, d)
	return out.String()
}

// flow draws what goes through AWS's own services: messages and objects.
func flow(out *strings.Builder, d *deploy.Deployment) {
	for _, r := range d.Of(kinds.Topics.Name) {
		topic := "topic_" + d.Label("topic", "", r.Name)
		fmt.Fprintf(out, "  %s[/%q/]\n", topic, "topic "+r.Name)
		for _, p := range d.Workloads {
			if len(p.Uses(kinds.Topics.Name)[r.Name]) > 0 {
				fmt.Fprintf(out, "  %s -.-> %s\n", p.Label(), topic)
			}
		}
		for _, p := range d.Workloads {
			if slices.ContainsFunc(p.Edges, func(e app.Edge) bool {
				return e.Kind == kinds.Subscriptions.Name && e.Parent == r.Name && e.Service != p.AuthService
			}) {
				fmt.Fprintf(out, "  %s -.-> %s\n", topic, p.Label())
			}
		}
	}
	for _, r := range d.Of(kinds.Buckets.Name) {
		bucket := "bucket_" + d.Label("bucket", "", r.Name)
		fmt.Fprintf(out, "  %s[(%q)]\n", bucket, "bucket "+r.Name)
		for _, p := range d.Workloads {
			if len(p.Uses(kinds.Buckets.Name)[r.Name]) > 0 {
				fmt.Fprintf(out, "  %s -.-> %s\n", p.Label(), bucket)
			}
		}
	}
}

func buildFlag(d *deploy.Deployment) string {
	if d.App.Configured() {
		return "--config " + d.Env.Name + "/" + kinds.BuildConfigName
	}
	return "--skip-config"
}
