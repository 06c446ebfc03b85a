package golang

import (
	"fmt"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/source"
)

// linkDecl resolves the names in a declaration: its parent, its handler or endpoint, its message type.
func (l *goLinker) linkDecl(p *goPackage, decl *goDecl) {
	spelling := &l.language.spellings[decl.spelling]
	if decl.parent != nil {
		l.linkParent(p, decl, spelling)
	}
	for _, reference := range decl.references {
		value := &decl.Config.Fields[reference.field].Value
		if key, ok := l.resolve(p, reference.name); ok {
			value.Package = key.dir
		}
		if decl.Config.Fields[reference.field].Name == spelling.Handler {
			l.checkHandler(p, decl, spelling, reference)
		}
	}
	if decl.message != nil && !decl.invalid {
		l.checkMessage(p, decl, spelling)
	}
}

func (l *goLinker) linkParent(p *goPackage, decl *goDecl, spelling *source.GoSpelling) {
	key, ok := l.resolve(p, *decl.parent)
	if ok && l.symbols[key] != nil {
		for _, resource := range l.symbols[key].resources {
			if resource.decl.Kind == spelling.ParentKind && !resource.narrowed {
				decl.Parent = resource.decl.Name
				return
			}
		}
	}
	if decl.invalid {
		return
	}
	l.errorAt(decl.parent.file.at(decl.parent.at), "Not a declared "+spelling.ParentKind,
		"give the variable itself, not a copy or a reference made from it",
		"%s is no package-level variable that declares a %s.", decl.parent, spelling.ParentKind)
}

// checkHandler demands that the function the framework calls lives in the service that declares it.
func (l *goLinker) checkHandler(p *goPackage, decl *goDecl, spelling *source.GoSpelling, reference goReference) {
	at := decl.Config.Fields[reference.field].Value.At
	key, ok := l.resolve(p, reference.name)
	target := l.byDir[key.dir]
	if !ok || target == nil {
		l.errorAt(at, "Handler outside the service",
			"wrap it in a function of the service",
			"The handler of the %s must be a function of the service %s, and %s is none of the application's.", spelling.Noun, decl.Service, reference.name)
		return
	}
	if decl.handlerMethod != nil {
		isStruct := slices.ContainsFunc(target.structs, func(s *goServiceStruct) bool { return s.name == key.name })
		if !isStruct || key.dir != p.dir {
			l.errorAt(at, "Invalid method handler", "use a method of that struct, or a function", "The handler of the %s is a method of %s, which is not the service struct of this package.", spelling.Noun, reference.name)
		}
		return
	}
	if reference.missing {
		return
	}
	if service := l.service(key.dir); service != decl.Service {
		where := "the service " + service
		if service == "" {
			where = "no service"
		}
		l.errorAt(at, "Handler outside the service",
			"move one to the other, or call it from a function of the service",
			"The %s is declared in the service %s, its handler %s belongs to %s.", spelling.Noun, decl.Service, reference.name, where)
	}
}

// checkMessage applies the rules about attributes: what orders messages must be an attribute of an exported field.
func (l *goLinker) checkMessage(p *goPackage, decl *goDecl, spelling *source.GoSpelling) {
	name := *decl.message
	key, ok := l.resolve(p, name)
	if !ok {
		return // a type of another module, which the reader does not look into
	}
	described := l.typeOf(p, name)
	if described == nil || described.shape != shapeStruct {
		if owner := l.byDir[key.dir]; described != nil || owner != nil && !owner.broken && owner.types[key.name] == nil {
			l.errorAt(name.file.at(name.at), "Invalid message type", "declare a struct type for it", "A %s's message must be a struct, and %s is none.", spelling.Noun, name)
		}
		return
	}
	wanted := decl.Config.Field(spelling.MessageField)
	found := wanted.Kind != source.String || wanted.Text == ""
	for _, field := range described.fields {
		attribute, ok := tagValue(field.tag, spelling.MessageTag)
		if !ok {
			continue
		}
		if spelling.MessageReserved != "" && strings.HasPrefix(attribute, spelling.MessageReserved) {
			l.errorOnce(described.file.at(field.tagAt), "Reserved attribute",
				"choose another name",
				"The attribute %q starts with %s, which is Encore's own prefix.", attribute, spelling.MessageReserved)
		}
		found = found || attribute == wanted.Text && token.IsExported(field.name)
	}
	if !found {
		l.errorAt(wanted.At, "Unknown attribute",
			fmt.Sprintf("give an exported field the tag %s:%q", spelling.MessageTag, wanted.Text),
			"%s names no attribute of %s.", spelling.MessageField, name)
	}
}

// linkMigrations fills in where a declared resource's migrations are and how many there are. A folder that is absent
// or lies elsewhere has none; that and invalid file names are for the kind to report.
func (l *goLinker) linkMigrations(p *goPackage, decl *goDecl, spelling *source.GoSpelling) error {
	setting := decl.Config.Field(spelling.MigrationsField)
	dir := path.Clean(setting.Text)
	if setting.Kind != source.String || setting.Text == "" || !filepath.IsLocal(filepath.FromSlash(dir)) {
		return nil
	}
	decl.Migrations = path.Join(p.dir, dir)
	names, err := source.ReadDirectory(l.root, decl.Migrations)
	decl.MigrationCount, _ = source.CountMigrations(names)
	return err
}

// linkImplicit finds the resources that folders declare by their mere presence. One that is declared in so many words
// as well, by name or by folder, is not declared twice.
func (l *goLinker) linkImplicit(index int) error {
	spelling := &l.language.spellings[index]
	for _, p := range l.packages {
		if !p.likelyService || !slices.Contains(p.subdirs, spelling.ImplicitDir) {
			continue
		}
		dir := path.Join(p.dir, spelling.ImplicitDir)
		names, err := source.ReadDirectory(l.root, dir)
		if err != nil {
			return err
		}
		count, valid := source.CountMigrations(names)
		declared := slices.ContainsFunc(l.decls, func(d *goDecl) bool {
			return d.Kind == spelling.Kind && !d.Reference && !d.Implicit && (d.Name == p.name || d.Migrations == dir)
		})
		if declared || count == 0 && valid {
			continue
		}
		decl := &goDecl{spelling: index, Decl: source.Decl{
			Kind: spelling.Kind, Name: p.name, Package: p.dir, Service: p.service, Implicit: true,
			Migrations: dir, MigrationCount: count, At: p.nameAt, NameAt: p.nameAt,
		}}
		l.implicit[goSymbolKey{p.dir, spelling.Kind}] = decl
		l.decls = append(l.decls, decl)
	}
	return nil
}
