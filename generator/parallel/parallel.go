// Package parallel does many like things on all processors. It must not know anything else of the project.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for 0 to n-1, on as many processors as there are, and returns when all calls have.
func Each(n int, do func(i int)) {
	EachBy(n, func() func(int) { return do })
}

// EachBy is Each where every worker keeps something of its own from one call to the next: worker is called once by each.
func EachBy(n int, worker func() func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			do := worker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	workers.Wait()
}
