//go:build linux

package container

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// serve runs what it is given on one thread, for as long as the program lives.
func serve(work <-chan func()) {
	runtime.LockOSThread()
	for do := range work {
		do()
	}
}

// inNamespace does something while this thread is in another network namespace: a process started meanwhile stays in it.
func inNamespace(path string, do func() error) error {
	if path == "" {
		return do()
	}
	own, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer own.Close()
	other, err := os.Open(path)
	if err != nil {
		return err
	}
	defer other.Close()
	if err := unix.Setns(int(other.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	failed := do()
	if err := unix.Setns(int(own.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("back from %s: %w", path, err)
	}
	return failed
}
