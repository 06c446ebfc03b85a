// Package cache is two kinds: cache clusters, which become ElastiCache, and the keyspaces in them, which become nothing of their own
// but say which keys a workload may use.
package cache

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/stack"
)

// Spec is a Redis cluster that services keep keyspaces in.
type Spec struct {
	// EvictionPolicy is one of evictionPolicies; allkeys-lru unless written.
	EvictionPolicy string
	// DefaultExpiry is not read: it is the runtime's.
	DefaultExpiry source.Value
}

// evictionPolicies are the policies Encore knows, by the names of Redis; the keys are the constants of Encore's Go
// package.
var evictionPolicies = map[string]source.Value{
	"AllKeysLRU":     {Kind: source.String, Text: "allkeys-lru"},
	"AllKeysLFU":     {Kind: source.String, Text: "allkeys-lfu"},
	"AllKeysRandom":  {Kind: source.String, Text: "allkeys-random"},
	"VolatileLRU":    {Kind: source.String, Text: "volatile-lru"},
	"VolatileLFU":    {Kind: source.String, Text: "volatile-lfu"},
	"VolatileTTL":    {Kind: source.String, Text: "volatile-ttl"},
	"VolatileRandom": {Kind: source.String, Text: "volatile-random"},
	"NoEviction":     {Kind: source.String, Text: "noeviction"},
}

// cacheNoun is what messages and comments call one.
const cacheNoun = "cache cluster"

// Kind is the kind of cache clusters.
var Kind = kind.Kind{
	Name: "cache",
	Noun: cacheNoun,
	Go: []source.GoSpelling{{
		Package:      "encore.dev/storage/cache",
		TypeName:     "cache.Cluster",
		Constructors: []string{"NewCluster"},
		ParentArg:    -1,
		NameArg:      0,
		ConfigArg:    1,
		ConfigType:   "ClusterConfig",
		Grammar:      source.Kebab,
		Constants:    evictionPolicies,
		Opaque:       []string{"DefaultExpiry"},
		// Only keyspaces use a cluster.
		Methods: map[string][]string{},
	}},
	TypeScript:  []source.TypeScriptSpelling{cacheTypeScript},
	Manifest:    []source.ManifestSpelling{cacheManifest},
	Metadata:    cacheMetadata,
	Read:        readCache,
	Verbs:       map[string]string{"": "keeps keys"},
	StoragePort: cachePort,
	Logs:        cacheLogs,
	Platform:    lowerCaches,
	Holds: kind.Holding{
		// aws_elasticache_replication_group.replication_group_id; engine_version when it is lowered
		Fixed:    map[string][]string{"cache": {"name", "engine_version"}},
		Lost:     "everything in it is gone",
		KeepsKey: true,
		Ways: func(string, map[string]string) []string {
			return []string{"declare it again, by the same name", "what is in a cache can be had again? Then go on"}
		},
	},
	Bind:    bindCaches,
	Config:  configCaches,
	Env:     cacheVariables,
	Settled: cacheSettled,
	Outputs: kind.Outputs{"cache": {
		"port":             {Text: strconv.Itoa(cachePort)},
		"user_names":       {Text: strings.Repeat("x", 40), Each: "users"}, // the longest id of a user
		"user_secret_arns": {Text: secret.ARNShape("<secret_prefix|name>/<key>"), Each: "users"},
	}},
	Check: checkCaches,
	Inspection: kind.Inspection{
		List: "caches", Node: `[("cache <name>")]`,
		Entry:     inspect,
		OfService: kind.Used("caches"),
	},
}

func readCache(decl source.Decl, _ kind.Input) (any, hcl.Diagnostics) {
	cache := &Spec{EvictionPolicy: "allkeys-lru"}
	diags := source.Decode(decl.Config, cache)
	if diags.HasErrors() {
		return cache, diags
	}
	for _, policy := range evictionPolicies {
		if policy.Text == cache.EvictionPolicy {
			return cache, diags
		}
	}
	var known []string
	for _, constant := range slices.Sorted(maps.Keys(evictionPolicies)) {
		known = append(known, evictionPolicies[constant].Text)
	}
	return cache, append(diags, diagnostic.Error(kind.SettingAt(decl, decl.Config.Field("EvictionPolicy")), "Unknown eviction policy",
		"use one of "+strings.Join(known, ", "),
		"Cache cluster %q asks for the eviction policy %q.", decl.Name, cache.EvictionPolicy))
}

// Keyspace is a typed part of a cache, private to one service.
type Keyspace struct {
	// KeyPattern is the form of the keys, with :parameters as in a path.
	KeyPattern string
	// DefaultExpiry is not read: it is the runtime's.
	DefaultExpiry source.Value
}

