package holdings

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/secret"
)

// contents is what is lost with what is no resource of the application; a kind says it of its own.
var contents = map[string]string{
	app.AccessLogs.Kind:     "the logs of requests in it are deleted",
	app.DatabaseServerKind:  "every database on it is deleted",
	app.EncryptionKey.Kind:  "what it encrypted cannot be read again",
	app.LoadBalancer.Kind:   "the access logs it wrote are deleted",
	app.MetricsSecret.Kind:  "the value that was put in is gone",
	app.Registry.Kind:       "every image is deleted, those that run and those to go back to",
	app.ServiceAuthKey.Kind: "processes trust each other's calls again only once all of them are deployed",
}

// lost is what is lost with a holding.
func lost(kind string) string {
	if k, is := kinds.Named(kind); is {
		return k.Holds.Lost
	}
	return contents[kind]
}

// lastSnapshot is what the profile dev leaves out: without it a deleted server is gone for good.
const lastSnapshot = "with final_snapshot = true, applied before, a last snapshot stays"

// forgettable reports whether things of a kind can stay on AWS without code: nothing generated hangs on what the application
// declares, nor on these.
func forgettable(kind string) bool {
	k, declared := kinds.Named(kind)
	return declared && k.Holds.Lost != "" || slices.Contains([]string{app.AccessLogs.Kind, app.DatabaseServerKind, app.MetricsSecret.Kind}, kind)
}

// Describe is how messages call a holding: `secret "StripeKey"`, "registry".
func Describe(id string) string {
	return app.ParseID(id).Quoted()
}

// describeAll lists what an environment holds, or those of some kinds.
func describeAll(holdings map[string]map[string]string, of ...string) string {
	var words []string
	for _, id := range slices.Sorted(maps.Keys(holdings)) {
		kind := app.ParseID(id).Kind
		if id == EnvironmentID || kind == database.Kind.Name || kind == app.Network.Kind || len(of) > 0 && !slices.Contains(of, kind) {
			continue
		}
		words = append(words, Describe(id))
	}
	return diagnostic.And(words)
}

func environmentRenamed(gone string, e Environment, before map[string]map[string]string) refusal {
	return refusal{
		id: EnvironmentID, at: e.At, summary: "Environment renamed",
		detail: fmt.Sprintf("everything would lose its code, and %q begins empty: names in AWS, folder and state follow from an environment's name. What is left behind runs on, with all it holds: %s.", e.Name, describeAll(before)),
		ways: []string{
			fmt.Sprintf("keep the name: environment %q", gone),
			fmt.Sprintf("if both are meant to be, generate with both first; to be rid of the old one later, terraform destroy in infra/%s/services, then in infra/%s/platform, before its block goes", gone, gone),
		},
	}
}

func environmentMoved(fact, was, is string, e Environment, before map[string]map[string]string) refusal {
	held := describeAll(before)
	r := refusal{id: EnvironmentID, at: e.place(EnvironmentID + "/" + fact)}
	switch fact {
	case AppFact:
		r.summary = "Application renamed"
		named := maps.Clone(before)
		delete(named, app.EncryptionKey.String()) // it has no name but an alias
		r.detail = fmt.Sprintf("every name in AWS begins with the application's, which was %q and is %q. Made anew, empty, while the old is destroyed as far as AWS lets it: %s.", was, is, describeAll(named))
		r.ways = []string{
			fmt.Sprintf("keep the name in AWS, whatever the application is called elsewhere: app %q {} in groundplan.hcl", was),
			"to move: generate the application under its new name into another folder (--out), apply that, copy the data, switch the domain, and destroy the old one",
		}
	case RegionFact:
		r.summary = "Environment moved to another region"
		r.detail = fmt.Sprintf("everything is in %s, and would be made anew, empty, in %s. Destroyed, or out of sight and running on: %s.", was, is, held)
		r.ways = []string{fmt.Sprintf("keep %s = %q", fact, was), moving(fact, e)}
	case AccountFact:
		r.summary = "Environment moved to another account"
		r.detail = fmt.Sprintf("everything is in the account %s, and would be made anew, empty, in %s. Out of sight, and running on: %s.", was, is, held)
		r.ways = []string{fmt.Sprintf("keep %s = %q", fact, was), moving(fact, e)}
	}
	return r
}

