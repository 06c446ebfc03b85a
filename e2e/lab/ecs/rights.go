//go:build linux

package ecs

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// initialize does what ECS does before a task's containers start, with exactly the rights of the execution role: secrets,
// registry, logs.
func (t *clusterTask) initialize() error {
	definition := t.deployment.definition
	var who emulator.Identity
	if definition.ExecutionRole != "" {
		taken, err := t.assume(definition.ExecutionRole)
		if err != nil {
			return err
		}
		who = taken.Identity
	}
	t.secrets = map[string]map[string]string{}
	for i := range definition.Containers {
		container := &definition.Containers[i]
		t.secrets[container.Name] = map[string]string{}
		for _, secret := range container.Secrets {
			value, err := t.cluster.secret(who, secret.From)
			if err != nil {
				return fmt.Errorf("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: failed to fetch secret %s from secrets manager: %w", secret.From, err)
			}
			t.secrets[container.Name][secret.Name] = value
		}
		if container.Credentials.From != "" {
			if err := t.cluster.login(who, container.Credentials.From); err != nil {
				return fmt.Errorf("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve registry auth from asm: %w", err)
			}
		}
		if err := t.cluster.pull(who, definition.ExecutionRole, container.Image); err != nil {
			return fmt.Errorf("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref %s: %w", container.Image, err)
		}
		if err := t.openLog(who, container); err != nil {
			return fmt.Errorf("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: %w", err)
		}
	}
	return t.serveEndpoint()
}

// secret reads a value of Secrets Manager, the way a definition's valueFrom spells it: the ARN, and behind it perhaps a key of
// the secret's JSON, a stage and a version.
func (c *Cluster) secret(who emulator.Identity, from string) (string, error) {
	parts := strings.SplitN(from, ":", 10)
	if len(parts) < 7 {
		return "", fmt.Errorf("invalid ARN %q", from)
	}
	parts = append(parts, "", "", "")
	parameters := map[string]any{"SecretId": strings.Join(parts[:7], ":")}
	if parts[8] != "" {
		parameters["VersionStage"] = parts[8]
	}
	if parts[9] != "" {
		parameters["VersionId"] = parts[9]
	}
	answer, err := c.options.Call(who, "secretsmanager", "GetSecretValue", parameters)
	if err != nil {
		return "", err
	}
	value, _ := answer["SecretString"].(string)
	if parts[7] == "" {
		return value, nil
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(value), &fields); err != nil {
		return "", fmt.Errorf("retrieved secret from Secrets Manager did not contain json: %w", err)
	}
	field, found := fields[parts[7]]
	if !found {
		return "", fmt.Errorf("retrieved secret from Secrets Manager did not contain json key %s", parts[7])
	}
	if text, isText := field.(string); isText {
		return text, nil
	}
	text, err := json.Marshal(field)
	return string(text), err
}

// login reads name and password for a registry outside AWS: a secret with both, as JSON.
func (c *Cluster) login(who emulator.Identity, from string) error {
	text, err := c.secret(who, from)
	if err != nil {
		return err
	}
	var login struct{ Username, Password string }
	if err := json.Unmarshal([]byte(text), &login); err != nil || login.Username == "" || login.Password == "" {
		return fmt.Errorf("the secret %s holds no JSON with username and password", from)
	}
	return nil
}

var privateRegistry = regexp.MustCompile(`^([0-9]{12})[.]dkr[.]ecr[.]([a-z0-9-]+)[.]amazonaws[.]com/([^:@]+)`)

// pull asks whether the role may have the image, and whether there is one. The emulator keeps no layers: that a call is refused
// is all that is looked at, once per role and image.
func (c *Cluster) pull(who emulator.Identity, role, image string) error {
	if _, known := c.image(image); !known {
		return errors.New("not found")
	}
	parts := privateRegistry.FindStringSubmatch(image)
	c.lock.Lock()
	pulled := c.pulled[role+" "+image]
	c.lock.Unlock()
	if parts == nil || pulled {
		return nil
	}
	with := func(name string, value any) map[string]any {
		return map[string]any{"registryId": parts[1], "repositoryName": parts[3], name: value}
	}
	digest := "sha256:" + strings.Repeat("0", 64)
	for operation, parameters := range map[string]map[string]any{
		"GetAuthorizationToken":       {},
		"BatchCheckLayerAvailability": with("layerDigests", []string{digest}),
		"BatchGetImage":               with("imageIds", []any{map[string]any{"imageTag": image[strings.LastIndex(image, ":")+1:]}}),
		"GetDownloadUrlForLayer":      with("layerDigest", digest),
	} {
		_, err := c.options.Call(who, "ecr", operation, parameters)
		var answered *emulator.Error
		if errors.As(err, &answered) && answered.Refused() {
			return err
		}
		if err != nil && answered == nil {
			return err
		}
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	c.pulled[role+" "+image] = true
	return nil
}

func (t *clusterTask) stream(container *ContainerDefinition) (group, stream string) {
	options := container.Log.Options
	return options["awslogs-group"], options["awslogs-stream-prefix"] + "/" + container.Name + "/" + t.id
}

func (t *clusterTask) openLog(who emulator.Identity, container *ContainerDefinition) error {
	if container.Log.Driver != "awslogs" {
		return nil
	}
	group, stream := t.stream(container)
	_, err := t.cluster.options.Call(who, "logs", "CreateLogStream", map[string]any{"logGroupName": group, "logStreamName": stream})
	return err
}

// flush sends the last lines of each container to its log group, as its role allows.
func (t *clusterTask) flush() error {
	definition := t.deployment.definition
	select {
	case <-t.killed:
		return nil
	default:
	}
	if definition.ExecutionRole == "" {
		return nil
	}
	who, err := t.assume(definition.ExecutionRole)
	if err != nil {
		return err
	}
	for _, m := range t.members {
		text, _ := os.ReadFile(t.cluster.logPath(t, m.definition.Name))
		if m.definition.Log.Driver != "awslogs" || len(text) == 0 {
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		var events []any
		for _, line := range lines[max(0, len(lines)-20):] {
			if line != "" {
				events = append(events, map[string]any{"timestamp": time.Now().UnixMilli(), "message": line})
			}
		}
		if len(events) == 0 {
			continue
		}
		group, stream := t.stream(m.definition)
		if _, err := t.cluster.options.Call(who.Identity, "logs", "PutLogEvents", map[string]any{"logGroupName": group, "logStreamName": stream, "logEvents": events}); err != nil {
			return fmt.Errorf("the log of %s: %w", m.definition.Name, err)
		}
	}
	return nil
}
