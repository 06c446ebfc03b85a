package environment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/hashicorp/terraform-config-inspect/tfconfig"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// apply makes both stacks in an account of their own, the services against the outputs that really came out of the platform,
// and keeps what came out.
func (e *Environment) apply(ctx context.Context, to cachedFolder, options Options) (err error) {
	e.Resources, e.Drift = map[string]map[string]any{}, nil
	if e.Cloud, err = emulator.Start(ctx, emulator.Options{}); err != nil {
		return err
	}
	defer e.Cloud.Close()
	if id := e.Settings.HostedZoneID; id != "" {
		if err := e.Cloud.AddZone(ctx, id, e.Settings.Domain); err != nil {
			return err
		}
	}
	for _, stack := range Stacks() {
		start := time.Now()
		if err := e.applyStack(ctx, stack); err != nil {
			return fmt.Errorf("%s: %w\nthe emulator said:\n%s", stack, err, e.Cloud.Messages())
		}
		fmt.Fprintf(options.Progress, "%s: %s applied and planned again in %.0f s\n", options.Fixture, stack, time.Since(start).Seconds())
	}
	return e.keep(ctx, to)
}

func (e *Environment) applyStack(ctx context.Context, stack string) error {
	folder := filepath.Join(e.Folder, stack)
	variables, err := Variables(folder)
	if err != nil {
		return err
	}
	tf, err := e.Terraform(stack)
	if err != nil {
		return err
	}
	for _, arguments := range [][]string{
		{"init", "-input=false", "-no-color"},
		append([]string{"plan", "-input=false", "-no-color", "-lock=false", "-out=applied.tfplan"}, variables...),
		// moto answers at once; the provider's own waiting is what takes time, and it waits in parallel.
		{"apply", "-input=false", "-no-color", "-lock=false", "-parallelism=60", "applied.tfplan"},
	} {
		if _, err := tf.Run(ctx, arguments...); err != nil {
			return err
		}
	}
	again, _, err := tf.Plan(ctx, variables...)
	if err != nil {
		return err
	}
	for _, change := range again.ResourceChanges {
		if !change.Change.Actions.NoOp() && !change.Change.Actions.Read() {
			e.Drift = append(e.Drift, fmt.Sprintf("%s: %v %s: %v", stack, change.Change.Actions, change.Address, changed(change.Change.Before, change.Change.After)))
		}
	}
	return e.collect(again.PriorState.Values.RootModule)
}

// collect keeps the attributes of everything a state holds.
func (e *Environment) collect(module *tfjson.StateModule) error {
	for _, resource := range module.Resources {
		if _, twice := e.Resources[resource.Address]; twice && resource.Mode == tfjson.ManagedResourceMode {
			return fmt.Errorf("%s is in both stacks", resource.Address)
		}
		e.Resources[resource.Address] = resource.AttributeValues
	}
	var failed error
	for _, child := range module.ChildModules {
		failed = errors.Join(failed, e.collect(child))
	}
	return failed
}

// changed lists the top-level attributes that differ between two values of a resource.
func changed(before, after any) []string {
	old, _ := before.(map[string]any)
	planned, _ := after.(map[string]any)
	var names []string
	for name := range planned {
		was, _ := json.Marshal(old[name])
		is, _ := json.Marshal(planned[name])
		if string(was) != string(is) {
			names = append(names, name+" "+string(was)+" -> "+string(is))
		}
	}
	slices.Sort(names)
	return names
}

// ImageTag is the version of the images that services are applied with.
const ImageTag = "0123456789ab"

// Variables gives a value to each variable of a stack that has no default, as the arguments terraform takes. It knows the
// variables groundplan declares and fails on any other: a new one wants a plausible value here.
func Variables(folder string) ([]string, error) {
	root, diagnostics := tfconfig.LoadModule(folder)
	if diagnostics.HasErrors() {
		return nil, diagnostics.Err()
	}
	var arguments []string
	for name, variable := range root.Variables {
		if !variable.Required {
			continue
		}
		value, known := map[string]string{
			"image":         emulator.Account + ".dkr.ecr." + emulator.Region + ".amazonaws.com/application:" + ImageTag,
			"image_tag":     ImageTag,
			"image_version": ImageTag,
		}[name]
		if !known {
			return nil, fmt.Errorf("%s:%d: no value known for the required variable %q", variable.Pos.Filename, variable.Pos.Line, name)
		}
		arguments = append(arguments, "-var="+name+"="+value)
	}
	slices.Sort(arguments)
	return arguments, nil
}
