package extraction

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// holder is what a constructor call is bound to.
type holder struct {
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
func holding(ancestors []syntax.Node) holder {
	h := holder{direct: true}
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
func (r *reader) declaration(n syntax.Node, ancestors []syntax.Node) bool {
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
		if role, ok := r.RoleOf(n.Callee); ok {
			r.construct(role, n, n.Arguments, n.Types, ancestors)
		}
		r.warnWhole(n.Callee)
	case *syntax.Call:
		r.warnWhole(n.Callee)
		switch callee := syntax.Unwrap(n.Callee).(type) {
		case *syntax.Identifier:
			if role, ok := r.RoleOf(callee); ok {
				r.construct(role, n, n.Arguments, n.Types, ancestors)
			}
		case *syntax.Member:
			if role, ok := r.RoleOf(callee.Object); ok {
				r.method(role, callee.Name, n, ancestors)
			}
		case *syntax.Meta:
			r.DynamicImport(n, ancestors)
		}
	}
	return true
}

// warnWhole tells of a declaration through a module that is imported as a whole: Encore does not see it.
func (r *reader) warnWhole(callee syntax.Expression) {
	if len(r.Wholes) == 0 {
		return
	}
	member, ok := syntax.Unwrap(callee).(*syntax.Member)
	if !ok {
		return
	}
	id, ok := syntax.Unwrap(member.Object).(*syntax.Identifier)
	if !ok || id.Binding == nil || r.Wholes[id.Binding] == "" {
		return
	}
	module := r.Wholes[id.Binding]
	if _, known := r.Language.Names[module][member.Name]; !known {
		return
	}
	r.Module.Diags = append(r.Module.Diags, diagnostic.Warning(r.At(member), "Declaration that Encore does not see", fmt.Sprintf("write import { %s } from %q", member.Name, module),
		"Encore recognises %s only when it is imported by name, so that this declares nothing.", member.Name))
}

// construct reads new X(...) and x(...).
func (r *reader) construct(role vocabulary.Framework, n syntax.Expression, arguments []syntax.Expression, types []syntax.Type, ancestors []syntax.Node) {
	_, isNew := n.(*syntax.New)
	switch role.Role {
	case vocabulary.Constructor:
		if spelling := &r.Language.Spellings[role.Spelling]; isNew != spelling.Function {
			r.resource(role, spelling, n, arguments, types, ancestors)
		}
	case vocabulary.Service:
		if isNew {
			r.service(n, arguments, ancestors)
		}
	case vocabulary.Gateway:
		if isNew {
			r.gateway(n, arguments)
		}
	case vocabulary.Endpoint:
		if call, ok := n.(*syntax.Call); ok {
			r.endpoint("", call, ancestors)
		}
	case vocabulary.AuthHandler:
		if call, ok := n.(*syntax.Call); ok {
			r.authHandler(call, ancestors)
		}
	case vocabulary.Middleware:
		if !isNew {
			r.middleware(n, arguments, ancestors)
		}
	}
}

// method reads X.name(...), where X is a name of the framework.
func (r *reader) method(role vocabulary.Framework, name string, n *syntax.Call, ancestors []syntax.Node) {
	switch role.Role {
	case vocabulary.Endpoint:
		r.endpoint(name, n, ancestors)
	case vocabulary.Constructor:
		if spelling := &r.Language.Spellings[role.Spelling]; spelling.Named != "" && spelling.Named == name {
			decl := r.newDecl(role, n)
			decl.Reference = true
			r.readName(decl, spelling, n.Arguments, 0)
			r.bind(decl, n, ancestors)
		}
	}
}

func (r *reader) newDecl(role vocabulary.Framework, n syntax.Expression) *facts.Decl {
	return &facts.Decl{
		Decl: source.Decl{
			Kind: r.Language.Spellings[role.Spelling].Kind, Package: r.Module.Dir, Constructor: role.Name,
			Config: source.Value{Kind: source.Object, At: r.At(n)}, At: r.At(n),
		},
		Spelling:     role.Spelling,
		ParentTarget: facts.Target{Name: -1},
		Readable:     true,
	}
}

// readName reads the name argument, which must be a plain text.
func (r *reader) readName(decl *facts.Decl, spelling *source.TypeScriptSpelling, arguments []syntax.Expression, index int) {
	if index >= len(arguments) {
		decl.Invalid = true
		r.Module.Error(decl.At, "Missing name", "give it one as a string", "The %s has no name.", spelling.Noun)
		return
	}
	decl.NameAt = r.At(arguments[index])
	name, ok := syntax.Unwrap(arguments[index]).(*syntax.String)
	if !ok {
		decl.Invalid = true
		r.Module.Error(decl.NameAt, "Name is not a literal",
			"write the name here as a string literal",
			"The name of a %s is read without running the program, and %s has to be run to be known.", spelling.Noun, describe(arguments[index]))
		return
	}
	decl.Name = name.Value
	if problem, hint := source.CheckName(spelling.Grammar, decl.Name); problem != "" {
		decl.Invalid = true
		r.Module.Error(decl.NameAt, "Invalid "+spelling.Noun+" name", hint, "The name %q cannot be used: %s.", decl.Name, problem)
	}
}

// resource reads a declaration of a resource.
func (r *reader) resource(role vocabulary.Framework, spelling *source.TypeScriptSpelling, n syntax.Expression, arguments []syntax.Expression, types []syntax.Type, ancestors []syntax.Node) {
	decl := r.newDecl(role, n)
	if spelling.Root {
		r.root()
	}
	h := holding(ancestors)
	if spelling.Global {
		if function := functionAround(ancestors); function != nil {
			r.Module.Error(decl.At, "Declared within a function", "move the declaration out of the function and use the variable inside", "A %s must be declared at the top level of its module: Encore reads it without running the program.", spelling.Noun)
			return
		}
		if h.binding == nil {
			r.Module.Error(decl.At, "Bound to no variable", fmt.Sprintf("write const name = %s(...) at the top level of the module", role.Name), "A %s must be bound to a variable.", spelling.Noun)
			return
		}
	}
	if h.pattern != nil {
		decl.Invalid = true
		r.Module.Error(r.At(h.pattern), "Declaration taken apart", "bind it to a variable of its own first", "The %s is declared here and taken apart at once, so that its uses could no longer be seen.", spelling.Noun)
	}
	for _, argument := range arguments {
		if _, isSpread := argument.(*syntax.Spread); isSpread {
			decl.Invalid, decl.Readable = true, false
			r.Module.Error(r.At(argument), "Arguments are not a literal", "write them out", "The arguments of a %s are read without running the program, and a spread list has to be run to be known.", spelling.Noun)
			return
		}
	}
	if spelling.TypeArgument != "" && len(types) == 0 {
		decl.Invalid = true
		r.Module.Error(decl.At, "Missing type argument", fmt.Sprintf("write it between angle brackets, as in new %s<...>(...)", role.Name), "A %s must say %s.", spelling.Noun, spelling.TypeArgument)
	}
	if spelling.NameArg >= 0 {
		r.readName(decl, spelling, arguments, spelling.NameArg)
	}
	r.readParent(decl, spelling, arguments)
	r.readConfig(decl, spelling, arguments)
	r.bind(decl, n, ancestors)
}

func (r *reader) readParent(decl *facts.Decl, spelling *source.TypeScriptSpelling, arguments []syntax.Expression) {
	if spelling.ParentArg < 0 {
		return
	}
	if spelling.ParentArg >= len(arguments) {
		decl.Invalid = true
		r.Module.Error(decl.At, "Missing "+spelling.ParentKind, fmt.Sprintf("give the %s as an argument", spelling.ParentKind), "The %s does not say which %s it belongs to.", spelling.Noun, spelling.ParentKind)
		return
	}
	argument := arguments[spelling.ParentArg]
	decl.ParentAt = r.At(argument)
	// What it names can be declared further down, so it is looked up when all names are known.
	decl.ParentTarget.Path = []string{r.Text(argument)}
	r.parents = append(r.parents, parentArgument{decl, argument})
}

func (r *reader) readConfig(decl *facts.Decl, spelling *source.TypeScriptSpelling, arguments []syntax.Expression) {
	if spelling.ConfigArg < 0 {
		return
	}
	if spelling.ConfigArg >= len(arguments) {
		if spelling.ConfigRequired && !decl.Invalid {
			decl.Invalid = true
			r.Module.Error(decl.At, "Missing settings", "give them as an object literal, {...}", "The %s has no settings.", spelling.Noun)
		}
		return
	}
	r.configs = append(r.configs, configArgument{decl, spelling, arguments[spelling.ConfigArg]})
}

// parentArgument and configArgument are arguments that name things of the file, which are read when all names are known.
type parentArgument struct {
	decl     *facts.Decl
	argument syntax.Expression
}

type configArgument struct {
	decl     *facts.Decl
	spelling *source.TypeScriptSpelling
	argument syntax.Expression
}

// finishDecls reads the arguments of declarations that name other things.
func (r *reader) finishDecls() {
	for _, parent := range r.parents {
		if name, names, ok := r.Chain(parent.argument); ok {
			parent.decl.ParentTarget = facts.Target{Name: name, Path: names}
		}
	}
	for _, config := range r.configs {
		literals := literalReader{r: r, opaque: config.spelling.Opaque, references: config.spelling.References, durations: config.spelling.Durations}
		value, ok := literals.object(config.argument)
		if !ok {
			config.decl.Invalid, config.decl.Readable = true, false
			continue
		}
		config.decl.Config, config.decl.References = value, literals.found
	}
	for _, gateway := range r.waiting {
		if name, names, ok := r.Chain(gateway.argument); ok {
			gateway.decl.Auth = facts.Target{Name: name, Path: names}
		}
	}
}

// bind tells what holds the declared resource. One that nothing holds is used where it stands.
func (r *reader) bind(decl *facts.Decl, n syntax.Expression, ancestors []syntax.Node) {
	index := int32(len(r.Module.Decls))
	r.Module.Decls = append(r.Module.Decls, decl)
	h := holding(ancestors)
	switch {
	case h.binding != nil:
		decl.Symbol = h.name
		name := r.Follow(h.binding, facts.Name{Text: h.name, Direct: h.direct})
		r.Module.Names[name].Decls = append(r.Module.Names[name].Decls, index)
		r.Module.Names[name].Direct = r.Module.Names[name].Direct && h.direct
	case h.isDefault:
		r.Module.Names = append(r.Module.Names, facts.Name{Text: "default", Decls: []int32{index}, Direct: true})
		r.Module.Exports["default"] = facts.Export{Local: int32(len(r.Module.Names) - 1), From: -1, Name: ""}
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
	r.Module.Names = append(r.Module.Names, facts.Name{Text: decl.Name, Decls: []int32{index}, Direct: true})
	ref := facts.Ref{Name: int32(len(r.Module.Names) - 1), Form: facts.Anonymous, Span: scope.SpanOf(n), Part: r.part}
	r.surroundings(&ref, n, ancestors)
	r.Module.Refs = append(r.Module.Refs, ref)
}

func last(ancestors []syntax.Node) syntax.Node {
	if len(ancestors) == 0 {
		return nil
	}
	return ancestors[len(ancestors)-1]
}
