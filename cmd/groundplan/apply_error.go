package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform/apply"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/engine"
)

// applyError says how an apply ended that did not get to its end, and how to go on.
func (t *target) applyError(c *cli.Context, err error) error {
	var said *outcome
	var refused *apply.RefusedError
	var unready *apply.UnreadyError
	var wanting *apply.WantingError
	var failed *apply.FailedError
	switch {
	case errors.As(err, &said):
		return err
	case errors.As(err, &refused):
		return refusal(refused.Findings)
	case errors.As(err, &unready):
		return t.unready(c, unready)
	case errors.As(err, &wanting):
		return mistake(wanting.Message, wanting.Hints...)
	case errors.As(err, &failed):
		return t.failedApply(c, failed)
	}
	explained := t.explain(err)
	if errors.Is(explained, err) { // terraform has no part in it
		return awsError(err)
	}
	return explained
}

// unready says all that has to be there before the services.
func (t *target) unready(c *cli.Context, unready *apply.UnreadyError) error {
	for _, wanting := range unready.Wanting {
		t.printer.say("%s", wanting.Message)
		for _, hint := range wanting.Hints {
			fmt.Fprintf(t.printer.out, "hint: %s\n", hint)
		}
	}
	return mistake(unready.Error()+"; what was applied before them stays, and nothing is locked", "then go on: "+applyAgain(c))
}

// failedApply says what went wrong with a stack, what was done of it, and how to go on.
func (t *target) failedApply(c *cli.Context, failed *apply.FailedError) error {
	explained := t.explain(failed.StackError)
	for _, rollout := range failed.Rollouts {
		t.rollout(rollout)
	}
	done, broken, unfinished, untouched := failed.Tally.Came()
	for _, part := range []struct {
		heading string
		titles  []string
	}{{"done", done}, {"failed", broken}, {"begun, and not finished", unfinished}, {"not begun", untouched}} {
		if len(part.titles) > 0 {
			for _, line := range wrap(fmt.Sprintf("%s of %s: %s", part.heading, failed.Stack.Name, strings.Join(part.titles, ", ")), textWidth) {
				t.printer.say("%s", line)
			}
		}
	}
	hint := "go on, once that is mended: " + applyAgain(c)
	var stopped *engine.InterruptedError
	if errors.As(failed.Err, &stopped) {
		hint = "go on: " + applyAgain(c)
	}
	var o *outcome
	if !errors.As(explained, &o) {
		return mistake(explained.Error(), hint)
	}
	hints := slices.DeleteFunc(slices.Clone(o.hints), func(h string) bool { return h == "repeat the command" })
	return &outcome{code: o.code, message: o.message, hints: append(hints, hint)}
}

// rollout says why a deployment failed, and what still serves.
func (t *target) rollout(r apply.Rollout) {
	name := r.Workload.Name
	switch {
	case r.Unknown != nil:
		t.printer.say("what became of the deployment of %s is not known: %s", name, awsError(r.Unknown))
	case r.Serving == "":
		t.printer.say("the deployment of %s failed, and no task of it serves", name)
	default:
		t.printer.say("the deployment of %s failed; %s still serves, in %s", name, versionOf(t.environment, r.Serving), taskCount(r.Running))
	}
	if r.Reason != "" {
		t.printer.say("  ECS says: %s", change.Clean(r.Reason))
	}
	for i, reason := range r.Stopped {
		lead := "its last task stopped"
		if i > 0 {
			lead = "container"
		}
		t.printer.say("  %s: %s", lead, change.Clean(reason))
	}
	if len(r.Lines) > 0 {
		t.printer.say("  the last lines of its log, %s in %s:", r.Stream, r.Workload.LogGroup)
		for _, line := range r.Lines {
			fmt.Fprintf(t.printer.out, "    %s\n", change.Clean(line))
		}
	}
}

// taskCount is a number of tasks in words.
func taskCount(number int) string {
	if number == 1 {
		return "1 task"
	}
	return fmt.Sprintf("%d tasks", number)
}

// versionOf is what people call the image that a task runs: the tag that it was deployed under, where it is the environment's own.
func versionOf(env *blueprint.Environment, image string) string {
	if _, tag, ours := strings.Cut(image, "/"+env.Registry.Name+":"); ours {
		return "image tag " + tag
	}
	return image
}

// applyAgain is the command line that goes on with an apply. A plan that was begun is not applied twice.
func applyAgain(c *cli.Context) string {
	words := []string{"groundplan", "apply"}
	for _, name := range []string{"app", "meta", "out", "env"} {
		if c.IsSet(name) {
			words = append(words, "--"+name, shellWord(c.String(name)))
		}
	}
	for _, name := range []string{"stack", "allow-destroy"} {
		for _, value := range c.StringSlice(name) {
			words = append(words, "--"+name, shellWord(value))
		}
	}
	for _, name := range []string{"image-tag", "engine"} {
		if c.IsSet(name) {
			words = append(words, "--"+name, shellWord(c.String(name)))
		}
	}
	for _, name := range []string{"stale-ok", "yes"} {
		if c.Bool(name) {
			words = append(words, "--"+name)
		}
	}
	if c.IsSet("plan") {
		words[1] = "plan"
		words = slices.DeleteFunc(words, func(word string) bool { return word == "--yes" })
		if i := slices.Index(words, "--out"); i >= 0 {
			words[i] = "--in"
		}
		return strings.Join(append(words, "--out", shellWord(c.String("plan"))), " ") + ", and apply that"
	}
	return strings.Join(words, " ")
}

// shellWord is a word as a shell takes it.
func shellWord(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=./:,+@%", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// absolutePath is a folder however somebody moves meanwhile.
func absolutePath(folder string) string {
	if path, err := filepath.Abs(folder); err == nil {
		return path
	}
	return folder
}
