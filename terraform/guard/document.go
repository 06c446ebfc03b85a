package guard

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// statement is one of a policy, in a form in which two that say the same are the same: single values are lists, names of
// actions and of keys of conditions are in lower case, the root of an account is the account.
type statement struct {
	sid  string
	deny bool
	// principals are "AWS:123456789012", "Service:sns.amazonaws.com", "*" for everybody. A policy of a role has none.
	principals, notPrincipals []string
	actions, notActions       []string
	resources, notResources   []string
	// written are the actions as the policy has them, by their names in lower case.
	written map[string]string
	// conditions are sets of values by operator and key: "stringequals aws:sourceaccount".
	conditions map[string][]string
}

// statementsOf reads a policy; false for what is none.
func statementsOf(text string) ([]statement, bool) {
	if text == "" {
		return nil, true
	}
	var document struct {
		Statement json.RawMessage
	}
	if json.Unmarshal([]byte(text), &document) != nil {
		return nil, false
	}
	var raw []map[string]any
	if json.Unmarshal(document.Statement, &raw) != nil {
		var single map[string]any
		if json.Unmarshal(document.Statement, &single) != nil {
			return nil, len(document.Statement) == 0
		}
		raw = []map[string]any{single}
	}
	var statements []statement
	for _, written := range raw {
		statements = append(statements, statementOf(written))
	}
	return statements, true
}

func statementOf(written map[string]any) statement {
	s := statement{
		sid:        textAt(written, "Sid"),
		deny:       strings.EqualFold(textAt(written, "Effect"), "Deny"),
		principals: principalsOf(written["Principal"]), notPrincipals: principalsOf(written["NotPrincipal"]),
		actions: lowercased(textsOf(written["Action"])), notActions: lowercased(textsOf(written["NotAction"])),
		resources: textsOf(written["Resource"]), notResources: textsOf(written["NotResource"]),
		written: map[string]string{}, conditions: map[string][]string{},
	}
	for _, action := range slices.Concat(textsOf(written["Action"]), textsOf(written["NotAction"])) {
		s.written[strings.ToLower(action)] = action
	}
	operators, _ := written["Condition"].(map[string]any)
	for operator, keys := range operators {
		keys, _ := keys.(map[string]any)
		for key, values := range keys {
			s.conditions[strings.ToLower(operator+" "+key)] = textsOf(values)
		}
	}
	return s
}

// textsOf is a value or a list of them, sorted.
func textsOf(value any) []string {
	var texts []string
	switch value := value.(type) {
	case nil:
		return nil
	case []any:
		for _, element := range value {
			texts = append(texts, textsOf(element)...)
		}
	case string:
		texts = []string{value}
	default:
		text, err := json.Marshal(value)
		if err != nil {
			return nil
		}
		texts = []string{string(text)}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

func lowercased(texts []string) []string {
	for i := range texts {
		texts[i] = strings.ToLower(texts[i])
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

func principalsOf(value any) []string {
	if value == "*" {
		return []string{"*"}
	}
	object, _ := value.(map[string]any)
	var found []string
	for _, kind := range slices.Sorted(maps.Keys(object)) {
		for _, name := range textsOf(object[kind]) {
			if kind == "AWS" && name == "*" {
				found = append(found, "*")
				continue
			}
			found = append(found, kind+":"+rootARN(name))
		}
	}
	return found
}

// rootARN is an account for the ARN of its root, and any other name as it is.
func rootARN(name string) string {
	parts := strings.Split(name, ":")
	if len(parts) == 6 && parts[0] == "arn" || len(parts) == 6 && strings.HasPrefix(parts[0], "arn") {
		if parts[2] == "iam" && parts[5] == "root" {
			return parts[4]
		}
	}
	return name
}

// glob reports whether a pattern of IAM matches whatever another pattern or name does. A * of the other is matched by * alone.
func glob(pattern, name string) bool {
	if pattern == "*" || pattern == name {
		return true
	}
	// The last * seen, and where the name went on then.
	star, resume := -1, 0
	i, j := 0, 0
	for j < len(name) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, resume = i, j
			i++
		case i < len(pattern) && (pattern[i] == name[j] || pattern[i] == '?' && name[j] != '*'):
			i++
			j++
		case star >= 0:
			resume++
			i, j = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[i:], "*") == ""
}

func anyGlob(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return glob(pattern, name) })
}

// right is one thing that a statement is about: somebody, an action, a resource. Each may stand for all but some.
type right struct {
	principal, action, resource string
	of                          *statement
}

// rights takes a statement apart.
func (s *statement) rights() []right {
	var found []right
	for _, principal := range orAll(s.principals) {
		for _, action := range orAll(s.actions) {
			for _, resource := range orAll(s.resources) {
				found = append(found, right{principal, action, resource, s})
			}
		}
	}
	return found
}

// asWritten is an action as the policy has it.
func (s *statement) asWritten(action string) string {
	if text, found := s.written[action]; found {
		return text
	}
	return action
}

// orAll is everything, for what a statement leaves open or says by what it is not.
func orAll(texts []string) []string {
	if len(texts) == 0 {
		return []string{"*"}
	}
	return texts
}

// covers reports whether a statement says of a right what the right's own statement says, conditions apart.
func (s *statement) covers(r right) bool {
	return part(s.principals, s.notPrincipals, r.principal, r.of.notPrincipals) && part(s.actions, s.notActions, r.action, r.of.notActions) &&
		part(s.resources, s.notResources, r.resource, r.of.notResources)
}

// part reports whether patterns, or all but some, cover a name, or all but some others.
func part(patterns, not []string, name string, notNames []string) bool {
	switch {
	case len(not) > 0 && len(notNames) > 0:
		// All but a few covers all but more.
		return !slices.ContainsFunc(not, func(out string) bool { return !anyGlob(notNames, out) })
	case len(not) > 0:
		return name != "*" && !slices.ContainsFunc(not, func(out string) bool { return glob(out, name) || glob(name, out) })
	}
	return anyGlob(orAll(patterns), name)
}

// unmet are the conditions of a statement that another does not have, or has for more values.
func (s *statement) unmet(other *statement) []string {
	var found []string
	for _, condition := range slices.Sorted(maps.Keys(s.conditions)) {
		asked, has := other.conditions[condition]
		if !has || !implies(condition, asked, s.conditions[condition]) {
			_, key, _ := strings.Cut(condition, " ")
			found = append(found, key)
		}
	}
	return found
}

// implies reports whether a condition with some values holds only where it does with others.
func implies(condition string, values, wider []string) bool {
	operator, _, _ := strings.Cut(condition, " ")
	within := slices.Contains[[]string]
	if strings.Contains(operator, "like") || strings.Contains(operator, "arn") {
		within = anyGlob
	}
	switch {
	case slices.Equal(values, wider):
		return true
	case strings.Contains(operator, "not"):
		// Whoever is none of many is none of a few.
		return !slices.ContainsFunc(wider, func(value string) bool { return !within(values, value) })
	case strings.Contains(operator, "like") || strings.Contains(operator, "arn") || strings.Contains(operator, "equals"):
		return !slices.ContainsFunc(values, func(value string) bool { return !within(wider, value) })
	}
	return false // numbers, dates and booleans are the same or another
}
