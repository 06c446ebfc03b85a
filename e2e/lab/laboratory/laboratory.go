//go:build linux

// Package laboratory puts the laboratory together: an environment that terraform applied to an emulated account, its network,
// databases, caches and load balancer, and its services as processes. What runs in it are the task definitions, policies, rules and
// names of the account, with a stand-in for Encore's runtime as the application.
package laboratory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/container"
	"github.com/groundplan/groundplan/e2e/lab/ecs"
	"github.com/groundplan/groundplan/e2e/lab/environment"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/image"
	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
	"github.com/groundplan/groundplan/e2e/lab/vpc/balancer"
	"github.com/groundplan/groundplan/e2e/lab/vpc/functions"
	"github.com/groundplan/groundplan/e2e/lab/vpc/servers"
)

// Options say what to run.
type Options struct {
	Fixture  string // a folder under fixtures/, with a file of needs
	Settings string // the text of groundplan.hcl; empty for one environment with a process for each service
	// Speed divides all durations of the environment; 0 counts as 1.
	Speed    float64
	Progress io.Writer // nil is silence
}

// Laboratory is an environment that runs.
type Laboratory struct {
	Environment *environment.Environment
	Resources   state.State
	Needs       *needs.Needs
	Caller      *emulator.Caller
	Operator    emulator.Identity // who may do everything
	Network     *vpc.Network
	Servers     *servers.Servers
	Balancer    *balancer.Balancer
	Functions   *functions.Functions
	Cluster     *ecs.Cluster
	Directory   string // logs and images are here

	options Options
	jobs    []Job
	images  map[string]string // by reference, as task definitions name them
	binary  string
	places  sync.Map // of tasks, by address
	closers []func() error
}

// Open starts an environment and returns when all of it is up, or why it is not. It asks for root, and for what tools/setup installs.
func Open(ctx context.Context, options Options) (*Laboratory, error) {
	if options.Progress == nil {
		options.Progress = io.Discard
	}
	if options.Settings == "" {
		options.Settings = environment.Trial
	}
	if options.Speed <= 0 {
		options.Speed = 1
	}
	l := &Laboratory{options: options}
	if err := l.open(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// steps are what a laboratory is built of, in their order.
func (l *Laboratory) open(ctx context.Context) error {
	directory, err := os.MkdirTemp("", "lab-")
	if err != nil {
		return err
	}
	l.Directory = directory
	l.closers = append(l.closers, func() error { return os.RemoveAll(directory) })
	if err := os.Chmod(directory, 0o755); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"account", l.openAccount}, {"network", l.openNetwork}, {"images", l.makeImages}, {"databases and caches", l.openServers},
		{"load balancer", l.openBalancer}, {"schedules", l.openFunctions}, {"services", l.openServices},
	} {
		start := time.Now()
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %s: %w", l.options.Fixture, step.name, err)
		}
		fmt.Fprintf(l.options.Progress, "%s: %s after %.1f s\n", l.options.Fixture, step.name, time.Since(start).Seconds())
	}
	return nil
}

// openAccount prepares the environment and gives the secrets their values, as an operator does by the README.
func (l *Laboratory) openAccount(ctx context.Context) error {
	repository, err := emulator.Repository()
	if err != nil {
		return err
	}
	read, diagnostics := needs.Read(filepath.Join(repository, "fixtures", l.options.Fixture, "needs.hcl"))
	if diagnostics.HasErrors() {
		return diagnostics
	}
	l.Needs = read
	prepared, err := environment.Prepare(ctx, environment.Options{Fixture: l.options.Fixture, Settings: l.options.Settings, Progress: l.options.Progress})
	if err != nil {
		return err
	}
	l.Environment, l.Resources = prepared, state.State(prepared.Resources)
	l.closers = append(l.closers, prepared.Close)
	if l.Caller, err = prepared.Cloud.Caller(ctx); err != nil {
		return err
	}
	l.closers = append(l.closers, func() error { l.Caller.Close(); return nil })
	if l.Operator, err = l.Caller.Administrator(); err != nil {
		return err
	}
	logins, err := l.logins()
	if err != nil {
		return err
	}
	for _, secret := range l.Resources.Of("aws_secretsmanager_secret") {
		id := map[string]any{"SecretId": secret.Text("arn")}
		if _, err := l.Call("secretsmanager", "GetSecretValue", id); err == nil {
			continue
		}
		id["SecretString"] = "value of " + secret.Text("name")
		if logins[secret.Text("arn")] {
			id["SecretString"] = `{"username": "lab", "password": "` + secret.Text("name") + `"}`
		}
		if _, err := l.Call("secretsmanager", "PutSecretValue", id); err != nil {
			return err
		}
	}
	for _, name := range l.declared("bucket") {
		if bucket, found := l.resource("bucket "+name, "aws_s3_bucket"); found {
			object := map[string]any{"Bucket": bucket.Text("bucket"), "Key": exercise.Object, "Body": "the laboratory was here"}
			if _, err := l.Call("s3", "PutObject", object); err != nil {
				return err
			}
		}
	}
	if l.jobs, err = l.readJobs(); err != nil {
		return err
	}
	if err := prepared.Cloud.HoldDeployments(ctx, true); err != nil {
		return err
	}
	return prepared.Cloud.Enforce(ctx, true)
}

