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

func walkStatements(f func(Node), list ...Statement) {
	for _, s := range list {
		if s != nil {
			f(s)
		}
	}
}

func walkTypes(f func(Node), list ...Type) {
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
		walkStatements(f, n.Statements...)
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
		walkTypes(f, n.Returns)
		if n.Body != nil {
			f(n.Body)
		}
		expressions(f, n.Result)
	case *Class:
		expressions(f, n.Decorators...)
		identifiers(f, n.Name)
		each(n.Generics, f)
		expressions(f, n.Base)
		walkTypes(f, n.BaseArguments...)
		walkTypes(f, n.Implements...)
		each(n.Members, f)
	case *Enum:
		identifiers(f, n.Name)
		each(n.Members, f)
	case *Namespace:
		identifiers(f, n.Path...)
		walkStatements(f, n.Body...)
	case *Interface:
		identifiers(f, n.Name)
		each(n.Generics, f)
		walkTypes(f, n.Extends...)
		each(n.Members, f)
	case *TypeAlias:
		identifiers(f, n.Name)
		each(n.Generics, f)
		walkTypes(f, n.Type)
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
		walkStatements(f, n.Statements...)
	case *If:
		f(n.Condition)
		walkStatements(f, n.Then, n.Else)
	case *For:
		walkStatements(f, n.Init)
		expressions(f, n.Condition, n.Update)
		walkStatements(f, n.Body)
	case *ForEach:
		walkStatements(f, n.Target)
		expressions(f, n.Over)
		walkStatements(f, n.Body)
	case *While:
		if n.Do {
			walkStatements(f, n.Body)
		}
		f(n.Condition)
		if !n.Do {
			walkStatements(f, n.Body)
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
		walkStatements(f, n.Body)
	case *With:
		f(n.Object)
		walkStatements(f, n.Body)
	}
}

func expressionChildren(n Node, f func(Node)) {
	switch n := n.(type) {
	case *Template:
		expressions(f, n.Values...)
	case *TaggedTemplate:
		f(n.Tag)
		walkTypes(f, n.Types...)
		f(n.Template)
	case *Member:
		f(n.Object)
	case *Index:
		f(n.Object)
		f(n.Key)
	case *Call:
		f(n.Callee)
		walkTypes(f, n.Types...)
		expressions(f, n.Arguments...)
	case *New:
		f(n.Callee)
		walkTypes(f, n.Types...)
		expressions(f, n.Arguments...)
	case *Instantiation:
		f(n.Value)
		walkTypes(f, n.Types...)
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
			walkTypes(f, n.Type)
			f(n.Value)
		} else {
			f(n.Value)
			walkTypes(f, n.Type)
		}
	case *JSX:
		expressions(f, n.Tag)
		walkTypes(f, n.Types...)
		each(n.Attributes, f)
		expressions(f, n.Children...)
	}
}

func typeChildren(n Type, f func(Node)) {
	switch n := n.(type) {
	case *TypeReference:
		identifiers(f, n.Path...)
		walkTypes(f, n.Arguments...)
	case *ImportType:
		walkTypes(f, n.Arguments...)
	case *TypeQuery:
		identifiers(f, n.Path...)
		walkTypes(f, n.Arguments...)
	case *LiteralType:
		f(n.Value)
	case *CombinedType:
		walkTypes(f, n.Types...)
	case *ArrayType:
		walkTypes(f, n.Element)
	case *TupleType:
		walkTypes(f, n.Elements...)
	case *ParenType:
		walkTypes(f, n.Type)
	case *ObjectType:
		each(n.Members, f)
	}
}

// partChildren serves what is neither statement nor expression nor type.
func partChildren(n Node, f func(Node)) {
	switch n := n.(type) {
	case *Declarator:
		f(n.Target)
		walkTypes(f, n.Type)
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
		walkTypes(f, n.Type)
		expressions(f, n.Default)
	case *ClassMember:
		expressions(f, n.Decorators...)
		expressions(f, n.Name.Computed)
		walkTypes(f, n.Type)
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
		walkTypes(f, n.Type)
	case *TypeParameter:
		identifiers(f, n.Name)
		walkTypes(f, n.Constraint, n.Default)
	case *ImportName:
		identifiers(f, n.Local)
	case *Export:
		if n.From == nil && n.Declaration == nil {
			identifiers(f, n.Local)
			expressions(f, n.Value)
		}
	case *Case:
		expressions(f, n.Value)
		walkStatements(f, n.Statements...)
	case *JSXAttribute:
		expressions(f, n.Value)
	}
}
