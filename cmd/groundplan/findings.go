package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"slices"

	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/guard"
)

// stackFinding is a finding about a stack.
type stackFinding struct {
	stack string
	guard.Finding
}

// about is what a finding is about, in words.
func (f stackFinding) about() string {
	if f.Component == "" {
		return f.stack
	}
	return f.Component
}

// findingsText writes what guards found below a plan.
func findingsText(w io.Writer, findings []stackFinding) {
	for _, part := range []struct {
		refuses bool
		heading string
	}{{true, "An apply refuses this:"}, {false, "Mind this:"}} {
		first := true
		for _, finding := range findings {
			if finding.Refuses != part.refuses {
				continue
			}
			if first {
				fmt.Fprintf(w, "\n%s\n", part.heading)
				first = false
			}
			fmt.Fprintf(w, "  %s: %s\n", finding.about(), change.Clean(finding.Reason))
			if finding.Address != "" {
				fmt.Fprintf(w, "    %s\n", change.Clean(finding.Address))
			}
			for _, hint := range finding.Hints {
				fmt.Fprintf(w, "    hint: %s\n", hint)
			}
		}
	}
}

// findingsMarkdown writes what guards found for a comment of a pull request, below the plan.
func findingsMarkdown(w io.Writer, findings []stackFinding) error {
	var out bytes.Buffer
	for _, part := range []struct {
		refuses bool
		heading string
	}{{true, "An apply refuses this"}, {false, "Mind this"}} {
		first := true
		for _, finding := range findings {
			if finding.Refuses != part.refuses {
				continue
			}
			if first {
				fmt.Fprintf(&out, "\n**%s**\n\n", part.heading)
				first = false
			}
			fmt.Fprintf(&out, "- %s: %s", change.Escape(finding.about()), change.Escape(finding.Reason))
			if finding.Address != "" {
				fmt.Fprintf(&out, " (<code>%s</code>)", html.EscapeString(change.Clean(finding.Address)))
			}
			out.WriteByte('\n')
			for _, hint := range finding.Hints {
				fmt.Fprintf(&out, "  - %s\n", change.Escape(hint))
			}
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// findingRecord is a finding in JSON.
type findingRecord struct {
	Stack     string   `json:"stack"`
	Rule      string   `json:"rule"`
	Address   string   `json:"address,omitempty"`
	Component string   `json:"component,omitempty"`
	Reason    string   `json:"reason"`
	Hints     []string `json:"hints,omitempty"`
	Refuses   bool     `json:"refuses"`
}

// planJSON writes a plan for programs, see docs/driving.md.
func planJSON(w io.Writer, environment string, sets []change.Set, findings []stackFinding) error {
	var plans bytes.Buffer
	if err := change.JSON(&plans, sets); err != nil {
		return err
	}
	document := struct {
		Version     int             `json:"version"`
		Environment string          `json:"environment"`
		Stacks      json.RawMessage `json:"stacks"`
		Findings    []findingRecord `json:"findings"`
	}{Environment: environment, Findings: []findingRecord{}}
	if err := json.Unmarshal(plans.Bytes(), &document); err != nil {
		return err
	}
	for _, f := range findings {
		document.Findings = append(document.Findings, findingRecord{f.stack, f.Rule, f.Address, f.Component, f.Reason, f.Hints, f.Refuses})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}

// refusals are what a refusal says of each rule.
var refusals = map[string]string{
	guard.DataLost:      "this plan destroys data",
	guard.DataShrinks:   "this plan lets AWS delete data",
	guard.WrongPlace:    "this plan is for another place",
	guard.MuchDestroyed: "this plan destroys much of a stack",
	guard.StateMoved:    "the state is not the one that was planned with",
}

// refusal is how a verb ends that guards refuse.
func refusal(findings []guard.Finding) error {
	var reasons []string
	for _, finding := range findings {
		reason := refusals[finding.Rule]
		if reason == "" {
			reason = finding.Reason
		}
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	message := "refused: " + reasons[0]
	for _, reason := range reasons[1:] {
		message += ", and " + reason
	}
	return &outcome{code: codeRefused, message: message}
}
