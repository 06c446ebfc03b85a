package golang

import (
	"github.com/groundplan/groundplan/generator/source"
)

// testSpellings is a table of its own, so that the reader's tests depend on no kind.
var testSpellings = []source.GoSpelling{
	{
		Kind: "database", Package: "encore.dev/storage/sqldb", TypeName: "sqldb.Database",
		Constructors: []string{"NewDatabase"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "DatabaseConfig",
		Grammar: source.Snake, Named: "Named", Outside: source.OutsideNone,
		ImplicitDir: "migrations", ImplicitFuncs: []string{"Exec", "ExecTx", "Query", "QueryTx", "QueryRow", "QueryRowTx", "Begin"},
		MigrationsField: "Migrations",
	},
	{
		Kind: "topic", Package: "encore.dev/pubsub", TypeName: "pubsub.Topic",
		Constructors: []string{"NewTopic"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "TopicConfig",
		Grammar: source.Kebab, Strict: true, Outside: source.OutsideMethods,
		Constants:   map[string]source.Value{"AtLeastOnce": {Kind: source.String, Text: "at-least-once"}, "ExactlyOnce": {Kind: source.String, Text: "exactly-once"}},
		Methods:     map[string][]string{"Publish": {"publish"}, "Meta": nil},
		Ref:         "TopicRef",
		Permissions: map[string][]string{"Publisher": {"publish"}},
		MessageTag:  "pubsub-attr", MessageField: "OrderingAttribute", MessageReserved: "encore",
	},
	{
		Kind: "subscription", Package: "encore.dev/pubsub", TypeName: "pubsub.Subscription",
		Constructors: []string{"NewSubscription"}, ParentArg: 0, ParentKind: "topic", NameArg: 1, ConfigArg: 2, ConfigType: "SubscriptionConfig",
		Grammar: source.Kebab, Handler: "Handler", MethodHandler: "MethodHandler", Methods: map[string][]string{},
		Constants: map[string]source.Value{"InfiniteRetries": {Kind: source.Int, Int: -1}, "NoRetries": {Kind: source.Int, Int: -2}},
	},
	{
		Kind: "bucket", Package: "encore.dev/storage/objects", TypeName: "objects.Bucket",
		Constructors: []string{"NewBucket"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "BucketConfig",
		Grammar: source.Kebab, Strict: true, Outside: source.OutsideNone,
		Methods: map[string][]string{"Upload": {"write"}, "Download": {"read"}, "List": {"list"}, "Remove": {"delete"}},
		Ref:     "BucketRef",
		Permissions: map[string][]string{
			"Uploader": {"write"}, "Downloader": {"read"}, "Lister": {"list"}, "Remover": {"delete"},
			"ReadWriter": {"write", "read", "list", "delete"},
		},
	},
	{
		Kind: "cache", Noun: "cache cluster", Package: "encore.dev/storage/cache", TypeName: "cache.Cluster",
		Constructors: []string{"NewCluster"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "ClusterConfig",
		Grammar: source.Kebab, Opaque: []string{"DefaultExpiry"}, Methods: map[string][]string{},
		Constants: map[string]source.Value{"AllKeysLFU": {Kind: source.String, Text: "allkeys-lfu"}},
	},
	{
		Kind: "keyspace", Package: "encore.dev/storage/cache", TypeName: "cache.Keyspace",
		Constructors: []string{"NewStringKeyspace", "NewIntKeyspace", "NewStructKeyspace"},
		ParentArg:    0, ParentKind: "cache", NameArg: -1, ConfigArg: 1, ConfigType: "KeyspaceConfig",
		Opaque: []string{"DefaultExpiry"}, InService: true,
	},
	{
		Kind: "cron", Noun: "cron job", Package: "encore.dev/cron", TypeName: "cron.Job",
		Constructors: []string{"NewJob"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "JobConfig",
		Grammar: source.Kebab, References: []string{"Endpoint"}, InService: true, Methods: map[string][]string{},
		Constants: map[string]source.Value{"Minute": {Kind: source.Int, Int: 60}, "Hour": {Kind: source.Int, Int: 3600}},
	},
	{
		Kind: "metric", Package: "encore.dev/metrics", TypeName: "metrics.Counter",
		Constructors: []string{"NewCounter", "NewCounterGroup"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "CounterConfig",
		Grammar: source.Snake, InService: true, Methods: map[string][]string{},
	},
	{Kind: "secret", StructVar: "secrets", ParentArg: -1, NameArg: -1, ConfigArg: -1},
}