// environmentWarnings are about changes that lose no data and yet want something done.
func environmentWarnings(was map[string]string, e Environment) hcl.Diagnostics {
	is := e.Holdings[EnvironmentID]
	var diags hcl.Diagnostics
	warn := func(fact, summary, detail, hint string) {
		if was[fact] != "" && was[fact] != is[fact] {
			diags = append(diags, diagnostic.Warning(e.place(EnvironmentID+"/"+fact), summary, hint, "%s", inEnvironments([]string{e.Name})+detail))
		}
	}
	warn(PathFact, "Roles that are replaced", fmt.Sprintf("every role moves from the path %s to %s, which IAM does by deleting and making it: between the two, running tasks lose their rights, and they get them back when they are replaced. No data is lost.", was[PathFact], is[PathFact]),
		"apply both stacks right after each other, when few requests come")
	warn(StateFact, "State that moves", fmt.Sprintf("terraform's state was kept in %s and is looked for in %s. Where nothing is found everything would be made a second time.", was[StateFact], is[StateFact]),
		fmt.Sprintf("take it along before the next plan: terraform -chdir=infra/%s/platform init -migrate-state, and the same in services", e.Name))
	if gone := missing(was[NATFact], is[NATFact]); len(gone) > 0 {
		diags = append(diags, diagnostic.Warning(e.place(EnvironmentID+"/"+NATFact), "Outgoing address that is given back", "one NAT gateway stands in the first of zones: put new zones behind the old ones",
			"%srequests left by NAT gateways in zone %s: the addresses of zone %s go back to AWS, and nobody gets them again. Whoever lets requests in by their address has to learn of it.",
			inEnvironments([]string{e.Name}), was[NATFact], diagnostic.And(gone)))
	}
	return diags
}

func anotherKey(was map[string]string, e Environment, before map[string]map[string]string) refusal {
	r := refusal{id: app.EncryptionKey.String(), at: e.place(app.EncryptionKey.String()), summary: "Another encryption key"}
	from := "the key " + was[kinds.OwnFact]
	if was[kinds.OwnFact] == kinds.Made {
		from = "the key that was made for it"
	}
	anew, encrypted := []string{app.DatabaseServerKind, app.Registry.Kind}, []string(nil)
	for _, kind := range kinds.All {
		if kind.Holds.KeepsKey {
			anew = append(anew, kind.Name)
		}
		if kind.Holds.Encrypted != "" {
			encrypted = append(encrypted, kind.Holds.Encrypted)
		}
	}
	r.detail = "everything is encrypted with " + from + ". With another one these are made anew, empty: " + describeAll(before, anew...) + "."
	if was[kinds.OwnFact] == kinds.Made {
		r.detail += " The old key is scheduled for deletion, and with it go " + diagnostic.And(append(encrypted, "logs", "snapshots")) + " that it encrypted."
		r.ways = []string{"remove key_arn: the environment keeps the key that was made for it"}
	} else {
		r.ways = []string{fmt.Sprintf("keep key_arn = %q", was[kinds.OwnFact])}
	}
	r.ways = append(r.ways, moving("key_arn", e))
	return r
}

// anotherNetwork refuses what AWS would refuse in the middle of an apply: nothing leaves a network it stands in.
func anotherNetwork(was, is map[string]string, e Environment) []refusal {
	if was[kinds.OwnFact] != is[kinds.OwnFact] {
		r := refusal{id: app.Network.String(), at: e.place(app.Network.String()+"/vpc_id", app.Network.String()), summary: "Another network"}
		if was[kinds.OwnFact] == kinds.Made {
			r.detail = "processes, database servers and caches stand in a network of their own, and none of them can leave it: AWS stops the apply half-way, with security groups and processes replaced and the network half destroyed."
			r.ways = []string{"leave the network block out", moving("network block", e)}
		} else {
			r.detail = fmt.Sprintf("processes, database servers and caches stand in the network %s, and none of them can leave it: AWS stops the apply half-way.", was[kinds.OwnFact])
			r.ways = []string{fmt.Sprintf("keep vpc_id = %q in the network block", was[kinds.OwnFact]), moving("network block", e)}
		}
		return []refusal{r}
	}
	var refusals []refusal
	if was["cidr"] != "" && is["cidr"] != "" && was["cidr"] != is["cidr"] {
		refusals = append(refusals, refusal{
			id: app.Network.String(), at: e.place(app.Network.String() + "/cidr"), summary: "Another address range",
			detail: fmt.Sprintf("the network has the range %s, which a VPC cannot change: it would be made anew, and database servers and caches cannot leave the old one, so that AWS stops the apply half-way.", was["cidr"]),
			ways:   []string{fmt.Sprintf("keep cidr = %q", was["cidr"]), moving("cidr", e)},
		})
	}
	if gone := missing(was["zones"], is["zones"]); len(gone) > 0 {
		of := "the subnets of zone " + gone[0]
		if len(gone) > 1 {
			of = "the subnets of the zones " + diagnostic.And(gone)
		}
		refusals = append(refusals, refusal{
			id: app.Network.String(), at: e.place(app.Network.String() + "/zones"), summary: "Zone that is left",
			detail: of + " would be deleted. What stands there, processes, load balancer, database servers or caches, keeps AWS from deleting a subnet, and the apply stops half-way.",
			ways:   []string{"keep the zone: an empty subnet costs nothing", "add the new zones beside the old ones: that changes nothing that is there"},
		})
	}
	return refusals
}

