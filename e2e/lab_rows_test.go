//go:build validate

package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/laboratory"
	"github.com/groundplan/groundplan/modules"
)

// TestLabRows puts back, one at a time, what was wrong once and was found with Encore's own runtimes, and shows that the checks of
// TestLab find it: those that are to be found, nothing else, and nothing when it is taken back. The numbers are those of the list of facts
// that the stand-in was written from. Three of them have nothing here to put back:
//
//	9   spellings of durations decide whether the source is read: the environment is the same.
//	10  that the S3 client of Go does not look at AWS_ENDPOINT_URL is of interest to laboratories alone; this one answers under AWS's name.
//	12  Encore's supervisor is in the image that Encore builds, in front of the runtime. The stand-in is the runtime.
func TestLabRows(t *testing.T) {
	failed := gather(t)
	for fixture, rows := range map[string]func(*lab, *testing.T){
		"shop": (*lab).shopRows, "shop-typescript": (*lab).shopTypeScriptRows, "reach": (*lab).reachRows,
		"reach-typescript": (*lab).reachTypeScriptRows, "schedules": (*lab).schedulesRows,
	} {
		t.Run(fixture, func(t *testing.T) {
			t.Parallel()
			rows(openLab(t, failed, laboratory.Options{Fixture: fixture, Speed: speed}), t)
		})
	}
}

// oldRow is something that is put back, and the check that must find it.
type oldRow struct {
	put   func(*putting)
	check func(ctx context.Context, since time.Time) []string
	// wants are patterns: each fits a problem, and each problem fits one of them or of follows, which are problems that may come of it.
	wants, follows []string
}

// putting puts things back, and collects how they are taken away again.
type putting struct {
	*lab
	ctx      context.Context
	t        testing.TB
	changes  map[string]func(*laboratory.Changed) error // by service of the application, or "gateway"
	restores []func(ctx context.Context) error
}

