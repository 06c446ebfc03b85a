package table

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/generator/environment/rule"
)

//go:embed starter.hcl
var starter string

// Init is the text of a groundplan.hcl to start from: the defaults, said out loud, and what most applications set next
// as comments. A name that AWS could not hold is replaced by one made of it, with a comment that says so.
func Init(appName string) []byte {
	comment, name := "", rule.NameInAWS(appName)
	if name != appName {
		comment = fmt.Sprintf("# The name in AWS: lower-case letters, digits and hyphens, at most %d characters.\n", rule.MaxAppName)
	}
	header := fmt.Sprintf("%sapp %q {}\n\n", comment, name)
	return []byte(strings.Replace(starter, "# app\n\n", header, 1))
}
