package guard

import (
	tfjson "github.com/hashicorp/terraform-json"
)

// there reports whether what a resource belongs to is there before the apply: what is made in the same plan has an id that is
// known after the apply alone, or the name of a resource that is created. Of what no plan makes, it is.
func (p planned) there(r *tfjson.ResourceChange, attribute, parentType, parentName string) bool {
	value := textAt(r.Change.After, attribute)
	if value == "" || unknownAt(r, attribute) {
		return false
	}
	for _, other := range p.managed() {
		if other.Type == parentType && other.Change.Actions.Create() && textAt(other.Change.After, parentName) == value {
			return false
		}
	}
	return true
}
