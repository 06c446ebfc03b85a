package link

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/graph"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// outcome is what the references of one package come to. Packages are linked in parallel: by then the linker's tables
// no longer change.
type outcome struct {
	graph.Outcome
	linker *linker
	diags  hcl.Diagnostics
}

// linkUses links the references of every package.
func (l *linker) linkUses() {
	results := make([]outcome, len(l.packages))
	parallel.Each(len(results), func(i int) {
		results[i] = outcome{linker: l, Outcome: graph.Outcome{Package: l.packages[i]}}
		results[i].link()
	})
	outcomes := make([]*graph.Outcome, len(results))
	for i := range results {
		outcomes[i] = &results[i].Outcome
	}
	traced := graph.Trace(graph.Application{Packages: l.packages, ByDir: l.byDir, Roots: l.roots, Language: l.language}, outcomes)
	l.result.Packages, l.result.Loads, l.result.LoadCalls = traced.Packages, traced.Loads, traced.LoadCalls
	uses, calls := 0, 0
	for i := range results {
		uses, calls = uses+len(results[i].Uses), calls+len(results[i].Calls)
	}
	l.result.Uses, l.result.Calls = make([]source.Use, 0, uses), make([]source.Call, 0, calls)
	for i := range results {
		l.result.Uses = append(l.result.Uses, results[i].Uses...)
		l.result.Calls = append(l.result.Calls, results[i].Calls...)
		l.diags = append(l.diags, results[i].diags...)
		results[i] = outcome{}
	}
}

func (u *outcome) link() {
	for _, file := range u.Package.Files {
		for i := range file.Refs {
			u.linkRef(file, &file.Refs[i])
		}
		file.Refs = nil
	}
	for _, use := range u.Package.Implicit {
		u.linkImplicitUse(use)
	}
}

