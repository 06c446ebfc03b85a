package source_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
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
	Handler     source.Value
	Renamed     string `setting:"other_name"`
	Ignored     string `setting:"-"`
}

type decodedRetry struct {
	MaxRetries int `setting:",required"`
	MinBackoff time.Duration
}

// object makes an object of settings; each stands on a line of its own, so that a diagnostic shows which it is about.
func object(fields ...source.Field) source.Value {
	for i := range fields {
		fields[i].At = hcl.Range{Filename: "f", Start: hcl.Pos{Line: i + 1, Column: 1}, End: hcl.Pos{Line: i + 1, Column: 2}}
		fields[i].Value.At = hcl.Range{Filename: "f", Start: hcl.Pos{Line: i + 1, Column: 5}, End: hcl.Pos{Line: i + 1, Column: 6}}
	}
	return source.Value{Kind: source.Object, Fields: fields}
}

func TestDecodeFillsAStruct(t *testing.T) {
	handler := source.Value{Kind: source.Reference, Text: "Handle", Package: "svc"}
	settings := object(
		source.Field{Name: "title", Value: source.Value{Kind: source.String, Text: "T"}},
		source.Field{Name: "ack_deadline", Value: source.Value{Kind: source.Int, Int: 30e9}},
		source.Field{Name: "Every", Value: source.Value{Kind: source.Int, Int: 120}},
		source.Field{Name: "retry", Value: object(source.Field{Name: "MaxRetries", Value: source.Value{Kind: source.Int, Int: -1}}, source.Field{Name: "minBackoff", Value: source.Value{Kind: source.String, Text: "1h 30 minutes"}})},
		source.Field{Name: "Public", Value: source.Value{Kind: source.Bool, Bool: true}},
		source.Field{Name: "Count", Value: source.Value{Kind: source.Int, Int: 7}},
		source.Field{Name: "Natural", Value: source.Value{Kind: source.Int, Int: 8}},
		source.Field{Name: "Ratio", Value: source.Value{Kind: source.Int, Int: 2}},
		source.Field{Name: "tags", Value: source.Value{Kind: source.List, Fields: []source.Field{{Value: source.Value{Kind: source.String, Text: "a"}}, {Value: source.Value{Kind: source.String, Text: "b"}}}}},
		source.Field{Name: "Handler", Value: handler},
		source.Field{Name: "otherName", Value: source.Value{Kind: source.String, Text: "R"}},
		source.Field{Name: "Small", Value: source.Value{Kind: source.Nil}},
	)
	got := decoded{Small: 5}
	if diags := source.Decode(settings, &got); diags.HasErrors() {
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
	if diags := source.Decode(source.Value{}, &empty); diags.HasErrors() || empty.Title != "" {
		t.Errorf("settings that are absent: %v", diags)
	}
}

func TestI6_DecodeReportsEverythingAtOnce(t *testing.T) {
	settings := object(
		source.Field{Name: "Tittle", Value: source.Value{Kind: source.String, Text: "T"}},
		source.Field{Name: "Title", Value: source.Value{Kind: source.Int, Int: 1}},
		source.Field{Name: "title", Value: source.Value{Kind: source.String, Text: "again"}},
		source.Field{Name: "AckDeadline", Value: source.Value{Kind: source.Float, Float: 1.5}},
		source.Field{Name: "Every", Value: source.Value{Kind: source.String, Text: "3 fortnights"}},
		source.Field{Name: "Retry", Value: object()},
		source.Field{Name: "Public", Value: source.Value{Kind: source.String, Text: "yes"}},
		source.Field{Name: "Count", Value: source.Value{Kind: source.Float, Float: 0.5}},
		source.Field{Name: "Small", Value: source.Value{Kind: source.Int, Int: 1 << 40}},
		source.Field{Name: "Natural", Value: source.Value{Kind: source.Int, Int: -1}},
		source.Field{Name: "Ratio", Value: source.Value{Kind: source.Bool}},
		source.Field{Name: "Tags", Value: source.Value{Kind: source.String, Text: "a"}},
		source.Field{Name: "Ignored", Value: source.Value{Kind: source.String, Text: "a"}},
		source.Field{Name: "Renamed", Value: source.Value{Kind: source.Constant, Text: "encore.dev/x.Y"}},
	)
	diags := source.Decode(settings, &decoded{})
	var got []string
	for _, d := range diags {
		got = append(got, sourcetest.At(*d.Subject)+" "+d.Summary+": "+strings.ReplaceAll(diagnostic.Text(d), "\n", " "))
	}
	const all = "the settings are Title, AckDeadline, Every, Retry, Public, Count, Small, Natural, Ratio, Tags, Handler, other_name"
	want := []string{
		"@f:1:1-2 Unknown setting: There is no setting Tittle here. hint: did you mean Title? " + all,
		"@f:2:5-6 Wrong type: Title must be a string, got the number 1.",
		"@f:3:1-2 Duplicate setting: title stands twice here. hint: remove one of them",
		`@f:4:5-6 Wrong type: AckDeadline must be a duration, such as 30 * time.Second in Go or "30s" elsewhere, got the number 1.5.`,
		`@f:5:5-6 Wrong type: Every must be a duration, such as 30 * time.Second in Go or "30s" elsewhere, got the string "3 fortnights".`,
		"@f:6:5-6 Missing setting: MaxRetries must be set here. hint: add it",
		`@f:7:5-6 Wrong type: Public must be true or false, got the string "yes".`,
		"@f:8:5-6 Wrong type: Count must be an integer of at most 64 bits, got the number 0.5.",
		"@f:9:5-6 Wrong type: Small must be an integer of at most 32 bits, got the number 1099511627776.",
		"@f:10:5-6 Wrong type: Natural must be an integer, zero or more, got the number -1.",
		"@f:11:5-6 Wrong type: Ratio must be a number, got false.",
		`@f:12:5-6 Wrong type: Tags must be a list, got the string "a".`,
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
			_ = source.Decode(object(), target)
		}()
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"10s": 10 * time.Second, "5m": 5 * time.Minute, "1h30m": 90 * time.Minute, "7 days": 7 * 24 * time.Hour, "2 weeks": 14 * 24 * time.Hour,
		"1d12h": 36 * time.Hour, "100 ms": 100 * time.Millisecond, "1 Hour": time.Hour,
	} {
		if got, ok := source.ParseDuration(text); !ok || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "soon", "5", "5 lightyears", "99999999999 weeks", "-1 day"} {
		if got, ok := source.ParseDuration(text); ok {
			t.Errorf("%q is %v, want none", text, got)
		}
	}
}
