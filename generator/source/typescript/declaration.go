package typescript

import (
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/generator/diagnostic"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// tsHolding is what a constructor call is bound to.
type tsHolding struct {
	binding *syntax.Binding
	name    string
	// direct says that the variable is what the constructor returns, isDefault that the module's default export is.
	direct    bool
	isDefault bool
	pattern   syntax.Pattern // a pattern that takes the value apart
	// function is the function around the call, nil at the top level.
	function *syntax.Function
}

// holding finds the variable that holds a node: the innermost declaration around it, with no function in between.
func holding(ancestors []syntax.Node) tsHolding {
	h := tsHolding{direct: true}
	for i := len(ancestors) - 1; i >= 0; i-- {
		switch around := ancestors[i].(type) {
		case *syntax.Paren, *syntax.Cast:
		case *syntax.Declarator:
			id, ok := around.Target.(*syntax.Identifier)
			if !ok {
				h.pattern = around.Target
			} else if id.Name != "_" {
				h.binding, h.name = id.Binding, id.Name
			}
			h.function = functionAround(ancestors[:i])
			return h
		case *syntax.Export:
			h.isDefault = around.Name == "default" && h.direct
			return h
		case *syntax.Function:
			h.function = around
			return h
		case *syntax.ClassMember:
			h.function = functionAround(ancestors[:i])
			return h
		default:
			h.direct = false
		}
	}
	return h
}

func functionAround(ancestors []syntax.Node) *syntax.Function {
	for i := len(ancestors) - 1; i >= 0; i-- {
		if f, ok := ancestors[i].(*syntax.Function); ok {
			return f
		}
	}
	return nil
}

// declaration is called for every node of a file that imports something of the framework: it finds what the file
// declares.
func (r *tsReader) declaration(n syntax.Node, ancestors []syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.TypeReference, *syntax.ImportType, *syntax.TypeQuery, *syntax.LiteralType, *syntax.CombinedType,
		*syntax.ArrayType, *syntax.TupleType, *syntax.ParenType, *syntax.ObjectType, *syntax.OpaqueType,
		*syntax.Interface, *syntax.TypeAlias, *syntax.Import:
		return false // nothing that runs
	case *syntax.Declarator:
		if len(ancestors) == 1 {
			r.part = r.partOf(n.Target)
		}
	case *syntax.New:
		if role, ok := r.roleOf(n.Callee); ok {
			r.construct(role, n, n.Arguments, n.Types, ancestors)
		}
		r.warnWhole(n.Callee)
	case *syntax.Call:
		r.warnWhole(n.Callee)
		switch callee := syntax.Unwrap(n.Callee).(type) {
		case *syntax.Identifier:
			if role, ok := r.roleOf(callee); ok {
				r.construct(role, n, n.Arguments, n.Types, ancestors)
			}
		case *syntax.Member:
			if role, ok := r.roleOf(callee.Object); ok {
				r.method(role, callee.Name, n, ancestors)
			}
		case *syntax.Meta:
			r.dynamicImport(n, ancestors)
		}
	}
	return true
}

// warnWhole tells of a declaration through a module that is imported as a whole: Encore does not see it.
func (r *tsReader) warnWhole(callee syntax.Expression) {
	if len(r.wholes) == 0 {
		return
	}
	member, ok := syntax.Unwrap(callee).(*syntax.Member)
	if !ok {
		return
	}
	id, ok := syntax.Unwrap(member.Object).(*syntax.Identifier)
	if !ok || id.Binding == nil || r.wholes[id.Binding] == "" {
		return
	}
	module := r.wholes[id.Binding]
	if _, known := r.language.names[module][member.Name]; !known {
		return
	}
	r.m.diags = append(r.m.diags, diagnostic.Warning(r.at(member), "Declaration that Encore does not see", fmt.Sprintf("write import { %s } from %q", member.Name, module),
		"Encore recognises %s only when it is imported by name, so that this declares nothing.", member.Name))
}

func (r *tsReader) roleOf(e syntax.Expression) (tsFramework, bool) {
	id, ok := syntax.Unwrap(e).(*syntax.Identifier)
	if !ok || id.Binding == nil {
		return tsFramework{}, false
	}
	role, ok := r.framework[id.Binding]
	return role, ok
}

