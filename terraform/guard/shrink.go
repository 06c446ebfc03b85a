package guard

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// dataShrinks finds other values for which AWS deletes data that is there, without replacing anything.
func dataShrinks(p plannedChange) []Finding {
	var findings []Finding
	for _, r := range p.changes() {
		if p.allowed(r.Address) {
			continue
		}
		for _, reason := range shrinks(p, r) {
			found := p.finding(DataShrinks, r, reason, "pass --allow-destroy "+quoted(r.Address)+", or undo the change"+p.where(r))
			found.Refuses = true
			findings = append(findings, found)
		}
	}
	return findings
}

func shrinks(p plannedChange, r *tfjson.ResourceChange) []string {
	switch r.Type {
	case "aws_db_instance", "aws_rds_cluster":
		// "Backup retention period": set to 0 it deletes all automated backups at once; lowered, those older than it.
		before, after, lower := lowered(r, "backup_retention_period")
		switch {
		case lower && after == 0:
			return []string{fmt.Sprintf("backup_retention_period %.0f -> 0: the automated backups are deleted, and none is made", before)}
		case lower:
			return []string{fmt.Sprintf("backup_retention_period %.0f -> %.0f: older automated backups are deleted", before, after)}
		}
	case "aws_sqs_queue":
		// "SetQueueAttributes": what is older than a lower MessageRetentionPeriod is deleted.
		if before, after, lower := lowered(r, "message_retention_seconds"); lower {
			return []string{fmt.Sprintf("message_retention_seconds %.0f -> %.0f: older messages are deleted", before, after)}
		}
	case "aws_s3_bucket_lifecycle_configuration":
		return expires(p, r)
	}
	return nil
}

// lowered is a number that gets less. From where there is none nothing is lowered.
func lowered(r *tfjson.ResourceChange, name string) (before, after float64, lower bool) {
	before, was := numberAt(r.Change.Before, name)
	after, is := numberAt(r.Change.After, name)
	return before, after, stays(r) && was && is && after < before
}

// never is later than any day that a rule can have.
const never = 1e9

// scope is what a rule of a lifecycle is about.
type scope struct {
	prefix string
	// filter is the rest of its filter as JSON, "" for none.
	filter string
	// older: about versions that are no longer current.
	older bool
}

// covers reports whether whatever is in another scope is in this one.
func (s scope) covers(other scope) bool {
	return s.older == other.older && strings.HasPrefix(other.prefix, s.prefix) && (s.filter == "" || s.filter == other.filter)
}

func (s scope) String() string {
	subject := "objects"
	if s.older {
		subject = "older versions of objects"
	}
	if s.prefix != "" {
		subject += " under " + s.prefix
	}
	if s.filter != "" {
		subject += " that a filter selects"
	}
	return subject
}

// expires finds objects that go sooner than before, of a bucket that is there.
func expires(p plannedChange, r *tfjson.ResourceChange) []string {
	if r.Change.After == nil || r.Change.Actions.Create() && !p.there(r, "bucket", "aws_s3_bucket", "bucket") {
		return nil
	}
	before, after := lifespans(r.Change.Before), lifespans(r.Change.After)
	var reasons []string
	for what, days := range after {
		was := float64(never)
		for other, kept := range before {
			if other.covers(what) {
				was = min(was, kept)
			}
		}
		switch {
		case days >= was:
		case was == never:
			reasons = append(reasons, fmt.Sprintf("%s are deleted after %s; no rule deleted them before", what, inDays(days)))
		default:
			reasons = append(reasons, fmt.Sprintf("%s are deleted after %s; it was after %.0f", what, inDays(days), was))
		}
	}
	slices.Sort(reasons)
	return reasons
}

func inDays(number float64) string {
	if number == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%.0f days", number)
}

// lifespans are the days after which objects go, by what they are.
func lifespans(value any) map[scope]float64 {
	found := map[scope]float64{}
	rules, _ := get(value, "rule").([]any)
	for _, rule := range rules {
		if textAt(rule, "status") != "Enabled" {
			continue
		}
		about := scope{prefix: textAt(rule, "prefix")}
		if filter, isObject := get(rule, "filter", 0).(map[string]any); isObject {
			about.prefix, about.filter = filterOf(filter, about.prefix)
		}
		note := func(about scope, days float64) {
			if known, had := found[about]; !had || days < known {
				found[about] = days
			}
		}
		if days, set := numberAt(rule, "expiration", 0, "days"); set && days > 0 {
			note(about, days)
		} else if textAt(rule, "expiration", 0, "date") != "" {
			note(about, 0)
		}
		if days, set := numberAt(rule, "noncurrent_version_expiration", 0, "noncurrent_days"); set && days > 0 {
			about.older = true
			note(about, days)
		}
	}
	return found
}

