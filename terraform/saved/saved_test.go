package saved

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
)

func sample() Archive {
	return Archive{
		Manifest: Manifest{
			Format: Format, App: "shop", Environment: "staging", Account: "123456789012", Region: "eu-west-1",
			Engine: "terraform", EngineVersion: "1.11.4", Groundplan: "v1.2.3", Made: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
			Stacks: []Stack{
				{Name: "platform", Configuration: "a1", Providers: map[string]string{"registry.terraform.io/hashicorp/aws": "5.100.0"}, Lineage: "l1", Serial: 7, Changes: true},
				{Name: "services", Configuration: "b2", Providers: map[string]string{}, Variables: map[string]string{"image_tag": "v5"}},
			},
		},
		Stacks: map[string]Contents{
			"platform": {Plan: []byte("hunter2 in the platform"), JSON: []byte(`{"secret":"hunter2"}`)},
			"services": {Plan: []byte("hunter2 in the services"), JSON: []byte(`{}`)},
		},
	}
}

// keyFile makes a key of age: the file with its secret part, and its public part.
func keyFile(t *testing.T) (path, public string) {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "key.txt")
	if err := os.WriteFile(path, []byte("# created\n"+key.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, key.Recipient().String()
}

func TestWrittenIsRead(t *testing.T) {
	identity, public := keyFile(t)
	for name, keys := range map[string][]string{"plain": nil, "encrypted": {public}} {
		t.Run(name, func(t *testing.T) {
			recipients, err := Recipients(keys)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "saved")
			if err := os.WriteFile(path, []byte("of before"), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := Write(path, sample(), recipients); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			got, err := Read(path, identity)
			if want := sample(); err != nil || !reflect.DeepEqual(*got, want) {
				t.Errorf("got %+v, %v", got, err)
			}
			entries, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(entries) != 1 {
				t.Errorf("left %v, %v", entries, err)
			}
			text, err := os.ReadFile(path)
			if err != nil || len(keys) > 0 && (bytes.Contains(text, []byte("PK")) || bytes.Contains(text, []byte("manifest"))) {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	identity, public := keyFile(t)
	other, _ := keyFile(t)
	recipients, err := Recipients([]string{public})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	for name, write := range map[string]func(string) error{
		"encrypted": func(path string) error { return Write(path, sample(), recipients) },
		"text":      func(path string) error { return os.WriteFile(path, []byte("no archive"), 0o600) },
		"cut": func(path string) error {
			if err := Write(path, sample(), recipients); err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, text[:len(text)-20], 0o600)
		},
		"climbing": func(path string) error {
			archive := sample()
			archive.Manifest.Stacks[0].Name = "../platform"
			return Write(path, archive, nil)
		},
	} {
		if err := write(in(name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ file, identity, message string }{
		{"nothing", "", "there is no plan " + in("nothing")},
		{"text", "", in("text") + " is no plan that groundplan saved, or it is damaged: zip: not a valid zip file"},
		{"encrypted", "", in("encrypted") + " is encrypted"},
		{"encrypted", other, in("encrypted") + " is encrypted for another key than " + other},
		{"encrypted", in("text"), in("text") + " holds no secret key of age"},
		{"cut", identity, in("cut") + " is damaged: "},
		{"climbing", "", in("climbing") + " is no plan that groundplan saved, or it is damaged: stack \"../platform\""},
	} {
		_, err := Read(in(test.file), test.identity)
		var refusal *RefusedError
		if !errors.As(err, &refusal) || !strings.HasPrefix(refusal.Message, test.message) || refusal.Hint == "" {
			t.Errorf("%s: %#v", test.file, err)
		}
	}
	if _, err := Recipients([]string{"age1nothing"}); err == nil || !strings.Contains(err.Error(), "is no public key of age") {
		t.Error(err)
	}
}

func TestAFileThatCannotBeWrittenLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "saved")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	err := Write(path, sample(), nil)
	entries, readErr := os.ReadDir(filepath.Dir(path))
	if err == nil || readErr != nil || len(entries) != 1 {
		t.Errorf("%v, left %v, %v", err, entries, readErr)
	}
}

// TestVerify changes one thing at a time of what a plan is bound to.
func TestVerify(t *testing.T) {
	for message, change := range map[string]func(now *Manifest){
		"": func(now *Manifest) { now.Made = now.Made.Add(23 * time.Hour) },
		"the plan is 25h0m0s old, and holds for 24h0m0s":                                   func(now *Manifest) { now.Made = now.Made.Add(25 * time.Hour) },
		"the plan was made 1h0m0s from now: a clock is wrong":                              func(now *Manifest) { now.Made = now.Made.Add(-time.Hour) },
		"the plan was made for another application: shop, and this is blog":                func(now *Manifest) { now.App = "blog" },
		"the plan was made for another environment: staging, and this is production":       func(now *Manifest) { now.Environment = "production" },
		"the plan was made for another account: 123456789012, and this is 210987654321":    func(now *Manifest) { now.Account = "210987654321" },
		"the plan was made for another region: eu-west-1, and this is us-east-1":           func(now *Manifest) { now.Region = "us-east-1" },
		"the plan was made for another program: terraform, and this is tofu":               func(now *Manifest) { now.Engine, now.EngineVersion = "tofu", "1.12.6" },
		"the plan was made for another version of terraform: 1.11.4, and this is 1.15.9":   func(now *Manifest) { now.EngineVersion = "1.15.9" },
		"the plan was made for another groundplan: v1.2.3, and this is v1.3.0":             func(now *Manifest) { now.Groundplan = "v1.3.0" },
		"there is no stack services any more":                                              func(now *Manifest) { now.Stacks = now.Stacks[:1] },
		"the code of platform is not the code that was planned":                            func(now *Manifest) { now.Stacks[0].Configuration = "a2" },
		"the state of platform has changed since it was planned, from serial 7 to 8: this": func(now *Manifest) { now.Stacks[0].Serial = 8 },
		"the state of platform is gone":                                                    func(now *Manifest) { now.Stacks[0].Lineage, now.Stacks[0].Serial = "", 0 },
		"platform has another state than it was planned with: lineage l2, and the plan's":  func(now *Manifest) { now.Stacks[0].Lineage = "l2" },
		"services has a state now, and had none when it was planned: this plan was applied": func(now *Manifest) {
			now.Stacks[1].Lineage, now.Stacks[1].Serial = "l3", 1
		},
		"platform was planned with registry.terraform.io/hashicorp/aws 5.100.0, and has 6.0.0 now": func(now *Manifest) {
			now.Stacks[0].Providers = map[string]string{"registry.terraform.io/hashicorp/aws": "6.0.0"}
		},
		"platform was planned with registry.terraform.io/hashicorp/aws 5.100.0, and has none now": func(now *Manifest) {
			now.Stacks[0].Providers = nil
		},
		"services was planned without registry.terraform.io/hashicorp/random, and has 3.7.0 now": func(now *Manifest) {
			now.Stacks[1].Providers = map[string]string{"registry.terraform.io/hashicorp/random": "3.7.0"}
		},
	} {
		now := sample().Manifest
		change(&now)
		refusals := Verify(sample().Manifest, now)
		switch {
		case message == "" && len(refusals) == 0:
		case len(refusals) != 1, !strings.HasPrefix(refusals[0].Message, message), refusals[0].Hint == "":
			t.Errorf("want %q, got %d: %v", message, len(refusals), refusals)
		}
	}
}

func TestConfiguration(t *testing.T) {
	tree := func(changes map[string]string) string {
		t.Helper()
		folder := t.TempDir()
		files := map[string]string{
			"main.tf": "a", "files/x.py": "b", ".terraform/modules/modules.json": "c", "terraform.tfstate": "d",
			"terraform.tfstate.backup": "e", ".terraform.lock.hcl": "f", ".terraform.tfstate.lock.info": "g",
		}
		maps.Copy(files, changes)
		for name, text := range files {
			path := filepath.Join(folder, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		hash, err := Configuration(folder)
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	base := tree(nil)
	for _, name := range []string{".terraform/modules/modules.json", "terraform.tfstate", "terraform.tfstate.backup", ".terraform.lock.hcl", ".terraform.tfstate.lock.info"} {
		if tree(map[string]string{name: "other"}) != base {
			t.Errorf("%s is taken for code", name)
		}
	}
	for _, name := range []string{"main.tf", "files/x.py", "more.tf"} {
		if tree(map[string]string{name: "other"}) == base {
			t.Errorf("%s is not taken for code", name)
		}
	}
	if _, err := Configuration(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there has a hash")
	}
}

func TestProviders(t *testing.T) {
	folder := t.TempDir()
	if got, err := Providers(folder); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	for text, want := range map[string][]string{
		"provider \"registry.terraform.io/hashicorp/aws\" {\n  version     = \"5.100.0\"\n  constraints = \">= 5.100.0\"\n}\n": {"registry.terraform.io/hashicorp/aws 5.100.0"},
		"provider \"x\" {\n  version = null\n}\n": nil,
		"provider {": nil,
	} {
		if err := os.WriteFile(filepath.Join(folder, lockFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Providers(folder)
		var read []string
		for source, version := range got {
			read = append(read, source+" "+version)
		}
		if !slices.Equal(read, want) || (err != nil) != (want == nil) {
			t.Errorf("%q: %v, %v", text, read, err)
		}
	}
}
