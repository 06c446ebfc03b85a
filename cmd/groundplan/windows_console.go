//go:build windows

package main

import (
	"os"
	"syscall"
)

// showsColors reports whether a terminal obeys the sequences that set colors. A console of Windows prints them unless it is told
// otherwise (Microsoft, "Console Virtual Terminal Sequences").
func showsColors(file *os.File) bool {
	const virtualTerminal = 0x4 // ENABLE_VIRTUAL_TERMINAL_PROCESSING
	var mode uint32
	if err := syscall.GetConsoleMode(syscall.Handle(file.Fd()), &mode); err != nil {
		return false
	}
	if mode&virtualTerminal != 0 {
		return true
	}
	worked, _, _ := syscall.NewLazyDLL("kernel32.dll").NewProc("SetConsoleMode").Call(file.Fd(), uintptr(mode|virtualTerminal))
	return worked != 0
}