// Call makes one call to AWS as the operator.
func (l *Laboratory) Call(service, operation string, parameters map[string]any) (map[string]any, error) {
	answer, err := l.Caller.Call(l.Operator, service, operation, parameters)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", service, operation, err)
	}
	return answer, nil
}

func (l *Laboratory) openNetwork(ctx context.Context) error {
	network, err := vpc.New(ctx, vpc.Options{
		Resources: l.Resources, Directory: filepath.Join(l.Directory, "network"), CloudURL: l.Environment.Cloud.URL, Speed: l.options.Speed,
	})
	if err != nil {
		return err
	}
	l.Network = network
	l.closers = append(l.closers, network.Close)
	return nil
}

func (l *Laboratory) openServers(ctx context.Context) error {
	guide, err := os.ReadFile(filepath.Join(filepath.Dir(l.Environment.Folder), "README.md"))
	if err != nil {
		return err
	}
	started, err := servers.Start(ctx, servers.Options{
		Network: l.Network, Resources: l.Resources, Environment: l.Environment.Settings.Name, Guide: string(guide), Caller: l.Caller, Identity: l.Operator,
	})
	if err != nil {
		return err
	}
	l.Servers = started
	l.closers = append(l.closers, started.Close)
	return nil
}

// hearsay is how long the load balancer sends requests to a task that was deregistered.
const hearsay = 3 * time.Second

func (l *Laboratory) openBalancer(ctx context.Context) error {
	if len(l.Resources.Of("aws_lb")) == 0 {
		return nil
	}
	started, err := balancer.Start(ctx, balancer.Options{Network: l.Network, Resources: l.Resources, Speed: l.options.Speed, Lag: hearsay})
	if err != nil {
		return err
	}
	l.Balancer = started
	l.closers = append(l.closers, started.Close)
	return nil
}

func (l *Laboratory) openFunctions(ctx context.Context) error {
	started, err := functions.Start(ctx, functions.Options{
		Network: l.Network, Resources: l.Resources, Cloud: l.Environment.Cloud, Caller: l.Caller, Speed: l.options.Speed,
	})
	if err != nil {
		return err
	}
	l.Functions = started
	l.closers = append(l.closers, started.Close)
	return nil
}

// rdsAuthority is where containers find the authority that signs for RDS in the laboratory.
const rdsAuthority = "/lab/rds.pem"

func (l *Laboratory) openServices(ctx context.Context) error {
	resolver, err := os.ReadFile(l.Network.ResolverFile())
	if err != nil {
		return err
	}
	variables := map[string]string{"LAB_SPEED": fmt.Sprint(l.options.Speed), "LAB_RDS_CA": rdsAuthority, "AWS_ENDPOINT_URL": "http://aws.lab:443"}
	if l.Needs.Language == needs.Container {
		variables["LAB_ORDERS"] = exercise.Address
	}
	cluster, err := ecs.Start(ctx, ecs.Options{
		Account: emulator.Account, Region: emulator.Region, Call: l.Caller.Call, Operator: l.Operator,
		Assume: l.Environment.Cloud.Assume, Report: l.Environment.Cloud.SetService,
		Images: l.images, Network: l.tasksNetwork(), Directory: l.Directory, Speed: l.options.Speed, Progress: l.options.Progress,
		Variables: variables, Stopped: l.stopped,
		Files: map[string]string{"/etc/resolv.conf": string(resolver), rdsAuthority: string(l.Network.RDS.PEM)},
	})
	if err != nil {
		return err
	}
	l.Cluster = cluster
	l.closers = append(l.closers, cluster.Close)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	return cluster.Steady(ctx)
}

