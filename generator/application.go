package generator

import (
	"cmp"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/resolution"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/output"
	"github.com/groundplan/groundplan/generator/quota"
	"github.com/groundplan/groundplan/generator/reading"
	"github.com/groundplan/groundplan/modules"
)

// Options say what to generate from and for.
type Options struct {
	// Root is the application's folder.
	Root string
	// Out is the output folder: its lock is read, and its source is not taken for the application's. It is "" where nothing
	// is generated.
	Out string
	// Metadata is what to read instead of the source; nil for the source.
	Metadata *reading.Metadata
	// Limits are the quotas of the account that is generated for; nil for AWS's defaults.
	Limits *quota.Limits
	// Consent names what may be replaced, destroyed or forgotten with the data it holds.
	Consent holdings.Consent
}

// FromSource reads the application and its settings, and generates. Diagnostics are sorted by position; with errors
// among them the output is nil, and so it is for an application without services: nothing runs, and a network or a load
// balancer for it would only cost. The error is the machine's.
func FromSource(options Options) (*Output, []environment.Environment, hcl.Diagnostics, error) {
	output, environments, diags, err := fromSource(options)
	diagnostic.Sort(diags)
	return output, environments, diags, err
}

func fromSource(options Options) (*Output, []environment.Environment, hcl.Diagnostics, error) {
	go modules.Warm() // while the source is read
	application, diags, err := reading.Application(options.Root, options.Out, options.Metadata)
	if err != nil {
		return nil, nil, diags, err
	}
	settings, more, err := reading.Settings(options.Root)
	diags = append(diags, more...)
	if err != nil || diags.HasErrors() || application == nil {
		return nil, nil, diags, err
	}
	written, err := output.Read(options.Out, nil)
	if err != nil {
		return nil, nil, diags, err
	}
	previous := written.Lock
	if name := cmp.Or(settings.AppName, previous.App); application.NamedByFolder && name != "" {
		// Another checkout may be in a folder of another name, and every name in AWS would change.
		application.Name, application.ID = name, name
	}
	environments, more := resolution.Resolve(settings, application)
	diags = append(diags, more...)
	if diags.HasErrors() {
		return nil, nil, diags, nil
	}
	if len(application.Services) == 0 && !application.Containers() {
		return nil, environments, append(diags, keepGenerated(previous, options.Out)...), nil
	}
	output, more := Generate(application, environments, previous, options.Consent)
	diags = append(diags, more...)
	if output != nil {
		output.Previous = written
		diags = append(diags, quota.Check(output.Needs, options.Limits)...)
	}
	if diags.HasErrors() {
		return nil, nil, diags, nil
	}
	return output, environments, diags, nil
}

// keepGenerated protects what earlier runs generated from an application in which no service is found any more: without its
// code nobody could destroy what it made.
func keepGenerated(previous *output.Lock, out string) hcl.Diagnostics {
	if len(previous.Files) == 0 {
		return nil
	}
	return hcl.Diagnostics{diagnostic.Error(hcl.Range{}, "Code of an application without services",
		"mend what keeps services from being found, or run terraform destroy in services and then in platform, and remove the folder",
		"The application has no services, and %s holds what was generated when it had some; nothing there is changed.", filepath.Base(out))}
}
