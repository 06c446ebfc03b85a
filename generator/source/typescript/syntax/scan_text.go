package syntax

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordStart and wordPart tell the ASCII bytes that words begin with and are made of.
var wordStart, wordPart = wordBytes()

func wordBytes() (start, part [256]bool) {
	for c := range 256 {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
		start[c], part[c] = letter, letter || c >= '0' && c <= '9'
	}
	return start, part
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// scanWord reads a word that begins with an ASCII letter.
func (s *scanner) scanWord() {
	start, end := s.pos, s.pos+1
	for end < len(s.src) && wordPart[s.src[end]] {
		end++
	}
	if end < len(s.src) && (s.src[end] == '\\' || s.src[end] >= utf8.RuneSelf) {
		var name string
		name, end, s.tok.escaped = scanName(s.src, start)
		s.tok.text = name
	} else {
		s.tok.text = s.src[start:end]
	}
	s.take(wordKind(s.tok.text), end-start)
}

// scanName reads an identifier with escapes and letters beyond ASCII; end is pos when none begins there.
func scanName(src string, pos int) (name string, end int, escaped bool) {
	r, size, esc := nameRune(src, pos)
	if size == 0 || !(r == '$' || r == '_' || isIDStart(r)) {
		return "", pos, false
	}
	rest, end, restEscaped := scanNamePart(src, pos+size)
	if !esc && !restEscaped {
		return src[pos:end], end, false
	}
	return string(r) + rest, end, true
}

// scanNamePart reads as many characters as may follow in an identifier.
func scanNamePart(src string, pos int) (name string, end int, escaped bool) {
	var cooked []byte
	start := pos
	for pos < len(src) {
		if c := src[pos]; c < utf8.RuneSelf && c != '\\' {
			if !wordPart[c] {
				break
			}
			if cooked != nil {
				cooked = append(cooked, c)
			}
			pos++
			continue
		}
		r, size, esc := nameRune(src, pos)
		if size == 0 || !(r == '$' || r == '_' || r == '\u200C' || r == '\u200D' || isIDContinue(r)) {
			break
		}
		if esc && cooked == nil {
			cooked = append(make([]byte, 0, 16), src[start:pos]...)
			escaped = true
		}
		if cooked != nil {
			cooked = utf8.AppendRune(cooked, r)
		}
		pos += size
	}
	if cooked != nil {
		return string(cooked), pos, escaped
	}
	return src[start:pos], pos, escaped
}

// nameRune returns the character at pos with a \u escape resolved; size 0 when there is none.
func nameRune(src string, pos int) (r rune, size int, escaped bool) {
	if pos >= len(src) {
		return 0, 0, false
	}
	if src[pos] != '\\' {
		r, size = utf8.DecodeRuneInString(src[pos:])
		if r == utf8.RuneError {
			return 0, 0, false
		}
		return r, size, false
	}
	if pos+1 >= len(src) || src[pos+1] != 'u' {
		return 0, 0, false
	}
	r, size = unicodeEscape(src[pos+2:])
	if size == 0 {
		return 0, 0, false
	}
	return r, size + 2, true
}

// unicodeEscape reads XXXX or {X...} after \u; size 0 when it is neither.
func unicodeEscape(s string) (r rune, size int) {
	var digits string
	if strings.HasPrefix(s, "{") {
		end := strings.IndexByte(s, '}')
		if end < 2 {
			return 0, 0
		}
		digits, size = s[1:end], end+1
	} else {
		if len(s) < 4 {
			return 0, 0
		}
		digits, size = s[:4], 4
	}
	value, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || value > unicode.MaxRune {
		return 0, 0
	}
	return rune(value), size
}

func isIDStart(r rune) bool {
	return unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Other_ID_Start, r)
}

func isIDContinue(r rune) bool {
	return isIDStart(r) || unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
}

func (s *scanner) scanPrivate() {
	name, end, _ := scanName(s.src, s.pos+1)
	if end == s.pos+1 {
		if s.pos == 0 && s.at(1) == '!' {
			s.pos = lineEnd(s.src, 0)
			s.next()
			return
		}
		s.fail(Span{s.pos, s.pos + 1}, "a # stands only in front of a private name")
		return
	}
	s.tok.text = "#" + name
	s.take(tPrivate, end-s.pos)
}

// scanNumber accepts what may be a number in any form and leaves its value to Number.Float.
func (s *scanner) scanNumber() {
	start := s.pos
	k := tNumber
	if s.at(0) == '0' && strings.IndexByte("xXoObB", s.at(1)) >= 0 && s.at(1) != 0 {
		s.pos += 2
		s.skipDigits(true)
		if s.pos == start+2 {
			s.fail(Span{start, s.pos}, "digits are missing after "+quote(s.src[start:s.pos]))
			return
		}
	} else {
		s.skipDigits(false)
		if s.at(0) == '.' {
			s.pos++
			s.skipDigits(false)
		}
		if c := s.at(0); c == 'e' || c == 'E' {
			s.pos++
			if c := s.at(0); c == '+' || c == '-' {
				s.pos++
			}
			if !isDigit(s.at(0)) {
				s.fail(Span{start, s.pos}, "digits are missing after the exponent")
				return
			}
			s.skipDigits(false)
		}
	}
	if s.at(0) == 'n' {
		k = tBigInt
		s.pos++
	}
	if _, end, _ := scanName(s.src, s.pos); end > s.pos {
		s.fail(Span{s.pos, end}, "an identifier or keyword cannot immediately follow a number")
		return
	}
	s.tok.text = s.src[start:s.pos]
	s.take(k, 0)
}

func (s *scanner) skipDigits(hex bool) {
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		if !isDigit(c) && c != '_' && !(hex && (c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')) {
			return
		}
		s.pos++
	}
}

