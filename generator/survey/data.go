package survey

import (
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/metric"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/kinds/topic"
)

// What the modules say of servers and caches, and no argument does.
const (
	clusterClass = "db.serverless"
	cacheEngine  = "valkey"
)

func (s *survey) servers() []blueprint.Server {
	var list []blueprint.Server
	for _, server := range s.Env.DatabaseServers {
		if len(server.Databases) == 0 {
			continue
		}
		entry := blueprint.Server{
			ID: "database server " + server.Name, Name: server.Name, Stack: blueprint.Platform, Output: s.output(app.DatabaseServerID(server.Name)), Port: database.Kind.StoragePort,
			Engine: server.Engine, Identifier: s.held["database server "+server.Name]["name"], MasterSecret: true, FinalSnapshot: server.FinalSnapshot, DeletionProtection: server.DeletionProtection,
		}
		if existing := server.Existing; existing != nil {
			entry.Engine, entry.Port, entry.MasterSecret, entry.FinalSnapshot, entry.DeletionProtection = "", existing.Port, existing.MasterSecretARN != "", false, false
			entry.Existing = &blueprint.ExistingServer{Address: existing.Address, SecurityGroupID: existing.SecurityGroupID, MaxConnections: existing.MaxConnections}
		}
		if call := s.calls[entry.ID]; call.Module == "database-server" {
			entry.EngineVersion, entry.InstanceClass, entry.Instances = call.Text("engine_version"), call.Text("instance_class"), 1
		} else if call.Module == "database-cluster" {
			entry.EngineVersion, entry.InstanceClass, entry.Instances = call.Text("engine_version"), clusterClass, call.Number("instances")
		}
		pool, using := database.PoolSize(s.Deployment, server), map[string][]*deploy.Workload{} // by database
		for _, p := range s.Workloads {
			used := 0
			for name := range p.Uses(database.Kind.Name) {
				if _, here := slices.BinarySearch(server.Databases, name); here {
					using[name] = append(using[name], p)
					used++
				}
			}
			if used > 0 {
				entry.Roles = append(entry.Roles, blueprint.Role{
					Name: database.RoleName(p.ID.Name), Workload: p.ID.Name, Secret: secret.Name(s.Env, "database", p.ID.Name), Connections: pool * used * 2 * p.Size.Scale.Max,
				})
			}
		}
		for _, name := range server.Databases {
			entry.Databases = append(entry.Databases, s.database(name, using[name], pool))
		}
		list = append(list, entry)
	}
	return list
}

// database is a database of a server with those who use it.
func (s *survey) database(name string, using []*deploy.Workload, pool int) blueprint.Database {
	entry := blueprint.Database{Name: name, Owner: database.OwnerName(name), Access: []blueprint.Grant{}}
	spec := s.Resource(database.Kind.Name, "", name).Spec.(*database.Spec)
	if spec.Migrations != "" {
		entry.Migrations = &blueprint.Migrations{Folder: spec.Migrations, Tool: spec.Source, Count: spec.MigrationCount}
	}
	for _, p := range using {
		entry.Access = append(entry.Access, blueprint.Grant{
			Role: database.RoleName(p.ID.Name), Connections: pool,
			// A container without migrations has nobody else to make its tables, and since PostgreSQL 15 not everybody may.
			Creates: s.App.Containers() && spec.MigrationCount == 0,
		})
	}
	return entry
}

func (s *survey) caches() []blueprint.Cache {
	var list []blueprint.Cache
	for _, r := range s.Of(cache.Kind.Name) {
		entry := blueprint.Cache{ID: r.ID().String(), Name: r.Name, Output: s.output(r.ID()), Engine: cacheEngine, FinalSnapshot: s.Env.Cache(r.Name).FinalSnapshot}
		call := s.calls[entry.ID]
		entry.Group, entry.EngineVersion, entry.NodeType = call.Text("name"), call.Text("engine_version"), call.Text("node_type")
		for _, p := range s.Workloads {
			if cache.Keeps(p, r.Name) {
				entry.Users = append(entry.Users, p.ID.Name)
			}
		}
		list = append(list, entry)
	}
	return list
}

