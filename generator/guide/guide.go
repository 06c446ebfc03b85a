// Package guide writes infra/README.md: what is there, how it is applied, changed and left. All it knows of that is the blueprint:
// it must not know the application, its settings, or how code is made.
package guide

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/templates"
)

// guidePage is what templates/infra.md is filled with: what is the same for every environment, then what each has of its own.
type guidePage struct {
	App          string
	Environments []environmentEntry
	HelperImage  string

	// Secrets: some have to be filled by hand. Schedules: functions call endpoints on schedules. Caches: clusters have users.
	// Databases: there are some, for whose roles passwords are made.
	Secrets, Schedules, Caches, Databases bool
	// AnyAccount: the settings of some environment name no account.
	AnyAccount bool
	// Snapshots are what a key that is made here encrypts and outlives, in words that begin a sentence; "" for nothing.
	Snapshots string
	// Containers: the application does not use Encore. Tagged: a deployment names the tag of an image. Several: it builds more
	// than one image. Configured: Encore's build is given an infra config.
	Containers, Tagged, Several, Configured bool

	// Monitored: servers are made, which RDS watches; what it sees could be kept as long as other logs, LogRetentionDays.
	Monitored        bool
	LogRetentionDays int
	// KeepAlive is how many seconds the load balancer keeps a silent connection, 0 without one.
	KeepAlive int
	// Keeps says how many images the registry keeps of what.
	Keeps string
	// Build are the commands that build and push, nil where environments differ in them.
	Build []string
	// Uploads are the buckets to which pages upload by signed URLs, and of which no page may yet. Jobs can be started by hand.
	Uploads, Jobs []string
}

