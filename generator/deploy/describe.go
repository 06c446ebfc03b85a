package deploy

import (
	"fmt"
	"strings"
)

// Describe is what stands above everything that a workload becomes: which code runs in it, one line each.
func (w *Workload) Describe() []string {
	if w.Hosted() == "" && !w.Gateway {
		return []string{w.Why.String()}
	}
	switch c := w.Container(); {
	case c != nil && c.Job:
		return []string{fmt.Sprintf("Job %q, in %s: each run is a task that ends by itself", w.ID.Name, w.Service(w.ID.Name).At.Filename)}
	case c != nil && c.Worker:
		return []string{fmt.Sprintf("Worker %q, in %s: it listens on no port, and nothing can call it", w.ID.Name, w.Service(w.ID.Name).At.Filename)}
	case c != nil:
		return []string{fmt.Sprintf("Service %q, in %s", w.ID.Name, w.Service(w.ID.Name).At.Filename)}
	case !w.Gateway:
		return []string{w.Hosted()}
	}
	comments := []string{"The API gateway: the only process that requests from outside reach"}
	if hosted := w.Hosted(); hosted != "" {
		comments = []string{"The API gateway, and " + strings.ToLower(hosted[:1]) + hosted[1:]}
	}
	if w.AuthService != "" {
		comments = append(comments,
			fmt.Sprintf("It runs the auth handler, and with it the code of service %q (%s), all but its subscriptions", w.AuthService, folder(w.Service(w.AuthService).Dir)))
	}
	return comments
}

// Hosted are the services that the workload serves, with their folders, in words; "" for none.
func (w *Workload) Hosted() string {
	var hosts []string
	for _, name := range w.Services {
		hosts = append(hosts, fmt.Sprintf("%q (%s)", name, folder(w.Service(name).Dir)))
	}
	switch len(hosts) {
	case 0:
		return ""
	case 1:
		return "Service " + hosts[0]
	}
	return "Services " + strings.Join(hosts, ", ")
}

// folder is a service's directory as a reader would write it.
func folder(dir string) string {
	if dir == "." {
		return "the application's root"
	}
	return dir + "/"
}

// Called reports whether other workloads find this one by a name: a gateway alone is reached from outside and by nobody else.
func (w *Workload) Called() bool { return w.Port != 0 && (len(w.Services) > 0 || !w.Gateway) }
