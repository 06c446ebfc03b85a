package encoremeta

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

var update = flag.Bool("update", false, "record what the reader finds in testdata; review the difference")

// testSpellings is a table as the kinds make it, with one kind of each shape.
var testSpellings = []source.MetadataSpelling{
	{Kind: "database", Noun: "database", List: []string{"sql_databases"}, Name: "name", Migrations: "migration_rel_path", MigrationFiles: "migrations", UsedIn: "databases", ByDeclaration: true},
	{
		Kind: "topic", Noun: "topic", List: []string{"pubsub_topics"}, Name: "name", Users: "publishers", Operation: "publish",
		Settings: []source.MetadataSetting{
			{Field: "delivery_guarantee", Setting: "DeliveryGuarantee", Type: source.MetadataWord, Words: []source.MetadataWordValue{
				{Word: "AT_LEAST_ONCE", Value: source.Value{Kind: source.String, Text: "at-least-once"}}, {Word: "EXACTLY_ONCE", Value: source.Value{Kind: source.String, Text: "exactly-once"}},
			}},
			{Field: "ordering_key", Setting: "OrderingAttribute"},
		},
	},
	{
		Kind: "subscription", Noun: "subscription", List: []string{"pubsub_topics", "subscriptions"}, Name: "name", Parent: "name", ParentKind: "topic", Service: "service_name",
		Settings: []source.MetadataSetting{
			{Field: "ack_deadline", Setting: "AckDeadline", Type: source.MetadataDuration},
			{Field: "message_retention", Setting: "MessageRetention", Type: source.MetadataDuration},
			{Field: "max_concurrency", Setting: "MaxConcurrency", Type: source.MetadataNumber},
			{Field: "retry_policy", Setting: "RetryPolicy", Type: source.MetadataObject, Members: []source.MetadataSetting{{Field: "max_retries", Setting: "MaxRetries", Type: source.MetadataNumber}}},
		},
	},
	{
		Kind: "bucket", Noun: "bucket", List: []string{"buckets"}, Name: "name", UsedIn: "buckets", UsedName: "bucket", UsedOperations: "operations",
		Settings:   []source.MetadataSetting{{Field: "versioned", Setting: "Versioned", Type: source.MetadataFlag}},
		Operations: []string{"", "READ", "WRITE", "READ_ATTRIBUTES"},
	},
	{Kind: "cache", Noun: "cache cluster", List: []string{"cache_clusters"}, Name: "name", Settings: []source.MetadataSetting{{Field: "eviction_policy", Setting: "EvictionPolicy"}}},
	{
		Kind: "keyspace", Noun: "keyspace", List: []string{"cache_clusters", "keyspaces"}, Nameless: true, Parent: "name", ParentKind: "cache", Service: "service", Whole: "path_pattern",
		Settings: []source.MetadataSetting{{Field: "path_pattern", Setting: "KeyPattern", Type: source.MetadataPattern}},
	},
	{Kind: "secret", Noun: "secret", List: []string{"pkgs", "secrets"}, Package: "rel_path", Service: "service_name"},
	{
		Kind: "cron", Noun: "cron job", List: []string{"cron_jobs"}, Name: "id",
		Settings: []source.MetadataSetting{
			{Field: "title", Setting: "Title"},
			{Field: "schedule", Type: source.MetadataVariant, Variants: []source.MetadataVariantSetting{{Prefix: "every:", Setting: "Every", Unit: 60}, {Prefix: "schedule:", Setting: "Schedule", Unit: 0}}},
			{Field: "endpoint", Setting: "Endpoint", Type: source.MetadataEndpoint},
		},
	},
	{
		Kind: "metric", Noun: "metric", List: []string{"metrics"}, Name: "name", Service: "service_name", UsedIn: "metrics",
		Constructor: source.MetadataSetting{Field: "kind", Words: []source.MetadataWordValue{{Word: "COUNTER", Value: source.Value{Text: "NewCounter"}}, {Word: "GAUGE", Value: source.Value{Text: "NewGauge"}}}},
	},
}

