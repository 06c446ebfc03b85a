package manifest

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
)

// declarations reads the blocks that declare resources of a kind.
func (r *manifestReader) declarations(s *source.ManifestSpelling) {
	if !s.InService {
		for _, node := range r.file.All(s.Block) {
			r.declaration(s, node, nil)
		}
		return
	}
	for _, service := range r.known() {
		for _, node := range service.All(s.Block) {
			r.declaration(s, node, service)
		}
	}
}

// declaration reads one block; service is the block around it, nil for none.
func (r *manifestReader) declaration(s *source.ManifestSpelling, node, service *settings.Block) {
	decl := source.Decl{Kind: s.Kind, Name: node.Label, Constructor: s.Constructor, At: node.At, NameAt: node.LabelAt, Config: source.Value{Kind: source.Object, At: node.At}}
	good := r.checkResourceName(s, node)
	if service != nil {
		decl.Service, decl.Package = service.Label, r.dir(service.Label)
	}
	for _, a := range node.Attributes {
		good = r.setting(s, &decl, a, node.Text(a.Name)) && good
	}
	key := [3]string{s.Kind, decl.Parent, decl.Name}
	if first, twice := r.declared[key]; twice {
		of := ""
		if decl.Parent != "" {
			of = fmt.Sprintf(" of %q", decl.Parent)
		}
		r.fail(node.LabelAt, "Duplicate "+s.Noun+" name", "rename one of them",
			"The %s %q%s is declared here and at %s.", s.Noun, decl.Name, of, diagnostic.Place(first.NameAt))
		return
	}
	r.declared[key] = decl
	switch {
	case node.Damaged || !good:
		// Its settings may be wrong in other ways, but what it would declare is not known.
		if good {
			r.result.Invalid = append(r.result.Invalid, decl)
		}
	default:
		r.result.Decls = append(r.result.Decls, decl)
		if s.List == "" && s.Operation != "" && decl.Service != "" && r.result.Runtime == app.EncoreTypeScript {
			r.result.Uses = append(r.result.Uses, source.Use{Kind: s.Kind, Name: decl.Name, Operation: s.Operation, Package: decl.Package, Service: decl.Service, At: decl.At})
		}
	}
}

// setting puts a setting into the declaration; text is its value when that is a string. It is false when the setting names
// what is not there.
func (r *manifestReader) setting(s *source.ManifestSpelling, decl *source.Decl, a settings.Attribute, text string) bool {
	field := source.Field{Name: a.Name, Value: written(a), At: a.NameAt}
	switch a.Name {
	case s.Parent:
		decl.Parent = text
		return r.lookup(s.ParentKind, decl.Parent, a.At)
	case s.Everywhere:
		return true
	case s.Endpoint:
		target, endpoint, ok := r.findEndpoint(text, a.At, true)
		if !ok {
			return false
		}
		decl.Service, decl.Package = target, r.dir(target)
		r.result.Calls = append(r.result.Calls, source.Call{
			Package: decl.Package, Service: target, TargetService: target, Endpoint: endpoint, ReferenceOnly: true, At: a.At,
		})
		field.Value = source.Value{Kind: source.Reference, Text: endpoint, Package: decl.Package, At: a.At}
	case s.Job:
		if !r.findJob(text, a.At) {
			return false
		}
		decl.Service, decl.Package = text, r.dir(text)
	case s.Migrations:
		if dir := path.Clean(text); text != "" && filepath.IsLocal(filepath.FromSlash(dir)) {
			decl.Migrations = dir
		}
	}
	fields := &decl.Config.Fields
	if _, member, inside := strings.Cut(a.Name, "."); inside { // the object comes before its members
		field.Name, fields = member, &(*fields)[len(*fields)-1].Value.Fields
	}
	*fields = append(*fields, field)
	return true
}

// written is the value of a setting as source would have it.
func written(a settings.Attribute) source.Value {
	result := source.Value{At: a.At}
	switch value := a.Value.(type) {
	case nil:
		result.Kind = source.Object
	case string:
		result.Kind, result.Text = source.String, value
	case bool:
		result.Kind, result.Bool = source.Bool, value
	case int:
		result.Kind, result.Int = source.Int, int64(value)
	case []string:
		result.Kind = source.List
		for _, part := range a.Parts {
			result.Fields = append(result.Fields, source.Field{Value: source.Value{Kind: source.String, Text: part.Text, At: part.At}, At: part.At})
		}
	default:
		panic(fmt.Sprintf("no kind has a setting that holds a %T", value))
	}
	return result
}

