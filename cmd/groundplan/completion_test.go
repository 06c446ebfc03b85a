package main

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// imagined are verbs of every form that a usage may have.
func imagined() []*cli.Command {
	flags := []cli.Flag{&cli.StringFlag{Name: "app"}, &cli.StringFlag{Name: "out"}, &cli.StringFlag{Name: "env"}}
	return []*cli.Command{
		{Name: "logs", Flags: append([]cli.Flag{&cli.BoolFlag{Name: "follow"}, &cli.StringFlag{Name: "engine"}}, flags...), CustomHelpTemplate: `groundplan logs shows what a workload prints.

usage: groundplan logs WORKLOAD [--follow] [--engine terraform|tofu] [--app DIR] [--out DIR]
                       [--env NAME]

flags:
  --follow     go on
  --engine NAME
               which one,
               of two
  --env NAME   the environment
`},
		{Name: "secret", CustomHelpTemplate: "groundplan secret keeps secrets.\n\nusage: groundplan secret set SECRET... [--out DIR] [--env NAME]\n       groundplan secret list\n", Flags: flags},
		{Name: "state", CustomHelpTemplate: "groundplan state is nested.\n\nusage: groundplan state VERB\n", Subcommands: []*cli.Command{
			{Name: "move", CustomHelpTemplate: "groundplan state move moves.\n\nusage: groundplan state move ADDRESS FILE [--out DIR] [--env NAME]\n", Flags: flags},
		}},
	}
}

func TestCandidates(t *testing.T) {
	golden := filepath.ToSlash(t.TempDir())
	var told bytes.Buffer
	if code := run(context.Background(), []string{"generate", "--app", "../../fixtures/shop", "--out", golden}, &told, &told); code != 0 {
		t.Fatal(told.String())
	}
	for _, test := range []struct {
		words string // the last one is being typed
		want  string // candidates without what is said of them
	}{
		{"=", "logs secret state"},
		{"=s", "secret state"},
		{"=-", "--help --version"},
		{"gone =", ""},
		{"logs =--", "--follow --engine --app --out --env --help"},
		{"logs =--e", "--engine --env"},
		{"logs --engine =", "terraform tofu"},
		{"logs --engine =to", "tofu"},
		{"logs =--engine=t", "--engine=terraform --engine=tofu"},
		{"logs --engine = =te", "terraform"}, // as bash takes --engine=te apart
		{"logs --engine ==", "terraform tofu"},
		{"logs --app =", ":folders"},
		{"logs =--app=x", ":folders"},
		{"logs --out " + golden + " --env =", "production staging"},
		{"logs --out " + golden + " --env =s", "staging"},
		{`logs --out ` + golden + ` --env ="s`, "staging"},
		{"logs --out=" + golden + " --env production =or", "orders"},
		{"logs --out " + golden + " --follow =or", "orders"},
		{"logs --out " + golden + " orders =", ""}, // one argument, not two
		{"logs --out nowhere --env =", ""},
		{"secret =", "set list"},
		{"secret --out " + golden + " set =S", "SessionKey StripeKey"},
		{"secret --out " + golden + " set StripeKey =Str", "StripeKey"},
		{"secret list =", ""},
		{"state =", "move"},
		{"state move --out " + golden + " --env staging =module.topic_o", "module.topic_order_placed"},
		{"state move a =", ":files"},
	} {
		var got []string
		for _, found := range candidates(imagined(), strings.Fields(test.words)) {
			name, _, _ := strings.Cut(found, "\t")
			got = append(got, name)
		}
		if want := strings.Fields(test.want); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", test.words, got, want)
		}
	}
}

func TestManualOf(t *testing.T) {
	m := manualOf(imagined()[0].CustomHelpTemplate)
	if m.summary != "groundplan logs shows what a workload prints." || len(m.usage) != 1 || !strings.HasSuffix(m.usage[0], "[--out DIR] [--env NAME]") {
		t.Errorf("%+v", m)
	}
	want := []flagHelp{{"follow", "", "go on"}, {"engine", "NAME", "which one, of two"}, {"env", "NAME", "the environment"}}
	if !slices.Equal(m.flags, want) {
		t.Errorf("flags %q", m.flags)
	}
}

// TestHelpIsInOneForm: completion and the manual page read the help of each verb, so that each has what they look for.
func TestHelpIsInOneForm(t *testing.T) {
	for _, verb := range verbs() {
		m := manualOf(verb.CustomHelpTemplate)
		if !strings.HasPrefix(m.summary, "groundplan "+verb.Name+" ") || len(m.usage) == 0 || len(m.example) == 0 {
			t.Errorf("the help of %s has no summary, usage or example in the form of the others: %+v", verb.Name, m)
		}
		for _, flag := range verb.Flags {
			name := flag.Names()[0]
			_, isSwitch := flag.(*cli.BoolFlag)
			if value := m.placeholder(name); (value == "") != isSwitch {
				t.Errorf("%s --%s: the value is %q", verb.Name, name, value)
			}
			if !slices.ContainsFunc(m.flags, func(f flagHelp) bool { return f.name == name && f.text != "" }) {
				t.Errorf("%s --%s: nothing is said of it", verb.Name, name)
			}
		}
	}
}
