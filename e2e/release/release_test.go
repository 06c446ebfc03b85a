//go:build validate

// Package release_test holds what a release is made of: the configuration of goreleaser, the image, the action, the hooks, the
// completion and the manual are read strictly, and run.
package release_test

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// readYAML reads a file of the repository, in which nothing may stand that into does not know.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := strictly(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func strictly(text []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("a second document: %w", err)
	}
	return nil
}

// info are owner and time of a file in an archive: without them they are those of the machine that made it.
type info struct {
	Owner string `yaml:"owner"`
	Group string `yaml:"group"`
	Mode  int    `yaml:"mode"`
	MTime string `yaml:"mtime"`
}

// releases is the part of goreleaser's configuration that is in use.
type releases struct {
	Version     int    `yaml:"version"`
	ProjectName string `yaml:"project_name"`
	Builds      []struct {
		ID           string   `yaml:"id"`
		Main         string   `yaml:"main"`
		Binary       string   `yaml:"binary"`
		Env          []string `yaml:"env"`
		GOOS         []string `yaml:"goos"`
		GOARCH       []string `yaml:"goarch"`
		Flags        []string `yaml:"flags"`
		LDFlags      []string `yaml:"ldflags"`
		ModTimestamp string   `yaml:"mod_timestamp"`
	} `yaml:"builds"`
	Archives []struct {
		ID              string   `yaml:"id"`
		IDs             []string `yaml:"ids"`
		NameTemplate    string   `yaml:"name_template"`
		Formats         []string `yaml:"formats"`
		FormatOverrides []struct {
			GOOS    string   `yaml:"goos"`
			Formats []string `yaml:"formats"`
		} `yaml:"format_overrides"`
		BuildsInfo info `yaml:"builds_info"`
		Files      []struct {
			Src         string `yaml:"src"`
			Dst         string `yaml:"dst"`
			StripParent bool   `yaml:"strip_parent"`
			Info        info   `yaml:"info"`
		} `yaml:"files"`
	} `yaml:"archives"`
	Checksum struct {
		NameTemplate string `yaml:"name_template"`
		Algorithm    string `yaml:"algorithm"`
	} `yaml:"checksum"`
	SBOMs []struct {
		Artifacts string `yaml:"artifacts"`
	} `yaml:"sboms"`
	Dockers []struct {
		ID         string            `yaml:"id"`
		IDs        []string          `yaml:"ids"`
		Dockerfile string            `yaml:"dockerfile"`
		Images     []string          `yaml:"images"`
		Tags       []string          `yaml:"tags"`
		Platforms  []string          `yaml:"platforms"`
		Labels     map[string]string `yaml:"labels"`
		SBOM       bool              `yaml:"sbom"`
	} `yaml:"dockers_v2"`
	Snapshot struct {
		VersionTemplate string `yaml:"version_template"`
	} `yaml:"snapshot"`
	Changelog struct {
		Disable bool `yaml:"disable"`
	} `yaml:"changelog"`
	Release struct {
		Draft      bool   `yaml:"draft"`
		Prerelease string `yaml:"prerelease"`
	} `yaml:"release"`
}

// wrong lists what a configuration lacks, of what is promised of a release.
func (r *releases) wrong(exists func(pattern string) bool) []string {
	var wrong []string
	want := func(fine bool, what string, args ...any) {
		if !fine {
			wrong = append(wrong, fmt.Sprintf(what, args...))
		}
	}
	if len(r.Builds) != 1 || len(r.Archives) != 1 || len(r.Dockers) != 1 {
		return []string{"one build, one archive and one image are wanted"}
	}
	build, archive, image := r.Builds[0], r.Archives[0], r.Dockers[0]
	want(r.Version == 2, "version 2")
	want(slices.Equal(build.GOOS, []string{"linux", "darwin", "windows"}) && slices.Equal(build.GOARCH, []string{"amd64", "arm64"}), "six targets, not %v on %v", build.GOOS, build.GOARCH)
	want(slices.Contains(build.Env, "CGO_ENABLED=0"), "programs are static")
	want(slices.Contains(build.Flags, "-trimpath") && slices.Contains(build.Flags, "-buildvcs=false"), "no path and no state of a machine is in a program")
	want(build.ModTimestamp == "{{ .CommitTimestamp }}", "programs have the time of the commit")
	flags := strings.Join(build.LDFlags, " ")
	for _, variable := range []string{"releaseVersion={{ .Tag }}", "releaseCommit={{ .FullCommit }}", "releaseDate={{ .CommitDate }}"} {
		want(strings.Contains(flags, "-X main."+variable), "the program knows %s", variable)
	}
	want(!strings.Contains(flags, "{{ .Date }}") && !strings.Contains(flags, "{{ .Timestamp }}"), "the time of the build is in the program")
	want(archive.NameTemplate == "groundplan_{{ .Version }}_{{ .Os }}_{{ .Arch }}", "archives have the name by which tools/action asks for them")
	want(slices.Equal(archive.Formats, []string{"tar.gz"}) && len(archive.FormatOverrides) == 1 && archive.FormatOverrides[0].GOOS == "windows" && slices.Equal(archive.FormatOverrides[0].Formats, []string{"zip"}), "tar.gz, and zip for windows")
	infos := []info{archive.BuildsInfo}
	held := ""
	for _, file := range archive.Files {
		infos = append(infos, file.Info)
		held += " " + file.Src
		want(exists(file.Src), "there is no %s", file.Src)
	}
	for _, i := range infos {
		want(i.Owner == "root" && i.Group == "root" && i.Mode != 0 && i.MTime == "{{ .CommitDate }}", "files in archives have owner, mode and the time of the commit, not %+v", i)
	}
	for _, file := range []string{"README.md", "LICENSE", "CHANGELOG.md", "completion/groundplan.*", "groundplan.1"} {
		want(strings.Contains(held, file), "archives hold %s", file)
	}
	want(r.Checksum.NameTemplate == "checksums.txt" && r.Checksum.Algorithm == "sha256", "checksums.txt by sha256")
	want(len(r.SBOMs) == 1 && r.SBOMs[0].Artifacts == "archive" && image.SBOM, "a bill of materials for each archive and the image")
	want(slices.Equal(image.Platforms, []string{"linux/amd64", "linux/arm64"}) && exists(image.Dockerfile), "images for both architectures, from a Dockerfile that there is")
	want(r.Release.Draft, "a person looks at a release before it is out")
	return wrong
}

