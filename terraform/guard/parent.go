package guard

import (
	tfjson "github.com/hashicorp/terraform-json"
)

// there reports whether what a resource belongs to was there before: what is made in the same plan has an id that is known after
// the apply alone, or the name of a resource that is created. What is made anew was there, and so was what a resource belongs to
// that was there itself.
func (p plannedChange) there(r *tfjson.ResourceChange, attribute, parentType, parentName string) bool {
	if r.Change.Before != nil {
		return true
	}
	value := textAt(r.Change.After, attribute)
	unknown := value == "" || unknownAt(r, attribute)
	madeAnew := false
	for _, other := range p.managed() {
		switch {
		case other.Type != parentType:
		case unknown:
			madeAnew = madeAnew || other.ModuleAddress == r.ModuleAddress && other.Change.Actions.Replace()
		case other.Change.Actions.Create() && textAt(other.Change.After, parentName) == value:
			return false
		}
	}
	return !unknown || madeAnew
}
