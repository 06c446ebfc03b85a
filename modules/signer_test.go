package modules_test

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/groundplan/groundplan/modules"
)

// TestSignerArchive keeps cron/signer/signer.zip, which Lambda is given, equal to the source beside it. That signatures
// are right is proven in e2e, where there is a Python.
func TestSignerArchive(t *testing.T) {
	folder := filepath.Join("cron", "signer")
	// From the disk, not from the binary: -update writes what it read.
	source, err := os.ReadFile(filepath.Join(folder, "signer.py"))
	if err != nil {
		t.Fatal(err)
	}
	wanted := signerArchive(t, source)
	file := filepath.Join(folder, "signer.zip")
	if *update {
		if err := os.WriteFile(file, wanted, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(written, wanted) {
		t.Fatalf("modules/%s does not hold the signer.py beside it\nhint: `make update` writes it", file)
	}
	if !*update && !bytes.Equal(modules.Files()["cron"]["signer/signer.zip"], wanted) {
		t.Error("the binary carries another signer.zip, or none")
	}
}

// signerArchive is the source as a zip archive of one file: no compression and no time of today, so that the same
// source always gives the same bytes, and terraform uploads nothing when nothing changed.
func signerArchive(t *testing.T, source []byte) []byte {
	t.Helper()
	header := &zip.FileHeader{
		Name:               "signer.py",
		Method:             zip.Store,
		ModifiedDate:       1<<5 | 1, //nolint:staticcheck // the first day that DOS knows, as it is: Modified would add a field with the time of a zone
		CRC32:              crc32.ChecksumIEEE(source),
		CompressedSize64:   uint64(len(source)),
		UncompressedSize64: uint64(len(source)),
	}
	// Lambda unpacks as one user and runs as another, who has to be able to read.
	header.SetMode(0o644)
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	// Raw: sizes and checksum stand in front of the content, where the simplest readers look for them.
	entry, err := writer.CreateRaw(header)
	if err == nil {
		_, err = entry.Write(source)
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func TestSignerArchiveIsReadableAndStable(t *testing.T) {
	first := signerArchive(t, []byte("print(1)\n"))
	if !bytes.Equal(first, signerArchive(t, []byte("print(1)\n"))) {
		t.Error("the same source gives two archives")
	}
	if bytes.Equal(first, signerArchive(t, []byte("print(2)\n"))) {
		t.Error("two sources give the same archive: a change would not be noticed")
	}
	reader, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	if len(reader.File) != 1 || reader.File[0].Name != "signer.py" || reader.File[0].Mode() != 0o644 {
		t.Fatalf("the archive holds %v", reader.File)
	}
	// A time of day, or a time zone, would be the machine's.
	if header := reader.File[0]; header.ModifiedDate != 0x21 || header.ModifiedTime != 0 || len(header.Extra) != 0 {
		t.Errorf("the entry is of the DOS date %#x, the time %#x, with %d bytes of other times", header.ModifiedDate, header.ModifiedTime, len(header.Extra))
	}
	file, err := reader.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	// Reading to the end checks the checksum.
	if content, err := io.ReadAll(file); err != nil || string(content) != "print(1)\n" {
		t.Errorf("the archive holds %q, %v", content, err)
	}
}
