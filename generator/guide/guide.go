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

// page is what templates/infra.md is filled with.
type page struct {
	App          string
	Environments []environmentEntry
	// Schedules: there are cron jobs. Caches: there are cache clusters.
	Schedules, Caches bool
	// Databases: there are some, for whose roles passwords are made.
	Databases bool
	// AnyAccount: the settings of some environment name no account.
	AnyAccount bool
	// Snapshots are what a key that is made here encrypts and outlives, in words that begin a sentence; "" for nothing.
	Snapshots string
	// Containers: the application does not use Encore. Tagged: a deployment names the tag of an image.
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
	// Keeps is how many images the registry keeps of what; HelperImage is what a copy of the helper image is made of.
	Keeps       string
	HelperImage string
	// BuildFlag is how `encore build docker` is told about infra configs.
	BuildFlag string
	// Internal: the load balancer cannot be reached from outside. It speaks HTTP when Domain is empty.
	Internal bool
	Domain   string
	// KeepAlive is how many seconds the load balancer keeps a silent connection, 0 without one.
	KeepAlive int
	Secrets   []string
	// Logins are those of the secrets that hold name and password of a registry.
	Logins  []string
	Servers []serverEntry
	// Monitored: servers are made, which RDS watches; what it sees could be kept as long as other logs.
	Monitored        bool
	LogRetentionDays int
	// Caches are the outputs of the cache clusters that have users.
	Caches []string
	// Uploads are the buckets to which pages upload by signed URLs, and of which no page may yet.
	Uploads []string
	// Schedules: functions call endpoints on schedules. Scheduled: anything runs on one.
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
	data := page{App: b.App, Containers: b.Runtime == blueprint.Container, Snapshots: snapshots(b.Environments)}
	for i := range b.Environments {
		env := &b.Environments[i]
		data.Environments = append(data.Environments, environmentPart(b, env))
		data.Schedules = data.Schedules || callsOnSchedule(env)
		data.Caches = data.Caches || len(env.Caches) > 0
		data.Databases = data.Databases || len(env.Servers) > 0
		data.Tagged = data.Tagged || tagged(env)
		data.AnyAccount = data.AnyAccount || env.AccountID == ""
	}
	return templates.Render("infra.md", data)
}

// environmentPart is the part of the page about one environment.
func environmentPart(b *blueprint.Blueprint, env *blueprint.Environment) environmentEntry {
	backend := env.Stacks[0].Backend
	entry := environmentEntry{
		Name: env.Name, Region: env.Region, State: stateKept(backend), StateBucket: backend.Bucket, StateRegion: backend.Region, Diagram: diagram(env),
		Prefix: env.Prefix, Holds: holds(env), ProcessCount: fmt.Sprintf("%d processes, their", len(env.Workloads)), Arch: architecture(env.Images),
		Keeps: keeps(env.Registry), HelperImage: b.HelperImage, LogRetentionDays: env.LogRetentionDays,
		Servers: servers(env.Servers), Schedules: callsOnSchedule(env), Scheduled: len(env.Schedules) > 0, Existing: broughtItems(env), Quotas: quotas(env.Quotas),
		Monitored: slices.ContainsFunc(env.Servers, makesServer),
	}
	if len(env.Workloads) == 1 {
		entry.ProcessCount = "one process, its"
	}
	if b.Runtime == blueprint.Container {
		entry.Images = images(env)
	} else {
		entry.BuildFlag = buildFlag(env.Images)
	}
	if env.LoadBalancer != nil {
		entry.Internal, entry.Domain, entry.KeepAlive = env.LoadBalancer.Internal, env.Domain, env.LoadBalancer.IdleTimeoutSeconds
	}
	for _, secret := range env.Secrets {
		if secret.Fill != blueprint.Generated {
			entry.Secrets = append(entry.Secrets, secret.Name)
		}
		if secret.Fill == blueprint.Login {
			entry.Logins = append(entry.Logins, secret.Name)
		}
	}
	for _, workload := range env.Workloads {
		if workload.Kind == blueprint.Job {
			entry.Jobs = append(entry.Jobs, workload.Name)
		}
	}
	for _, cluster := range env.Caches {
		if len(cluster.Users) > 0 {
			entry.Caches = append(entry.Caches, cluster.Output)
		}
	}
	for _, bucket := range env.Buckets {
		if bucket.Uploads && !bucket.Existing && len(bucket.CORSOrigins) == 0 {
			entry.Uploads = append(entry.Uploads, bucket.Name)
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
	made := map[string]bool{}
	servers := slices.ContainsFunc(env.Servers, makesServer)
	for _, c := range env.Stacks[0].Components {
		kind, _, _ := strings.Cut(c.ID, " ")
		made[kind] = made[kind] || !c.Existing
	}
	var text string
	for _, part := range []struct {
		holds bool
		words string
	}{
		{env.LoadBalancer != nil, "load balancer"}, {servers, "databases"}, {made["cache"], "caches"},
		{made["topic"], "topics and queues"}, {!made["topic"] && made["subscription"], "queues"}, {made["bucket"], "buckets"},
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

// servers lists the database servers of an environment with the roles and databases each is to have.
func servers(all []blueprint.Server) []serverEntry {
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
