//go:build !windows

package main

import "os"

// showsColors reports whether a terminal obeys the sequences that set colors: all of them do.
func showsColors(*os.File) bool { return true }
