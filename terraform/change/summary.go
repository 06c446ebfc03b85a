package change

import (
	"fmt"
	"slices"
	"strings"
)

// most is how many phrases a summary has.
const most = 6

// summarize says what happens to a component, the worst first. Whole: nothing of it stays as it is.
func summarize(component Component, whole bool) string {
	resources := component.Resources
	if whole {
		switch {
		case allAre(resources, Create):
			return "new: " + strings.Join(counted(resources), ", ")
		case allAre(resources, Delete):
			return lossOf("destroyed", component, resources)
		case allAre(resources, Forget):
			return "no longer managed, stays on AWS"
		}
	}
	var phrases []string
	phrases = append(phrases, losses(resources)...)
	for _, resource := range resources {
		phrases = append(phrases, resource.phrases()...)
	}
	for _, group := range []struct{ action, verb string }{{Create, "adds"}, {Delete, "removes"}, {Forget, "leaves alone"}} {
		if some := with(resources, group.action); len(some) > 0 {
			phrases = append(phrases, group.verb+" "+strings.Join(counted(some), ", "))
		}
	}
	phrases = append(phrases, placed(resources)...)
	phrases = slices.DeleteFunc(unique(phrases), func(phrase string) bool { return phrase == "" })
	if len(phrases) > most {
		phrases = append(phrases[:most-1:most-1], fmt.Sprintf("%d more changes", len(phrases)-most+1))
	}
	if len(phrases) == 0 {
		return "details change"
	}
	return strings.Join(phrases, ", ")
}

// losses are what is made anew, and what is lost. Parts of a component are only counted.
func losses(resources []Resource) []string {
	var phrases []string
	var anew []Resource
	logs := false
	for _, resource := range resources {
		replaced := resource.Action == Replace || resource.Action == ReplaceAfter
		if !isMain(resource) && replaced {
			anew = append(anew, resource)
		} else if isMain(resource) {
			phrases = append(phrases, resource.loss())
		}
		logs = logs || !isMain(resource) && resource.Risk == DataLost
	}
	switch len(anew) {
	case 0:
	case 1:
		phrases = append(phrases, "replaces "+anew[0].Noun+anew[0].reason())
	default:
		phrases = append(phrases, "replaces "+strings.Join(counted(anew), ", "))
	}
	if logs {
		phrases = append(phrases, "logs lost")
	}
	return phrases
}

// loss says what is lost. Several of a type are told apart by their own name in the module.
func (r Resource) loss() string {
	switch r.Action {
	case Replace, ReplaceAfter:
		said := "replaced"
		if r.Risk == DataLost {
			said += ", data lost"
		}
		return said + r.reason()
	case Delete:
		if r.Risk != DataLost {
			return "" // among those that are removed
		}
		return r.Noun + " destroyed, data lost"
	}
	return ""
}

// reason is the attribute for which it is replaced.
func (r Resource) reason() string {
	var names []string
	for _, path := range r.Forces {
		_, _, name := Attribute{Path: path}.names()
		if subject := called(r.Type, name); subject != "" {
			names = append(names, subject)
		}
	}
	names = unique(names)
	switch {
	case len(names) > 0:
		return " (because of " + strings.Join(names, ", ") + ")"
	case r.Because != "":
		return " (" + r.Because + ")"
	}
	return ""
}

// lossOf is for a component that goes as a whole.
func lossOf(what string, component Component, resources []Resource) string {
	if slices.ContainsFunc(resources, func(r Resource) bool { return r.Risk == DataLost }) {
		what += ", data lost"
	}
	if component.Gone {
		what += " (no longer in the code)"
	}
	return what
}

// phrases say what changes of a resource that goes on: with its noun, unless it is what the component is.
func (r Resource) phrases() []string {
	if len(r.notes) == 0 {
		return nil
	}
	if kind, _ := resourceNoun(r.Type); kind.main {
		return withoutBare(r.notes, r.Noun)
	}
	first := r.Noun + " " + r.notes[0]
	return append([]string{first}, prefixed(r.Noun, r.notes[1:])...)
}

func prefixed(noun string, notes []string) []string {
	var found []string
	for _, note := range notes {
		found = append(found, noun+" "+note)
	}
	return found
}

// withoutBare gives a note that says nothing but that something changes the noun it needs.
func withoutBare(notes []string, noun string) []string {
	var found []string
	for _, note := range notes {
		if note == "changes" {
			note = noun + " policy changes"
		}
		found = append(found, note)
	}
	return found
}

func allAre(resources []Resource, action string) bool {
	return !slices.ContainsFunc(resources, func(r Resource) bool { return r.Action != action })
}

// with are the resources of an action that are not told of by themselves.
func with(resources []Resource, action string) []Resource {
	var found []Resource
	for _, r := range resources {
		if r.Action == action && (r.Risk != DataLost || action != Delete || !isMain(r)) {
			found = append(found, r)
		}
	}
	return found
}

// counted are resources by their nouns, what the component is first: "queue, 2 alarms".
func counted(resources []Resource) []string {
	numbers, facts := map[string]int{}, map[string]string{}
	var nouns []string
	for _, main := range []bool{true, false} {
		for _, resource := range resources {
			if kind, _ := resourceNoun(resource.Type); kind.main != main {
				continue
			}
			if numbers[resource.Noun] == 0 {
				nouns = append(nouns, resource.Noun)
			}
			numbers[resource.Noun]++
			facts[resource.Noun] = resource.fact
		}
	}
	for i, noun := range nouns {
		if number := numbers[noun]; number > 1 {
			nouns[i] = fmt.Sprintf("%d %s", number, plural(noun))
		} else if facts[noun] != "" {
			nouns[i] += " " + facts[noun]
		}
	}
	return nouns
}

// placed says what is moved and imported.
func placed(resources []Resource) []string {
	var moved, imported []Resource
	for _, r := range resources {
		if r.PreviousAddress != "" {
			moved = append(moved, r)
		}
		if r.ImportID != "" {
			imported = append(imported, r)
		}
	}
	var phrases []string
	if len(moved) > 0 {
		phrases = append(phrases, fmt.Sprintf("moved from %s", former(moved)))
	}
	if len(imported) > 0 {
		phrases = append(phrases, "imports "+strings.Join(counted(imported), ", "))
	}
	return phrases
}

// former is where what moves was: the module call, when all come from one.
func former(moved []Resource) string {
	from := ""
	for _, r := range moved {
		place := r.PreviousAddress
		if strings.HasPrefix(place, "module.") {
			place = outermost(place)
		}
		if from != "" && from != place {
			return "other addresses"
		}
		from = place
	}
	return from
}
