package compute

import (
	"strings"
	"testing"

	"github.com/groundplan/groundplan/modules"
)

// TestE1_MovedArgumentsAreWhereTheyAreSaidToBe: none of them exists by its old name, and each by its new one.
func TestE1_MovedArgumentsAreWhereTheyAreSaidToBe(t *testing.T) {
	for module, arguments := range fargateMoved {
		for old, place := range arguments {
			name, member, inside := strings.Cut(place, ".")
			_, still := modules.Type(module, old)
			constraint, known := modules.Type(module, name)
			if still || !known || !inside || !constraint.IsObjectType() || !constraint.HasAttribute(member) {
				t.Errorf("%s of %s: there is %s as well, or no %s", old, module, old, place)
			}
		}
	}
}