// construct reads new X(...) and x(...).
func (r *tsReader) construct(role tsFramework, n syntax.Expression, arguments []syntax.Expression, types []syntax.Type, ancestors []syntax.Node) {
	_, isNew := n.(*syntax.New)
	switch role.role {
	case tsConstructor:
		if spelling := &r.language.spellings[role.spelling]; isNew != spelling.Function {
			r.resource(role, spelling, n, arguments, types, ancestors)
		}
	case tsService:
		if isNew {
			r.service(n, arguments, ancestors)
		}
	case tsGateway:
		if isNew {
			r.gateway(n, arguments)
		}
	case tsEndpoint:
		if call, ok := n.(*syntax.Call); ok {
			r.endpoint("", call, ancestors)
		}
	case tsAuthHandler:
		if call, ok := n.(*syntax.Call); ok {
			r.authHandler(call, ancestors)
		}
	case tsMiddleware:
		if !isNew {
			r.middleware(n, arguments, ancestors)
		}
	}
}

// method reads X.name(...), where X is a name of the framework.
func (r *tsReader) method(role tsFramework, name string, n *syntax.Call, ancestors []syntax.Node) {
	switch role.role {
	case tsEndpoint:
		r.endpoint(name, n, ancestors)
	case tsConstructor:
		if spelling := &r.language.spellings[role.spelling]; spelling.Named != "" && spelling.Named == name {
			decl := r.newDecl(role, n)
			decl.Reference = true
			r.readName(decl, spelling, n.Arguments, 0)
			r.bind(decl, n, ancestors)
		}
	}
}

func (r *tsReader) newDecl(role tsFramework, n syntax.Expression) *tsDecl {
	return &tsDecl{
		Decl: source.Decl{
			Kind: r.language.spellings[role.spelling].Kind, Package: r.m.dir, Constructor: role.name,
			Config: source.Value{Kind: source.Object, At: r.at(n)}, At: r.at(n),
		},
		spelling: role.spelling,
		parent:   tsTarget{name: -1},
		readable: true,
	}
}

// readName reads the name argument, which must be a plain text.
func (r *tsReader) readName(decl *tsDecl, spelling *source.TypeScriptSpelling, arguments []syntax.Expression, index int) {
	if index >= len(arguments) {
		decl.invalid = true
		r.m.error(decl.At, "Missing name", "give it one as a string", "The %s has no name.", spelling.Noun)
		return
	}
	decl.NameAt = r.at(arguments[index])
	name, ok := syntax.Unwrap(arguments[index]).(*syntax.String)
	if !ok {
		decl.invalid = true
		r.m.error(decl.NameAt, "Name is not a literal",
			"write the name here as a string literal",
			"The name of a %s is read without running the program, and %s has to be run to be known.", spelling.Noun, describeTS(arguments[index]))
		return
	}
	decl.Name = name.Value
	if problem, hint := source.CheckName(spelling.Grammar, decl.Name); problem != "" {
		decl.invalid = true
		r.m.error(decl.NameAt, "Invalid "+spelling.Noun+" name", hint, "The name %q cannot be used: %s.", decl.Name, problem)
	}
}

// resource reads a declaration of a resource.
func (r *tsReader) resource(role tsFramework, spelling *source.TypeScriptSpelling, n syntax.Expression, arguments []syntax.Expression, types []syntax.Type, ancestors []syntax.Node) {
	decl := r.newDecl(role, n)
	if spelling.Root {
		r.root()
	}
	h := holding(ancestors)
	if spelling.Global {
		if function := functionAround(ancestors); function != nil {
			r.m.error(decl.At, "Declared within a function", "move the declaration out of the function and use the variable inside", "A %s must be declared at the top level of its module: Encore reads it without running the program.", spelling.Noun)
			return
		}
		if h.binding == nil {
			r.m.error(decl.At, "Bound to no variable", fmt.Sprintf("write const name = %s(...) at the top level of the module", role.name), "A %s must be bound to a variable.", spelling.Noun)
			return
		}
	}
	if h.pattern != nil {
		decl.invalid = true
		r.m.error(r.at(h.pattern), "Declaration taken apart", "bind it to a variable of its own first", "The %s is declared here and taken apart at once, so that its uses could no longer be seen.", spelling.Noun)
	}
	for _, argument := range arguments {
		if _, isSpread := argument.(*syntax.Spread); isSpread {
			decl.invalid, decl.readable = true, false
			r.m.error(r.at(argument), "Arguments are not a literal", "write them out", "The arguments of a %s are read without running the program, and a spread list has to be run to be known.", spelling.Noun)
			return
		}
	}
	if spelling.TypeArgument != "" && len(types) == 0 {
		decl.invalid = true
		r.m.error(decl.At, "Missing type argument", fmt.Sprintf("write it between angle brackets, as in new %s<...>(...)", role.name), "A %s must say %s.", spelling.Noun, spelling.TypeArgument)
	}
	if spelling.NameArg >= 0 {
		r.readName(decl, spelling, arguments, spelling.NameArg)
	}
	r.readParent(decl, spelling, arguments)
	r.readConfig(decl, spelling, arguments)
	r.bind(decl, n, ancestors)
}

