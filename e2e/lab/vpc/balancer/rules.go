//go:build linux

package balancer

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/e2e/lab/state"
)

// portListener is a port with its rules.
type portListener struct {
	secure bool
	rules  []listenerRule // in the order in which they are tried; the last is the default
}

// listenerRule is what to do with requests that meet all conditions.
type listenerRule struct {
	priority   int
	conditions []condition
	action     action
}

// condition is met when one of the patterns is.
type condition struct {
	host     bool // of the host's name, otherwise of the path
	patterns []*regexp.Regexp
}

// action is one of three: forwarding, a fixed answer, a redirect.
type action struct {
	group    string // ARN
	fixed    *fixed
	redirect *redirect
}

type fixed struct {
	status            int
	contentType, body string
}

type redirect struct{ protocol, host, port, path, query, status string }

// Update judges requests by the rules of another state from now on. Listeners come and go with a new load balancer only.
func (b *Balancer) Update(resources state.State) error {
	listeners, byARN := map[int]*portListener{}, map[string]*portListener{}
	for _, resource := range resources.Of("aws_lb_listener") {
		entry := &portListener{secure: resource.Text("protocol") == "HTTPS"}
		listeners[resource.Number("port")], byARN[resource.Text("arn")] = entry, entry
		chosen, err := readAction(resource, "default_action")
		if err != nil {
			return err
		}
		entry.rules = append(entry.rules, listenerRule{priority: 1 << 30, action: chosen})
	}
	for _, resource := range resources.Of("aws_lb_listener_rule") {
		entry := byARN[resource.Text("listener_arn")]
		if entry == nil {
			return fmt.Errorf("%s: no listener %q in the state", resource.Address, resource.Text("listener_arn"))
		}
		chosen, err := readAction(resource, "action")
		if err != nil {
			return err
		}
		conditions, err := readConditions(resource)
		if err != nil {
			return err
		}
		entry.rules = append(entry.rules, listenerRule{priority: resource.Number("priority"), conditions: conditions, action: chosen})
	}
	for _, entry := range listeners {
		slices.SortFunc(entry.rules, func(a, b listenerRule) int { return cmp.Compare(a.priority, b.priority) })
	}
	groups := map[string]*targetGroup{}
	for _, resource := range resources.Of("aws_lb_target_group") {
		entry, err := readGroup(resource)
		if err != nil {
			return err
		}
		groups[entry.arn] = entry
	}
	for _, entry := range listeners {
		for _, rule := range entry.rules {
			if rule.action.group != "" && groups[rule.action.group] == nil {
				return fmt.Errorf("a rule forwards to target group %q, which is not in the state", rule.action.group)
			}
		}
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.listeners == nil {
		b.groups = groups
	}
	for arn := range groups {
		if b.groups[arn] == nil {
			return fmt.Errorf("target group %s was not there when the load balancer was started", arn)
		}
	}
	b.listeners = listeners
	return nil
}

func readAction(resource state.Resource, name string) (action, error) {
	blocks := resource.Blocks(name)
	if len(blocks) != 1 {
		return action{}, fmt.Errorf("%s has %d actions, but the laboratory knows one", resource.Address, len(blocks))
	}
	block := blocks[0]
	switch block.Text("type") {
	case "forward":
		if arn := block.Text("target_group_arn"); arn != "" {
			return action{group: arn}, nil
		}
		targets := block.Block("forward").Blocks("target_group")
		if len(targets) != 1 {
			return action{}, fmt.Errorf("%s forwards to %d target groups, but the laboratory knows one", resource.Address, len(targets))
		}
		return action{group: targets[0].Text("arn")}, nil
	case "fixed-response":
		values := block.Block("fixed_response")
		status, err := strconv.Atoi(values.Text("status_code"))
		if err != nil {
			return action{}, fmt.Errorf("%s: %w", resource.Address, err)
		}
		return action{fixed: &fixed{status, values.Text("content_type"), values.Text("message_body")}}, nil
	case "redirect":
		values := block.Block("redirect")
		return action{redirect: &redirect{
			cmp.Or(values.Text("protocol"), "#{protocol}"), cmp.Or(values.Text("host"), "#{host}"), cmp.Or(values.Text("port"), "#{port}"),
			cmp.Or(values.Text("path"), "/#{path}"), cmp.Or(values.Text("query"), "#{query}"), values.Text("status_code"),
		}}, nil
	}
	return action{}, fmt.Errorf("%s: the laboratory knows no action %q", resource.Address, block.Text("type"))
}

func readConditions(resource state.Resource) ([]condition, error) {
	var conditions []condition
	for _, block := range resource.Blocks("condition") {
		read := 0
		for _, kind := range []string{"host_header", "path_pattern"} {
			for _, values := range block.Blocks(kind) {
				entry := condition{host: kind == "host_header"}
				for _, text := range values.Texts("values") {
					entry.patterns = append(entry.patterns, compilePattern(text, entry.host))
				}
				conditions = append(conditions, entry)
				read++
			}
		}
		if read != 1 {
			return nil, fmt.Errorf("%s: the laboratory knows conditions on host and path only", resource.Address)
		}
	}
	return conditions, nil
}

// compilePattern compiles what a load balancer matches: * is any characters, ? one. Hosts know no case, paths do.
func compilePattern(text string, host bool) *regexp.Regexp {
	var expression strings.Builder
	if host {
		expression.WriteString("(?i)")
	}
	expression.WriteString("(?s)^")
	for _, character := range text {
		switch character {
		case '*':
			expression.WriteString(".*")
		case '?':
			expression.WriteString(".")
		default:
			expression.WriteString(regexp.QuoteMeta(string(character)))
		}
	}
	return regexp.MustCompile(expression.String() + "$")
}

// meets reports whether a request meets the rule. A path is compared as it was sent, and without its query.
func (r listenerRule) meets(host, path string) bool {
	return !slices.ContainsFunc(r.conditions, func(entry condition) bool {
		value := path
		if entry.host {
			value = host
		}
		return !slices.ContainsFunc(entry.patterns, func(pattern *regexp.Regexp) bool { return pattern.MatchString(value) })
	})
}

// choose is the action for a request that comes in by a port.
func (b *Balancer) choose(port int, request *http.Request) action {
	host := request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	if entry := b.listeners[port]; entry != nil {
		for _, rule := range entry.rules {
			if rule.meets(host, rawPath(request)) {
				return rule.action
			}
		}
	}
	return action{fixed: &fixed{http.StatusServiceUnavailable, "text/plain", ""}}
}

func rawPath(request *http.Request) string {
	path, _, _ := strings.Cut(request.RequestURI, "?")
	return path
}

func (r *redirect) answer(writer http.ResponseWriter, request *http.Request, scheme string, port int) {
	host := request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	replace := strings.NewReplacer(
		"#{protocol}", scheme, "#{host}", host, "#{port}", strconv.Itoa(port),
		"#{path}", strings.TrimPrefix(rawPath(request), "/"), "#{query}", request.URL.RawQuery,
	)
	target := strings.ToLower(replace.Replace(r.protocol)) + "://" + replace.Replace(r.host) + ":" + replace.Replace(r.port) + replace.Replace(r.path)
	if query := replace.Replace(r.query); query != "" {
		target += "?" + query
	}
	writer.Header().Set("Location", target)
	status, _ := strconv.Atoi(strings.TrimPrefix(r.status, "HTTP_"))
	canned(writer, cmp.Or(status, http.StatusFound))
}
