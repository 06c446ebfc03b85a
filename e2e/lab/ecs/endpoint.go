//go:build linux

package ecs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// endpointAddress is where a task finds its credentials and what it is.
var endpointAddress = netip.MustParseAddrPort("169.254.170.2:80")

// endpoint answers a task's own containers, and nobody else: the address is one of the task's interface.
type endpoint struct {
	server          *http.Server
	credentialsPath string
}

// serveEndpoint starts it. The keys are taken anew for each asking, as they would be renewed on AWS before they run out.
func (t *clusterTask) serveEndpoint() error {
	if t.place.ListenOn == nil {
		return nil
	}
	listener, err := t.place.ListenOn(endpointAddress)
	if err != nil {
		return fmt.Errorf("the endpoint for credentials: %w", err)
	}
	routes := http.NewServeMux()
	t.endpoint = &endpoint{credentialsPath: "/v2/credentials/" + newID(), server: &http.Server{Handler: routes, ReadHeaderTimeout: 10 * time.Second}}
	if role := t.deployment.definition.TaskRole; role != "" {
		routes.HandleFunc("GET "+t.endpoint.credentialsPath, func(w http.ResponseWriter, _ *http.Request) { t.serveCredentials(w, role) })
	}
	for _, version := range []string{"v3", "v4"} {
		routes.HandleFunc("GET /"+version+"/{container}", t.serveContainer)
		routes.HandleFunc("GET /"+version+"/{container}/task", t.serveTask)
	}
	go func() { _ = t.endpoint.server.Serve(listener) }() // until it is closed
	return nil
}

func (e *endpoint) close() { e.server.Close() }

func (t *clusterTask) serveCredentials(w http.ResponseWriter, role string) {
	who, err := t.assume(role)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	respond(w, map[string]any{
		"RoleArn": role, "AccessKeyId": who.Key, "SecretAccessKey": who.Secret, "Token": who.Token,
		"Expiration": who.Expiration.UTC().Format(time.RFC3339),
	})
}

func respond(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // who asked has gone
}

func (t *clusterTask) containerMetadata(definition *ContainerDefinition) map[string]any {
	return map[string]any{
		"DockerId": t.id + "-" + definition.Name, "Name": definition.Name, "DockerName": definition.Name, "Image": definition.Image,
		"DesiredStatus": runningState, "KnownStatus": runningState, "Type": "NORMAL",
		"Labels": map[string]string{
			"com.amazonaws.ecs.cluster": t.service.clusterARN, "com.amazonaws.ecs.container-name": definition.Name, "com.amazonaws.ecs.task-arn": t.arn,
			"com.amazonaws.ecs.task-definition-family":  t.deployment.definition.Family,
			"com.amazonaws.ecs.task-definition-version": fmt.Sprint(t.deployment.definition.Revision),
		},
		"Networks": []any{map[string]any{"NetworkMode": "awsvpc", "IPv4Addresses": []string{t.place.Address.String()}}},
	}
}

func (t *clusterTask) serveContainer(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.PathValue("container"), t.id+"-")
	m := t.member(name)
	if m == nil {
		http.NotFound(w, r)
		return
	}
	respond(w, t.containerMetadata(m.definition))
}

func (t *clusterTask) serveTask(w http.ResponseWriter, _ *http.Request) {
	var containers []any
	for _, m := range t.members {
		containers = append(containers, t.containerMetadata(m.definition))
	}
	t.cluster.lock.Lock()
	status := t.status
	t.cluster.lock.Unlock()
	about := map[string]any{
		"Cluster": t.service.clusterARN, "TaskARN": t.arn, "Family": t.deployment.definition.Family, "Revision": fmt.Sprint(t.deployment.definition.Revision),
		"DesiredStatus": runningState, "KnownStatus": status, "LaunchType": "FARGATE", "Containers": containers,
	}
	if !t.service.run {
		about["ServiceName"] = t.service.name
	}
	respond(w, about)
}

// assume takes a role as ECS does for a task.
func (t *clusterTask) assume(role string) (emulator.Credentials, error) {
	who, err := t.cluster.options.Assume(context.Background(), role, "ecs-tasks.amazonaws.com", t.arn)
	if err != nil {
		return who, fmt.Errorf("ECS was unable to assume the role '%s' that was provided for this task: %w", role, err)
	}
	return who, nil
}
