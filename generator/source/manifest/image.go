package manifest

import (
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/settings"
)

// What a registry takes as a repository, by the grammar of image references that Docker and the registries share: the
// distribution project's "reference" grammar, which ECS passes on as it is and learns to be wrong when a task starts.
var (
	registryHost  = pattern.Lazy(`^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?$`)
	repositoryRun = pattern.Lazy(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$`)
	ecrRegistry   = pattern.Lazy(`^[0-9]{12}\.dkr[.-]ecr`)
)

// maxRepository is how long registry and repository may be together.
const maxRepository = 255

// checkRepository reports an image that no registry has, whatever its tag is.
func (r *manifestReader) checkRepository(node *settings.Block) {
	image := node.Text("image")
	if !imageName().MatchString(image) {
		return // said already, or not written
	}
	if hint, detail := repositoryProblem(image); detail != "" {
		r.fail(node.Where("image"), "Invalid image", hint, "%s", detail)
	}
}

// repositoryProblem says what is wrong with the registry and repository of an image; "" when nothing is.
func repositoryProblem(image string) (hint, detail string) {
	name, _, _ := strings.Cut(image, "@")
	if colon := strings.LastIndex(name, ":"); colon > strings.LastIndex(name, "/") {
		name = name[:colon]
	}
	registry, path := "", name
	if first, rest, found := strings.Cut(name, "/"); found && (strings.ContainsAny(first, ".:") || first == "localhost") {
		registry, path = first, rest
	}
	if registry != "" && !registryHost().MatchString(registry) {
		return "write a host name, and a port if need be, as in \"registry.example.com:5000\"", fmt.Sprintf("The registry %q of the image is no host.", registry)
	}
	if lower := strings.ToLower(path); lower != path {
		return fmt.Sprintf("write %q, if that is its name", strings.Replace(image, path, lower, 1)),
			fmt.Sprintf("The repository %q has upper-case letters, and no registry has such a one.", path)
	}
	for _, run := range strings.Split(path, "/") {
		if !repositoryRun().MatchString(run) {
			return `use letters and digits with single dots, one or two underscores, or hyphens between them, as in "team/shop-api"`,
				fmt.Sprintf("The repository %q cannot be: %q is no part of such a name.", path, run)
		}
	}
	if len(name) > maxRepository {
		return "use shorter names", fmt.Sprintf("Registry and repository have %d characters, and an image's name has room for %d.", len(name), maxRepository)
	}
	if ecrRegistry().MatchString(registry) && strings.Contains(path, "__") {
		return "write the name that ECR shows", fmt.Sprintf("The repository %q cannot be in ECR, which has no two underscores in a row.", path)
	}
	return "", ""
}
