//go:build linux

package container

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// staging is where a new root is put together. The mount namespace is the container's own: nobody else sees it there.
const staging = "/tmp"

// makeRoot makes the image the root of this process: the image's folder below, a layer in memory above it, that is
// writable or not, and the few things of the system that a container sees.
func makeRoot(spec Spec) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	// Volumes and the image may lie below staging, which the first mount hides: they are held open by descriptors.
	sources := make([]*os.File, len(spec.Mounts))
	for i, mount := range spec.Mounts {
		file, err := os.Open(mount.Source)
		if err != nil {
			return fmt.Errorf("volume: %w", err)
		}
		defer file.Close()
		sources[i] = file
	}
	image, err := os.Open(spec.Image)
	if err != nil {
		return fmt.Errorf("image: %w", err)
	}
	defer image.Close()

	if err := unix.Mount("layer", staging, "tmpfs", 0, "mode=0755"); err != nil {
		return fmt.Errorf("layer: %w", err)
	}
	root := filepath.Join(staging, "root")
	for _, name := range []string{"image", "upper", "work", "root"} {
		if err := os.Mkdir(filepath.Join(staging, name), 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount(descriptor(image), filepath.Join(staging, "image"), "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	if err := unix.Mount("root", root, "overlay", 0, "lowerdir=/tmp/image,upperdir=/tmp/upper,workdir=/tmp/work"); err != nil {
		return fmt.Errorf("root: %w", err)
	}
	for path, content := range spec.Files {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(path)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(root, path), []byte(content), 0o644); err != nil {
			return err
		}
	}
	if err := mountSystem(root); err != nil {
		return err
	}
	if err := mountVolumes(root, spec.Mounts, sources); err != nil {
		return err
	}
	if spec.ReadOnly {
		if err := unix.Mount("", root, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""); err != nil {
			return fmt.Errorf("read-only root: %w", err)
		}
	}
	return enter(root)
}

func descriptor(file *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", file.Fd()) }

// mountVolumes puts the task's folders into the root.
func mountVolumes(root string, mounts []Mount, sources []*os.File) error {
	for i, mount := range mounts {
		target := filepath.Join(root, mount.Target)
		if err := os.MkdirAll(target, 0o755); err != nil {
			return err
		}
		if err := unix.Mount(descriptor(sources[i]), target, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("volume %s: %w", mount.Target, err)
		}
		if mount.ReadOnly {
			if err := unix.Mount("", target, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""); err != nil {
				return fmt.Errorf("volume %s: %w", mount.Target, err)
			}
		}
	}
	return nil
}

// mountSystem gives the root what programs expect of a system: processes, a few devices, a folder for all.
func mountSystem(root string) error {
	for _, name := range []string{"proc", "dev", "sys", "tmp"} {
		if err := os.MkdirAll(filepath.Join(root, name), 0o755); err != nil {
			return err
		}
	}
	if err := os.Chmod(filepath.Join(root, "tmp"), 0o1777); err != nil {
		return err
	}
	if err := unix.Mount("proc", filepath.Join(root, "proc"), "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("proc: %w", err)
	}
	if err := unix.Mount("sysfs", filepath.Join(root, "sys"), "sysfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC|unix.MS_RDONLY, ""); err != nil {
		return fmt.Errorf("sys: %w", err)
	}
	devices := filepath.Join(root, "dev")
	if err := unix.Mount("dev", devices, "tmpfs", unix.MS_NOSUID, "mode=0755"); err != nil {
		return fmt.Errorf("dev: %w", err)
	}
	for _, name := range []string{"null", "zero", "full", "random", "urandom"} {
		file, err := os.Create(filepath.Join(devices, name))
		if err != nil {
			return err
		}
		file.Close()
		if err := unix.Mount("/dev/"+name, file.Name(), "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("dev/%s: %w", name, err)
		}
	}
	if err := os.Mkdir(filepath.Join(devices, "shm"), 0o777|os.ModeSticky); err != nil {
		return err
	}
	for name, target := range map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"} {
		if err := os.Symlink(target, filepath.Join(devices, name)); err != nil {
			return err
		}
	}
	return nil
}

// enter makes a folder the root and lets go of everything outside it.
func enter(root string) error {
	if err := unix.Chdir(root); err != nil {
		return err
	}
	// The old root is stacked upon the new one, and taken off again.
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("old root: %w", err)
	}
	return unix.Chdir("/")
}

// capabilities are those a container has unless its definition says otherwise, and their numbers: Docker's list, which Fargate keeps.
var capabilities = map[string]uintptr{
	"CHOWN": 0, "DAC_OVERRIDE": 1, "FOWNER": 3, "FSETID": 4, "KILL": 5, "SETGID": 6, "SETUID": 7, "SETPCAP": 8,
	"NET_BIND_SERVICE": 10, "NET_RAW": 13, "SYS_CHROOT": 18, "SYS_PTRACE": 19, "MKNOD": 27, "AUDIT_WRITE": 29, "SETFCAP": 31,
}

// DefaultCapabilities are those of a container whose definition adds and drops none. SYS_PTRACE is the one that Fargate lets a definition add.
func DefaultCapabilities() []string {
	var names []string
	for name := range capabilities {
		if name != "SYS_PTRACE" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// limit takes from everything that this thread starts the capabilities that are not kept. The thread itself needs its own.
func limit(keep []string) error {
	for number := uintptr(0); number <= unix.CAP_LAST_CAP; number++ {
		kept := slices.ContainsFunc(keep, func(name string) bool {
			known, found := capabilities[name]
			return found && known == number
		})
		if kept {
			continue
		}
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, number, 0, 0, 0); err != nil && !errors.Is(err, unix.EINVAL) {
			return fmt.Errorf("capability %d: %w", number, err)
		}
	}
	return nil
}

// findUser reads a user of a container definition, within the new root.
func findUser(text string) (*syscall.Credential, error) {
	name, group, _ := strings.Cut(text, ":")
	if name == "" {
		return &syscall.Credential{}, nil
	}
	uid, gid, err := lookUp("/etc/passwd", name)
	if err != nil {
		return nil, err
	}
	if group != "" {
		if gid, _, err = lookUp("/etc/group", group); err != nil {
			return nil, err
		}
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// lookUp finds the numbers in the third and fourth column of a line that begins with name; a number stands for itself.
func lookUp(path, name string) (int, int, error) {
	number, notNumber := strconv.Atoi(name)
	file, err := os.Open(path)
	if err != nil && (notNumber != nil || !errors.Is(err, os.ErrNotExist)) {
		return 0, 0, fmt.Errorf("unable to find user %s: no matching entries in %s", name, path)
	}
	if err == nil {
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			columns := strings.Split(lines.Text(), ":")
			if len(columns) < 3 || columns[0] != name && columns[2] != name {
				continue
			}
			first, _ := strconv.Atoi(columns[2])
			second := 0
			if len(columns) > 3 {
				second, _ = strconv.Atoi(columns[3])
			}
			return first, second, nil
		}
	}
	if notNumber != nil {
		return 0, 0, fmt.Errorf("unable to find user %s: no matching entries in %s", name, path)
	}
	return number, 0, nil
}
