package link

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// This file links what belongs to Encore's API framework: endpoints, auth handlers, middleware, configuration.

func (l *linker) linkEndpoints() {
	structs := make(map[string]*facts.ServiceStruct)
	for _, p := range l.packages {
		for _, structure := range p.Structs {
			l.symbol(p.Dir, structure.Name).structure = true
			service := p.Service
			if other := structs[service]; other != nil {
				l.errorAt(structure.At, "Several service structs",
					"remove the directive from one of them",
					"The service %s has the service struct %s already (%s), and a service has one at most.", service, other.Name, diagnostic.Place(other.At))
				continue
			}
			structs[service] = structure
		}
	}
	for _, p := range l.packages {
		for _, endpoint := range p.Endpoints {
			endpoint.Service = p.Service
			l.symbol(p.Dir, endpoint.Name).endpoint = endpoint
			l.result.Endpoints = append(l.result.Endpoints, endpoint.Endpoint)
			if structure := structs[endpoint.Service]; endpoint.Receiver != "" && (structure == nil || structure.Name != endpoint.Receiver) {
				remedy := "no struct of the service has that directive"
				if structure != nil {
					remedy = "here that is " + structure.Name
				}
				l.errorAt(endpoint.At, "Endpoint on another type",
					fmt.Sprintf("endpoints are functions, or methods of the struct marked //encore:service; %s", remedy),
					"The endpoint %s is a method of %s.", endpoint.Name, endpoint.Receiver)
			}
			l.checkPayload(p, endpoint.Request, "request")
			l.checkPayload(p, endpoint.Response, "response")
		}
	}
}

// checkPayload looks at a request or response type as far as the application's own source shows it.
func (l *linker) checkPayload(p *facts.Package, name *facts.Name, what string) {
	if name == nil {
		return
	}
	described := l.typeOf(p, *name)
	if described == nil {
		if name.Qualifier == "" && p.Types[name.Name] == nil && !p.Broken {
			l.errorAt(name.File.At(name.At), "Invalid "+what+" type", "declare a struct type for it", "A %s must be a struct type of its own, and this one is %s.", what, name)
		}
		return
	}
	if described.Shape == facts.ShapeInterface || described.Shape == facts.ShapeOther {
		l.errorAt(name.File.At(name.At), "Invalid "+what+" type", "declare a struct type for it", "A %s must be a struct, and %s is none.", what, name)
		return
	}
	for _, field := range described.Fields {
		header, _ := facts.TagValue(field.Tag, "header")
		if what == "request" && len(header) >= len("X-Encore") && strings.EqualFold(header[:len("X-Encore")], "X-Encore") {
			l.errorOnce(described.File.At(field.TagAt), "Reserved header",
				"choose another name",
				"The field takes the header %s, and headers that start with X-Encore are Encore's own.", header)
		}
	}
}

// typeOf returns what is known of a type of the application, through aliases; nil when it is not one.
func (l *linker) typeOf(p *facts.Package, name facts.Name) *facts.Type {
	for range 16 {
		key, ok := l.resolve(p, name)
		if !ok || l.byDir[key.dir] == nil {
			return nil
		}
		p = l.byDir[key.dir]
		described := p.Types[key.name]
		if described == nil || described.Shape != facts.ShapeNamed {
			return described
		}
		name = described.Target
	}
	return nil
}

func (l *linker) linkAuthHandlers() {
	var first *facts.AuthHandler
	for _, p := range l.packages {
		for _, handler := range p.AuthHandlers {
			handler.Service = p.Service
			if !handler.Method {
				l.symbol(p.Dir, handler.Name).auth = handler
			}
			l.checkAuthParams(p, handler)
			if first == nil {
				first = handler
				found := handler.AuthHandler
				l.result.AuthHandler = &found
				continue
			}
			l.errorAt(handler.At, "Several auth handlers",
				"remove the directive from one of them",
				"An application has one auth handler, and %s.%s is one already (%s).", first.Service, first.Name, diagnostic.Place(first.At))
		}
	}
}

func (l *linker) checkAuthParams(p *facts.Package, handler *facts.AuthHandler) {
	if handler.Params == nil {
		return
	}
	described := l.typeOf(p, *handler.Params)
	if described == nil || described.Shape != facts.ShapeStruct {
		return
	}
	for _, field := range described.Fields {
		tagged := slices.ContainsFunc([]string{"header", "query", "qs", "cookie"}, func(key string) bool {
			value, _ := facts.TagValue(field.Tag, key)
			return value != "" && value != "-"
		})
		if !tagged {
			l.errorOnce(described.File.At(field.At), "Invalid auth parameters",
				"give it a header, query or cookie tag with a name",
				"This field of the auth handler's parameters comes from nowhere in the request.")
		}
	}
}

func (l *linker) linkMiddleware() {
	tags, all := make(map[string]map[string]bool), make(map[string]bool)
	for _, endpoint := range l.result.Endpoints {
		if tags[endpoint.Service] == nil {
			tags[endpoint.Service] = make(map[string]bool)
		}
		for _, tag := range endpoint.Tags {
			tags[endpoint.Service]["tag:"+tag] = true
			all["tag:"+tag] = true
		}
	}
	for _, p := range l.packages {
		for _, middleware := range p.Middleware {
			service := p.Service
			known, where := tags[service], "service "+service
			switch {
			case middleware.Global && service != "":
				l.errorAt(middleware.At, "Global middleware in a service", "move it, or remove global", "Global middleware must stand outside every service, and %s is in the service %s.", middleware.Name, service)
			case !middleware.Global && service == "":
				l.errorAt(middleware.At, "Middleware outside a service", "move it into one, or make it global", "%s stands in no service.", middleware.Name)
			case middleware.Global:
				known, where = all, "application"
			}
			for i, target := range middleware.Targets {
				if target != "all" && !known[target] {
					l.errorAt(middleware.TargetsAt[i], "Middleware without endpoints", "correct the tag, or give it to the endpoints that are meant", "No endpoint of the %s has %s.", where, target)
				}
			}
			found := middleware.Middleware
			if !found.Global {
				found.Service = service
			}
			l.result.Middleware = append(l.result.Middleware, found)
		}
	}
}

func (l *linker) linkConfig() {
	for _, p := range l.packages {
		for _, load := range p.ConfigLoads {
			l.linkConfigLoad(p, load.At)
			if load.Symbol != "" {
				l.symbol(p.Dir, load.Symbol).config = true
			}
		}
	}
}

func (l *linker) linkConfigLoad(p *facts.Package, at hcl.Range) {
	service := p.Service
	switch {
	case service == "":
		l.errorAt(at, "Configuration outside a service", "load it in a service's folder", "Configuration belongs to a service, and %s belongs to none.", source.DescribeDir(p.Dir))
	case l.roots[p.Dir] == nil:
		l.errorAt(at, "Configuration outside the service's root", "load it there and pass it on", "Configuration is loaded in the package at the root of the service %s, not in %s below it.", service, p.Dir)
	default:
		l.roots[p.Dir].HasConfig = true
	}
}