// TestI3_Metadata reads every metadata of testdata and compares what is found, or what is wrong, with the lines
// recorded beside it. Each is about one thing, which its name says.
func TestI3_Metadata(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("nothing in testdata", err)
	}
	for _, file := range files {
		t.Run("I3 "+strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			application, diags := Read("meta.json", memberOf(archive, "meta.json"), encoreAppOf(t, archive), testSpellings)
			sourcetest.Compare(t, file, archive, sourcetest.Describe(application)+sourcetest.Diagnostics(diags), *update)
		})
	}
}

func memberOf(archive *txtar.Archive, name string) []byte {
	for _, file := range archive.Files {
		if file.Name == name {
			return file.Data
		}
	}
	return nil
}

func encoreAppOf(t *testing.T, archive *txtar.Archive) *encoreapp.File {
	t.Helper()
	text := memberOf(archive, encoreapp.Filename)
	if text == nil {
		return nil
	}
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, encoreapp.Filename), text, 0o600); err != nil {
		t.Fatal(err)
	}
	app, diags, err := encoreapp.Read(root)
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	return &app
}

// TestI3_EncoreApp: what metadata leaves out is in encore.app.
func TestI3_EncoreApp(t *testing.T) {
	encore := &encoreapp.File{ID: "shop-x1", Language: "go", CORS: &app.CORS{Debug: true}}
	read, diags := Read("meta.json", []byte(`{"svcs": []}`), encore, testSpellings)
	if len(diags) > 0 || read.ID != "shop-x1" || read.CORS != encore.CORS || read.Origin != source.FromMetadata || read.Runtime != app.EncoreGo {
		t.Errorf("%+v %s", read, diags)
	}
}

