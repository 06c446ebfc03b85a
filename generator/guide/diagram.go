package guide

import (
	"fmt"
	"sort"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
)

// diagram draws who talks to whom in an environment, as a mermaid flowchart. What is drawn is called as its module.
func diagram(env *blueprint.Environment) string {
	labels := map[string]string{}
	for _, stack := range env.Stacks {
		for _, c := range stack.Components {
			_, labels[c.ID], _ = strings.Cut(c.Address, ".")
		}
	}
	var out strings.Builder
	out.WriteString("flowchart LR\n")
	way := "internal load balancer"
	if env.Domain != "" {
		way = env.Domain
	}
	for _, workload := range env.Workloads {
		if workload.Public {
			fmt.Fprintf(&out, "  load_balancer([%q]) --> %s\n", way, labels[workload.ID])
		}
	}
	for _, workload := range env.Workloads {
		text := workload.Name
		if hosted := strings.Join(workload.Services, ", "); hosted != "" && hosted != text {
			text += ": " + hosted
		}
		if workload.AuthService != "" {
			text += ", with the auth handler of " + workload.AuthService
		}
		fmt.Fprintf(&out, "  %s[%q]\n", labels[workload.ID], text)
	}
	for _, server := range env.Servers {
		var databases []string
		for _, database := range server.Databases {
			databases = append(databases, database.Name)
		}
		fmt.Fprintf(&out, "  %s[(%q)]\n", labels[server.ID], "PostgreSQL "+server.Name+": "+strings.Join(databases, ", "))
	}
	for _, cache := range env.Caches {
		fmt.Fprintf(&out, "  %s[(%q)]\n", labels[cache.ID], cache.ID)
	}
	byName := map[string]string{}
	for _, workload := range env.Workloads {
		byName[workload.Name] = labels[workload.ID]
	}
	for _, schedule := range env.Schedules {
		if schedule.Workload != "" && len(schedule.Expressions) > 0 {
			fmt.Fprintf(&out, "  %s([%q]) --> %s\n", schedule.Label, "schedule "+schedule.Name, byName[schedule.Workload])
		}
	}
	for _, workload := range env.Workloads {
		targets := make([]string, 0, len(workload.Reaches))
		for _, id := range workload.Reaches {
			targets = append(targets, labels[id])
		}
		sort.Strings(targets)
		for _, target := range targets {
			fmt.Fprintf(&out, "  %s --> %s\n", labels[workload.ID], target)
		}
	}
	flow(&out, env, labels)
	return out.String()
}

// flow draws what goes through AWS's own services: messages and objects.
func flow(out *strings.Builder, env *blueprint.Environment, labels map[string]string) {
	users := map[string][]string{} // labels of workloads, by id of what they use
	for _, workload := range env.Workloads {
		for _, id := range workload.Uses {
			users[id] = append(users[id], labels[workload.ID])
		}
	}
	for _, topic := range env.Topics {
		label := labels[topic.ID]
		fmt.Fprintf(out, "  %s[/%q/]\n", label, topic.ID)
		for _, user := range users[topic.ID] {
			fmt.Fprintf(out, "  %s -.-> %s\n", user, label)
		}
		receivers := map[string]bool{}
		for _, subscription := range topic.Subscriptions {
			for _, user := range users[subscription.ID] {
				receivers[user] = true
			}
		}
		for _, workload := range env.Workloads {
			if user := labels[workload.ID]; receivers[user] {
				fmt.Fprintf(out, "  %s -.-> %s\n", label, user)
			}
		}
	}
	for _, store := range env.Buckets {
		label := labels[store.ID]
		fmt.Fprintf(out, "  %s[(%q)]\n", label, store.ID)
		for _, user := range users[store.ID] {
			fmt.Fprintf(out, "  %s -.-> %s\n", user, label)
		}
	}
}
