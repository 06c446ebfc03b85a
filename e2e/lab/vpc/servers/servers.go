//go:build linux

// Package servers runs the databases and caches of an environment: a real PostgreSQL for each database server, a real
// Redis for each cache, each at an interface of its own in the storage subnets, over TLS alone, and set up by what the
// README of the generated folder tells an operator to do.
//
// Simplified against AWS: one node each, without replicas, failover, backups and IAM login, in the version that this
// machine has. A reader's name leads to the one node. Of a parameter group only what is named in postgres.go and
// redis.go is heeded. The master user is no superuser, as on RDS, but RDS's own functions and extensions are not there.
package servers

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
)

// Options say what to run.
type Options struct {
	Network     *vpc.Network
	Resources   state.State
	Environment string // its name, by which its section of the guide is found
	Guide       string // the text of the generated infra/README.md; empty: databases, roles and grants are not made
	Caller      *emulator.Caller
	Identity    emulator.Identity // the operator: who may read secrets and change the cache's users
	Inactive    bool              // the operator does not run the commands that give the cache's users their passwords
}

// operator makes one call to AWS as the operator.
func (o Options) operator(service, operation string, parameters map[string]any) (map[string]any, error) {
	return o.Caller.Call(o.Identity, service, operation, parameters)
}

// secret is the value of a secret, by name or ARN.
func (o Options) secret(id string) (string, error) {
	answer, err := o.operator("secretsmanager", "GetSecretValue", map[string]any{"SecretId": id})
	if err != nil {
		return "", fmt.Errorf("secret %s: %w", id, err)
	}
	text, _ := answer["SecretString"].(string)
	return text, nil
}

// Servers are the running servers of an environment.
type Servers struct {
	Databases []*Database
	Caches    []*Cache

	directory string
	lock      sync.Mutex
	processes []*process
}

// Start starts all servers and makes what the guide says.
func Start(ctx context.Context, options Options) (*Servers, error) {
	s := &Servers{directory: filepath.Join(options.Network.Directory(), "servers")}
	if err := s.start(ctx, options); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Servers) start(ctx context.Context, options Options) error {
	if err := os.MkdirAll(s.directory, 0o755); err != nil {
		return err
	}
	if err := searchable(s.directory); err != nil {
		return err
	}
	guide, err := readGuide(options.Guide, options.Environment)
	if err != nil {
		return err
	}
	var starting sync.WaitGroup
	var failures []error
	run := func(start func() error) {
		starting.Go(func() {
			if err := start(); err != nil {
				s.lock.Lock()
				defer s.lock.Unlock()
				failures = append(failures, err)
			}
		})
	}
	for _, plan := range databasePlans(options.Resources) {
		run(func() error { return s.startDatabase(ctx, options, plan, guide[plan.module]) })
	}
	for _, resource := range options.Resources.Of("aws_elasticache_replication_group") {
		run(func() error { return s.startCache(ctx, options, resource) })
	}
	starting.Wait()
	return errors.Join(failures...)
}

// searchable reports whether users other than root reach a folder: PostgreSQL does not run as root.
func searchable(directory string) error {
	for folder := directory; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		found, err := os.Stat(folder)
		if err != nil {
			return err
		}
		if found.Mode()&0o001 == 0 {
			return fmt.Errorf("servers run as users of their own, whom %s does not let in\nhint: put the laboratory's directory elsewhere, under /tmp for example", folder)
		}
	}
	return nil
}

// Close stops the servers and removes their data.
func (s *Servers) Close() error {
	s.lock.Lock()
	processes := slices.Clone(s.processes)
	s.lock.Unlock()
	var failures []error
	var stopping sync.WaitGroup
	for _, each := range processes {
		stopping.Go(each.stop)
	}
	stopping.Wait()
	for _, each := range processes {
		failures = append(failures, each.attachment.Close())
	}
	return errors.Join(append(failures, os.RemoveAll(s.directory))...)
}

// Database finds a database server by the address of its module, nil where there is none.
func (s *Servers) Database(module string) *Database {
	for _, each := range s.Databases {
		if each.Module == module {
			return each
		}
	}
	return nil
}

