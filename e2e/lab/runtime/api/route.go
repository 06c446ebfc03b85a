package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// route is an endpoint that a request is for.
type route struct {
	service  *needs.Service
	endpoint *needs.Endpoint
}

// match finds the endpoint for a method and a path, among those that are admitted: literal segments before parameters,
// parameters before wildcards, and fallbacks last.
func match(app *needs.Needs, method, path string, admitted func(*needs.Service, *needs.Endpoint) bool) *route {
	var best *route
	var rank string
	for i := range app.Services {
		service := &app.Services[i]
		for j := range service.Endpoints {
			endpoint := &service.Endpoints[j]
			if !slices.Contains(endpoint.Methods, method) && (!slices.Contains(endpoint.Methods, "*") || method == http.MethodConnect) {
				continue
			}
			if got, matches := compare(endpoint.Path, path); matches && admitted(service, endpoint) && (best == nil || got < rank) {
				best, rank = &route{service, endpoint}, got
			}
		}
	}
	return best
}

// compare reports whether a path fits, and a rank that is smaller for the better fit.
func compare(pattern, path string) (rank string, fits bool) {
	wanted, given := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, segment := range wanted {
		switch {
		case strings.HasPrefix(segment, "*"):
			return rank + "2", i < len(given)
		case strings.HasPrefix(segment, "!"):
			return rank + "3", true
		case i >= len(given):
			return "", false
		case strings.HasPrefix(segment, ":") && given[i] != "":
			rank += "1"
		case segment == given[i]:
			rank += "0"
		default:
			return "", false
		}
	}
	return rank, len(wanted) == len(given)
}

func exposed(_ *needs.Service, endpoint *needs.Endpoint) bool {
	return endpoint.Access != needs.Private
}

// hosted admits the endpoints of the services of this process.
func (p *Process) hosted(service *needs.Service, _ *needs.Endpoint) bool {
	return p.Config.Services[service.Name]
}

func (p *Process) hostedExposed(service *needs.Service, endpoint *needs.Endpoint) bool {
	return p.hosted(service, endpoint) && exposed(service, endpoint)
}

func anyEndpoint(*needs.Service, *needs.Endpoint) bool { return true }
