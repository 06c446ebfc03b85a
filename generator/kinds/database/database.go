// Package database is the kind of PostgreSQL databases: how they and their migrations are spelled, the servers that hold them, and
// the roles and pools of connections that workloads have there.
package database

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/stack"
)

// Spec is a PostgreSQL database with its migrations.
type Spec struct {
	// Migrations is the folder of SQL migrations, slash separated and relative to the application root; "" when the
	// database has none.
	Migrations string
	// MigrationCount counts the files that migrate up.
	MigrationCount int
	// Source is the tool that writes the migrations, "" for plain SQL files: see migrationTools.
	Source string
}

// postgresPort is that of the servers that the modules make.
const postgresPort = 5432

// Kind is the kind of PostgreSQL databases.
var Kind = kind.Kind{
	Name: "database",
	Noun: "database",
	Go: []source.GoSpelling{{
		Package:      "encore.dev/storage/sqldb",
		TypeName:     "sqldb.Database",
		Constructors: []string{"NewDatabase"},
		ParentArg:    -1,
		NameArg:      0,
		ConfigArg:    1,
		ConfigType:   "DatabaseConfig",
		Grammar:      source.Snake,
		Named:        "Named",
		Outside:      source.OutsideNone,
		// Methods stays nil: a database has no operations, and handing it to a library is a use like any other.
		ImplicitDir:     "migrations",
		ImplicitFuncs:   []string{"Exec", "ExecTx", "Query", "QueryTx", "QueryRow", "QueryRowTx", "Begin"},
		MigrationsField: "Migrations",
	}},
	TypeScript:  []source.TypeScriptSpelling{typeScript},
	Manifest:    []source.ManifestSpelling{manifest},
	Metadata:    metadata,
	Read:        read,
	Bound:       true,
	ByUse:       true,
	Verbs:       map[string]string{"": "uses"},
	StoragePort: postgresPort,
	Logs:        databaseLogs,
	Platform:    lower,
	Build:       build,
	// What holds the data of databases is their server: a database that leaves the code stays on it.
	Holds: kind.Holding{
		Fixed: map[string][]string{
			"database-cluster": {"name", "engine_version"}, // aws_rds_cluster.cluster_identifier; a lower version is refused by RDS
			"database-server":  {"name", "engine_version"}, // aws_db_subnet_group.name, which RDS refuses to leave; a lower version as well
		},
		Facts:   map[string]map[string]string{"database-cluster": {EngineFact: "aurora"}, "database-server": {EngineFact: "postgres"}},
		FactsOf: serversOf,
	},
	Shares:  true,
	Bind:    bind,
	Config:  config,
	Env:     variables,
	Settled: settled,
	Outputs: kind.Outputs{"database-cluster": serverOutputs, "database-server": serverOutputs},
	Check:   check,
	Inspection: kind.Inspection{
		List: "databases", Node: `[("database <name>")]`,
		Entry: func(_ *app.App, r app.Resource) any {
			spec := r.Spec.(*Spec)
			return inspected{r.Name, spec.Migrations, spec.MigrationCount, r.Service, spec.Source, kind.FileLine(r.At)}
		},
		OfService: func(_ map[app.ID]*app.Resource, edges []app.Edge) []kind.List {
			all := kind.UsedResources(edges)
			used := slices.DeleteFunc(slices.Clone(edges), func(e app.Edge) bool { return e.Origin == app.Declared })
			return []kind.List{{Name: "databases", Contents: all}, {Name: "databases_by_usage", Contents: kind.UsedResources(used)}}
		},
	},
}

// inspected is a database in what inspect prints as JSON.
type inspected struct {
	Name           string `json:"name"`
	MigrationsDir  string `json:"migrations_dir"`
	MigrationCount int    `json:"n_migrations"`
	DeclaredIn     string `json:"declared_in,omitempty"` // service
	// Source is the tool that writes the migrations, absent for plain SQL files.
	Source string `json:"migrations_source,omitempty"`
	At     string `json:"at"`
}

// What the lock remembers besides arguments of modules.
const (
	// EngineFact tells the two modules of database servers apart, which share an address.
	EngineFact = "engine"
	// ServerFact is the server that a database is on.
	ServerFact = "server"
)

// serversOf says of each database which server it is on.
func serversOf(d *deploy.Deployment) map[app.ID]map[string]string {
	facts := map[app.ID]map[string]string{}
	for _, server := range d.Env.DatabaseServers {
		for _, name := range server.Databases {
			if r := d.Resource("database", "", name); r != nil {
				facts[r.ID()] = map[string]string{ServerFact: server.Name}
			}
		}
	}
	return facts
}

// serverOutputs are of both kinds of server.
var serverOutputs = map[string]kind.Output{"ca_certificate": {Text: "<certificate>"}, "port": {Text: strconv.Itoa(postgresPort)}}

// databaseSettings mirrors sqldb.DatabaseConfig.
type databaseSettings struct {
	Migrations string
}

