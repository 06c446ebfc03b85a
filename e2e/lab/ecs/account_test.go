//go:build linux && validate

package ecs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/container"
)

// fakeAccount is an account with one cluster and one service, as far as a cluster asks for it.
type fakeAccount struct {
	lock        sync.Mutex
	service     map[string]any
	definitions map[string]map[string]any
	secrets     map[string]string
	refuses     string // an operation that nobody may call
}

func (a *fakeAccount) call(_ emulator.Identity, _, operation string, parameters map[string]any) (map[string]any, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if operation == a.refuses {
		return nil, &emulator.Error{Code: "AccessDeniedException", Status: 400, Message: "not authorized to perform " + operation}
	}
	switch operation {
	case "ListClusters":
		return map[string]any{"clusterArns": []string{"arn:aws:ecs:us-east-1:123456789012:cluster/c"}}, nil
	case "ListServices":
		return map[string]any{"serviceArns": []string{"s"}}, nil
	case "DescribeServices":
		return map[string]any{"services": []any{a.service}}, nil
	case "DescribeTaskDefinition":
		return map[string]any{"taskDefinition": a.definitions[parameters["taskDefinition"].(string)]}, nil
	case "UpdateService":
		for name, value := range parameters {
			a.service[name] = value
		}
		return nil, nil
	case "GetSecretValue":
		return map[string]any{"SecretString": a.secrets[parameters["SecretId"].(string)]}, nil
	case "PutLogEvents", "CreateLogStream":
		return nil, nil
	}
	return nil, fmt.Errorf("%s is not in this account", operation)
}

func (a *fakeAccount) assume(context.Context, string, string, string) (emulator.Credentials, error) {
	return emulator.Credentials{Identity: emulator.Identity{Key: "key"}}, nil
}

// report takes over what DescribeServices is to say, as the account of a real emulator does.
func (a *fakeAccount) report(_ context.Context, _, _ string, fields map[string]any) error {
	a.lock.Lock()
	defer a.lock.Unlock()
	for name, value := range fields {
		a.service[name] = value
	}
	return nil
}

// network notes who is announced and registered, and drains a target for a while.
type network struct {
	lock     sync.Mutex
	journal  *journal
	draining time.Duration
	states   map[string]string
	next     byte
}

func (n *network) set(target netip.AddrPort, state string) {
	n.lock.Lock()
	defer n.lock.Unlock()
	n.states[target.String()] = state
}

func (n *network) network() Network {
	return Network{
		Attach: func(string, string, []string) (Place, error) {
			n.lock.Lock()
			defer n.lock.Unlock()
			n.next++
			return Place{Address: netip.AddrFrom4([4]byte{10, 0, 0, n.next})}, nil
		},
		Announce: func(string, netip.Addr) error { n.journal.add("announced"); return nil },
		Withdraw: func(string, netip.Addr) error { n.journal.add("withdrawn"); return nil },
		Register: func(_ string, target netip.AddrPort) error {
			n.set(target, "healthy")
			n.journal.add("registered")
			return nil
		},
		Deregister: func(_ string, target netip.AddrPort) error {
			n.set(target, "draining")
			n.journal.add("deregistered")
			time.AfterFunc(n.draining, func() { n.journal.add("drained"); n.set(target, "") })
			return nil
		},
		State: func(_ string, target netip.AddrPort) string {
			n.lock.Lock()
			defer n.lock.Unlock()
			return n.states[target.String()]
		},
	}
}

// journal is what happened in which order: containers write lines to its file, which they see as /journal/lines.
type journal struct{ folder string }

func (j *journal) add(line string) {
	file, err := os.OpenFile(filepath.Join(j.folder, "lines"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return // the test is over
	}
	defer file.Close()
	fmt.Fprintln(file, line)
}

func (j *journal) remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(j.folder, name)); err != nil {
		t.Fatal(err)
	}
}

func (j *journal) String() string {
	text, _ := os.ReadFile(filepath.Join(j.folder, "lines"))
	return strings.Join(strings.Fields(string(text)), " ")
}

// bench is a cluster with one service, and what is around it.
type bench struct {
	*Cluster
	account *fakeAccount
	network *network
	journal *journal
	ctx     context.Context
}

// recordedDefinition is a task definition out of its containers.
func recordedDefinition(revision int, containers string) map[string]any {
	definition := map[string]any{"taskDefinitionArn": fmt.Sprintf("s:%d", revision), "family": "s", "revision": revision, "volumes": []any{map[string]any{"name": "config"}}}
	var list []any
	if err := json.Unmarshal([]byte(containers), &list); err != nil {
		panic(err)
	}
	definition["containerDefinitions"] = list
	return definition
}

// start runs a service with the first of the definitions. Durations are a twentieth of what is written.
func start(t *testing.T, desired int, change func(*bench), containers ...string) *bench {
	t.Helper()
	folder := t.TempDir()
	b := &bench{journal: &journal{t.TempDir()}}
	if err := os.Chmod(b.journal.folder, 0o777); err != nil {
		t.Fatal(err)
	}
	b.network = &network{journal: b.journal, states: map[string]string{}}
	b.account = &fakeAccount{definitions: map[string]map[string]any{}, secrets: map[string]string{}, service: map[string]any{
		"serviceName": "s", "serviceArn": "s", "taskDefinition": "s:1", "desiredCount": desired,
		"deploymentConfiguration": map[string]any{"maximumPercent": 200, "minimumHealthyPercent": 100, "deploymentCircuitBreaker": map[string]any{"enable": true, "rollback": true}},
		"networkConfiguration":    map[string]any{"awsvpcConfiguration": map[string]any{"subnets": []string{"a", "b"}}},
	}}
	for i, text := range containers {
		b.account.definitions[fmt.Sprintf("s:%d", i+1)] = recordedDefinition(i+1, text)
	}
	image := filepath.Join(folder, "busybox")
	if err := container.Busybox(image); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(b)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	b.ctx = ctx
	t.Cleanup(cancel)
	var err error
	b.Cluster, err = Start(ctx, Options{
		Account: "123456789012", Region: "us-east-1", Call: b.account.call, Assume: b.account.assume, Report: b.account.report, Images: map[string]string{"busybox": image}, Network: b.network.network(),
		Directory: folder, Speed: 20, Mounts: []container.Mount{{Source: b.journal.folder, Target: "/journal"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			for _, event := range b.Events("") {
				t.Log(event.Time.Format("05.000"), event.Message)
			}
		}
	})
	return b
}

func (b *bench) steady(t *testing.T) {
	t.Helper()
	if err := b.Steady(b.ctx); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	if err := b.Wait(b.ctx, what, holds); err != nil {
		t.Fatal(err)
	}
}

// current are the tasks that nobody has told to stop.
func (b *bench) current() []Task {
	var found []Task
	for _, task := range b.Tasks("") {
		if task.StopCode == "" {
			found = append(found, task)
		}
	}
	return found
}
