// Package main is the laboratory's stand-in for Encore's runtimes: one static program that behaves, where it matters for
// infrastructure, as an application does that Encore compiled.
package main

import "os"

func main() {
	os.Exit(0)
}
