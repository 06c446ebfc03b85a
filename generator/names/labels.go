package names

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Two logical names can have one plain label: API_KEY and ApiKey are two secrets and both api_key. One that was there
// first keeps the plain label; the others get a hash of their id behind it. The lock remembers who was first, so that no
// name that comes or goes ever moves another.

// Wanted is something that needs a label among others of its kind.
type Wanted struct {
	// ID names it in the lock: "secret ApiKey".
	ID string
	// Plain is the label it has when nothing else wants that.
	Plain string
}

// PlainLabel is the label of a name as long as no other name has the same.
func PlainLabel(parent, name string) string {
	if parent == "" {
		return Label(name)
	}
	return Label(parent) + "_" + Label(name)
}

// Assign gives each of the wanted a label that no other has. held are the labels of an earlier run, by id: they are
// kept. Among what is new, names that would share a label all get a hash: which of them is the plain one would depend on
// what else there is.
func Assign(wanted []Wanted, held map[string]string) map[string]string {
	wanted = slices.Clone(wanted)
	slices.SortFunc(wanted, func(a, b Wanted) int { return strings.Compare(a.ID, b.ID) })
	labels, taken, plain := map[string]string{}, map[string]bool{}, map[string]int{}
	for _, w := range wanted {
		if label := held[w.ID]; (label == w.Plain || strings.HasPrefix(label, w.Plain+"_")) && !taken[label] {
			labels[w.ID], taken[label] = label, true
		}
	}
	for _, w := range wanted {
		if labels[w.ID] == "" {
			plain[w.Plain]++
		}
	}
	for _, w := range wanted {
		if labels[w.ID] != "" {
			continue
		}
		label := w.Plain
		sum := sha256.Sum256([]byte(w.ID))
		digest := hex.EncodeToString(sum[:])
		for n := 8; taken[label] || label == w.Plain && plain[w.Plain] > 1 || label != w.Plain && plain[label] > 0; n++ {
			label = w.Plain + "_" + digest[:n]
		}
		labels[w.ID], taken[label] = label, true
	}
	return labels
}

// Label turns a logical name into the tail of a Terraform label: StripeKey and stripe-key both become stripe_key, so
// whoever hands out labels checks that they differ.
func Label(name string) string {
	var out strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case r >= utf8Limit:
			fmt.Fprintf(&out, "_%x", r)
		case unicode.IsUpper(r):
			if i > 0 && endsWord(runes, i) {
				out.WriteByte('_')
			}
			out.WriteRune(unicode.ToLower(r))
		case unicode.IsLower(r) || unicode.IsDigit(r):
			out.WriteRune(r)
		default:
			out.WriteByte('_')
		}
	}
	return out.String()
}

// utf8Limit is the first rune that needs more than one byte: labels stay ASCII, since they end up in other tools.
const utf8Limit = 0x80

// endsWord says that the capital at i begins a word: after a lower-case letter or digit, or as the last capital of a
// run (the K of OpenAIKey).
func endsWord(runes []rune, i int) bool {
	before := runes[i-1]
	if unicode.IsLower(before) || unicode.IsDigit(before) {
		return true
	}
	return unicode.IsUpper(before) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
}
