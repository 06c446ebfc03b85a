package kind

import (
	"testing"
	"time"
)

func TestSpell(t *testing.T) {
	for d, want := range map[time.Duration]string{30 * time.Second: "30s", 90 * time.Second: "1m30s", time.Minute: "1m", 2 * time.Hour: "2h", 0: "0s", time.Hour + time.Second: "1h0m1s"} {
		if got := Spell(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}