// TestI3_EveryFormat prints one application as other versions and other tools do: Encore's daemon has its own format, and
// protobuf has a canonical one, which leaves out defaults. What is read is the same.
func TestI3_EveryFormat(t *testing.T) {
	for _, name := range []string{"an_application_in_go", "an_application_in_typescript"} {
		archive, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		var original any
		if err := json.Unmarshal(memberOf(archive, "meta.json"), &original); err != nil {
			t.Fatal(err)
		}
		want := withoutPositions(t, memberOf(archive, "meta.json"))
		for format, rewrite := range map[string]func(name string, value any) (string, any){
			"camel case":                    func(name string, value any) (string, any) { return camel(name), value },
			"numbers instead of texts":      func(name string, value any) (string, any) { return name, numbered(value) },
			"texts instead of numbers":      func(name string, value any) (string, any) { return name, spelledMetadata(value) },
			"words as numbers":              func(name string, value any) (string, any) { return name, ordinal(name, value) },
			"words in lower case":           func(name string, value any) (string, any) { return name, lowered(name, value) },
			"words with their enumerations": func(name string, value any) (string, any) { return name, prefixed(name, value) },
			"defaults left out":             func(name string, value any) (string, any) { return name, withoutDefault(name, value) },
			"null for what is absent":       func(name string, value any) (string, any) { return name, nulled(value) },
			"members of later versions":     func(name string, value any) (string, any) { return name, extended(value) },
		} {
			t.Run("I3 "+name+" "+format, func(t *testing.T) {
				text, err := json.Marshal(rewritten(original, rewrite))
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, withoutPositions(t, text)); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

var (
	position   = regexp.MustCompile(` @meta\.json:\S+`)
	enumerated = map[string][]string{
		"language": metadataLanguages, "access_type": metadataAccess, "proto": metadataProtocols, "kind": {"COUNTER", "GAUGE"},
		"delivery_guarantee": {"AT_LEAST_ONCE", "EXACTLY_ONCE"}, "operations": {"", "READ", "WRITE", "READ_ATTRIBUTES"},
	}
)

// withoutPositions describes an application; the places in the metadata differ from format to format, and with them the
// order of what has no name.
func withoutPositions(t *testing.T, text []byte) []string {
	t.Helper()
	application, diags := Read("meta.json", text, nil, testSpellings)
	lines := strings.Split(position.ReplaceAllString(sourcetest.Describe(application)+sourcetest.Diagnostics(diags), ""), "\n")
	slices.Sort(lines)
	return lines
}

// rewritten applies a function to every member of every object; a member that becomes nil disappears.
func rewritten(value any, rewrite func(string, any) (string, any)) any {
	switch value := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, inner := range value {
			if name, inner := rewrite(name, rewritten(inner, rewrite)); inner != nil {
				object[name] = inner
			}
		}
		return object
	case []any:
		list := []any{}
		for _, inner := range value {
			list = append(list, rewritten(inner, rewrite))
		}
		return list
	}
	return value
}

func camel(name string) string {
	return regexp.MustCompile(`_[a-z]`).ReplaceAllStringFunc(name, func(s string) string { return strings.ToUpper(s[1:]) })
}

func numbered(value any) any {
	if text, ok := value.(string); ok && regexp.MustCompile(`^-?\d+$`).MatchString(text) {
		return json.Number(text)
	}
	return value
}

func spelledMetadata(value any) any {
	switch value := value.(type) {
	case float64:
		return fmt.Sprint(int64(value))
	case bool:
		return fmt.Sprint(value)
	}
	return value
}

// enumeration applies a function to the words of a field; segments and selectors are told apart by their words.
func enumeration(name string, value any, apply func(words []string, i int) any) any {
	words := enumerated[name]
	if name == "type" {
		words = metadataSegments
		if slices.Contains(metadataSelectors, fmt.Sprint(value)) {
			words = metadataSelectors
		}
	}
	if list, ok := value.([]any); ok && words != nil {
		for i, element := range list {
			list[i] = apply(words, slices.Index(words, fmt.Sprint(element)))
		}
		return list
	}
	if text, ok := value.(string); ok {
		if i := slices.Index(words, text); i >= 0 {
			return apply(words, i)
		}
	}
	return value
}

func ordinal(name string, value any) any {
	return enumeration(name, value, func(_ []string, i int) any { return i })
}

func lowered(name string, value any) any {
	return enumeration(name, value, func(words []string, i int) any { return strings.ToLower(strings.ReplaceAll(words[i], "_", "-")) })
}

func prefixed(name string, value any) any {
	return enumeration(name, value, func(words []string, i int) any { return "ENUM_" + words[i] })
}

func withoutDefault(name string, value any) any {
	value = ordinal(name, value)
	switch value {
	case 0, "", false, 0.0:
		return nil
	}
	if list, ok := value.([]any); ok && len(list) == 0 && name != "svcs" {
		return nil
	}
	return value
}

func nulled(value any) any {
	if list, ok := value.([]any); ok && len(list) == 0 {
		return json.RawMessage("null")
	}
	return value
}

func extended(value any) any {
	if object, ok := value.(map[string]any); ok {
		object["a_field_of_next_year"] = []any{map[string]any{"name": 1}, nil, "text"}
	}
	return value
}

// TestI3_TextThatIsNoMetadata: what stands in the file instead is told from its first bytes, with the remedy.
func TestI3_TextThatIsNoMetadata(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"nothing":           {"", "1:1 Empty metadata: There is nothing in the metadata."},
		"white space":       {"\n\n", "1:1 Empty metadata: "},
		"protobuf":          {"\n\x04shop\x12\x08\x01", "1:1 Binary metadata: This is no JSON. It looks like the binary form of the metadata, which Encore prints unless it is asked for JSON."},
		"gzip":              {"\x1f\x8b\x08\x00", "1:1 Binary metadata: "},
		"not UTF-8":         {"{\"svcs\": [{\"name\": \"\xff\"}]}", "1:1 Invalid metadata: The metadata is not UTF-8, as JSON is."},
		"a message":         {"no app found\n", "1:1 Invalid JSON: The metadata cannot be read: "},
		"a message before":  {"Building...\n{\"svcs\": []}", "1:1 Invalid JSON: "},
		"a message behind":  {"{\"svcs\": []}\ndone", "2:1 Invalid JSON: "},
		"cut off":           {"{\n  \"svcs\": [", "2:12 Invalid JSON: "},
		"a list":            {"[]", "1:1 Not an application's metadata: The metadata of an application is one JSON object."},
		"a number":          {"7", "1:1 Not an application's metadata: "},
		"another object":    {`{"name": "shop"}`, "1:1 Not an application's metadata: The object has nothing that Encore's metadata has"},
		"nested for ever":   {strings.Repeat("[", 100000), "1:1001 Invalid metadata: Values nest more than 1000 deep here."},
		"brackets in texts": {`{"svcs": [], "x": "` + strings.Repeat(`[\"`, 2000) + `"}`, ""},
		"a byte order mark": {"\xef\xbb\xbf" + `{"svcs": []}`, ""},
	} {
		t.Run("I3 "+name, func(t *testing.T) {
			application, diags := Read("meta.json", []byte(test.text), nil, testSpellings)
			if test.want == "" {
				if application == nil || len(diags) > 0 {
					t.Error(diags)
				}
				return
			}
			if application != nil || len(diags) != 1 {
				t.Fatal(application, diags)
			}
			got := fmt.Sprintf("%d:%d %s: %s", diags[0].Subject.Start.Line, diags[0].Subject.Start.Column, diags[0].Summary, diagnostic.Text(diags[0]))
			if !strings.HasPrefix(got, test.want) || !strings.Contains(got, "\nhint: ") || !strings.Contains(got, metadataCommand) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestI3_UTF16: PowerShell writes the output of a program in UTF-16.
func TestI3_UTF16(t *testing.T) {
	for name, low := range map[string]int{"little endian": 0, "big endian": 1} {
		t.Run("I3 "+name, func(t *testing.T) {
			var text []byte
			for _, unit := range append([]uint16{0xfeff}, utf16.Encode([]rune(`{"svcs": [{"name": "größe👩", "rel_path": "a"}]}`))...) {
				pair := [2]byte{}
				pair[low], pair[1-low] = byte(unit), byte(unit>>8)
				text = append(text, pair[:]...)
			}
			application, diags := Read("meta.json", text, nil, testSpellings)
			if len(diags) > 0 || application.Services[0].Name != "größe👩" {
				t.Error(application, diags)
			}
		})
	}
}

// TestI3_OneLongLine: text without line breaks takes no longer than any other.
func TestI3_OneLongLine(t *testing.T) {
	var list []string
	for i := range 20000 {
		list = append(list, fmt.Sprintf(`{"name":"bücket-%d","versioned":true}`, i))
	}
	text := []byte(`{"svcs":[],"buckets":[` + strings.Join(list, ",") + `]}`)
	application, diags := Read("meta.json", text, nil, testSpellings)
	if len(diags) > 0 || len(application.Decls) != 20000 {
		t.Fatal(diags)
	}
	last := application.Decls[slices.IndexFunc(application.Decls, func(d source.Decl) bool { return d.Name == "bücket-19999" })]
	if want := len([]rune(string(text[:strings.Index(string(text), `"bücket-19999"`)]))) + 1; last.At.Start.Line != 1 || last.At.Start.Column != want {
		t.Errorf("%+v, want column %d", last.At, want)
	}
}

// FuzzMetadata: whatever the text is, the reader does not panic and its positions lie in the text.
func FuzzMetadata(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(memberOf(archive, "meta.json"))
	}
	f.Add([]byte("\xff\xfe{\x00}\x00"))
	f.Add([]byte("\n\x04shop"))
	f.Fuzz(func(t *testing.T, text []byte) {
		application, diags := Read("meta.json", text, nil, testSpellings)
		if application == nil && !diags.HasErrors() {
			t.Error("neither an application nor an error")
		}
		lines := strings.Count(string(source.DecodeMetadata(text)), "\n") + 1
		for _, d := range diags {
			if d.Subject == nil || d.Subject.Start.Line < 1 || d.Subject.Start.Line > lines || d.Subject.Start.Column < 1 {
				t.Errorf("%s at %v of %d lines", d.Summary, d.Subject, lines)
			}
		}
	})
}
