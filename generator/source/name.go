package source

import (
	"fmt"
	"strconv"
)

// CheckName applies a grammar to a resource's name and says what is wrong with it, and the remedy; "" when nothing is.
func CheckName(grammar Grammar, name string) (problem, hint string) {
	separator, style, example := byte('-'), "kebab-case", "daily-reports"
	if grammar == Snake {
		separator, style, example = '_', "snake_case", "daily_reports"
	}
	switch {
	case name == "":
		return "it is empty", fmt.Sprintf("write one, as in %q", example)
	case grammar == AnyName:
		return "", ""
	case len(name) > maxName:
		return fmt.Sprintf("it has %d characters, %d are allowed", len(name), maxName), "shorten it by " + Counted(len(name)-maxName, "character")
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		letter := 'a' <= c && c <= 'z'
		inside := i > 0 && ('0' <= c && c <= '9' || c == separator && i < len(name)-1)
		if !letter && !inside {
			return "it is not in " + style + ": lower case letters, digits and " + string(separator) + ", starting with a letter and not ending with " + string(separator),
				suggest(name, separator, example)
		}
	}
	return "", ""
}

// maxName is how many characters a name in a grammar may have.
const maxName = 63

// suggest is the hint for a name that breaks its grammar: the closest that does not, else what one looks like.
func suggest(name string, separator byte, example string) string {
	if near := respell(name, separator); near != "" {
		return fmt.Sprintf("%q would do", near)
	}
	return fmt.Sprintf("begin with a letter, as in %q", example)
}

// respell is the closest name the grammar accepts, "" when nothing of the name is left.
func respell(name string, separator byte) string {
	var out []byte
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case 'A' <= c && c <= 'Z':
			if len(out) > 0 && out[len(out)-1] != separator && (name[i-1] < 'A' || name[i-1] > 'Z') {
				out = append(out, separator)
			}
			out = append(out, c+'a'-'A')
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9' && len(out) > 0:
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != separator:
			out = append(out, separator)
		}
	}
	out = out[:min(len(out), maxName)]
	for len(out) > 0 && out[len(out)-1] == separator {
		out = out[:len(out)-1]
	}
	return string(out)
}

// Counted is a number of things in words: "1 parameter", "2 parameters".
func Counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
