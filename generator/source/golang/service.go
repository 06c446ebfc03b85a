package golang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// This file links what belongs to Encore's API framework: endpoints, auth handlers, middleware, configuration.

func (l *goLinker) linkEndpoints() {
	structs := make(map[string]*goServiceStruct)
	for _, p := range l.packages {
		for _, structure := range p.structs {
			l.symbol(p.dir, structure.name).structure = true
			service := p.service
			if other := structs[service]; other != nil {
				l.errorAt(structure.at, "Several service structs",
					"remove the directive from one of them",
					"The service %s has the service struct %s already (%s), and a service has one at most.", service, other.name, diagnostic.Place(other.at))
				continue
			}
			structs[service] = structure
		}
	}
	for _, p := range l.packages {
		for _, endpoint := range p.endpoints {
			endpoint.Service = p.service
			l.symbol(p.dir, endpoint.Name).endpoint = endpoint
			l.result.Endpoints = append(l.result.Endpoints, endpoint.Endpoint)
			if structure := structs[endpoint.Service]; endpoint.receiver != "" && (structure == nil || structure.name != endpoint.receiver) {
				remedy := "no struct of the service has that directive"
				if structure != nil {
					remedy = "here that is " + structure.name
				}
				l.errorAt(endpoint.At, "Endpoint on another type",
					fmt.Sprintf("endpoints are functions, or methods of the struct marked //encore:service; %s", remedy),
					"The endpoint %s is a method of %s.", endpoint.Name, endpoint.receiver)
			}
			l.checkPayload(p, endpoint.request, "request")
			l.checkPayload(p, endpoint.response, "response")
		}
	}
}

// checkPayload looks at a request or response type as far as the application's own source shows it.
func (l *goLinker) checkPayload(p *goPackage, name *goName, what string) {
	if name == nil {
		return
	}
	described := l.typeOf(p, *name)
	if described == nil {
		if name.qualifier == "" && p.types[name.name] == nil && !p.broken {
			l.errorAt(name.file.at(name.at), "Invalid "+what+" type", "declare a struct type for it", "A %s must be a struct type of its own, and this one is %s.", what, name)
		}
		return
	}
	if described.shape == shapeInterface || described.shape == shapeOther {
		l.errorAt(name.file.at(name.at), "Invalid "+what+" type", "declare a struct type for it", "A %s must be a struct, and %s is none.", what, name)
		return
	}
	for _, field := range described.fields {
		header, _ := tagValue(field.tag, "header")
		if what == "request" && len(header) >= len("X-Encore") && strings.EqualFold(header[:len("X-Encore")], "X-Encore") {
			l.errorOnce(described.file.at(field.tagAt), "Reserved header",
				"choose another name",
				"The field takes the header %s, and headers that start with X-Encore are Encore's own.", header)
		}
	}
}

// typeOf returns what is known of a type of the application, through aliases; nil when it is not one.
func (l *goLinker) typeOf(p *goPackage, name goName) *goType {
	for range 16 {
		key, ok := l.resolve(p, name)
		if !ok || l.byDir[key.dir] == nil {
			return nil
		}
		p = l.byDir[key.dir]
		described := p.types[key.name]
		if described == nil || described.shape != shapeNamed {
			return described
		}
		name = described.target
	}
	return nil
}

func (l *goLinker) linkAuthHandlers() {
	var first *goAuthHandler
	for _, p := range l.packages {
		for _, handler := range p.authHandlers {
			handler.Service = p.service
			if !handler.method {
				l.symbol(p.dir, handler.Name).auth = handler
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

func (l *goLinker) checkAuthParams(p *goPackage, handler *goAuthHandler) {
	if handler.params == nil {
		return
	}
	described := l.typeOf(p, *handler.params)
	if described == nil || described.shape != shapeStruct {
		return
	}
	for _, field := range described.fields {
		tagged := slices.ContainsFunc([]string{"header", "query", "qs", "cookie"}, func(key string) bool {
			value, _ := tagValue(field.tag, key)
			return value != "" && value != "-"
		})
		if !tagged {
			l.errorOnce(described.file.at(field.at), "Invalid auth parameters",
				"give it a header, query or cookie tag with a name",
				"This field of the auth handler's parameters comes from nowhere in the request.")
		}
	}
}

func (l *goLinker) linkMiddleware() {
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
		for _, middleware := range p.middleware {
			service := p.service
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
					l.errorAt(middleware.targetsAt[i], "Middleware without endpoints", "correct the tag, or give it to the endpoints that are meant", "No endpoint of the %s has %s.", where, target)
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

func (l *goLinker) linkConfig() {
	for _, p := range l.packages {
		for _, load := range p.configLoads {
			l.linkConfigLoad(p, load.at)
			if load.symbol != "" {
				l.symbol(p.dir, load.symbol).config = true
			}
		}
	}
}

func (l *goLinker) linkConfigLoad(p *goPackage, at hcl.Range) {
	service := p.service
	switch {
	case service == "":
		l.errorAt(at, "Configuration outside a service", "load it in a service's folder", "Configuration belongs to a service, and %s belongs to none.", source.DescribeDir(p.dir))
	case l.roots[p.dir] == nil:
		l.errorAt(at, "Configuration outside the service's root", "load it there and pass it on", "Configuration is loaded in the package at the root of the service %s, not in %s below it.", service, p.dir)
	default:
		l.roots[p.dir].HasConfig = true
	}
}
