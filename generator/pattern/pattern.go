// Package pattern holds regular expressions back until they are needed.
//
// There are some eighty of them, most for what a setting must look like, and one run needs few: to compile them all took
// a third of the time in which a small application is read. It must not know what any of them is for.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy returns a regular expression that is compiled when it is first asked for. One that does not compile panics there,
// which would be late: a test of the whole tree compiles them all.
func Lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
