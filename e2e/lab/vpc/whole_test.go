//go:build validate && linux

package vpc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/environment"
	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
	"github.com/groundplan/groundplan/e2e/lab/vpc/balancer"
	"github.com/groundplan/groundplan/e2e/lab/vpc/functions"
	"github.com/groundplan/groundplan/e2e/lab/vpc/servers"
)

// world is the application shop as terraform applied it, with everything in its network but its tasks.
type world struct {
	resources state.State
	caller    *emulator.Caller
	operator  emulator.Identity
	network   *vpc.Network
	servers   *servers.Servers
	balancer  *balancer.Balancer
	functions *functions.Functions
}

// speed divides all durations of the world.
const speed = 60

func startWorld(t *testing.T) *world {
	t.Helper()
	prepared, err := environment.Prepare(t.Context(), environment.Options{Fixture: "shop", Settings: environment.Trial, Progress: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { isClosed(t, prepared.Close) })
	w := &world{resources: state.State(prepared.Resources)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.caller, err = prepared.Cloud.Caller(t.Context())
	must(err)
	t.Cleanup(w.caller.Close)
	w.operator, err = w.caller.Administrator()
	must(err)
	must(prepared.Cloud.Enforce(t.Context(), true))
	guide, err := os.ReadFile(filepath.Join(filepath.Dir(prepared.Folder), "README.md"))
	must(err)
	begun := time.Now()
	w.network, err = vpc.New(t.Context(), vpc.Options{Resources: w.resources, CloudURL: prepared.Cloud.URL, Speed: speed})
	must(err)
	t.Cleanup(func() { isClosed(t, w.network.Close) })
	t.Logf("network up after %v", time.Since(begun).Round(time.Millisecond))
	w.servers, err = servers.Start(t.Context(), servers.Options{
		Network: w.network, Resources: w.resources, Environment: prepared.Settings.Name, Guide: string(guide), Caller: w.caller, Identity: w.operator,
	})
	must(err)
	t.Cleanup(func() { isClosed(t, w.servers.Close) })
	t.Logf("servers up after %v", time.Since(begun).Round(time.Millisecond))
	w.balancer, err = balancer.Start(t.Context(), balancer.Options{Network: w.network, Resources: w.resources, Speed: speed})
	must(err)
	t.Cleanup(func() { isClosed(t, w.balancer.Close) })
	w.functions, err = functions.Start(t.Context(), functions.Options{
		Network: w.network, Resources: w.resources, Cloud: prepared.Cloud, Caller: w.caller, Speed: speed,
	})
	must(err)
	t.Cleanup(func() { isClosed(t, w.functions.Close) })
	t.Logf("all up after %v", time.Since(begun).Round(time.Millisecond))
	return w
}

func isClosed(t *testing.T, closer func() error) {
	t.Helper()
	if err := closer(); err != nil {
		t.Error(err)
	}
}

// task stands where the tasks of a service would, and answers with handler.
func (w *world) task(t *testing.T, service string, handler http.HandlerFunc) *vpc.Attachment {
	t.Helper()
	for _, resource := range w.resources.Of("aws_ecs_service") {
		if resource.Module != "module.service_"+service {
			continue
		}
		place := resource.Block("network_configuration")
		attachment, err := w.network.Attach(vpc.Interface{Name: service, SubnetID: place.Texts("subnets")[0], SecurityGroupIDs: place.Texts("security_groups")})
		if err != nil {
			t.Fatal(err)
		}
		listener, err := attachment.Listen(8080)
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: handler}
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(func() { server.Close() })
		for _, registry := range resource.Blocks("service_registries") {
			if err := w.network.Names().Register(registry.Text("registry_arn"), attachment.Address); err != nil {
				t.Fatal(err)
			}
		}
		for _, group := range resource.Blocks("load_balancer") {
			if err := w.balancer.Register(group.Text("target_group_arn"), netip.AddrPortFrom(attachment.Address, 8080)); err != nil {
				t.Fatal(err)
			}
		}
		return attachment
	}
	t.Fatalf("no service %s", service)
	return nil
}

// TestApplied runs the network of an environment that terraform applied, with stand-ins for its tasks.
func TestApplied(t *testing.T) {
	w := startWorld(t)
	say := func(text string) http.HandlerFunc {
		return func(writer http.ResponseWriter, _ *http.Request) { fmt.Fprint(writer, text) }
	}
	var broken atomic.Bool
	var signed atomic.Int32
	tasks := map[string]*vpc.Attachment{
		"gateway": w.task(t, "gateway", say("gateway")), "users": w.task(t, "users", say("users")), "orders": w.task(t, "orders", say("orders")),
		"catalog": w.task(t, "catalog", say("catalog")), "shipping": w.task(t, "shipping", say("shipping")),
		"reports": w.task(t, "reports", func(writer http.ResponseWriter, request *http.Request) {
			if request.Header.Get("X-Encore-Auth") != "" && request.URL.Path == "/reports.Revenue" {
				signed.Add(1)
			}
			if broken.Load() {
				http.Error(writer, "out of order", http.StatusInternalServerError)
			}
		}),
	}
	t.Run("load balancer", func(t *testing.T) {
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			response, err := w.balancer.Client().Get("http://" + w.balancer.Name + "/")
			if err == nil {
				response.Body.Close()
				if response.StatusCode == http.StatusOK {
					return
				}
			}
			if time.Now().After(deadline) {
				t.Fatalf("the gateway is not reached: %v %v", response, err)
			}
		}
	})
	t.Run("connections", func(t *testing.T) {
		database, cache := w.servers.Databases[0], w.servers.Caches[0]
		for _, test := range []struct {
			from, to string
			want     bool
		}{
			{"gateway", "catalog.shop-trial.internal:8080", true}, {"catalog", "reports.shop-trial.internal:8080", false},
			{"catalog", fmt.Sprintf("%s:%d", database.Host, database.Port), true}, {"shipping", fmt.Sprintf("%s:%d", database.Host, database.Port), false},
			{"users", fmt.Sprintf("%s:%d", cache.Host, cache.Port), true}, {"catalog", fmt.Sprintf("%s:%d", cache.Host, cache.Port), false},
			{"users", "secretsmanager.aws.lab:443", true},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			connection, err := tasks[test.from].Dial(ctx, test.to)
			cancel()
			if err == nil {
				connection.Close()
			}
			if (err == nil) != test.want {
				t.Errorf("%s to %s: %v", test.from, test.to, err)
			}
		}
	})
	t.Run("cron job", func(t *testing.T) { w.cronJob(t, &broken, &signed) })
}