// moving is the way for what an environment cannot change.
func moving(setting string, e Environment) string {
	return fmt.Sprintf("to change it: add an environment under another name, with the new %s, beside %q; apply it, copy the data, switch the domain, and destroy the old one", setting, e.Name)
}

// missing are the elements of one printed list that are not in another.
func missing(was, is string) []string {
	elements := func(list string) []string {
		return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	}
	return slices.DeleteFunc(elements(was), func(zone string) bool { return slices.Contains(elements(is), zone) })
}

// anotherSide is about a load balancer that would face another way, which AWS does to none: terraform destroys the listeners,
// then the load balancer, and makes both anew. Protection stops it between the two, so that nobody can accept that.
func anotherSide(was, is map[string]string, e Environment) *hcl.Diagnostic {
	words := map[string]string{"true": "internal", "false": "internet-facing"}
	from, to, at, in := words[was[kinds.InternalFact]], words[is[kinds.InternalFact]], e.place(app.LoadBalancer.String()+"/internal"), inEnvironments([]string{e.Name})
	if was[kinds.ProtectedFact] == "true" {
		return diagnostic.Error(at, "Protected load balancer replaced",
			"set deletion_protection = false with all else in groundplan.hcl as it was, generate, and apply the platform; then make this change, apply platform and services, and switch the protection on again",
			"%sthe load balancer is %s, and is to be %s: AWS changes none, so that it is replaced, which deletion protection stops half-way, with the listeners gone.", in, from, to)
	}
	return diagnostic.Warning(at, "Load balancer replaced", "apply platform and services in a quiet hour, one after the other",
		"%sthe load balancer is %s, and becomes %s: AWS changes none, so that it is replaced, and nothing answers until the services are applied too.", in, from, to)
}

func databaseMoved(id, subject string, was, is map[string]string, e Environment) refusal {
	from, to := was[database.ServerFact], is[database.ServerFact]
	return refusal{
		id: id, at: e.place(id), summary: "Database moved to another server",
		detail: fmt.Sprintf("the database %q is on the server %q. On the server %q it would be empty, and nothing is copied.", subject, from, to),
		ways: []string{
			fmt.Sprintf("keep it where it is: list it under databases of the server %q", from),
			fmt.Sprintf("to move: make the server %q with another database first, stop the processes that write, copy with pg_dump and pg_restore, and then move it", to),
		},
	}
}

// databaseLeft says where the data of a database is that the application does not have any more; nothing deletes it, as
// long as its server stays.
func databaseLeft(subject string, was map[string]string, e Environment) hcl.Diagnostics {
	server := was[database.ServerFact]
	if _, stays := e.Holdings[app.DatabaseServerID(server).String()]; !stays {
		return nil // the server says so, or it is its owner's
	}
	return hcl.Diagnostics{diagnostic.WithHint(diagnostic.Warning(e.At, "Database that is left", "renamed? give it the old name, or rename it on the server: ALTER DATABASE",
		"%sthe database %q stays on the server %q with all it holds, and no process has a way to it any more. Under another name the application begins with an empty one.", inEnvironments([]string{e.Name}), subject, server),
		"not needed? DROP DATABASE on the server, once a copy is kept")}
}

// anotherVersion tells a way up, which cannot be taken back, from a way down, which RDS refuses and for which ElastiCache
// makes the cache anew. Both results are nil for a version that is the same.
func anotherVersion(id string, was, is map[string]string, e Environment) (*refusal, *hcl.Diagnostic) {
	from, to := was["engine_version"], is["engine_version"]
	at := e.place(id+"/engine_version", id)
	kind := app.ParseID(id).Kind
	order := compareVersions(from, to)
	switch {
	case order > 0 && kind != app.DatabaseServerKind:
		return &refusal{id: id, at: at, summary: diagnostic.Capitalized(kind) + " made anew",
			detail: fmt.Sprintf("the %s would go back from version %s to %s, for which it is made anew: %s.", Describe(id), from, to, lost(kind)),
			ways:   []string{fmt.Sprintf("keep engine_version = %q", from)}}, nil
	case order > 0:
		return &refusal{id: id, at: at, summary: "Version that is lower",
			detail: fmt.Sprintf("the %s runs version %s of PostgreSQL, and RDS never goes back to %s: the apply would fail.", Describe(id), from, to),
			ways: []string{fmt.Sprintf("keep engine_version = %q", from),
				"to go back: a second server with that version, and pg_dump and pg_restore"}}, nil
	case order < 0 && kind == app.DatabaseServerKind && major(from) != major(to):
		return nil, diagnostic.WithHint(diagnostic.Warning(at, "Major version that is raised", "try it on another environment first, and take a snapshot right before: aws rds help create-db-snapshot",
			"%sthe %s goes from PostgreSQL %s to %s when this is applied: it is down for minutes, and cannot go back.", inEnvironments([]string{e.Name}), Describe(id), from, to),
			fmt.Sprintf("to stay on it: engine_version = %q", from))
	}
	return nil, nil
}

