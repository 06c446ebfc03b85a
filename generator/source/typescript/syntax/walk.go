package syntax

// Some functions are longer than they should be: each is one switch over the node types.

// Walk calls visit for n and everything below it, in source order, with the nodes around it: the outermost first, the
// parent last. The slice is reused; copy it to keep it. When visit returns false, what is below the node is left out.
func Walk(n Node, visit func(n Node, ancestors []Node) bool) {
	var stack []Node
	var step func(Node)
	step = func(n Node) {
		if !visit(n, stack) {
			return
		}
		stack = append(stack, n)
		children(n, step)
		stack = stack[:len(stack)-1]
	}
	step(n)
}

// each calls f for every node of a list.
func each[N Node](list []N, f func(Node)) {
	for _, n := range list {
		f(n)
	}
}

func expressions(f func(Node), list ...Expression) {
	for _, e := range list {
		if e != nil {
			f(e)
		}
	}
}

func statements(f func(Node), list ...Statement) {
	for _, s := range list {
		if s != nil {
			f(s)
		}
	}
}

func types(f func(Node), list ...Type) {
	for _, t := range list {
		if t != nil {
			f(t)
		}
	}
}

func identifiers(f func(Node), list ...*Identifier) {
	for _, id := range list {
		if id != nil {
			f(id)
		}
	}
}

// children calls f for every node directly below n, in source order.
func children(n Node, f func(Node)) {
	switch n := n.(type) {
	case *File:
		statements(f, n.Statements...)
	case Type:
		typeChildren(n, f)
	case *Variables, *Function, *Class, *Enum, *Namespace, *Interface, *TypeAlias, *Import, *ImportAlias, *ExportStatement:
		declarationChildren(n, f)
	case Statement:
		statementChildren(n, f)
	case Expression:
		expressionChildren(n, f)
	default:
		partChildren(n, f)
	}
}

func declarationChildren(n Node, f func(Node)) {
	switch n := n.(type) {
	case *Variables:
		each(n.Declarators, f)
	case *Function:
		identifiers(f, n.Name)
		each(n.Generics, f)
		each(n.Parameters, f)
		types(f, n.Returns)
		if n.Body != nil {
			f(n.Body)
		}
		expressions(f, n.Result)
	case *Class:
		expressions(f, n.Decorators...)
		identifiers(f, n.Name)
		each(n.Generics, f)
		expressions(f, n.Base)
		types(f, n.BaseArguments...)
		types(f, n.Implements...)
		each(n.Members, f)
	case *Enum:
		identifiers(f, n.Name)
		each(n.Members, f)
	case *Namespace:
		identifiers(f, n.Path...)
		statements(f, n.Body...)
	case *Interface:
		identifiers(f, n.Name)
		each(n.Generics, f)
		types(f, n.Extends...)
		each(n.Members, f)
	case *TypeAlias:
		identifiers(f, n.Name)
		each(n.Generics, f)
		types(f, n.Type)
	case *Import:
		identifiers(f, n.Default, n.Namespace)
		each(n.Named, f)
	case *ImportAlias:
		identifiers(f, n.Name)
		identifiers(f, n.Path...)
	case *ExportStatement:
		each(n.Exports, f)
	}
}

func statementChildren(n Node, f func(Node)) {
	switch n := n.(type) {
	case *ExpressionStatement:
		f(n.Expression)
	case *Block:
		statements(f, n.Statements...)
	case *If:
		f(n.Condition)
		statements(f, n.Then, n.Else)
	case *For:
		statements(f, n.Init)
		expressions(f, n.Condition, n.Update)
		statements(f, n.Body)
	case *ForEach:
		statements(f, n.Target)
		expressions(f, n.Over)
		statements(f, n.Body)
	case *While:
		if n.Do {
			statements(f, n.Body)
		}
		f(n.Condition)
		if !n.Do {
			statements(f, n.Body)
		}
	case *Switch:
		f(n.Value)
		each(n.Cases, f)
	case *Try:
		f(n.Body)
		if n.Parameter != nil {
			f(n.Parameter)
		}
		if n.Catch != nil {
			f(n.Catch)
		}
		if n.Finally != nil {
			f(n.Finally)
		}
	case *Return:
		expressions(f, n.Value)
	case *Throw:
		expressions(f, n.Value)
	case *Labeled:
		statements(f, n.Body)
	case *With:
		f(n.Object)
		statements(f, n.Body)
	}
}

