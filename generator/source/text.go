package source

import (
	"bytes"
	"os"
	"path/filepath"
	"unicode/utf16"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// byteOrderMark is what some editors on Windows put in front of UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Plain is a text as it was before an editor or git on Windows had it: without a byte order mark, and with line ends of one
// character. None of the languages read here means anything else by the longer ones, so that the same application gives
// the same bytes in every checkout, and columns stay where they are. A return without a line feed is left to the language's own
// grammar.
func Plain(text []byte) []byte { return LineFeeds(bytes.TrimPrefix(text, byteOrderMark)) }

// LineFeeds is a text with line ends of one character; what is no text stays as it is.
func LineFeeds(text []byte) []byte {
	if !bytes.Contains(text, []byte("\r\n")) || bytes.IndexByte(text, 0) >= 0 {
		return text
	}
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
}

// DecodePlain is Plain for files that no compiler reads: PowerShell writes them as UTF-16.
func DecodePlain(text []byte) []byte { return Plain(DecodeMetadata(text)) }

// ReadMarkless reads a file that its owner, who is the one to build the image, reads only without a byte order mark. There is no
// text when there is a problem.
func ReadMarkless(root, name, reader string) ([]byte, *hcl.Diagnostic, error) {
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return nil, nil, err
	}
	if pointer := CheckPointer(name, text); pointer != nil {
		return nil, pointer, nil
	}
	if !bytes.Equal(DecodeMetadata(text), text) {
		return nil, diagnostic.Error(TextRange(name, nil, 0, 0), "Byte order mark", "save the file as UTF-8 without a byte order mark (BOM)",
			"%s begins with a byte order mark, which %s refuses.", name, reader), nil
	}
	return LineFeeds(text), nil, nil
}

// ReadPlain reads a file of the application, name slash separated and relative to root.
func ReadPlain(root, name string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	return Plain(text), err
}

// IsPointer reports whether a text is what Git LFS keeps in place of a file whose content was not fetched
// (Git LFS specification, "The Pointer").
func IsPointer(text []byte) bool {
	return len(text) < 1024 && bytes.HasPrefix(Plain(text), []byte("version https://git-lfs.github.com/spec/"))
}

// CheckPointer reports a file that is not there yet, since each reader would complain of the pointer in its own words; nil for
// every other file.
func CheckPointer(name string, text []byte) *hcl.Diagnostic {
	if !IsPointer(text) {
		return nil
	}
	return diagnostic.Error(TextRange(name, nil, 0, 0), "Pointer of Git LFS", "git lfs pull",
		"In place of %s there is the pointer that Git LFS keeps until the content is fetched.", name)
}

// DecodeMetadata is metadata as UTF-8: PowerShell redirects output as UTF-16, with a byte order mark.
func DecodeMetadata(text []byte) []byte {
	low := 0 // where the lower byte of a unit stands
	switch {
	case bytes.HasPrefix(text, []byte{0xef, 0xbb, 0xbf}):
		return text[3:]
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		low = 1
	default:
		return text
	}
	var units []uint16
	for i := 2; i+1 < len(text); i += 2 {
		units = append(units, uint16(text[i+low])|uint16(text[i+1-low])<<8)
	}
	return []byte(string(utf16.Decode(units)))
}
