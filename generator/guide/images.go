package guide

import (
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
)

// images lists what the containers of an environment are built from, by what stands before the tag.
func images(env *blueprint.Environment) []imageEntry {
	var list []imageEntry
	for _, image := range env.Images {
		if image.Reference != "" {
			continue
		}
		entry := imageEntry{Prefix: image.TagPrefix, Arch: image.Architecture, Services: strings.Join(image.Workloads, ", ")}
		if image.Folder != "" && image.Folder != "." {
			entry.Dir = "/" + image.Folder
		}
		list = append(list, entry)
	}
	return list
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
