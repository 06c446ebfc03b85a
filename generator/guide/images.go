package guide

import (
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/deploy"
)

// images lists what the containers of a deployment are built from, by what stands before the tag.
func images(d *deploy.Deployment) []imageEntry {
	services := map[string][]*deploy.Workload{}
	for _, p := range d.Workloads {
		if c := p.Service(p.ID.Name).Container; c.Image == "" {
			services[c.TagPrefix] = append(services[c.TagPrefix], p)
		}
	}
	var list []imageEntry
	for prefix, processes := range services {
		image := imageEntry{Prefix: prefix, Arch: "amd64"}
		if len(processes) == 1 {
			if dir := processes[0].Service(processes[0].ID.Name).Dir; dir != "." {
				image.Dir = "/" + dir
			}
		}
		var names []string
		for _, p := range processes {
			names = append(names, p.ID.Name)
			if p.Size.Architecture == "ARM64" {
				image.Arch = "arm64"
			}
		}
		image.Services = strings.Join(names, ", ")
		list = append(list, image)
	}
	slices.SortFunc(list, func(a, b imageEntry) int { return strings.Compare(a.Prefix, b.Prefix) })
	return list
}

// keeps says how many images the registry keeps, of what.
func keeps(d *deploy.Deployment) string {
	if d.Env.KeepImages == 0 {
		return "keeps every image that has a tag"
	}
	prefixes := d.TagPrefixes()
	if len(prefixes) == 0 {
		return fmt.Sprintf("keeps the newest %d images", d.Env.KeepImages)
	}
	return fmt.Sprintf("keeps the newest %d images of each of %s, and the newest %d of all", d.Env.KeepImages, "`"+strings.Join(prefixes, "*`, `")+"*`", d.Env.KeepImages*(len(prefixes)+1))
}
