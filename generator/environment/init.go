package environment

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/names"
)

//go:embed starter.hcl
var starter string

// Init is the text of a groundplan.hcl to start from: the defaults, said out loud, and what most applications set next
// as comments. A name that AWS could not hold is replaced by one made of it, with a comment that says so.
func Init(appName string) []byte {
	comment, name := "", nameInAWS(appName)
	if name != appName {
		comment = fmt.Sprintf("# The name in AWS: lower-case letters, digits and hyphens, at most %d characters.\n", maxAppName)
	}
	header := fmt.Sprintf("%sapp %s {}\n\n", comment, hclwrite.TokensForValue(cty.StringVal(name)).Bytes())
	return []byte(strings.Replace(starter, "# app\n\n", header, 1))
}

// nameInAWS is the application's name when AWS can hold it, as it is or in lower case and with hyphens. One that has to
// be cut gets a hash, which tells it from others that begin alike.
func nameInAWS(appName string) string {
	if spelled := names.Sanitised(appName); isAppName(spelled) == fine {
		return spelled
	}
	return names.Of(maxAppName, appName)
}
