package source

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

type decoded struct {
	Title       string
	AckDeadline time.Duration
	Every       time.Duration `setting:",seconds"`
	Retry       *decodedRetry
	Public      bool
	Count       int
	Small       int32
	Natural     uint
	Ratio       float64
	Tags        []string
	Handler     Value
	Renamed     string `setting:"other_name"`
	Ignored     string `setting:"-"`
}

type decodedRetry struct {
	MaxRetries int `setting:",required"`
	MinBackoff time.Duration
}

// object makes an object of settings; each stands on a line of its own, so that a diagnostic shows which it is about.
func object(fields ...Field) Value {
	for i := range fields {
		fields[i].At = hcl.Range{Filename: "f", Start: hcl.Pos{Line: i + 1, Column: 1}, End: hcl.Pos{Line: i + 1, Column: 2}}
		fields[i].Value.At = hcl.Range{Filename: "f", Start: hcl.Pos{Line: i + 1, Column: 5}, End: hcl.Pos{Line: i + 1, Column: 6}}
	}
	return Value{Kind: Object, Fields: fields}
}

func TestDecodeFillsAStruct(t *testing.T) {
	handler := Value{Kind: Reference, Text: "Handle", Package: "svc"}
	settings := object(
		Field{Name: "title", Value: Value{Kind: String, Text: "T"}},
		Field{Name: "ack_deadline", Value: Value{Kind: Int, Int: 30e9}},
		Field{Name: "Every", Value: Value{Kind: Int, Int: 120}},
		Field{Name: "retry", Value: object(Field{Name: "MaxRetries", Value: Value{Kind: Int, Int: -1}}, Field{Name: "minBackoff", Value: Value{Kind: String, Text: "1h 30 minutes"}})},
		Field{Name: "Public", Value: Value{Kind: Bool, Bool: true}},
		Field{Name: "Count", Value: Value{Kind: Int, Int: 7}},
		Field{Name: "Natural", Value: Value{Kind: Int, Int: 8}},
		Field{Name: "Ratio", Value: Value{Kind: Int, Int: 2}},
		Field{Name: "tags", Value: Value{Kind: List, Fields: []Field{{Value: Value{Kind: String, Text: "a"}}, {Value: Value{Kind: String, Text: "b"}}}}},
		Field{Name: "Handler", Value: handler},
		Field{Name: "otherName", Value: Value{Kind: String, Text: "R"}},
		Field{Name: "Small", Value: Value{Kind: Nil}},
	)
	got := decoded{Small: 5}
	if diags := Decode(settings, &got); diags.HasErrors() {
		t.Fatal(diags)
	}
	handler.At = settings.Fields[9].Value.At
	want := decoded{
		Title: "T", AckDeadline: 30 * time.Second, Every: 2 * time.Minute, Retry: &decodedRetry{MaxRetries: -1, MinBackoff: 90 * time.Minute},
		Public: true, Count: 7, Small: 5, Natural: 8, Ratio: 2, Tags: []string{"a", "b"}, Handler: handler, Renamed: "R",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var empty decoded
	if diags := Decode(Value{}, &empty); diags.HasErrors() || empty.Title != "" {
		t.Errorf("settings that are absent: %v", diags)
	}
}

func TestI6_DecodeReportsEverythingAtOnce(t *testing.T) {
	settings := object(
		Field{Name: "Tittle", Value: Value{Kind: String, Text: "T"}},
		Field{Name: "Title", Value: Value{Kind: Int, Int: 1}},
		Field{Name: "title", Value: Value{Kind: String, Text: "again"}},
		Field{Name: "AckDeadline", Value: Value{Kind: Float, Float: 1.5}},
		Field{Name: "Every", Value: Value{Kind: String, Text: "3 fortnights"}},
		Field{Name: "Retry", Value: object()},
		Field{Name: "Public", Value: Value{Kind: String, Text: "yes"}},
		Field{Name: "Count", Value: Value{Kind: Float, Float: 0.5}},
		Field{Name: "Small", Value: Value{Kind: Int, Int: 1 << 40}},
		Field{Name: "Natural", Value: Value{Kind: Int, Int: -1}},
		Field{Name: "Ratio", Value: Value{Kind: Bool}},
		Field{Name: "Tags", Value: Value{Kind: String, Text: "a"}},
		Field{Name: "Ignored", Value: Value{Kind: String, Text: "a"}},
		Field{Name: "Renamed", Value: Value{Kind: Constant, Text: "encore.dev/x.Y"}},
	)
	diags := Decode(settings, &decoded{})
	var got []string
	for _, d := range diags {
		got = append(got, at(*d.Subject)+" "+d.Summary+": "+strings.ReplaceAll(diagnostic.Text(d), "\n", " "))
	}
	const all = "the settings are Title, AckDeadline, Every, Retry, Public, Count, Small, Natural, Ratio, Tags, Handler, other_name"
	want := []string{
		"@f:1:1-2 Unknown setting: There is no setting Tittle here. hint: did you mean Title? " + all,
		"@f:2:5-6 Setting of the wrong type: Title must be a string, got the number 1.",
		"@f:3:1-2 Setting written twice: title stands twice here. hint: remove one of them",
		`@f:4:5-6 Setting of the wrong type: AckDeadline must be a duration, such as 30 * time.Second in Go or "30s" elsewhere, got the number 1.5.`,
		`@f:5:5-6 Setting of the wrong type: Every must be a duration, such as 30 * time.Second in Go or "30s" elsewhere, got the string "3 fortnights".`,
		"@f:6:5-6 Missing setting: MaxRetries must be set here. hint: add it",
		`@f:7:5-6 Setting of the wrong type: Public must be true or false, got the string "yes".`,
		"@f:8:5-6 Setting of the wrong type: Count must be an integer of at most 64 bits, got the number 0.5.",
		"@f:9:5-6 Setting of the wrong type: Small must be an integer of at most 32 bits, got the number 1099511627776.",
		"@f:10:5-6 Setting of the wrong type: Natural must be an integer, zero or more, got the number -1.",
		"@f:11:5-6 Setting of the wrong type: Ratio must be a number, got false.",
		`@f:12:5-6 Setting of the wrong type: Tags must be a list, got the string "a".`,
		"@f:13:1-2 Unknown setting: There is no setting Ignored here. hint: " + all,
		"@f:14:1-2 Unknown setting: There is no setting Renamed here. hint: " + all,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDecodeRefusesTargetsThatAreNoStruct(t *testing.T) {
	for _, target := range []any{decoded{}, new(int), nil} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Decode into %T did not panic", target)
				}
			}()
			_ = Decode(object(), target)
		}()
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"10s": 10 * time.Second, "5m": 5 * time.Minute, "1h30m": 90 * time.Minute, "7 days": 7 * 24 * time.Hour, "2 weeks": 14 * 24 * time.Hour,
		"1d12h": 36 * time.Hour, "100 ms": 100 * time.Millisecond, "1 Hour": time.Hour,
	} {
		if got, ok := parseDuration(text); !ok || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "soon", "5", "5 lightyears", "99999999999 weeks", "-1 day"} {
		if got, ok := parseDuration(text); ok {
			t.Errorf("%q is %v, want none", text, got)
		}
	}
}
