package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is the token the parser stands at.
type token struct {
	kind  tokenKind
	start int
	end   int
	// newline says that a line break stands between this token and the one before.
	newline bool
	// escaped marks a word written with an escape: it is never a keyword where the keyword would matter.
	escaped bool
	// text is the name of a word or private name, the cooked value of a string or template piece.
	text string
}

// scanner reads tokens on demand: which token a slash, a closing brace or a > begins is for the parser to say.
type scanner struct {
	src string
	pos int
	tok token
	// prev is the end of the token before tok.
	prev int
	// err is the first error; from then on every token is tEOF, so that every loop of the parser ends.
	err *Error
}

func (s *scanner) fail(at Span, message string) {
	if s.err == nil {
		s.err = &Error{Span: at, Message: message}
	}
	s.tok = token{kind: tEOF, start: at.Start, end: at.Start}
}

// next moves to the next token.
func (s *scanner) next() {
	if s.err != nil {
		return
	}
	s.prev = s.tok.end
	s.tok.newline = false
	s.tok.escaped = false
	s.skipTrivia()
	if s.err != nil {
		return
	}
	s.scan()
}

// skipTrivia moves over white space and comments and notes line breaks.
func (s *scanner) skipTrivia() {
	src := s.src
	for s.pos < len(src) {
		switch c := src[s.pos]; {
		case c == ' ' || c == '\t' || c == '\v' || c == '\f':
			s.pos++
		case c == '\n' || c == '\r':
			s.tok.newline = true
			s.pos++
		case c == '/' && s.pos+1 < len(src) && src[s.pos+1] == '/':
			s.pos = lineEnd(src, s.pos)
		case c == '/' && s.pos+1 < len(src) && src[s.pos+1] == '*':
			end := strings.Index(src[s.pos+2:], "*/")
			if end < 0 {
				s.fail(Span{s.pos, s.pos + 2}, "this comment has no end; close it with */")
				return
			}
			text := src[s.pos+2 : s.pos+2+end]
			if strings.ContainsAny(text, "\n\r\u2028\u2029") {
				s.tok.newline = true
			}
			s.pos += end + 4
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(src[s.pos:])
			switch {
			case r == '\u2028' || r == '\u2029':
				s.tok.newline = true
			case r == '\uFEFF' || r == '\u0085' || r == '\u200B' || unicode.Is(unicode.Zs, r):
			default:
				return
			}
			s.pos += size
		default:
			return
		}
	}
}

// lineEnd returns the offset of the line break after pos, or the end of the source.
func lineEnd(src string, pos int) int {
	for pos < len(src) {
		switch c := src[pos]; {
		case c == '\n' || c == '\r':
			return pos
		case c == 0xE2 && (strings.HasPrefix(src[pos:], "\u2028") || strings.HasPrefix(src[pos:], "\u2029")):
			return pos
		}
		pos++
	}
	return pos
}

func (s *scanner) at(offset int) byte {
	if s.pos+offset < len(s.src) {
		return s.src[s.pos+offset]
	}
	return 0
}

// take ends the token after n more bytes.
func (s *scanner) take(k tokenKind, n int) {
	s.pos += n
	s.tok.kind = k
	s.tok.end = s.pos
}

// scan reads the token at pos.
func (s *scanner) scan() {
	s.tok.start = s.pos
	if s.pos >= len(s.src) {
		s.take(tEOF, 0)
		return
	}
	c := s.src[s.pos]
	if wordStart[c] {
		s.scanWord()
		return
	}
	switch c {
	case '"', '\'':
		s.scanString(c)
	case '`':
		s.pos++
		s.scanTemplate(tTemplate, tTemplateHead)
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		s.scanNumber()
	case '.':
		switch {
		case isDigit(s.at(1)):
			s.scanNumber()
		case s.at(1) == '.' && s.at(2) == '.':
			s.take(tDotDotDot, 3)
		default:
			s.take(tDot, 1)
		}
	case '#':
		s.scanPrivate()
	case '{':
		s.take(tOpenBrace, 1)
	case '}':
		s.take(tCloseBrace, 1)
	case '(':
		s.take(tOpenParen, 1)
	case ')':
		s.take(tCloseParen, 1)
	case '[':
		s.take(tOpenBracket, 1)
	case ']':
		s.take(tCloseBracket, 1)
	case ';':
		s.take(tSemicolon, 1)
	case ',':
		s.take(tComma, 1)
	case ':':
		s.take(tColon, 1)
	case '@':
		s.take(tAt, 1)
	case '~':
		s.take(tTilde, 1)
	case '>':
		s.take(tGreater, 1)
	default:
		s.scanOperator(c)
	}
}

