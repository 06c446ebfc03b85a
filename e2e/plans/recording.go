package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// repeated are the members of a plan that say again what others say: the state before and after, whole, and which of it was
// looked at.
var repeated = []string{"planned_values", "prior_state", "relevant_attributes", "checks", "timestamp"}

// recording is a plan with a line for each change, so that a difference between two recordings can be read.
func recording(text string) ([]byte, error) {
	var plan map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		return nil, err
	}
	for _, name := range repeated {
		delete(plan, name)
	}
	var configuration map[string]any
	if err := json.Unmarshal(plan["configuration"], &configuration); err != nil {
		return nil, err
	}
	if root, isModule := configuration["root_module"].(map[string]any); isModule {
		trim(root)
	}
	trimmed, err := json.Marshal(configuration)
	if err != nil {
		return nil, err
	}
	plan["configuration"] = trimmed
	var out bytes.Buffer
	out.WriteString("{\n")
	names := slices.Sorted(maps.Keys(plan))
	for i, name := range names {
		fmt.Fprintf(&out, "%q: ", name)
		var elements []json.RawMessage
		if json.Unmarshal(plan[name], &elements) == nil && len(elements) > 0 {
			out.WriteString("[\n")
			for j, element := range elements {
				if name == "resource_changes" {
					if element, err = halved(element); err != nil {
						return nil, err
					}
				}
				out.Write(element)
				if j < len(elements)-1 {
					out.WriteByte(',')
				}
				out.WriteByte('\n')
			}
			out.WriteByte(']')
		} else {
			out.Write(plan[name])
		}
		if i < len(names)-1 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
	}
	out.WriteString("}\n")
	return out.Bytes(), nil
}

// trim takes out of the code of a module what it is called with and what it says of itself: of the code a reader of plans wants
// to know which arguments of which resources it sets.
func trim(module map[string]any) {
	delete(module, "outputs")
	delete(module, "variables")
	calls, _ := module["module_calls"].(map[string]any)
	for _, call := range calls {
		call, _ := call.(map[string]any)
		delete(call, "expressions")
		if called, isModule := call["module"].(map[string]any); isModule {
			trim(called)
		}
	}
}

// halved takes out of what does not change what it will be: that is what it is.
func halved(element json.RawMessage) (json.RawMessage, error) {
	var resource map[string]any
	if err := json.Unmarshal(element, &resource); err != nil {
		return nil, err
	}
	change, _ := resource["change"].(map[string]any)
	if actions, _ := change["actions"].([]any); len(actions) != 1 || actions[0] != "no-op" {
		return element, nil
	}
	for _, name := range []string{"after", "after_sensitive", "after_unknown", "before_sensitive"} {
		delete(change, name)
	}
	return json.Marshal(resource)
}
