package source

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Neither Encore nor this package reads code that an application imports from outside its folder: a folder behind a symbolic
// link, a module that go.mod or go.work replaces by a folder, a vendored one, another package of a workspace. What is
// declared there is not made, and what is called there is not granted. That is said where such code is imported, when it holds something
// of the kind; libraries that merely compute are nobody's concern.

// Outsider is code outside the application that an import leads to.
type Outsider struct {
	At      hcl.Range // the import
	Name    string    // as it is imported
	Place   string    // where it stands, for people
	Because string    // why it is not read
	Lost    []string  // what comes to nothing
	Hint    string
}

// MaxOutside bounds how many files or packages are looked into behind one import.
const MaxOutside = 500

// Warning tells of what is lost, at the import.
func (o *Outsider) Warning() *hcl.Diagnostic {
	lost := o.Lost
	if len(lost) > 5 {
		lost = append(slices.Clone(lost[:4]), fmt.Sprintf("%d more", len(lost)-4))
	}
	hint := o.Hint
	if hint == "" {
		hint = "move what declares resources, reads secrets or calls endpoints into the application's folder; code that is given them as parameters may stay"
	}
	return diagnostic.Warning(o.At, "Code outside the application", hint,
		"%q stands in %s, %s. Neither Encore nor groundplan reads it, so this is missing from what is generated: %s.", o.Name, o.Place, o.Because, strings.Join(lost, ", "))
}

// WithoutLinks is the whole name of a folder, as itself where it cannot be told: the reader has just been there.
func WithoutLinks(root string) string {
	whole, err := filepath.Abs(root)
	if err != nil {
		return root
	}
	if real, err := filepath.EvalSymlinks(whole); err == nil {
		return real
	}
	return whole
}

// RelativeTo is a place as people write it: from the application's folder.
func RelativeTo(root, name string) string {
	relative, err := filepath.Rel(root, name)
	if err != nil {
		return filepath.ToSlash(name)
	}
	return filepath.ToSlash(relative)
}