// Keyspaces is the kind of cache keyspaces.
var Keyspaces = kind.Kind{
	Name: "keyspace",
	Noun: "keyspace",
	Go: []source.GoSpelling{{
		Package:  "encore.dev/storage/cache",
		TypeName: "cache.Keyspace",
		Constructors: []string{
			"NewStringKeyspace", "NewIntKeyspace", "NewFloatKeyspace",
			"NewListKeyspace", "NewSetKeyspace", "NewStructKeyspace",
		},
		ParentArg:  0,
		ParentKind: "cache",
		NameArg:    -1,
		ConfigArg:  1,
		ConfigType: "KeyspaceConfig",
		Opaque:     []string{"DefaultExpiry"},
		InService:  true,
	}},
	TypeScript: []source.TypeScriptSpelling{keyspaceTypeScript},
	Metadata:   keyspaceMetadata,
	Read:       readKeyspace,
	PartOf:     "cache",
	PartName:   "KeyPattern",
	Bound:      true,
	Private:    true,
}

func readKeyspace(decl source.Decl, in kind.Input) (any, hcl.Diagnostics) {
	keyspace := &Keyspace{}
	diags := source.Decode(decl.Config, keyspace)
	if diags.HasErrors() {
		return keyspace, diags
	}
	at := kind.SettingAt(decl, decl.Config.Field("KeyPattern"))
	pattern := keyspace.KeyPattern
	switch {
	case pattern == "":
		diags = append(diags, diagnostic.Error(at, "Missing key pattern", in.Remedy(`set KeyPattern, as in "user/:key"`, `write one, as in "user/:key"`),
			"A keyspace of cache cluster %q does not say what its keys look like.", decl.Parent))
	case strings.HasPrefix(pattern, "__encore"):
		diags = append(diags, diagnostic.Error(at, "Reserved key prefix", "begin the pattern with a word of your own",
			"The key pattern %q begins with __encore, which Encore keeps for itself.", pattern))
	case strings.HasPrefix(pattern, "/") || strings.HasSuffix(pattern, "/") || strings.Contains(pattern, "//"):
		diags = append(diags, diagnostic.Error(at, "Invalid key pattern", `separate non-empty segments by single slashes, as in "user/:key"`,
			"The key pattern %q has an empty segment.", pattern))
	}
	return keyspace, diags
}

// cacheTypeScript is how TypeScript code declares and uses one.
var cacheTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/storage/cache", Constructors: []string{"CacheCluster"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1,
	Named:  "named",
	Opaque: []string{"defaultExpiry"},
	// Only keyspaces use a cluster.
	Methods: map[string][]string{},
}

// keyspaceTypeScript is how TypeScript code declares and uses one.
var keyspaceTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/storage/cache",
	Constructors: []string{
		"StringKeyspace", "IntKeyspace", "FloatKeyspace", "StringListKeyspace", "NumberListKeyspace",
		"StringSetKeyspace", "NumberSetKeyspace", "StructKeyspace",
	},
	ParentArg: 0, ParentKind: "cache", NameArg: -1, ConfigArg: 1, ConfigRequired: true,
	Opaque:        []string{"defaultExpiry"},
	TypeArgument:  "the type of its keys",
	InService:     true,
	ByDeclaration: true,
}

// cacheManifest is how a manifest declares and uses one.
var cacheManifest = source.ManifestSpelling{
	Block: "cache", Grammar: source.Kebab, Meaning: "A Redis cluster.",
	Settings: []settings.Setting{
		{Name: "eviction_policy", Type: settings.String, Default: "`\"allkeys-lru\"`",
			Meaning: "What goes when the memory is full: a policy by its name in Redis."},
	},
	ListMeaning: "A cache it keeps keys in.",
	Parts:       "key_patterns", PartKind: "keyspace", PartField: "key_pattern",
	PartsMeaning: "What its keys look like, as in `session/:id`; it can use no other key, and no other service these. `:key` opens all of them.",
}

// cacheMetadata is how Encore's metadata lists one.
var cacheMetadata = source.MetadataSpelling{
	List: []string{"cache_clusters"}, Name: "name",
	Settings: []source.MetadataSetting{{Field: "eviction_policy", Setting: "EvictionPolicy"}},
}

// keyspaceMetadata is how Encore's metadata lists one.
var keyspaceMetadata = source.MetadataSpelling{
	List: []string{"cache_clusters", "keyspaces"}, Nameless: true, Parent: "name", ParentKind: "cache", Service: "service",
	// In TypeScript a service that uses the cluster without a keyspace of its own is listed without a pattern.
	Whole:    "path_pattern",
	Settings: []source.MetadataSetting{{Field: "path_pattern", Setting: "KeyPattern", Type: source.MetadataPattern}},
}

// cacheSettled are the arguments of its modules that no override can set.
var cacheSettled = map[string]map[string]stack.Settled{
	"cache": {
		"password_rotation": {Why: "a new password reaches each task when it starts, and the cache knows one alone: logins fail until all tasks are new", Instead: "give the user both passwords for a while, as infra/README.md shows"},
		"cluster_mode":      {Why: "Encore's clients do not speak it", Instead: "remove it"},
		"secret_prefix":     {Why: "other code knows the secrets by their names", Instead: "remove it"},
	},
}
