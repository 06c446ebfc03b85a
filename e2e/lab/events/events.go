// Package events decides what EventBridge does with an event: whether a rule's pattern matches it, and what a target gets of it. It is
// written from the Amazon EventBridge User Guide, "Comparison operators for use in event patterns" and "Amazon EventBridge input
// transformation", and fails on what it does not know.
package events

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Matches reports whether a pattern, JSON, matches an event. All fields of a pattern must, each by one of its values.
func Matches(pattern string, event map[string]any) (bool, error) {
	var fields map[string]any
	if err := json.Unmarshal([]byte(pattern), &fields); err != nil {
		return false, fmt.Errorf("event pattern: %w", err)
	}
	return object(fields, []any{event})
}

// object reports whether one of several values, which lie in lists of the event, is matched by a pattern of fields.
func object(fields map[string]any, values []any) (bool, error) {
	for name, wanted := range fields {
		matched, err := field(name, wanted, values)
		if err != nil || !matched {
			return false, err
		}
	}
	return true, nil
}

func field(name string, wanted any, values []any) (bool, error) {
	if name == "$or" {
		alternatives, isList := wanted.([]any)
		if !isList {
			return false, fmt.Errorf("$or is no list: %v", wanted)
		}
		for _, alternative := range alternatives {
			fields, isObject := alternative.(map[string]any)
			if !isObject {
				return false, fmt.Errorf("$or has %v, which is no pattern", alternative)
			}
			if matched, err := object(fields, values); err != nil || matched {
				return matched, err
			}
		}
		return false, nil
	}
	var found []any // an event is looked at as if every list in it were its elements
	for _, value := range values {
		if fields, isObject := value.(map[string]any); isObject {
			if inner, has := fields[name]; has {
				found = append(found, flat(inner)...)
			}
		}
	}
	switch wanted := wanted.(type) {
	case map[string]any:
		return object(wanted, found)
	case []any:
		for _, one := range wanted {
			if matched, err := some(one, found); err != nil || matched {
				return matched, err
			}
		}
		return false, nil
	}
	return false, fmt.Errorf("the field %s has %v, which is no list", name, wanted)
}

func flat(value any) []any {
	list, isList := value.([]any)
	if !isList {
		return []any{value}
	}
	var all []any
	for _, one := range list {
		all = append(all, flat(one)...)
	}
	return all
}

// some reports whether one value of the event is what one entry of a pattern says.
func some(wanted any, found []any) (bool, error) {
	operator, composed := wanted.(map[string]any)
	if !composed {
		return slices.Contains(found, wanted), nil
	}
	if len(operator) != 1 {
		return false, fmt.Errorf("a comparison has one operator: %v", operator)
	}
	for name, value := range operator {
		switch name {
		case "prefix":
			prefix, isText := value.(string)
			return slices.ContainsFunc(found, func(one any) bool {
				text, is := one.(string)
				return is && isText && strings.HasPrefix(text, prefix)
			}), nil
		case "anything-but":
			list := flat(value)
			if slices.ContainsFunc(list, func(one any) bool { _, composed := one.(map[string]any); return composed }) {
				break
			}
			return slices.ContainsFunc(found, func(one any) bool { return !slices.Contains(list, one) }), nil
		case "exists":
			return value == (len(found) > 0), nil
		}
		return false, fmt.Errorf("no comparison is known by %q: %v", name, value)
	}
	return false, nil
}

var placeholder = regexp.MustCompile(`<([A-Za-z0-9_.-]+)>`)

// Transform is what a target gets: a template with values of the event, by paths such as $.detail.taskArn, as JSON. A variable whose
// path leads nowhere does not appear, so that a template which needs it makes no JSON.
func Transform(template string, paths map[string]string, event map[string]any) (string, error) {
	text := placeholder.ReplaceAllStringFunc(template, func(name string) string {
		path, known := paths[strings.Trim(name, "<>")]
		if !known {
			return name
		}
		var value any = event
		for step := range strings.SplitSeq(strings.TrimPrefix(path, "$."), ".") {
			fields, _ := value.(map[string]any)
			if value = fields[step]; value == nil {
				return ""
			}
		}
		written, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(written)
	})
	if !json.Valid([]byte(text)) {
		return "", fmt.Errorf("the template makes no JSON of the event: %s", text)
	}
	return text, nil
}
