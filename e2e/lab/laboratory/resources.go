//go:build linux

package laboratory

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/e2e/lab/state"
)

// imagesNamed are the images that a task definition names.
func imagesNamed(definition state.Resource) ([]string, error) {
	var containers []struct{ Image string }
	if err := json.Unmarshal([]byte(definition.Text("container_definitions")), &containers); err != nil {
		return nil, fmt.Errorf("%s: %w", definition.Address, err)
	}
	var found []string
	for _, container := range containers {
		found = append(found, container.Image)
	}
	return found, nil
}

// logins are the secrets, by ARN, that hold name and password for the registry of an image.
func (l *Laboratory) logins() (map[string]bool, error) {
	found := map[string]bool{}
	for _, definition := range l.Resources.Of("aws_ecs_task_definition") {
		var containers []struct {
			Credentials struct {
				From string `json:"credentialsParameter"`
			} `json:"repositoryCredentials"`
		}
		if err := json.Unmarshal([]byte(definition.Text("container_definitions")), &containers); err != nil {
			return nil, fmt.Errorf("%s: %w", definition.Address, err)
		}
		for _, container := range containers {
			if container.Credentials.From != "" {
				found[container.Credentials.From] = true
			}
		}
	}
	return found, nil
}

// resources are those of a type that the module of a declaration made, "topic order-placed" for example.
func (l *Laboratory) resources(declaration, kind string) []state.Resource {
	module := l.Environment.Modules[declaration]
	return slices.DeleteFunc(l.Resources.Of(kind), func(resource state.Resource) bool { return module == "" || resource.Module != module })
}

// resource is the one resource of a type of a declaration.
func (l *Laboratory) resource(declaration, kind string) (state.Resource, bool) {
	if found := l.resources(declaration, kind); len(found) == 1 {
		return found[0], true
	}
	return state.Resource{}, false
}

// DeadLetters is the URL of the queue where a subscription's messages end that nobody could handle.
func (l *Laboratory) DeadLetters(topic, subscription string) (string, bool) {
	for _, queue := range l.resources(subscriptionID(topic, subscription), "aws_sqs_queue") {
		if isDeadLetters(queue.Address) {
			return queue.Text("url"), true
		}
	}
	return "", false
}
