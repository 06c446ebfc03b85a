package environment

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

//go:embed starter.hcl
var starter string

// Init is the text of a groundplan.hcl to start from: the defaults, said out loud, and what most applications set next
// as comments. A name that cannot be an application's name leaves the app block out; the model's name is used then.
func Init(appName string) []byte {
	header := ""
	if isAppName(appName) == "" {
		quoted := hclwrite.TokensForValue(cty.StringVal(appName)).Bytes()
		header = fmt.Sprintf("app %s {}\n\n", quoted)
	}
	return []byte(strings.Replace(starter, "# app\n\n", header, 1))
}
