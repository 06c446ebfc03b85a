package environment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Filename is what the settings file is called, beside the application.
const Filename = "groundplan.hcl"

// File is a parsed groundplan.hcl: well-formed, every value of the right type and within its own rule. What depends on
// several values or on the application is for Resolve to check.
type File struct {
	// AppName is the label of the `app` block, "" when there is none.
	AppName string

	appNameAt    hcl.Range
	app          *block // nil without an `app` block
	environments []*block
}

// Default is the file an application without one gets: one environment named production, all defaults.
func Default() *File {
	return &File{environments: []*block{{typ: "environment", label: "production"}}}
}

// block is one block of the file; attributes holds decoded values by name ("scale.min" for a member of an object).
type block struct {
	typ        string
	label      string
	labelAt    hcl.Range
	at         hcl.Range
	attributes map[string]attribute
	blocks     []*block
	arguments  []Argument // of an override
}

type attribute struct {
	value any // string, int, float64, bool, []string, []int or map[string]string, as the setting says
	at    hcl.Range
	// elements are the ranges of a list's elements, entries those of a map's keys.
	elements []hcl.Range
	entries  map[string]hcl.Range
}

// children lists the blocks of a type in file order.
func (b *block) children(typ string) (list []*block) {
	if b == nil {
		return nil
	}
	for _, child := range b.blocks {
		if child.typ == typ {
			list = append(list, child)
		}
	}
	return list
}

// child is the only block of a type, nil when there is none.
func (b *block) child(typ string) *block {
	if list := b.children(typ); len(list) > 0 {
		return list[0]
	}
	return nil
}

// where is the tightest range for one of the named attributes, else the block's header.
func (b *block) where(names ...string) hcl.Range {
	if at := b.find(names...); at != nil {
		return *at
	}
	return b.at
}

// find is the range of the first of the named attributes that is set, nil when none is. A nil block has none.
func (b *block) find(names ...string) *hcl.Range {
	if b == nil {
		return nil
	}
	for _, name := range names {
		if a, ok := b.attributes[name]; ok {
			return &a.at
		}
	}
	return nil
}

// places is where everything in the block stands, by its path in it (see Environment.Places).
func (b *block) places() map[string]hcl.Range {
	var places map[string]hcl.Range
	put := func(path string, at hcl.Range) {
		if places == nil {
			places = map[string]hcl.Range{}
		}
		places[path] = at
	}
	for name, a := range b.attributes {
		put(name, a.at)
		if list, ok := a.value.([]string); ok {
			for i, element := range a.elements { // none are kept of a list that was refused
				put(name+"/"+list[i], element)
			}
		}
	}
	for _, a := range b.arguments {
		put(a.Name, a.NameAt)
	}
	for _, child := range b.blocks {
		path := strings.TrimSpace(child.typ + " " + child.label)
		put(path, child.at)
		for inner, at := range child.places() {
			put(path+"/"+inner, at)
		}
	}
	return places
}

// grammar is what may stand in a block.
type grammar struct {
	typ string
	// label is what the block's label is called, "" for a block without label.
	label      string
	attributes []decoder
	blocks     []*grammar
	// free is for overrides: any number of labels, settings of any name.
	free bool
}

var fileGrammar = &grammar{blocks: []*grammar{
	{typ: "app", label: "name", attributes: decoders(appSettings)},
	{typ: "environment", label: "name", attributes: decoders(environmentSettings), blocks: []*grammar{
		{typ: "alias", label: "domain", attributes: decoders(aliasSettings)},
		{typ: "state", attributes: decoders(stateSettings)},
		{typ: "task", attributes: decoders(taskSettings)},
		{typ: "gateway", attributes: decoders(taskSettings)},
		{typ: "service", label: "name", attributes: decoders(taskSettings)},
		{typ: "job", label: "name", attributes: decoders(jobSettings)},
		{typ: "process", label: "name", attributes: append(decoders(processSettings), decoders(taskSettings)...)},
		{typ: "database_server", label: "name", attributes: decoders(databaseServerSettings), blocks: []*grammar{
			{typ: "existing", attributes: decoders(existingServerSettings)},
		}},
		{typ: "network", attributes: decoders(networkSettings)},
		{typ: "bucket", label: "name", attributes: decoders(bucketSettings), blocks: []*grammar{{typ: "existing", attributes: decoders(existingBucketSettings)}}},
		{typ: "topic", label: "name", blocks: []*grammar{{typ: "existing", attributes: decoders(existingTopicSettings)}}},
		{typ: overrideType, label: `kind" "name`, free: true},
		{typ: "cache", label: "name", attributes: decoders(cacheSettings)},
		{typ: "metrics", attributes: decoders(metricsSettings)},
	}},
}}

