package vocabulary_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// TestNew: every function and constant of the framework has its meaning, and kinds of one package share it.
func TestNew(t *testing.T) {
	spellings := []source.GoSpelling{
		{Kind: "topic", Package: "encore.dev/pubsub", Constructors: []string{"NewTopic"}, Ref: "TopicRef", Constants: map[string]source.Value{"A": {Kind: source.Int, Int: 1}}},
		{Kind: "subscription", Noun: "handler", Package: "encore.dev/pubsub", Constructors: []string{"NewSubscription"}, MethodHandler: "MethodHandler"},
		{Kind: "database", Package: "encore.dev/sqldb", Constructors: []string{"New", "NewToo"}, Named: "Named", ImplicitFuncs: []string{"Exec"}},
		{Kind: "secret", StructVar: "secrets"},
	}
	language := vocabulary.New("app.example", spellings)
	want := map[string]map[string]vocabulary.Function{
		"encore.dev/config": {"Load": {Role: vocabulary.RoleConfigLoad}},
		"encore.dev/et":     {"Topic": {Role: vocabulary.RoleTestTool}},
		"encore.dev/pubsub": {
			"NewTopic": {Role: vocabulary.RoleConstructor}, "TopicRef": {Role: vocabulary.RoleRef},
			"NewSubscription": {Role: vocabulary.RoleConstructor, Spelling: 1}, "MethodHandler": {Role: vocabulary.RoleMethodHandler, Spelling: 1},
		},
		"encore.dev/sqldb": {
			"New": {Role: vocabulary.RoleConstructor, Spelling: 2}, "NewToo": {Role: vocabulary.RoleConstructor, Spelling: 2},
			"Named": {Role: vocabulary.RoleNamed, Spelling: 2}, "Exec": {Role: vocabulary.RoleImplicit, Spelling: 2},
		},
	}
	if d := cmp.Diff(want, language.Calls); d != "" {
		t.Error(d)
	}
	if a, hour := language.Constants["encore.dev/pubsub"]["A"], language.Constants["time"]["Hour"]; a.Int != 1 || hour.Int != 3600e9 || language.Constants["encore.dev/sqldb"] == nil {
		t.Errorf("constants %v", language.Constants)
	}
	if language.Spellings[0].Noun != "topic" || language.Spellings[1].Noun != "handler" || spellings[0].Noun != "" {
		t.Error("a noun is missing, or was written into the table that was given")
	}
	for name, want := range map[string]int{"secrets": 3, "Secrets": -1, "": -1} {
		if got := language.StructVar(name); got != want {
			t.Errorf("StructVar(%q) is %d, want %d", name, got, want)
		}
	}
	for importPath, want := range map[string]string{"app.example": ".", "app.example/a/b": "a/b", "app.example.org/a": "", "app": "", "example/app.example": ""} {
		if dir, ok := language.AppDir(importPath); dir != want || ok != (want != "") {
			t.Errorf("AppDir(%q) is %q, %v, want %q", importPath, dir, ok, want)
		}
	}
}
