// Package emulator gives tests and the laboratory an AWS account on 127.0.0.1: moto with repairs, a caller that talks to it
// through botocore, and the real terraform pointed at it.
package emulator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Account is the one moto has unless it is told another.
const Account = "123456789012"

// Region is where everything happens that names no other region.
const Region = "us-east-1"

// Options say what an account is like when it starts.
type Options struct {
	Account string // Account when empty
	Restore string // a file that Cloud.Save wrote; without it the account is empty
}

// Cloud is a moto server on 127.0.0.1 that lives until it is closed.
type Cloud struct {
	URL      string
	messages *Messages
	stop     func()
}

// Messages collects what a process writes while others read it.
type Messages struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (m *Messages) Write(text []byte) (int, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.text.Write(text)
}

func (m *Messages) String() string {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.text.String()
}

// Start starts an account. The server also stops by itself when its standard input closes, so a program that is killed leaves
// nothing behind.
func Start(ctx context.Context, options Options) (*Cloud, error) {
	account := options.Account
	if account == "" {
		account = Account
	}
	arguments := []string{}
	if options.Restore != "" {
		file, err := filepath.Abs(options.Restore)
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, file)
	}
	failures := &Messages{}
	server, err := startPython("server.py", arguments, failures, []string{
		"MOTO_ACCOUNT_ID=" + account,
		"MOTO_ACM_VALIDATION_WAIT=0",
		// Tasks know it as aws.lab, which is no bucket; what stands in front of that is one.
		"MOTO_S3_CUSTOM_ENDPOINTS=http://aws.lab:443",
		"MOTO_IAM_LOAD_MANAGED_POLICIES=true",
		"AWS_DEFAULT_REGION=" + Region,
	})
	if err != nil {
		return nil, fmt.Errorf("start the emulator: %w", err)
	}
	port := make(chan string, 1)
	go func() {
		line, _ := server.output.ReadString('\n')
		port <- strings.TrimSpace(strings.TrimPrefix(line, "ready "))
		io.Copy(io.Discard, server.output)
	}()
	select {
	case number := <-port:
		if number == "" {
			server.stop()
			return nil, fmt.Errorf("the emulator ended at once:\n%s", failures)
		}
		return &Cloud{URL: "http://127.0.0.1:" + number, messages: failures, stop: server.stop}, nil
	case <-time.After(time.Minute):
		server.stop()
		return nil, fmt.Errorf("the emulator is not ready after a minute:\n%s", failures)
	case <-ctx.Done():
		server.stop()
		return nil, ctx.Err()
	}
}

// Close ends the account and everything in it.
func (c *Cloud) Close() { c.stop() }

// Messages are what the emulator could not do, one line each.
func (c *Cloud) Messages() string { return c.messages.String() }

// Environment is what makes terraform and the AWS SDKs talk to the emulator and to nothing else.
func (c *Cloud) Environment() []string { return Environment(c.URL) }

// Environment is Cloud.Environment for whatever listens at an address.
func Environment(address string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + address,
		"AWS_REGION=" + Region,
		"AWS_DEFAULT_REGION=" + Region,
		"AWS_ACCESS_KEY_ID=" + Anybody.Key,
		"AWS_SECRET_ACCESS_KEY=" + Anybody.Secret,
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
	}
}

// Enforce makes the emulator ask every caller for a right, or lets everybody do everything again.
func (c *Cloud) Enforce(ctx context.Context, on bool) error {
	free := "inf" // requests that nobody asks about
	if on {
		free = "0"
	}
	_, err := c.Send(ctx, http.MethodPost, "/moto-api/reset-auth", map[string]string{"Content-Type": "text/plain"}, free)
	return err
}

// Save writes the whole account to a file from which Options.Restore starts another that answers the same. It is for an account
// that nobody calls meanwhile.
func (c *Cloud) Save(ctx context.Context, file string) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	return c.hook(ctx, "save", map[string]any{"file": path}, nil)
}

// Credentials are what AWS gives to a task or a function: an identity that ends.
type Credentials struct {
	Identity
	Expiration time.Time
}

