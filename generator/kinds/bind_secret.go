package kinds

import (
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/value"
)

// wireSecrets hands a process the secrets of its services, and those that code outside every service declares: such
// code runs in every process (facts: an Encore Go process exits at start without them).
func wireSecrets(p *Process) {
	uses := p.Uses("secret")
	names := append(usedNames(uses), p.outside["secret"]...)
	slices.Sort(names)
	var fields []value.Field
	for _, name := range slices.Compact(names) {
		r := p.Resource("secret", "", name)
		variable := secretVariable(r.Name)
		at := places(uses[r.Name])
		if at == "" {
			at = r.At.Filename
		}
		p.Secrets = append(p.Secrets, Secret{
			Variable: variable,
			ARN:      value.Traversal(p.SecretARN(r.Name)),
			Comment:  fmt.Sprintf("secret %s, in %s", quoted(r.Name), at),
		})
		fields = append(fields, Arg(r.Name, fromVariable(variable)))
	}
	for _, e := range p.App.Loads {
		if e.Kind == "secret" && p.Env.StrictAccess && p.OnlyLoads(e) {
			fields = append(fields, Arg(e.Resource, value.String(placeholderSecret)))
		}
	}
	slices.SortFunc(fields, func(a, b value.Field) int { return strings.Compare(a.Name, b.Name) })
	if len(fields) > 0 {
		p.Config["secrets"] = value.Map(fields...)
	}
}
