package syntax

import (
	"fmt"
	"sort"
	"strconv"
)

// Error is the first place of a file that could not be read.
type Error struct {
	Span
	File    string
	Line    int // from 1
	Column  int // in bytes, from 1
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Position returns the line and the column, in bytes, of an offset; both count from 1. \n, \r\n and \r end lines.
func (f *File) Position(offset int) (line, column int) {
	line = sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > offset })
	if line == 0 {
		return 1, offset + 1
	}
	return line, offset - f.lines[line-1] + 1
}

func lineStarts(src string) []int {
	count := 1
	for i := range len(src) {
		if src[i] == '\n' {
			count++
		}
	}
	lines := make([]int, 1, count)
	for i := 0; i < len(src); i++ {
		if c := src[i]; c == '\n' || c == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			lines = append(lines, i+1)
		}
	}
	return lines
}

// quote prints a piece of source in a message.
func quote(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return strconv.Quote(s)
}
