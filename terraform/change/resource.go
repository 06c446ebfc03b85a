package change

import (
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// resourceOf is what happens to one resource. The bool reports whether anything does.
func resourceOf(planned *tfjson.ResourceChange, configured Configured) (Resource, bool) {
	resource := Resource{
		Address: planned.Address, Type: planned.Type, Noun: Noun(planned.Type), Action: actionOf(planned), Deposed: planned.DeposedKey,
		Because: because(planned.ActionReason),
	}
	if planned.PreviousAddress != planned.Address {
		resource.PreviousAddress = planned.PreviousAddress
	}
	if planned.Change.Importing != nil {
		resource.ImportID = planned.Change.Importing.ID
		if resource.ImportID == "" {
			resource.ImportID = "known after apply"
		}
	}
	if slices.Contains([]string{Update, Revise, Replace, ReplaceAfter}, resource.Action) {
		for _, path := range planned.Change.ReplacePaths {
			resource.Forces = append(resource.Forces, pathText(path))
		}
		slices.Sort(resource.Forces)
		resource.Forces = slices.Compact(resource.Forces)
		resource.Attributes = attributes(planned, configured)
	}
	resource.notes = resource.say(planned)
	if resource.Action == Create {
		resource.fact = fact(planned)
	}
	return resource, resource.Action != Keep || resource.PreviousAddress != "" || resource.ImportID != ""
}

func actionOf(planned *tfjson.ResourceChange) string {
	actions := planned.Change.Actions
	switch {
	case actions.Create():
		return Create
	case actions.Update():
		return Update
	case actions.Delete():
		return Delete
	case actions.Replace() && planned.Type == taskDefinition && isTrue(planned.Change.Before, "skip_destroy"):
		return Revise
	case actions.DestroyBeforeCreate():
		return Replace
	case actions.CreateBeforeDestroy():
		return ReplaceAfter
	case slices.Contains(actions, tfjson.ActionForget) && slices.Contains(actions, tfjson.ActionCreate), actions.Forget():
		// What is forgotten and made anew stays where it was as well.
		return Forget
	}
	return Keep
}

func isTrue(value any, name string) bool {
	object, _ := value.(map[string]any)
	set, _ := object[name].(bool)
	return set
}

// because says in words why terraform replaces or destroys something, where it is not because of an attribute.
func because(reason tfjson.ActionReason) string {
	switch reason {
	case tfjson.ActionReasonReplaceBecauseTainted:
		return "an earlier apply left it half made"
	case tfjson.ActionReasonReplaceByRequest:
		return "asked for"
	case tfjson.ActionReasonReplaceByTriggers:
		return "what it depends on changes"
	case tfjson.ActionReasonDeleteBecauseNoResourceConfig, tfjson.ActionReasonDeleteBecauseNoModule:
		return "no longer in the code"
	case tfjson.ActionReasonDeleteBecauseWrongRepetition, tfjson.ActionReasonDeleteBecauseCountIndex, tfjson.ActionReasonDeleteBecauseEachKey:
		return "no longer among those in the code"
	case tfjson.ActionReasonDeleteBecauseNoMoveTarget:
		return "moved to where the code has nothing"
	}
	return ""
}

// add counts a resource.
func (c *Counts) add(resource Resource, acts bool) {
	if !acts {
		return
	}
	switch resource.Action {
	case Create:
		c.Create++
	case Update, Revise:
		c.Change++
	case Replace, ReplaceAfter:
		c.Replace++
	case Delete:
		c.Destroy++
	case Forget:
		c.Forget++
	}
	if resource.PreviousAddress != "" {
		c.Move++
	}
	if resource.ImportID != "" {
		c.Import++
	}
}

// risk is how bad it may get. What the blueprint says of a component decides for secrets and queues: those of its own making,
// a password that is drawn anew or the queue of runs that failed, hold nothing of anybody's.
func (r Resource) risk(component Component) Risk {
	kind, _ := resourceNoun(r.Type)
	holds := kind.holds && (component.Gone || component.HoldsData || r.Type != "aws_secretsmanager_secret" && r.Type != "aws_sqs_queue")
	switch r.Action {
	case Delete, Replace, ReplaceAfter:
		switch {
		case holds:
			return DataLost
		case r.Action == Delete && kind.access, r.Action != Delete && kind.access:
			return Access
		case r.Action == Delete:
			return Destroyed
		}
		return Replaced
	case Forget:
		return Forgotten
	case Create:
		return Created
	case Update, Revise:
		if kind.access && len(r.Attributes) > 0 && !slices.ContainsFunc(r.Attributes, func(a Attribute) bool { return !strings.HasPrefix(a.Path, "tags") }) {
			return Changed
		}
		if kind.access {
			return Access
		}
		return Changed
	}
	return Harmless
}

// say is what a summary says of a resource that goes on, one phrase for each attribute that matters.
func (r Resource) say(planned *tfjson.ResourceChange) []string {
	if r.Action != Update && r.Action != Revise {
		return nil
	}
	var notes []string
	for _, attribute := range r.Attributes {
		if r.Type == taskDefinition && attribute.Path == "container_definitions" {
			notes = append(notes, containerNotes(planned.Change)...)
			continue
		}
		if said := attribute.say(r.Type); said != "" {
			notes = append(notes, said)
		}
	}
	slices.SortStableFunc(notes, func(a, b string) int { return noteRank(a) - noteRank(b) })
	return unique(notes)
}

// fact is what people want to know of something that is made: how large it is, and who reaches it.
func fact(planned *tfjson.ResourceChange) string {
	after, _ := planned.Change.After.(map[string]any)
	switch planned.Type {
	case "aws_db_instance":
		return short(after["instance_class"])
	case "aws_elasticache_replication_group":
		return short(after["node_type"])
	case "aws_lb":
		if internal, known := after["internal"].(bool); known && !internal {
			return "facing the internet"
		}
	}
	return ""
}

// noteRank puts the version in front, and tags behind everything.
func noteRank(note string) int {
	switch {
	case strings.HasPrefix(note, "new version"):
		return 0
	case strings.HasPrefix(note, "tags"):
		return 2
	}
	return 1
}

func unique(texts []string) []string {
	var found []string
	for _, text := range texts {
		if !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	return found
}

// pathText writes a path as terraform's code does: rule[0].expiration.
func pathText(path any) string {
	steps, isList := path.([]any)
	if !isList {
		return fmt.Sprint(path)
	}
	var text strings.Builder
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			if text.Len() > 0 {
				text.WriteByte('.')
			}
			text.WriteString(step)
		default:
			fmt.Fprintf(&text, "[%v]", step)
		}
	}
	return text.String()
}

