package diagnostic

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// Closest returns the known name that a misspelling most likely means, the first of several; "" when none is close. Two
// letters may be wrong, one in a name of one or two; whether they are capitals does not count.
func Closest(name string, known []string) string {
	best, distance := "", min(len(name)/3+1, 2)+1
	for _, candidate := range known {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(candidate), nil); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// DidYouMean is a hint with the closest known name, "" when none is close.
func DidYouMean(name string, known []string) string {
	if near := Closest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// Proposal is the remedy for a name that is not known: the nearest, else all there are.
func Proposal(name string, known []string, all, none string) string {
	if near := DidYouMean(name, known); near != "" {
		return near
	}
	if len(known) == 0 {
		return none
	}
	return all + strings.Join(known, ", ")
}

// And lists words as a sentence does: a, b and c.
func And(words []string) string { return joinWords(words, "and") }

// Or lists words as a sentence does: a, b or c.
func Or(words []string) string { return joinWords(words, "or") }

// joinWords joins words with commas, the last one with a word of its own.
func joinWords(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// Quoted puts each word between quotes.
func Quoted(words []string) []string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return quoted
}
