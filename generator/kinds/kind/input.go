package kind

import (
	"io/fs"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source"
)

// Input is what a kind may look at while it reads a declaration.
type Input struct {
	// Application is the source as read; a kind looks up endpoints and packages there.
	Application *source.Application
	// Files is the application's folder.
	Files fs.FS
}

// ServiceAround returns the service a package directory belongs to, "" when none.
func (in Input) ServiceAround(dir string) string {
	for _, p := range in.Application.Packages {
		if p.Dir == dir {
			return p.Service
		}
	}
	return ""
}

// Endpoint finds an endpoint of a service; false when there is none.
func (in Input) Endpoint(service, name string) (app.Endpoint, bool) {
	for _, e := range in.Application.Endpoints {
		if e.Service == service && e.Name == name {
			return e, true
		}
	}
	return app.Endpoint{}, false
}

// SpelledInTypeScript reports whether settings are what a TypeScript author wrote: it is the source that says them, or what
// Encore read in it.
func (in Input) SpelledInTypeScript() bool {
	return in.Application.Runtime == app.EncoreTypeScript && in.Application.Origin != source.FromManifest
}

// Remedy is what an author would write: in Go, or in a manifest and in TypeScript, which spell settings alike.
func (in Input) Remedy(golang, manifest string) string {
	if in.Application.Origin == source.FromManifest || in.SpelledInTypeScript() {
		return manifest
	}
	return golang
}

// SettingAt is where a setting's value stands, or the whole declaration when it was not written.
func SettingAt(decl source.Decl, v source.Value) hcl.Range {
	if v.Kind == source.Absent || v.At.Filename == "" {
		return decl.At
	}
	return v.At
}

// Spell writes a duration without its zero parts: 1m30s, 2h.
func Spell(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