// row puts something back, checks, takes it away and checks again.
func (l *lab) row(t testing.TB, old oldRow) {
	t.Helper()
	ctx := within(t, 90*time.Second)
	p := &putting{lab: l, ctx: ctx, t: t, changes: map[string]func(*laboratory.Changed) error{}}
	since := time.Now()
	old.put(p)
	p.deploy()
	found := old.check(ctx, since)
	for _, want := range old.wants {
		if !slices.ContainsFunc(found, regexp.MustCompile(want).MatchString) {
			t.Errorf("nothing finds %s; found was %q", want, found)
		}
	}
	expected := regexp.MustCompile(strings.Join(append(slices.Clone(old.wants), old.follows...), "|"))
	for _, problem := range found {
		if len(old.wants) == 0 || !expected.MatchString(problem) {
			t.Errorf("more is found than was put back: %s", problem)
		}
	}
	var all sync.WaitGroup
	for _, restore := range p.restores {
		all.Go(func() {
			if err := restore(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	labReport(t, old.check(ctx, time.Now()))
}

// process is the name of the ECS service of a service of the application.
func (l *lab) process(service string) string {
	for _, process := range l.processes {
		if strings.HasSuffix(process.Name, "-"+service) {
			return process.Name
		}
	}
	return service
}

// change notes a change of a process for deploy.
func (p *putting) change(service string, change func(*laboratory.Changed) error) {
	p.changes[service] = change
}

func (p *putting) infra(service string, change func(config map[string]any)) {
	p.change(service, func(changed *laboratory.Changed) error { return changed.Infra(change) })
}

// deploy deploys all changes at once.
func (p *putting) deploy() {
	p.t.Helper()
	var all sync.WaitGroup
	var lock sync.Mutex
	for service, change := range p.changes {
		all.Go(func() {
			restore, err := p.Change(p.ctx, p.process(service), change)
			if err != nil {
				p.t.Error(err)
			}
			lock.Lock()
			defer lock.Unlock()
			if restore != nil {
				p.restores = append(p.restores, restore)
			}
		})
	}
	all.Wait()
}

// rules changes rules of security groups.
func (p *putting) rules(change func(resources map[string]map[string]any)) {
	p.t.Helper()
	restore, err := p.Rules(change)
	if err != nil {
		p.t.Fatal(err)
	}
	p.restores = append(p.restores, func(context.Context) error { return restore() })
}

// without takes the statements about actions of a service of AWS out of the rights of a process.
func (p *putting) without(service, actions string) {
	p.t.Helper()
	for _, resource := range p.Resources.Of("aws_iam_role_policy") {
		if resource.Module != "module.service_"+service || resource.Text("name") != "permissions" {
			continue
		}
		var policy map[string]any
		if err := json.Unmarshal([]byte(resource.Text("policy")), &policy); err != nil {
			p.t.Fatal(err)
		}
		statements, _ := policy["Statement"].([]any)
		policy["Statement"] = slices.DeleteFunc(slices.Clone(statements), func(statement any) bool {
			return strings.Contains(fmt.Sprint(statement.(map[string]any)["Action"]), actions)
		})
		fewer, err := json.Marshal(policy)
		if err != nil || len(policy["Statement"].([]any)) == len(statements) {
			p.t.Fatalf("no right to %s is taken away: %v", actions, err)
		}
		write := func(document string) error {
			_, err := p.Call("iam", "PutRolePolicy", map[string]any{
				"RoleName": resource.Text("role"), "PolicyName": resource.Text("name"), "PolicyDocument": document,
			})
			return err
		}
		if err := write(string(fewer)); err != nil {
			p.t.Fatal(err)
		}
		p.restores = append(p.restores, func(context.Context) error { return write(resource.Text("policy")) })
		return
	}
	p.t.Fatalf("service %s has no policy", service)
}

// The checks of TestLab.
func (l *lab) starts(_ context.Context, since time.Time) []string { return l.startProblems(since) }
func (l *lab) does(ctx context.Context, _ time.Time) []string     { return l.needProblems(ctx) }
func (l *lab) answers(ctx context.Context, _ time.Time) []string  { return l.endpointProblems(ctx) }
func (l *lab) builds(context.Context, time.Time) []string {
	problems, err := l.BuildProblems()
	if err != nil {
		return []string{err.Error()}
	}
	return problems
}

// undiscovered takes services out of what a process finds.
func undiscovered(services ...string) func(config map[string]any) {
	return func(config map[string]any) {
		for _, service := range services {
			delete(config["service_discovery"].(map[string]any), service)
		}
	}
}

// authority makes a process trust a certificate, for its databases or its caches.
func authority(section, certificate string) func(config map[string]any) {
	return func(config map[string]any) {
		switch servers := config[section].(type) {
		case []any:
			for _, server := range servers {
				server.(map[string]any)["tls_config"] = map[string]any{"ca": certificate}
			}
		case map[string]any:
			for _, server := range servers {
				server.(map[string]any)["tls_config"] = map[string]any{"ca": certificate}
			}
		}
	}
}

// rootOf is the certificate that databases of a region are trusted by.
func rootOf(t testing.TB, region string) string {
	t.Helper()
	text, err := fs.ReadFile(modules.FS(), "database-server/certificates/"+region+".pem")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (l *lab) shopRows(t *testing.T) {
	l.check(t, "row 1 the auth handler's service not beside the gateway", func(t testing.TB) {
		l.row(t, oldRow{
			put: func(p *putting) {
				p.rules(func(resources map[string]map[string]any) { l.pair(t, resources, "gateway", "orders", "users") })
				p.infra("gateway", func(config map[string]any) {
					config["hosted_services"] = []any{}
					discovery := config["service_discovery"].(map[string]any)
					base := discovery["catalog"].(map[string]any)["base_url"].(string)
					discovery["users"] = map[string]any{"base_url": strings.Replace(base, "catalog", "users", 1)}
				})
			},
			check: l.answers,
			wants: []string{`^POST /orders with "Bearer lab-ada": got 500 .*unable to decode auth data`, `^GET /orders/1 with "Bearer lab-ada": got 500 .*unable to decode auth data`},
		})
	})
	l.check(t, "row 11 a certificate is the only one that is trusted", func(t testing.TB) {
		l.row(t, oldRow{
			put: func(p *putting) {
				p.infra("users", authority("redis", rootOf(t, "us-east-1")))
				p.infra("reports", authority("sql_servers", rootOf(t, "eu-west-1")))
			},
			check:   l.does,
			wants:   []string{`^process shop-trial-users: users: cache sessions.*certificate`, `^reports: database orders.*certificate`, `^reports: database catalog.*certificate`},
			follows: []string{`^process shop-trial-reports: reports: database `},
		})
	})
}

// pair lets a process reach another as a third does.
func (l *lab) pair(t testing.TB, resources map[string]map[string]any, from, like, to string) {
	t.Helper()
	group := func(service string) string {
		for _, rule := range l.Resources.Of("aws_vpc_security_group_egress_rule") {
			if rule.Module == "module.service_"+service && strings.Contains(rule.Address, ".connection[") {
				return rule.Text("security_group_id")
			}
		}
		t.Fatalf("%s has no group", service)
		return ""
	}
	own, others := group(from), group(like)
	for _, direction := range []string{"egress", "ingress"} {
		address := fmt.Sprintf(`module.service_%%s.aws_vpc_security_group_%s_rule.connection["service_%s"]`, direction, to)
		rule := map[string]any{}
		for name, value := range resources[fmt.Sprintf(address, like)] {
			if value == others {
				value = own
			}
			rule[name] = value
		}
		if len(rule) == 0 {
			t.Fatalf("%s has no rule for %s", like, to)
		}
		resources[fmt.Sprintf(address, from)] = rule
	}
}

func (l *lab) shopTypeScriptRows(t *testing.T) {
	l.check(t, "row 11 a certificate is trusted besides the system's", func(t testing.TB) {
		l.row(t, oldRow{
			put: func(p *putting) {
				p.infra("users", authority("redis", rootOf(t, "us-east-1"))) // a mistake without consequences
				p.infra("reports", authority("sql_servers", rootOf(t, "eu-west-1")))
			},
			check:   l.does,
			wants:   []string{`^reports: database orders.*certificate`, `^reports: database catalog.*certificate`},
			follows: []string{`^process shop-trial-reports: reports: database `},
		})
	})
	l.check(t, "row 2 the gateway's application hears of its end at once", l.deafGateway)
	l.check(t, "row 2 a service's application hears of its end at once", l.deafService)
}

// deaf is a probe that does not keep the signal from the application.
func deaf(changed *laboratory.Changed) error {
	probe := changed.Container("probe")
	if probe == nil {
		return errors.New("no container is named probe")
	}
	probe["command"] = []any{"trap 'kill $!; exit 0' TERM INT; while :; do sleep 30 & wait $!; done"}
	return nil
}

// lifetime is how long callers know the address of a task that has gone.
const lifetime = 10 * time.Second / speed

// deafService replaces tasks under load: one whose signal is held back, and then some whose signal is not, until a request is lost.
// Callers that were told the name's addresses a moment ago use the old one long, others hardly: it may take more than one.
func (l *lab) deafService(t testing.TB) {
	ctx := within(t, 2*time.Minute)
	replaced := func(change func(*laboratory.Changed) error) []string {
		load := l.press(t, 8)
		if _, err := l.Change(ctx, l.process("catalog"), change); err != nil {
			t.Fatal(err)
		}
		time.Sleep(lifetime)
		load.enough(ctx, t, 100)
		return load.losses(t)
	}
	labReport(t, replaced(deaf))
	var lost []string
	for range 4 {
		if lost = append(lost, replaced(deaf)...); len(lost) > 0 {
			break
		}
	}
	lostBy(t, lost, "connection refused")
}

// deafGateway lets Spot take away a task of two, in the same way. When a deployment replaces a task of the gateway the load balancer has
// let go of it before any signal, whatever the probe does.
func (l *lab) deafGateway(t testing.TB) {
	ctx := within(t, 90*time.Second)
	gateway := l.process("gateway")
	interrupted := func() []string {
		load := l.press(t, 8)
		before := l.task(t, gateway)
		if err := l.Cluster.Interrupt(before.ID); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(l.Settled(ctx), l.Cluster.Steady(ctx)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(lifetime)
		load.enough(ctx, t, 100)
		return load.losses(t)
	}
	if err := errors.Join(l.Cluster.Scale(gateway, 2), l.Cluster.Steady(ctx)); err != nil {
		t.Fatal(err)
	}
	labReport(t, interrupted())
	if _, err := l.Change(ctx, gateway, deaf); err != nil {
		t.Fatal(err)
	}
	lostBy(t, interrupted(), ": 502 ")
}

func lostBy(t testing.TB, lost []string, how string) {
	t.Helper()
	t.Logf("%d requests were lost", len(lost))
	if !slices.ContainsFunc(lost, func(one string) bool { return strings.Contains(one, how) }) {
		t.Errorf("no request is lost by %q: %q", how, lost[:min(len(lost), 5)])
	}
}

func (l *lab) reachRows(t *testing.T) {
	l.check(t, "row 4 what stands in other services is not granted", func(t testing.TB) {
		l.row(t, oldRow{
			put: func(p *putting) {
				p.infra("orders", func(config map[string]any) {
					noDatabase(config, "store")
					undiscovered("stock")(config)
				})
				p.rules(func(resources map[string]map[string]any) {
					delete(resources, `module.service_store.aws_vpc_security_group_egress_rule.connection["service_stock"]`)
				})
				p.change("store", func(*laboratory.Changed) error { return nil }) // with connections of its own
				p.without("gallery", "s3:")
			},
			check: l.does,
			wants: []string{
				`^orders: database store: .*not configured to use this database`, `^process reach-trial-orders: orders: database store: .*not configured`,
				`^orders: call stock.Take: .*"stock" not found`, `^store: call stock.Take: `, `^gallery: bucket photos exists: .*403`,
			},
			follows: []string{`^process reach-trial-(orders|store): \w+: call stock.Take: `, `^process reach-trial-gallery: gallery: bucket photos exists: `},
		})
	})
	l.check(t, "row 7 the service of a nested folder is missing", func(t testing.TB) {
		l.row(t, oldRow{
			put: func(p *putting) {
				rates := l.process("rates")
				if err := l.Cluster.Scale(rates, 0); err != nil {
					t.Fatal(err)
				}
				p.restores = append(p.restores, func(ctx context.Context) error {
					return errors.Join(l.Cluster.Scale(rates, 1), l.Cluster.Steady(ctx))
				})
				p.infra("gateway", undiscovered("rates"))
			},
			check: l.starts,
			wants: []string{`^reach-trial-rates has no task$`, `^reach-trial-gateway is STOPPED .*no service discovery configuration for service "rates"`},
		})
	})
}

func noDatabase(config map[string]any, name string) {
	for _, server := range config["sql_servers"].([]any) {
		delete(server.(map[string]any)["databases"].(map[string]any), name)
	}
}

func (l *lab) reachTypeScriptRows(t *testing.T) {
	l.check(t, "row 3 a secret that modules read while they load is missing", func(t testing.TB) {
		l.row(t, oldRow{
			put: func(p *putting) {
				p.infra("users", func(config map[string]any) { delete(config["secrets"].(map[string]any), "StripeKey") })
			},
			check: l.starts,
			wants: []string{`^reach-trial-users is STOPPED .*app exited with code 1: .*secret "StripeKey" is not set`},
		})
	})
	l.check(t, "row 4 what stands in other services is not granted", func(t testing.TB) {
		l.row(t, oldRow{
			put: func(p *putting) {
				p.infra("users", func(config map[string]any) { noDatabase(config, "orders") })
				p.infra("web", undiscovered("audit"))
			},
			check: l.does,
			wants: []string{
				`^users: database orders: .*not configured to use this database`, `^process reach-trial-users: users: database orders: .*not configured`,
				`^web: call audit.record: .*"audit" not found`, `^process reach-trial-web: web: call audit.record: `,
			},
			follows: []string{`web: call users.get: .*not configured to use this database`},
		})
	})
	l.check(t, "row 5 the callers' key is not the first", func(t testing.TB) {
		l.row(t, oldRow{
			put: func(p *putting) {
				p.infra("orders", func(config map[string]any) {
					first := map[string]any{"type": "key", "id": 2, "key": map[string]any{"$env": "SECRET_StripeKey"}}
					config["auth"] = append([]any{first}, config["auth"].([]any)...)
				})
			},
			check:   l.does,
			wants:   []string{`^users: call orders.count: .*unknown key 1`, `^web: call orders.count: .*unknown key 1`},
			follows: []string{`(users|web): call (orders.count|users.get): .*unknown key 1`},
		})
	})
	// The client of a service is used for an endpoint that it has not. What code does so is nobody's need, and a process finds out when it
	// calls; but the build wants the way. mail is such a service here for as long as the row lasts.
	l.check(t, "row 8 a service that only an unknown endpoint names is not found", func(t testing.TB) {
		web := l.Needs.Service("web")
		calls := web.Calls
		defer func() { web.Calls, web.Names = calls, nil }()
		web.Calls = slices.DeleteFunc(slices.Clone(calls), func(name string) bool { return strings.HasPrefix(name, "mail.") })
		web.Names = []string{"mail"}
		l.row(t, oldRow{
			put:   func(p *putting) { p.infra("web", undiscovered("mail")) },
			check: l.builds,
			wants: []string{`^reach-trial-web: Encore's build wants the address of service mail$`},
		})
	})
}

func (l *lab) schedulesRows(t *testing.T) {
	l.check(t, "row 6 the service of a cron job's endpoint is not found", func(t testing.TB) {
		l.row(t, oldRow{
			put:   func(p *putting) { p.infra("digest", undiscovered("billing")) },
			check: l.builds,
			wants: []string{`^schedules-trial-digest: Encore's build wants the address of service billing$`},
		})
	})
}