// Parse reads groundplan.hcl. All problems are reported at once, each with its range; the file is nil when there is an
// error. Values are literals: nothing is computed, so that a reader sees what will be made.
func Parse(filename string, text []byte) (*File, hcl.Diagnostics) {
	parsed, diags := hclsyntax.ParseConfig(text, filename, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, explainSyntax(diags, text)
	}
	r := &reader{text: text}
	root, diags := r.read(parsed.Body, fileGrammar)
	file := &File{environments: root.children("environment")}
	for _, b := range root.children("app") {
		if file.AppName != "" {
			diags = append(diags, diagnostic.Error(b.at, "Duplicate app block", "remove one of the two blocks", "The application has one name, already given at %s.", diagnostic.Place(file.appNameAt)))
			continue
		}
		file.AppName, file.appNameAt, file.app = b.label, b.labelAt, b
		if bad := isAppName(b.label); bad != fine {
			diags = append(diags, diagnostic.Error(b.labelAt, "Invalid application name", bad.hint, "%s", bad.detail))
		}
	}
	for _, b := range file.environments {
		if bad := isEnvironmentName(b.label); bad != fine {
			diags = append(diags, diagnostic.Error(b.labelAt, "Invalid environment name", bad.hint, "%s", bad.detail))
		}
	}
	if len(file.environments) == 0 && !diags.HasErrors() {
		end := parsed.Body.MissingItemRange()
		diags = append(diags, diagnostic.Error(end, "No environment", `add one, as in environment "production" {}`, "The file declares no environment."))
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return file, diags
}

// reader decodes a file that parses. Its text is quoted in messages.
type reader struct {
	text []byte
}

// read decodes a body after its grammar; it goes on after an error and returns what it could read.
func (r *reader) read(body hcl.Body, g *grammar) (*block, hcl.Diagnostics) {
	b := &block{typ: g.typ, attributes: map[string]attribute{}}
	schema := &hcl.BodySchema{}
	listed := map[string]bool{}
	for _, d := range g.attributes {
		name, _, _ := strings.Cut(d.name, ".")
		if !listed[name] {
			listed[name] = true
			schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: name})
		}
	}
	var overrides []*hclsyntax.Block
	for _, inner := range g.blocks {
		if inner.free {
			body, overrides = splitOverrides(body)
			continue
		}
		header := hcl.BlockHeaderSchema{Type: inner.typ}
		if inner.label != "" {
			header.LabelNames = []string{inner.label}
		}
		schema.Blocks = append(schema.Blocks, header)
	}
	content, diags := body.Content(schema)
	diags = explainContent(diags, g, r.text)
	for _, listed := range schema.Attributes {
		a, ok := content.Attributes[listed.Name]
		if !ok {
			continue
		}
		if i := slices.IndexFunc(g.attributes, func(d decoder) bool { return d.name == listed.Name }); i >= 0 {
			diags = append(diags, r.readValue(b, g.attributes[i], a.Expr)...)
			continue
		}
		diags = append(diags, r.readObject(b, listed.Name, a.Expr, g.attributes)...)
	}
	for _, source := range content.Blocks {
		for _, inner := range g.blocks {
			if inner.typ != source.Type {
				continue
			}
			child, more := r.read(source.Body, inner)
			diags = append(diags, more...)
			child.at = source.DefRange
			if inner.label != "" {
				child.label, child.labelAt = source.Labels[0], source.LabelRanges[0]
			}
			diags = append(diags, b.adopt(child)...)
		}
	}
	for _, source := range overrides {
		child, more := r.readOverride(source)
		diags = append(append(diags, more...), b.adopt(child)...)
	}
	return b, diags
}

// adopt adds an inner block, unless there is one like it.
func (b *block) adopt(child *block) hcl.Diagnostics {
	if twin := b.twin(child); twin != nil && child.typ != "app" {
		return hcl.Diagnostics{diagnostic.Error(child.at, "Duplicate "+child.typ+" block", "merge the two blocks", "%s is already described at %s.", child.describe(), diagnostic.Place(twin.at))}
	}
	b.blocks = append(b.blocks, child)
	return nil
}

// twin is an earlier block of the same type and label.
func (b *block) twin(child *block) *block {
	for _, earlier := range b.blocks {
		if earlier.typ == child.typ && earlier.label == child.label {
			return earlier
		}
	}
	return nil
}

func (b *block) describe() string {
	if b.label == "" {
		return "The " + b.typ
	}
	return fmt.Sprintf("The %s %q", b.typ, b.label)
}
