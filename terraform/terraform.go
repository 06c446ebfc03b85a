// Package terraform is what verbs do with the stacks of an environment, one after the other: it joins the engine, what its plans
// come to, and what must not be done unasked.
package terraform

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform/engine"
)

// Environment is an environment with what works on it.
type Environment struct {
	App string
	*blueprint.Environment
	// Out is the folder of the generated code, as people write it.
	Out    string
	Engine *engine.Engine
	// Private is a folder for saved plans, see engine.Private.
	Private string
	// Talk is where news go to.
	Talk io.Writer
}

// Folders are the folders of the stacks of an environment.
func Folders(out string, env *blueprint.Environment) []string {
	var folders []string
	for _, stack := range env.Stacks {
		folders = append(folders, filepath.Join(out, filepath.FromSlash(stack.Folder)))
	}
	return folders
}

// Workspace is the engine in the folder of a stack.
func (e *Environment) Workspace(stack *blueprint.Stack) *engine.Workspace {
	return e.Engine.In(filepath.Join(e.Out, filepath.FromSlash(stack.Folder)))
}

// StackError is what went wrong with one stack.
type StackError struct {
	Stack *blueprint.Stack
	// Doing is a verb: "plan".
	Doing     string
	Workspace *engine.Workspace
	Err       error
}

func (s *StackError) Error() string {
	return fmt.Sprintf("%s %s: %v", s.Doing, s.Stack.Folder, s.Err)
}

func (s *StackError) Unwrap() error { return s.Err }

// UndecidedError is a question that only people can answer.
type UndecidedError struct {
	Question string
	Hints    []string
}

func (u *UndecidedError) Error() string { return u.Question }

// modules are the addresses of the module calls in a state: what a stack holds, by component.
func modules(state engine.State) map[string]bool {
	held := map[string]bool{}
	for _, resource := range state.Resources {
		name, inside := strings.CutPrefix(resource.Module, "module.")
		if !inside || resource.Mode != "managed" {
			continue
		}
		if end := strings.IndexAny(name, ".["); end >= 0 {
			name = name[:end]
		}
		held["module."+name] = true
	}
	return held
}

// imageTag is the tag to plan a stack with: the one that is asked for, or the one that is deployed. It is "" where the engine is
// told by other means.
func (e *Environment) imageTag(ctx context.Context, stack *blueprint.Stack, asked string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	workspace := e.Workspace(stack)
	if told(workspace.Folder, blueprint.ImageTag) {
		return "", nil
	}
	state, err := workspace.State(ctx)
	if err != nil {
		return "", err
	}
	tags := slices.Sorted(maps.Keys(deployedTags(e.Environment, state)))
	switch len(tags) {
	case 1:
		return tags[0], nil
	case 0:
		return "", &UndecidedError{"which image?", []string{
			"nothing is deployed whose tag could stay: --image-tag TAG names the one that the images were pushed under",
		}}
	}
	return "", &UndecidedError{"which image?", []string{
		fmt.Sprintf("tasks run images of several tags (%s): choose one, --image-tag %s", strings.Join(tags, ", "), tags[len(tags)-1]),
	}}
}

// told reports whether the engine knows a variable from its environment or from a file that it reads by itself.
func told(folder, name string) bool {
	if _, set := os.LookupEnv("TF_VAR_" + name); set {
		return true
	}
	sets := regexp.MustCompile(`(?m)^\s*"?` + regexp.QuoteMeta(name) + `"?\s*[=:]`)
	for _, pattern := range []string{"terraform.tfvars", "terraform.tfvars.json", "*.auto.tfvars", "*.auto.tfvars.json"} {
		files, _ := filepath.Glob(filepath.Join(folder, pattern)) // fails for a wrong pattern alone
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil && sets.Match(text) {
				return true
			}
		}
	}
	return false
}

// deployedTags are the tags that tasks run images of the environment's registry under, without the prefixes of the images.
func deployedTags(env *blueprint.Environment, state engine.State) map[string]bool {
	tags := map[string]bool{}
	for _, resource := range state.Resources {
		if resource.Type != "aws_ecs_task_definition" {
			continue
		}
		for _, instance := range resource.Instances {
			var attributes struct {
				Containers string `json:"container_definitions"`
			}
			var containers []struct {
				Image string `json:"image"`
			}
			if json.Unmarshal(instance.Attributes, &attributes) != nil || json.Unmarshal([]byte(attributes.Containers), &containers) != nil {
				continue
			}
			for _, container := range containers {
				if tag := tagOf(env, container.Image); tag != "" {
					tags[tag] = true
				}
			}
		}
	}
	return tags
}

// tagOf is what an image was deployed as, "" for one that is not of the environment's registry.
func tagOf(env *blueprint.Environment, image string) string {
	_, tag, ours := strings.Cut(image, "/"+env.Registry.Name+":")
	if !ours {
		return ""
	}
	prefixes := []string{}
	for _, known := range env.Images {
		if known.Reference == "" {
			prefixes = append(prefixes, known.TagPrefix)
		}
	}
	slices.SortFunc(prefixes, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, prefix := range prefixes {
		if rest, found := strings.CutPrefix(tag, prefix); found {
			return rest
		}
	}
	return ""
}
