package emulator

import (
	"slices"
	"testing"
)

func TestWarnings(t *testing.T) {
	output := "Initializing...\n\nWarning: Incomplete lock file information for providers\n\nDue to\n" +
		"Warning: Some objects will no longer be managed by Terraform\n" +
		"│ Warning: Value derived from a deprecated source\nno Warning: in the middle\n\nWarning: Deprecated attribute\n"
	if got, want := Warnings(output), []string{"Value derived from a deprecated source", "Deprecated attribute"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Warnings("No changes.\n"); got != nil {
		t.Errorf("got %q of an output without warnings", got)
	}
}

// OpenTofu 1.11 lists what it opens for the time of a run.
func TestReadPlanLeavesOutWhatIsOpened(t *testing.T) {
	plan, err := ReadPlan(`{"format_version":"1.2","resource_changes":[
		{"address":"ephemeral.aws_x.this","mode":"ephemeral","type":"aws_x","name":"this","change":{"actions":["open"]}},
		{"address":"aws_x.this","mode":"managed","type":"aws_x","name":"this","change":{"actions":["create"]}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.ResourceChanges) != 1 || plan.ResourceChanges[0].Address != "aws_x.this" {
		t.Errorf("got %d changes, want the managed one", len(plan.ResourceChanges))
	}
	if _, err := ReadPlan("no plan"); err == nil {
		t.Error("anything is read as a plan")
	}
}
