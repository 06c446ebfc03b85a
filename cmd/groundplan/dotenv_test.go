package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseDotenv(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "",
		"# only\n\n  # comments":                 "",
		"A=b":                                    `A="b"`,
		"A = b c  \nexport B=d\n":                `A="b c" B="d"`,
		"exported=1\nexport\tC=2":                `exported="1" C="2"`,
		"A=b # c\nB=b#c\nC= # c\nD=#c":           `A="b" B="b#c" C="" D=""`,
		"A=a=b==":                                `A="a=b=="`,
		"A=\nB=''\nC=\"\"":                       `A="" B="" C=""`,
		"A='it # is $X \\n' # c":                 `A="it # is $X \\n"`,
		"A=\"l1\\nl2\\t\\\"q\\\" \\\\ \\$x $y\"": `A="l1\nl2\t\"q\" \\ $x $y"`,
		"A=\"l1\nl2\n\"\nB=c":                    `A="l1\nl2\n" B="c"`,
		"A=`it's \"x\"`":                         `A="it's \"x\""`,
		"A='-----BEGIN\nabc==\n-----END\n'\nB=1": `A="-----BEGIN\nabc==\n-----END\n" B="1"`,
		"A={\"a\": 1}":                           `A="{\"a\": 1}"`,
		"team/B.c-d=1":                           `team/B.c-d="1"`,
	} {
		list, err := parseDotenv(text)
		var got []string
		for _, one := range list {
			got = append(got, fmt.Sprintf("%s=%q", one.name, one.value))
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
}

// TestDotenvMistakes names the line, and nothing that stands in it.
func TestDotenvMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"A=1\nsecret":              "line 2: not NAME=value",
		"A=1\n\nB='secret\nsecret": "line 3: the quote that begins here does not end",
		"A='secret'secret":         "line 1: something follows the closing quote",
		"A='secret'# secret":       "line 1: something follows the closing quote",
		"A=\"C:\\secret\"":         "line 1: a backslash",
		"A=\"secret\nse\\cret\"":   "line 2: a backslash",
		"A=\"secret\\":             "line 1: a backslash",
		"A=secret\nB=\nA=secret":   "line 3: the name of line 1 again",
		"=secret":                  "line 1: what stands before = is no name",
		"se cret=secret":           "line 1: what stands before = is no name",
		"A='x\ny'\nsecret":         "line 3: not NAME=value",
	} {
		_, err := parseDotenv(text)
		var wrong *dotenvError
		if !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "cret") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzDotenv(f *testing.F) {
	f.Add("A=b\nexport C='d\ne' # f\nG=\"h\\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseDotenv(text)
		for i, one := range list {
			if one.name == "" || one.line < 1 || i > 0 && one.line <= list[i-1].line {
				t.Errorf("%q: %+v", text, list)
			}
		}
		var wrong *dotenvError
		if err != nil && (!errors.As(err, &wrong) || wrong.line > strings.Count(text, "\n")+1) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
