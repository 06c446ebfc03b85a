package resource

import "crypto/rand"

// random is a short text that does not come again.
func random() string {
	return rand.Text()[:20]
}
