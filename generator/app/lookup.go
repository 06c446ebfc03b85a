package app

import "slices"

// Resource returns the resource, nil when there is none. Parent is "" for kinds whose names are unique by themselves.
func (a *App) Resource(kind, parent, name string) *Resource {
	for i := range a.Resources {
		if r := &a.Resources[i]; r.Kind == kind && r.Name == name && r.Parent == parent {
			return r
		}
	}
	return nil
}

// Of returns the resources of a kind, in order of parent and name.
func (a *App) Of(kind string) []Resource {
	var of []Resource
	for _, r := range a.Resources {
		if r.Kind == kind {
			of = append(of, r)
		}
	}
	return of
}

// Exposed reports whether the gateway has anything to route to: a service with an endpoint that is not private.
func (a *App) Exposed() bool {
	for _, s := range a.Services {
		for _, e := range s.Endpoints {
			if e.Exposed() {
				return true
			}
		}
	}
	return false
}

// Containers reports whether the application's services are plain containers, which no runtime of Encore's stands between.
func (a *App) Containers() bool { return a.Runtime == Containers }

// RunsIn reports whether a middleware runs in a service: its own, or, when global, one with a targeted endpoint.
func (m Middleware) RunsIn(s Service) bool {
	if !m.Global {
		return m.Service == s.Name
	}
	for _, e := range s.Endpoints {
		if m.targets(e) {
			return true
		}
	}
	return false
}

func (m Middleware) targets(e Endpoint) bool {
	for _, target := range m.Targets {
		if target == "all" {
			return true
		}
		for _, tag := range e.Tags {
			if target == "tag:"+tag {
				return true
			}
		}
	}
	return false
}

// NeedsAuth reports whether some endpoint is for authenticated users alone.
func (a *App) NeedsAuth() bool {
	for _, service := range a.Services {
		for _, endpoint := range service.Endpoints {
			if endpoint.Access == "auth" {
				return true
			}
		}
	}
	return false
}

// FacesOutside reports whether requests from outside reach the service without a gateway.
func (s Service) FacesOutside() bool { return s.Container != nil && s.Container.Public }

// GatewayName is the only name Encore allows for an API gateway.
const GatewayName = "api-gateway"

// LoadedUnits is what every process of the application loads.
func (a *App) LoadedUnits() string {
	if a.Runtime == EncoreGo {
		return "packages"
	}
	return "modules"
}

// DeploysByTag reports whether a deployment names the tag of an image: not when every service has a fixed one.
func (a *App) DeploysByTag() bool {
	return len(a.Services) == 0 || slices.ContainsFunc(a.Services,
		func(s Service) bool { return s.Container == nil || s.Container.Image == "" })
}

// Configured reports whether a service has CUE configuration.
func (a *App) Configured() bool {
	return slices.ContainsFunc(a.Services, func(s Service) bool { return s.HasConfig })
}
