// Package vocabulary knows what the words of Encore's framework mean: the spellings of all kinds, indexed by import path
// and name. It must not know syntax; of an application it is told the path of its module.
package vocabulary

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/source"
)

// Table is the table of spellings, indexed for the reader.
type Table struct {
	// Module is the path of the application's module.
	Module string
	// Spellings are those of all kinds, each with its Noun.
	Spellings []source.GoSpelling
	// Calls are the functions of the framework that mean something, by import path and name.
	Calls map[string]map[string]Function
	// Constants are the framework's and the standard library's named constants, by import path and name.
	Constants map[string]map[string]source.Value
}

// Function is the role of a framework function.
type Function struct {
	Role     Role
	Spelling int16 // index into Table.Spellings
}

// Role is what a call of a function of the framework does.
type Role uint8

// The roles of functions; RoleNone is that of all others.
const (
	RoleNone Role = iota
	// RoleConstructor declares a resource, RoleNamed refers to one by its name.
	RoleConstructor
	RoleNamed
	// RoleRef narrows a resource to what its type argument permits.
	RoleRef
	// RoleImplicit uses the resource that a folder declares.
	RoleImplicit
	// RoleConfigLoad loads the configuration of a service.
	RoleConfigLoad
	// RoleMethodHandler makes a handler of a method of the service struct.
	RoleMethodHandler
	// RoleTestTool looks at a resource in tests: Encore permits it anywhere, and it does nothing to what runs.
	RoleTestTool
)

const configPackage = "encore.dev/config"

// The units of time are in nanoseconds, as in the standard library.
var timeConstants = map[string]source.Value{
	"Nanosecond":  {Kind: source.Int, Int: 1},
	"Microsecond": {Kind: source.Int, Int: 1e3},
	"Millisecond": {Kind: source.Int, Int: 1e6},
	"Second":      {Kind: source.Int, Int: 1e9},
	"Minute":      {Kind: source.Int, Int: 60e9},
	"Hour":        {Kind: source.Int, Int: 3600e9},
}

// New indexes the spellings for an application whose module has that path.
func New(module string, spellings []source.GoSpelling) *Table {
	language := &Table{
		Module:    module,
		Spellings: slices.Clone(spellings),
		Calls: map[string]map[string]Function{
			configPackage:   {"Load": {Role: RoleConfigLoad}},
			"encore.dev/et": {"Topic": {Role: RoleTestTool}},
		},
		Constants: map[string]map[string]source.Value{"time": timeConstants},
	}
	for i := range language.Spellings {
		s := &language.Spellings[i]
		s.Noun = cmp.Or(s.Noun, s.Kind)
		if s.Package == "" {
			continue
		}
		calls, constants := language.Calls[s.Package], language.Constants[s.Package]
		if calls == nil {
			calls, constants = make(map[string]Function), make(map[string]source.Value)
			language.Calls[s.Package], language.Constants[s.Package] = calls, constants
		}
		for _, name := range s.Constructors {
			calls[name] = Function{RoleConstructor, int16(i)}
		}
		for _, name := range s.ImplicitFuncs {
			calls[name] = Function{RoleImplicit, int16(i)}
		}
		for name, role := range map[string]Role{s.Named: RoleNamed, s.Ref: RoleRef, s.MethodHandler: RoleMethodHandler} {
			if name != "" {
				calls[name] = Function{role, int16(i)}
			}
		}
		for name, value := range s.Constants {
			constants[name] = value
		}
	}
	return language
}

// AppDir returns the folder of an import path of the application itself.
func (l *Table) AppDir(importPath string) (string, bool) {
	if importPath == l.Module {
		return ".", true
	}
	if rest, ok := strings.CutPrefix(importPath, l.Module+"/"); ok {
		return path.Clean(rest), true
	}
	return "", false
}

// StructVar returns the spelling whose resources are the fields of a package variable of this name, -1 when none.
func (l *Table) StructVar(name string) int {
	return slices.IndexFunc(l.Spellings, func(s source.GoSpelling) bool { return s.StructVar != "" && s.StructVar == name })
}
