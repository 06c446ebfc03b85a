// Package survey takes stock of an environment once its stacks are built: what stands in them, as a blueprint says it.
//
// It knows what a kind becomes, and which names things have on AWS. It must not know what is printed, nor who reads the
// blueprint.
package survey

import (
	"cmp"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/compute"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/quota"
	"github.com/groundplan/groundplan/generator/stack"
)

// Application begins the blueprint of an application: what all of its environments share.
func Application(a *app.App) blueprint.Blueprint {
	runtime := map[app.Runtime]string{app.EncoreGo: blueprint.EncoreGo, app.EncoreTypeScript: blueprint.EncoreTypeScript, app.Containers: blueprint.Container}[a.Runtime]
	return blueprint.Blueprint{
		Version: blueprint.Version, App: a.Name, Runtime: runtime, HelperImage: rule.DefaultHelperImage,
		Files: map[string]string{}, Modules: map[string]string{},
	}
}

// Environment is what stands in the two stacks of a deployment, which are built, and what it takes of quotas.
func Environment(d *deploy.Deployment, platform, services *stack.Stack, needs quota.Environment) blueprint.Environment {
	s := &survey{Deployment: d, target: compute.Of(d), components: map[string]bool{}, held: map[string]map[string]string{}, calls: map[string]stack.Call{}, outputs: map[string]string{}}
	for _, built := range []*stack.Stack{platform, services} {
		for id, call := range built.Calls {
			s.calls[id.String()] = call
		}
	}
	for _, output := range platform.Outputs() {
		s.outputs[output.Of.String()] = output.Name
	}
	for id, facts := range kinds.Held(d, platform, services) {
		s.held[id.String()] = facts
	}
	s.index()
	env := d.Env
	e := blueprint.Environment{
		Name: env.Name, Type: env.Type, Region: env.Region, AccountID: env.AccountID, Prefix: names.Of(names.Unit, env.App, env.Name), Domain: env.Domain,
		DeletionProtection: env.DeletionProtection, LogRetentionDays: env.LogRetentionDays, HelperImage: env.HelperImage,
	}
	e.Stacks = []blueprint.Stack{s.stack(blueprint.Platform, platform), s.stack(blueprint.Services, services)}
	if d.DeploysByTag() {
		e.Stacks[1].Variables = []blueprint.Variable{{Name: blueprint.ImageTag, Description: "Tag of the image to run, as pushed to the registry of the platform stack."}}
	}
	for _, built := range e.Stacks {
		for _, c := range built.Components {
			s.components[c.ID] = true
		}
	}
	e.Cluster = blueprint.Cluster{Name: names.Of(names.Cluster, env.App, env.Name), Output: s.output(app.Cluster), Namespace: names.Of(names.DiscoveryName, env.App, env.Name) + ".internal"}
	e.Registry = blueprint.Registry{Name: deploy.RegistryName(env), Output: s.output(app.Registry), Keeps: env.KeepImages, TagPrefixes: d.TagPrefixes()}
	e.Workloads, e.Images, e.Schedules = s.workloads(), s.images(), s.schedules()
	e.Servers, e.Caches, e.Topics, e.Buckets, e.Secrets = s.servers(), s.caches(), s.topics(), s.buckets(), s.secrets()
	e.LoadBalancer, e.Network, e.Key, e.Access = s.loadBalancer(), s.network(), s.key(), s.access()
	e.Domains, e.Zones, e.Certificates = s.domains(), s.zones(), s.certificates()
	e.Quotas = quotas(needs)
	return e
}

// survey is one environment while stock is taken of it.
type survey struct {
	*deploy.Deployment
	target     compute.Target
	components map[string]bool              // by id
	calls      map[string]stack.Call        // of modules, by id of what they make
	outputs    map[string]string            // of the platform, by id of the component that they hand on
	held       map[string]map[string]string // facts of what holds data, by id

	workloadKinds map[string]string   // by id
	fills         map[string][]string // by id of a secret, or of what has one: the workloads that do not start without it
	receives      map[string]string   // by id of a subscription: the workload that receives from it
	signsUploads  map[string]bool     // by name: clients upload to it by URLs that some workload signs
}

// index goes through the workloads once: an application may have hundreds of everything.
func (s *survey) index() {
	s.workloadKinds, s.fills, s.receives, s.signsUploads = map[string]string{}, map[string][]string{}, map[string]string{}, map[string]bool{}
	for _, w := range s.Workloads {
		s.workloadKinds[w.ID.String()] = kindOf(w)
		for _, id := range neededSecrets(w) {
			s.fills[id] = append(s.fills[id], w.ID.Name)
		}
		for _, e := range w.Edges {
			switch {
			case e.Kind == topic.Subscriptions.Name && e.Service != w.AuthService:
				s.receives[e.To().String()] = w.ID.Name
			case e.Kind == objects.Kind.Name && e.Operation == objects.SignedUploadURL:
				s.signsUploads[e.Resource] = true
			}
		}
	}
}