// scanString reads a string in the quotes q.
func (s *scanner) scanString(q byte) {
	start := s.pos
	src := s.src
	for i := start + 1; i < len(src); i++ {
		switch c := src[i]; c {
		case q:
			s.tok.text = src[start+1 : i]
			s.take(tString, i+1-start)
			return
		case '\\':
			s.scanEscapedString(q, i)
			return
		case '\n', '\r':
			s.fail(Span{start, i}, "this string has no end; close it with "+string(q)+" on the same line")
			return
		}
	}
	s.fail(Span{start, len(src)}, "this string has no end; close it with "+string(q))
}

// scanEscapedString reads on from the first backslash at i.
func (s *scanner) scanEscapedString(q byte, i int) {
	start := s.pos
	src := s.src
	cooked := append(make([]byte, 0, 2*(i-start)+16), src[start+1:i]...)
	for i < len(src) {
		c := src[i]
		switch c {
		case q:
			s.tok.text = string(cooked)
			s.take(tString, i+1-start)
			return
		case '\\':
			cooked, i = appendEscape(cooked, src, i)
			continue
		case '\n', '\r':
			s.fail(Span{start, i}, "this string has no end; close it with "+string(q)+" on the same line")
			return
		}
		cooked = append(cooked, c)
		i++
	}
	s.fail(Span{start, len(src)}, "this string has no end; close it with "+string(q))
}

// appendEscape appends what the escape at src[i] stands for and returns the offset after it. An escape that is not
// well formed stands for itself, as in a tagged template.
func appendEscape(cooked []byte, src string, i int) ([]byte, int) {
	if i+1 >= len(src) {
		return cooked, i + 1
	}
	c := src[i+1]
	switch c {
	case 'n':
		return append(cooked, '\n'), i + 2
	case 't':
		return append(cooked, '\t'), i + 2
	case 'r':
		return append(cooked, '\r'), i + 2
	case 'b':
		return append(cooked, '\b'), i + 2
	case 'v':
		return append(cooked, '\v'), i + 2
	case 'f':
		return append(cooked, '\f'), i + 2
	case '\r':
		if i+2 < len(src) && src[i+2] == '\n' {
			return cooked, i + 3
		}
		return cooked, i + 2
	case '\n':
		return cooked, i + 2
	case '0', '1', '2', '3', '4', '5', '6', '7':
		end := i + 2
		limit := i + 3
		if c <= '3' {
			limit = i + 4
		}
		for end < len(src) && end < limit && src[end] >= '0' && src[end] <= '7' {
			end++
		}
		value, _ := strconv.ParseUint(src[i+1:end], 8, 16)
		return utf8.AppendRune(cooked, rune(value)), end
	case 'x':
		if i+3 < len(src) {
			if value, err := strconv.ParseUint(src[i+2:i+4], 16, 16); err == nil {
				return utf8.AppendRune(cooked, rune(value)), i + 4
			}
		}
	case 'u':
		if r, size := unicodeEscape(src[i+2:]); size > 0 {
			end := i + 2 + size
			if r >= 0xD800 && r < 0xDC00 && strings.HasPrefix(src[end:], "\\u") {
				if low, lowSize := unicodeEscape(src[end+2:]); lowSize > 0 && low >= 0xDC00 && low < 0xE000 {
					return utf8.AppendRune(cooked, (r-0xD800)<<10+(low-0xDC00)+0x10000), end + 2 + lowSize
				}
			}
			return utf8.AppendRune(cooked, r), end
		}
	}
	r, size := utf8.DecodeRuneInString(src[i+1:])
	if r == '\u2028' || r == '\u2029' {
		return cooked, i + 1 + size
	}
	return append(cooked, src[i+1:i+1+size]...), i + 1 + size
}

// scanTemplate reads a piece of a template from pos, which is after the backtick or the closing brace: whole when the
// template ends here, part when a placeholder opens.
func (s *scanner) scanTemplate(whole, part tokenKind) {
	src := s.src
	start := s.pos
	var cooked []byte
	plain := start // start of the text that is not in cooked yet
	for i := start; i < len(src); {
		switch c := src[i]; {
		case c == '`' || c == '$' && i+1 < len(src) && src[i+1] == '{':
			s.tok.text = src[plain:i]
			if cooked != nil {
				s.tok.text = string(append(cooked, src[plain:i]...))
			}
			if c == '`' {
				s.take(whole, i+1-start)
			} else {
				s.take(part, i+2-start)
			}
			return
		case c == '\\':
			cooked = append(cooked, src[plain:i]...)
			cooked, i = appendEscape(cooked, src, i)
			if cooked == nil {
				cooked = []byte{}
			}
			plain = i
		case c == '\r':
			// A template has \n for every line break of the source.
			cooked = append(append(cooked, src[plain:i]...), '\n')
			i++
			if i < len(src) && src[i] == '\n' {
				i++
			}
			plain = i
		default:
			i++
		}
	}
	s.fail(Span{s.tok.start, len(src)}, "this template has no end; close it with `")
}

// parseNumber returns the value of a number literal.
func parseNumber(text string) (float64, bool) {
	text = strings.ReplaceAll(strings.TrimSuffix(text, "n"), "_", "")
	if len(text) > 2 && text[0] == '0' && strings.IndexByte("xXoObB", text[1]) >= 0 {
		value, err := strconv.ParseUint(text, 0, 64)
		return float64(value), err == nil
	}
	if len(text) > 1 && text[0] == '0' && strings.Trim(text, "01234567") == "" {
		value, err := strconv.ParseUint(text, 8, 64)
		return float64(value), err == nil
	}
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil
}
