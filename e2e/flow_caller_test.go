//go:build validate

package e2e_test

import (
	"bufio"
	"encoding/json"
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

// caller makes signed calls to an emulator through botocore, an SDK of AWS that the emulator brings along: what it sends
// is what AWS's own code makes of a call, and this module needs no SDK for its tests.
type caller struct {
	lock   sync.Mutex
	input  io.Writer
	output *bufio.Reader
	failed *messages
}

// identity is who calls: the keys of a user, or of a session of a role.
type identity struct{ key, secret, token string }

// anybody is whom an emulator believes that does not ask who calls.
var anybody = identity{key: "testing", secret: "testing"}

// awsError is what AWS answers to a call it does not do.
type awsError struct {
	code    string
	status  int
	message string
}

func (e *awsError) Error() string { return fmt.Sprintf("%s (%d): %s", e.code, e.status, e.message) }

// refused says whether AWS did not let the caller do it, and nothing else was wrong with the call. The answer to HEAD has no
// body that could say why, and moto's for Lambda is in a form that botocore does not read.
func (e *awsError) refused() bool {
	unread := e.status == http.StatusForbidden && e.code == "403"
	return strings.HasPrefix(e.code, "AccessDenied") || unread && (e.message == "Forbidden" || strings.Contains(e.message, "<Code>AccessDenied</Code>"))
}

func startCaller(t *testing.T, cloud *emulator) *caller {
	t.Helper()
	command := exec.Command(tool(t, "python", "bin", "python"), filepath.Join("emulator", "caller.py"))
	command.Env = append(cloud.environment(), "PATH="+os.Getenv("PATH"), "PYTHONDONTWRITEBYTECODE=1")
	failed := &messages{}
	command.Stderr = failed
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		input.Close()
		timer := time.AfterFunc(5*time.Second, func() { command.Process.Kill() })
		defer timer.Stop()
		command.Wait()
	})
	return &caller{input: input, output: bufio.NewReader(output), failed: failed}
}

// try makes one call. The error is an *awsError when AWS answered; a broken pipe ends the test.
func (c *caller) try(t *testing.T, who identity, service, operation string, parameters map[string]any) (map[string]any, *awsError) {
	t.Helper()
	c.lock.Lock()
	defer c.lock.Unlock()
	if parameters == nil {
		parameters = map[string]any{}
	}
	line, err := json.Marshal(map[string]any{
		"service": service, "operation": operation, "parameters": parameters, "key": who.key, "secret": who.secret, "token": who.token,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.input.Write(append(line, '\n')); err != nil {
		t.Fatalf("%s %s: %v\n%s", service, operation, err, c.failed)
	}
	said, err := c.output.ReadBytes('\n')
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", service, operation, err, c.failed)
	}
	var answer struct {
		Result        map[string]any
		Code, Message string
		Status        int
	}
	if err := json.Unmarshal(said, &answer); err != nil {
		t.Fatalf("%s %s: %v: %s", service, operation, err, said)
	}
	if answer.Result == nil {
		return nil, &awsError{answer.Code, answer.Status, answer.Message}
	}
	return answer.Result, nil
}

// call is try for what must be done.
func (c *caller) call(t *testing.T, who identity, service, operation string, parameters map[string]any) map[string]any {
	t.Helper()
	result, failure := c.try(t, who, service, operation, parameters)
	if failure != nil {
		t.Fatalf("%s %s %v: %v", service, operation, parameters, failure)
	}
	return result
}

// enforce makes the emulator ask every caller for a right, or lets everybody do everything again.
func (e *emulator) enforce(t *testing.T, on bool) {
	t.Helper()
	free := "inf" // requests that nobody asks about
	if on {
		free = "0"
	}
	if _, err := e.call(http.MethodPost, "/moto-api/reset-auth", map[string]string{"Content-Type": "text/plain"}, free); err != nil {
		t.Fatal(err)
	}
}

// administrator makes a user who may do everything.
func (c *caller) administrator(t *testing.T) identity {
	t.Helper()
	c.call(t, anybody, "iam", "CreateUser", map[string]any{"UserName": "administrator"})
	c.call(t, anybody, "iam", "PutUserPolicy", map[string]any{
		"UserName": "administrator", "PolicyName": "everything",
		"PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
	})
	key := c.call(t, anybody, "iam", "CreateAccessKey", map[string]any{"UserName": "administrator"})["AccessKey"].(map[string]any)
	return identity{key: key["AccessKeyId"].(string), secret: key["SecretAccessKey"].(string)}
}

// assume takes a role. Nobody is asked while nothing is enforced, so it says nothing about whom the role trusts.
func (c *caller) assume(t *testing.T, role string) identity {
	t.Helper()
	result := c.call(t, anybody, "sts", "AssumeRole", map[string]any{"RoleArn": role, "RoleSessionName": "test"})
	keys := result["Credentials"].(map[string]any)
	return identity{key: keys["AccessKeyId"].(string), secret: keys["SecretAccessKey"].(string), token: keys["SessionToken"].(string)}
}
