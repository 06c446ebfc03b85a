package guide

import (
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
)

// build are the commands that build and push the images of an environment; none where it builds none.
func build(b *blueprint.Blueprint, env *blueprint.Environment) []string {
	lines := b.BuildLines(env.Images, "$REPOSITORY", "$TAG", "$APPLICATION")
	if b.Runtime != blueprint.Container || len(lines) == 0 {
		return lines
	}
	return append([]string{"APPLICATION=..   # the folder of groundplan.app.hcl, seen from here"}, lines...)
}

// keeps is how many images the registry keeps, of what, in words.
func keeps(registry blueprint.Registry) string {
	if registry.Keeps == 0 {
		return "keeps every image that has a tag"
	}
	prefixes := registry.TagPrefixes
	if len(prefixes) == 0 {
		return fmt.Sprintf("keeps the newest %d images", registry.Keeps)
	}
	return fmt.Sprintf("keeps the newest %d images of each of %s, and the newest %d of all", registry.Keeps, "`"+strings.Join(prefixes, "*`, `")+"*`", registry.Keeps*(len(prefixes)+1))
}
