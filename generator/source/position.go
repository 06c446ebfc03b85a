package source

import (
	"bytes"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// TextRange is the range of text[start:end] in the named file.
func TextRange(filename string, text []byte, start, end int) hcl.Range {
	lines := []int32{0}
	for i, c := range text {
		if c == '\n' {
			lines = append(lines, int32(i+1))
		}
	}
	return hcl.Range{
		Filename: filename,
		Start:    TextPos(lines, text, start),
		End:      TextPos(lines, text, end),
	}
}

// TextPos turns a byte offset into a position. lines are the offsets of line starts; text may be nil when it is known
// to be ASCII, where a column is a byte.
func TextPos(lines []int32, text []byte, offset int) hcl.Pos {
	low, high := 0, len(lines)
	for high-low > 1 {
		if middle := (low + high) / 2; int(lines[middle]) <= offset {
			low = middle
		} else {
			high = middle
		}
	}
	pos := hcl.Pos{Line: low + 1, Column: 1, Byte: offset}
	if len(lines) == 0 {
		return pos
	}
	if text == nil || offset > len(text) {
		pos.Column += offset - int(lines[low])
		return pos
	}
	pos.Column += Characters(text[lines[low]:offset])
	return pos
}

// Characters counts as hcl counts columns: in grapheme clusters, which only its own scanner knows how to find.
func Characters(text []byte) int {
	ascii := true
	for _, c := range text {
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return len(text)
	}
	whole := func(data []byte, _ bool) (int, []byte, error) { return len(data), data, nil }
	scanner := hcl.NewRangeScannerFragment(bytes.TrimSuffix(text, []byte("\r")), "", hcl.InitialPos, whole)
	scanner.Scan()
	return scanner.Range().End.Column - 1
}

// DescribeDir is a folder of the application as messages call it.
func DescribeDir(dir string) string {
	if dir == "." {
		return "the application's root"
	}
	return dir
}