// dir is the folder of a service, by which the model tells services apart.
func (r *manifestReader) dir(service string) string {
	for _, s := range r.result.Services {
		if s.Name == service {
			return s.Dir
		}
	}
	return ""
}

func (r *manifestReader) checkResourceName(s *source.ManifestSpelling, node *settings.Block) bool {
	if r.result.Runtime == app.EncoreGo && s.Grammar != source.AnyName {
		if problem, hint := source.CheckName(s.Grammar, node.Label); problem != "" {
			r.fail(node.LabelAt, "Invalid "+s.Noun+" name", hint, "%q is no name for a %s: %s.", node.Label, s.Noun, problem)
			return false
		}
		return true
	}
	switch {
	case s.Identifier && !variableName().MatchString(node.Label):
		r.fail(node.LabelAt, "Invalid "+s.Noun+" name", "write it like a variable, as in StripeKey",
			"%q is no name for a %s: it must be letters, digits and underscores, and not begin with a digit.", node.Label, s.Noun)
		return false
	case !s.Identifier && !manifestName().MatchString(node.Label):
		r.fail(node.LabelAt, "Invalid "+s.Noun+" name", "begin with a letter, as in \"order-placed\"",
			"%q is no name for a %s: it must be 1 to 63 letters, digits and .-_ characters.", node.Label, s.Noun)
		return false
	}
	return true
}

// lookup reports whether a resource of that kind is declared, and reports when none is.
func (r *manifestReader) lookup(kind, name string, at hcl.Range) bool {
	if _, known := r.declared[[3]string{kind, "", name}]; known {
		return true
	}
	noun, block := kind, kind
	for _, s := range r.spellings {
		if s.Kind == kind {
			noun, block = s.Noun, s.Block
			break
		}
	}
	var names []string
	for key := range r.declared {
		if key[0] == kind {
			names = append(names, key[2])
		}
	}
	slices.Sort(names)
	r.fail(at, "Unknown "+noun, diagnostic.Proposal(name, names, "the application declares ", fmt.Sprintf("declare it: %s %q { ... }", block, name)),
		"No %s named %q is declared in the manifest.", noun, name)
	return false
}

// uses reads what a service does with what is declared.
func (r *manifestReader) uses(service, node *settings.Block) {
	dir := r.dir(service.Label)
	for i := range r.spellings {
		s := &r.spellings[i]
		if s.List != "" {
			r.usesOfList(service, node, s, dir)
		}
		if s.Operations == nil && s.Parts == "" {
			continue
		}
		first := map[string]hcl.Range{}
		for _, block := range node.All(s.Block) {
			if !r.lookup(s.Kind, block.Label, block.LabelAt) || r.twice(first, block.Label, block.LabelAt) {
				continue
			}
			if s.Parts != "" {
				r.parts(service, block, s, dir)
			} else {
				r.operations(service, block, s, dir)
			}
		}
	}
	first := map[string]hcl.Range{}
	for _, part := range node.Parts("calls") {
		target, endpoint, ok := r.findEndpoint(part.Text, part.At, false)
		if ok && !r.twice(first, part.Text, part.At) {
			r.result.Calls = append(r.result.Calls, source.Call{Package: dir, Service: service.Label, TargetService: target, Endpoint: endpoint, At: part.At})
		}
	}
}

// twice reports what a list or a block names a second time.
func (r *manifestReader) twice(first map[string]hcl.Range, name string, at hcl.Range) bool {
	if earlier, named := first[name]; named {
		r.fail(at, "Named twice", "remove one of them", "%q already stands at %s.", name, diagnostic.Place(earlier))
		return true
	}
	first[name] = at
	return false
}