type environmentEntry struct {
	Name, Region, State, Diagram, Holds, ProcessCount string

	// StateBucket and StateRegion are empty for a state in local files.
	StateBucket, StateRegion string

	// Build are the commands that build and push its images, nil where they are those of every environment.
	Build []string
	// Internal: the load balancer cannot be reached from outside; it speaks HTTP when Domain is empty.
	Internal bool
	Domain   string
	Secrets  []string
	// Logins are those of the secrets that hold name and password of a registry.
	Logins  []string
	Servers []serverEntry
	// Caches are the outputs of the cache clusters that have users.
	Caches []string
	// Scheduled: something runs on a schedule.
	Scheduled bool
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

// serverEntry is a database server: its output in the platform stack, and what an operator makes on it.
type serverEntry struct {
	Name, Output string
	// Existing: the server is not made. MasterSecret: its master user's password is in a secret we know.
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
	// Creates: those who use the database make its tables. Shared is who may use what each of several makes.
	Creates bool
	Shared  []makerEntry
}

// makerEntry is a role with the others that use its tables, as SQL lists them.
type makerEntry struct{ Maker, Others string }

// makers are the roles that make tables for each other.
func makers(grants []blueprint.Grant) []makerEntry {
	var list []makerEntry
	for _, maker := range grants {
		var others []string
		for _, other := range grants {
			if other.Role != maker.Role {
				others = append(others, strconv.Quote(other.Role))
			}
		}
		if maker.Creates && len(others) > 0 {
			list = append(list, makerEntry{maker.Role, strings.Join(others, ", ")})
		}
	}
	return list
}

// Write makes infra/README.md for an application: what is here, how it is applied, changed and left.
func Write(b *blueprint.Blueprint) []byte {
	data := guidePage{App: b.App, HelperImage: b.HelperImage, Containers: b.Runtime == blueprint.Container, Snapshots: snapshots(b.Environments)}
	var kept []string
	for i := range b.Environments {
		env := &b.Environments[i]
		entry := environmentPart(b, env)
		data.include(env, entry)
		data.Environments = append(data.Environments, entry)
		kept = append(kept, keeps(env.Registry))
	}
	data.Keeps = sameOrEach(b.Environments, kept)
	data.shareBuild()
	return templates.Render("infra.md", data)
}

// include widens the general part by what one environment has.
func (p *guidePage) include(env *blueprint.Environment, entry environmentEntry) {
	p.Secrets = p.Secrets || len(entry.Secrets) > 0
	p.Schedules = p.Schedules || callsOnSchedule(env)
	p.Caches = p.Caches || len(entry.Caches) > 0
	p.Databases = p.Databases || len(env.Servers) > 0
	p.Tagged = p.Tagged || tagged(env)
	p.Several = p.Several || len(entry.Build) > 2 // behind the line that says where the application is
	p.Configured = p.Configured || slices.ContainsFunc(env.Images, func(image blueprint.Image) bool { return image.BuildConfig != "" })
	p.AnyAccount = p.AnyAccount || env.AccountID == ""
	if slices.ContainsFunc(env.Servers, makesServer) {
		p.Monitored, p.LogRetentionDays = true, max(p.LogRetentionDays, env.LogRetentionDays)
	}
	if env.LoadBalancer != nil {
		p.KeepAlive = max(p.KeepAlive, env.LoadBalancer.IdleTimeoutSeconds)
	}
	for _, bucket := range env.Buckets {
		if bucket.Uploads && !bucket.Existing && len(bucket.CORSOrigins) == 0 && !slices.Contains(p.Uploads, bucket.Name) {
			p.Uploads = append(p.Uploads, bucket.Name)
		}
	}
	for _, workload := range env.Workloads {
		if workload.Kind == blueprint.Job && !slices.Contains(p.Jobs, workload.Name) {
			p.Jobs = append(p.Jobs, workload.Name)
		}
	}
}

// shareBuild moves the commands that build into the general part, where they are the same for every environment.
func (p *guidePage) shareBuild() {
	first := p.Environments[0].Build
	if slices.ContainsFunc(p.Environments, func(e environmentEntry) bool { return !slices.Equal(e.Build, first) }) {
		return
	}
	p.Build = first
	for i := range p.Environments {
		p.Environments[i].Build = nil
	}
}

// sameOrEach is what holds of every environment once, or of each by its name.
func sameOrEach(environments []blueprint.Environment, texts []string) string {
	if len(slices.Compact(slices.Clone(texts))) == 1 {
		return texts[0]
	}
	for i := range texts {
		texts[i] += " in " + environments[i].Name
	}
	return strings.Join(texts, ", and ")
}

// environmentPart is what the page says of one environment.
func environmentPart(b *blueprint.Blueprint, env *blueprint.Environment) environmentEntry {
	backend := env.Stacks[0].Backend
	entry := environmentEntry{
		Name: env.Name, Region: env.Region, State: stateKept(backend), StateBucket: backend.Bucket, StateRegion: backend.Region, Diagram: diagram(env),
		Holds: holds(env), ProcessCount: fmt.Sprintf("%d processes, their", len(env.Workloads)), Build: build(b, env),
		Servers: serverEntries(env.Servers), Scheduled: len(env.Schedules) > 0, Existing: broughtItems(env), Quotas: quotas(env.Quotas),
	}
	if len(env.Workloads) == 1 {
		entry.ProcessCount = "one process, its"
	}
	if env.LoadBalancer != nil {
		entry.Internal, entry.Domain = env.LoadBalancer.Internal, env.Domain
	}
	for _, secret := range env.Secrets {
		if secret.Fill != blueprint.Generated {
			entry.Secrets = append(entry.Secrets, secret.Name)
		}
		if secret.Fill == blueprint.Login {
			entry.Logins = append(entry.Logins, secret.Name)
		}
	}
	for _, cluster := range env.Caches {
		if len(cluster.Users) > 0 {
			entry.Caches = append(entry.Caches, cluster.Output)
		}
	}
	if env.Network.VPCID == "" {
		entry.Network = "network, "
	}
	if env.Key.ARN == "" {
		entry.Keys = "keys and "
	}
	return entry
}

func makesServer(server blueprint.Server) bool { return server.Existing == nil }

// holds lists what the platform of an environment has besides what every one has, in words that end in a comma.
func holds(env *blueprint.Environment) string {
	servers := slices.ContainsFunc(env.Servers, makesServer)
	topics := slices.ContainsFunc(env.Topics, func(topic blueprint.Topic) bool { return topic.ARN == "" })
	queues := slices.ContainsFunc(env.Topics, func(topic blueprint.Topic) bool { return len(topic.Subscriptions) > 0 })
	buckets := slices.ContainsFunc(env.Buckets, func(bucket blueprint.Bucket) bool { return !bucket.Existing })
	var text string
	for _, part := range []struct {
		holds bool
		words string
	}{
		{env.LoadBalancer != nil, "load balancer"}, {servers, "databases"}, {len(env.Caches) > 0, "caches"},
		{topics, "topics and queues"}, {!topics && queues, "queues"}, {buckets, "buckets"},
	} {
		if part.holds {
			text += part.words + ", "
		}
	}
	return text
}

// tagged reports whether a deployment names the tag of an image.
func tagged(env *blueprint.Environment) bool {
	return slices.ContainsFunc(env.Stacks, func(stack blueprint.Stack) bool {
		return slices.ContainsFunc(stack.Variables, func(v blueprint.Variable) bool { return v.Name == blueprint.ImageTag })
	})
}

// snapshots are what stays of servers when an environment is destroyed, where a key goes with it that was made for it.
func snapshots(environments []blueprint.Environment) string {
	var databases, caches bool
	for _, env := range environments {
		if env.Key.ARN != "" {
			continue
		}
		databases = databases || slices.ContainsFunc(env.Servers, func(server blueprint.Server) bool { return server.FinalSnapshot })
		caches = caches || slices.ContainsFunc(env.Caches, func(cache blueprint.Cache) bool { return cache.FinalSnapshot })
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
func callsOnSchedule(env *blueprint.Environment) bool {
	return slices.ContainsFunc(env.Schedules, func(schedule blueprint.Schedule) bool { return !schedule.Starts })
}

// much is the share of what a new account has, from which on infra/README.md names a quota.
const much = 0.19 // one of five

// quotas are those that an environment takes much of, compared with what new accounts have: the account that somebody
// applies to is not known here.
func quotas(all []blueprint.Quota) []quotaEntry {
	number := func(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }
	var list []quotaEntry
	for _, quota := range all {
		start, words := quota.Default, number(quota.Default)+" by default"
		if quota.Young > 0 {
			start, words = quota.Young, "about "+number(quota.Young)+" in a new account"
		}
		if quota.Needed > much*start {
			list = append(list, quotaEntry{quota.Name, quota.Service, quota.Code, number(quota.Needed), quota.What, words, quota.Lower})
		}
	}
	return list
}

// serverEntries lists the database servers of an environment with the roles and databases each is to have.
func serverEntries(all []blueprint.Server) []serverEntry {
	var list []serverEntry
	for _, server := range all {
		entry := serverEntry{Name: server.Name, Output: server.Output, Existing: server.Existing != nil, MasterSecret: server.MasterSecret, Port: server.Port}
		for _, role := range server.Roles {
			entry.Roles = append(entry.Roles, roleEntry{role.Name, role.Secret})
		}
		var forms []string
		for _, database := range server.Databases {
			part := databaseEntry{Name: database.Name, Shared: makers(database.Access)}
			for _, grant := range database.Access {
				part.Roles = append(part.Roles, grant.Role)
				part.Creates = grant.Creates
			}
			entry.Databases = append(entry.Databases, part)
			if database.Migrations != nil {
				forms = append(forms, migrationFiles[database.Migrations.Tool])
			}
		}
		entry.Migrations = strings.Join(slices.Compact(slices.Sorted(slices.Values(forms))), " or ")
		list = append(list, entry)
	}
	return list
}

// migrationFiles are what a tool calls the files that migrate up, by the name it has in the source.
var migrationFiles = map[string]string{
	"": "the `.up.sql` files", "drizzle": "the `.sql` files", "prisma": "the `migration.sql` of each folder", "drizzle/v1": "the `migration.sql` of each folder",
}

func stateKept(backend blueprint.Backend) string {
	if backend.Bucket == "" {
		return "in local files, terraform.tfstate beside the code: keep them, or name a bucket in a `state` block of groundplan.hcl"
	}
	return fmt.Sprintf("in the S3 bucket `%s`, locked while in use", backend.Bucket)
}