func major(version string) string {
	number, _, _ := strings.Cut(version, ".")
	return number
}

// compareVersions compares the numbers of two versions, as far as both have some.
func compareVersions(a, b string) int {
	one, other := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(one), len(other)) {
		x, errX := strconv.Atoi(one[i])
		y, errY := strconv.Atoi(other[i])
		if errX == nil && errY == nil && x != y {
			return x - y
		}
	}
	return 0
}

// anotherValue is about any other fact: name, kind of delivery, engine.
func anotherValue(id, fact string, was, is map[string]string, e Environment) refusal {
	kind := app.ParseID(id).Kind
	r := refusal{id: id, at: e.place(id+"/"+fact, id), summary: diagnostic.Capitalized(kind) + " made anew"}
	of, _ := kinds.Named(kind)
	if say := of.Holds.Anew[fact]; say != nil {
		r.detail, r.ways = say(Describe(id), is[fact])
		return r
	}
	if fact == database.EngineFact {
		r.detail = fmt.Sprintf("the %s would change from engine %q to %q, which are two kinds of server: the old one is destroyed and %s.", Describe(id), was[fact], is[fact], lost(kind))
		r.ways = []string{
			fmt.Sprintf("keep engine = %q", was[fact]),
			fmt.Sprintf("to change: a second server, database_server \"next\" { engine = %q, databases = [...] }; copy with pg_dump and pg_restore, move the databases, and remove the first", is[fact]),
			lastSnapshot,
		}
		return r
	}
	r.detail = fmt.Sprintf("the %s would change its %s from %s to %s, for which it is made anew: %s.", Describe(id), fact, was[fact], is[fact], lost(kind))
	r.ways = []string{"keep what was set before"}
	saved := of.Holds.Copy
	if kind == app.MetricsSecret.Kind {
		saved = secret.Kind.Holds.Copy
	}
	if saved != nil {
		r.ways = append(r.ways, saved(was["name"]))
	}
	return r
}

// holdingGone is about a holding that leaves the code, or is no longer made.
func holdingGone(id string, was map[string]string, e Environment) refusal {
	of := app.ParseID(id)
	kind, subject := of.Kind, of.Name
	summary := diagnostic.Capitalized(kind) + " that leaves the code"
	if kind == app.AccessLogs.Kind {
		summary = "Access logs that end"
	}
	r := refusal{id: id, at: e.place(id+"/existing", id), summary: summary, forgettable: forgettable(kind)}
	if e.Places[id+"/existing"].Filename != "" {
		r.detail = fmt.Sprintf("the %s was made, and now one that exists takes its place: terraform destroys the one that was made, and %s.", Describe(id), lost(kind))
		r.ways = []string{"leave the block existing out: what was made stays", "is it the very one that was made? Then forget it as below"}
		return r
	}
	r.detail = fmt.Sprintf("the %s is no longer made, so that terraform destroys what is there: %s.", Describe(id), lost(kind))
	physical := kinds.PhysicalName(was, e.AccountID)
	switch k, _ := kinds.Named(kind); kind {
	case k.Name:
		r.ways = k.Holds.Ways(physical, was)
	case app.MetricsSecret.Kind:
		r.ways = []string{"keep the destination of metrics", secret.Kind.Holds.Copy(physical)}
	case app.DatabaseServerKind:
		r.ways = []string{fmt.Sprintf("keep a database on it: databases = [...] in database_server %q", subject),
			"renamed? Keep the old name", "copy each database first, with pg_dump; " + lastSnapshot}
	case app.AccessLogs.Kind:
		r.ways = []string{"keep access_logs = true", fmt.Sprintf("copy the logs first: aws s3 sync s3://%s .", physical)}
	case app.LoadBalancer.Kind:
		r.ways = []string{"keep an endpoint that is called from outside", fmt.Sprintf("copy the logs first: aws s3 sync s3://%s-lb-logs-<account> .", physical)}
	default:
		r.ways = []string{"put back what was there"}
	}
	return r
}
