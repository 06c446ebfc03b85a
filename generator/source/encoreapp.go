package source

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
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/tailscale/hujson"
	"golang.org/x/mod/modfile"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// EncoreApp is what the file encore.app says. Keys groundplan does not know are left alone: applications keep many.
type EncoreApp struct {
	// ID is the application's id; it may be empty. IDAt is where it stands.
	ID   string
	IDAt hcl.Range
	// Language is "go" or "typescript". A file that does not say means Go, as for Encore, unless the folder can only hold
	// TypeScript: it has a package.json and no go.mod.
	Language string
	CORS     *CORS
	// ProcessPerService is where the file asks for images in which Encore's supervisor starts a process per service; the
	// zero range when it does not.
	ProcessPerService hcl.Range
}

const encoreAppFile = "encore.app"

// ReadEncoreApp reads encore.app in root, which is JSON with comments and trailing commas. The error is the
// machine's (a file that is absent or cannot be read); what is wrong inside the file is a diagnostic.
func ReadEncoreApp(root string) (EncoreApp, hcl.Diagnostics, error) {
	app := EncoreApp{Language: languageGo}
	text, problem, err := readMarkless(root, encoreAppFile, "Encore")
	if errors.Is(err, fs.ErrNotExist) {
		return app, nil, fmt.Errorf("%s is not the root of an Encore application: it has no encore.app: %w", root, err)
	}
	if err != nil {
		return app, nil, fmt.Errorf("read encore.app: %w", err)
	}
	if problem != nil {
		return app, hcl.Diagnostics{problem}, nil
	}
	syntax, err := hujson.Parse(text)
	if err != nil {
		return app, hcl.Diagnostics{encoreAppError(text, hujsonOffset(text, err), err)}, nil
	}
	var read struct {
		ID   any   `json:"id"`
		Lang any   `json:"lang"`
		CORS *CORS `json:"global_cors"`
	}
	if asked := syntax.Find("/build/docker/process_per_service"); asked != nil {
		if literal, is := asked.Value.(hujson.Literal); is && string(literal) == "true" {
			app.ProcessPerService = textRange(encoreAppFile, text, asked.StartOffset, asked.EndOffset)
		}
	}
	if id := syntax.Find("/id"); id != nil {
		app.IDAt = textRange(encoreAppFile, text, id.StartOffset, id.EndOffset)
	}
	syntax.Standardize()
	if err := json.Unmarshal(syntax.Pack(), &read); err != nil {
		return app, hcl.Diagnostics{encoreAppError(text, jsonOffset(err), err)}, nil
	}
	app.ID, _ = read.ID.(string)
	if lang, _ := read.Lang.(string); lang != "" {
		app.Language = lang
	}
	if lang, _ := read.Lang.(string); lang == "" && isFile(root, packageFile) && !isFile(root, "go.mod") {
		app.Language = languageTypeScript
	}
	app.CORS = read.CORS
	return app, nil, nil
}

func isFile(root, name string) bool {
	info, err := os.Stat(filepath.Join(root, name))
	return err == nil && info.Mode().IsRegular()
}

func encoreAppError(text []byte, offset int, err error) *hcl.Diagnostic {
	what := hujsonPlace.ReplaceAllString(err.Error(), "")
	hint := "it must hold one JSON object; comments and trailing commas are fine"
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		what = fmt.Sprintf("%s is given as %s", cmp.Or(wrongType.Field, "the whole"), wrongType.Value)
		if want := jsonTypes[wrongType.Type.Kind()]; wrongType.Field != "" && want != "" {
			hint = "write " + want
		}
	case commaMissing.MatchString(what):
		hint = "a comma is missing before it"
	}
	return diagnostic.Error(textRange(encoreAppFile, text, offset, offset+1), "Invalid encore.app", hint, "The file cannot be read: %s.", what)
}

var (
	// hujsonPlace is how hujson begins its messages; a diagnostic has a place of its own.
	hujsonPlace = regexp.MustCompile(`^hujson: line \d+, column \d+: `)
	// commaMissing matches hujson's complaint about a name or a value right behind another value.
	commaMissing = regexp.MustCompile(`^invalid character '["{\[\w-]' after .* \(expecting ','`)
)

// jsonTypes says how a value of a field's type is written.
var jsonTypes = map[reflect.Kind]string{
	reflect.Bool:   "true or false",
	reflect.String: "a string in quotes",
	reflect.Slice:  `a list of strings, as in ["a", "b"]`,
	reflect.Struct: "an object, as in {}",
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

// readModulePath returns the module path of root's go.mod, under which the application's packages import each other.
func readModulePath(root string) (string, hcl.Diagnostics, error) {
	text, problem, err := readMarkless(root, "go.mod", "the go command")
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("an Encore Go application has a go.mod beside encore.app, %s has none: %w", root, err)
	}
	if err != nil {
		return "", nil, fmt.Errorf("read go.mod: %w", err)
	}
	if problem != nil {
		return "", hcl.Diagnostics{problem}, nil
	}
	module := modfile.ModulePath(text)
	if module == "" {
		return "", hcl.Diagnostics{diagnostic.Error(textRange("go.mod", text, 0, 0), "Invalid go.mod", "start it with a line such as module encore.app", "The file names no module.")}, nil
	}
	return path.Clean(module), nil, nil
}
