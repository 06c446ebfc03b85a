// Package templates carries the whole files that are filled in rather than built: prose. Terraform code is never
// made here.
package templates

import (
	"embed"
	"strings"
	"text/template"
)

//go:embed *.md
var files embed.FS

// Render fills the named file with data. The templates are part of the binary, so one that fails is a defect and
// panics.
func Render(name string, data any) []byte {
	parsed := template.Must(template.New(name).Option("missingkey=error").ParseFS(files, name))
	var out strings.Builder
	if err := parsed.Execute(&out, data); err != nil {
		panic(err)
	}
	return []byte(out.String())
}
