package linking

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/trail"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// fileUses is what the references of one file come to. Files are linked in parallel: by then the linker's tables no
// longer change.
type fileUses struct {
	linker *linker
	m      *facts.Module
	uses   []source.Use
	calls  []source.Call
	diags  hcl.Diagnostics
}

// linkUses links the references of every file.
func (l *linker) linkUses() {
	results := make([]fileUses, len(l.modules))
	parallel.Each(len(results), func(i int) {
		results[i] = fileUses{linker: l, m: l.modules[i]}
		results[i].link()
	})
	for i := range results {
		l.result.Uses = append(l.result.Uses, results[i].uses...)
		l.result.Calls = append(l.result.Calls, results[i].calls...)
		l.diags = append(l.diags, results[i].diags...)
	}
}

func (u *fileUses) errorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	u.diags = append(u.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

func (u *fileUses) link() {
	for i := range u.m.Refs {
		ref := &u.m.Refs[i]
		for _, entity := range u.linker.trail.Follow(u.m, facts.Target{Name: ref.Name, Path: ref.Path}) {
			switch {
			case entity.Clients:
				u.linkCall(ref, entity)
			case entity.Decl != nil && !entity.Decl.Invalid:
				u.linkUse(ref, entity)
			}
		}
	}
}

// spell is the reference as the source has it.
func (u *fileUses) spell(ref *facts.Ref) string {
	return strings.Join(append([]string{u.m.Names[ref.Name].Text}, ref.Path...), ".")
}

// linkCall records what is done with a generated client: rest is a service, an endpoint, and whatever follows.
func (u *fileUses) linkCall(ref *facts.Ref, entity trail.Entity) {
	at := u.m.At(ref.Span)
	rest := entity.Rest
	if len(rest) > 0 && rest[0] == "default" {
		rest = rest[1:]
	}
	if u.whole(ref) && len(rest) > 0 {
		u.errorAt(at, "Clients imported as a whole", fmt.Sprintf("write import { %s } from %q", rest[0], vocabulary.ClientsModule), "Encore sees the calls of clients that are imported by name, and refuses others.")
		return
	}
	if ref.Form == facts.ReExport || ref.Form == facts.Aliasing && len(entity.Rest) < 2 || len(entity.Rest) > 0 && entity.Rest[0] == "default" {
		return
	}
	if len(entity.Rest) == 0 {
		u.errorAt(at, "Clients passed around", fmt.Sprintf("call an endpoint of one, as in %s.service.endpoint()", u.spell(ref)), "%s stands for the clients of all services, and cannot be passed around: which endpoints are called could no longer be seen.", u.spell(ref))
		return
	}
	service := u.linker.clients[entity.Rest[0]]
	if service == nil {
		hint := diagnostic.Proposal(entity.Rest[0], slices.Sorted(maps.Keys(u.linker.clients)), "there are ", "the application has no services")
		u.errorAt(at, "Unknown service", hint, "%s has no client %s: no service is called so.", vocabulary.ClientsModule, entity.Rest[0])
		return
	}
	call := source.Call{Package: u.m.Path, Part: u.m.PartName(ref.Part), Service: u.m.Service, TargetService: service.Name, At: at}
	if len(entity.Rest) > 1 {
		call.Endpoint = entity.Rest[1]
	}
	own := u.linker.endpoints[service.Name]
	switch {
	case call.Endpoint == "Client":
		return // a type
	case call.Service == "":
		u.errorAt(at, "Endpoint called outside a service",
			"move the call into the folder of a service",
			"%s belongs to no service, so it cannot call %s.", u.m.Path, u.spell(ref))
		return
	case call.Endpoint == "ref" && own["ref"] == nil:
		call.Endpoint = ""
	case len(entity.Rest) == 1 && !entity.Hidden:
		u.errorAt(at, "Client used without calling it",
			fmt.Sprintf("call an endpoint here, as in %s.endpoint(), or pass on a function that does", u.spell(ref)),
			"The client %s can be called, and nothing else: which endpoints are called could no longer be seen.", u.spell(ref))
		return
	case len(entity.Rest) > 1 && own[call.Endpoint] == nil:
		hint := diagnostic.Proposal(call.Endpoint, slices.Sorted(maps.Keys(own)), "the service has ", "the service has no endpoints")
		u.diags = append(u.diags, diagnostic.Warning(at, "Unknown endpoint", hint,
			"The service %s has no endpoint %s. Encore's parser lets it pass and the call fails when it is made; %[1]s can be reached from here all the same.", service.Name, call.Endpoint))
	}
	u.calls = append(u.calls, call)
}

// whole reports whether a reference begins with an import statement of all clients.
func (u *fileUses) whole(ref *facts.Ref) bool {
	name := &u.m.Names[ref.Name]
	if name.Form != facts.Imported {
		return false
	}
	imported := &u.m.Imports[name.Source]
	return imported.Clients && !imported.Dynamic && (len(name.Path) == 0 || name.Path[0] == "default")
}

// linkUse records what a reference to a resource does.
func (u *fileUses) linkUse(ref *facts.Ref, entity trail.Entity) {
	spelling := &u.linker.language.Spellings[entity.Decl.Spelling]
	method := ""
	if len(entity.Rest) > 0 {
		method = entity.Rest[0]
	}
	called := ref.Form == facts.Call && len(entity.Rest) == 1
	switch {
	case ref.Form == facts.ReExport || ref.Form == facts.ParentArgument || ref.Form == facts.Aliasing && spelling.Methods != nil && !spelling.Strict:
	case spelling.Methods == nil && spelling.Held && entity.Direct && !entity.Hidden && len(entity.Rest) == 0 && (ref.Form == facts.Other || ref.Form == facts.Aliasing):
		u.errorAt(u.m.At(ref.Span), "Invalid use of a "+spelling.Noun,
			"export and import the variable by name, or pass it to a function",
			"The %s %s can be an argument and have its members used; Encore refuses to see it assigned, returned, exported as the default or put in an object.", spelling.Noun, u.spell(ref))
	case spelling.Methods == nil:
		u.use(ref, entity, spelling, []string{""})
	case !entity.Direct:
	case called && spelling.Ref != "" && method == spelling.Ref:
		u.linkNarrowing(ref, entity, spelling)
	case called:
		operations, known := spelling.Methods[method]
		if !known && spelling.Strict {
			u.errorAt(u.m.At(ref.Span), "Unknown operation", "there are "+strings.Join(slices.Sorted(maps.Keys(spelling.Methods)), ", "), "A %s has no method %s.", spelling.Noun, method)
			return
		}
		u.use(ref, entity, spelling, operations)
	case (ref.Form == facts.ConstructorArgument || ref.Form == facts.Anonymous) && spelling.Constructed && len(entity.Rest) == 0:
		u.construct(ref, entity, spelling)
	case spelling.Strict && !entity.Hidden:
		remedy := "call one of its methods"
		if spelling.Ref != "" {
			remedy += ", or pass on a reference with permissions, as in " + u.m.Names[ref.Name].Text + "." + spelling.Ref + "<...>()"
		}
		u.errorAt(u.m.At(ref.Span), "Invalid reference to a "+spelling.Noun,
			remedy,
			"The %s %s cannot be assigned or passed around, because what the code does with it could no longer be seen.", spelling.Noun, u.spell(ref))
	}
}

// construct records a resource that is given to a class, or made where it is used: Encore permits it, and what is done
// with it then is not known, so that it is everything.
func (u *fileUses) construct(ref *facts.Ref, entity trail.Entity, spelling *source.TypeScriptSpelling) {
	var operations []string
	for _, method := range slices.Sorted(maps.Keys(spelling.Methods)) {
		operations = append(operations, spelling.Methods[method]...)
	}
	entity.Hidden = true
	u.use(ref, entity, spelling, operations)
}

func (u *fileUses) linkNarrowing(ref *facts.Ref, entity trail.Entity, spelling *source.TypeScriptSpelling) {
	operations, ok := []string(nil), false
	if ref.Types != nil {
		operations, ok = u.linker.trail.Permissions(u.m, *ref.Types, entity.Decl.Spelling)
	}
	if !ok {
		u.errorAt(u.m.At(ref.Span), "Reference without known permissions",
			fmt.Sprintf("give permissions of %s joined by &, as in %s<%s>()", spelling.Module, u.spell(ref), strings.Join(slices.Sorted(maps.Keys(spelling.Permissions))[:1], "")),
			"The type argument of %s does not say what the reference may do.", u.spell(ref))
		return
	}
	u.use(ref, entity, spelling, operations)
}

// use records one use per operation, unless the place permits none.
func (u *fileUses) use(ref *facts.Ref, entity trail.Entity, spelling *source.TypeScriptSpelling, operations []string) {
	decl, at := entity.Decl, u.m.At(ref.Span)
	if u.m.Service == "" && spelling.Outside != source.OutsideAllowed {
		u.errorAt(at, "Used outside a service",
			"use it within a service, and pass it, or what was read from it, to shared code",
			"The %s %q is used in %s, which belongs to no service.", spelling.Noun, decl.Name, u.m.Path)
		return
	}
	through := ""
	if entity.Hidden || decl.Service != u.m.Service {
		through = u.spell(ref)
	}
	unlisted := entity.Hidden || ref.Form == facts.Anonymous && decl.Symbol == "" || spelling.ByDeclaration && decl.Service != u.m.Service
	for _, operation := range operations {
		u.uses = append(u.uses, source.Use{
			Kind: decl.Kind, Name: decl.Name, Parent: decl.Parent, Operation: operation, Package: u.m.Path, Service: u.m.Service, Part: u.m.PartName(ref.Part),
			Through: through, Unlisted: unlisted, At: at,
		})
	}
}