// tasksNetwork is the network as tasks see it.
func (l *Laboratory) tasksNetwork() ecs.Network {
	return ecs.Network{
		Attach: func(name, subnet string, groups []string) (ecs.Place, error) {
			attached, err := l.Network.Attach(vpc.Interface{
				Name: name, SubnetID: subnet, SecurityGroupIDs: groups, Local: []netip.Addr{netip.MustParseAddr("169.254.170.2")},
			})
			if err != nil {
				return ecs.Place{}, err
			}
			l.places.Store(attached.Address, attached)
			return ecs.Place{Namespace: attached.Namespace, Address: attached.Address, ListenOn: attached.ListenOn, Close: attached.Close}, nil
		},
		Announce: l.Network.Names().Register, Withdraw: l.Network.Names().Deregister,
		Register:   func(group string, target netip.AddrPort) error { return l.Balancer.Register(group, target) },
		Deregister: func(group string, target netip.AddrPort) error { return l.Balancer.Deregister(group, target) },
		State: func(group string, target netip.AddrPort) string {
			for _, health := range l.Balancer.Health(group) {
				if health.Target == target {
					return health.State
				}
			}
			return ""
		},
	}
}

// makeImages makes an image for each reference of a task definition: the stand-in, or busybox.
func (l *Laboratory) makeImages(ctx context.Context) error {
	binary, err := image.Compile(ctx, l.Directory)
	if err != nil {
		return err
	}
	l.binary, l.images = binary, map[string]string{}
	for _, definition := range l.Resources.Of("aws_ecs_task_definition") {
		references, err := imagesNamed(definition)
		if err != nil {
			return err
		}
		for _, reference := range references {
			if _, made := l.images[reference]; made {
				continue
			}
			folder := filepath.Join(l.Directory, "images", fmt.Sprint(len(l.images)))
			if strings.Contains(reference, "busybox") {
				err = container.Busybox(folder)
			} else {
				err = l.build(folder, l.serviceOf(reference), "")
			}
			if err != nil {
				return err
			}
			l.images[reference] = folder
		}
	}
	return nil
}

// serviceOf is the service whose code an image holds: that of an application which is not Encore's stands in the repository's name,
// or before the version in the tag.
func (l *Laboratory) serviceOf(reference string) string {
	if l.Needs.Language != needs.Container {
		return ""
	}
	repository, tag, _ := strings.Cut(reference[strings.LastIndex(reference, "/")+1:], ":")
	for _, service := range l.Needs.Services {
		if repository == service.Name || strings.HasPrefix(tag, service.Name+"-") {
			return service.Name
		}
	}
	return ""
}

func (l *Laboratory) build(folder, service, misbehaves string) error {
	return image.Build(image.Options{
		Directory: folder, Binary: l.binary, Needs: l.Needs, Service: service, Authorities: l.Network.Public.PEM, Misbehaves: misbehaves,
	})
}

// Push makes an image of the application under a reference. It may misbehave, see package image.
func (l *Laboratory) Push(reference, misbehaves string) error {
	folder := filepath.Join(l.Directory, "images", "pushed-"+strings.Map(func(letter rune) rune {
		if strings.ContainsRune("/:", letter) {
			return '-'
		}
		return letter
	}, reference))
	if err := l.build(folder, l.serviceOf(reference), misbehaves); err != nil {
		return err
	}
	l.Cluster.AddImage(reference, folder)
	return nil
}

// Close ends everything, in the reverse order of its start.
func (l *Laboratory) Close() error {
	var failed error
	for _, closer := range slices.Backward(l.closers) {
		failed = errors.Join(failed, closer())
	}
	l.closers = nil
	return failed
}
