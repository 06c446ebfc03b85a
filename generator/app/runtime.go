package app

// Runtime is what runs an application's services.
type Runtime int

const (
	// EncoreGo is Encore's runtime for Go. It is the zero value, since an encore.app that names no language means Go.
	EncoreGo Runtime = iota
	// EncoreTypeScript is Encore's runtime for TypeScript.
	EncoreTypeScript
	// Containers is no runtime of Encore's: every service is a plain container.
	Containers
)

// String is the runtime in one word, as the JSON of inspect has it: "go", "typescript", "manifest".
func (r Runtime) String() string {
	switch r {
	case EncoreTypeScript:
		return "typescript"
	case Containers:
		return "manifest"
	default:
		return "go"
	}
}
