package events

import (
	"encoding/json"
	"testing"
)

// stopped is an event as ECS sends it when a task has stopped.
const stopped = `{
	"source": "aws.ecs", "detail-type": "ECS Task State Change", "time": "2026-01-01T00:00:00Z",
	"detail": {
		"taskArn": "arn:task/1", "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "stoppedReason": "a \"reason\"",
		"containers": [{"name": "config", "exitCode": 0}, {"name": "app", "exitCode": 3}, {"name": "late"}]
	}
}`

func eventOf(t *testing.T, text string) map[string]any {
	t.Helper()
	var read map[string]any
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern     string
		want, fails bool
	}{
		{`{}`, true, false},
		{`{"source": ["aws.ecs"], "detail": {"lastStatus": ["RUNNING", "STOPPED"]}}`, true, false},
		{`{"source": ["aws.ecs"], "detail": {"lastStatus": ["RUNNING"]}}`, false, false},
		{`{"source": ["aws.ec2"], "detail": {"lastStatus": ["STOPPED"]}}`, false, false},
		{`{"detail": {"taskArn": [{"prefix": "arn:task/"}]}}`, true, false},
		{`{"detail": {"taskArn": [{"prefix": "task/"}]}}`, false, false},
		{`{"detail": {"containers": {"exitCode": [{"anything-but": 0}]}}}`, true, false},
		{`{"detail": {"containers": {"exitCode": [{"anything-but": [0, 3]}]}}}`, false, false},
		{`{"detail": {"containers": {"exitCode": [3]}}}`, true, false},
		{`{"detail": {"containers": {"reason": [{"anything-but": "x"}]}}}`, false, false}, // there is none
		{`{"detail": {"containers": {"reason": [{"exists": false}]}}}`, true, false},
		{`{"detail": {"$or": [{"stopCode": ["TaskFailedToStart"]}, {"containers": {"exitCode": [3]}}]}}`, true, false},
		{`{"detail": {"$or": [{"stopCode": ["TaskFailedToStart"]}, {"containers": {"exitCode": [4]}}]}}`, false, false},
		{`{"detail": {"lastStatus": ["RUNNING"], "$or": [{"containers": {"exitCode": [3]}}]}}`, false, false},
		{`{"detail": {"taskArn": [{"wildcard": "*"}]}}`, false, true},
		{`{"detail": {"taskArn": [{"anything-but": {"prefix": "x"}}]}}`, false, true},
		{`{"detail": {"taskArn": "arn:task/1"}}`, false, true},
		{`{"detail"`, false, true},
	} {
		got, err := Matches(test.pattern, eventOf(t, stopped))
		if got != test.want || (err != nil) != test.fails {
			t.Errorf("%s: got %t, %v", test.pattern, got, err)
		}
	}
}

func TestTransform(t *testing.T) {
	paths := map[string]string{"task": "$.detail.taskArn", "reason": "$.detail.stoppedReason", "at": "$.time", "none": "$.detail.none.at.all"}
	got, err := Transform(`{"task": <task>, "reason": <reason>, "at": <at>}`, paths, eventOf(t, stopped))
	if want := `{"task": "arn:task/1", "reason": "a \"reason\"", "at": "2026-01-01T00:00:00Z"}`; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	for _, template := range []string{`{"x": <none>}`, `{"x": <unknown>}`} {
		if got, err := Transform(template, paths, eventOf(t, stopped)); err == nil {
			t.Errorf("%s became %s", template, got)
		}
	}
}
