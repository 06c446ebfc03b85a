package main

import (
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/urfave/cli/v2"
)

func TestReadHidden(t *testing.T) {
	for typed, want := range map[string]string{
		"value\r":                       "value",
		"value\n":                       "value",
		"value\r\n":                     "value",
		"\r":                            "",
		"valuü\x7f\x7fue\r":             "value",
		"\x08x\x7fvalue\r":              "value",
		"wrong\x15value\r":              "value",
		"va\tlue \r":                    "va\tlue ",
		"\x1b[200~value\x1b[201~\r":     "value",
		"a\x1b[200~b\rc\nd\x1b[201~e\r": "ab\nc\nde",
		"\x1b[200~one\r\x1b[201~\r":     "one\n",
	} {
		for name, in := range map[string]io.Reader{"whole": newReader(typed), "by bytes": iotest.OneByteReader(newReader(typed))} {
			if got, err := readHidden(in); err != nil || got != want {
				t.Errorf("%q, %s: %q, %v, want %q", typed, name, got, err, want)
			}
		}
	}
}

func TestReadHiddenRefuses(t *testing.T) {
	for typed, want := range map[string]error{
		"one\rtwo\r":     errSeveralLines,
		"one\rtwo":       errSeveralLines,
		"val\x03":        errInterrupted,
		"\x04":           errInterrupted,
		"val\x1b[Aue\r":  errControl,
		"val\x04":        errControl,
		"val":            io.ErrUnexpectedEOF,
		"\x1b[200~val\r": io.ErrUnexpectedEOF,
	} {
		in := io.MultiReader(newReader(typed), iotest.ErrReader(io.ErrUnexpectedEOF))
		if got, err := readHidden(in); !errors.Is(err, want) || got != "" {
			t.Errorf("%q: %q, %v, want %v", typed, got, err, want)
		}
	}
}

// newReader gives all it has at once, as a terminal does with what is pasted.
func newReader(text string) io.Reader { return io.MultiReader(&onceReader{text}) }

type onceReader struct{ text string }

func (r *onceReader) Read(into []byte) (int, error) {
	if r.text == "" {
		return 0, io.EOF
	}
	n := copy(into, r.text)
	r.text = r.text[n:]
	return n, nil
}

func TestFlagsFirst(t *testing.T) {
	available := []*cli.Command{
		{Name: "bare"},
		{Name: "flat", Flags: []cli.Flag{&cli.BoolFlag{Name: "on"}, &cli.StringFlag{Name: "file"}}},
		{Name: "deep", Subcommands: []*cli.Command{{Name: "set", Flags: []cli.Flag{&cli.StringFlag{Name: "file"}, &cli.StringSliceFlag{Name: "many"}}}}},
	}
	for _, test := range [][2][]string{
		{{}, nil},
		{{"--version"}, {"--version"}},
		{{"unknown", "x", "--on"}, {"unknown", "x", "--on"}},
		{{"bare", "for", "flat", "a", "--on"}, {"bare", "for", "flat", "a", "--on"}},
		{{"flat", "a", "--on", "b", "--file", "f", "c"}, {"flat", "--on", "--file", "f", "a", "b", "c"}},
		{{"flat", "a", "--file=-", "-"}, {"flat", "--file=-", "a", "-"}},
		{{"flat", "--file", "-", "a"}, {"flat", "--file", "-", "a"}},
		{{"flat", "a", "-file", "f"}, {"flat", "-file", "f", "a"}},
		{{"flat", "a", "--no", "b"}, {"flat", "--no", "a", "b"}},
		{{"flat", "a", "--file"}, {"flat", "--file"}},
		{{"flat", "a", "--on", "--", "--file", "x"}, {"flat", "--on", "--", "a", "--file", "x"}},
		{{"deep", "set", "NAME", "--many", "1", "--many", "2"}, {"deep", "set", "--many", "1", "--many", "2", "NAME"}},
		{{"deep", "--help"}, {"deep", "--help"}},
	} {
		if got := flagsFirst(available, test[0]); !slices.Equal(got, test[1]) {
			t.Errorf("%q became %q, want %q", test[0], got, test[1])
		}
	}
}
