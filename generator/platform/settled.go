// Package platform is what every environment has, whatever its application declares: the network, the key, the registry of
// images.
package platform

import "github.com/groundplan/groundplan/generator/stack"

// Settled are the arguments of modules that every environment has, and those of all modules, that no override can set.
var Settled = map[string]map[string]stack.Settled{
	"": {
		"name":       {Why: "other code knows the resource by its name, and another name would replace what is there", Instead: "remove it: names follow from application, environment and declaration"},
		"key_arn":    {Why: "one key encrypts everything", Instead: "set key_arn in the environment"},
		"vpc_id":     {Why: "everything is in one network", Instead: "name a network that exists in a network block of the environment"},
		"subnet_ids": {Why: "everything is in one network", Instead: "name a network that exists in a network block of the environment"},
	},
	"network": {
		"cidr":                {Why: "it is compared with those of the other environments", Instead: "set cidr in the environment"},
		"zones":               {Why: "they are checked against the region", Instead: "set zones in the environment"},
		"nat":                 {Why: "what processes need without NAT is checked", Instead: "set nat in the environment"},
		"interface_endpoints": {Why: "what processes need without NAT is checked", Instead: "set interface_endpoints in the environment"},
		"storage_ports":       {Why: "they follow from the databases and caches of the application", Instead: "remove it"},
		"service_port":        {Why: "every process listens on that port", Instead: "remove it"},
		"kubernetes":          {Why: "it follows from where processes run", Instead: "remove it"},
	},
	"encryption-key": {
		"log_groups": {Why: "they follow from what the environment is made of", Instead: "bring a key with a policy of your own: set key_arn in the environment"},
		"topics":     {Why: "they follow from what the application declares", Instead: "bring a key with a policy of your own: set key_arn in the environment"},
	},
	"fargate-cluster": {
		"namespace": {Why: "processes find each other by it", Instead: "remove it"},
	},
	"load-balancer": {
		"domain":              {Why: "the gateway answers to the same name", Instead: "set domain in the environment"},
		"alternative_domains": {Why: "the gateway answers to the names of the environment alone", Instead: "write an alias block in the environment"},
		"redirected_domains":  {Why: "the gateway answers to the names that are not sent on", Instead: "set redirect in the alias block of the environment"},
		"hosted_zone_id":      {Why: "it belongs to the domain", Instead: "set hosted_zone_id in the environment"},
		"hosted_zone_ids":     {Why: "they belong to the names of the environment", Instead: "set hosted_zone_id in the alias block of the environment"},
		"private_zone_ids":    {Why: "they belong to the names of the environment", Instead: "set private_zone_id in the environment or in its alias block"},
		"certificate_arn":     {Why: "it belongs to the domain", Instead: "set certificate_arn in the environment"},
		"internal":            {Why: "what is checked and said of the environment follows from it", Instead: "set internal in the environment"},
	},
	"fargate-service": {
		"architecture":         {Why: "one image holds every service", Instead: "set architecture in a task block of the environment"},
		"scale":                {Why: "connection pools follow from the number of tasks", Instead: "set scale in the block of the service or process"},
		"drain_seconds":        {Why: "it is checked together with stop_timeout_seconds", Instead: "set drain_seconds in the block of the service or process"},
		"stop_timeout_seconds": {Why: "the runtime's own deadline follows from it", Instead: "set stop_timeout_seconds in the block of the service or process"},
		"discovery_name":       {Why: "other processes call this one by it", Instead: "remove it"},
		"port":                 {Why: "other processes call this one there", Instead: "remove it"},
		"security":             {Why: "it is one value with several parts, each with a default", Instead: "set user, read_only_root, writable_paths or keep_capabilities in the block of the service or process"},
	},
	"fargate-job": {
		"schedules":            {Why: "they are the cron blocks of the manifest that name the job", Instead: "remove it"},
		"stop_timeout_seconds": {Why: "it is a setting", Instead: "set stop_timeout_seconds in the block of the job"},
	},
}
