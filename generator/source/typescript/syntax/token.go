package syntax

// wordKind is longer than a function should be: it is a table, written as the switch the compiler makes fastest.

// tokenKind is the kind of a token. The order matters: see the marks between the groups.
type tokenKind uint8

const (
	tEOF tokenKind = iota
	tNumber
	tBigInt
	tString
	tTemplate     // `text` without placeholders
	tTemplateHead // `text${
	tPrivate      // #name
	tRegex        // only after rescanning a slash

	tOpenBrace
	tCloseBrace
	tOpenParen
	tCloseParen
	tOpenBracket
	tCloseBracket
	tDot
	tDotDotDot
	tSemicolon
	tComma
	tQuestion
	tQuestionDot
	tColon
	tAt
	tArrow
	tHash

	tLess
	tGreater // always alone; longer operators are joined on demand, as type arguments may end in >>
	tLessEqual
	tGreaterEqual
	tEqual
	tNotEqual
	tEqualStrict
	tNotEqualStrict
	tPlus
	tMinus
	tStar
	tStarStar
	tSlash
	tPercent
	tPlusPlus
	tMinusMinus
	tShiftLeft
	tShiftRight
	tShiftRightZero
	tAmpersand
	tBar
	tCaret
	tExclamation
	tTilde
	tAmpersandAmpersand
	tBarBar
	tQuestionQuestion

	// From here to tQuestionQuestionAssign: assignment operators.
	tAssign
	tPlusAssign
	tMinusAssign
	tStarAssign
	tStarStarAssign
	tSlashAssign
	tPercentAssign
	tShiftLeftAssign
	tShiftRightAssign
	tShiftRightZeroAssign
	tAmpersandAssign
	tBarAssign
	tCaretAssign
	tAmpersandAmpersandAssign
	tBarBarAssign
	tQuestionQuestionAssign

	// From here to kWith: words that can never be the name of a binding.
	kBreak
	kCase
	kCatch
	kClass
	kConst
	kContinue
	kDebugger
	kDefault
	kDelete
	kDo
	kElse
	kEnum
	kExport
	kExtends
	kFalse
	kFinally
	kFor
	kFunction
	kIf
	kImport
	kIn
	kInstanceof
	kNew
	kNull
	kReturn
	kSuper
	kSwitch
	kThis
	kThrow
	kTrue
	kTry
	kTypeof
	kVar
	kVoid
	kWhile
	kWith

	// From here on: names. The plain one first, then the words that mean something in some places only.
	tIdentifier
	kAbstract
	kAccessor
	kAs
	kAsserts
	kAsync
	kAwait
	kDeclare
	kDefer
	kFrom
	kGet
	kGlobal
	kImplements
	kInfer
	kInterface
	kIs
	kKeyof
	kLet
	kModule
	kNamespace
	kOf
	kOut
	kOverride
	kPrivate
	kProtected
	kPublic
	kReadonly
	kRequire
	kSatisfies
	kSet
	kStatic
	kType
	kUnique
	kUsing
	kYield
)

func (k tokenKind) isName() bool       { return k >= tIdentifier }
func (k tokenKind) isWord() bool       { return k >= kBreak }
func (k tokenKind) isAssignment() bool { return k >= tAssign && k <= tQuestionQuestionAssign }

// isLiteralName reports whether a token can name a property.
func (k tokenKind) isLiteralName() bool {
	return k.isWord() || k == tString || k == tNumber || k == tBigInt
}

// wordKind returns the kind of a word; tIdentifier for one that means nothing.
func wordKind(s string) tokenKind {
	if len(s) < 2 || len(s) > 10 || s[0] < 'a' || s[0] > 'y' {
		return tIdentifier
	}
	switch s[0] {
	case 'a':
		switch s {
		case "as":
			return kAs
		case "async":
			return kAsync
		case "await":
			return kAwait
		case "abstract":
			return kAbstract
		case "asserts":
			return kAsserts
		case "accessor":
			return kAccessor
		}
	case 'b':
		switch s {
		case "break":
			return kBreak
		}
	case 'c':
		switch s {
		case "const":
			return kConst
		case "class":
			return kClass
		case "case":
			return kCase
		case "catch":
			return kCatch
		case "continue":
			return kContinue
		}
	case 'd':
		switch s {
		case "default":
			return kDefault
		case "delete":
			return kDelete
		case "do":
			return kDo
		case "declare":
			return kDeclare
		case "defer":
			return kDefer
		case "debugger":
			return kDebugger
		}
	case 'e':
		switch s {
		case "export":
			return kExport
		case "else":
			return kElse
		case "extends":
			return kExtends
		case "enum":
			return kEnum
		}
	case 'f':
		switch s {
		case "from":
			return kFrom
		case "for":
			return kFor
		case "function":
			return kFunction
		case "false":
			return kFalse
		case "finally":
			return kFinally
		}
	case 'g':
		switch s {
		case "get":
			return kGet
		case "global":
			return kGlobal
		}
	case 'i':
		switch s {
		case "if":
			return kIf
		case "import":
			return kImport
		case "in":
			return kIn
		case "is":
			return kIs
		case "interface":
			return kInterface
		case "instanceof":
			return kInstanceof
		case "infer":
			return kInfer
		case "implements":
			return kImplements
		}
	case 'k':
		switch s {
		case "keyof":
			return kKeyof
		}
	case 'l':
		switch s {
		case "let":
			return kLet
		}
	case 'm':
		switch s {
		case "module":
			return kModule
		}
	case 'n':
		switch s {
		case "new":
			return kNew
		case "null":
			return kNull
		case "namespace":
			return kNamespace
		}
	case 'o':
		switch s {
		case "of":
			return kOf
		case "out":
			return kOut
		case "override":
			return kOverride
		}
	case 'p':
		switch s {
		case "private":
			return kPrivate
		case "public":
			return kPublic
		case "protected":
			return kProtected
		}
	case 'r':
		switch s {
		case "return":
			return kReturn
		case "readonly":
			return kReadonly
		case "require":
			return kRequire
		}
	case 's':
		switch s {
		case "static":
			return kStatic
		case "set":
			return kSet
		case "switch":
			return kSwitch
		case "super":
			return kSuper
		case "satisfies":
			return kSatisfies
		}
	case 't':
		switch s {
		case "this":
			return kThis
		case "true":
			return kTrue
		case "type":
			return kType
		case "throw":
			return kThrow
		case "try":
			return kTry
		case "typeof":
			return kTypeof
		}
	case 'u':
		switch s {
		case "unique":
			return kUnique
		case "using":
			return kUsing
		}
	case 'v':
		switch s {
		case "var":
			return kVar
		case "void":
			return kVoid
		}
	case 'w':
		switch s {
		case "while":
			return kWhile
		case "with":
			return kWith
		}
	case 'y':
		switch s {
		case "yield":
			return kYield
		}
	}
	return tIdentifier
}
