package deploy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/pattern"
)

// RegistryName is the name of the environment's image repository.
func RegistryName(env *environment.Environment) string {
	return names.Of(names.Repository, env.App, env.Name)
}

// Own reports whether the image is one of the environment's registry, under the tag that is deployed.
func (i Image) Own() bool { return i.Name == "" }

// Repository is the ARN of the private repository of ECR that an image with a name of its own is in; "" for one of another registry, for
// which there is nothing to permit.
func (i Image) Repository() string {
	parts := PrivateImage().FindStringSubmatch(i.Name)
	if parts == nil {
		return ""
	}
	partition := "aws"
	switch {
	case parts[3] != "":
		partition = "aws-cn"
	case strings.HasPrefix(parts[2], "us-gov-"):
		partition = "aws-us-gov"
	}
	return fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", partition, parts[2], parts[1], parts[4])
}

// DeploysByTag reports whether a deployment names the tag of an image.
func (d *Deployment) DeploysByTag() bool {
	return len(d.Workloads) == 0 || slices.ContainsFunc(d.Workloads, func(w *Workload) bool { return w.Image.Own() })
}

// TagPrefixes are the beginnings of tags that the registry counts by themselves, sorted: those of workloads that have images of
// their own, and the whole tags of images of this registry that the manifest fixes.
func (d *Deployment) TagPrefixes() []string {
	var prefixes []string
	for _, w := range d.Workloads {
		if w.Image.TagPrefix != "" {
			prefixes = append(prefixes, w.Image.TagPrefix)
		}
		if tag := KeptTag(d.Env, w.Image.Name); tag != "" && !strings.Contains(tag, ":") {
			prefixes = append(prefixes, tag)
		}
	}
	slices.Sort(prefixes)
	return slices.Compact(prefixes)
}

// KeptTag is the tag, or the digest, of an image in the environment's own registry; "" for any other image.
func KeptTag(env *environment.Environment, image string) string {
	parts := PrivateImage().FindStringSubmatch(image)
	if parts == nil || parts[4] != RegistryName(env) || parts[2] != env.Region || env.AccountID != "" && parts[1] != env.AccountID {
		return ""
	}
	return image[len(parts[0]):]
}

// PrivateImage is an image in a private registry of ECR: account, region, the suffix of China's partition, repository.
var PrivateImage = pattern.Lazy(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?/([^:@]+)[:@]`)
