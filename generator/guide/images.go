package guide

import (
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
)

// build are the commands that build and push the images of an environment; none where it builds none.
func build(b *blueprint.Blueprint, env *blueprint.Environment) []string {
	if b.Runtime != blueprint.Container {
		return []string{fmt.Sprintf(`encore build docker %s --arch %s --push "$REPOSITORY:$TAG"`, buildFlag(env.Images), architecture(env.Images))}
	}
	var list []string
	for _, image := range env.Images {
		if image.Reference != "" {
			continue
		}
		folder := ""
		if image.Folder != "" && image.Folder != "." {
			folder = "/" + image.Folder
		}
		name := `"$REPOSITORY:` + image.TagPrefix + `$TAG"`
		list = append(list, fmt.Sprintf(`docker build --platform linux/%s --tag %s "$APPLICATION%s" && docker push %[2]s   # %s`, image.Architecture, name, folder, strings.Join(image.Workloads, ", ")))
	}
	if len(list) == 0 {
		return nil
	}
	return append([]string{"APPLICATION=..   # the folder of groundplan.app.hcl, seen from here"}, list...)
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

// architecture is what `encore build docker --arch` takes: that of the image which holds every service.
func architecture(all []blueprint.Image) string {
	if slices.ContainsFunc(all, func(image blueprint.Image) bool { return image.Architecture == "arm64" }) {
		return "arm64"
	}
	return "amd64"
}

// buildFlag is how `encore build docker` is told about infra configs.
func buildFlag(all []blueprint.Image) string {
	for _, image := range all {
		if image.BuildConfig != "" {
			return "--config " + image.BuildConfig
		}
	}
	return "--skip-config"
}