// filterOf is the prefix of a filter, and all else in it as JSON.
func filterOf(filter map[string]any, prefix string) (string, string) {
	rest := map[string]any{}
	for name, value := range filter {
		if text, isText := value.(string); name == "prefix" && isText {
			prefix = text
		} else if list, isList := value.([]any); value != nil && !(isList && len(list) == 0) && !(isText && text == "") {
			rest[name] = value
		}
	}
	if len(rest) == 0 {
		return prefix, ""
	}
	text, err := json.Marshal(rest)
	if err != nil {
		return prefix, "?"
	}
	return prefix, string(text)
}

// netRemoved finds what would have saved data later and does not any more.
func netRemoved(p plannedChange) []Finding {
	var findings []Finding
	for _, r := range p.changes() {
		for _, reason := range nets(p, r) {
			findings = append(findings, p.finding(NetRemoved, r, reason))
		}
	}
	return findings
}

func nets(p plannedChange, r *tfjson.ResourceChange) []string {
	before, after := r.Change.Before, r.Change.After
	if r.Type == "aws_s3_bucket_versioning" && textAt(before, "versioning_configuration", 0, "status") == "Enabled" &&
		textAt(after, "versioning_configuration", 0, "status") != "Enabled" && (!r.Change.Actions.Delete() || p.remains(r, ofBucket)) {
		return []string{"versioning is suspended: what is overwritten or deleted from now on is gone"}
	}
	if !stays(r) {
		return nil
	}
	switch r.Type {
	case "aws_db_instance", "aws_rds_cluster":
		var reasons []string
		if !setAt(before, "skip_final_snapshot") && setAt(after, "skip_final_snapshot") {
			reasons = append(reasons, "skip_final_snapshot is turned on: when it is destroyed no last snapshot is taken")
		}
		if !setAt(before, "delete_automated_backups") && setAt(after, "delete_automated_backups") {
			reasons = append(reasons, "delete_automated_backups is turned on: when it is destroyed its backups go with it")
		}
		return reasons
	case "aws_elasticache_replication_group":
		var reasons []string
		if textAt(before, "final_snapshot_identifier") != "" && textAt(after, "final_snapshot_identifier") == "" && !unknownAt(r, "final_snapshot_identifier") {
			reasons = append(reasons, "final_snapshot_identifier is gone: when it is destroyed no last snapshot is taken")
		}
		return append(reasons, less(r, "snapshot_retention_limit", "days of snapshots")...)
	case "aws_kms_key":
		return less(r, "deletion_window_in_days", "days in which a deletion can be taken back")
	case "aws_secretsmanager_secret":
		return less(r, "recovery_window_in_days", "days in which it can be restored")
	case "aws_cloudwatch_log_group":
		return lessLogs(r)
	case "aws_s3_bucket":
		return turnedOn(r, "force_destroy", "objects are deleted with the bucket")
	case "aws_ecr_repository":
		return turnedOn(r, "force_delete", "images are deleted with the repository")
	}
	return nil
}

// less is a number of days that gets smaller.
func less(r *tfjson.ResourceChange, name, days string) []string {
	before, after, lower := lowered(r, name)
	if !lower {
		return nil
	}
	return []string{fmt.Sprintf("%s %.0f -> %.0f: fewer %s", name, before, after, days)}
}

// lessLogs is less for the retention of logs, where 0 keeps them for good.
func lessLogs(r *tfjson.ResourceChange) []string {
	before, was := numberAt(r.Change.Before, "retention_in_days")
	after, is := numberAt(r.Change.After, "retention_in_days")
	if !was || !is || after == 0 || before != 0 && before <= after {
		return nil
	}
	return []string{fmt.Sprintf("retention_in_days %.0f -> %.0f: older logs are deleted", before, after)}
}

// turnedOn is a switch that is on and was not.
func turnedOn(r *tfjson.ResourceChange, name, meaning string) []string {
	if setAt(r.Change.Before, name) || !setAt(r.Change.After, name) {
		return nil
	}
	return []string{name + " is turned on: " + meaning}
}
