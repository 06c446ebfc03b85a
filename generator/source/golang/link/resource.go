package link

import (
	"fmt"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// linkDecl resolves the names in a declaration: its parent, its handler or endpoint, its message type.
func (l *linker) linkDecl(p *facts.Package, decl *facts.Decl) {
	spelling := &l.language.Spellings[decl.Spelling]
	if decl.ParentName != nil {
		l.linkParent(p, decl, spelling)
	}
	for _, reference := range decl.References {
		value := &decl.Config.Fields[reference.Field].Value
		if key, ok := l.resolve(p, reference.Name); ok {
			value.Package = key.dir
		}
		if decl.Config.Fields[reference.Field].Name == spelling.Handler {
			l.checkHandler(p, decl, spelling, reference)
		}
	}
	if decl.Message != nil && !decl.Invalid {
		l.checkMessage(p, decl, spelling)
	}
}

func (l *linker) linkParent(p *facts.Package, decl *facts.Decl, spelling *source.GoSpelling) {
	key, ok := l.resolve(p, *decl.ParentName)
	if ok && l.symbols[key] != nil {
		for _, resource := range l.symbols[key].resources {
			if resource.decl.Kind == spelling.ParentKind && !resource.narrowed {
				decl.Parent = resource.decl.Name
				return
			}
		}
	}
	if decl.Invalid {
		return
	}
	l.errorAt(decl.ParentName.File.At(decl.ParentName.At), "Not a declared "+spelling.ParentKind,
		"give the variable itself, not a copy or a reference made from it",
		"%s is no package-level variable that declares a %s.", decl.ParentName, spelling.ParentKind)
}

// checkHandler demands that the function the framework calls lives in the service that declares it.
func (l *linker) checkHandler(p *facts.Package, decl *facts.Decl, spelling *source.GoSpelling, reference facts.NamedField) {
	at := decl.Config.Fields[reference.Field].Value.At
	key, ok := l.resolve(p, reference.Name)
	target := l.byDir[key.dir]
	if !ok || target == nil {
		l.errorAt(at, "Handler outside the service",
			"wrap it in a function of the service",
			"The handler of the %s must be a function of the service %s, and %s is none of the application's.", spelling.Noun, decl.Service, reference.Name)
		return
	}
	if decl.HandlerMethod != nil {
		isStruct := slices.ContainsFunc(target.Structs, func(s *facts.ServiceStruct) bool { return s.Name == key.name })
		if !isStruct || key.dir != p.Dir {
			l.errorAt(at, "Invalid method handler", "use a method of that struct, or a function", "The handler of the %s is a method of %s, which is not the service struct of this package.", spelling.Noun, reference.Name)
		}
		return
	}
	if reference.Missing {
		return
	}
	if service := l.service(key.dir); service != decl.Service {
		where := "the service " + service
		if service == "" {
			where = "no service"
		}
		l.errorAt(at, "Handler outside the service",
			"move one to the other, or call it from a function of the service",
			"The %s is declared in the service %s, its handler %s belongs to %s.", spelling.Noun, decl.Service, reference.Name, where)
	}
}

// checkMessage applies the rules about attributes: what orders messages must be an attribute of an exported field.
func (l *linker) checkMessage(p *facts.Package, decl *facts.Decl, spelling *source.GoSpelling) {
	name := *decl.Message
	key, ok := l.resolve(p, name)
	if !ok {
		return // a type of another module, which the reader does not look into
	}
	described := l.typeOf(p, name)
	if described == nil || described.Shape != facts.ShapeStruct {
		if owner := l.byDir[key.dir]; described != nil || owner != nil && !owner.Broken && owner.Types[key.name] == nil {
			l.errorAt(name.File.At(name.At), "Invalid message type", "declare a struct type for it", "A %s's message must be a struct, and %s is none.", spelling.Noun, name)
		}
		return
	}
	wanted := decl.Config.Field(spelling.MessageField)
	found := wanted.Kind != source.String || wanted.Text == ""
	for _, field := range described.Fields {
		attribute, ok := facts.TagValue(field.Tag, spelling.MessageTag)
		if !ok {
			continue
		}
		if spelling.MessageReserved != "" && strings.HasPrefix(attribute, spelling.MessageReserved) {
			l.errorOnce(described.File.At(field.TagAt), "Reserved attribute",
				"choose another name",
				"The attribute %q starts with %s, which is Encore's own prefix.", attribute, spelling.MessageReserved)
		}
		found = found || attribute == wanted.Text && token.IsExported(field.Name)
	}
	if !found {
		l.errorAt(wanted.At, "Unknown attribute",
			fmt.Sprintf("give an exported field the tag %s:%q", spelling.MessageTag, wanted.Text),
			"%s names no attribute of %s.", spelling.MessageField, name)
	}
}

// linkMigrations fills in where a declared resource's migrations are and how many there are. A folder that is absent
// or lies elsewhere has none; that and invalid file names are for the kind to report.
func (l *linker) linkMigrations(p *facts.Package, decl *facts.Decl, spelling *source.GoSpelling) error {
	setting := decl.Config.Field(spelling.MigrationsField)
	dir := path.Clean(setting.Text)
	if setting.Kind != source.String || setting.Text == "" || !filepath.IsLocal(filepath.FromSlash(dir)) {
		return nil
	}
	decl.Migrations = path.Join(p.Dir, dir)
	names, err := source.ReadDirectory(l.root, decl.Migrations)
	decl.MigrationCount, _ = source.CountMigrations(names)
	return err
}

// linkImplicit finds the resources that folders declare by their mere presence. One that is declared in so many words
// as well, by name or by folder, is not declared twice.
func (l *linker) linkImplicit(index int) error {
	spelling := &l.language.Spellings[index]
	for _, p := range l.packages {
		if !p.LikelyService || !slices.Contains(p.Subdirs, spelling.ImplicitDir) {
			continue
		}
		dir := path.Join(p.Dir, spelling.ImplicitDir)
		names, err := source.ReadDirectory(l.root, dir)
		if err != nil {
			return err
		}
		count, valid := source.CountMigrations(names)
		declared := slices.ContainsFunc(l.decls, func(d *facts.Decl) bool {
			return d.Kind == spelling.Kind && !d.Reference && !d.Implicit && (d.Name == p.Name || d.Migrations == dir)
		})
		if declared || count == 0 && valid {
			continue
		}
		decl := &facts.Decl{Spelling: index, Decl: source.Decl{
			Kind: spelling.Kind, Name: p.Name, Package: p.Dir, Service: p.Service, Implicit: true,
			Migrations: dir, MigrationCount: count, At: p.NameAt, NameAt: p.NameAt,
		}}
		l.implicit[symbolKey{p.Dir, spelling.Kind}] = decl
		l.decls = append(l.decls, decl)
	}
	return nil
}
