package encoremeta

import (
	"path"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// declarations reads the resources of one kind.
func (r *metadataReader) declarations(root metadataNode, s *source.MetadataSpelling) {
	if len(s.List) == 0 {
		return
	}
	if len(s.List) == 1 {
		for _, n := range r.elements(root, s.List[0], s) {
			r.declare(n, root, "", s)
		}
		return
	}
	for _, outer := range r.objects(root, s.List[0]) {
		parent := ""
		if s.Parent != "" {
			parent = r.string(outer, s.Parent)
		}
		for _, n := range r.elements(outer, s.List[1], s) {
			r.declare(n, outer, parent, s)
		}
	}
}

// elements are the elements of the list that declares: names, or objects.
func (r *metadataReader) elements(n metadataNode, list string, s *source.MetadataSpelling) []metadataNode {
	if s.Name == "" && !s.Nameless {
		return r.texts(n, list)
	}
	return r.objects(n, list)
}

func (r *metadataReader) declare(n, outer metadataNode, parent string, s *source.MetadataSpelling) {
	decl := source.Decl{Kind: s.Kind, Parent: parent, At: r.at(n)}
	holder := n // of what says where the declaration stands
	switch {
	case s.Nameless:
	case s.Name == "":
		decl.Name, holder = n.text(), outer
		if !r.printable(n, decl.Name) {
			return
		}
	default:
		name, ok := r.required(n, s.Name, s.Noun)
		if !ok {
			return
		}
		decl.Name, decl.At = name, r.within(n, s.Name)
	}
	decl.NameAt = decl.At
	if s.Service != "" {
		decl.Service = r.string(holder, s.Service)
		if decl.Service != "" && !r.isService(decl.Service, r.within(holder, s.Service)) {
			return
		}
		decl.Package = r.services[decl.Service]
	}
	if s.Package != "" {
		decl.Package = path.Clean(r.string(holder, s.Package))
	}
	if s.Whole != "" && n.member(s.Whole).value == nil {
		r.result.Uses = append(r.result.Uses, source.Use{Kind: s.ParentKind, Name: parent, Package: decl.Package, Service: decl.Service, At: decl.At})
		return
	}
	decl.Config = source.Value{Kind: source.Object, At: decl.At, Fields: r.settings(n, s.Settings)}
	if len(s.Constructor.Words) > 0 {
		if value, ok := r.wordValue(n, s.Constructor); ok {
			decl.Constructor = value.Text
		}
	}
	if s.Migrations != "" {
		decl.Migrations = r.string(n, s.Migrations)
		decl.MigrationCount = len(r.objects(n, s.MigrationFiles))
	}
	r.declared[[2]string{s.Kind, decl.Name}] = true
	r.result.Decls = append(r.result.Decls, decl)
	if s.Users != "" {
		for _, user := range r.objects(n, s.Users) {
			service := r.string(user, "service_name")
			at := r.within(user, "service_name")
			if r.isService(service, at) {
				r.use(source.Use{Kind: s.Kind, Name: decl.Name, Operation: s.Operation, Service: service, At: at})
			}
		}
	}
}

func (r *metadataReader) use(use source.Use) {
	use.Package = r.services[use.Service]
	r.result.Uses = append(r.result.Uses, use)
}

// settings reads the settings that the metadata has.
func (r *metadataReader) settings(n metadataNode, settings []source.MetadataSetting) []source.Field {
	var fields []source.Field
	for _, setting := range settings {
		found := n.member(setting.Field)
		if found.value == nil && setting.Type != source.MetadataWord && setting.Type != source.MetadataVariant {
			continue
		}
		at := r.within(n, setting.Field)
		if name, value, ok := r.setting(n, found, setting); ok {
			value.At = at
			fields = append(fields, source.Field{Name: name, Value: value, At: at})
		}
	}
	return fields
}

// setting reads one setting from the member found of n; false when it is not set, or wrong, which is reported.
func (r *metadataReader) setting(n, found metadataNode, s source.MetadataSetting) (name string, value source.Value, ok bool) {
	switch s.Type {
	case source.MetadataText:
		text := r.string(n, s.Field)
		return s.Setting, source.Value{Kind: source.String, Text: text}, text != ""
	case source.MetadataFlag:
		return s.Setting, source.Value{Kind: source.Bool, Bool: r.flag(n, s.Field)}, true
	case source.MetadataNumber:
		number, ok := r.number(n, s.Field)
		return s.Setting, source.Value{Kind: source.Int, Int: number}, ok
	case source.MetadataDuration:
		number, ok := r.number(n, s.Field)
		return s.Setting, source.Value{Kind: source.Int, Int: number}, ok && number != 0
	case source.MetadataWord:
		value, ok := r.wordValue(n, s)
		return s.Setting, value, ok
	case source.MetadataPattern:
		text, _ := r.path(found)
		return s.Setting, source.Value{Kind: source.String, Text: text}, true
	case source.MetadataEndpoint:
		return s.Setting, source.Value{Kind: source.Reference, Package: path.Clean(r.string(found, "pkg")), Text: r.string(found, "name")}, true
	case source.MetadataVariant:
		return r.variant(n, s)
	default:
		if _, object := found.members(); !object {
			r.wrong(found, "the field "+s.Field, "an object")
			return s.Setting, source.Value{}, false
		}
		return s.Setting, source.Value{Kind: source.Object, Fields: r.settings(found, s.Members)}, true
	}
}

// wordValue is what the word of an enumeration stands for.
func (r *metadataReader) wordValue(n metadataNode, s source.MetadataSetting) (source.Value, bool) {
	words := make([]string, len(s.Words))
	for i, word := range s.Words {
		words[i] = word.Word
	}
	index, ok := r.word(n, s.Field, words)
	if !ok {
		return source.Value{}, false
	}
	return s.Words[index].Value, true
}

// variant reads a string whose beginning says which setting it is; false when it is not there, or wrong.
func (r *metadataReader) variant(n metadataNode, s source.MetadataSetting) (name string, value source.Value, ok bool) {
	text := r.string(n, s.Field)
	if text == "" {
		return "", source.Value{}, false
	}
	var prefixes []string
	for _, v := range s.Variants {
		rest, found := strings.CutPrefix(text, v.Prefix)
		prefixes = append(prefixes, strconv.Quote(v.Prefix))
		switch {
		case !found:
		case v.Unit == 0:
			return v.Setting, source.Value{Kind: source.String, Text: rest}, true
		default:
			if count, err := strconv.ParseInt(rest, 10, 32); err == nil {
				return v.Setting, source.Value{Kind: source.Int, Int: count * v.Unit}, true
			}
			r.wrong(n.member(s.Field), "the field "+s.Field, "an integer after "+strconv.Quote(v.Prefix))
			return "", source.Value{}, false
		}
	}
	r.wrong(n.member(s.Field), "the field "+s.Field, "a string that begins with "+diagnostic.Or(prefixes))
	return "", source.Value{}, false
}

// uses reads which services use resources of one kind, where the services list them.
func (r *metadataReader) uses(services []metadataNode, s *source.MetadataSpelling) {
	if s.UsedIn == "" {
		return
	}
	for _, service := range services {
		user := r.string(service, "name")
		if user == "" {
			continue // reported where it is declared
		}
		seen := map[string]bool{}
		if s.UsedName == "" {
			for _, n := range r.texts(service, s.UsedIn) {
				if name := n.text(); !seen[name] && r.isDeclared(s, name, r.at(n)) {
					seen[name] = true
					r.listed(user, name, r.at(n), s)
				}
			}
			continue
		}
		for _, n := range r.objects(service, s.UsedIn) {
			name := r.string(n, s.UsedName)
			if !r.isDeclared(s, name, r.within(n, s.UsedName)) {
				continue
			}
			for _, word := range r.list(n, s.UsedOperations) {
				operation, ok := r.wordOf(word, s.UsedOperations, s.Operations)
				if key := name + "\x00" + strconv.Itoa(operation); ok && !seen[key] {
					seen[key] = true
					r.use(source.Use{Kind: s.Kind, Name: name, Operation: s.Operations[operation], Service: user, At: r.at(word)})
				}
			}
		}
	}
}

// listed notes that a service's list names a resource.
func (r *metadataReader) listed(service, name string, at hcl.Range, s *source.MetadataSpelling) {
	if !s.ByDeclaration {
		r.use(source.Use{Kind: s.Kind, Name: name, Operation: s.Operation, Service: service, At: at})
		return
	}
	r.result.Decls = append(r.result.Decls, source.Decl{Kind: s.Kind, Name: name, Reference: true, Package: r.services[service], Service: service, At: at, NameAt: at})
	if r.result.Runtime != app.EncoreGo { // where it is listed because an expression uses it
		r.use(source.Use{Kind: s.Kind, Name: name, Service: service, At: at})
	}
}

// isDeclared reports whether there is such a resource, and reports when there is none.
func (r *metadataReader) isDeclared(s *source.MetadataSpelling, name string, at hcl.Range) bool {
	if r.declared[[2]string{s.Kind, name}] {
		return true
	}
	r.fail(at, "Unknown "+s.Noun, "print it again rather than mend it: "+metadataCommand, "The list %s has no %s %q.", s.List[0], s.Noun, name)
	return false
}

// unused warns of what the metadata shows no use of, where Encore is known to lose some: a service that reaches it another
// way would do without.
func (r *metadataReader) unused(s *source.MetadataSpelling) {
	if !s.ByDeclaration && s.Users == "" {
		return
	}
	used := map[string]bool{}
	for _, decl := range r.result.Decls {
		used[decl.Name] = used[decl.Name] || decl.Kind == s.Kind && decl.Reference
	}
	for _, use := range r.result.Uses {
		used[use.Name] = used[use.Name] || use.Kind == s.Kind
	}
	for _, decl := range r.result.Decls {
		if decl.Kind == s.Kind && !decl.Reference && !used[decl.Name] {
			r.diags = append(r.diags, diagnostic.Warning(decl.At, "No service is known to use "+s.Noun+" "+strconv.Quote(decl.Name), "generate from the source, which shows such uses",
				"Encore's metadata leaves out uses in code outside every service and, of databases, through variables of other services. No process gets a right to this one."))
		}
	}
}