// cronJob lets a run succeed, one fail for good, and one not reach its process.
func (w *world) cronJob(t *testing.T, broken *atomic.Bool, signed *atomic.Int32) {
	names := w.functions.Schedules("module.cron_nightly_revenue")
	if len(names) != 1 {
		t.Fatalf("schedules are %v", names)
	}
	due := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	run, err := w.functions.Fire(t.Context(), names[0], due)
	if err != nil || !run.Succeeded() || len(run.Attempts) != 1 || signed.Load() != 1 {
		t.Fatalf("%+v %v, with %d signed requests", run, err, signed.Load())
	}
	if run.Attempts[0].Report["execution"] != "shop-trial-nightly-revenue/2026-03-01T02:00:00Z" {
		t.Errorf("the run reports %v", run.Attempts[0].Report)
	}
	broken.Store(true)
	run, err = w.functions.Fire(t.Context(), names[0], due)
	if err != nil || run.Succeeded() || len(run.Attempts) != 1 || signed.Load() != 4 || !strings.Contains(run.DeadLetter, "RetriesExhausted") || !strings.Contains(run.DeadLetter, "answered 500") {
		t.Errorf("%+v %v", run, err)
	}
	queue := ""
	for _, resource := range w.resources.Of("aws_sqs_queue") {
		if resource.Module == "module.cron_nightly_revenue" {
			queue = resource.Text("url")
		}
	}
	answer, err := w.caller.Call(w.operator, "sqs", "ReceiveMessage", map[string]any{"QueueUrl": queue})
	if err != nil {
		t.Fatal(err)
	}
	messages, _ := answer["Messages"].([]any)
	if len(messages) != 1 {
		t.Fatalf("dead letters are %v", answer)
	}
	var letter struct {
		RequestContext  struct{ Condition string }
		RequestPayload  struct{ Execution string }
		ResponsePayload struct{ ErrorType string }
	}
	if err := json.Unmarshal([]byte(messages[0].(map[string]any)["Body"].(string)), &letter); err != nil {
		t.Fatal(err)
	}
	if letter.RequestContext.Condition != "RetriesExhausted" || letter.RequestPayload.Execution != "shop-trial-nightly-revenue/2026-03-01T02:00:00Z" || letter.ResponsePayload.ErrorType != "RuntimeError" {
		t.Errorf("the dead letter is %+v", letter)
	}
	broken.Store(false)
	less := w.resources.Clone()
	delete(less, "module.cron_nightly_revenue.aws_vpc_security_group_egress_rule.connection")
	if err := w.network.Update(less); err != nil {
		t.Fatal(err)
	}
	run, err = w.functions.Fire(t.Context(), names[0], due)
	if err != nil || run.Succeeded() || run.DeadLetter == "" || !strings.Contains(run.Attempts[0].Failure, "timed out") {
		t.Errorf("without the rule that lets the function out: %+v %v", run, err)
	}
	if _, err := w.functions.Fire(t.Context(), "other", due); err == nil {
		t.Error("a schedule that is not there fires")
	}
}
