package golang

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/source"
)

// goUses is what the references of one package come to. Packages are linked in parallel: by then the linker's tables
// no longer change.
type goUses struct {
	linker *goLinker
	p      *goPackage
	uses   []source.Use
	calls  []source.Call
	steps  []goStep
	// selected are the methods that parts call on values of other packages.
	selected []goSelected
	// deeds are what the parts do with resources, and the endpoints they call.
	deeds []goDeed
	diags hcl.Diagnostics
}

// linkUses links the references of every package.
func (l *goLinker) linkUses() {
	results := make([]goUses, len(l.packages))
	parallel.Each(len(results), func(i int) {
		results[i] = goUses{linker: l, p: l.packages[i]}
		results[i].link()
	})
	l.linkParts(results)
	uses, calls := 0, 0
	for i := range results {
		uses, calls = uses+len(results[i].uses), calls+len(results[i].calls)
	}
	l.result.Uses, l.result.Calls = make([]source.Use, 0, uses), make([]source.Call, 0, calls)
	for i := range results {
		l.result.Uses = append(l.result.Uses, results[i].uses...)
		l.result.Calls = append(l.result.Calls, results[i].calls...)
		l.diags = append(l.diags, results[i].diags...)
		results[i] = goUses{}
	}
}

func (u *goUses) link() {
	for _, file := range u.p.files {
		for i := range file.refs {
			u.linkRef(file, &file.refs[i])
		}
		file.refs = nil
	}
	for _, use := range u.p.implicit {
		u.linkImplicitUse(use)
	}
}

func (u *goUses) errorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	u.diags = append(u.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

// linkRef turns a reference into uses, calls or errors, once what it refers to is known.
func (u *goUses) linkRef(file *goFile, ref *goRef) {
	key, ok := u.linker.resolve(u.p, ref.target(file))
	if !ok {
		return
	}
	symbol := u.linker.symbols[key]
	u.step(key, ref, file)
	switch {
	case symbol == nil || ref.form == formTypeAgain:
	case symbol.endpoint != nil:
		u.linkCall(file, ref, symbol.endpoint)
	case symbol.auth != nil:
		u.linkAuthReference(file, ref, key)
	case symbol.structure && u.linker.service(key.dir) != u.p.service:
		u.errorAt(file.at(ref.at), "Service struct of another service",
			"call the service's endpoints, or move what both need into a type of its own",
			"%s is the service struct of the service %s, and only that service can name it.", ref, u.linker.service(key.dir))
	case symbol.config && u.linker.service(key.dir) != u.p.service:
		u.errorAt(file.at(ref.at), "Configuration of another service",
			"load what is needed in the service that needs it",
			"The configuration %s belongs to the service %s, and only that service has its values.", ref, u.linker.service(key.dir))
	default:
		for _, resource := range symbol.resources {
			u.linkUse(file, ref, resource)
		}
	}
}

func (u *goUses) linkCall(file *goFile, ref *goRef, endpoint *goEndpoint) {
	call := source.Call{
		Package: u.p.dir, Part: u.p.partName(ref.part), Service: u.p.service, TargetService: endpoint.Service, Endpoint: endpoint.Name,
		ReferenceOnly: ref.form == formReference, At: file.at(ref.at),
	}
	switch {
	case ref.form != formCall && ref.form != formReference:
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
			"%s belongs to no service, so it cannot call the endpoint %s.", source.DescribeDir(u.p.dir), ref)
		return
	}
	u.p.parts[ref.part].does = u.p.parts[ref.part].does || !call.ReferenceOnly
	u.calls = append(u.calls, call)
	if !call.ReferenceOnly {
		u.deeds = append(u.deeds, goDeed{part: u.p.firstPart + ref.part, of: u, first: int32(len(u.calls) - 1), isCall: true})
	}
}

func (u *goUses) linkAuthReference(file *goFile, ref *goRef, key goSymbolKey) {
	switch {
	case ref.form != formCall:
		u.errorAt(file.at(ref.at), "Auth handler used without calling it", "call it, or move what both need into a function of its own", "The auth handler %s can be called within its package and nothing else.", ref)
	case key.dir != u.p.dir:
		u.errorAt(file.at(ref.at), "Auth handler called from another package",
			"move what both need into a function of its own",
			"The auth handler %s can be called only within its own package.", ref)
	}
}

