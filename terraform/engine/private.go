package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// privatePrefix begins the names of private folders. The process follows.
const privatePrefix = "groundplan-"

// abandonedAfter is how old a private folder is at least that is removed because its process is gone. Where containers share a
// folder for what is temporary, a process may be there that is not seen from here.
const abandonedAfter = time.Hour

// Private makes a folder for saved plans, which hold secrets in clear: nobody but the caller looks into it. What returns
// removes it. Those of runs that were killed are removed too.
func Private() (folder string, remove func(), err error) {
	removeAbandoned(os.TempDir(), time.Now())
	folder, err = os.MkdirTemp("", privatePrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", nil, fmt.Errorf("a folder for saved plans: %w", err)
	}
	return folder, func() { _ = os.RemoveAll(folder) }, nil // the next run tries again
}

// removeAbandoned removes the private folders of processes that are gone. What cannot be removed, as it belongs to another user, stays.
func removeAbandoned(parent string, now time.Time) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, entry := range entries {
		rest, ours := strings.CutPrefix(entry.Name(), privatePrefix)
		number, _, _ := strings.Cut(rest, "-")
		process, err := strconv.Atoi(number)
		if !ours || err != nil || !entry.IsDir() {
			continue
		}
		info, err := entry.Info()
		if err != nil || now.Sub(info.ModTime()) < abandonedAfter || alive(process) {
			continue
		}
		_ = os.RemoveAll(filepath.Join(parent, entry.Name()))
	}
}

// privateFile makes an empty file that nobody but the caller reads: terraform writes into one that is there.
func privateFile(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("a file for the plan: %w", err)
	}
	return file.Close()
}