// Cache finds a cache by the address of its module, nil where there is none.
func (s *Servers) Cache(module string) *Cache {
	for _, each := range s.Caches {
		if each.Module == module {
			return each
		}
	}
	return nil
}

// process is a running server with its interface and its folder.
type process struct {
	name       string
	attachment *vpc.Attachment
	folder     string
	credential *syscall.Credential
	command    *exec.Cmd
	ended      chan struct{} // closed when it has ended
	gently     os.Signal     // by which it ends without delay
}

// place makes an interface and a folder for a server, which belongs to the user that it runs as.
func (s *Servers) place(options Options, name, subnet string, groups []string, users ...string) (*process, error) {
	credential, err := account(users...)
	if err != nil {
		return nil, err
	}
	attachment, err := options.Network.Attach(vpc.Interface{Name: name, SubnetID: subnet, SecurityGroupIDs: groups})
	if err != nil {
		return nil, err
	}
	p := &process{name: name, attachment: attachment, folder: filepath.Join(s.directory, name), credential: credential, gently: syscall.SIGTERM}
	s.lock.Lock()
	s.processes = append(s.processes, p)
	s.lock.Unlock()
	if err := os.MkdirAll(p.folder, 0o700); err != nil {
		return nil, err
	}
	return p, os.Chown(p.folder, int(credential.Uid), int(credential.Gid))
}

// account is the first user of these that the machine has.
func account(names ...string) (*syscall.Credential, error) {
	for _, name := range names {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
	}
	return nil, fmt.Errorf("this machine has none of the users %v", names)
}

// write puts a file into the server's folder, for it alone.
func (p *process) write(name string, content []byte) (string, error) {
	file := filepath.Join(p.folder, name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return "", err
	}
	return file, os.Chown(file, int(p.credential.Uid), int(p.credential.Gid))
}

// certify writes a certificate for the server's names and its key.
func (p *process) certify(authority *vpc.Authority, names ...string) (certificate, key string, err error) {
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	certificateText, keyText, err := authority.Issue(names...)
	if err != nil {
		return "", "", err
	}
	certificate, certificateErr := p.write("server.crt", certificateText)
	key, keyErr := p.write("server.key", keyText)
	return certificate, key, errors.Join(certificateErr, keyErr)
}

// run starts the server in its interface's namespace.
func (p *process) run(program string, arguments ...string) error {
	messages, err := os.Create(filepath.Join(p.folder, "messages"))
	if err != nil {
		return err
	}
	defer messages.Close()
	p.command = exec.Command(program, arguments...)
	p.command.Dir, p.command.Stdout, p.command.Stderr = p.folder, messages, messages
	p.command.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential, Setpgid: true}
	p.command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	if err := p.attachment.Start(p.command); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	p.ended = make(chan struct{})
	go func() {
		defer close(p.ended)
		p.command.Wait() // how it ended stands in its messages
	}()
	return nil
}

// await waits until a server does what ready tries.
func (p *process) await(ctx context.Context, ready func() error) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s has ended at once:\n%s", p.name, p.messages())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not answer after 30 seconds: %w\n%s", p.name, err, p.messages())
		}
	}
}

// listens tries whether somebody listens on a port of the server's interface.
func (p *process) listens(ctx context.Context, port int) error {
	connection, err := p.attachment.Dial(ctx, net.JoinHostPort(p.attachment.Address.String(), strconv.Itoa(port)))
	if err != nil {
		return err
	}
	return connection.Close()
}

func (p *process) messages() string {
	text, err := os.ReadFile(filepath.Join(p.folder, "messages"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// stop ends the server, with all processes it has started.
func (p *process) stop() {
	if p.ended == nil {
		return
	}
	_ = p.command.Process.Signal(p.gently) // what has ended needs none
	select {
	case <-p.ended:
	case <-time.After(3 * time.Second):
		_ = syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
		<-p.ended
	}
}

// masterSecret reads what RDS keeps of the master user.
func masterSecret(text string) (name, password string, err error) {
	var secret struct{ Username, Password string }
	if err := json.Unmarshal([]byte(text), &secret); err != nil {
		return "", "", fmt.Errorf("the master user's secret is not RDS's JSON: %w", err)
	}
	return secret.Username, secret.Password, nil
}

func randomPassword() string { return rand.Text() }
