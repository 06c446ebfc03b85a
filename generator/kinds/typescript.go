package kinds

import "github.com/groundplan/groundplan/generator/source"

// The table of TypeScript spellings, one entry per class or function of the npm package encore.dev. Each follows what
// Encore's TypeScript parser recognises, demands and refuses.

var databaseTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/storage/sqldb", Constructors: []string{"SQLDatabase"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1,
	Named:           "named",
	MigrationsField: "migrations",
	Held:            true,
	// Methods stays nil: a database has no operations, and handing it to a library is a use like any other. Code outside
	// every service may use it: whoever imports that code reaches it.
}

var topicTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/pubsub", Constructors: []string{"Topic"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigRequired: true,
	TypeArgument: "the type of its messages",
	Methods:      map[string][]string{"publish": {Publish}},
	Ref:          "ref",
	Permissions:  map[string][]string{"Publisher": {Publish}},
	Strict:       true, Constructed: true,
	Outside: source.OutsideNone,
}

var subscriptionTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/pubsub", Constructors: []string{"Subscription"},
	ParentArg: 0, ParentKind: "topic", NameArg: 1, ConfigArg: 2, ConfigRequired: true,
	Opaque:    []string{"handler"},
	Durations: []string{"ackDeadline", "messageRetention", "minBackoff", "maxBackoff"},
	// A subscription is not used after it was declared.
	Methods: map[string][]string{},
	Root:    true,
}

var bucketTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/storage/objects", Constructors: []string{"Bucket"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1,
	Grammar: source.Kebab,
	Named:   "named",
	Methods: map[string][]string{
		"upload":            {WriteObject},
		"download":          {ReadObjectContents},
		"list":              {ListObjects},
		"remove":            {DeleteObject},
		"attrs":             {GetObjectMetadata},
		"exists":            {GetObjectMetadata},
		"publicUrl":         {GetPublicURL},
		"signedUploadUrl":   {SignedUploadURL},
		"signedDownloadUrl": {SignedDownloadURL},
	},
	Ref: "ref",
	Permissions: map[string][]string{
		"Uploader":         {WriteObject},
		"SignedUploader":   {SignedUploadURL},
		"Downloader":       {ReadObjectContents},
		"SignedDownloader": {SignedDownloadURL},
		"Lister":           {ListObjects},
		"Remover":          {DeleteObject},
		"Attrser":          {GetObjectMetadata},
		"PublicUrler":      {GetPublicURL},
		"ReadWriter": {
			WriteObject, ReadObjectContents, ListObjects, DeleteObject, GetObjectMetadata,
			SignedUploadURL, SignedDownloadURL, UpdateObjectMetadata,
		},
	},
	Strict:  true,
	Outside: source.OutsideNone,
}

var cacheTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/storage/cache", Constructors: []string{"CacheCluster"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1,
	Named:  "named",
	Opaque: []string{"defaultExpiry"},
	// Only keyspaces use a cluster.
	Methods: map[string][]string{},
}

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

var secretTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/config", Constructors: []string{"secret"}, Function: true,
	ParentArg: -1, NameArg: 0, ConfigArg: -1,
	InService: true, Global: true,
	ByDeclaration: true,
}

var cronTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/cron", Constructors: []string{"CronJob"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigRequired: true,
	References: []string{"endpoint"},
	Durations:  []string{"every"},
	Methods:    map[string][]string{},
}

var metricTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/metrics", Constructors: []string{"Counter", "CounterGroup", "Gauge", "GaugeGroup"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1,
	Grammar: source.Snake,
	Methods: map[string][]string{"increment": {Record}, "set": {Record}, "with": {Record}, "ref": {Record}},
	Outside: source.OutsideNone, Registered: true,
}
