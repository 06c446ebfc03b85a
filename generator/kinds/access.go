package kinds

import (
	"slices"
	"strings"
)

// AccessString returns the ACL rules of the user that a process logs in to a cache cluster by, in the spelling that
// ElastiCache gives back and the module cache demands: "on ~<pattern> ... -@all +<command> ...".
//
// Each key pattern is one of the process's keyspaces, as Encore spells it: slash separated, :parameters for what
// varies. A parameter matches any text, slashes included, for ACL patterns have no narrower wildcard: who may use
// "user/:id" may also use "user/1/friends" of another keyspace. The pattern ":key" alone opens all keys. Encore's
// runtimes write the key as the pattern says, without any prefix (facts: the Go runtime ignores key_prefix).
//
// Without a pattern there is nothing to do in the cluster, and the user is off.
func AccessString(keyPatterns []string) string {
	var patterns []string
	for _, pattern := range keyPatterns {
		patterns = append(patterns, "~"+keyGlob(pattern))
	}
	if len(patterns) == 0 {
		return "off -@all"
	}
	slices.Sort(patterns)
	rules := append([]string{"on"}, slices.Compact(patterns)...)
	rules = append(rules, "-@all")
	for _, command := range cacheCommands {
		rules = append(rules, "+"+command)
	}
	return strings.Join(rules, " ")
}

// cacheCommands are what the cache packages of Encore's Go and TypeScript runtimes send, sorted: the methods of
// keyspaces, MULTI and EXEC for a change together with its expiry, and what connection pools ask for life. AUTH and
// HELLO need no rule. Neither scripts nor subscriptions are among them, nor anything that looks at keys it does not
// name (KEYS, SCAN, FLUSHALL) or at the server (CONFIG, CLIENT, INFO).
var cacheCommands = []string{
	"append", "decrby", "del", "discard", "exec", "get", "getdel", "getrange", "incrby", "incrbyfloat",
	"lindex", "linsert", "llen", "lmove", "lpop", "lpush", "lrange", "lrem", "lset", "ltrim",
	"mget", "mset", "multi", "persist", "pexpireat", "ping", "rpop", "rpush",
	"sadd", "scard", "sdiff", "sdiffstore", "set", "setrange", "sinter", "sinterstore", "sismember", "smembers",
	"smove", "spop", "srandmember", "srem", "strlen", "sunion", "sunionstore",
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
