//go:build linux

package ecs

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Definition is a task definition, as far as it decides what runs.
type Definition struct {
	ARN           string                `json:"taskDefinitionArn"`
	Family        string                `json:"family"`
	Revision      int                   `json:"revision"`
	ExecutionRole string                `json:"executionRoleArn"`
	TaskRole      string                `json:"taskRoleArn"`
	Containers    []ContainerDefinition `json:"containerDefinitions"`
	Volumes       []struct {
		Name string `json:"name"`
	} `json:"volumes"`
}

// ContainerDefinition is one container of a task definition.
type ContainerDefinition struct {
	Name       string   `json:"name"`
	Image      string   `json:"image"`
	Essential  *bool    `json:"essential"` // true when absent
	EntryPoint []string `json:"entryPoint"`
	Command    []string `json:"command"`
	User       string   `json:"user"`
	ReadOnly   bool     `json:"readonlyRootFilesystem"`
	// StopTimeout is in seconds; Fargate gives 30 where it is absent, and 120 at most.
	StopTimeout int `json:"stopTimeout"`
	Environment []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"environment"`
	Secrets []struct {
		Name string `json:"name"`
		From string `json:"valueFrom"`
	} `json:"secrets"`
	Credentials struct {
		From string `json:"credentialsParameter"`
	} `json:"repositoryCredentials"`
	MountPoints []struct {
		Volume   string `json:"sourceVolume"`
		Path     string `json:"containerPath"`
		ReadOnly bool   `json:"readOnly"`
	} `json:"mountPoints"`
	DependsOn []struct {
		Container string `json:"containerName"`
		Condition string `json:"condition"`
	} `json:"dependsOn"`
	HealthCheck *HealthCheck `json:"healthCheck"`
	Linux       struct {
		Init         bool `json:"initProcessEnabled"`
		Capabilities struct {
			Add  []string `json:"add"`
			Drop []string `json:"drop"`
		} `json:"capabilities"`
	} `json:"linuxParameters"`
	Log struct {
		Driver  string            `json:"logDriver"`
		Options map[string]string `json:"options"`
	} `json:"logConfiguration"`
}

// HealthCheck is a container's health check; the durations are seconds.
type HealthCheck struct {
	Command     []string `json:"command"`
	Interval    int      `json:"interval"`
	Timeout     int      `json:"timeout"`
	Retries     int      `json:"retries"`
	StartPeriod int      `json:"startPeriod"`
}

func (c *ContainerDefinition) essential() bool { return c.Essential == nil || *c.Essential }

func (c *ContainerDefinition) stopTimeout() time.Duration {
	if c.StopTimeout == 0 {
		return 30 * time.Second
	}
	return time.Duration(min(c.StopTimeout, 120)) * time.Second
}

// command is the command line of a check, empty where it says that there is none.
func (h *HealthCheck) command() []string {
	if h == nil || len(h.Command) < 2 {
		return nil
	}
	switch h.Command[0] {
	case "CMD-SHELL":
		return []string{"/bin/sh", "-c", strings.Join(h.Command[1:], " ")}
	case "CMD":
		return h.Command[1:]
	}
	return nil
}

// withDefaults fills in what a check leaves out, as ECS does.
func (h HealthCheck) withDefaults() HealthCheck {
	if h.Interval == 0 {
		h.Interval = 30
	}
	if h.Timeout == 0 {
		h.Timeout = 5
	}
	if h.Retries == 0 {
		h.Retries = 3
	}
	return h
}

// description is what DescribeServices says of a service.
type description struct {
	Name           string `json:"serviceName"`
	ARN            string `json:"serviceArn"`
	TaskDefinition string `json:"taskDefinition"`
	DesiredCount   int    `json:"desiredCount"`
	Grace          int    `json:"healthCheckGracePeriodSeconds"`
	Deployment     struct {
		Maximum *int `json:"maximumPercent"`
		Minimum *int `json:"minimumHealthyPercent"`
		Breaker struct {
			Enable   bool `json:"enable"`
			Rollback bool `json:"rollback"`
		} `json:"deploymentCircuitBreaker"`
	} `json:"deploymentConfiguration"`
	LoadBalancers []struct {
		TargetGroup   string `json:"targetGroupArn"`
		ContainerPort int    `json:"containerPort"`
	} `json:"loadBalancers"`
	Registries []struct {
		ARN string `json:"registryArn"`
	} `json:"serviceRegistries"`
	Network struct {
		VPC struct {
			Subnets []string `json:"subnets"`
			Groups  []string `json:"securityGroups"`
		} `json:"awsvpcConfiguration"`
	} `json:"networkConfiguration"`
}

// read reads one field of an answer of AWS into a value of a shape.
func read(answer map[string]any, field string, into any) error {
	text, err := json.Marshal(answer[field])
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	return nil
}

// check refuses what ECS refuses to register, so that a definition that runs here is one that AWS takes.
func (d *Definition) check() error {
	names := map[string]*ContainerDefinition{}
	for i := range d.Containers {
		names[d.Containers[i].Name] = &d.Containers[i]
	}
	for _, container := range d.Containers {
		for _, dependency := range container.DependsOn {
			other := names[dependency.Container]
			switch {
			case other == nil:
				return fmt.Errorf("container %s depends on %s, which is not defined", container.Name, dependency.Container)
			case dependency.Condition == "HEALTHY" && other.HealthCheck.command() == nil:
				return fmt.Errorf("container %s waits for %s to be healthy, which has no health check", container.Name, other.Name)
			case (dependency.Condition == "COMPLETE" || dependency.Condition == "SUCCESS") && other.essential():
				return fmt.Errorf("container %s waits for %s to end, which is essential", container.Name, other.Name)
			}
		}
		if container.StopTimeout > 120 {
			return fmt.Errorf("container %s has a stopTimeout above 120 seconds", container.Name)
		}
	}
	for name := range names {
		if d.circular(name, names, map[string]bool{}) {
			return fmt.Errorf("container %s depends on itself", name)
		}
	}
	return nil
}

func (d *Definition) circular(name string, names map[string]*ContainerDefinition, above map[string]bool) bool {
	if above[name] {
		return true
	}
	above[name] = true
	defer delete(above, name)
	for _, dependency := range names[name].DependsOn {
		if d.circular(dependency.Container, names, above) {
			return true
		}
	}
	return false
}
