package guard

import (
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// attached is where a type of resource has a policy, and what it belongs to: a policy for what is made in the same plan is no
// wider than none.
type attached struct {
	document                       string
	parent, parentType, parentName string
}

// ofBucket is how what is about a bucket says which.
var ofBucket = attached{parent: "bucket", parentType: "aws_s3_bucket", parentName: "bucket"}

// documentsOf are the policies of a type of resource.
func documentsOf(resourceType string) []attached {
	switch resourceType {
	case "aws_iam_role":
		return []attached{{document: "assume_role_policy"}}
	case "aws_iam_role_policy":
		return []attached{{"policy", "role", "aws_iam_role", "name"}}
	case "aws_iam_policy", "aws_kms_key", "aws_secretsmanager_secret", "aws_sns_topic", "aws_sqs_queue", "aws_vpc_endpoint", "aws_s3_bucket":
		return []attached{{document: "policy"}}
	case "aws_sqs_queue_policy":
		return []attached{{"policy", "queue_url", "aws_sqs_queue", "url"}}
	case "aws_sns_topic_policy":
		return []attached{{"policy", "arn", "aws_sns_topic", "arn"}}
	case "aws_s3_bucket_policy":
		return []attached{{"policy", "bucket", "aws_s3_bucket", "bucket"}}
	case "aws_ecr_repository_policy":
		return []attached{{"policy", "repository", "aws_ecr_repository", "name"}}
	case "aws_kms_key_policy":
		return []attached{{"policy", "key_id", "aws_kms_key", "key_id"}}
	case "aws_secretsmanager_secret_policy":
		return []attached{{"policy", "secret_arn", "aws_secretsmanager_secret", "arn"}}
	}
	return nil
}

// widened finds policies that allow more than before, to the same ones or to others, or that deny less.
func widened(p plannedChange) []Finding {
	var findings []Finding
	for _, r := range p.changes() {
		for _, of := range documentsOf(r.Type) {
			for _, reason := range p.wider(r, of) {
				findings = append(findings, p.finding(Widened, r, reason))
			}
		}
		for _, reason := range p.granted(r) {
			findings = append(findings, p.finding(Widened, r, reason))
		}
	}
	return findings
}

func (p plannedChange) wider(r *tfjson.ResourceChange, of attached) []string {
	before, after := textAt(r.Change.Before, of.document), textAt(r.Change.After, of.document)
	switch {
	case of.parent == "" && r.Change.After != nil && !p.configured.Sets(r.Address, of.document):
		return nil // another resource writes it, and this one reads it back
	case r.Change.Actions.Create() && (of.parent == "" || !p.there(r, of.parent, of.parentType, of.parentName)):
		return nil
	case r.Change.Actions.Delete() && (of.parent == "" || !p.remains(r, of)):
		return nil
	case r.Change.After != nil && unknownAt(r, of.document):
		return []string{of.document + " is known after the apply alone: nobody can say now whether it allows more"}
	}
	old, known := statementsOf(before)
	now, alsoKnown := statementsOf(after)
	if !known || !alsoKnown {
		return []string{of.document + " cannot be read as a policy"}
	}
	if r.Change.Actions.Delete() && len(old) > 0 {
		now = nil
	}
	return widenedBy(old, now)
}

// remains reports whether what a deleted policy belonged to stays.
func (p plannedChange) remains(r *tfjson.ResourceChange, of attached) bool {
	value := textAt(r.Change.Before, of.parent)
	return !slices.ContainsFunc(p.managed(), func(other *tfjson.ResourceChange) bool {
		return other.Type == of.parentType && other.Change.Actions.Delete() && slices.Contains([]string{textAt(other.Change.Before, of.parentName), textAt(other.Change.Before, "id"), textAt(other.Change.Before, "arn")}, value)
	})
}

// widenedBy says what statements allow that others did not.
func widenedBy(before, after []statement) []string {
	var reasons []string
	for i := range after {
		if s := &after[i]; !s.deny {
			reasons = append(reasons, gains(s, before, "allows")...)
		}
	}
	for i := range before {
		if s := &before[i]; s.deny {
			reasons = append(reasons, gains(s, after, "no longer denies")...)
		}
	}
	slices.Sort(reasons)
	return slices.Compact(reasons)
}

// gains says what a statement says that none of others with the same effect does. Actions of which the same is said stand
// together.
func gains(s *statement, others []statement, verb string) []string {
	actions := map[string][]string{}
	for _, r := range s.rights() {
		covered, unmet := coverage(r, others)
		if covered {
			continue
		}
		about := "on " + resourceText(r) + principalText(r)
		switch {
		case len(unmet) > 0 && s.deny:
			about += ", but where " + strings.Join(unmet, " and ") + " says so"
		case len(unmet) > 0:
			about += ", where before " + strings.Join(unmet, " and ") + " limited it"
		}
		if action := actionText(r); !slices.Contains(actions[about], action) {
			actions[about] = append(actions[about], action)
		}
	}
	var reasons []string
	for about, some := range actions {
		slices.Sort(some)
		reasons = append(reasons, verb+" "+strings.Join(some, ", ")+" "+about)
	}
	return reasons
}

// coverage reports whether a statement with the effect of a right's own covers it, and otherwise which conditions keep the
// nearest one from it.
func coverage(r right, others []statement) (covered bool, unmet []string) {
	for i := range others {
		other := &others[i]
		if other.deny != r.of.deny || !other.covers(r) {
			continue
		}
		missing := other.unmet(r.of)
		if len(missing) == 0 {
			return true, nil
		}
		if unmet == nil || len(missing) < len(unmet) {
			unmet = missing
		}
	}
	return false, unmet
}

func actionText(r right) string { return butFor(r.of.asWritten(r.action), r.of.notActions) }

func resourceText(r right) string { return butFor(r.resource, r.of.notResources) }

// butFor is all but some, where a statement says it so.
func butFor(name string, not []string) string {
	if len(not) > 0 {
		return "everything but " + strings.Join(not, ", ")
	}
	return name
}

func principalText(r right) string {
	switch {
	case len(r.of.notPrincipals) > 0:
		return " to everybody but " + strings.Join(r.of.notPrincipals, ", ")
	case len(r.of.principals) == 0:
		return ""
	case r.principal == "*":
		return " to everybody"
	}
	_, name, _ := strings.Cut(r.principal, ":")
	return " to " + name
}

// granted finds rights that are not in a document.
func (p plannedChange) granted(r *tfjson.ResourceChange) []string {
	switch r.Type {
	case "aws_iam_role":
		if stays(r) && textAt(r.Change.Before, "permissions_boundary") != "" && textAt(r.Change.After, "permissions_boundary") == "" && !unknownAt(r, "permissions_boundary") {
			return []string{"loses its permissions boundary"}
		}
	case "aws_iam_role_policy_attachment":
		if r.Change.After != nil && p.there(r, "role", "aws_iam_role", "name") && textAt(r.Change.Before, "policy_arn") != textAt(r.Change.After, "policy_arn") {
			return []string{"gains the policy " + textAt(r.Change.After, "policy_arn")}
		}
	case "aws_lambda_permission":
		if r.Change.After != nil && p.there(r, "function_name", "aws_lambda_function", "function_name") && permission(r.Change.Before) != permission(r.Change.After) {
			return []string{"lets " + permission(r.Change.After)}
		}
	}
	return nil
}

func permission(value any) string {
	if value == nil {
		return ""
	}
	text := textAt(value, "principal") + " call " + textAt(value, "action")
	for _, name := range []string{"source_arn", "source_account"} {
		if limit := textAt(value, name); limit != "" {
			text += " for " + limit
		}
	}
	return text
}
