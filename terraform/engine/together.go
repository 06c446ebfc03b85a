//go:build !unix

package engine

import (
	"os"
	"syscall"
)

// apart: where there are no process groups, a command shares the console, which tells it of an interrupt itself.
func apart() *syscall.SysProcAttr { return nil }

// interruptCommand has nothing to do, see apart.
func interruptCommand(*os.Process) {}

// killCommand ends a command. Its providers end when they notice.
func killCommand(process *os.Process) { _ = process.Kill() }

// alive reports whether a process is there.
func alive(process int) bool {
	found, err := os.FindProcess(process)
	if err != nil {
		return false
	}
	_ = found.Release()
	return true
}
