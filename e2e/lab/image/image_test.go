package image

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

func TestBuild(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "stand-in")
	if err := os.WriteFile(binary, []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	encore := &needs.Needs{Language: needs.Go, Services: []needs.Service{{Name: "orders"}}}
	container := &needs.Needs{Language: needs.Container, Services: []needs.Service{{Name: "orders"}}}
	programs := &needs.Needs{Language: needs.Container, Services: []needs.Service{{Name: "orders", Program: &needs.Program{Files: []string{"/bin/orders", "/bin/probe"}}}}}
	for _, test := range []struct {
		name    string
		options Options
		env     map[string]string
		failure string
	}{
		{"Encore", Options{Needs: encore}, map[string]string{}, ""},
		{"a bad one", Options{Needs: encore, Misbehaves: Sick}, map[string]string{"LAB_MISBEHAVES": "unhealthy"}, ""},
		{"a container", Options{Needs: container, Service: "orders"}, map[string]string{"LAB_SERVICE": "orders"}, ""},
		{"a container of programs", Options{Needs: programs, Service: "orders"}, map[string]string{"LAB_SERVICE": "orders"}, ""},
		{"a container of nothing", Options{Needs: container}, nil, "holds one service"},
		{"Encore with one service", Options{Needs: encore, Service: "orders"}, nil, "holds all services"},
		{"bad in another way", Options{Needs: encore, Misbehaves: "slow"}, nil, `misbehaves by "slow"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.options.Directory, test.options.Binary, test.options.Authorities = filepath.Join(t.TempDir(), "image"), binary, []byte("certificates")
			for range 2 { // an image is made again over itself
				err := Build(test.options)
				if test.failure != "" {
					if err == nil || !strings.Contains(err.Error(), test.failure) {
						t.Errorf("got %v, want %q", err, test.failure)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			manifest, err := Read(test.options.Directory)
			if err != nil {
				t.Fatal(err)
			}
			want, files := Manifest{Entrypoint: []string{"/app"}, Env: test.env}, map[string]string{BinaryFile: "program", CertificatesFile: "certificates"}
			if test.options.Needs == programs {
				want.Entrypoint, want.Command = nil, []string{"/bin/orders"}
				files["bin/orders"], files["bin/probe"] = "program", "program"
			}
			if difference := cmp.Diff(want, manifest); difference != "" {
				t.Error(difference)
			}
			for name, want := range files {
				if content, err := os.ReadFile(filepath.Join(test.options.Directory, name)); err != nil || string(content) != want {
					t.Errorf("%s: %q, %v", name, content, err)
				}
			}
			if loaded, err := needs.Load(filepath.Join(test.options.Directory, NeedsFile)); err != nil || loaded.Language != test.options.Needs.Language {
				t.Errorf("%v, %v", loaded, err)
			}
		})
	}
}
