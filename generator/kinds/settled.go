package kinds

import "github.com/groundplan/groundplan/generator/stack"

// What no override can set of the modules that a kind becomes, with the reason and the way.

var databaseSettled = map[string]map[string]stack.Settled{
	"database-server": {
		"instance_class": {Why: "connection pools follow from the size of the server", Instead: "set instance_class in the database_server block"},
	},
	"database-cluster": {
		"max_capacity": {Why: "connection pools follow from the size of the server", Instead: "set max_capacity in the database_server block"},
	},
}

var topicSettled = map[string]map[string]stack.Settled{
	"topic": {"fifo": {Why: "it follows from how the application declares the topic", Instead: "remove it"}},
}

var subscriptionSettled = map[string]map[string]stack.Settled{
	"subscription": {"fifo": {Why: "it follows from how the application declares the topic", Instead: "remove it"}},
}

var bucketSettled = map[string]map[string]stack.Settled{
	"bucket": {"key_prefix": {Why: "the application is not told of it, and its rights are to the whole bucket", Instead: "remove it"}},
	"cdn":    {"origin_path": {Why: "the application hands out addresses without it", Instead: "remove it"}},
}

var secretSettled = map[string]map[string]stack.Settled{
	"generated-secret": {
		"rotation": {Why: "a new value reaches each task when it starts, and who checks it knows one value alone: calls between processes, or logins, fail until all tasks are new", Instead: "change the value by hand and replace all tasks at once, as infra/README.md shows"},
	},
}

var cacheSettled = map[string]map[string]stack.Settled{
	"cache": {
		"password_rotation": {Why: "a new password reaches each task when it starts, and the cache knows one alone: logins fail until all tasks are new", Instead: "give the user both passwords for a while, as infra/README.md shows"},
		"cluster_mode":      {Why: "Encore's clients do not speak it", Instead: "remove it"},
		"secret_prefix":     {Why: "other code knows the secrets by their names", Instead: "remove it"},
	},
}
