//go:build validate

package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// emulator is a moto server on 127.0.0.1 that lives as long as the test that started it.
type emulator struct {
	URL      string
	messages *messages // what it could not do, one line each
}

// messages collects what a process writes while others read it.
type messages struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (m *messages) Write(text []byte) (int, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.text.Write(text)
}

func (m *messages) String() string {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.text.String()
}

// account is the one moto has unless it is told another.
const account = "123456789012"

// startEmulator starts a fresh AWS account and stops it when the test ends. The server also stops by itself when its
// standard input closes, so a killed test leaves nothing behind.
func startEmulator(t testing.TB, account string) *emulator {
	t.Helper()
	command := exec.Command(tool(t, "python", "bin", "python"), filepath.Join("emulator", "server.py"))
	command.Env = []string{
		"PATH=" + os.Getenv("PATH"),
		"PYTHONDONTWRITEBYTECODE=1",
		"MOTO_ACCOUNT_ID=" + account,
		"MOTO_ACM_VALIDATION_WAIT=0",
		"MOTO_IAM_LOAD_MANAGED_POLICIES=true",
		"AWS_DEFAULT_REGION=us-east-1",
	}
	failures := &messages{}
	command.Stderr = failures
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatalf("the emulator does not start: %v", err)
	}
	t.Cleanup(func() {
		input.Close()
		timer := time.AfterFunc(5*time.Second, func() { command.Process.Kill() })
		defer timer.Stop()
		command.Wait()
	})

	port := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(output).ReadString('\n')
		port <- strings.TrimSpace(strings.TrimPrefix(line, "ready "))
		io.Copy(io.Discard, output)
	}()
	select {
	case number := <-port:
		if number == "" {
			t.Fatalf("the emulator ended at once:\n%s", failures)
		}
		return &emulator{URL: "http://127.0.0.1:" + number, messages: failures}
	case <-time.After(60 * time.Second):
		t.Fatalf("the emulator is not ready after a minute:\n%s", failures)
	}
	return nil
}

// environment is what makes terraform and the AWS SDK talk to the emulator and to nothing else.
func (e *emulator) environment() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + e.URL,
		"AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=testing",
		"AWS_SECRET_ACCESS_KEY=testing",
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
	}
}

// call sends one unsigned request, which the emulator accepts, and returns the body of its answer.
func (e *emulator) call(method, path string, headers map[string]string, body string) (string, error) {
	request, err := http.NewRequest(method, e.URL+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	client := http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode >= 300 {
		return "", fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	}
	return string(answer), nil
}

// tool is the path of something tools/setup put under .tools; a test that lacks it fails, it does not skip.
func tool(t testing.TB, parts ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(append([]string{repository, ".tools"}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v\nhint: `make setup` installs what these tests need", err)
	}
	return path
}

// TestEmulatorRefuses shows the gate firing: what moto lacks is a 501 with a name, at once, in the caller's protocol.
func TestEmulatorRefuses(t *testing.T) {
	cloud := startEmulator(t, account)
	for _, test := range []struct{ service, target, body, action string }{
		{service: "secretsmanager", target: "secretsmanager.StopReplicationToReplica", body: "{}", action: "StopReplicationToReplica"},
		{service: "iam", body: "Action=SimulateCustomPolicy&Version=2010-05-08", action: "SimulateCustomPolicy"},
		{service: "ec2", body: "Action=CreateIpam&Version=2016-11-15", action: "CreateIpam"},
	} {
		t.Run(test.service, func(t *testing.T) {
			headers := map[string]string{
				"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20300101/us-east-1/" + test.service + "/aws4_request, SignedHeaders=host, Signature=0",
				"Content-Type":  "application/x-www-form-urlencoded",
			}
			if test.target != "" {
				headers["Content-Type"], headers["X-Amz-Target"] = "application/x-amz-json-1.1", test.target
			}
			_, err := cloud.call(http.MethodPost, "/", headers, test.body)
			if err == nil || !strings.Contains(err.Error(), "501") || !strings.Contains(err.Error(), test.action) {
				t.Errorf("want a 501 that names %s, got %v", test.action, err)
			}
		})
	}
}
