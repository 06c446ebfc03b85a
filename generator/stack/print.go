package stack

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/parallel"
)

// Print returns the files of a stack by their names in its folder.
func (s *Stack) Print() (map[string][]byte, hcl.Diagnostics) {
	s.sorted()
	if len(s.outputs) > 0 {
		s.Files["outputs.tf"] = s.outputs
	}
	names := slices.Sorted(maps.Keys(s.Files))
	contents, problems := make([][]byte, len(names)), make([]error, len(names))
	parallel.Each(len(names), func(i int) { contents[i], problems[i] = emit.Print(s.Files[names[i]], s.Address) })
	var diags hcl.Diagnostics
	files := maps.Clone(s.Texts)
	for i, name := range names {
		if err := problems[i]; err != nil {
			path := fmt.Sprintf("%s/%s/%s", s.Settings.Environment, s.Name, name)
			diags = append(diags, diagnostic.Error(hcl.Range{}, "Text that HCL cannot hold", "", "%s: %s.", path, err))
		}
		files[name] = contents[i]
	}
	return files, diags
}
