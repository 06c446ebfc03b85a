package reading

import (
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/source/manifest"
)

// ManifestDocument is the page docs/manifest.md: every block and setting of a manifest, and every environment variable a
// container gets, from the tables that the reader and the wiring use.
func ManifestDocument() []byte {
	var out strings.Builder
	fmt.Fprintf(&out, manifestIntroduction, "`", manifest.Filename)
	out.WriteString(manifest.Table(kinds.ManifestSpellings()).Document())
	out.WriteString(`
## What a container is told

What a service uses reaches it as environment variables. ` + "`<NAME>`" + ` is the resource's name in capitals, with an underscore where it
has another character or a new word begins: ` + "`order-placed`" + ` becomes ` + "`ORDER_PLACED`" + `. Variables that two things would set are an error, and
so are settings of ` + "`PORT`" + ` and of names that begin with ` + "`ENCORE_`" + `, ` + "`ECS_`" + ` or ` + "`AWS_CONTAINER_`" + `.

| for | variable | holds |
|---|---|---|
`)
	for _, kind := range kinds.ContainerVariables() {
		about := "a " + kind.Name
		switch kind.Name {
		case "":
			about = "every service"
		case app.ServiceKind:
			about = "a service it calls"
		}
		for _, v := range kind.Env {
			meaning := v.Meaning
			if v.Secret {
				meaning += " From Secrets Manager, when the task starts."
			}
			fmt.Fprintf(&out, "| %s | `%s` | %s |\n", about, v.Pattern, meaning)
		}
	}
	out.WriteString("| every service but a worker | `PORT` | The port to listen on. |\n")
	out.WriteString(manifestPromises)
	return []byte(out.String())
}

const manifestIntroduction = `<!-- Generated from the tables in generator/source and generator/kinds by go test ./generator -run ManifestDocument -update. Do not edit. -->
# The manifest

An application that does not use Encore, or whose source cannot be read, is described in %[1]s%[2]s%[1]s beside
%[1]sgroundplan.hcl%[1]s: what it declares, and which service uses what. Everything else is as for an application that is read from source: the same checks, the same
commands, the same Terraform. A folder has a manifest or an %[1]sencore.app%[1]s, never both.

%[1]s%[1]s%[1]shcl
app "shop" {}

database "orders" {}

topic "order-placed" {}

service "orders" {
  public = true
  paths  = ["/orders", "/orders/*"]

  uses {
    databases = ["orders"]
    publishes = ["order-placed"]
  }
}

service "billing" {
  subscription "charge-card" {
    topic        = "order-placed"
    ack_deadline = "1m"
  }
}
%[1]s%[1]s%[1]s

Values are literals: nothing is computed, so that a reader sees what there is. With %[1]sruntime = "encore-go"%[1]s or %[1]s"encore-typescript"%[1]s the
manifest describes an Encore application, and the same Terraform is written as from its source.
`

const manifestPromises = `
## What a container has to do

- Listen on the port that ` + "`PORT`" + ` names, speak plain HTTP there, and answer 200 to a GET of ` + "`health_path`" + `. Inside a task nothing else asks; the load balancer asks public services as well. Of a service that speaks
  ` + "`http2`" + ` or ` + "`grpc`" + ` the task itself only knows whether it takes connections: ` + "`health_command`" + ` can say more.
- Keep silent connections open for longer than the load balancer does, if the service is public: 55 seconds, or ` + "`idle_timeout_seconds`" + `. Node.js closes them after 5 by itself, and a request that comes at that moment is answered 502.
- A worker or a job does not listen, and a job ends: with the status 0 when it has done its work. Nothing limits how long a run takes.
- End on SIGTERM within ` + "`stop_timeout_seconds`" + ` (docs/settings.md). It comes ` + "`drain_seconds`" + ` after the task has left its name and the load balancer, to a worker and a job at once, so that new connections may be refused from then on: docs/deployments.md.
- Trust the certificates of the database server and speak TLS to databases and caches: neither answers anything else.
- Do without the kernel's capabilities, root or not: it may read its files and listen on its port, but not change owners or its user. ` + "`keep_capabilities`" + ` leaves some.
- Make its tables itself, unless the database has ` + "`migrations`" + `: its role may then create them in the schema ` + "`public`" + `, and other containers that use the database may read and write them. Databases and roles are made by an operator, as the generated README says, and so are the tables of ` + "`migrations`" + `.
- Delete a message from its queue when it is done with it. What it does not delete in ` + "`ack_deadline`" + ` comes again, and after ` + "`max_retries`" + ` goes to the dead-letter queue.
- Give a FIFO topic, one that is exactly-once or ordered, a message group and a deduplication id with every message.
- Answer a cron job's request with a status from 200 to 299. Its header ` + "`Idempotency-Key`" + ` names the run: every repetition has the same, so that a service that keeps those it has seen does nothing twice. It carries no signature: a service that is not public is kept from other callers by its security group. A path that jobs call and a public service answers to everybody is worth a warning.
- Use only the commands on keys that Encore's runtimes use in a cache; others are refused (modules/cache lists them).
`
