package sourcetest

import (
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/source"
)

// Line is a range on a line of a made-up file.
func Line(line int) hcl.Range {
	return hcl.Range{Filename: "a/a.go", Start: hcl.Pos{Line: line, Column: 1}, End: hcl.Pos{Line: line, Column: 5}}
}

// Object builds a settings literal from names and values, one a line.
func Object(pairs ...any) source.Value {
	v := source.Value{Kind: source.Object, At: Line(1)}
	for i := 0; i < len(pairs); i += 2 {
		value := source.Value{At: Line(i/2 + 2)}
		switch x := pairs[i+1].(type) {
		case string:
			value.Kind, value.Text = source.String, x
		case int:
			value.Kind, value.Int = source.Int, int64(x)
		case time.Duration:
			value.Kind, value.Int = source.Int, int64(x)
		case bool:
			value.Kind, value.Bool = source.Bool, x
		case source.Value:
			value = x
		}
		v.Fields = append(v.Fields, source.Field{Name: pairs[i].(string), Value: value, At: value.At})
	}
	return v
}

// Summaries are the summaries of diagnostics, in one line.
func Summaries(diags hcl.Diagnostics) string {
	var all []string
	for _, d := range diags {
		all = append(all, d.Summary)
	}
	return strings.Join(all, "; ")
}
