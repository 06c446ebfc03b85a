package kinds

import (
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
)

// ManifestSpellings is the table the manifest reader is given.
func ManifestSpellings() []source.ManifestSpelling {
	var spellings []source.ManifestSpelling
	for _, k := range All {
		for _, spelling := range k.Manifest {
			spelling.Kind, spelling.Noun = k.Name, k.Noun
			spellings = append(spellings, spelling)
		}
	}
	return spellings
}

// How a manifest declares and uses each kind, as GoSpelling says for Go. Names of settings are those of the kinds'
// settings structs, in snake case.

var databaseManifest = source.ManifestSpelling{
	Block: "database", Grammar: source.Snake, Meaning: "A PostgreSQL database.",
	Settings: []settings.Setting{
		{Name: "migrations", Type: settings.String, Default: "none; required for `encore-go`", Meaning: "Folder of SQL migrations, relative to the manifest."},
	},
	Migrations:  "migrations",
	List:        "databases",
	ListMeaning: "Databases it reads and writes.",
}

var topicManifest = source.ManifestSpelling{
	Block: "topic", Grammar: source.Kebab, Meaning: "A Pub/Sub topic: an SNS topic.",
	Settings: []settings.Setting{
		{Name: "delivery_guarantee", Type: settings.String, Default: "`\"at-least-once\"`", Meaning: "`at-least-once` or `exactly-once`."},
		{Name: "ordering_attribute", Type: settings.String, Default: "none", Meaning: "The message attribute whose values are delivered in order."},
	},
	List: "publishes", Operation: Publish,
	ListMeaning: "Topics it publishes to.",
}

var subscriptionManifest = source.ManifestSpelling{
	Block: "subscription", Grammar: source.Kebab, InService: true,
	Meaning: "What the service gets of a topic: an SQS queue, with a dead-letter queue behind it. Settings that are not written are Encore's defaults.",
	Settings: []settings.Setting{
		{Name: "topic", Type: settings.String, Required: true, Meaning: "The topic."},
		{Name: "ack_deadline", Type: settings.Duration, Default: "`\"30s\"`",
			Meaning: "How long the service may take for a message, until it is delivered again."},
		{Name: "message_retention", Type: settings.Duration, Default: "`\"7 days\"`", Meaning: "How long a message that is not acknowledged is kept."},
		{Name: "max_concurrency", Type: settings.Integer, Default: "`100`", Only: source.ForEncore, Meaning: "Messages that one instance handles at a time."},
		{Name: "retry_policy", Type: settings.Object, Default: "below", Meaning: "When a failed message is delivered again."},
		{Name: "retry_policy.min_backoff", Type: settings.Duration, Default: "`\"10s\"`", Only: source.ForEncore, Meaning: "Time before the second delivery."},
		{Name: "retry_policy.max_backoff", Type: settings.Duration, Default: "`\"10m\"`", Only: source.ForEncore, Meaning: "Longest time between two deliveries."},
		{Name: "retry_policy.max_retries", Type: settings.Integer, Default: "`100`",
			Meaning: "Deliveries after the first, before a message is a dead letter; `\"none\"` or `\"infinite\"`.",
			Words:   map[string]int{"none": NoRetries, "infinite": InfiniteRetries}},
	},
	Parent: "topic", ParentKind: "topic",
}

var bucketManifest = source.ManifestSpelling{
	Block: "bucket", Grammar: source.Kebab, Meaning: "An object storage bucket.",
	Settings: []settings.Setting{
		{Name: "public", Type: settings.Bool, Default: "`false`", Meaning: "Whether anybody may read the objects, through CloudFront."},
		{Name: "versioned", Type: settings.Bool, Default: "`false`", Meaning: "Whether overwritten and deleted objects are kept."},
	},
	ListMeaning: "A bucket it uses.",
	Operations: map[string]string{
		"list": ListObjects, "read": ReadObjectContents, "write": WriteObject, "delete": DeleteObject, "attributes": GetObjectMetadata,
		"update_attributes": UpdateObjectMetadata, "public_url": GetPublicURL, "sign_upload": SignedUploadURL, "sign_download": SignedDownloadURL,
	},
}

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

var secretManifest = source.ManifestSpelling{
	Block: "secret", Identifier: true, Meaning: "A value that somebody pushes into Secrets Manager; services get it as an environment variable.",
	Settings: []settings.Setting{
		{Name: "every_service", Type: settings.Bool, Default: "`false`", Meaning: "Whether every process gets it, whoever names it."},
	},
	Everywhere:  "every_service",
	List:        "secrets",
	ListMeaning: "Secrets it reads.",
}

var cronManifest = source.ManifestSpelling{
	Block: "cron", Grammar: source.Kebab,
	Meaning: "A schedule, in UTC unless it has a `time_zone`, on which an endpoint is called or a job is started. It has `every` or `schedule`, and `endpoint` or `job`.",
	Settings: []settings.Setting{
		{Name: "title", Type: settings.String, Default: "its name", Meaning: "What people call it."},
		{Name: "every", Type: settings.Duration, Default: "none", Meaning: "How often it runs: whole minutes that divide a day, counted from midnight."},
		{Name: "schedule", Type: settings.String, Default: "none", Meaning: "When it runs: minute, hour, day of the month, month and day of the week, as in `0 3 * * 1-5`."},
		{Name: "endpoint", Type: settings.String, Default: "none", Meaning: "What it calls, as in `billing.Report`: an endpoint without parameters."},
		{Name: "job", Type: settings.String, Default: "none", Only: source.ForContainers, Meaning: "The job it starts. A run that cannot start, does not start in an hour, or ends with another status than 0 raises an alarm."},
		{Name: "time_zone", Type: settings.String, Default: "`\"UTC\"`", Only: source.ForContainers,
			Meaning: "Time zone of the schedule of a job, as in `Europe/Berlin`. A time that a change of the clocks leaves out is a run that is left out; one that comes twice is one run."},
	},
	Endpoint: "endpoint", Job: "job",
}

var metricManifest = []source.ManifestSpelling{
	{Block: "counter", Grammar: source.Snake, InService: true, Only: source.ForEncore, Constructor: "NewCounter", Operation: Record, Meaning: "A metric that counts."},
	{Block: "gauge", Grammar: source.Snake, InService: true, Only: source.ForEncore, Constructor: "NewGauge", Operation: Record, Meaning: "A metric that goes up and down."},
}
