package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// Caller makes signed calls to an emulator through botocore, an SDK of AWS that the emulator brings along: what it sends is
// what AWS's own code makes of a call, and this module needs no SDK for its tests. Calls wait for each other.
type Caller struct {
	cloud  *Cloud
	lock   sync.Mutex
	script *python
	failed *Messages
}

// Identity is who calls: the keys of a user, or of a session of a role.
type Identity struct{ Key, Secret, Token string }

// Anybody is whom an emulator believes that does not ask who calls.
var Anybody = Identity{Key: "testing", Secret: "testing"}

// Error is what AWS answers to a call it does not do.
type Error struct {
	Code    string
	Status  int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%s (%d): %s", e.Code, e.Status, e.Message) }

// Refused reports whether AWS did not let the caller do it, and nothing else was wrong with the call. The answer to HEAD has
// no body that could say why, and moto's for Lambda is in a form that botocore does not read.
func (e *Error) Refused() bool {
	unread := e.Status == http.StatusForbidden && e.Code == "403"
	return strings.HasPrefix(e.Code, "AccessDenied") || unread && (e.Message == "Forbidden" || strings.Contains(e.Message, "<Code>AccessDenied</Code>"))
}

// Caller starts one. It ends with Close, or when this program ends.
func (c *Cloud) Caller(_ context.Context) (*Caller, error) {
	failed := &Messages{}
	script, err := startPython("caller.py", nil, failed, c.Environment())
	if err != nil {
		return nil, fmt.Errorf("start the caller: %w", err)
	}
	return &Caller{cloud: c, script: script, failed: failed}, nil
}

// Close ends the caller.
func (c *Caller) Close() { c.script.stop() }

// Call makes one call. The error is an *Error when AWS answered. Bytes go and come as {"$bytes": base64}.
func (c *Caller) Call(who Identity, service, operation string, parameters map[string]any) (map[string]any, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if parameters == nil {
		parameters = map[string]any{}
	}
	line, err := json.Marshal(map[string]any{
		"service": service, "operation": operation, "parameters": parameters, "key": who.Key, "secret": who.Secret, "token": who.Token,
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", service, operation, err)
	}
	if _, err := c.script.input.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", service, operation, err, c.failed)
	}
	said, err := c.script.output.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", service, operation, err, c.failed)
	}
	var answer struct {
		Result        map[string]any
		Code, Message string
		Status        int
	}
	if err := json.Unmarshal(said, &answer); err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", service, operation, err, said)
	}
	if answer.Result == nil {
		return nil, &Error{answer.Code, answer.Status, answer.Message}
	}
	return answer.Result, nil
}

// Assume takes a role. Nobody asks whom the role trusts: see Cloud.Assume.
func (c *Caller) Assume(role string) (Identity, error) {
	credentials, err := c.cloud.Assume(context.Background(), role, "", "")
	return credentials.Identity, err
}

// Administrator makes a user who may do everything. It is asked for while nothing is enforced.
func (c *Caller) Administrator() (Identity, error) {
	const name = "administrator"
	for _, call := range []struct {
		operation  string
		parameters map[string]any
	}{
		{"CreateUser", map[string]any{"UserName": name}},
		{"PutUserPolicy", map[string]any{
			"UserName": name, "PolicyName": "everything",
			"PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
		}},
	} {
		if _, err := c.Call(Anybody, "iam", call.operation, call.parameters); err != nil {
			return Identity{}, err
		}
	}
	result, err := c.Call(Anybody, "iam", "CreateAccessKey", map[string]any{"UserName": name})
	if err != nil {
		return Identity{}, err
	}
	var key struct{ AccessKeyId, SecretAccessKey string }
	if err := readField(result, "AccessKey", &key); err != nil {
		return Identity{}, err
	}
	return Identity{Key: key.AccessKeyId, Secret: key.SecretAccessKey}, nil
}

// readField reads one field of an answer into a value of a shape.
func readField(answer map[string]any, name string, into any) error {
	text, err := json.Marshal(answer[name])
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
