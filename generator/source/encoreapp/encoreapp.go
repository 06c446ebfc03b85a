// Package encoreapp reads the file encore.app, in which an application of Encore says its id, its language and what the
// gateway answers other origins.
package encoreapp

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/tailscale/hujson"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/source"
)

// File is what the file encore.app says. Keys groundplan does not know are left alone: applications keep many.
type File struct {
	// ID is the application's id; it may be empty. IDAt is where it stands.
	ID   string
	IDAt hcl.Range
	// Language is "go", "typescript" or whatever else the file says. A file that does not say means Go, as for Encore,
	// unless the folder can only hold TypeScript: it has a package.json and no go.mod.
	Language string
	CORS     *app.CORS
	// ProcessPerService is where the file asks for images in which Encore's supervisor starts a process per service; the
	// zero range when it does not.
	ProcessPerService hcl.Range
}

// globalCORS mirrors the global_cors object; field names follow Encore's infra config.
type globalCORS struct {
	Debug                          bool     `json:"debug"`
	AllowHeaders                   []string `json:"allow_headers"`
	ExposeHeaders                  []string `json:"expose_headers"`
	AllowOriginsWithoutCredentials []string `json:"allow_origins_without_credentials"`
	AllowOriginsWithCredentials    []string `json:"allow_origins_with_credentials"`
}

// The files that tell an application of Encore, and one in Read.
const (
	Filename    = "encore.app"
	PackageFile = "package.json"
)

// Runtime is what runs an application in the language; false for a language that Encore is not known to have.
func (a File) Runtime() (app.Runtime, bool) {
	switch a.Language {
	case app.EncoreGo.String():
		return app.EncoreGo, true
	case app.EncoreTypeScript.String():
		return app.EncoreTypeScript, true
	}
	return 0, false
}

// Read reads encore.app in root, which is JSON with comments and trailing commas. The error is the
// machine's (a file that is absent or cannot be read); what is wrong inside the file is a diagnostic.
func Read(root string) (File, hcl.Diagnostics, error) {
	encore := File{Language: app.EncoreGo.String()}
	text, problem, err := source.ReadMarkless(root, Filename, "Encore")
	if errors.Is(err, fs.ErrNotExist) {
		return encore, nil, fmt.Errorf("%s is not the root of an Encore application: it has no encore.app: %w", root, err)
	}
	if err != nil {
		return encore, nil, fmt.Errorf("read encore.app: %w", err)
	}
	if problem != nil {
		return encore, hcl.Diagnostics{problem}, nil
	}
	syntax, err := hujson.Parse(text)
	if err != nil {
		return encore, hcl.Diagnostics{syntaxError(text, hujsonOffset(text, err), err)}, nil
	}
	var read struct {
		ID   any         `json:"id"`
		Lang any         `json:"lang"`
		CORS *globalCORS `json:"global_cors"`
	}
	if asked := syntax.Find("/build/docker/process_per_service"); asked != nil {
		if literal, is := asked.Value.(hujson.Literal); is && string(literal) == "true" {
			encore.ProcessPerService = source.TextRange(Filename, text, asked.StartOffset, asked.EndOffset)
		}
	}
	if id := syntax.Find("/id"); id != nil {
		encore.IDAt = source.TextRange(Filename, text, id.StartOffset, id.EndOffset)
	}
	syntax.Standardize()
	if err := json.Unmarshal(syntax.Pack(), &read); err != nil {
		return encore, hcl.Diagnostics{syntaxError(text, jsonOffset(err), err)}, nil
	}
	encore.ID, _ = read.ID.(string)
	if lang, _ := read.Lang.(string); lang != "" {
		encore.Language = lang
	}
	if lang, _ := read.Lang.(string); lang == "" && isFile(root, PackageFile) && !isFile(root, "go.mod") {
		encore.Language = app.EncoreTypeScript.String()
	}
	encore.CORS = (*app.CORS)(read.CORS)
	return encore, nil, nil
}

func isFile(root, name string) bool {
	info, err := os.Stat(filepath.Join(root, name))
	return err == nil && info.Mode().IsRegular()
}

func syntaxError(text []byte, offset int, err error) *hcl.Diagnostic {
	what := hujsonPlace().ReplaceAllString(err.Error(), "")
	hint := "it must hold one JSON object; comments and trailing commas are fine"
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		what = fmt.Sprintf("%s is given as %s", cmp.Or(wrongType.Field, "the whole"), wrongType.Value)
		if want := jsonTypes[wrongType.Type.Kind()]; wrongType.Field != "" && want != "" {
			hint = "write " + want
		}
	case commaMissing().MatchString(what):
		hint = "a comma is missing before it"
	}
	return diagnostic.Error(source.TextRange(Filename, text, offset, offset+1), "Invalid encore.app", hint, "The file cannot be read: %s.", what)
}

var (
	// hujsonPlace is how hujson begins its messages; a diagnostic has a place of its own.
	hujsonPlace = pattern.Lazy(`^hujson: line \d+, column \d+: `)
	// commaMissing matches hujson's complaint about a name or a value right behind another value.
	commaMissing = pattern.Lazy(`^invalid character '["{\[\w-]' after .* \(expecting ','`)
)

// jsonTypes says how a value of a field's type is written.
var jsonTypes = map[reflect.Kind]string{
	reflect.Bool:   "true or false",
	reflect.String: "a string in quotes",
	reflect.Slice:  `a list of strings, as in ["a", "b"]`,
	reflect.Struct: "an object, as in {}",
}

// JSONProblem is where hujson finds a text to be wrong, and what it says of it.
func JSONProblem(text []byte, err error) (offset int, what string) {
	return hujsonOffset(text, err), hujsonPlace().ReplaceAllString(err.Error(), "")
}

// hujsonOffset reads the place out of hujson's message, the only form it gives it in.
func hujsonOffset(text []byte, err error) int {
	var line, column int
	if _, scanErr := fmt.Sscanf(err.Error(), "hujson: line %d, column %d:", &line, &column); scanErr != nil {
		return 0
	}
	offset := 0
	for ; line > 1; line-- {
		next := bytes.IndexByte(text[offset:], '\n')
		if next < 0 {
			break
		}
		offset += next + 1
	}
	return min(offset+column-1, len(text))
}

// jsonOffset is where a value of the wrong type ends. Standardizing keeps every byte in its place, so the offset
// holds for the file as written.
func jsonOffset(err error) int {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return max(int(wrongType.Offset)-1, 0)
	}
	return 0
}

// CheckNested warns of folders with an encore.app: who put it there may expect an application of its own.
func CheckNested(dirs []string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, dir := range dirs {
		name := path.Join(dir, Filename)
		diags = append(diags, diagnostic.Warning(source.TextRange(name, nil, 0, 0), "Application inside the application",
			"move it out of this folder if it is an application of its own, or else remove its encore.app",
			"Encore reads the folder %s as a part of this application, whatever its own encore.app says, and so is it read here.", dir))
	}
	return diags
}
