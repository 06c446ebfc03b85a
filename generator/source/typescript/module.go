package typescript

import (
	"errors"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// tsModule is what the first phase keeps of a file: facts, no syntax.
type tsModule struct {
	path string // relative to the root, slashes
	dir  string
	// service is the service around the file, filled in by the linker; "" when there is none.
	service string
	lines   []int32
	// text is nil when the file is ASCII: positions then need nothing but lines.
	text []byte
	// broken says that the file cannot be read, so that declarations may be missing.
	broken bool

	imports []tsImport
	// names are the names of the file that could lead to a resource or an endpoint; references and exports give them by
	// index.
	names   []tsName
	exports map[string]tsExport
	// stars are the modules of export * from, by index into imports.
	stars []int32
	// types are the top-level types that could be permissions or requests.
	types map[string]tsType

	decls        []*tsDecl
	endpoints    []*tsEndpointDecl
	services     []*tsServiceDecl
	gateways     []*tsGatewayDecl
	authHandlers []*tsAuthHandlerDecl
	middleware   []*tsMiddlewareDecl
	refs         []tsRef
	// parts are the names of the top-level declarations; the first is "", what runs when the file is loaded. exported are
	// the parts behind exported names, edges what the parts name of each other.
	parts    []string
	exported map[string]int32
	edges    []tsEdge
	diags    hcl.Diagnostics
	// rooted are the parts that a process runs: those of endpoints, subscriptions, the gateway and the like.
	rooted map[int32]bool
	// code is the syntax of a file that calls something while it is loaded.
	code *tsReader
}

// tsEdge says that a part names another one of the same file.
type tsEdge struct {
	from, to int32
	at       tsSpan
}

// ownPart stands for what only the service around a file runs: the handler of a subscription that nobody can name.
const ownPart = -1

// tsImport is one place that loads another module.
type tsImport struct {
	name   string // as written
	module string // the file of the application it means, "" for none
	// clients says that it is the generated module of clients.
	clients bool
	// types says that nothing but types is imported.
	types bool
	// dynamic says that the import is an expression.
	dynamic bool
	// runs says that the module is loaded when the program runs: an import of nothing but types is not. lazy says that
	// this is when a function runs that the import stands in.
	runs, lazy bool
	at         tsSpan
}

// tsName is a name that could lead somewhere.
type tsName struct {
	text string
	form tsNameForm
	// source is an index: of an import (tsImported), of another name (tsAliased).
	source int32
	// path are the names that lead on from the source; for an import the first is the imported name, none means the
	// module as a whole.
	path []string
	// decls are the resources it holds (tsHolder), indexes into decls. Direct says that it holds the one resource
	// itself, and not something made from it.
	decls  []int32
	direct bool
	// endpoint and authHandler are indexes plus one, 0 for none.
	endpoint, authHandler int32
}

type tsNameForm uint8

const (
	tsHolder tsNameForm = iota
	tsImported
	tsAliased
)

// tsExport says what an exported name is: a name of this file (local, an index into names) or one of another module.
type tsExport struct {
	local int32 // -1 for none
	from  int32 // index into imports, -1 for none
	name  string
}

// tsType is a type as far as permissions and requests need to know: a combination of named types, or an object.
type tsType struct {
	// parts are the named types that it is made of.
	parts []tsTypeName
	// other says that there is more to it than names; required that it has a property that must be given.
	other    bool
	required bool
}

// tsTypeName names a type: of an import (an index; path[0] is the imported name), or of this file (-1).
type tsTypeName struct {
	source int32
	path   []string
}

// tsSpan is a range of byte offsets.
type tsSpan struct{ start, end int32 }

// tsDecl is a declaration of a resource before its names are resolved.
type tsDecl struct {
	source.Decl
	spelling int16
	// parent leads to the parent argument; its name is -1 when there is none.
	parent   tsTarget
	parentAt hcl.Range
	// references are the settings that name endpoints.
	references []tsReference
	// invalid says that something of it is wrong, readable that its settings can be checked all the same.
	invalid  bool
	readable bool
}

// tsTarget is a name of the file and the names that lead on from it.
type tsTarget struct {
	name int32
	path []string
}

// tsReference is a setting that names an endpoint; field is its index in the settings.
type tsReference struct {
	field  int
	target tsTarget
}

// tsEndpointDecl is an endpoint; request is the type of its parameter.
type tsEndpointDecl struct {
	app.Endpoint
	defaultPath bool
	request     *tsType
	invalid     bool
}

type tsServiceDecl struct {
	name string
	at   hcl.Range
}

type tsGatewayDecl struct {
	hasAuth bool
	auth    tsTarget
	authAt  hcl.Range
	at      hcl.Range
}

type tsAuthHandlerDecl struct {
	name string
	at   hcl.Range
}

type tsMiddlewareDecl struct {
	app.Middleware
}

// tsRef is a place that names something: name is an index into names, path what follows the name.
type tsRef struct {
	name int32
	path []string
	form tsForm
	span tsSpan
	// part is the declaration it stands in, an index into parts or ownPart.
	part int32
	// types is the type argument of a call, with permissions.
	types *tsType
}

// tsForm says what is done with what a reference leads to.
type tsForm uint8

const (
	tsOther tsForm = iota
	tsCall         // the path's last name is called, as a function or as a tag
	tsField
	tsArgument            // of a call
	tsConstructorArgument // of new
	tsParentArgument      // of a constructor of the framework
	tsReExport
	tsAliasing
	tsAnonymous // a declaration that is bound to nothing, used where it stands
)

// at turns a span into a range.
func (m *tsModule) at(span tsSpan) hcl.Range {
	return hcl.Range{Filename: m.path, Start: source.TextPos(m.lines, m.text, int(span.start)), End: source.TextPos(m.lines, m.text, int(span.end))}
}

func (m *tsModule) error(at hcl.Range, summary, hint, detail string, args ...any) {
	m.diags = append(m.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

func spanOfNode(n syntax.Node) tsSpan {
	extent := n.Extent()
	return tsSpan{int32(extent.Start), int32(extent.End)}
}

func newTSModule(name, text string) *tsModule {
	m := &tsModule{path: name, dir: path.Dir(name), exports: make(map[string]tsExport), parts: []string{""}, lines: make([]int32, 1, strings.Count(text, "\n")+1)}
	ascii := true
	for i := range len(text) {
		c := text[i]
		ascii = ascii && c < utf8.RuneSelf
		if c == '\n' {
			m.lines = append(m.lines, int32(i+1))
		}
	}
	if !ascii {
		m.text = []byte(text)
	}
	return m
}

// readTSModule runs the first phase over one file. It keeps the syntax only of a file that does something while it is
// loaded.
func readTSModule(language *tsLanguage, resolver *tsResolver, name, text string) *tsModule {
	r := parseTSModule(language, resolver, name, text)
	if !r.m.broken && r.acts() {
		r.m.code = r
	}
	return r.m
}

func parseTSModule(language *tsLanguage, resolver *tsResolver, name, text string) *tsReader {
	m := newTSModule(name, text)
	if pointer := source.CheckPointer(name, []byte(text)); pointer != nil {
		m.broken, m.diags = true, append(m.diags, pointer)
		return &tsReader{m: m}
	}
	file, err := syntax.Parse(name, text)
	if err != nil {
		m.broken = true
		at, what := tsSpan{}, err.Error()
		var wrong *syntax.Error
		if errors.As(err, &wrong) {
			at, what = tsSpan{int32(wrong.Start), int32(max(wrong.End, wrong.Start))}, wrong.Message
		}
		m.error(m.at(at), "Invalid TypeScript", "correct the syntax; the TypeScript compiler reports the same place", "The file cannot be read: %s.", what)
		return &tsReader{m: m}
	}
	r := &tsReader{
		m: m, language: language, resolver: resolver, file: file,
		indexes: make(map[*syntax.Binding]int32), framework: make(map[*syntax.Binding]tsFramework),
		typeImports: make(map[*syntax.Binding]tsTypeName),
	}
	r.read()
	return r
}

// tsReader is the first phase at work on one file.
type tsReader struct {
	m        *tsModule
	language *tsLanguage
	resolver *tsResolver
	file     *syntax.File
	// indexes are the names that are followed, framework those of the framework.
	indexes   map[*syntax.Binding]int32
	framework map[*syntax.Binding]tsFramework
	// wholes are modules of the framework that are imported as a whole, which Encore does not look into.
	wholes map[*syntax.Binding]string
	// typeImports are the imported names as types.
	typeImports map[*syntax.Binding]tsTypeName
	resolved    *syntax.Names
	// parts are the parts behind the top-level names, part the one that is being read.
	parts map[*syntax.Binding]int32
	part  int32
	// dynamic are the import("m") calls, by the name that stands for the module.
	dynamic map[*syntax.Call]int32
	// parents, configs and waiting are arguments that are read when all names are known.
	parents []tsParent
	configs []tsConfig
	waiting []tsGatewayArgument
	// assignments are the values that variables are given after their declaration, found when they are asked for.
	assignments map[*syntax.Binding][]syntax.Expression
}

func (r *tsReader) read() {
	r.resolved = syntax.Resolve(r.file)
	r.readParts()
	r.readImports()
	var offsets []int
	for binding := range r.framework {
		offsets = append(offsets, offsetsOf(binding)...)
	}
	for binding := range r.wholes {
		offsets = append(offsets, offsetsOf(binding)...)
	}
	for _, imported := range r.file.Imports {
		if imported.Form == syntax.ImportDynamic {
			offsets = append(offsets, imported.Start)
		}
	}
	if len(offsets) > 0 {
		r.eachStatement(offsets, r.declaration)
	}
	r.readAliases()
	r.finishDecls()
	r.readExports()
	r.readReferences()
	r.readTypes()
}
