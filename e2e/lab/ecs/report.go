//go:build linux

package ecs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// summary is a text that changes when what DescribeServices says of the service has changed. The lock is held.
func (s *clusterService) summary() string {
	text, err := json.Marshal(s.fields())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// fields are what DescribeServices says of the service. The lock is held.
func (s *clusterService) fields() map[string]any {
	var deployments []any
	runningAll, pendingAll := 0, 0
	for _, d := range slices.Backward(s.deployments) {
		running, pending := 0, 0
		for _, t := range s.tasks() {
			switch {
			case t.deployment != d || t.code != "":
			case t.running.IsZero():
				pending++
			default:
				running++
			}
		}
		runningAll, pendingAll = runningAll+running, pendingAll+pending
		status, desired := "ACTIVE", running
		if d == s.newest() {
			status, desired = "PRIMARY", s.wanted.DesiredCount
		} else if running+pending == 0 {
			continue
		}
		deployments = append(deployments, map[string]any{
			"id": d.id, "status": status, "taskDefinition": d.definition.ARN, "desiredCount": desired, "runningCount": running, "pendingCount": pending,
			"failedTasks": d.failures, "rolloutState": d.state, "rolloutStateReason": d.reason, "launchType": "FARGATE",
			"createdAt": d.began.Unix(), "updatedAt": d.began.Unix(),
		})
	}
	fields := map[string]any{"deployments": deployments, "runningCount": runningAll, "pendingCount": pendingAll}
	if s.returned {
		fields["taskDefinition"] = s.newest().definition.ARN
	}
	var events []any
	for i, event := range slices.Backward(s.cluster.events) {
		if event.Service == s.name && len(events) < 20 {
			events = append(events, map[string]any{"id": fmt.Sprintf("event-%d", i), "createdAt": event.Time.Unix(), "message": "(service " + s.name + ") " + event.Message})
		}
	}
	fields["events"] = events
	return fields
}

// report tells the account what became of the service, so that whoever asks AWS sees it: terraform, which waits for a deployment
// and looks at the task definition that came out of it. What others have changed meanwhile is taken over first, and returns what
// was told.
func (s *clusterService) report(ctx context.Context) (string, error) {
	c := s.cluster
	c.account.Lock()
	defer c.account.Unlock()
	c.takeOver()
	c.lock.Lock()
	said, fields := s.summary(), s.fields()
	returned := s.returned
	c.lock.Unlock()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := c.options.Report(ctx, s.clusterARN, s.name, fields); err != nil {
		return said, err
	}
	if returned {
		c.change(func() { s.returned = false })
	}
	return said, nil
}