func expressionChildren(n Node, f func(Node)) {
	switch n := n.(type) {
	case *Template:
		expressions(f, n.Values...)
	case *TaggedTemplate:
		f(n.Tag)
		types(f, n.Types...)
		f(n.Template)
	case *Member:
		f(n.Object)
	case *Index:
		f(n.Object)
		f(n.Key)
	case *Call:
		f(n.Callee)
		types(f, n.Types...)
		expressions(f, n.Arguments...)
	case *New:
		f(n.Callee)
		types(f, n.Types...)
		expressions(f, n.Arguments...)
	case *Instantiation:
		f(n.Value)
		types(f, n.Types...)
	case *Spread:
		f(n.Value)
	case *Object:
		each(n.Properties, f)
	case *Array:
		expressions(f, n.Elements...)
	case *Paren:
		f(n.Value)
	case *Unary:
		f(n.Value)
	case *Binary:
		f(n.Left)
		f(n.Right)
	case *Assign:
		f(n.Target)
		f(n.Value)
	case *Sequence:
		expressions(f, n.Values...)
	case *Conditional:
		f(n.Condition)
		f(n.Then)
		f(n.Else)
	case *Await:
		f(n.Value)
	case *Yield:
		expressions(f, n.Value)
	case *Cast:
		if n.Form == CastAngle {
			types(f, n.Type)
			f(n.Value)
		} else {
			f(n.Value)
			types(f, n.Type)
		}
	case *JSX:
		expressions(f, n.Tag)
		types(f, n.Types...)
		each(n.Attributes, f)
		expressions(f, n.Children...)
	}
}

func typeChildren(n Type, f func(Node)) {
	switch n := n.(type) {
	case *TypeReference:
		identifiers(f, n.Path...)
		types(f, n.Arguments...)
	case *ImportType:
		types(f, n.Arguments...)
	case *TypeQuery:
		identifiers(f, n.Path...)
		types(f, n.Arguments...)
	case *LiteralType:
		f(n.Value)
	case *CombinedType:
		types(f, n.Types...)
	case *ArrayType:
		types(f, n.Element)
	case *TupleType:
		types(f, n.Elements...)
	case *ParenType:
		types(f, n.Type)
	case *ObjectType:
		each(n.Members, f)
	}
}

// partChildren serves what is neither statement nor expression nor type.
func partChildren(n Node, f func(Node)) {
	switch n := n.(type) {
	case *Declarator:
		f(n.Target)
		types(f, n.Type)
		expressions(f, n.Value)
	case *ObjectPattern:
		each(n.Properties, f)
		if n.Rest != nil {
			f(n.Rest)
		}
	case *PatternProperty:
		expressions(f, n.Name.Computed)
		f(n.Target)
		expressions(f, n.Default)
	case *ArrayPattern:
		for _, e := range n.Elements {
			if e != nil {
				f(e)
			}
		}
		if n.Rest != nil {
			f(n.Rest)
		}
	case *PatternElement:
		f(n.Target)
		expressions(f, n.Default)
	case *Parameter:
		expressions(f, n.Decorators...)
		f(n.Target)
		types(f, n.Type)
		expressions(f, n.Default)
	case *ClassMember:
		expressions(f, n.Decorators...)
		expressions(f, n.Name.Computed)
		types(f, n.Type)
		expressions(f, n.Value)
		if n.Function != nil {
			f(n.Function)
		}
	case *Property:
		expressions(f, n.Name.Computed, n.Value, n.Default)
	case *EnumMember:
		expressions(f, n.Name.Computed, n.Value)
	case *TypeMember:
		expressions(f, n.Name.Computed)
		types(f, n.Type)
	case *TypeParameter:
		identifiers(f, n.Name)
		types(f, n.Constraint, n.Default)
	case *ImportName:
		identifiers(f, n.Local)
	case *Export:
		if n.From == nil && n.Declaration == nil {
			identifiers(f, n.Local)
			expressions(f, n.Value)
		}
	case *Case:
		expressions(f, n.Value)
		statements(f, n.Statements...)
	case *JSXAttribute:
		expressions(f, n.Value)
	}
}