func (s *survey) topics() []blueprint.Topic {
	var list []blueprint.Topic
	for _, r := range s.Of(topic.Kind.Name) {
		entry := blueprint.Topic{ID: r.ID().String(), Name: r.Name}
		entry.FIFO = s.held[entry.ID]["fifo"] == "true"
		entry.Topic = fifo(s.held[entry.ID]["name"], entry.FIFO)
		if existing := s.Env.ExistingTopic(r.Name); existing != nil {
			entry.Topic, entry.ARN, entry.KeyARN = arnName(existing.ARN), existing.ARN, existing.KeyARN
			entry.FIFO = strings.HasSuffix(entry.Topic, ".fifo")
		}
		for _, sub := range s.Of(topic.Subscriptions.Name) {
			if sub.Parent != r.Name {
				continue
			}
			id := sub.ID().String()
			name, ordered := s.held[id]["name"], s.held[id]["fifo"] == "true"
			entry.Subscriptions = append(entry.Subscriptions, blueprint.Subscription{
				ID: id, Name: sub.Name, Workload: s.receives[id],
				Queue: fifo(name, ordered), DeadLetters: fifo(queueDeadLetters(name), ordered), FIFO: ordered,
			})
		}
		list = append(list, entry)
	}
	return list
}

func (s *survey) buckets() []blueprint.Bucket {
	var list []blueprint.Bucket
	for _, r := range s.Of(objects.Kind.Name) {
		store := blueprint.Bucket{
			ID: r.ID().String(), Name: r.Name, Versioned: r.Spec.(*objects.Bucket).Versioned, Shown: objects.Shown(s.Env)(r),
			CORSOrigins: s.Env.CORSOrigins(r.Name), Uploads: s.signsUploads[r.Name],
		}
		store.Bucket = kinds.PhysicalName(s.held[store.ID], s.Env.AccountID)
		if existing := s.Env.ExistingBucket(r.Name); existing != nil {
			store.Bucket, store.Existing, store.KeyPrefix, store.KeyARN, store.PublicBaseURL = existing.Name, true, existing.KeyPrefix, existing.KeyARN, existing.PublicBaseURL
		}
		list = append(list, store)
	}
	return list
}

func (s *survey) secrets() []blueprint.Secret {
	list := s.namedSecrets()
	for i := range list {
		list[i].RecoveryDays = s.calls[list[i].ID].Number("recovery_window_days")
	}
	for _, r := range s.Of(cache.Kind.Name) {
		for _, p := range s.Workloads {
			if cache.Keeps(p, r.Name) {
				list = append(list, blueprint.Secret{
					Name: cache.SecretPrefix(s.Env, r.Name) + "/" + p.ID.Name, Fill: blueprint.Generated, NeededBy: []string{p.ID.Name},
					RecoveryDays: s.calls[r.ID().String()].Number("recovery_window_days"),
				})
			}
		}
	}
	return list
}

// namedSecrets are those with a call of their own.
func (s *survey) namedSecrets() []blueprint.Secret {
	var list []blueprint.Secret
	for _, r := range s.Of(secret.Kind.Name) {
		secret := blueprint.Secret{ID: r.ID().String(), Name: secret.Name(s.Env, r.Name), Fill: blueprint.Value, NeededBy: s.fills[r.ID().String()]}
		if slices.ContainsFunc(s.App.Services, func(service app.Service) bool {
			return service.Container != nil && service.Container.ImageCredentials == r.Name
		}) {
			secret.Fill = blueprint.Login
		}
		list = append(list, secret)
	}
	if name := metric.SecretName(s.Env); s.components["metrics secret"] {
		list = append(list, blueprint.Secret{ID: "metrics secret", Name: name, Fill: blueprint.Value, NeededBy: s.fills["metrics secret"]})
	}
	if s.components["service auth key"] {
		list = append(list, blueprint.Secret{ID: "service auth key", Name: secret.Name(s.Env, "service-auth", "key"), Fill: blueprint.Generated, NeededBy: s.fills["service auth key"]})
	}
	for _, p := range s.Workloads {
		if len(p.Uses(database.Kind.Name)) > 0 {
			list = append(list, blueprint.Secret{ID: "database role " + database.RoleName(p.ID.Name), Name: secret.Name(s.Env, "database", p.ID.Name), Fill: blueprint.Generated, NeededBy: []string{p.ID.Name}})
		}
	}
	return list
}
