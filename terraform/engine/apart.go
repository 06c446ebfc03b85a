//go:build unix

package engine

import (
	"os"
	"syscall"
)

// apart starts a command in a process group of its own. The signals of a terminal go to the groups in its foreground, and there is
// one too many of each when a command gets it from the terminal and from us: terraform takes a second interrupt as the wish to end
// at once, without its state.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// interruptCommand asks a command to stop in good order. It fails where the command has ended.
func interruptCommand(process *os.Process) { _ = process.Signal(os.Interrupt) }

// killCommand ends a command with the providers that it started.
func killCommand(process *os.Process) { _ = syscall.Kill(-process.Pid, syscall.SIGKILL) }

// alive reports whether a process is there.
func alive(process int) bool {
	err := syscall.Kill(process, 0)
	return err == nil || err == syscall.EPERM
}
