package backend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// sid names the statement of a bucket's policy that is written here.
const sid = "GroundplanTLSOnly"

// statement is one of a policy, as far as it is looked at. Most parts are a string or a list of strings.
type statement struct {
	Sid                                             string
	Effect                                          string
	Principal, Action, Resource                     json.RawMessage
	NotPrincipal, NotAction, NotResource, Condition json.RawMessage
}

// document splits a policy into its statements and all of its parts. The statement may be one or a list.
func document(policy string) (parts map[string]json.RawMessage, raw []json.RawMessage, statements []statement, err error) {
	if policy == "" {
		return map[string]json.RawMessage{"Version": json.RawMessage(`"2012-10-17"`)}, nil, nil, nil
	}
	if err := json.Unmarshal([]byte(policy), &parts); err != nil {
		return nil, nil, nil, err
	}
	if list := bytes.TrimSpace(parts["Statement"]); bytes.HasPrefix(list, []byte("[")) {
		if err := json.Unmarshal(list, &raw); err != nil {
			return nil, nil, nil, err
		}
	} else if len(list) > 0 {
		raw = []json.RawMessage{list}
	}
	for _, one := range raw {
		var read statement
		if err := json.Unmarshal(one, &read); err != nil {
			return nil, nil, nil, err
		}
		statements = append(statements, read)
	}
	return parts, raw, statements, nil
}

// texts are a string, or the strings of a list; none for anything else.
func texts(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// everybody reports whether a principal is everybody: "*", or "*" as an account.
func everybody(raw json.RawMessage) bool {
	if slices.Contains(texts(raw), "*") {
		return true
	}
	var kinds map[string]json.RawMessage
	return json.Unmarshal(raw, &kinds) == nil && slices.Contains(texts(kinds["AWS"]), "*")
}

// Policy is the policy of a bucket with one more statement, which refuses requests without TLS, and whether it lacked one. All
// else that it says stays.
func Policy(policy string, want Want) (with string, lacking bool, err error) {
	parts, raw, statements, err := document(policy)
	if err != nil {
		return "", false, err
	}
	bucket := "arn:" + want.Partition + ":s3:::" + want.Bucket
	if slices.ContainsFunc(statements, func(s statement) bool { return refusesPlain(s, bucket) }) {
		return policy, false, nil
	}
	own, err := json.Marshal(map[string]any{
		"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": []string{bucket, bucket + "/*"},
		"Condition": map[string]any{"Bool": map[string]string{"aws:SecureTransport": "false"}},
	})
	if err != nil {
		return "", false, err
	}
	kept := []json.RawMessage{}
	for i, one := range raw {
		if statements[i].Sid != sid {
			kept = append(kept, one)
		}
	}
	if parts["Statement"], err = json.Marshal(append(kept, own)); err != nil {
		return "", false, err
	}
	text, err := json.Marshal(parts)
	return string(text), true, err
}

// refusesPlain reports whether a statement refuses everybody everything in a bucket without TLS, under no other condition.
func refusesPlain(s statement, bucket string) bool {
	if s.Effect != "Deny" || !everybody(s.Principal) || s.NotPrincipal != nil || s.NotAction != nil || s.NotResource != nil {
		return false
	}
	actions, resources := texts(s.Action), texts(s.Resource)
	everything := slices.Contains(actions, "*") || slices.ContainsFunc(actions, func(action string) bool { return strings.EqualFold(action, "s3:*") })
	everywhere := slices.Contains(resources, "*") || slices.Contains(resources, bucket+"*") ||
		slices.Contains(resources, bucket) && slices.Contains(resources, bucket+"/*")
	var conditions map[string]map[string]json.RawMessage
	if !everything || !everywhere || json.Unmarshal(s.Condition, &conditions) != nil || len(conditions) != 1 || len(conditions["Bool"]) != 1 {
		return false
	}
	for key, value := range conditions["Bool"] {
		if !strings.EqualFold(key, "aws:SecureTransport") {
			return false
		}
		var flag bool
		return slices.Equal(texts(value), []string{"false"}) || string(value) == "false" && json.Unmarshal(value, &flag) == nil
	}
	return false
}

// public names the first statement that lets everybody in, "" when there is none. What a condition limits is not taken for
// public: whether S3 does is for S3 to say, and it refuses such a policy then, once public access is blocked.
func public(policy string) string {
	_, _, statements, err := document(policy)
	if err != nil {
		return ""
	}
	for i, s := range statements {
		if s.Effect == "Allow" && (everybody(s.Principal) || s.NotPrincipal != nil) && len(s.Condition) == 0 {
			if s.Sid != "" {
				return fmt.Sprintf("statement %q", s.Sid)
			}
			return fmt.Sprintf("statement %d", i+1)
		}
	}
	return ""
}