// Configured has the names of the arguments that the code sets, by address without instances. Nil knows nothing.
type Configured map[string]map[string]bool

// ConfiguredOf reads them from a plan.
func ConfiguredOf(plan *tfjson.Plan) Configured {
	if plan.Config == nil || plan.Config.RootModule == nil {
		return nil
	}
	found := Configured{}
	found.read("", plan.Config.RootModule)
	return found
}

func (c Configured) read(prefix string, module *tfjson.ConfigModule) {
	for _, resource := range module.Resources {
		names := map[string]bool{}
		for name := range resource.Expressions {
			names[name] = true
		}
		c[prefix+resource.Address] = names
	}
	for name, call := range module.ModuleCalls {
		if call.Module != nil {
			c.read(prefix+"module."+name+".", call.Module)
		}
	}
}

// Sets reports whether the code sets an argument of a resource. It does not of what it does not have any more; where nothing is
// known of the code it is taken to.
func (c Configured) Sets(address, name string) bool {
	return c == nil || c[withoutInstances(address)][name]
}

// withoutInstances takes the keys in brackets out of an address. A key may hold brackets of its own, in quotes.
func withoutInstances(address string) string {
	var text strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case depth > 0 && quoted && c == '\\':
			i++
		case depth > 0 && c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth == 0:
			text.WriteByte(c)
		}
	}
	return text.String()
}