func read(decl source.Decl, in kind.Input) (any, hcl.Diagnostics) {
	if in.Application.Origin == source.FromMetadata { // Encore has read the folder, which need not be here
		return &Spec{Migrations: decl.Migrations, MigrationCount: decl.MigrationCount}, nil
	}
	if decl.Implicit {
		return migrationsIn(decl, in, decl.Migrations, decl.At)
	}
	if in.SpelledInTypeScript() {
		return readTypeScriptDatabase(decl, in)
	}
	var settings databaseSettings
	diags := source.Decode(decl.Config, &settings)
	written := decl.Config.Field("Migrations")
	at := kind.SettingAt(decl, written)
	if diags.HasErrors() {
		return &Spec{}, diags
	}
	dir := settings.Migrations
	switch {
	case dir == "" && in.Application.Runtime == app.EncoreGo:
		diags = append(diags, diagnostic.Error(at, "Missing migrations folder",
			in.Remedy(`create a folder for SQL migrations and name it: Migrations: "./migrations"`, `name the folder of its SQL migrations: migrations = "orders/migrations"`),
			"Database %q says nowhere where its migrations are; Encore requires it.", decl.Name))
	case dir == "":
		return &Spec{}, diags
	case path.IsAbs(dir) || strings.Contains(dir, `\`) || (len(dir) > 1 && dir[1] == ':'):
		diags = append(diags, diagnostic.Error(at, "Absolute migrations folder",
			in.Remedy(`write it relative to the package, as in "./migrations"`, `write it relative to the manifest, as in "orders/migrations"`),
			"The migrations of database %q are at %q, which exists on one machine only.", decl.Name, dir))
	case !fs.ValidPath(path.Clean(dir)):
		diags = append(diags, diagnostic.Error(at, "Migrations folder outside the package",
			in.Remedy("move the migrations into the package that declares the database", "name a folder beside or below the manifest"),
			"The migrations of database %q are at %q; the folder must lie below the %s that names it.", decl.Name, dir, in.Remedy("package", "folder of the manifest")))
	default:
		return migrationsIn(decl, in, path.Join(decl.Package, dir), at)
	}
	return &Spec{}, diags
}

// migrationsIn reads the names of a folder of migrations. Files that are not SQL may stand beside them.
func migrationsIn(decl source.Decl, in kind.Input, dir string, at hcl.Range) (*Spec, hcl.Diagnostics) {
	database := &Spec{Migrations: dir}
	entries, diags := migrationEntries(decl, in, dir, at)
	if diags.HasErrors() {
		return database, diags
	}
	byNumber := map[uint64]string{}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.EqualFold(path.Ext(name), ".sql") || in.Application.Runtime != app.EncoreGo {
			continue
		}
		match := source.MigrationName().FindStringSubmatch(name)
		if match == nil {
			diags = append(diags, diagnostic.Error(at, "Invalid migration file name",
				"rename it to a number, a description and a direction, as in 2_add_email.up.sql",
				"The file %s of database %q is SQL, but its name does not say which migration it is.", path.Join(dir, name), decl.Name))
			continue
		}
		number, err := strconv.ParseUint(match[1], 10, 64)
		if err != nil || number == 0 {
			diags = append(diags, diagnostic.Error(at, "Invalid migration number", "number migrations from 1",
				"The file %s of database %q has the number %s.", path.Join(dir, name), decl.Name, match[1]))
			continue
		}
		if match[3] != "up" {
			continue
		}
		if first := byNumber[number]; first != "" {
			diags = append(diags, diagnostic.Error(at, "Duplicate migration number", "give one of them the next free number",
				"The files %s and %s of database %q both have the number %d.", path.Join(dir, first), path.Join(dir, name), decl.Name, number))
			continue
		}
		byNumber[number] = name
	}
	database.MigrationCount = len(byNumber)
	if in.Application.Runtime != app.EncoreGo {
		database.MigrationCount = decl.MigrationCount
	}
	return database, diags
}

func isDir(files fs.FS, dir string) bool {
	info, err := fs.Stat(files, dir)
	return err == nil && info.IsDir()
}

// typeScript is how TypeScript code declares and uses one.
var typeScript = source.TypeScriptSpelling{
	Module: "encore.dev/storage/sqldb", Constructors: []string{"SQLDatabase"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1,
	Named:           "named",
	MigrationsField: "migrations",
	Held:            true,
	// Methods stays nil: a database has no operations, and handing it to a library is a use like any other. Code outside
	// every service may use it: whoever imports that code reaches it.
}

// manifest is how a manifest declares and uses one.
var manifest = source.ManifestSpelling{
	Block: "database", Grammar: source.Snake, Meaning: "A PostgreSQL database.",
	Settings: []settings.Setting{
		{Name: "migrations", Type: settings.String, Default: "none; required for `encore-go`", Meaning: "Folder of SQL migrations, relative to the manifest."},
	},
	Migrations:  "migrations",
	List:        "databases",
	ListMeaning: "Databases it reads and writes.",
}

// metadata is how Encore's metadata lists one.
var metadata = source.MetadataSpelling{
	List: []string{"sql_databases"}, Name: "name",
	Migrations: "migration_rel_path", MigrationFiles: "migrations",
	UsedIn: "databases", ByDeclaration: true,
}

// settled are the arguments of its modules that no override can set.
var settled = map[string]map[string]stack.Settled{
	"database-server": {
		"instance_class":             {Why: "connection pools follow from the size of the server", Instead: "set instance_class in the database_server block"},
		"parameters.max_connections": {Why: "connection pools follow from what the size of the server allows", Instead: "remove the entry; a larger instance_class in the database_server block has more connections"},
	},
	"database-cluster": {
		"max_capacity":               {Why: "connection pools follow from the size of the server", Instead: "set max_capacity in the database_server block"},
		"parameters.max_connections": {Why: "connection pools follow from what the size of the server allows", Instead: "remove the entry; a larger max_capacity in the database_server block has more connections"},
	},
}
