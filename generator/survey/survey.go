// Package survey takes stock of an environment once its stacks are built: what stands in them, as a blueprint says it.
//
// It knows what a kind becomes, and which names things have on AWS. It must not know what is printed, nor who reads the
// blueprint.
package survey

import (
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/quota"
)

// Application begins the blueprint of an application: what all of its environments share.
func Application(a *app.App) blueprint.Blueprint {
	runtime := map[app.Runtime]string{app.EncoreGo: blueprint.EncoreGo, app.EncoreTypeScript: blueprint.EncoreTypeScript, app.Containers: blueprint.Container}[a.Runtime]
	return blueprint.Blueprint{
		Version: blueprint.Version, App: a.Name, Runtime: runtime, HelperImage: environment.DefaultHelperImage,
		Files: map[string]string{}, Modules: map[string]string{},
	}
}

// Environment is what stands in the two stacks of a deployment, which are built, and what it takes of quotas.
func Environment(d *kinds.Deployment, platform, services *kinds.Stack, needs quota.Environment) blueprint.Environment {
	s := &survey{Deployment: d, labels: map[string]string{}, components: map[string]bool{}, held: map[string]map[string]string{}}
	for _, stack := range []*kinds.Stack{platform, services} {
		maps.Copy(s.held, stack.Holdings)
	}
	s.index()
	env := d.Env
	e := blueprint.Environment{
		Name: env.Name, Type: env.Type, Region: env.Region, AccountID: env.AccountID, Prefix: names.Of(names.Unit, env.App, env.Name), Domain: env.Domain,
		DeletionProtection: env.DeletionProtection, LogRetentionDays: env.LogRetentionDays, HelperImage: env.HelperImage,
	}
	e.Stacks = []blueprint.Stack{s.stack(blueprint.Platform, platform), s.stack(blueprint.Services, services)}
	if d.App.DeploysByTag() {
		e.Stacks[1].Variables = []blueprint.Variable{{Name: blueprint.ImageTag, Description: "Tag of the image to run, as pushed to the registry of the platform stack."}}
	}
	for _, stack := range e.Stacks {
		s.note(stack.Components)
	}
	e.Cluster = blueprint.Cluster{Name: names.Of(names.Cluster, env.App, env.Name), Output: "cluster", Namespace: names.Of(names.DiscoveryName, env.App, env.Name) + ".internal"}
	e.Registry = blueprint.Registry{Name: kinds.RegistryName(env), Output: "registry", Keeps: env.KeepImages, TagPrefixes: d.TagPrefixes()}
	e.Workloads, e.Images, e.Schedules = s.workloads(), s.images(), s.schedules()
	e.Servers, e.Caches, e.Topics, e.Buckets, e.Secrets = s.servers(), s.caches(), s.topics(), s.buckets(), s.secrets()
	e.LoadBalancer, e.Network, e.Key, e.Access = s.loadBalancer(), s.network(), s.key(), s.access()
	e.Domains, e.Zones, e.Certificates = s.domains(), s.zones(), s.certificates()
	e.Quotas = quotas(needs)
	return e
}

// survey is one environment while stock is taken of it.
type survey struct {
	*kinds.Deployment
	components map[string]bool              // by id
	labels     map[string]string            // ids of components that others have a path to, by their Terraform label
	held       map[string]map[string]string // facts of what holds data, by id

	workloadKinds map[string]string   // by name
	fills         map[string][]string // by secret of the application: who does not start without it
	needs         map[string][]string // by workload: the application's secrets that it does not start without
	receives      map[string]string   // by id of a subscription: the workload that receives from it
	signsUploads  map[string]bool     // by name: clients upload to it by URLs that some workload signs
}

// index goes through the processes once: an application may have hundreds of everything.
func (s *survey) index() {
	s.workloadKinds, s.receives, s.signsUploads = map[string]string{}, map[string]string{}, map[string]bool{}
	s.fills, s.needs = map[string][]string{}, map[string][]string{}
	secrets := map[string]string{} // by how the services stack refers to one
	for _, r := range s.Of(kinds.Secrets.Name) {
		secrets[s.SecretARN(r.Name)] = r.Name
	}
	for _, p := range s.Processes {
		s.workloadKinds[p.Name] = kindOf(p.Process)
		var filled []string
		for _, secret := range p.Secrets {
			if arn := secret.ARN.Text; secrets[arn] != "" {
				filled = append(filled, secrets[arn])
			}
		}
		if service := s.Service(p.Name); service != nil && service.Container != nil && service.Container.ImageCredentials != "" {
			filled = append(filled, service.Container.ImageCredentials)
		}
		s.needs[p.Name] = slices.Compact(slices.Sorted(slices.Values(filled)))
		for _, name := range s.needs[p.Name] {
			s.fills[name] = append(s.fills[name], p.Name)
		}
		for _, e := range p.Edges {
			switch {
			case e.Kind == kinds.Subscriptions.Name && e.Service != p.AuthService:
				s.receives[kinds.ID(e.Kind, e.Parent, e.Resource)] = p.Name
			case e.Kind == kinds.Buckets.Name && e.Operation == kinds.SignedUploadURL:
				s.signsUploads[e.Resource] = true
			}
		}
	}
}