// Assume takes a role for a service of AWS ("ecs-tasks.amazonaws.com"), which acts for source, an ARN: it fails where the role
// does not trust it. With "" for the service nobody asks whom the role trusts. It works whether or not anything is enforced.
func (c *Cloud) Assume(ctx context.Context, role, service, source string) (Credentials, error) {
	var credentials Credentials
	err := c.hook(ctx, "assume", map[string]any{"role": role, "service": service, "source": source}, &credentials)
	return credentials, err
}

// HoldDeployments makes new deployments of ECS services wait until SetService says what became of them, instead of being
// complete at once.
func (c *Cloud) HoldDeployments(ctx context.Context, held bool) error {
	return c.hook(ctx, "deployments", map[string]any{"held": held}, nil)
}

// SetService writes fields of an ECS service as DescribeServices tells them, such as "deployments", "events", "runningCount" and
// "taskDefinition": what ECS itself does, and no call of its API can. Times are seconds since 1970.
func (c *Cloud) SetService(ctx context.Context, cluster, service string, fields map[string]any) error {
	return c.hook(ctx, "service", map[string]any{"region": Region, "cluster": cluster, "service": service, "set": fields}, nil)
}

// Deliver puts a message into a queue, an ARN, as a service of AWS ("events.amazonaws.com") sends it for source, an ARN: it fails where
// the queue does not let it in.
func (c *Cloud) Deliver(ctx context.Context, queue, service, source, body string) error {
	return c.hook(ctx, "deliver", map[string]any{"queue": queue, "service": service, "source": source, "body": body}, nil)
}

// AddZone makes a public hosted zone that was there before, under the id by which others know it.
func (c *Cloud) AddZone(ctx context.Context, id, name string) error {
	return c.hook(ctx, "zone", map[string]any{"id": id, "name": name, "private": false}, nil)
}

// AddPrivateZone is AddZone for one that answers VPCs alone.
func (c *Cloud) AddPrivateZone(ctx context.Context, id, name string) error {
	return c.hook(ctx, "zone", map[string]any{"id": id, "name": name, "private": true}, nil)
}

// hook asks something of the emulator itself, see hooks.py.
func (c *Cloud) hook(ctx context.Context, name string, asked map[string]any, into any) error {
	body, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	answer, err := c.Send(ctx, http.MethodPost, "/emulator/"+name, nil, string(body))
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal([]byte(answer), into)
}

// Send sends one unsigned request, which the emulator accepts while it enforces nothing, and returns the body of its answer.
func (c *Cloud) Send(ctx context.Context, method, path string, headers map[string]string, body string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.URL+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	answer, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return "", err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return "", fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	}
	return string(answer), nil
}

// Repository is the folder of this repository, seen from wherever in it the program runs.
func Repository() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "e2e", "emulator", "server.py")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("neither the working directory nor one above it is this repository")
		}
		folder = parent
	}
}

// Tool is the path of something that tools/setup put under .tools.
func Tool(parts ...string) (string, error) {
	root, err := Repository()
	if err != nil {
		return "", err
	}
	path := filepath.Join(append([]string{root, ".tools"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w\nhint: `make setup` installs what this needs", err)
	}
	return path, nil
}

// python is a script of this package that runs, talked to over its standard streams.
type python struct {
	input  io.WriteCloser
	output *bufio.Reader
	stop   func()
}

func startPython(script string, arguments []string, failures io.Writer, environment []string) (*python, error) {
	root, err := Repository()
	if err != nil {
		return nil, err
	}
	binary, err := Tool("python", "bin", "python")
	if err != nil {
		return nil, err
	}
	command := exec.Command(binary, append([]string{filepath.Join(root, "e2e", "emulator", script)}, arguments...)...)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "PYTHONDONTWRITEBYTECODE=1"}, environment...)
	command.Stderr = failures
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	stop := sync.OnceFunc(func() {
		input.Close()
		timer := time.AfterFunc(5*time.Second, func() { command.Process.Kill() })
		defer timer.Stop()
		command.Wait()
	})
	return &python{input: input, output: bufio.NewReader(output), stop: stop}, nil
}