func (u *outcome) errorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	u.diags = append(u.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

// linkRef turns a reference into uses, calls or errors, once what it refers to is known.
func (u *outcome) linkRef(file *facts.File, ref *facts.Ref) {
	key, ok := u.linker.resolve(u.Package, ref.Target(file))
	if !ok {
		return
	}
	symbol := u.linker.symbols[key]
	u.step(key, ref, file)
	switch {
	case symbol == nil || ref.Form == facts.FormTypeAgain:
	case symbol.endpoint != nil:
		u.linkCall(file, ref, symbol.endpoint)
	case symbol.auth != nil:
		u.linkAuthReference(file, ref, key)
	case symbol.structure && u.linker.service(key.dir) != u.Package.Service:
		u.errorAt(file.At(ref.At), "Service struct of another service",
			"call the service's endpoints, or move what both need into a type of its own",
			"%s is the service struct of the service %s, and only that service can name it.", ref, u.linker.service(key.dir))
	case symbol.config && u.linker.service(key.dir) != u.Package.Service:
		u.errorAt(file.At(ref.At), "Configuration of another service",
			"load what is needed in the service that needs it",
			"The configuration %s belongs to the service %s, and only that service has its values.", ref, u.linker.service(key.dir))
	default:
		for _, resource := range symbol.resources {
			u.linkUse(file, ref, resource)
		}
	}
}

// step notes that a reference leads to a part of another package, and what is called there.
func (u *outcome) step(key symbolKey, ref *facts.Ref, file *facts.File) {
	owner := u.linker.byDir[key.dir]
	if owner == nil {
		return
	}
	if to, ok := owner.PartOf[key.name]; ok && owner != u.Package {
		u.Steps = append(u.Steps, graph.Step{From: u.Package.FirstPart + ref.Part, To: owner.FirstPart + to, Method: -1, Hold: ref.Hold, File: file, At: ref.At})
	}
	if ref.Form != facts.FormMethod && ref.Form != facts.FormField {
		return
	}
	if symbol := u.linker.symbols[key]; symbol == nil || len(symbol.resources) == 0 || symbol.resources[0].decl.Symbol != key.name {
		u.Selected = append(u.Selected, graph.Selected{Part: ref.Part, Name: ref.Method})
	}
}

func (u *outcome) linkCall(file *facts.File, ref *facts.Ref, endpoint *facts.Endpoint) {
	call := source.Call{
		Package: u.Package.Dir, Part: u.Package.PartName(ref.Part), Service: u.Package.Service, TargetService: endpoint.Service, Endpoint: endpoint.Name,
		ReferenceOnly: ref.Form == facts.FormReference, At: file.At(ref.At),
	}
	switch {
	case ref.Form != facts.FormCall && ref.Form != facts.FormReference:
		u.errorAt(call.At, "Endpoint used without calling it",
			"call it, inside a function literal if a function is needed",
			"The endpoint %s can be called, or named as a cron job's endpoint or a subscription's handler, and nothing else: Encore replaces its calls.", ref)
		return
	case endpoint.Raw:
		u.errorAt(call.At, "Call of a raw endpoint", "share a function with it, or give it a typed signature", "The raw endpoint %s cannot be called from within the application.", ref)
		return
	case call.Service == "":
		u.errorAt(call.At, "Endpoint called outside a service",
			"move the call into a service",
			"%s belongs to no service, so it cannot call the endpoint %s.", source.DescribeDir(u.Package.Dir), ref)
		return
	}
	u.Package.Parts[ref.Part].Does = u.Package.Parts[ref.Part].Does || !call.ReferenceOnly
	u.Calls = append(u.Calls, call)
	if !call.ReferenceOnly {
		u.Effects = append(u.Effects, graph.Effect{Part: u.Package.FirstPart + ref.Part, Of: &u.Outcome, First: int32(len(u.Calls) - 1), IsCall: true})
	}
}

func (u *outcome) linkAuthReference(file *facts.File, ref *facts.Ref, key symbolKey) {
	switch {
	case ref.Form != facts.FormCall:
		u.errorAt(file.At(ref.At), "Auth handler used without calling it", "call it, or move what both need into a function of its own", "The auth handler %s can be called within its package and nothing else.", ref)
	case key.dir != u.Package.Dir:
		u.errorAt(file.At(ref.At), "Auth handler called from another package",
			"move what both need into a function of its own",
			"The auth handler %s can be called only within its own package.", ref)
	}
}

// linkUse records what a reference to a resource does.
func (u *outcome) linkUse(file *facts.File, ref *facts.Ref, resource namedResource) {
	spelling := &u.linker.language.Spellings[resource.decl.Spelling]
	switch {
	case resource.decl.Invalid || u.linker.isParent(ref):
	case resource.narrowed:
		// Within the service that narrowed it, the narrowing itself is the use.
		if u.Package.Service != resource.service {
			u.use(file, ref, resource.decl, strings.Split(resource.operations, ","))
		} else {
			u.noteNarrowed(resource.decl, file.At(ref.At), ref, strings.Split(resource.operations, ","))
		}
	case ref.Form == facts.FormArgument && ref.Callee.Role == vocabulary.RoleTestTool:
	case spelling.StructVar != "":
		if ref.Form != facts.FormField && ref.Form != facts.FormMethod || ref.Method == resource.decl.Name {
			u.use(file, ref, resource.decl, []string{""})
		}
	case ref.Form == facts.FormArgument && ref.Callee.Role == vocabulary.RoleRef && u.linker.language.Spellings[ref.Callee.Spelling].Kind == spelling.Kind:
		u.linkNarrowing(file, ref, resource.decl, spelling)
	case spelling.Methods == nil:
		u.use(file, ref, resource.decl, []string{""})
	case ref.Form == facts.FormMethod:
		if operations := spelling.Methods[ref.Method]; len(operations) > 0 {
			u.use(file, ref, resource.decl, operations)
		}
	case spelling.Strict:
		remedy := "call one of its methods"
		if spelling.Ref != "" {
			remedy += ", or pass it on through " + path.Base(spelling.Package) + "." + spelling.Ref
		}
		u.errorAt(file.At(ref.At), "Invalid reference to a "+spelling.Noun,
			remedy,
			"The %s %s (%s) cannot be assigned or passed around, because what the code does with it could no longer be seen.", spelling.Noun, ref, spelling.TypeName)
	default:
		u.use(file, ref, resource.decl, []string{""})
	}
}

func (u *outcome) linkNarrowing(file *facts.File, ref *facts.Ref, decl *facts.Decl, spelling *source.GoSpelling) {
	call := path.Base(spelling.Package) + "." + spelling.Ref
	operations, ok := u.linker.permissions(u.Package, ref, spelling)
	if !ok {
		u.errorAt(file.At(ref.At), "Reference without known permissions",
			fmt.Sprintf("give a permission interface of %s, or an interface of the application that embeds only those", spelling.Package),
			"The type argument of %s does not say what the reference may do.", call)
		return
	}
	if spelling.Outside == source.OutsideMethods && u.Package.Service == "" {
		u.errorAt(file.At(ref.At), "Reference made outside a service",
			"make the reference in the service and pass it in",
			"%s must be called within a service, and %s belongs to none: the permission has to go to somebody.", call, source.DescribeDir(u.Package.Dir))
		return
	}
	u.addUse(decl, file.At(ref.At), ref.String(), facts.HoldKept, ref.Part, operations)
}

// use records one use per operation, unless the place permits none.
func (u *outcome) use(file *facts.File, ref *facts.Ref, decl *facts.Decl, operations []string) {
	u.addUse(decl, file.At(ref.At), ref.String(), ref.Hold, ref.Part, operations)
}

func (u *outcome) addUse(decl *facts.Decl, at hcl.Range, spelled string, hold facts.Hold, part int32, operations []string) {
	spelling := &u.linker.language.Spellings[decl.Spelling]
	service := u.Package.Service
	if service == "" && spelling.Outside == source.OutsideNone {
		u.errorAt(at, "Used outside a service",
			"use it within a service, and pass it, or what was read from it, to shared code",
			"The %s %q is used in %s, which belongs to no service.", spelling.Noun, decl.Name, source.DescribeDir(u.Package.Dir))
		return
	}
	through := ""
	if service != decl.Service {
		through = spelled
	}
	u.Package.Parts[part].Does = true
	name := u.Package.PartName(part)
	for _, operation := range operations {
		u.Uses = append(u.Uses, source.Use{
			Kind: decl.Kind, Name: decl.Name, Parent: decl.Parent, Operation: operation,
			Package: u.Package.Dir, Part: name, Service: service, Through: through, Middleware: u.Package.GlobalMiddleware(name), At: at,
		})
	}
	if last := len(u.Uses); spelling.StructVar == "" && hold < facts.HoldKept {
		u.Effects = append(u.Effects, graph.Effect{Part: u.Package.FirstPart + part, Hold: hold, Of: &u.Outcome, First: int32(last - len(operations)), Last: int32(last)})
	}
}

// noteNarrowed notes a use of a reference in the service that made it.
func (u *outcome) noteNarrowed(decl *facts.Decl, at hcl.Range, ref *facts.Ref, operations []string) {
	var uses []source.Use
	for _, operation := range operations {
		uses = append(uses, source.Use{Kind: decl.Kind, Name: decl.Name, Parent: decl.Parent, Operation: operation, At: at})
	}
	u.Effects = append(u.Effects, graph.Effect{Part: u.Package.FirstPart + ref.Part, Hold: ref.Hold, Narrowed: uses})
}

// linkImplicitUse finds the resource that a package-level function such as sqldb.Exec means: the implicit one of the
// package or of the closest folder around it.
func (u *outcome) linkImplicitUse(use facts.ImplicitUse) {
	spelling := &u.linker.language.Spellings[use.Spelling]
	for dir := u.Package.Dir; ; dir = path.Dir(dir) {
		if decl := u.linker.implicit[symbolKey{dir, spelling.Kind}]; decl != nil {
			u.addUse(decl, use.At, use.Text, facts.HoldNot, use.Part, []string{""})
			return
		}
		if dir == "." {
			break
		}
	}
	u.errorAt(use.At, "No "+spelling.Noun+" for a package-level call",
		fmt.Sprintf("call the method of a declared %s, as in db.%s", spelling.Noun, use.Text[strings.LastIndexByte(use.Text, '.')+1:]),
		"%s works on the %s that a folder %s declares in the service, and there is none here.", use.Text, spelling.Noun, spelling.ImplicitDir)
}
