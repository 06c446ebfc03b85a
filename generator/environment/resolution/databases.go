package resolution

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/settings"
)

const (
	mainServer      = "main"
	maxServerName   = 24
	postgresVersion = "18"
	// auroraVersion trails RDS: Aurora gets a major version later.
	auroraVersion = "17"
)

// resolveDatabaseServers puts every database of the application on exactly one server. A server that lists no
// databases gets those nobody lists; without such a server there is one called main.
func resolveDatabaseServers(e *environment.Environment, b *settings.Block, profile int, application *app.App) hcl.Diagnostics {
	databases := databaseNames(application)
	blocks := b.All("database_server")
	unclaimed, diags := claimDatabases(blocks, databases)

	if len(unclaimed) > 0 && !slices.ContainsFunc(blocks, takesRest) {
		named := slices.IndexFunc(blocks, func(inner *settings.Block) bool { return inner.Label == mainServer })
		if named >= 0 {
			diags = append(diags, diagnostic.Error(blocks[named].Where("databases"), "Databases without server",
				fmt.Sprintf("add them to one, or remove databases from the block of %q, which then gets all that no other server names", mainServer),
				"No server has the databases %s.", diagnostic.And(diagnostic.Quoted(unclaimed))))
		} else {
			blocks = append(blocks, &settings.Block{Type: "database_server", Label: mainServer})
		}
	}
	for _, inner := range blocks {
		server := environment.DatabaseServer{Name: inner.Label, At: inner.At, DeletionProtection: e.DeletionProtection}
		table.SetDefaults(&server, table.DatabaseServerSettings, profile)
		table.Override(&server, table.DatabaseServerSettings, inner)
		if takesRest(inner) {
			server.Databases = unclaimed
		}
		slices.Sort(server.Databases)
		if existing := inner.First("existing"); existing != nil {
			server.Existing = &environment.ExistingServer{}
			table.SetDefaults(server.Existing, table.ExistingServerSettings, profile)
			table.Override(server.Existing, table.ExistingServerSettings, existing)
		}
		diags = append(diags, checkServer(&server, inner)...)
		if len(server.Databases) == 0 {
			diags = append(diags, diagnostic.Warning(inner.At, "Server without databases", "remove the block, or list databases in it",
				"No database of the application is on the server %q, so that it is not made.", server.Name))
			continue
		}
		e.DatabaseServers = append(e.DatabaseServers, server)
	}
	slices.SortFunc(e.DatabaseServers, func(a, b environment.DatabaseServer) int { return strings.Compare(a.Name, b.Name) })
	return diags
}

func databaseNames(application *app.App) (list []string) {
	for _, r := range application.Resources {
		if r.Kind == "database" {
			list = append(list, r.Name)
		}
	}
	slices.Sort(list)
	return list
}

// takesRest reports whether a server gets the databases nobody lists.
func takesRest(b *settings.Block) bool {
	_, listed := b.Attribute("databases")
	return !listed
}

// claimDatabases checks the lists of all servers and returns the databases that stand in none, sorted.
func claimDatabases(blocks []*settings.Block, databases []string) ([]string, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	claimed := map[string]*settings.Block{}
	var rest *settings.Block
	for _, inner := range blocks {
		if takesRest(inner) {
			if rest != nil {
				diags = append(diags, diagnostic.Error(inner.At, "Two servers for the rest", "add databases = [...] to one of them",
					"The servers %q and %q both list no databases, so that it is open where the others go.", rest.Label, inner.Label))
			}
			rest = inner
			continue
		}
		for _, part := range inner.Parts("databases") {
			name := part.Text
			switch other := claimed[name]; {
			case !slices.Contains(databases, name):
				diags = append(diags, diagnostic.UnknownName(part.At, "database", name, databases, "remove the line"))
			case other != nil:
				diags = append(diags, diagnostic.Error(part.At, "Database on two servers", "remove it from one of them", "The database %q is already on the server %q, at %s.", name, other.Label, diagnostic.Place(other.At)))
			default:
				claimed[name] = inner
			}
		}
	}
	var unclaimed []string
	for _, name := range databases {
		if claimed[name] == nil {
			unclaimed = append(unclaimed, name)
		}
	}
	return unclaimed, diags
}

// checkServer fills in the version and checks values of one server against each other.
func checkServer(server *environment.DatabaseServer, b *settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if bad := rule.IsKebab("a database server", server.Name, maxServerName); bad != rule.Fine {
		diags = append(diags, diagnostic.Error(b.LabelAt, "Invalid server name", bad.Hint, "%s", bad.Detail))
	}
	if server.Existing != nil {
		return append(diags, checkExistingServer(server, b)...)
	}
	if server.EngineVersion == "" {
		server.EngineVersion = postgresVersion
		if server.Engine == "aurora" {
			server.EngineVersion = auroraVersion
		}
	}
	if major, _, _ := strings.Cut(server.EngineVersion, "."); server.Engine == "aurora" && major > auroraVersion {
		diags = append(diags, diagnostic.Error(b.Where("engine_version"), "Version not available", fmt.Sprintf(`use %q, or engine = "postgres"`, auroraVersion),
			"Aurora has PostgreSQL up to version %s.", auroraVersion))
	}
	for _, r := range table.DatabaseServerSettings {
		a, set := b.Attribute(r.Name)
		if engine, limited := table.OnlyFor[r.Name]; set && limited && engine != server.Engine {
			diags = append(diags, diagnostic.Error(a.At, "Setting of another engine", "remove it", "%q is a setting of engine %q, and the server %q has engine %q.", r.Name, engine, server.Name, server.Engine))
		}
	}
	// ModifyDBInstance refuses a limit that is less than a tenth above the storage.
	if least := int(math.Ceil(float64(server.StorageGB) * 1.1)); server.Engine == "postgres" && server.MaxStorageGB < least {
		diags = append(diags, diagnostic.Error(b.Where("max_storage_gb", "storage_gb"), "Storage cannot grow", fmt.Sprintf("set max_storage_gb = %d, or more", least),
			"A server of %d GiB needs a limit of %d GiB at least.", server.StorageGB, least))
	}
	if server.Engine == "aurora" && server.MinCapacity > server.MaxCapacity {
		diags = append(diags, diagnostic.Error(b.Where("min_capacity", "max_capacity"), "Capacity turned around", "set min_capacity not above max_capacity", "At least %v and at most %v capacity units cannot both hold.", server.MinCapacity, server.MaxCapacity))
	}
	return diags
}
