package parallel

import (
	"runtime"
	"sync/atomic"
	"testing"
)

func TestEachCallsOnceForEach(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		calls := make([]atomic.Int32, n)
		Each(n, func(i int) { calls[i].Add(1) })
		for i := range calls {
			if got := calls[i].Load(); got != 1 {
				t.Errorf("%d of %d: %d calls", i, n, got)
			}
		}
	}
}

func TestEachByKeepsAWorkersOwn(t *testing.T) {
	var workers, calls atomic.Int32
	EachBy(1000, func() func(int) {
		workers.Add(1)
		mine := 0
		return func(int) {
			mine++ // the race detector finds two goroutines here
			calls.Add(1)
		}
	})
	if got := int(workers.Load()); got < 1 || got > runtime.GOMAXPROCS(0) || calls.Load() != 1000 {
		t.Errorf("%d workers, %d calls", got, calls.Load())
	}
}