func (r *tsReader) readParent(decl *tsDecl, spelling *source.TypeScriptSpelling, arguments []syntax.Expression) {
	if spelling.ParentArg < 0 {
		return
	}
	if spelling.ParentArg >= len(arguments) {
		decl.invalid = true
		r.m.error(decl.At, "Missing "+spelling.ParentKind, fmt.Sprintf("give the %s as an argument", spelling.ParentKind), "The %s does not say which %s it belongs to.", spelling.Noun, spelling.ParentKind)
		return
	}
	argument := arguments[spelling.ParentArg]
	decl.parentAt = r.at(argument)
	// What it names can be declared further down, so it is looked up when all names are known.
	decl.parent.path = []string{r.text(argument)}
	r.parents = append(r.parents, tsParent{decl, argument})
}

func (r *tsReader) readConfig(decl *tsDecl, spelling *source.TypeScriptSpelling, arguments []syntax.Expression) {
	if spelling.ConfigArg < 0 {
		return
	}
	if spelling.ConfigArg >= len(arguments) {
		if spelling.ConfigRequired && !decl.invalid {
			decl.invalid = true
			r.m.error(decl.At, "Missing settings", "give them as an object literal, {...}", "The %s has no settings.", spelling.Noun)
		}
		return
	}
	r.configs = append(r.configs, tsConfig{decl, spelling, arguments[spelling.ConfigArg]})
}

// tsParent and tsConfig are arguments that name things of the file, which are read when all names are known.
type tsParent struct {
	decl     *tsDecl
	argument syntax.Expression
}

type tsConfig struct {
	decl     *tsDecl
	spelling *source.TypeScriptSpelling
	argument syntax.Expression
}

// finishDecls reads the arguments of declarations that name other things.
func (r *tsReader) finishDecls() {
	for _, parent := range r.parents {
		if name, names, ok := r.chain(parent.argument); ok {
			parent.decl.parent = tsTarget{name, names}
		}
	}
	for _, config := range r.configs {
		literals := tsLiterals{r: r, opaque: config.spelling.Opaque, references: config.spelling.References, durations: config.spelling.Durations}
		value, ok := literals.object(config.argument)
		if !ok {
			config.decl.invalid, config.decl.readable = true, false
			continue
		}
		config.decl.Config, config.decl.references = value, literals.found
	}
	for _, gateway := range r.waiting {
		if name, names, ok := r.chain(gateway.argument); ok {
			gateway.decl.auth = tsTarget{name, names}
		}
	}
}

// bind tells what holds the declared resource. One that nothing holds is used where it stands.
func (r *tsReader) bind(decl *tsDecl, n syntax.Expression, ancestors []syntax.Node) {
	index := int32(len(r.m.decls))
	r.m.decls = append(r.m.decls, decl)
	h := holding(ancestors)
	switch {
	case h.binding != nil:
		decl.Symbol = h.name
		name := r.follow(h.binding, tsName{text: h.name, direct: h.direct})
		r.m.names[name].decls = append(r.m.names[name].decls, index)
		r.m.names[name].direct = r.m.names[name].direct && h.direct
	case h.isDefault:
		r.m.names = append(r.m.names, tsName{text: "default", decls: []int32{index}, direct: true})
		r.m.exports["default"] = tsExport{int32(len(r.m.names) - 1), -1, ""}
		return
	}
	if h.binding != nil && h.direct {
		return
	}
	if _, alone := last(ancestors).(*syntax.ExpressionStatement); alone || h.binding != nil && h.name == "_" {
		return
	}
	if declarator, ok := last(ancestors).(*syntax.Declarator); ok && h.binding == nil {
		if _, isName := declarator.Target.(*syntax.Identifier); isName {
			return // const _ = new ...
		}
	}
	r.m.names = append(r.m.names, tsName{text: decl.Name, decls: []int32{index}, direct: true})
	ref := tsRef{name: int32(len(r.m.names) - 1), form: tsAnonymous, span: spanOfNode(n), part: r.part}
	r.surroundings(&ref, n, ancestors)
	r.m.refs = append(r.m.refs, ref)
}

func last(ancestors []syntax.Node) syntax.Node {
	if len(ancestors) == 0 {
		return nil
	}
	return ancestors[len(ancestors)-1]
}

