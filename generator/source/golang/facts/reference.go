package facts

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// Ref is a reference that may lead to something declared elsewhere; the linker decides. There are many of them, one
// for each name of another package of the application, so it holds no more than it must.
type Ref struct {
	Qualifier, Name string // as in Name
	Method          string // of FormMethod and FormField
	At              Span   // what to point at: shared.DB.Exec
	Part            int32  // the part it stands in
	Form            Form
	Hold            Hold
	Callee          vocabulary.Function // the function an argument is passed to, when it means something
	Argument        int16               // the position of a FormArgument
	Rare            *RefRare            // nil for most
}

// RefRare is what few references have.
type RefRare struct {
	// Permission is the type argument of a narrowing call, nil when there is none.
	Permission *Name
	// Holders are the package variables whose initial value contains the reference.
	Holders []string
}

// String is what is referred to, as the file spells it.
func (r *Ref) String() string { return Name{Qualifier: r.Qualifier, Name: r.Name}.String() }

// Target is the name that is referred to; file is the file of the reference.
func (r *Ref) Target(file *File) Name {
	return Name{File: file, Qualifier: r.Qualifier, Name: r.Name, At: r.At}
}

// Permission is the type argument of the narrowing call around it, nil when there is none.
func (r *Ref) Permission() *Name {
	if r.Rare == nil {
		return nil
	}
	return r.Rare.Permission
}

// Holders are the package variables whose initial value contains the reference; nil when there are none.
func (r *Ref) Holders() []string {
	if r.Rare == nil {
		return nil
	}
	return r.Rare.Holders
}

// Form is the kind of place a reference stands in, which decides what it comes to.
type Form uint8

// The forms of references.
const (
	// FormOther is any expression that is none of the below: an assignment, a field of a literal.
	FormOther Form = iota
	// FormCall is the name called as a function, FormMethod a method called on it, or passed on, FormField a field read.
	FormCall
	FormMethod
	FormField
	// FormArgument is an argument of a call.
	FormArgument
	// FormReference is a place that takes an endpoint or a function without calling it, such as a cron job's Endpoint.
	FormReference
	// FormType is a type's name; only the first in a file is kept, and as FormTypeAgain the first in another part.
	FormType
	FormTypeAgain
)

// ImplicitUse is a call of a package-level function of the framework, such as sqldb.Exec.
type ImplicitUse struct {
	Spelling int // index into the spellings of the vocabulary
	At       hcl.Range
	Text     string // the function as the file spells it
	Part     int32  // the part it stands in
}