func inRepository(pattern string) bool {
	found, err := filepath.Glob(filepath.Join("../..", pattern))
	return err == nil && len(found) > 0
}

func TestReleasesHoldWhatIsPromised(t *testing.T) {
	var r releases
	readYAML(t, ".goreleaser.yaml", &r)
	for _, wrong := range r.wrong(inRepository) {
		t.Errorf(".goreleaser.yaml: %s", wrong)
	}
}

// TestReleasesThatLackSomethingAreFound spoils the configuration in each way, by what is replaced.
func TestReleasesThatLackSomethingAreFound(t *testing.T) {
	text, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		"      - windows\n": "", "CGO_ENABLED=0": "CGO_ENABLED=1", "      - -trimpath\n": "", "main.releaseCommit": "main.commit", "{{ .CommitTimestamp }}": "{{ .Timestamp }}",
		"LICENSE": "LICENCE", "      mtime: \"{{ .CommitDate }}\"\n": "", "sha256": "sha1", "    sbom: true\n": "", "draft: true": "draft: false", "  - artifacts: archive": "  - artifacts: binary",
		"_{{ .Arch }}": "", "      - zip": "      - tar.gz", "builds_info": "build_info", "dockerfile: Dockerfile": "dockerfile: Containerfile", "    files:\n": "    file:\n",
	} {
		if !bytes.Contains(text, []byte(from)) {
			t.Errorf("%q is not there any more", from)
		}
		var r releases
		if err := strictly(bytes.ReplaceAll(text, []byte(from), []byte(to)), &r); err == nil && len(r.wrong(inRepository)) == 0 {
			t.Errorf("%q in place of %q is not found", to, from)
		}
	}
}

// built are the bytes of a program as a release has it.
func built(t *testing.T, folder, system, architecture string) []byte {
	t.Helper()
	var r releases
	readYAML(t, ".goreleaser.yaml", &r)
	build := r.Builds[0]
	flags := strings.NewReplacer("{{ .Tag }}", "v1.2.3", "{{ .FullCommit }}", strings.Repeat("0a", 20), "{{ .CommitDate }}", "2026-11-28T03:00:00Z").Replace(strings.Join(build.LDFlags, " "))
	out := filepath.Join(t.TempDir(), "groundplan")
	command := exec.Command("go", append(append([]string{"build", "-o", out, "-ldflags", flags}, build.Flags...), build.Main)...)
	command.Dir = folder
	command.Env = append(append(os.Environ(), "GOOS="+system, "GOARCH="+architecture), build.Env...)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s/%s: %v\n%s", system, architecture, err, output)
	}
	program, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// TestProgramsAreStaticAndReproducible builds the program in two folders, of which the second is a copy.
func TestProgramsAreStaticAndReproducible(t *testing.T) {
	first := built(t, "../..", "linux", "amd64")
	file, err := elf.NewFile(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP {
			t.Error("the program asks for a dynamic linker")
		}
	}
	copied := t.TempDir()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "aws", "blueprint", "cmd", "database", "generator", "kubernetes", "modules", "templates", "terraform", "go.mod", "go.sum")
	list.Dir = "../.."
	names, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join("../..", name))
		if errors.Is(err, os.ErrNotExist) {
			continue // removed, and not committed yet
		}
		to := filepath.Join(copied, name)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if second := built(t, copied, "linux", "amd64"); sha256.Sum256(first) != sha256.Sum256(second) {
		t.Error("two folders give two programs")
	}
	if bytes.Contains(first, []byte(copied)) {
		t.Error("the program holds the path of its source")
	}
}

// TestTargetsAreBuilt compiles and links the program for every target. Unoptimised code takes a third of the time off; what the
// compiler refuses is the same.
func TestTargetsAreBuilt(t *testing.T) {
	var r releases
	readYAML(t, ".goreleaser.yaml", &r)
	for _, system := range r.Builds[0].GOOS {
		for _, architecture := range r.Builds[0].GOARCH {
			command := exec.Command("go", "build", "-gcflags=all=-N -l", "-ldflags=-s -w", "-o", os.DevNull, "./cmd/groundplan")
			command.Dir = "../.."
			command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+architecture)
			if output, err := command.CombinedOutput(); err != nil {
				t.Errorf("%s on %s: %v\n%s", system, architecture, err, output)
			}
			if system != "windows" || architecture != "amd64" {
				continue
			}
			// The tests compile there as well; go vet takes what was just compiled.
			vet := exec.Command("go", append([]string{"vet", "-gcflags=all=-N -l"}, underSeparators...)...)
			vet.Dir, vet.Env = command.Dir, command.Env
			if output, err := vet.CombinedOutput(); err != nil {
				t.Errorf("tests on %s: %v\n%s", system, err, output)
			}
		}
	}
}
