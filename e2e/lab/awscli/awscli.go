// Package awscli reads commands of the AWS CLI that generated code hands to operators, as the CLI would: into the parameters of the call
// that they make.
package awscli

import (
	"fmt"
	"strconv"
	"strings"
)

// RunTask makes the parameters of RunTask of the arguments of a command, aws ecs run-task, as the AWS CLI does. It knows the options that
// generated commands have, and what operators may add to them: no other option, and no value in another form.
func RunTask(arguments []string) (map[string]any, error) {
	if len(arguments) < 3 || arguments[0] != "aws" || arguments[1] != "ecs" || arguments[2] != "run-task" {
		return nil, fmt.Errorf("no command that runs a task: %q", arguments)
	}
	parameters := map[string]any{}
	for i := 3; i < len(arguments); i++ {
		option := arguments[i]
		switch option {
		case "--enable-ecs-managed-tags":
			parameters["enableECSManagedTags"] = true
			continue
		case "--region", "--cluster", "--task-definition", "--launch-type", "--propagate-tags", "--network-configuration", "--capacity-provider-strategy", "--overrides":
		default:
			return nil, fmt.Errorf("no option of the command is known by %q", option)
		}
		if i++; i == len(arguments) {
			return nil, fmt.Errorf("%s has no value", option)
		}
		name, value, err := runTaskOption(option, arguments[i])
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", option, arguments[i], err)
		}
		if name != "" {
			parameters[name] = value
		}
	}
	return parameters, nil
}

func runTaskOption(option, text string) (name string, value any, err error) {
	switch option {
	case "--region":
		return "", nil, nil // which account answers is the laboratory's business
	case "--network-configuration", "--overrides":
		value, err = shorthand(text)
	case "--capacity-provider-strategy":
		var fields any
		if fields, err = shorthand(text); err == nil {
			if weight, is := fields.(map[string]any)["weight"].(string); is {
				fields.(map[string]any)["weight"], err = strconv.Atoi(weight)
			}
			value = []any{fields}
		}
	default:
		value = text
	}
	return camel(option), value, err
}

// camel is the name of a parameter that an option of the CLI stands for.
func camel(option string) string {
	words := strings.Split(strings.TrimPrefix(option, "--"), "-")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}

// shorthand reads a structure as the AWS CLI lets it be written: a=b,c={d=[e,f]}. AWS Command Line Interface User Guide, "Using
// shorthand syntax in the AWS CLI".
func shorthand(text string) (any, error) {
	p := &shorthandReader{rest: text}
	fields, err := p.fields("")
	if err == nil && p.rest != "" {
		err = fmt.Errorf("what follows is no shorthand: %q", p.rest)
	}
	return fields, err
}

type shorthandReader struct{ rest string }

// fields reads a=b,c=d until an end.
func (p *shorthandReader) fields(end string) (map[string]any, error) {
	fields := map[string]any{}
	for {
		at := strings.IndexAny(p.rest, "=,{}[]")
		if at <= 0 || p.rest[at] != '=' {
			return nil, fmt.Errorf("no name and = at %q", p.rest)
		}
		name := p.rest[:at]
		p.rest = p.rest[at+1:]
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		fields[name] = value
		if !strings.HasPrefix(p.rest, ",") {
			return fields, p.close(end)
		}
		p.rest = p.rest[1:]
	}
}

func (p *shorthandReader) close(end string) error {
	if !strings.HasPrefix(p.rest, end) {
		return fmt.Errorf("no %s at %q", end, p.rest)
	}
	p.rest = p.rest[len(end):]
	return nil
}

func (p *shorthandReader) value() (any, error) {
	switch {
	case strings.HasPrefix(p.rest, "{"):
		p.rest = p.rest[1:]
		return p.fields("}")
	case strings.HasPrefix(p.rest, "["):
		p.rest = p.rest[1:]
		list := []any{}
		for {
			one, err := p.value()
			if err != nil {
				return nil, err
			}
			list = append(list, one)
			if !strings.HasPrefix(p.rest, ",") {
				return list, p.close("]")
			}
			p.rest = p.rest[1:]
		}
	}
	at := strings.IndexAny(p.rest+",", ",}]")
	text := p.rest[:at]
	p.rest = p.rest[at:]
	if text == "" || strings.ContainsAny(text, "{[\"'= ") {
		return nil, fmt.Errorf("no plain value: %q", text)
	}
	return text, nil
}
