package change

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// The page about driving has a row for each member of the JSON, and none for what is not in it.
func TestSchemaIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/driving.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n### The plan as JSON\n")
	if !found {
		t.Fatal("docs/driving.md has no section on the plan as JSON")
	}
	if next := regexp.MustCompile(`(?m)^##`).FindStringIndex(section); next != nil {
		section = section[:next[0]]
	}
	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\|").FindAllStringSubmatch(section, -1) {
		documented[row[1]] = strings.TrimSpace(row[2])
	}
	is := map[string]string{}
	members(is, "", reflect.TypeFor[document]())
	for path, kind := range is {
		if documented[path] != kind {
			t.Errorf("docs/driving.md says %q of `%s`, which is %s", documented[path], path, kind)
		}
	}
	for path := range documented {
		if is[path] == "" {
			t.Errorf("docs/driving.md tells of `%s`, which is not there", path)
		}
	}
	for risk := Harmless; risk <= DataLost; risk++ {
		if !strings.Contains(section, "`"+risk.String()+"`") {
			t.Errorf("docs/driving.md does not name the risk `%s`", risk)
		}
	}
	for _, action := range []string{Create, Update, Revise, Replace, ReplaceAfter, Delete, Forget, Keep} {
		if !strings.Contains(section, "`"+action+"`") {
			t.Errorf("docs/driving.md does not name the action `%s`", action)
		}
	}
}

// members are the paths of a type's members with what they are: "list of string, optional".
func members(found map[string]string, path string, of reflect.Type) {
	for i := range of.NumField() {
		field := of.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		at, kind, element := path+name, "", field.Type
		if field.Type == reflect.TypeFor[json.RawMessage]() {
			kind = "any"
		} else if field.Type.Kind() == reflect.Slice {
			kind, element = "list of ", field.Type.Elem()
			at += "[]"
		}
		switch {
		case kind == "any":
		case element.Kind() == reflect.Struct:
			kind += "object"
			members(found, at+".", element)
		case element.Kind() == reflect.Int:
			kind += "number"
		default:
			kind += element.Kind().String()
		}
		if options != "" {
			kind += ", optional"
		}
		found[strings.TrimSuffix(at, "[]")] = kind
	}
}

// What is written can be read, and an empty plan has its lists.
func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, []Set{{Stack: "platform"}}); err != nil {
		t.Fatal(err)
	}
	var read document
	if err := json.Unmarshal(out.Bytes(), &read); err != nil || read.Version != Version || read.Stacks[0].Components == nil {
		t.Errorf("%v: %s", err, out.String())
	}
	out.Reset()
	if err := JSON(&out, nil); err != nil || !strings.Contains(out.String(), `"stacks": []`) {
		t.Errorf("%v: %s", err, out.String())
	}
}
