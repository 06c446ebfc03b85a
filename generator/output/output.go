// Package output brings a folder to what was generated: what differs, what somebody edited, and writing that a run which dies
// leaves whole. It must not know how files are made or printed.
package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/source"
)

// Output is what Generate makes: files by slash separated path relative to the output folder, and the lock that goes
// with them. Nothing has touched the disk.
type Output struct {
	Files map[string][]byte
	Lock  *Lock
	// Previous is the lock that stood in the folder before; nil where nobody has read it yet.
	Previous *Reading
}

// Change is one difference between an Output and a folder.
type Change struct {
	Path string
	// Action is "create", "update" or "delete".
	Action string

	have, want []byte
	// Edited: somebody changed the file since groundplan wrote it. Pointer: in its place there is the pointer which
	// Git LFS keeps until the content is fetched.
	Edited, Pointer bool
}

// Diff is a unified diff from the folder to the output; a line for a binary file.
func (c Change) Diff() []byte {
	if bytes.IndexByte(c.have, 0) >= 0 || bytes.IndexByte(c.want, 0) >= 0 {
		// An archive: a terminal would obey what stands in it.
		return fmt.Appendf(nil, "binary file %s: %d bytes here, %d bytes generated\n", c.Path, len(c.have), len(c.want))
	}
	return diff.Diff(c.Path, c.have, c.Path, c.want)
}

// ConflictError is writing that would lose somebody's work. Nothing was written.
type ConflictError struct {
	// Edited are files groundplan owns that somebody changed; --force overwrites them.
	Edited []Change
	// Foreign are files groundplan does not own that stand where it wants to write; never overwritten.
	Foreign []string
}

func (e *ConflictError) Error() string {
	var parts []string
	for _, c := range e.Edited {
		if c.Pointer {
			parts = append(parts, c.Path+" is a pointer of Git LFS")
		} else {
			parts = append(parts, c.Path+" was edited by hand")
		}
	}
	for _, path := range e.Foreign {
		parts = append(parts, path+" exists and is not groundplan's")
	}
	return strings.Join(parts, "; ")
}

// ModulesFolder holds the vendored modules; no environment can have its name.
const ModulesFolder = "modules/"

// The working folder of a run, inside the output folder, so that moving a file out of it is one rename.
const (
	workDir = ".groundplan"
	// journalName holds the operations of a run that is past the point of no return.
	journalName = "journal.json"
	// brakeName is a file that stands in every folder of Terraform code while some of its files are new and others
	// old: it makes terraform refuse the folder.
	brakeName = "groundplan_interrupted.tf"
)

var brake = []byte(`# groundplan was interrupted while it replaced the files of this folder, so they do not belong together.
# Run "groundplan generate" again: it finishes the change and removes this file.
groundplan_was_interrupted {}
`)

// operation moves one file into place (From is its name in the working folder) or removes one (From is "").
type operation struct {
	From string `json:"from,omitempty"`
	To   string `json:"to"`
}

// Changes compares an output with a folder without writing: what Write with force would do, nothing when it would do
// nothing. A file that Write never overwrites is a *ConflictError.
// within limits pruning and comparing to paths for which it is true; nil means all.
func (o *Output) Changes(dir string, within func(path string) bool) ([]Change, error) {
	reading, err := Read(dir, o.Previous)
	if err != nil {
		return nil, err
	}
	previous := reading.Lock
	o = o.yielding(dir, previous)
	changes, conflict, err := o.compare(dir, previous, within)
	if err != nil {
		return nil, err
	}
	if len(conflict.Foreign) > 0 {
		return nil, &ConflictError{Foreign: conflict.Foreign}
	}
	if len(changes) == 0 {
		if changes, err = lockChange(dir, o.mergeLock(previous, within)); err != nil {
			return nil, err
		}
	}
	if Interrupted(dir) {
		changes = append(changes, Change{Path: workDir, Action: "delete", have: []byte("an interrupted run waits to be finished\n")})
	}
	return changes, nil
}

