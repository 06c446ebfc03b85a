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
}
