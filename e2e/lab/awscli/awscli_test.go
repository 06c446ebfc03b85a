package awscli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRunTask(t *testing.T) {
	network := map[string]any{"awsvpcConfiguration": map[string]any{"subnets": []any{"subnet-1", "subnet-2"}, "securityGroups": []any{"sg-1"}, "assignPublicIp": "DISABLED"}}
	for _, test := range []struct {
		command string
		want    map[string]any
		fails   string
	}{
		{
			"aws ecs run-task --region us-east-1 --cluster c --task-definition d:1 --launch-type FARGATE --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-2],securityGroups=[sg-1],assignPublicIp=DISABLED} --enable-ecs-managed-tags --propagate-tags TASK_DEFINITION",
			map[string]any{"cluster": "c", "taskDefinition": "d:1", "launchType": "FARGATE", "networkConfiguration": network, "enableECSManagedTags": true, "propagateTags": "TASK_DEFINITION"}, "",
		},
		{
			"aws ecs run-task --cluster c --capacity-provider-strategy capacityProvider=FARGATE_SPOT,weight=1 --overrides containerOverrides=[{name=app,command=[a,b]}]",
			map[string]any{
				"cluster": "c", "capacityProviderStrategy": []any{map[string]any{"capacityProvider": "FARGATE_SPOT", "weight": 1}},
				"overrides": map[string]any{"containerOverrides": []any{map[string]any{"name": "app", "command": []any{"a", "b"}}}},
			}, "",
		},
		{"aws ecs start-task --cluster c", nil, "no command that runs a task"},
		{"aws ecs run-task --count 2", nil, `no option of the command is known by "--count"`},
		{"aws ecs run-task --cluster", nil, "has no value"},
		{"aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,securityGroups=[sg-1]}", nil, "no plain value"},
		{"aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1]", nil, "no } at"},
		{"aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1]}}", nil, "is no shorthand"},
		{"aws ecs run-task --network-configuration subnet-1", nil, "no name and ="},
		{"aws ecs run-task --capacity-provider-strategy capacityProvider=FARGATE_SPOT,weight=x", nil, "invalid syntax"},
	} {
		got, err := RunTask(strings.Fields(test.command))
		if test.fails != "" {
			if err == nil || !strings.Contains(err.Error(), test.fails) {
				t.Errorf("%s: got %v, want %s", test.command, err, test.fails)
			}
			continue
		}
		if difference := cmp.Diff(test.want, got); difference != "" || err != nil {
			t.Errorf("%s: %v\n%s", test.command, err, difference)
		}
	}
}
