//go:build unix

package main

import (
	"os"
	"syscall"
)

// peakMemory is what a process held at most, in the unit of the system: KB on Linux.
func peakMemory(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss
}