// dynamicImport reads import("m"): the names it gives are followed like those of an import statement.
func (r *tsReader) dynamicImport(n *syntax.Call, ancestors []syntax.Node) {
	if meta, ok := n.Callee.(*syntax.Meta); !ok || meta.Name != "import" || len(n.Arguments) == 0 {
		return
	}
	module, ok := n.Arguments[0].(*syntax.String)
	if !ok {
		return
	}
	index := r.addImport(module)
	entry := &r.m.imports[index]
	entry.runs, entry.dynamic = true, true
	entry.lazy = slices.ContainsFunc(ancestors, func(n syntax.Node) bool { _, ok := n.(*syntax.Function); return ok })
	if entry.module == "" && !entry.clients {
		return
	}
	r.m.names = append(r.m.names, tsName{text: module.Value, form: tsImported, source: index})
	name := int32(len(r.m.names) - 1)
	if r.dynamic == nil {
		r.dynamic = make(map[*syntax.Call]int32)
	}
	r.dynamic[n] = name
	// import("m").then((m) => ...) names it by a parameter.
	if len(ancestors) < 2 {
		return
	}
	then, isMember := ancestors[len(ancestors)-1].(*syntax.Member)
	call, isCall := ancestors[len(ancestors)-2].(*syntax.Call)
	if !isMember || !isCall || then.Name != "then" || len(call.Arguments) == 0 {
		return
	}
	function, isFunction := syntax.Unwrap(call.Arguments[0]).(*syntax.Function)
	if !isFunction || len(function.Parameters) == 0 {
		return
	}
	target := function.Parameters[0].Target
	for _, binding := range r.resolved.All {
		if binding.Kind != syntax.BindingParameter || binding.Node != syntax.Node(function.Parameters[0]) {
			continue
		}
		if names, ok := patternPath(target, binding); ok {
			r.follow(binding, tsName{text: binding.Name, form: tsAliased, source: name, path: names})
		}
	}
}

// readTypes keeps the top-level types that permissions and requests could be made of.
func (r *tsReader) readTypes() {
	for _, statement := range r.file.Statements {
		switch s := statement.(type) {
		case *syntax.Interface:
			t := tsType{other: len(s.Members) > 0, required: slices.ContainsFunc(s.Members, isRequired)}
			for _, extended := range s.Extends {
				part := r.readType(extended)
				t.parts = append(t.parts, part.parts...)
				t.other, t.required = t.other || part.other, t.required || part.required
			}
			r.addType(s.Name.Name, t)
		case *syntax.TypeAlias:
			if s.Type != nil {
				r.addType(s.Name.Name, r.readType(s.Type))
			}
		}
	}
}

func (r *tsReader) addType(name string, t tsType) {
	if r.m.types == nil {
		r.m.types = make(map[string]tsType)
	}
	if known, ok := r.m.types[name]; ok { // interfaces of one name are merged
		t.parts, t.other, t.required = append(known.parts, t.parts...), t.other || known.other, t.required || known.required
	}
	r.m.types[name] = t
}

func isRequired(member *syntax.TypeMember) bool {
	return !member.Optional && (member.Form == syntax.MemberProperty || member.Form == syntax.MemberMethod)
}

// readType reads a type as far as permissions and requests need it.
func (r *tsReader) readType(t syntax.Type) tsType {
	switch t := t.(type) {
	case *syntax.TypeReference:
		id := t.Path[0]
		if id.Binding == nil && len(t.Path) == 1 {
			switch id.Name {
			case "void", "undefined", "never":
				return tsType{}
			case "Partial":
				return tsType{other: true}
			}
			return tsType{other: true, required: true}
		}
		var path []string
		for _, part := range t.Path[1:] {
			path = append(path, part.Name)
		}
		if source, ok := r.typeImports[id.Binding]; ok {
			return tsType{parts: []tsTypeName{{source.source, append(slices.Clone(source.path), path...)}}}
		}
		return tsType{parts: []tsTypeName{{-1, append([]string{id.Name}, path...)}}}
	case *syntax.ParenType:
		return r.readType(t.Type)
	case *syntax.CombinedType:
		var all tsType
		for _, part := range t.Types {
			read := r.readType(part)
			all.parts = append(all.parts, read.parts...)
			all.other, all.required = all.other || read.other, all.required || read.required
		}
		if !t.Intersection {
			all.other = true
		}
		return all
	case *syntax.ObjectType:
		return tsType{other: true, required: slices.ContainsFunc(t.Members, isRequired)}
	}
	return tsType{other: true, required: true}
}
