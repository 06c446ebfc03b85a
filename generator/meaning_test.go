package generator_test

import (
	"fmt"
	"maps"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// This file reads a generated stack back: not as text, and not with the code that wrote it. Every reference is followed to
// the resource it means, over the platform's outputs, so that two that were swapped show.

// stackCode is one stack as its files say it.
type stackCode struct {
	calls           map[string]moduleCall // by label
	outputs, locals map[string]hclsyntax.Expression
	// platform is the stack that local.platform reads, nil in the platform itself.
	platform *stackCode
}

// moduleCall is a call of a bundled module: Source is the module's name, Name the physical name it is given.
type moduleCall struct {
	Source, Name string
	args         map[string]hclsyntax.Expression
}

// readStack reads the files of a folder. What is not HCL is an error.
func readStack(files map[string]string, folder string, platform *stackCode) (*stackCode, error) {
	stack := &stackCode{calls: map[string]moduleCall{}, outputs: map[string]hclsyntax.Expression{}, locals: map[string]hclsyntax.Expression{}, platform: platform}
	for name, content := range files {
		if path.Dir(name) != folder || path.Ext(name) != ".tf" {
			continue
		}
		parsed, diags := hclsyntax.ParseConfig([]byte(content), name, hcl.InitialPos)
		if diags.HasErrors() {
			return nil, diags
		}
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			switch block.Type {
			case "module":
				call := moduleCall{args: map[string]hclsyntax.Expression{}}
				for name, attribute := range block.Body.Attributes {
					call.args[name] = attribute.Expr
				}
				call.Source = path.Base(fmt.Sprint(stack.decode(call.args["source"])))
				if name, named := call.args["name"]; named {
					call.Name = fmt.Sprint(stack.decode(name))
				}
				stack.calls[block.Labels[0]] = call
			case "locals":
				for name, attribute := range block.Body.Attributes {
					stack.locals[name] = attribute.Expr
				}
			case "output":
				stack.outputs[block.Labels[0]] = block.Body.Attributes["value"].Expr
			}
		}
	}
	return stack, nil
}

// arg is an argument of a module call, or a member of one as in "network.vpc_id"; nil when it is not written.
func (s *stackCode) arg(call moduleCall, name string) any {
	name, member, inside := strings.Cut(name, ".")
	expression, written := call.args[name]
	if !written {
		return nil
	}
	value := s.decode(expression)
	if fields, isObject := value.(map[string]any); inside && isObject {
		return fields[member]
	}
	if inside {
		return s.field(value, []string{member})
	}
	return value
}

// decode turns an expression into texts, lists and maps; a reference into what it means.
func (s *stackCode) decode(expression hclsyntax.Expression) any {
	switch e := expression.(type) {
	case *hclsyntax.ObjectConsExpr:
		fields := map[string]any{}
		for _, item := range e.Items {
			fields[s.key(item.KeyExpr)] = s.decode(item.ValueExpr)
		}
		return fields
	case *hclsyntax.TupleConsExpr:
		list := []any{}
		for _, item := range e.Exprs {
			list = append(list, s.decode(item))
		}
		return list
	case *hclsyntax.TemplateExpr:
		var text strings.Builder
		for _, part := range e.Parts {
			fmt.Fprint(&text, s.decode(part))
		}
		return text.String()
	case *hclsyntax.TemplateWrapExpr:
		return s.decode(e.Wrapped)
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "jsonencode" && len(e.Args) == 1 {
			return s.decode(e.Args[0])
		}
		if e.Name == "merge" {
			fields := map[string]any{}
			for _, argument := range e.Args {
				part, is := s.decode(argument).(map[string]any)
				if !is {
					return "merges what is no object"
				}
				maps.Copy(fields, part)
			}
			return fields
		}
		call := e.Name
		for _, argument := range e.Args {
			call += fmt.Sprint(" ", s.decode(argument))
		}
		return call
	case *hclsyntax.ScopeTraversalExpr:
		return s.meaning(e.Traversal)
	}
	value, diags := expression.Value(nil)
	if diags.HasErrors() {
		return "cannot be read: " + diags.Error()
	}
	text, err := convert.Convert(value, cty.String)
	if err != nil || text.IsNull() {
		return "cannot be read as text"
	}
	return text.AsString()
}

func (s *stackCode) key(expression hclsyntax.Expression) string {
	if key := hcl.ExprAsKeyword(expression); key != "" {
		return key
	}
	return fmt.Sprint(s.decode(expression))
}

// meaning names what a reference stands for: "topic shop-production-paid: arn" for the output arn of the module topic
// called with that name.
func (s *stackCode) meaning(traversal hcl.Traversal) any {
	var names []string
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			names = append(names, step.Name)
		case hcl.TraverseAttr:
			names = append(names, step.Name)
		case hcl.TraverseIndex:
			names = append(names, step.Key.AsString())
		}
	}
	text := strings.Join(names, ".")
	switch {
	case names[0] == "module" && len(names) > 2:
		call, known := s.calls[names[1]]
		if !known {
			return "no such module: " + text
		}
		return fmt.Sprintf("%s %s: %s", call.Source, call.Name, strings.Join(names[2:], "."))
	case strings.HasPrefix(text, "local.platform.") && s.platform != nil:
		value, known := s.platform.outputs[names[2]]
		if !known {
			return "no such output: " + text
		}
		return s.platform.field(s.platform.decode(value), names[3:])
	case names[0] == "local" && s.locals[names[1]] != nil:
		return s.field(s.decode(s.locals[names[1]]), names[2:]) // what the environment brings
	}
	return text
}

func (s *stackCode) field(value any, names []string) any {
	for i, name := range names {
		fields, is := value.(map[string]any)
		if !is {
			return fmt.Sprintf("%v.%s", value, strings.Join(names[i:], "."))
		}
		if value, is = fields[name]; !is {
			return "no such field: " + name
		}
	}
	return value
}
