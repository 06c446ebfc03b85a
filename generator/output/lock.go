package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/source"
)

// LockName is the file, in the output folder, that says what groundplan owns there.
const LockName = "groundplan.lock.json"

// Lock is groundplan.lock.json: what stands in the folder, as a blueprint, and what the next run has to remember. It is committed
// with the generated code.
type Lock struct {
	// Blueprint names files and modules with their hashes: what stands there otherwise was edited. Of the environments a lock of
	// version 1 knew the addresses of their components, and nothing else.
	blueprint.Blueprint
	// Addresses maps a logical id ("database orders") to its Terraform address, by stack ("production/platform"). In the file
	// they stand with the components.
	Addresses map[string]map[string]string `json:"-"`
	// Labels are the labels of what has no address of its own to tell it: services and databases of plain containers, and
	// what an environment brings. They end up in the names of variables and outputs.
	Labels map[string]string `json:"labels,omitempty"`
	// CIDRs are the network ranges granted, by environment. A grant never changes: subnets would be replaced.
	CIDRs map[string]string `json:"cidrs"`
	// Holdings are the values that cannot change without replacing something that holds data, by environment and logical id.
	// An environment that is not in it is recorded by the next run, which refuses nothing there.
	Holdings holdings.Record `json:"holdings,omitempty"`
	// Priorities are the places granted on the listener, by environment: who has which. None is given away a second time,
	// because AWS refuses a rule in the place of one that goes in the same apply.
	Priorities map[string]map[int]string `json:"priorities,omitempty"`
	// Moved maps addresses of modules, by stack, to what they are called since.
	Moved map[string]map[string]string `json:"moved,omitempty"`
	// Forgotten maps what was left on AWS, by stack and logical id, to the address it had. A line may be removed once every
	// state was applied.
	Forgotten map[string]map[string]string `json:"forgotten,omitempty"`
}

// earlierParts are the parts of a lock that stand elsewhere since.
type earlierParts struct {
	// LoadBalancers, by environment, are facts of the holding "load balancer".
	LoadBalancers map[string]struct {
		Internal  bool `json:"internal"`
		Protected bool `json:"protected"`
	} `json:"load_balancers"`
	// Addresses stand with the components since version 2.
	Addresses map[string]map[string]string `json:"addresses"`
}

// into puts what stood elsewhere where it is looked for.
func (b earlierParts) into(lock *Lock) {
	for env, balancer := range b.LoadBalancers {
		lock.Holdings.RememberSide(env, balancer.Internal, balancer.Protected)
	}
	for _, folder := range slices.Sorted(maps.Keys(b.Addresses)) {
		name, stack, _ := strings.Cut(folder, "/")
		if lock.Environment(name) == nil {
			lock.Environments = append(lock.Environments, blueprint.Environment{Name: name})
		}
		known := blueprint.Stack{Name: stack, Folder: folder}
		for _, id := range slices.Sorted(maps.Keys(b.Addresses[folder])) {
			known.Components = append(known.Components, blueprint.Component{ID: id, Address: b.Addresses[folder][id]})
		}
		env := lock.Environment(name)
		env.Stacks = append(env.Stacks, known)
	}
	lock.Addresses = lock.Blueprint.Addresses()
}

const restoreLock = "\nhint: restore it from version control, or take either side of the merge, and generate again"

// Reading is a lock as it was read. Reading one of hundreds of services takes longer than anything else that is done with it.
type Reading struct {
	Lock *Lock
	text []byte
}

// ReadLock returns the lock of an output folder; an empty one when the folder has none. A lock that is there and cannot
// be used is an error whose text ends in a hint line: going on without it would give away the ranges it grants.
func ReadLock(dir string) (*Lock, error) {
	reading, err := Read(dir, nil)
	if err != nil {
		return nil, err
	}
	return reading.Lock, nil
}

// Read is ReadLock where the lock may have been read before: it is the same one as long as the file is. known may be nil.
func Read(dir string, known *Reading) (*Reading, error) {
	path := filepath.ToSlash(filepath.Join(dir, LockName)) // for people as well
	data, err := os.ReadFile(path)
	if err == nil && known != nil && bytes.Equal(data, known.text) {
		return known, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &Reading{Lock: &Lock{Blueprint: blueprint.Blueprint{Version: blueprint.Version}}}, nil
	}
	if err != nil {
		return nil, err
	}
	if source.IsPointer(data) {
		return nil, fmt.Errorf("%s is a pointer of Git LFS, which keeps its content elsewhere\nhint: git lfs pull", path)
	}
	var lock Lock
	var old earlierParts
	plain := source.Plain(data)
	if err = json.Unmarshal(plain, &lock); err == nil && lock.Version == 1 {
		err = json.Unmarshal(plain, &old)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is not readable: %w%s", path, err, restoreLock)
	}
	if lock.Version > blueprint.Version {
		return nil, fmt.Errorf("%s has version %d, and this groundplan knows versions up to %d\nhint: use a groundplan as new as the one that wrote it", path, lock.Version, blueprint.Version)
	}
	if lock.Version < 1 {
		return nil, fmt.Errorf("%s is damaged: it says no version%s", path, restoreLock)
	}
	for _, name := range slices.Sorted(maps.Keys(lock.Files)) {
		if !isInside(name) {
			return nil, fmt.Errorf("%s is damaged: %q is no file of the folder%s", path, name, restoreLock)
		}
	}
	old.into(&lock)
	return &Reading{&lock, data}, nil
}

// isInside reports whether a name, slash separated, is that of a file of the folder on every system. What locks and journals name
// is written over and removed, so that they must not lead anywhere else.
func isInside(name string) bool {
	return fs.ValidPath(name) && name != "." && !strings.ContainsAny(name, `\:`)
}

// Bytes prints the lock. encoding/json sorts the keys of maps, so that the same lock gives the same bytes.
func (l *Lock) Bytes() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(l); err != nil {
		panic(err) // strings, numbers, lists and maps of them always encode
	}
	return layOut(out.Bytes())
}

func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
