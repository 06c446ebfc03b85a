package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/blueprint"
)

// heldSecret is a secret as it is on AWS.
type heldSecret struct {
	Name     string `json:"name"`
	FullName string `json:"full_name"`
	// Fill is value, login or generated: who gives it its value.
	Fill string `json:"fill"`
	// State is set, missing (it has no value), absent (it is not made yet), deleted, or unknown (AWS refuses to look at it, as it
	// does with one that is not there).
	State string `json:"state"`
	// Since is when the value was written, in UTC.
	Since    string   `json:"since,omitempty"`
	Versions int      `json:"versions"`
	NeededBy []string `json:"needed_by"`
}

// openSecrets opens the environment of a command line, and asks AWS for its secrets as holdings does; versions are counted where they are asked for.
func openSecrets(c *cli.Context, versions bool) (*target, []heldSecret, error) {
	t, err := openTarget(c)
	if err != nil {
		return nil, nil, err
	}
	client, err := t.account(c)
	if err != nil {
		return nil, nil, err
	}
	list, err := t.holdings(c, client, versions)
	return t, list, err
}

// holdings looks at all secrets of an environment. Versions are counted where they are asked for, which takes a right more.
func (t *target) holdings(c *cli.Context, client *aws.Client, versions bool) ([]heldSecret, error) {
	list := []heldSecret{}
	var refused error
	known := false
	for _, secret := range t.environment.Secrets {
		one := heldSecret{Name: shortName(secret), FullName: secret.Name, Fill: secret.Fill, State: "missing", NeededBy: slices.Concat([]string{}, secret.NeededBy)}
		found, err := client.FindSecret(c.Context, secret.Name)
		if err != nil && !aws.Refused(err) {
			return nil, awsError(err)
		}
		known = known || err == nil
		switch {
		case err != nil:
			refused, one.State = err, "unknown"
		case !found.There:
			one.State = "absent"
		case !found.Deleted.IsZero():
			one.State = "deleted"
		case found.Set:
			one.State = "set"
		}
		if versions && one.State == "set" {
			counted, err := client.SecretVersions(c.Context, secret.Name)
			if err != nil {
				return nil, awsError(err)
			}
			one.Versions = counted.Count
			if !counted.Since.IsZero() {
				one.Since = counted.Since.UTC().Format("2006-01-02T15:04:05Z")
			}
		}
		list = append(list, one)
	}
	if refused != nil && !known {
		return nil, withHints(awsError(refused), t.refusedToo())
	}
	return list, nil
}

func listSecrets(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	format := c.String("format")
	if format != "text" && format != "json" {
		return mistake(fmt.Sprintf("there is no format %q", format), "the formats are text and json")
	}
	t, list, err := openSecrets(c, true)
	if err != nil {
		return err
	}
	if format == "json" {
		text, err := json.MarshalIndent(map[string]any{"environment": t.environment.Name, "secrets": list}, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.App.Writer, "%s\n", text)
		return err
	}
	if len(list) == 0 {
		t.printer.say("environment %s has no secrets", t.environment.Name)
		return nil
	}
	rows := [][]string{{"NAME", "STATE", "SINCE", "VERSIONS", "SET BY", "NEEDED BY"}}
	for _, one := range list {
		by, count := "people", fmt.Sprint(one.Versions)
		if one.Fill == blueprint.Generated {
			by = "terraform"
		}
		if one.State != "set" {
			count = "-"
		}
		rows = append(rows, []string{one.Name, one.State, cmp.Or(one.Since, "-"), count, by, cmp.Or(strings.Join(one.NeededBy, ", "), "-")})
	}
	writeColumns(c.App.Writer, rows)
	return nil
}

// writeColumns writes rows with columns of even width; the last one is as wide as it is.
func writeColumns(out io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", widths[i], cell)
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

func checkSecrets(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	t, list, err := openSecrets(c, false)
	if err != nil {
		return err
	}
	missing := slices.DeleteFunc(list, func(one heldSecret) bool { return one.State == "set" || len(one.NeededBy) == 0 })
	if len(missing) == 0 {
		t.printer.say("environment %s has all secrets that its workloads need", t.environment.Name)
		return nil
	}
	var rows [][]string
	for _, one := range missing {
		rows = append(rows, []string{one.Name, one.State, "needed by " + strings.Join(one.NeededBy, ", ")})
	}
	writeColumns(c.App.Writer, rows)
	message := fmt.Sprintf("%d secrets of environment %s are missing: what needs them does not start", len(missing), t.environment.Name)
	if len(missing) == 1 {
		message = fmt.Sprintf("1 secret of environment %s is missing: what needs it does not start", t.environment.Name)
	}
	return &outcome{code: codeDiffers, message: message, hints: t.remedies(missing)}
}

// remedies are the commands that give secrets their values.
func (t *target) remedies(missing []heldSecret) []string {
	var first, hints []string
	for _, one := range missing {
		switch {
		case one.State == "deleted":
			hints = append(hints, t.restore(one.FullName))
		case one.State == "unknown":
			first = append(first, "AWS refuses to look at those that are unknown: they are not there, or the credentials lack secretsmanager:DescribeSecret on them")
			first = append(first, t.makeSecrets())
		case one.State == "absent" || one.Fill == blueprint.Generated:
			first = append(first, t.makeSecrets())
		default:
			hints = append(hints, fmt.Sprintf("groundplan secret set %s --env %s", one.Name, t.environment.Name))
		}
	}
	slices.Sort(first)
	return append(slices.Compact(first), hints...)
}
