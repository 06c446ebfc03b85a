package backend

import (
	"encoding/json"
	"fmt"
	"strings"
)

// State is what a state file says of itself.
type State struct {
	Serial int64
	// Resources are how many it has; -1 for an encrypted state, which does not say.
	Resources int
}

func (s State) String() string {
	switch s.Resources {
	case -1:
		return fmt.Sprintf("serial %d, encrypted", s.Serial)
	case 1:
		return fmt.Sprintf("serial %d, 1 resource", s.Serial)
	}
	return fmt.Sprintf("serial %d, %d resources", s.Serial, s.Resources)
}

// Inspect reads an object that is where a stack's state belongs. The reason is why it is not that state: it is something else,
// or the state of other code, which an apply would destroy everything of. addresses are those that the stack's code has.
func Inspect(content []byte, addresses map[string]bool) (state State, reason string) {
	var file struct {
		Version       int
		Serial        int64
		Lineage       string
		EncryptedData string `json:"encrypted_data"`
		Resources     []struct{ Module, Mode, Type, Name string }
	}
	if err := json.Unmarshal(content, &file); err != nil || file.Lineage == "" || file.Version == 0 && file.EncryptedData == "" {
		return State{}, "it is no state of terraform's"
	}
	state = State{file.Serial, -1}
	if file.EncryptedData != "" {
		return state, ""
	}
	state.Resources = 0
	known, example := false, ""
	for _, resource := range file.Resources {
		if resource.Mode != "managed" {
			continue
		}
		state.Resources++
		address := resource.Type + "." + resource.Name
		if resource.Module != "" {
			address = outermost(resource.Module)
		}
		known = known || addresses[address]
		example = address
	}
	if state.Resources > 0 && !known {
		return state, fmt.Sprintf("it is the state of something else, as %s, which this environment does not have", example)
	}
	return state, ""
}

// outermost is the module call in the root that a module's address begins with, without a key.
func outermost(module string) string {
	parts := strings.SplitN(module, ".", 3)
	if len(parts) < 2 {
		return module
	}
	name, _, _ := strings.Cut(parts[1], "[")
	return parts[0] + "." + name
}