// neededSecrets are the ids of that whose secrets a workload does not start without, sorted.
func neededSecrets(w *deploy.Workload) []string {
	refs := w.Image.Credentials.Refs()
	for _, secret := range w.Rendered.Secrets {
		refs = append(refs, secret.ARN.Refs()...)
	}
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = ref.Of.String()
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// stack lists what a stack makes and what it stands for.
func (s *survey) stack(name string, built *stack.Stack) blueprint.Stack {
	list := blueprint.Stack{Name: name, Folder: s.Env.Name + "/" + name, Backend: s.backend(name)}
	files := s.declarations()
	addresses := built.Addresses()
	for of, address := range addresses {
		id := of.String()
		_, holds := s.held[id]
		seen := s.watched(id)
		list.Components = append(list.Components, blueprint.Component{ID: id, Noun: s.noun(id), Address: address, DeclaredIn: files[id], HoldsData: holds, LogGroups: seen.LogGroups, Alarms: seen.Alarms})
	}
	for _, output := range built.Outputs() {
		handed := blueprint.Output{Name: output.Name, Description: output.Description, Attributes: output.Attributes}
		if _, made := addresses[output.Of]; made || built.Brought(output.Of) {
			handed.Component = output.Of.String()
		}
		list.Outputs = append(list.Outputs, handed)
	}
	if name == blueprint.Platform {
		for id, address := range s.existing(built) {
			list.Components = append(list.Components, blueprint.Component{ID: id, Noun: s.noun(id), Address: address, DeclaredIn: files[id], Existing: true})
		}
	}
	slices.SortFunc(list.Components, func(a, b blueprint.Component) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// output is what the platform stack calls a component that it hands on, "" for one that it does not.
func (s *survey) output(of app.ID) string { return s.outputs[of.String()] }

// watched is what stands in CloudWatch of a component, sorted.
func (s *survey) watched(id string) compute.Watched {
	call := s.calls[id]
	of := s.target.Watched[call.Module]
	if of == nil {
		of = watched[call.Module]
	}
	if of == nil {
		return compute.Watched{}
	}
	made := of(call)
	slices.Sort(made.LogGroups)
	slices.Sort(made.Alarms)
	return made
}

// existing maps what the environment brings to the local value that stands for it. A database shares that of its server.
func (s *survey) existing(built *stack.Stack) map[string]string {
	brought := map[string]string{}
	for of, address := range built.BroughtAddresses() {
		brought[of.String()] = address
	}
	for _, server := range s.Env.DatabaseServers {
		if server.Existing == nil {
			continue
		}
		for _, name := range server.Databases {
			brought[app.ID{Kind: database.Kind.Name, Name: name}.String()] = brought[app.DatabaseServerID(server.Name).String()]
		}
	}
	return brought
}

// declarations are the files that declare things, by id. What serves several declarations is declared by the first.
func (s *survey) declarations() map[string]string {
	files := map[string]string{}
	for _, r := range s.App.Resources {
		files[r.ID().String()] = r.At.Filename
		if r.Kind == objects.Kind.Name {
			files["cdn "+r.Name] = r.At.Filename
		}
	}
	for _, p := range s.Workloads {
		for _, name := range p.HostedServices() {
			if service := s.Service(name); service != nil && service.At.Filename != "" {
				files[p.ID.String()] = service.At.Filename
				files["database role "+database.RoleName(p.ID.Name)] = service.At.Filename
				break
			}
		}
	}
	for _, server := range s.Env.DatabaseServers {
		files["database server "+server.Name] = server.At.Filename
	}
	return files
}

// noun is what people call something.
func (s *survey) noun(id string) string {
	of := app.ParseID(id)
	if kind, known := kinds.Named(of.Kind); known {
		return kind.Noun
	}
	return cmp.Or(s.workloadKinds[id], of.Kind) // what is of no kind is called by its id's first words
}

func (s *survey) backend(stack string) blueprint.Backend {
	state := s.Env.State
	if state == nil {
		return blueprint.Backend{Path: "terraform.tfstate"}
	}
	return blueprint.Backend{Bucket: state.Bucket, Key: state.KeyPrefix + "/" + stack + ".tfstate", Region: state.Region, KeyARN: state.KeyARN}
}

func quotas(needs quota.Environment) []blueprint.Quota {
	list := make([]blueprint.Quota, len(needs.Needs))
	for i, need := range needs.Needs {
		list[i] = blueprint.Quota{
			Service: need.Service, Code: need.Code, Name: need.Name, Needed: need.Value, Peak: need.Peak, Default: need.Default, Young: need.Young,
			Each: need.Each, Global: need.Global, Fixed: need.Fixed, What: need.What, Lower: need.Lower,
		}
	}
	return list
}
