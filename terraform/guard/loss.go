package guard

import (
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/terraform/change"
)

// dataLost finds what holds data and is destroyed or made anew.
func dataLost(p plannedChange) []Finding {
	var findings []Finding
	for _, r := range p.changes() {
		if !goes(r) || !change.HoldsData(r.Type) {
			continue
		}
		drawn := p.drawnAnew(r)
		if p.allowed(r.Address) {
			continue
		}
		found := p.finding(DataLost, r, lossReason(r))
		if drawn {
			found.Reason += "; nobody but terraform wrote what is in it, and it is drawn anew"
		} else {
			found.Refuses = true
			found.Hints = append(rescue(r), "pass --allow-destroy "+quoted(r.Address)+", or undo the change"+p.where(r))
		}
		findings = append(findings, found)
	}
	return findings
}

// drawnAnew reports whether a secret or a queue holds nothing of anybody's: the blueprint says so of its component. Of what the
// code no longer has the blueprint says nothing; a secret that terraform also wrote the value of was drawn by it.
func (p plannedChange) drawnAnew(r *tfjson.ResourceChange) bool {
	if r.Type != "aws_secretsmanager_secret" && r.Type != "aws_sqs_queue" {
		return false
	}
	owner := change.Owner(p.env, p.stack, r.ModuleAddress)
	if !owner.Gone {
		return !owner.HoldsData
	}
	return r.Type == "aws_secretsmanager_secret" && slices.ContainsFunc(p.managed(), func(other *tfjson.ResourceChange) bool {
		return other.Type == "aws_secretsmanager_secret_version" && other.ModuleAddress == r.ModuleAddress && goes(other) &&
			textAt(other.Change.Before, "secret_id") == textAt(r.Change.Before, "id")
	})
}

// where is where the component is declared, for a hint.
func (p plannedChange) where(r *tfjson.ResourceChange) string {
	if file := change.Owner(p.env, p.stack, r.ModuleAddress).DeclaredIn; file != "" {
		return " in " + file + " or groundplan.hcl"
	}
	return ""
}

// quoted is an address as a shell takes it.
func quoted(address string) string {
	if strings.ContainsAny(address, "[\"'") {
		return "'" + strings.ReplaceAll(address, "'", `'\''`) + "'"
	}
	return address
}

func lossReason(r *tfjson.ResourceChange) string {
	reason := "destroyed"
	switch {
	case r.DeposedKey != "":
		reason = "destroyed, left over from an earlier replacement"
	case r.Change.Actions.Replace():
		reason = "replaced"
		if forces := forcedBy(r); len(forces) > 0 {
			reason += ", because " + strings.Join(forces, ", ") + verbFor(forces) + " (forces replacement)"
		} else if r.ActionReason == tfjson.ActionReasonReplaceBecauseTainted {
			reason += ", because an earlier apply left it half made"
		}
	case r.ActionReason == tfjson.ActionReasonDeleteBecauseNoModule, r.ActionReason == tfjson.ActionReasonDeleteBecauseNoResourceConfig:
		reason = "destroyed, because the code no longer has it"
	}
	return reason + fate(r)
}

func verbFor(names []string) string {
	if len(names) == 1 {
		return " changes"
	}
	return " change"
}

func forcedBy(r *tfjson.ResourceChange) []string {
	var names []string
	for _, path := range r.Change.ReplacePaths {
		if steps, isPath := path.([]any); isPath && len(steps) > 0 {
			names = append(names, fmt.Sprint(steps[0]))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fate says what becomes of the data.
func fate(r *tfjson.ResourceChange) string {
	before := r.Change.Before
	switch r.Type {
	case "aws_db_instance", "aws_rds_cluster":
		if setAt(before, "skip_final_snapshot") {
			return "; no last snapshot is taken"
		}
		return "; a last snapshot is taken"
	case "aws_elasticache_replication_group":
		if textAt(before, "final_snapshot_identifier") == "" {
			return "; no last snapshot is taken"
		}
		return "; a last snapshot is taken"
	case "aws_kms_key":
		window, known := numberAt(before, "deletion_window_in_days")
		if !known {
			window = 30
		}
		return fmt.Sprintf("; what it encrypted cannot be read any more, for good after %.0f days", window)
	case "aws_secretsmanager_secret":
		if window, known := numberAt(before, "recovery_window_in_days"); known && window == 0 {
			return "; it cannot be restored"
		} else if known {
			return fmt.Sprintf("; it can be restored for %.0f days", window)
		}
	case "aws_s3_bucket":
		if setAt(before, "force_destroy") {
			return "; its objects are deleted with it"
		}
		return "; AWS refuses while objects are in it"
	case "aws_ecr_repository":
		if setAt(before, "force_delete") {
			return "; its images are deleted with it"
		}
		return "; AWS refuses while images are in it"
	case "aws_sqs_queue":
		return "; its messages are lost"
	case "aws_cloudwatch_log_group":
		return "; its logs are lost"
	}
	return ""
}

// rescue says how to keep the data.
func rescue(r *tfjson.ResourceChange) []string {
	name := textAt(r.Change.Before, "identifier")
	switch r.Type {
	case "aws_db_instance":
		return []string{"snapshot it: aws rds create-db-snapshot --db-instance-identifier " + name + " --db-snapshot-identifier " + name + "-kept"}
	case "aws_rds_cluster":
		name = textAt(r.Change.Before, "cluster_identifier")
		return []string{"snapshot it: aws rds create-db-cluster-snapshot --db-cluster-identifier " + name + " --db-cluster-snapshot-identifier " + name + "-kept"}
	case "aws_elasticache_replication_group":
		name = textAt(r.Change.Before, "replication_group_id")
		return []string{"snapshot it: aws elasticache create-snapshot --replication-group-id " + name + " --snapshot-name " + name + "-kept"}
	case "aws_s3_bucket":
		return []string{"copy it: aws s3 sync s3://" + textAt(r.Change.Before, "bucket") + " s3://another-bucket"}
	case "aws_sqs_queue":
		return []string{"wait until it is empty: aws sqs get-queue-attributes --attribute-names ApproximateNumberOfMessages --queue-url " + textAt(r.Change.Before, "url")}
	}
	return nil
}
