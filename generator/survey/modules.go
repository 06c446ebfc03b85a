package survey

import (
	"crypto/sha256"
	"encoding/hex"
)

// What modules call that which they make, after the name they are given. TestNamesOfModules holds these against the modules.

func workloadLogs(unit string) string { return "/groundplan/" + unit }

func functionLogs(function string) string { return "/aws/lambda/" + function }

func jobFailures(unit string) string { return unit + "-failures" }

func functionDeadLetters(function string) string { return function + "-dead-letters" }

// queueDeadLetters has a piece of a hash where SQS would find the name too long.
func queueDeadLetters(queue string) string {
	const longest = 62
	if len(queue) > longest {
		sum := sha256.Sum256([]byte(queue))
		queue = queue[:53] + "-" + hex.EncodeToString(sum[:])[:8]
	}
	return queue + "-dead-letters"
}

// fifo is a name of a topic or a queue as its module completes it.
func fifo(name string, ordered bool) string {
	if ordered {
		return name + ".fifo"
	}
	return name
}