func (o *Output) compare(dir string, previous *Lock, within func(string) bool) ([]Change, *ConflictError, error) {
	var changes []Change
	conflict := &ConflictError{}
	paths := slices.DeleteFunc(o.paths(previous), func(path string) bool {
		return within != nil && !within(path) || o.spared(path, within)
	})
	found, problems := make([][]byte, len(paths)), make([]error, len(paths))
	parallel.Each(len(paths), func(i int) {
		found[i], problems[i] = os.ReadFile(filepath.Join(dir, filepath.FromSlash(paths[i])))
	})
	for i, path := range paths {
		want, wanted := o.Files[path]
		raw, err := found[i], problems[i]
		exists := err == nil
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		// Line ends are no edit: git gives a checkout on Windows longer ones.
		have := source.LineFeeds(raw)
		if exists == wanted && bytes.Equal(have, source.LineFeeds(want)) {
			continue
		}
		change := Change{Path: path, Action: "update", have: have, want: want}
		owned, known := previous.Files[path]
		switch {
		case !exists:
			change.Action = "create"
		case !wanted:
			change.Action = "delete"
		}
		if exists && owned != Hash(have) && owned != Hash(raw) {
			if known || generated(path, have) {
				change.Pointer = source.IsPointer(have)
				change.Edited = true
				conflict.Edited = append(conflict.Edited, change)
			} else {
				conflict.Foreign = append(conflict.Foreign, path)
				continue
			}
		}
		changes = append(changes, change)
	}
	return changes, conflict, nil
}

// yielding is the output without .gitattributes where the folder has one of its owner's: git knows one in a folder, and the code
// works without.
func (o *Output) yielding(dir string, previous *Lock) *Output {
	have, err := os.ReadFile(filepath.Join(dir, GitAttributesName))
	_, owned := previous.Files[GitAttributesName]
	if err != nil || owned || generated(GitAttributesName, have) {
		return o
	}
	lock := *o.Lock
	lock.Files = maps.Clone(o.Lock.Files)
	delete(lock.Files, GitAttributesName)
	files := maps.Clone(o.Files)
	delete(files, GitAttributesName)
	return &Output{Files: files, Lock: &lock, Previous: o.Previous}
}

// generated recognises a file of groundplan's that no lock speaks for: the lock was lost, or merged by hand. Generated
// code says so in its first line. Vendored modules do not, because they are copies, but their folder belongs to
// groundplan alone. path is one that this run wants to write.
func generated(path string, have []byte) bool {
	const mark = "Code generated by groundplan."
	return strings.HasPrefix(path, ModulesFolder) ||
		bytes.HasPrefix(have, []byte("# "+mark)) || bytes.HasPrefix(have, []byte("<!-- "+mark))
}

// spared reports whether a module that is no longer wanted stays: the environments that this run leaves alone may call it.
func (o *Output) spared(path string, within func(string) bool) bool {
	_, wanted := o.Files[path]
	return within != nil && !wanted && strings.HasPrefix(path, ModulesFolder)
}

