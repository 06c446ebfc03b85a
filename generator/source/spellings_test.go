package source

// testSpellings is a table of its own, so that the reader's tests depend on no kind.
var testSpellings = []GoSpelling{
	{
		Kind: "database", Package: "encore.dev/storage/sqldb", TypeName: "sqldb.Database",
		Constructors: []string{"NewDatabase"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "DatabaseConfig",
		Grammar: Snake, Named: "Named", Outside: OutsideNone,
		ImplicitDir: "migrations", ImplicitFuncs: []string{"Exec", "ExecTx", "Query", "QueryTx", "QueryRow", "QueryRowTx", "Begin"},
		MigrationsField: "Migrations",
	},
	{
		Kind: "topic", Package: "encore.dev/pubsub", TypeName: "pubsub.Topic",
		Constructors: []string{"NewTopic"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "TopicConfig",
		Grammar: Kebab, Strict: true, Outside: OutsideMethods,
		Constants:   map[string]Value{"AtLeastOnce": {Kind: String, Text: "at-least-once"}, "ExactlyOnce": {Kind: String, Text: "exactly-once"}},
		Methods:     map[string][]string{"Publish": {"publish"}, "Meta": nil},
		Ref:         "TopicRef",
		Permissions: map[string][]string{"Publisher": {"publish"}},
		MessageTag:  "pubsub-attr", MessageField: "OrderingAttribute", MessageReserved: "encore",
	},
	{
		Kind: "subscription", Package: "encore.dev/pubsub", TypeName: "pubsub.Subscription",
		Constructors: []string{"NewSubscription"}, ParentArg: 0, ParentKind: "topic", NameArg: 1, ConfigArg: 2, ConfigType: "SubscriptionConfig",
		Grammar: Kebab, Handler: "Handler", MethodHandler: "MethodHandler", Methods: map[string][]string{},
		Constants: map[string]Value{"InfiniteRetries": {Kind: Int, Int: -1}, "NoRetries": {Kind: Int, Int: -2}},
	},
	{
		Kind: "bucket", Package: "encore.dev/storage/objects", TypeName: "objects.Bucket",
		Constructors: []string{"NewBucket"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "BucketConfig",
		Grammar: Kebab, Strict: true, Outside: OutsideNone,
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
		Grammar: Kebab, Opaque: []string{"DefaultExpiry"}, Methods: map[string][]string{},
		Constants: map[string]Value{"AllKeysLFU": {Kind: String, Text: "allkeys-lfu"}},
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
		Grammar: Kebab, References: []string{"Endpoint"}, InService: true, Methods: map[string][]string{},
		Constants: map[string]Value{"Minute": {Kind: Int, Int: 60}, "Hour": {Kind: Int, Int: 3600}},
	},
	{
		Kind: "metric", Package: "encore.dev/metrics", TypeName: "metrics.Counter",
		Constructors: []string{"NewCounter", "NewCounterGroup"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "CounterConfig",
		Grammar: Snake, InService: true, Methods: map[string][]string{},
	},
	{Kind: "secret", StructVar: "secrets", ParentArg: -1, NameArg: -1, ConfigArg: -1},
}