func (s *scanner) scanOperator(c byte) {
	d, e := s.at(1), s.at(2)
	switch c {
	case '=':
		s.choose(d == '=' && e == '=', tEqualStrict, 3, d == '=', tEqual, 2, d == '>', tArrow, 2, tAssign)
	case '!':
		s.choose(d == '=' && e == '=', tNotEqualStrict, 3, d == '=', tNotEqual, 2, false, tEOF, 0, tExclamation)
	case '+':
		s.choose(d == '+', tPlusPlus, 2, d == '=', tPlusAssign, 2, false, tEOF, 0, tPlus)
	case '-':
		s.choose(d == '-', tMinusMinus, 2, d == '=', tMinusAssign, 2, false, tEOF, 0, tMinus)
	case '*':
		s.choose(d == '*' && e == '=', tStarStarAssign, 3, d == '*', tStarStar, 2, d == '=', tStarAssign, 2, tStar)
	case '/':
		s.choose(d == '=', tSlashAssign, 2, false, tEOF, 0, false, tEOF, 0, tSlash)
	case '%':
		s.choose(d == '=', tPercentAssign, 2, false, tEOF, 0, false, tEOF, 0, tPercent)
	case '^':
		s.choose(d == '=', tCaretAssign, 2, false, tEOF, 0, false, tEOF, 0, tCaret)
	case '&':
		if d == '&' {
			s.choose(e == '=', tAmpersandAmpersandAssign, 3, true, tAmpersandAmpersand, 2, false, tEOF, 0, tEOF)
			return
		}
		s.choose(d == '=', tAmpersandAssign, 2, false, tEOF, 0, false, tEOF, 0, tAmpersand)
	case '|':
		if d == '|' {
			s.choose(e == '=', tBarBarAssign, 3, true, tBarBar, 2, false, tEOF, 0, tEOF)
			return
		}
		s.choose(d == '=', tBarAssign, 2, false, tEOF, 0, false, tEOF, 0, tBar)
	case '<':
		s.choose(d == '<' && e == '=', tShiftLeftAssign, 3, d == '<', tShiftLeft, 2, d == '=', tLessEqual, 2, tLess)
	case '?':
		if d == '?' {
			s.choose(e == '=', tQuestionQuestionAssign, 3, true, tQuestionQuestion, 2, false, tEOF, 0, tEOF)
			return
		}
		s.choose(d == '.' && !isDigit(e), tQuestionDot, 2, false, tEOF, 0, false, tEOF, 0, tQuestion)
	default:
		s.scanOther(c)
	}
}

// choose takes the first alternative whose condition holds, one byte of otherwise when none does.
func (s *scanner) choose(a bool, ak tokenKind, an int, b bool, bk tokenKind, bn int, c bool, ck tokenKind, cn int, otherwise tokenKind) {
	switch {
	case a:
		s.take(ak, an)
	case b:
		s.take(bk, bn)
	case c:
		s.take(ck, cn)
	default:
		s.take(otherwise, 1)
	}
}

// scanOther reads words that do not begin with an ASCII letter, and refuses what begins no token.
func (s *scanner) scanOther(c byte) {
	if c == '\\' || c >= utf8.RuneSelf {
		if name, end, escaped := scanName(s.src, s.pos); end > s.pos {
			s.tok.text, s.tok.escaped = name, escaped
			s.take(wordKind(name), end-s.pos)
			return
		}
	}
	r, size := utf8.DecodeRuneInString(s.src[s.pos:])
	switch {
	case r == utf8.RuneError && size <= 1:
		s.fail(Span{s.pos, s.pos + 1}, "this byte is not UTF-8 text; save the file as UTF-8")
	case c == '\\':
		s.fail(Span{s.pos, s.pos + 1}, "this escape begins no identifier; escapes stand in strings, or in names as \\uXXXX")
	default:
		s.fail(Span{s.pos, s.pos + size}, "unexpected character "+quote(s.src[s.pos:s.pos+size]))
	}
}

// rescanGreater joins a > with what follows it to the longest operator.
func (s *scanner) rescanGreater() tokenKind {
	if s.tok.kind != tGreater || s.err != nil {
		return s.tok.kind
	}
	s.pos = s.tok.start
	b, c, d := s.at(1), s.at(2), s.at(3)
	switch {
	case b == '>' && c == '>' && d == '=':
		s.take(tShiftRightZeroAssign, 4)
	case b == '>' && c == '>':
		s.take(tShiftRightZero, 3)
	case b == '>' && c == '=':
		s.take(tShiftRightAssign, 3)
	case b == '>':
		s.take(tShiftRight, 2)
	case b == '=':
		s.take(tGreaterEqual, 2)
	default:
		s.take(tGreater, 1)
	}
	return s.tok.kind
}

// rescanLess cuts a << to its first <, which opens type arguments.
func (s *scanner) rescanLess() {
	if s.tok.kind == tShiftLeft {
		s.pos = s.tok.start
		s.take(tLess, 1)
	}
}

// rescanRegex reads the regular expression that begins with the slash at hand.
func (s *scanner) rescanRegex() {
	if s.err != nil {
		return
	}
	class := false
	for i := s.tok.start + 1; ; i++ {
		if i >= len(s.src) || i >= lineEnd(s.src[:min(i+3, len(s.src))], i) {
			s.fail(Span{s.tok.start, i}, "this regular expression has no end; close it with / on the same line")
			return
		}
		switch s.src[i] {
		case '\\':
			if i+1 < len(s.src) && s.src[i+1] != '\n' && s.src[i+1] != '\r' {
				i++
			}
			continue
		case '[':
			class = true
			continue
		case ']':
			class = false
			continue
		case '/':
			if class {
				continue
			}
		default:
			continue
		}
		_, end, _ := scanNamePart(s.src, i+1)
		s.pos = end
		s.tok.kind, s.tok.end = tRegex, end
		return
	}
}