// lockChange is the change of the lock itself, none when the folder has it as it should be. The lock follows from the
// other files, so it is only worth telling when nothing else changes: it was removed, or merged by hand.
func lockChange(dir string, lock *Lock) ([]Change, error) {
	have, err := os.ReadFile(filepath.Join(dir, LockName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	want := lock.Bytes()
	if err == nil && bytes.Equal(source.LineFeeds(have), want) {
		return nil, nil
	}
	change := Change{Path: LockName, Action: "update", have: have, want: want}
	if err != nil {
		change.Action = "create"
	}
	return []Change{change}, nil
}

// paths are all files the output wants or the previous lock owned, sorted.
func (o *Output) paths(previous *Lock) []string {
	var paths []string
	for path := range o.Files {
		paths = append(paths, path)
	}
	for path := range previous.Files {
		if _, ok := o.Files[path]; !ok {
			paths = append(paths, path)
		}
	}
	sort.Strings(paths)
	return paths
}

// Write brings dir to the output: it writes what changed, removes files it owns that are no longer wanted, and
// touches nothing else. When a file it owns was edited it writes nothing and returns a *ConflictError, unless force.
//
// A run that dies leaves either the old tree, or one that the next Write finishes and that terraform refuses until
// then (see brakeName): no file is ever half-written.
func (o *Output) Write(dir string, force bool, within func(path string) bool) ([]Change, error) {
	return o.write(disk{}, dir, force, within)
}

func (o *Output) write(d disk, dir string, force bool, within func(string) bool) ([]Change, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	// The mutex file lives outside the folder: it must not appear in anybody's repository.
	mutex, err := mutexPath(dir)
	if err != nil {
		return nil, err
	}
	unlock, err := lockedfile.MutexAt(mutex).Lock()
	if err != nil {
		return nil, fmt.Errorf("cannot lock %s against other runs: %w", dir, err)
	}
	defer unlock()
	if err := recoverRun(d, dir); err != nil {
		return nil, fmt.Errorf("cannot finish the interrupted run in %s: %w", dir, err)
	}
	reading, err := Read(dir, o.Previous)
	if err != nil {
		return nil, err
	}
	previous := reading.Lock
	o = o.yielding(dir, previous)
	changes, conflict, err := o.compare(dir, previous, within)
	if err != nil {
		return nil, err
	}
	if len(conflict.Foreign) > 0 || len(conflict.Edited) > 0 && !force {
		return nil, conflict
	}
	lock := o.mergeLock(previous, within)
	if len(changes) == 0 {
		changes, err := lockChange(dir, lock)
		if err != nil || len(changes) == 0 {
			return nil, err
		}
		return changes, o.commit(d, dir, nil, lock)
	}
	return changes, o.commit(d, dir, changes, lock)
}

// mergeLock is the lock after a run that was limited to some paths: the rest stays as it was.
func (o *Output) mergeLock(previous *Lock, within func(string) bool) *Lock {
	if within == nil {
		return o.Lock
	}
	merged := *o.Lock
	merged.Files = map[string]string{}
	for path, sum := range previous.Files {
		if !within(path) || o.spared(path, within) {
			merged.Files[path] = sum
		}
	}
	merged.Addresses = mergeWithin(previous.Addresses, o.Lock.Addresses, within)
	merged.Environments = mergeEnvironments(previous, o.Lock, within)
	merged.Moved = mergeWithin(previous.Moved, o.Lock.Moved, within)
	merged.Forgotten = mergeWithin(previous.Forgotten, o.Lock.Forgotten, within)
	inEnvironment := func(name string) bool { return within(name + "/") }
	merged.Holdings = mergeWithin(previous.Holdings, o.Lock.Holdings, inEnvironment)
	merged.Priorities = mergeWithin(previous.Priorities, o.Lock.Priorities, inEnvironment)
	for path, sum := range o.Lock.Files {
		if within(path) {
			merged.Files[path] = sum
		}
	}
	return &merged
}

// mergeEnvironments are the environments of a lock after a run that was limited to some of them, in the order of this run; what
// else the folder has stands behind.
func mergeEnvironments(previous, current *Lock, within func(string) bool) []blueprint.Environment {
	var merged []blueprint.Environment
	for _, env := range current.Environments {
		if within(env.Name + "/") {
			merged = append(merged, env)
		} else if before := previous.Environment(env.Name); before != nil {
			merged = append(merged, *before)
		}
	}
	for _, env := range previous.Environments {
		if current.Environment(env.Name) == nil && !within(env.Name+"/") {
			merged = append(merged, env)
		}
	}
	return merged
}

// mergeWithin takes from the one what is outside, from the other what is within.
func mergeWithin[V any](previous, current map[string]V, within func(string) bool) map[string]V {
	merged := map[string]V{}
	for key, value := range previous {
		if !within(key) {
			merged[key] = value
		}
	}
	for key, value := range current {
		if within(key) {
			merged[key] = value
		}
	}
	return merged
}

// commit stages every new file, writes the journal (the point of no return), then moves the files into place.
func (o *Output) commit(d disk, dir string, changes []Change, lock *Lock) error {
	work := filepath.Join(dir, workDir)
	if err := d.mkdir(work); err != nil {
		return err
	}
	var journal []operation
	var staged [][]byte
	stage := func(to string, data []byte) {
		journal = append(journal, operation{From: fmt.Sprintf("%06d", len(staged)), To: to})
		staged = append(staged, data)
	}
	folders := brakedFolders(changes)
	for _, folder := range folders {
		stage(folder+"/"+brakeName, brake)
	}
	for _, c := range changes {
		if c.Action == "delete" {
			journal = append(journal, operation{To: c.Path})
		} else {
			stage(c.Path, o.Files[c.Path])
		}
	}
	stage(LockName, lock.Bytes())
	problems := make([]error, len(staged))
	parallel.Each(len(staged), func(i int) {
		problems[i] = d.write(filepath.Join(work, fmt.Sprintf("%06d", i)), staged[i])
	})
	if err := errors.Join(problems...); err != nil {
		return err
	}
	for _, folder := range folders {
		journal = append(journal, operation{To: folder + "/" + brakeName})
	}
	data, err := json.Marshal(journal)
	if err != nil {
		return err
	}
	if err := d.write(filepath.Join(work, journalName+".new"), data); err != nil {
		return err
	}
	if err := d.rename(filepath.Join(work, journalName+".new"), filepath.Join(work, journalName)); err != nil {
		return err
	}
	return recoverRun(d, dir)
}

// brakedFolders are the folders of Terraform code that change. A lone change needs no brake: one rename is atomic.
func brakedFolders(changes []Change) []string {
	if len(changes) < 2 {
		return nil
	}
	seen := map[string]bool{}
	var folders []string
	for _, c := range changes {
		folder, _, found := cutLast(c.Path, "/")
		if strings.HasSuffix(c.Path, ".tf") && found && !seen[folder] {
			seen[folder] = true
			folders = append(folders, folder)
		}
	}
	sort.Strings(folders)
	return folders
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Interrupted reports whether a run died in dir past the point of no return: the next Write finishes it.
func Interrupted(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, workDir, journalName))
	return err == nil
}

// recoverRun finishes a run whose journal was written, and forgets one whose journal was not. Every step may be
// repeated: a file that was already moved is no longer in the working folder.
func recoverRun(d disk, dir string) error {
	work := filepath.Join(dir, workDir)
	data, err := os.ReadFile(filepath.Join(work, journalName))
	if errors.Is(err, fs.ErrNotExist) {
		return d.removeAll(work)
	}
	if err != nil {
		return err
	}
	var journal []operation
	if err := json.Unmarshal(data, &journal); err != nil {
		return fmt.Errorf("the journal is damaged: %w\nhint: restore the folder from version control, remove %s, and generate again", err, filepath.ToSlash(work))
	}
	for _, op := range journal {
		if !isInside(op.To) || op.From != "" && (!isInside(op.From) || strings.Contains(op.From, "/")) {
			return fmt.Errorf("the journal is damaged: it moves %q to %q\nhint: restore the folder from version control, remove %s, and generate again", op.From, op.To, filepath.ToSlash(work))
		}
	}
	for _, op := range journal {
		to := filepath.Join(dir, filepath.FromSlash(op.To))
		if op.From == "" {
			if err := d.remove(dir, to); err != nil {
				return err
			}
			continue
		}
		from := filepath.Join(work, op.From)
		if d.rename(from, to) == nil {
			continue
		}
		if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
			continue // moved before the interruption
		}
		// Its folder is new.
		if err := d.mkdir(filepath.Dir(to)); err != nil {
			return err
		}
		if err := d.rename(from, to); err != nil {
			return err
		}
	}
	// The journal goes first: without it the rest of the folder is rubbish of a finished run.
	if err := d.removeFile(filepath.Join(work, journalName)); err != nil {
		return err
	}
	return d.removeAll(work)
}

// GitAttributes keep a checkout on Windows as the files were written: terraform takes line ends for a part of texts that span
// lines. Archives are told by their content. Nothing is marked as generated: hosts would hide it in a review, for which it is made.
const GitAttributesName = ".gitattributes"

var GitAttributes = []byte("# Code generated by groundplan. DO NOT EDIT.\n\n* text=auto eol=lf\n")

// Within limits an Output to one environment: its own files, and those every environment shares.
func Within(env string) func(path string) bool {
	return func(path string) bool {
		return strings.HasPrefix(path, env+"/") || strings.HasPrefix(path, ModulesFolder) || !strings.Contains(path, "/")
	}
}
