package kinds

import (
	"github.com/groundplan/groundplan/generator/source"
)

// MetadataSpellings is the table the reader of Encore's metadata is given.
func MetadataSpellings() []source.MetadataSpelling {
	var spellings []source.MetadataSpelling
	for _, k := range All {
		spelling := k.Metadata
		spelling.Kind, spelling.Noun = k.Name, k.Noun
		spellings = append(spellings, spelling)
	}
	return spellings
}

// How Encore's metadata lists each kind, as GoSpelling says for Go. Lists and fields are those of its schema,
// encore.parser.meta.v1.Data; enumerations are in the order of their numbers there.

var databaseMetadata = source.MetadataSpelling{
	List: []string{"sql_databases"}, Name: "name",
	Migrations: "migration_rel_path", MigrationFiles: "migrations",
	UsedIn: "databases", ByDeclaration: true,
}

var topicMetadata = source.MetadataSpelling{
	List: []string{"pubsub_topics"}, Name: "name",
	Settings: []source.MetadataSetting{
		{Field: "delivery_guarantee", Setting: "DeliveryGuarantee", Type: source.MetadataWord, Words: []source.MetadataWordValue{
			{Word: "AT_LEAST_ONCE", Value: source.Value{Kind: source.String, Text: AtLeastOnce}},
			{Word: "EXACTLY_ONCE", Value: source.Value{Kind: source.String, Text: ExactlyOnce}},
		}},
		{Field: "ordering_key", Setting: "OrderingAttribute"},
	},
	Users: "publishers", Operation: Publish,
}

var subscriptionMetadata = source.MetadataSpelling{
	List: []string{"pubsub_topics", "subscriptions"}, Name: "name", Parent: "name", ParentKind: "topic", Service: "service_name",
	Settings: []source.MetadataSetting{
		{Field: "ack_deadline", Setting: "AckDeadline", Type: source.MetadataDuration},
		{Field: "message_retention", Setting: "MessageRetention", Type: source.MetadataDuration},
		{Field: "max_concurrency", Setting: "MaxConcurrency", Type: source.MetadataNumber},
		{Field: "retry_policy", Setting: "RetryPolicy", Type: source.MetadataObject, Members: []source.MetadataSetting{
			{Field: "min_backoff", Setting: "MinBackoff", Type: source.MetadataDuration},
			{Field: "max_backoff", Setting: "MaxBackoff", Type: source.MetadataDuration},
			{Field: "max_retries", Setting: "MaxRetries", Type: source.MetadataNumber},
		}},
	},
}

var bucketMetadata = source.MetadataSpelling{
	List: []string{"buckets"}, Name: "name",
	Settings: []source.MetadataSetting{
		{Field: "public", Setting: "Public", Type: source.MetadataFlag},
		{Field: "versioned", Setting: "Versioned", Type: source.MetadataFlag},
	},
	UsedIn: "buckets", UsedName: "bucket", UsedOperations: "operations",
	Operations: []string{
		"", ListObjects, ReadObjectContents, WriteObject, UpdateObjectMetadata, GetObjectMetadata, DeleteObject, GetPublicURL, SignedUploadURL,
		SignedDownloadURL,
	},
}

var cacheMetadata = source.MetadataSpelling{
	List: []string{"cache_clusters"}, Name: "name",
	Settings: []source.MetadataSetting{{Field: "eviction_policy", Setting: "EvictionPolicy"}},
}

var keyspaceMetadata = source.MetadataSpelling{
	List: []string{"cache_clusters", "keyspaces"}, Nameless: true, Parent: "name", ParentKind: "cache", Service: "service",
	// In TypeScript a service that uses the cluster without a keyspace of its own is listed without a pattern.
	Whole:    "path_pattern",
	Settings: []source.MetadataSetting{{Field: "path_pattern", Setting: "KeyPattern", Type: source.MetadataPattern}},
}

var secretMetadata = source.MetadataSpelling{
	List: []string{"pkgs", "secrets"}, Package: "rel_path", Service: "service_name",
}

var cronMetadata = source.MetadataSpelling{
	List: []string{"cron_jobs"}, Name: "id",
	Settings: []source.MetadataSetting{
		{Field: "title", Setting: "Title"},
		{Field: "schedule", Type: source.MetadataVariant, Variants: []source.MetadataVariantSetting{
			{Prefix: "every:", Setting: "Every", Unit: 60}, // minutes, of which the setting wants seconds
			{Prefix: "schedule:", Setting: "Schedule"},
		}},
		{Field: "endpoint", Setting: "Endpoint", Type: source.MetadataEndpoint},
	},
}

var metricMetadata = source.MetadataSpelling{
	List: []string{"metrics"}, Name: "name", Service: "service_name",
	Constructor: source.MetadataSetting{Field: "kind", Words: []source.MetadataWordValue{
		{Word: "COUNTER", Value: source.Value{Kind: source.String, Text: "NewCounter"}},
		{Word: "GAUGE", Value: source.Value{Kind: source.String, Text: "NewGauge"}},
		{Word: "HISTOGRAM", Value: source.Value{Kind: source.String, Text: "NewHistogram"}},
	}},
	UsedIn: "metrics", Operation: Record,
}
