package output

import "bytes"

// brokenDepth is how deep the maps of a lock stand, each of whose entries is a line: files below the lock itself, priorities
// below their environment.
const brokenDepth = 2

// layOut breaks compact JSON into lines, so that a change of one thing is a change of few lines. Deeper than the maps of a lock
// an object of plain values, such as a component, is one line, and so is a list of them wherever it stands. It expects valid
// JSON without spaces between its tokens.
func layOut(compact []byte) []byte {
	l := layout{in: compact, out: make([]byte, 0, len(compact)+len(compact)/2)}
	l.value(0)
	return append(l.out, '\n')
}

type layout struct {
	in, out []byte
	at      int
}

// value copies one value.
func (l *layout) value(depth int) {
	switch l.in[l.at] {
	case '{', '[':
		if depth > brokenDepth || l.in[l.at] == '[' {
			if end, plain := l.plain(); plain {
				l.line(end)
				return
			}
		}
		l.container(depth)
	default:
		l.scalar()
	}
}

// container copies an object or a list, each of whose values is on lines of its own.
func (l *layout) container(depth int) {
	open := l.in[l.at]
	l.copy(1)
	if c := l.in[l.at]; c == '}' || c == ']' {
		l.copy(1)
		return
	}
	for {
		l.newline(depth + 1)
		if open == '{' {
			l.scalar()
			l.copy(1)
			l.out = append(l.out, ' ')
		}
		l.value(depth + 1)
		if l.in[l.at] != ',' {
			break
		}
		l.copy(1)
	}
	l.newline(depth)
	l.copy(1)
}

// plain reports whether the container that begins here holds no objects, and no list that holds lists; and where it ends.
func (l *layout) plain() (end int, plain bool) {
	depth := 0
	for i := l.at; ; i++ {
		switch l.in[i] {
		case '"':
			i += textLength(l.in[i:]) - 1
		case '{':
			if i > l.at {
				return 0, false
			}
			depth++
		case '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
}

// line copies what ends at end, with a space behind each comma and colon.
func (l *layout) line(end int) {
	for i := l.at; i < end; i++ {
		switch l.in[i] {
		case '"':
			i += textLength(l.in[i:]) - 1
		case ',', ':':
			l.copy(i + 1 - l.at)
			l.out = append(l.out, ' ')
		}
	}
	l.copy(end - l.at)
}

// scalar copies a string, a number or a word.
func (l *layout) scalar() {
	if l.in[l.at] == '"' {
		l.copy(textLength(l.in[l.at:]))
		return
	}
	length := bytes.IndexAny(l.in[l.at:], ",}]\n")
	l.copy(length)
}

func (l *layout) copy(length int) {
	l.out = append(l.out, l.in[l.at:l.at+length]...)
	l.at += length
}

func (l *layout) newline(depth int) {
	l.out = append(l.out, '\n')
	for range depth {
		l.out = append(l.out, ' ', ' ')
	}
}

// textLength is the length of the string that begins here, quotes included.
func textLength(in []byte) int {
	for i := 1; ; i++ {
		i += bytes.IndexByte(in[i:], '"')
		escapes := 0
		for in[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
}
