package earlier

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pack writes an archive of files with their names as contents; a name that ends in a slash is a folder.
func pack(t *testing.T, names ...string) string {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "x.tar.gz")
	file, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	zipped := gzip.NewWriter(file)
	packed := tar.NewWriter(zipped)
	for _, name := range names {
		header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(name)), Typeflag: tar.TypeReg}
		if strings.HasSuffix(name, "/") {
			header.Size, header.Typeflag = 0, tar.TypeDir
		}
		if err := packed.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if header.Size > 0 {
			if _, err := packed.Write([]byte(name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(packed.Close(), zipped.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return archive
}

func TestUnpack(t *testing.T) {
	var found []string
	note := func(folder, name string, content []byte) error {
		found = append(found, folder+" "+name+" "+string(content))
		return nil
	}
	if err := Unpack(pack(t, "infra/", "infra/a/b.tf", "source/encore.app"), note); err != nil {
		t.Fatal(err)
	}
	if want := []string{"infra a/b.tf infra/a/b.tf", "source encore.app source/encore.app"}; !slices.Equal(found, want) {
		t.Errorf("got %q", found)
	}
}

// TestUnpackRefuses what is no such archive, or would write outside of the two folders.
func TestUnpackRefuses(t *testing.T) {
	none := func(string, string, []byte) error { return nil }
	for name, archive := range map[string]string{
		"another folder": pack(t, "other/x"), "a way out": pack(t, "infra/../../x"), "no folder": pack(t, "infra"), "no archive": "earlier_test.go", "no file": "none",
	} {
		if err := Unpack(archive, none); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	refused := errors.New("refused")
	if err := Unpack(pack(t, "infra/x"), func(string, string, []byte) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
}