// note remembers the components of a stack. Databases and the schedules of jobs have no label of their own.
func (s *survey) note(components []blueprint.Component) {
	for _, c := range components {
		s.components[c.ID] = true
		if kind, _, _ := strings.Cut(c.ID, " "); kind == kinds.Caches.Name || kind == "process" || strings.HasPrefix(c.ID, "database server ") {
			_, label, _ := strings.Cut(c.Address, ".")
			s.labels[label] = c.ID
		}
	}
}

// stack lists what a stack makes and what it stands for.
func (s *survey) stack(name string, built *kinds.Stack) blueprint.Stack {
	stack := blueprint.Stack{Name: name, Folder: s.Env.Name + "/" + name, Backend: s.backend(name)}
	files := s.declarations()
	for id, address := range built.Addresses {
		_, holds := built.Holdings[id]
		stack.Components = append(stack.Components, blueprint.Component{ID: id, Noun: s.noun(id), Address: address, DeclaredIn: files[id], HoldsData: holds})
	}
	if name == blueprint.Platform {
		for id, address := range s.existing() {
			stack.Components = append(stack.Components, blueprint.Component{ID: id, Noun: s.noun(id), Address: address, DeclaredIn: files[id], Existing: true})
		}
	}
	slices.SortFunc(stack.Components, func(a, b blueprint.Component) int { return strings.Compare(a.ID, b.ID) })
	return stack
}

// existing maps what the environment brings to the local value that stands for it.
func (s *survey) existing() map[string]string {
	brought := map[string]string{}
	if s.Env.Network != nil {
		brought["network"] = "local.network"
	}
	if s.Env.KeyARN != "" {
		brought["encryption key"] = "local.key_arn"
	}
	for _, kind := range []string{kinds.Buckets.Name, kinds.Topics.Name} {
		for _, r := range s.Of(kind) {
			if kind == kinds.Buckets.Name && s.Env.ExistingBucket(r.Name) != nil || kind == kinds.Topics.Name && s.Env.ExistingTopic(r.Name) != nil {
				brought[kinds.ID(kind, "", r.Name)] = "local." + kind + "_" + s.Label(kind, "", r.Name)
			}
		}
	}
	for _, server := range s.Env.DatabaseServers {
		if server.Existing == nil {
			continue
		}
		address := "local." + serverOutput(server)
		brought["database server "+server.Name] = address
		for _, database := range server.Databases {
			brought[kinds.ID(kinds.Databases.Name, "", database)] = address
		}
	}
	return brought
}

// declarations are the files that declare things, by id. What serves several declarations is declared by the first.
func (s *survey) declarations() map[string]string {
	files := map[string]string{}
	for _, r := range s.App.Resources {
		files[kinds.ID(r.Kind, r.Parent, r.Name)] = r.At.Filename
		if r.Kind == kinds.Buckets.Name {
			files["cdn "+r.Name] = r.At.Filename
		}
	}
	for _, p := range s.Processes {
		for _, name := range p.HostedServices() {
			if service := s.Service(name); service != nil && service.At.Filename != "" {
				files[kinds.ID("process", "", p.Name)] = service.At.Filename
				files["database role "+kinds.RoleName(p.Name)] = service.At.Filename
				break
			}
		}
	}
	for _, server := range s.Env.DatabaseServers {
		files["database server "+server.Name] = server.At.Filename
	}
	return files
}

// nouns are what people call that which is of no kind, by how its id begins.
var nouns = []string{"access logs", "cluster", "database role", "database server", "encryption key", "load balancer", "metrics secret", "network", "registry", "service auth key"}

func (s *survey) noun(id string) string {
	for _, noun := range nouns {
		if id == noun || strings.HasPrefix(id, noun+" ") {
			return noun
		}
	}
	name, subject, _ := strings.Cut(id, " ")
	switch kind, known := kinds.Named(name); {
	case known:
		return kind.Noun
	case name == "process":
		return s.workloadKinds[subject]
	}
	return name // a CDN, and whatever else is called by one word
}

func (s *survey) backend(stack string) blueprint.Backend {
	state := s.Env.State
	if state == nil {
		return blueprint.Backend{Path: "terraform.tfstate"}
	}
	return blueprint.Backend{Bucket: state.Bucket, Key: state.KeyPrefix + "/" + stack + ".tfstate", Region: state.Region}
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