// linkUse records what a reference to a resource does.
func (u *goUses) linkUse(file *goFile, ref *goRef, resource goResource) {
	spelling := &u.linker.language.spellings[resource.decl.spelling]
	switch {
	case resource.decl.invalid || u.linker.isParent(ref):
	case resource.narrowed:
		// Within the service that narrowed it, the narrowing itself is the use.
		if u.p.service != resource.service {
			u.use(file, ref, resource.decl, strings.Split(resource.operations, ","))
		} else {
			u.deedNarrowed(resource.decl, file.at(ref.at), ref, strings.Split(resource.operations, ","))
		}
	case ref.form == formArgument && ref.callee.role == roleTestTool:
	case spelling.StructVar != "":
		if ref.form != formField && ref.form != formMethod || ref.method == resource.decl.Name {
			u.use(file, ref, resource.decl, []string{""})
		}
	case ref.form == formArgument && ref.callee.role == roleRef && u.linker.language.spellings[ref.callee.spelling].Kind == spelling.Kind:
		u.linkNarrowing(file, ref, resource.decl, spelling)
	case spelling.Methods == nil:
		u.use(file, ref, resource.decl, []string{""})
	case ref.form == formMethod:
		if operations := spelling.Methods[ref.method]; len(operations) > 0 {
			u.use(file, ref, resource.decl, operations)
		}
	case spelling.Strict:
		remedy := "call one of its methods"
		if spelling.Ref != "" {
			remedy += ", or pass it on through " + path.Base(spelling.Package) + "." + spelling.Ref
		}
		u.errorAt(file.at(ref.at), "Invalid reference to a "+spelling.Noun,
			remedy,
			"The %s %s (%s) cannot be assigned or passed around, because what the code does with it could no longer be seen.", spelling.Noun, ref, spelling.TypeName)
	default:
		u.use(file, ref, resource.decl, []string{""})
	}
}

func (u *goUses) linkNarrowing(file *goFile, ref *goRef, decl *goDecl, spelling *source.GoSpelling) {
	call := path.Base(spelling.Package) + "." + spelling.Ref
	operations, ok := u.linker.permissions(u.p, ref, spelling)
	if !ok {
		u.errorAt(file.at(ref.at), "Reference without known permissions",
			fmt.Sprintf("give a permission interface of %s, or an interface of the application that embeds only those", spelling.Package),
			"The type argument of %s does not say what the reference may do.", call)
		return
	}
	if spelling.Outside == source.OutsideMethods && u.p.service == "" {
		u.errorAt(file.at(ref.at), "Reference made outside a service",
			"make the reference in the service and pass it in",
			"%s must be called within a service, and %s belongs to none: the permission has to go to somebody.", call, source.DescribeDir(u.p.dir))
		return
	}
	u.addUse(decl, file.at(ref.at), ref.String(), holdKept, ref.part, operations)
}

// use records one use per operation, unless the place permits none.
func (u *goUses) use(file *goFile, ref *goRef, decl *goDecl, operations []string) {
	u.addUse(decl, file.at(ref.at), ref.String(), ref.hold, ref.part, operations)
}

func (u *goUses) addUse(decl *goDecl, at hcl.Range, spelled string, hold goHold, part int32, operations []string) {
	spelling := &u.linker.language.spellings[decl.spelling]
	service := u.p.service
	if service == "" && spelling.Outside == source.OutsideNone {
		u.errorAt(at, "Used outside a service",
			"use it within a service, and pass it, or what was read from it, to shared code",
			"The %s %q is used in %s, which belongs to no service.", spelling.Noun, decl.Name, source.DescribeDir(u.p.dir))
		return
	}
	through := ""
	if service != decl.Service {
		through = spelled
	}
	u.p.parts[part].does = true
	name := u.p.partName(part)
	for _, operation := range operations {
		u.uses = append(u.uses, source.Use{
			Kind: decl.Kind, Name: decl.Name, Parent: decl.Parent, Operation: operation,
			Package: u.p.dir, Part: name, Service: service, Through: through, Middleware: u.p.globalMiddleware(name), At: at,
		})
	}
	if last := len(u.uses); spelling.StructVar == "" && hold < holdKept {
		u.deeds = append(u.deeds, goDeed{part: u.p.firstPart + part, hold: hold, of: u, first: int32(last - len(operations)), last: int32(last)})
	}
}

// globalMiddleware returns the function's name when it is global middleware of the package, else "".
func (p *goPackage) globalMiddleware(function string) string {
	for _, middleware := range p.middleware {
		if middleware.Global && middleware.Name == function {
			return function
		}
	}
	return ""
}

// linkImplicitUse finds the resource that a package-level function such as sqldb.Exec means: the implicit one of the
// package or of the closest folder around it.
func (u *goUses) linkImplicitUse(use goImplicitUse) {
	spelling := &u.linker.language.spellings[use.spelling]
	for dir := u.p.dir; ; dir = path.Dir(dir) {
		if decl := u.linker.implicit[goSymbolKey{dir, spelling.Kind}]; decl != nil {
			u.addUse(decl, use.at, use.text, holdNot, use.part, []string{""})
			return
		}
		if dir == "." {
			break
		}
	}
	u.errorAt(use.at, "No "+spelling.Noun+" for a package-level call",
		fmt.Sprintf("call the method of a declared %s, as in db.%s", spelling.Noun, use.text[strings.LastIndexByte(use.text, '.')+1:]),
		"%s works on the %s that a folder %s declares in the service, and there is none here.", use.text, spelling.Noun, spelling.ImplicitDir)
}
