package kinds

import (
	"regexp"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
)

// RegistryName is the name of the environment's image repository.
func RegistryName(env *environment.Environment) string {
	return names.Of(names.Repository, env.App, env.Name)
}

// TagPrefixes are the beginnings of tags that the registry counts by themselves, sorted: those of services that have images of
// their own, and the whole tags of images of this registry that the manifest fixes.
func (d *Deployment) TagPrefixes() []string {
	var prefixes []string
	for _, service := range d.App.Services {
		if service.Container == nil {
			continue
		}
		if prefix := service.Container.TagPrefix; prefix != "" {
			prefixes = append(prefixes, prefix)
		}
		if tag := KeptTag(d.Env, service.Container.Image); tag != "" && !strings.Contains(tag, ":") {
			prefixes = append(prefixes, tag)
		}
	}
	slices.Sort(prefixes)
	return slices.Compact(prefixes)
}

// KeptTag is the tag, or the digest, of an image in the environment's own registry; "" for any other image.
func KeptTag(env *environment.Environment, image string) string {
	parts := PrivateImage.FindStringSubmatch(image)
	if parts == nil || parts[4] != RegistryName(env) || parts[2] != env.Region || env.AccountID != "" && parts[1] != env.AccountID {
		return ""
	}
	return image[len(parts[0]):]
}

// PrivateImage is an image in a private registry of ECR: account, region, the suffix of China's partition, repository.
var PrivateImage = regexp.MustCompile(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?/([^:@]+)[:@]`)
