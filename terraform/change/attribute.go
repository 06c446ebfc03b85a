package change

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Attribute is an attribute that changes, or a part of one.
type Attribute struct {
	// Path is as in terraform's code: rule[0].expiration[0].days.
	Path string
	// Before and After are the values as JSON, "" where there is none. Neither is set for what is sensitive, and After is not for what
	// is known after the apply.
	Before, After string
	// Unknown: what it will be is known after the apply. Sensitive: nobody is shown it.
	Unknown, Sensitive bool

	before, after any
	// label is what the element of a list is called that it is in: the name of a parameter.
	label string
}

// concealed are attributes whose values nobody is shown, whatever terraform says of them: some hold what containers are told,
// which people put secrets into against all advice.
var concealed = []string{"auth_token", "container_definitions", "environment", "input", "master_password", "output", "password", "passwords", "secret_binary", "secret_string", "value_wo"}

// attributes are those that differ between what is and what will be, by path.
func attributes(planned *tfjson.ResourceChange, configured Configured) []Attribute {
	c := planned.Change
	before, _ := c.Before.(map[string]any)
	after, _ := c.After.(map[string]any)
	unknown, _ := c.AfterUnknown.(map[string]any)
	d := differ{}
	names := map[string]bool{}
	for _, object := range []map[string]any{before, after, unknown} {
		for name := range object {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if name == "tags_all" {
			continue // the tags, and those of the provider
		}
		if isUnknown(unknown[name]) && !configured.Sets(planned.Address, name) {
			continue // AWS says what it is
		}
		hidden := slices.Contains(concealed, name)
		d.compare(name, side{before[name], partOf(c.BeforeSensitive, name)}, side{after[name], partOf(c.AfterSensitive, name)}, unknown[name], hidden)
	}
	return d.found
}

// side is a value, and the mask of what is sensitive in it.
type side struct{ value, sensitive any }

// at is a part of a side.
func (s side) at(step any) side { return side{partOf(s.value, step), partOf(s.sensitive, step)} }

// partOf is what is at a step of a value; of a mask that says true of the whole it is true.
func partOf(value, step any) any {
	switch value := value.(type) {
	case bool:
		return value
	case map[string]any:
		if name, isName := step.(string); isName {
			return value[name]
		}
	case []any:
		if index, isIndex := step.(int); isIndex && index < len(value) {
			return value[index]
		}
	}
	return nil
}

func isUnknown(mask any) bool {
	whole, _ := mask.(bool)
	return whole
}

// differ collects differences.
type differ struct {
	found []Attribute
	label string
}

func (d *differ) compare(path string, before, after side, unknown any, hidden bool) {
	if isUnknown(unknown) {
		d.add(Attribute{Path: path, Unknown: true, before: before.value}, hidden || anyTrue(before.sensitive) || anyTrue(after.sensitive))
		return
	}
	if same(before.value, after.value) && !anyTrue(unknown) {
		return
	}
	if hidden || isUnknown(before.sensitive) || isUnknown(after.sensitive) {
		d.add(Attribute{Path: path, before: before.value, after: after.value}, true)
		return
	}
	switch now := after.value.(type) {
	case map[string]any:
		if old, isObject := before.value.(map[string]any); isObject {
			d.objects(path, before, after, old, now, unknown)
			return
		}
	case []any:
		if old, isList := before.value.([]any); isList && d.lists(path, before, after, old, now, unknown) {
			return
		}
	}
	sensitive := anyTrue(before.sensitive) || anyTrue(after.sensitive)
	d.add(Attribute{Path: path, before: before.value, after: after.value, Unknown: anyTrue(unknown)}, sensitive)
}

func (d *differ) objects(path string, before, after side, old, now map[string]any, unknown any) {
	names := map[string]bool{}
	for _, object := range []map[string]any{old, now} {
		for name := range object {
			names[name] = true
		}
	}
	if mask, isObject := unknown.(map[string]any); isObject {
		for name := range mask {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		d.compare(path+"."+name, before.at(name), after.at(name), partOf(unknown, name), slices.Contains(concealed, name))
	}
}

// lists compares lists of blocks, which may be sets: what is in both is no difference, and of what is left the first of the one
// is held against the first of the other. It reports false for lists of anything else.
func (d *differ) lists(path string, before, after side, old, now []any, unknown any) bool {
	for _, element := range slices.Concat(old, now) {
		if _, isObject := element.(map[string]any); !isObject {
			return false
		}
	}
	var left []int
	taken := make([]bool, len(now))
	for i, element := range old {
		at := -1
		for j := range now {
			if !taken[j] && same(element, now[j]) && !anyTrue(partOf(unknown, j)) {
				at = j
				break
			}
		}
		if at < 0 {
			left = append(left, i)
			continue
		}
		taken[at] = true
	}
	for j := range now {
		if taken[j] {
			continue
		}
		if at := partner(old, left, now[j]); at >= 0 {
			outer := d.label
			d.label = labelOf(now[j])
			d.compare(fmt.Sprintf("%s[%d]", path, j), before.at(left[at]), after.at(j), partOf(unknown, j), false)
			d.label = outer
			left = slices.Delete(left, at, at+1)
			continue
		}
		d.add(Attribute{Path: fmt.Sprintf("%s[%d]", path, j), after: now[j], Unknown: anyTrue(partOf(unknown, j))}, anyTrue(partOf(after.sensitive, j)))
	}
	for _, i := range left {
		d.add(Attribute{Path: fmt.Sprintf("%s[%d]", path, i), before: old[i]}, anyTrue(partOf(before.sensitive, i)))
	}
	return true
}

// partner is the place among those that are left of what an element was before: what has its name, else the first when none of
// them has any.
func partner(old []any, left []int, element any) int {
	name := labelOf(element)
	for i, at := range left {
		if labelOf(old[at]) == name {
			return i
		}
	}
	return -1
}

// labelOf is what an element of a list calls itself, "" for nothing.
func labelOf(element any) string {
	object, _ := element.(map[string]any)
	for _, key := range []string{"name", "id", "rule_id", "sid"} {
		if name, isText := object[key].(string); isText {
			return name
		}
	}
	return ""
}

func (d *differ) add(attribute Attribute, sensitive bool) {
	attribute.label = d.label
	attribute.Sensitive = sensitive
	if sensitive {
		attribute.before, attribute.after = nil, nil
	} else {
		attribute.Before, attribute.After = textOf(attribute.before), textOf(attribute.after)
	}
	if attribute.Unknown {
		attribute.After = ""
	}
	d.found = append(d.found, attribute)
}

// textOf is a value as JSON, "" for none.
func textOf(value any) string {
	if value == nil {
		return ""
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return strconv.Quote(fmt.Sprint(value)) // a number of no size that JSON has
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// same reports whether two values are the same to AWS: documents in JSON by what they say, and nothing like an empty list.
func same(a, b any) bool {
	if isEmpty(a) && isEmpty(b) {
		return true
	}
	if reflect.DeepEqual(a, b) {
		return true
	}
	first, isText := a.(string)
	second, alsoText := b.(string)
	if !isText || !alsoText || !strings.HasPrefix(strings.TrimSpace(first), "{") && !strings.HasPrefix(strings.TrimSpace(first), "[") {
		return false
	}
	var x, y any
	return json.Unmarshal([]byte(first), &x) == nil && json.Unmarshal([]byte(second), &y) == nil && reflect.DeepEqual(x, y)
}

func isEmpty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}
