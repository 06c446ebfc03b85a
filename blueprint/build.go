package blueprint

import (
	"fmt"
	"slices"
	"strings"
)

// BuildLines are the commands that build and push images, for the folder of the generated code; none where none of them is built.
// Repository, tag and application, the latter the application's folder, are put between double quotes: they may be variables of
// a shell.
func (b *Blueprint) BuildLines(images []Image, repository, tag, application string) []string {
	if b.Runtime != Container {
		return []string{fmt.Sprintf(`encore build docker %s --arch %s --push "%s:%s"`, buildFlag(images), architecture(images), repository, tag)}
	}
	var list []string
	for _, image := range images {
		if image.Reference != "" {
			continue
		}
		folder := ""
		if image.Folder != "" && image.Folder != "." {
			folder = "/" + image.Folder
		}
		name := `"` + repository + ":" + image.TagPrefix + tag + `"`
		list = append(list, fmt.Sprintf(`docker build --platform linux/%s --tag %s "%s%s" && docker push %[2]s   # %[5]s`, image.Architecture, name, application, folder, strings.Join(image.Workloads, ", ")))
	}
	return list
}

// architecture is what `encore build docker --arch` takes: that of the image which holds every service.
func architecture(all []Image) string {
	if slices.ContainsFunc(all, func(image Image) bool { return image.Architecture == "arm64" }) {
		return "arm64"
	}
	return "amd64"
}

// buildFlag is how `encore build docker` is told about infra configs.
func buildFlag(all []Image) string {
	for _, image := range all {
		if image.BuildConfig != "" {
			return "--config " + image.BuildConfig
		}
	}
	return "--skip-config"
}
