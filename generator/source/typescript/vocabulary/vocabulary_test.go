package vocabulary_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// TestNew: every name of the framework has its role, and a permission says what it permits on each kind.
func TestNew(t *testing.T) {
	table := []source.TypeScriptSpelling{
		{Kind: "topic", Module: "m", Constructors: []string{"Topic"}, Permissions: map[string][]string{"User": {"publish"}}},
		{Kind: "cron", Noun: "cron job", Module: "encore.dev/api", Constructors: []string{"CronJob", "Cron"}, Permissions: map[string][]string{}},
		{Kind: "queue", Module: "m", Constructors: []string{"Queue"}, Permissions: map[string][]string{"User": {"read", "write"}}},
	}
	language := vocabulary.New(table)
	want := map[string]map[string]vocabulary.Framework{
		"m": {"Topic": {Role: vocabulary.Constructor, Name: "Topic"}, "Queue": {Role: vocabulary.Constructor, Spelling: 2, Name: "Queue"}},
		"encore.dev/api": {
			"api": {Role: vocabulary.Endpoint, Name: "api"}, "Gateway": {Role: vocabulary.Gateway, Name: "Gateway"}, "middleware": {Role: vocabulary.Middleware, Name: "middleware"},
			"CronJob": {Role: vocabulary.Constructor, Spelling: 1, Name: "CronJob"}, "Cron": {Role: vocabulary.Constructor, Spelling: 1, Name: "Cron"},
		},
		"encore.dev/auth":    {"authHandler": {Role: vocabulary.AuthHandler, Name: "authHandler"}},
		"encore.dev/service": {"Service": {Role: vocabulary.Service, Name: "Service"}},
	}
	if d := cmp.Diff(want, language.Names); d != "" {
		t.Error(d)
	}
	permissions := map[string]map[string][]vocabulary.Permission{
		"m":              {"User": {{Spelling: 0, Operations: []string{"publish"}}, {Spelling: 2, Operations: []string{"read", "write"}}}},
		"encore.dev/api": {},
	}
	if d := cmp.Diff(permissions, language.Permissions); d != "" {
		t.Error(d)
	}
	if language.Spellings[0].Noun != "topic" || language.Spellings[1].Noun != "cron job" || table[0].Noun != "" {
		t.Errorf("nouns %q and %q, and %q in the table that was given", language.Spellings[0].Noun, language.Spellings[1].Noun, table[0].Noun)
	}
}
