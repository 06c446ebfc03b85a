package typescript

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/source"
)

// tsUses is what the references of one file come to. Files are linked in parallel: by then the linker's tables no
// longer change.
type tsUses struct {
	linker *tsLinker
	m      *tsModule
	uses   []source.Use
	calls  []source.Call
	diags  hcl.Diagnostics
}

// linkUses links the references of every file.
func (l *tsLinker) linkUses() {
	results := make([]tsUses, len(l.modules))
	parallel.Each(len(results), func(i int) {
		results[i] = tsUses{linker: l, m: l.modules[i]}
		results[i].link()
	})
	for i := range results {
		l.result.Uses = append(l.result.Uses, results[i].uses...)
		l.result.Calls = append(l.result.Calls, results[i].calls...)
		l.diags = append(l.diags, results[i].diags...)
	}
}

func (u *tsUses) errorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	u.diags = append(u.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

func (u *tsUses) link() {
	for i := range u.m.refs {
		ref := &u.m.refs[i]
		for _, entity := range u.linker.follow(u.m, tsTarget{ref.name, ref.path}) {
			switch {
			case entity.clients:
				u.linkCall(ref, entity)
			case entity.decl != nil && !entity.decl.invalid:
				u.linkUse(ref, entity)
			}
		}
	}
}

// spell is the reference as the source has it.
func (u *tsUses) spell(ref *tsRef) string {
	return strings.Join(join([]string{u.m.names[ref.name].text}, ref.path), ".")
}

// linkCall records what is done with a generated client: rest is a service, an endpoint, and whatever follows.
func (u *tsUses) linkCall(ref *tsRef, entity tsEntity) {
	at := u.m.at(ref.span)
	rest := entity.rest
	if len(rest) > 0 && rest[0] == "default" {
		rest = rest[1:]
	}
	if u.whole(ref) && len(rest) > 0 {
		u.errorAt(at, "Clients imported as a whole", fmt.Sprintf("write import { %s } from %q", rest[0], clientsModule), "Encore sees the calls of clients that are imported by name, and refuses others.")
		return
	}
	if ref.form == tsReExport || ref.form == tsAliasing && len(entity.rest) < 2 || len(entity.rest) > 0 && entity.rest[0] == "default" {
		return
	}
	if len(entity.rest) == 0 {
		u.errorAt(at, "Clients passed around", fmt.Sprintf("call an endpoint of one, as in %s.service.endpoint()", u.spell(ref)), "%s stands for the clients of all services, and cannot be passed around: which endpoints are called could no longer be seen.", u.spell(ref))
		return
	}
	service := u.linker.clients[entity.rest[0]]
	if service == nil {
		hint := diagnostic.Proposal(entity.rest[0], slices.Sorted(maps.Keys(u.linker.clients)), "there are ", "the application has no services")
		u.errorAt(at, "Unknown service", hint, "%s has no client %s: no service is called so.", clientsModule, entity.rest[0])
		return
	}
	call := source.Call{Package: u.m.path, Part: u.m.partName(ref.part), Service: u.m.service, TargetService: service.Name, At: at}
	if len(entity.rest) > 1 {
		call.Endpoint = entity.rest[1]
	}
	own := u.linker.endpoints[service.Name]
	switch {
	case call.Endpoint == "Client":
		return // a type
	case call.Service == "":
		u.errorAt(at, "Endpoint called outside a service",
			"move the call into the folder of a service",
			"%s belongs to no service, so it cannot call %s.", u.m.path, u.spell(ref))
		return
	case call.Endpoint == "ref" && own["ref"] == nil:
		call.Endpoint = ""
	case len(entity.rest) == 1 && !entity.hidden:
		u.errorAt(at, "Client used without calling it",
			fmt.Sprintf("call an endpoint here, as in %s.endpoint(), or pass on a function that does", u.spell(ref)),
			"The client %s can be called, and nothing else: which endpoints are called could no longer be seen.", u.spell(ref))
		return
	case len(entity.rest) > 1 && own[call.Endpoint] == nil:
		hint := diagnostic.Proposal(call.Endpoint, slices.Sorted(maps.Keys(own)), "the service has ", "the service has no endpoints")
		u.diags = append(u.diags, diagnostic.Warning(at, "Unknown endpoint", hint,
			"The service %s has no endpoint %s. Encore's parser lets it pass and the call fails when it is made; %[1]s can be reached from here all the same.", service.Name, call.Endpoint))
	}
	u.calls = append(u.calls, call)
}

// whole reports whether a reference begins with an import statement of all clients.
func (u *tsUses) whole(ref *tsRef) bool {
	name := &u.m.names[ref.name]
	if name.form != tsImported {
		return false
	}
	imported := &u.m.imports[name.source]
	return imported.clients && !imported.dynamic && (len(name.path) == 0 || name.path[0] == "default")
}

// linkUse records what a reference to a resource does.
func (u *tsUses) linkUse(ref *tsRef, entity tsEntity) {
	spelling := &u.linker.language.spellings[entity.decl.spelling]
	method := ""
	if len(entity.rest) > 0 {
		method = entity.rest[0]
	}
	called := ref.form == tsCall && len(entity.rest) == 1
	switch {
	case ref.form == tsReExport || ref.form == tsParentArgument || ref.form == tsAliasing && spelling.Methods != nil && !spelling.Strict:
	case spelling.Methods == nil && spelling.Held && entity.direct && !entity.hidden && len(entity.rest) == 0 && (ref.form == tsOther || ref.form == tsAliasing):
		u.errorAt(u.m.at(ref.span), "Invalid use of a "+spelling.Noun,
			"export and import the variable by name, or pass it to a function",
			"The %s %s can be an argument and have its members used; Encore refuses to see it assigned, returned, exported as the default or put in an object.", spelling.Noun, u.spell(ref))
	case spelling.Methods == nil:
		u.use(ref, entity, spelling, []string{""})
	case !entity.direct:
	case called && spelling.Ref != "" && method == spelling.Ref:
		u.linkNarrowing(ref, entity, spelling)
	case called:
		operations, known := spelling.Methods[method]
		if !known && spelling.Strict {
			u.errorAt(u.m.at(ref.span), "Unknown operation", "there are "+strings.Join(slices.Sorted(maps.Keys(spelling.Methods)), ", "), "A %s has no method %s.", spelling.Noun, method)
			return
		}
		u.use(ref, entity, spelling, operations)
	case (ref.form == tsConstructorArgument || ref.form == tsAnonymous) && spelling.Constructed && len(entity.rest) == 0:
		u.construct(ref, entity, spelling)
	case spelling.Strict && !entity.hidden:
		remedy := "call one of its methods"
		if spelling.Ref != "" {
			remedy += ", or pass on a reference with permissions, as in " + u.m.names[ref.name].text + "." + spelling.Ref + "<...>()"
		}
		u.errorAt(u.m.at(ref.span), "Invalid reference to a "+spelling.Noun,
			remedy,
			"The %s %s cannot be assigned or passed around, because what the code does with it could no longer be seen.", spelling.Noun, u.spell(ref))
	}
}

// construct records a resource that is given to a class, or made where it is used: Encore permits it, and what is done
// with it then is not known, so that it is everything.
func (u *tsUses) construct(ref *tsRef, entity tsEntity, spelling *source.TypeScriptSpelling) {
	var operations []string
	for _, method := range slices.Sorted(maps.Keys(spelling.Methods)) {
		operations = append(operations, spelling.Methods[method]...)
	}
	entity.hidden = true
	u.use(ref, entity, spelling, operations)
}

func (u *tsUses) linkNarrowing(ref *tsRef, entity tsEntity, spelling *source.TypeScriptSpelling) {
	operations, ok := []string(nil), false
	if ref.types != nil {
		operations, ok = u.linker.permissions(u.m, *ref.types, entity.decl.spelling, &tsSteps{})
	}
	if !ok {
		u.errorAt(u.m.at(ref.span), "Reference without known permissions",
			fmt.Sprintf("give permissions of %s joined by &, as in %s<%s>()", spelling.Module, u.spell(ref), strings.Join(slices.Sorted(maps.Keys(spelling.Permissions))[:1], "")),
			"The type argument of %s does not say what the reference may do.", u.spell(ref))
		return
	}
	u.use(ref, entity, spelling, operations)
}

// use records one use per operation, unless the place permits none.
func (u *tsUses) use(ref *tsRef, entity tsEntity, spelling *source.TypeScriptSpelling, operations []string) {
	decl, at := entity.decl, u.m.at(ref.span)
	if u.m.service == "" && spelling.Outside != source.OutsideAllowed {
		u.errorAt(at, "Used outside a service",
			"use it within a service, and pass it, or what was read from it, to shared code",
			"The %s %q is used in %s, which belongs to no service.", spelling.Noun, decl.Name, u.m.path)
		return
	}
	through := ""
	if entity.hidden || decl.Service != u.m.service {
		through = u.spell(ref)
	}
	unlisted := entity.hidden || ref.form == tsAnonymous && decl.Symbol == "" || spelling.ByDeclaration && decl.Service != u.m.service
	for _, operation := range operations {
		u.uses = append(u.uses, source.Use{
			Kind: decl.Kind, Name: decl.Name, Parent: decl.Parent, Operation: operation, Package: u.m.path, Service: u.m.service, Part: u.m.partName(ref.part),
			Through: through, Unlisted: unlisted, At: at,
		})
	}
}
