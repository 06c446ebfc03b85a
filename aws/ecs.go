package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Deployment is one of a service of ECS: a version of it, with how many tasks run it.
type Deployment struct {
	// Definition is the ARN of its task definition.
	Definition string
	// Primary: it is the newest. State is IN_PROGRESS, COMPLETED or FAILED, and Reason says why.
	Primary       bool
	State, Reason string
	// Running are the tasks that run, Wanted those that should, Failed those that did not start.
	Running, Wanted, Failed int
}

// Service is a service of ECS.
type Service struct {
	There bool
	// Deployments are as ECS has them, the newest first.
	Deployments []Deployment
}

// FindService looks at a service of a cluster.
func (c *Client) FindService(ctx context.Context, cluster, name string) (Service, error) {
	answer, err := ecs.NewFromConfig(c.config).DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: []string{name}})
	if err != nil {
		return Service{}, fmt.Errorf("look at service %s: %w", name, err)
	}
	for _, service := range answer.Services {
		if awssdk.ToString(service.ServiceName) != name || awssdk.ToString(service.Status) == "INACTIVE" {
			continue
		}
		found := Service{There: true}
		for _, deployment := range service.Deployments {
			found.Deployments = append(found.Deployments, Deployment{
				Definition: awssdk.ToString(deployment.TaskDefinition), Primary: awssdk.ToString(deployment.Status) == "PRIMARY",
				State: string(deployment.RolloutState), Reason: awssdk.ToString(deployment.RolloutStateReason),
				Running: int(deployment.RunningCount), Wanted: int(deployment.DesiredCount), Failed: int(deployment.FailedTasks),
			})
		}
		return found, nil
	}
	return Service{}, nil
}

// DefinitionImages are the images of the containers of a task definition, by the names of the containers.
func (c *Client) DefinitionImages(ctx context.Context, definition string) (map[string]string, error) {
	answer, err := ecs.NewFromConfig(c.config).DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &definition})
	if err != nil {
		return nil, fmt.Errorf("look at task definition %s: %w", definition, err)
	}
	images := map[string]string{}
	if answer.TaskDefinition != nil {
		for _, container := range answer.TaskDefinition.ContainerDefinitions {
			images[awssdk.ToString(container.Name)] = awssdk.ToString(container.Image)
		}
	}
	return images, nil
}

// Stopped is a task that has stopped.
type Stopped struct {
	// ID is the last part of its ARN, Definition the ARN of its task definition.
	ID, Definition string
	// Reason is ECS's, and Containers says of each container how it ended: "app: exit code 1".
	Reason     string
	Containers []string
	At         time.Time
}

// StoppedTasks are the tasks of a service that stopped in the last hour, as far as ECS remembers them; the last one first.
func (c *Client) StoppedTasks(ctx context.Context, cluster, service string) ([]Stopped, error) {
	client := ecs.NewFromConfig(c.config)
	listed, err := client.ListTasks(ctx, &ecs.ListTasksInput{Cluster: &cluster, ServiceName: &service, DesiredStatus: types.DesiredStatusStopped})
	if err != nil {
		return nil, fmt.Errorf("list the stopped tasks of service %s: %w", service, err)
	}
	if len(listed.TaskArns) == 0 {
		return nil, nil
	}
	answer, err := client.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &cluster, Tasks: listed.TaskArns})
	if err != nil {
		return nil, fmt.Errorf("look at the stopped tasks of service %s: %w", service, err)
	}
	var tasks []Stopped
	for _, task := range answer.Tasks {
		arn := awssdk.ToString(task.TaskArn)
		stopped := Stopped{
			ID: arn[strings.LastIndex(arn, "/")+1:], Definition: awssdk.ToString(task.TaskDefinitionArn), Reason: awssdk.ToString(task.StoppedReason),
			At: awssdk.ToTime(task.StoppedAt),
		}
		for _, container := range task.Containers {
			if said := ending(container); said != "" {
				stopped.Containers = append(stopped.Containers, awssdk.ToString(container.Name)+": "+said)
			}
		}
		tasks = append(tasks, stopped)
	}
	slices.SortStableFunc(tasks, func(a, b Stopped) int { return b.At.Compare(a.At) })
	return tasks, nil
}

// ending says how a container ended, "" for one that ended well or was told to.
func ending(container types.Container) string {
	var said []string
	if code := container.ExitCode; code != nil && *code != 0 && *code != 143 { // 143 is SIGTERM's
		said = append(said, fmt.Sprintf("exit code %d", *code))
	}
	if reason := awssdk.ToString(container.Reason); reason != "" {
		said = append(said, reason)
	}
	return strings.Join(said, ", ")
}