func (r *manifestReader) usesOfList(service, node *settings.Block, s *source.ManifestSpelling, dir string) {
	first := map[string]hcl.Range{}
	for _, part := range node.Parts(s.List) {
		name, at := part.Text, part.At
		if !r.lookup(s.Kind, name, at) || r.twice(first, name, at) {
			continue
		}
		// A reference as well: Encore's metadata shows a use only where the service names the resource.
		r.result.Decls = append(r.result.Decls, source.Decl{Kind: s.Kind, Name: name, Reference: true, Package: dir, Service: service.Label, At: at, NameAt: at})
		r.result.Uses = append(r.result.Uses, source.Use{Kind: s.Kind, Name: name, Operation: s.Operation, Package: dir, Service: service.Label, At: at})
	}
}

func (r *manifestReader) operations(service, block *settings.Block, s *source.ManifestSpelling, dir string) {
	var words []string
	for word := range s.Operations {
		words = append(words, word)
	}
	slices.Sort(words)
	parts := block.Parts(operationsSetting)
	if at := block.Find(operationsSetting); at != nil && len(parts) == 0 {
		r.fail(*at, "No operations", "name what the service does: "+diagnostic.Or(words),
			"The service %q may do nothing with the %s %q.", service.Label, s.Noun, block.Label)
	}
	first := map[string]hcl.Range{}
	for _, part := range parts {
		operation, known := s.Operations[part.Text]
		if !known {
			r.fail(part.At, "Unknown operation", diagnostic.Proposal(part.Text, words, "the operations are ", ""),
				"Nothing called %q can be done with a %s.", part.Text, s.Noun)
			continue
		}
		if !r.twice(first, part.Text, part.At) {
			r.result.Uses = append(r.result.Uses, source.Use{Kind: s.Kind, Name: block.Label, Operation: operation, Package: dir, Service: service.Label, At: part.At})
		}
	}
}

// parts declares a part of a resource for each text of a list: the keyspaces of a cache cluster.
func (r *manifestReader) parts(service, block *settings.Block, s *source.ManifestSpelling, dir string) {
	for _, part := range block.Parts(s.Parts) {
		at := part.At
		r.result.Decls = append(r.result.Decls, source.Decl{
			Kind: s.PartKind, Parent: block.Label, Package: dir, Service: service.Label, At: at, NameAt: at,
			Config: source.Value{Kind: source.Object, At: at, Fields: []source.Field{{Name: s.PartField, Value: source.Value{Kind: source.String, Text: part.Text, At: at}, At: at}}},
		})
	}
}

// credentials are the secrets by which images are pulled, each with the first service whose image that is. The service itself
// does not read it.
func (r *manifestReader) credentials(s *source.ManifestSpelling) map[string]string {
	pulled := map[string]string{}
	for _, node := range r.known() {
		at, secret := node.Find("image_credentials"), node.Text("image_credentials")
		if at == nil || !r.lookup(s.Kind, secret, *at) {
			continue
		}
		if first := pulled[secret]; first == "" || node.Label < first {
			pulled[secret] = node.Label
		}
	}
	return pulled
}

// settleSecrets puts each secret into the service that uses it, as Encore's source does, where the same name in several
// services is the same secret; one of every service stands outside them all.
func (r *manifestReader) settleSecrets() {
	for i := range r.spellings {
		s := &r.spellings[i]
		if s.Everywhere == "" {
			continue
		}
		everywhere := map[string]bool{}
		for _, node := range r.file.All(s.Block) {
			everywhere[node.Label] = node.Flag(s.Everywhere)
		}
		users := map[string]string{}
		for _, use := range r.result.Uses {
			if use.Kind == s.Kind && (users[use.Name] == "" || use.Service < users[use.Name]) {
				users[use.Name] = use.Service
			}
		}
		pulled := r.credentials(s)
		for i := range r.result.Decls {
			decl := &r.result.Decls[i]
			if decl.Kind != s.Kind || decl.Reference || everywhere[decl.Name] {
				continue
			}
			decl.Service = cmp.Or(users[decl.Name], decl.Service, pulled[decl.Name])
			if decl.Package = r.dir(decl.Service); decl.Service == "" {
				r.fail(decl.NameAt, "Unused "+s.Noun, fmt.Sprintf("name it in %s of a service's uses, or set %s = true", s.List, s.Everywhere),
					"No service uses the %s %q.", s.Noun, decl.Name)
			}
		}
	}
}
