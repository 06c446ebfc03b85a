package linking

import (
	"cmp"
	"slices"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
)

// packages are the parts of a file and what they name in others.
func (l *linker) packages(m *facts.Module) []source.Package {
	byPart := make(map[int32]*source.Package)
	imports := func(part int32) *source.Package {
		if byPart[part] == nil {
			root := m.Service != "" && l.loaded[m] && (part <= 0 || m.Rooted[part])
			byPart[part] = &source.Package{Dir: m.Path, Part: m.PartName(part), Service: m.Service, Root: root}
		}
		return byPart[part]
	}
	seen := make(map[int32]map[[2]string]bool)
	add := func(from int32, dir, part string, at facts.Span) {
		if seen[from] == nil {
			seen[from] = make(map[[2]string]bool)
		}
		if to := [2]string{dir, part}; !seen[from][to] && (dir != m.Path || part != m.PartName(from)) {
			seen[from][to] = true
			imports(from).Imports = append(imports(from).Imports, source.Import{Dir: dir, Part: part, At: m.At(at)})
		}
	}
	imports(0)
	for i := range m.Refs {
		ref := &m.Refs[i]
		imports(ref.Part) // what it names may be a resource or a client, which are no parts
		if ref.Form == facts.Aliasing {
			continue // the alias leads there itself
		}
		for _, target := range l.trail.Parts(m, ref) {
			add(ref.Part, target.Module.Path, target.Module.PartName(target.Part), ref.Span)
		}
	}
	for _, imported := range m.Imports {
		if target := l.trail.ByPath[imported.Module]; imported.Runs && target != nil {
			add(0, target.Path, "", imported.At)
		}
	}
	for _, edge := range m.Edges {
		add(edge.From, m.Path, m.PartName(edge.To), edge.At)
	}
	var packages []source.Package
	for _, p := range byPart {
		slices.SortFunc(p.Imports, func(a, b source.Import) int { return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Part, b.Part)) })
		packages = append(packages, *p)
	}
	return packages
}
