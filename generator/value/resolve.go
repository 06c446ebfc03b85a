package value

import (
	"fmt"
	"strings"
)

// Resolve turns a value into data: string, float64, bool, []any and map[string]any. find says what a reference stands for; its
// error ends the work. What only Terraform knows, and calls of its functions, cannot be resolved and is an error.
func (v Value) Resolve(find func(Ref) (any, error)) (any, error) {
	switch v.Kind {
	case StringKind:
		return v.Text, nil
	case NumberKind:
		return v.Number, nil
	case BoolKind:
		return v.Bool, nil
	case ReferenceKind:
		return find(*v.Ref)
	case JoinKind:
		var text strings.Builder
		for _, item := range v.Items {
			part, err := item.Resolve(find)
			if err != nil {
				return nil, err
			}
			fmt.Fprint(&text, part)
		}
		return text.String(), nil
	case EqualKind:
		sides, err := resolveAll(v.Items, find)
		if err != nil {
			return nil, err
		}
		return sides[0] == sides[1], nil
	case ListKind:
		return resolveAll(v.Items, find)
	case ObjectKind:
		fields := make(map[string]any, len(v.Fields))
		for _, f := range v.Fields {
			field, err := f.Value.Resolve(find)
			if err != nil {
				return nil, err
			}
			fields[f.Name] = field
		}
		return fields, nil
	default:
		return nil, fmt.Errorf("%s is known to Terraform alone", v.Text)
	}
}

func resolveAll(items []Value, find func(Ref) (any, error)) ([]any, error) {
	resolved := make([]any, len(items))
	for i, item := range items {
		part, err := item.Resolve(find)
		if err != nil {
			return nil, err
		}
		resolved[i] = part
	}
	return resolved, nil
}
