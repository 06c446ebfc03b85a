package cache

import (
	"slices"
	"strings"
)

// KeyGlobs are the ACL patterns of the keys that a process may use in a cache cluster, sorted, each once. Each key
// pattern is one of the process's keyspaces, as Encore spells it: slash separated, :parameters for what varies. A
// parameter matches any text, slashes included, for ACL patterns have no narrower wildcard: who may use "user/:id" may
// also use "user/1/friends" of another keyspace. The pattern ":key" alone opens all keys. Encore's runtimes write the
// key as the pattern says, without any prefix (facts: the Go runtime ignores key_prefix).
func KeyGlobs(keyPatterns []string) []string {
	globs := make([]string, len(keyPatterns))
	for i, pattern := range keyPatterns {
		globs[i] = keyGlob(pattern)
	}
	slices.Sort(globs)
	return slices.Compact(globs)
}

// keyGlob is the ACL pattern that the keys of a keyspace match. Bytes that could mean something in a pattern or end a
// rule become ?, which matches any byte: ElastiCache does not say which escapes it understands.
func keyGlob(pattern string) string {
	segments := strings.Split(pattern, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, ":") {
			segments[i] = "*"
			continue
		}
		plain := []byte(segment)
		for j, b := range plain {
			if !plainKeyByte(b) {
				plain[j] = '?'
			}
		}
		segments[i] = string(plain)
	}
	return strings.Join(segments, "/")
}

func plainKeyByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("_.:-", b) >= 0
}
