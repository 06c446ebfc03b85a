//go:build linux

package ecs

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/container"
)

// What a container's health is.
const (
	unknownHealth = "UNKNOWN"
	goodHealth    = "HEALTHY"
	badHealth     = "UNHEALTHY"
)

// member is one container of a task.
type member struct {
	definition *ContainerDefinition
	running    *container.Container // nil before its start
	ended      bool
	exitCode   int
	health     string
	reason     string // why it could not start
}

// resolved reports whether a container may start, and fails where it never can.
func (t *clusterTask) resolved(m *member) (bool, error) {
	for _, dependency := range m.definition.DependsOn {
		other := t.member(dependency.Container)
		if other.reason != "" {
			return false, fmt.Errorf("container %s could not start: %s", other.definition.Name, other.reason)
		}
		var reached bool
		switch dependency.Condition {
		case "START":
			reached = other.running != nil
		case "COMPLETE":
			reached = other.ended
		case "SUCCESS":
			if other.ended && other.exitCode != 0 {
				return false, fmt.Errorf("container %s depends on %s, which ended with code %d", m.definition.Name, dependency.Container, other.exitCode)
			}
			reached = other.ended
		case "HEALTHY":
			if other.ended || other.health == badHealth {
				return false, fmt.Errorf("container %s depends on %s, which is not healthy", m.definition.Name, dependency.Container)
			}
			reached = other.health == goodHealth
		}
		if !reached {
			return false, nil
		}
	}
	return true, nil
}

func (t *clusterTask) member(name string) *member {
	for _, m := range t.members {
		if m.definition.Name == name {
			return m
		}
	}
	return nil
}

// start starts one container.
func (t *clusterTask) start(m *member) error {
	folder, _ := t.cluster.image(m.definition.Image)
	image, err := container.ReadImage(folder)
	if err != nil {
		return err
	}
	spec := container.Spec{
		Image: folder, Env: t.environment(m.definition, image), Namespace: t.place.Namespace, Hostname: t.hostname(),
		User: m.definition.User, ReadOnly: m.definition.ReadOnly, Init: m.definition.Linux.Init, Files: t.files(),
		Keep: keep(m.definition), Log: t.cluster.logPath(t, m.definition.Name), Mounts: slices.Clone(t.cluster.options.Mounts),
	}
	entry, command := image.EntryPoint, image.Command
	if len(m.definition.EntryPoint) > 0 {
		entry, command = m.definition.EntryPoint, nil
	}
	if len(m.definition.Command) > 0 {
		command = m.definition.Command
	}
	spec.Command = t.hasten(slices.Concat(entry, command))
	for _, mount := range m.definition.MountPoints {
		spec.Mounts = append(spec.Mounts, container.Mount{Source: filepath.Join(t.volumes(), mount.Volume), Target: mount.Path, ReadOnly: mount.ReadOnly})
	}
	if err := os.MkdirAll(filepath.Dir(spec.Log), 0o755); err != nil {
		return err
	}
	running, err := container.Start(spec)
	if err != nil {
		return err
	}
	t.cluster.change(func() { m.running = running })
	go t.watch(m, running)
	if check := m.definition.HealthCheck; check.command() != nil {
		go t.examine(m, running, check.withDefaults())
	}
	return nil
}

var waits = regexp.MustCompile(`\bsleep (\d+(?:\.\d+)?)\b`)

// hasten lets the scripts of a definition sleep in the laboratory's time.
func (t *clusterTask) hasten(command []string) []string {
	if t.cluster.options.Speed == 1 {
		return command
	}
	hastened := slices.Clone(command)
	for i := range hastened {
		hastened[i] = waits.ReplaceAllStringFunc(hastened[i], func(wait string) string {
			seconds, _ := strconv.ParseFloat(waits.FindStringSubmatch(wait)[1], 64)
			return fmt.Sprintf("sleep %.3f", seconds/t.cluster.options.Speed)
		})
	}
	return hastened
}

// files are what every container has, and the names of its own machine.
func (t *clusterTask) files() map[string]string {
	files := maps.Clone(t.cluster.options.Files)
	if files == nil {
		files = map[string]string{}
	}
	files["/etc/hosts"] = "127.0.0.1 localhost\n"
	if t.place.Address.IsValid() {
		files["/etc/hosts"] += t.place.Address.String() + " " + t.hostname() + "\n"
	}
	return files
}

// keep is the capabilities that a container has.
func keep(definition *ContainerDefinition) []string {
	changes := definition.Linux.Capabilities
	kept := slices.DeleteFunc(container.DefaultCapabilities(), func(name string) bool {
		return slices.Contains(changes.Drop, name) || slices.Contains(changes.Drop, "ALL")
	})
	return append(kept, changes.Add...)
}

// watch tells the task when a container has ended.
func (t *clusterTask) watch(m *member, running *container.Container) {
	<-running.Done()
	t.cluster.change(func() { m.ended, m.exitCode = true, running.ExitCode() })
	t.poke()
}

// examine does a container's health checks. Docker's rules: the first one after an interval, failures within the start period
// count only after a success.
func (t *clusterTask) examine(m *member, running *container.Container, check HealthCheck) {
	began, failures := time.Now(), 0
	startPeriod := time.Duration(check.StartPeriod) * time.Second // starting is work
	for {
		select {
		case <-running.Done():
			return
		case <-time.After(t.cluster.scaled(time.Duration(check.Interval) * time.Second)):
		}
		code, output, err := running.Run(check.command(), time.Duration(check.Timeout)*time.Second)
		if err != nil {
			return // it has ended
		}
		state := m.health
		switch {
		case code == 0:
			failures, state = 0, goodHealth
		case state == unknownHealth && time.Since(began) < startPeriod:
		default:
			if failures++; failures >= check.Retries {
				state = badHealth
			}
		}
		if state != m.health {
			if state == badHealth {
				t.cluster.record(t.service.name, fmt.Sprintf("(task %s) the health check of %s ended with code %d: %s", t.id, m.definition.Name, code, strings.TrimSpace(output)))
			}
			t.cluster.change(func() { m.health = state })
			t.poke()
		}
	}
}

// stopAll stops the containers in the reverse order of their dependencies, each with SIGTERM and, when its time is over, SIGKILL.
func (t *clusterTask) stopAll(order stopping) {
	gone := map[string]chan struct{}{}
	for _, m := range t.members {
		gone[m.definition.Name] = make(chan struct{})
	}
	var all sync.WaitGroup
	for _, m := range t.members {
		all.Add(1)
		go func() {
			defer all.Done()
			defer close(gone[m.definition.Name])
			if m.running == nil {
				return
			}
			if order.kill {
				m.running.Kill()
				<-m.running.Done()
				return
			}
			for _, other := range t.members {
				for _, dependency := range other.definition.DependsOn {
					if dependency.Container == m.definition.Name {
						<-gone[other.definition.Name]
					}
				}
			}
			t.stopOne(m, order.deadline)
		}()
	}
	all.Wait()
}

// stopOne ends a container that may still have less time than its own stopTimeout says, where the machine itself is taken away.
func (t *clusterTask) stopOne(m *member, deadline time.Time) {
	patience := t.cluster.scaled(m.definition.stopTimeout())
	if !deadline.IsZero() {
		patience = min(patience, time.Until(deadline))
	}
	m.running.Terminate()
	select {
	case <-m.running.Done():
	case <-t.killed:
		m.running.Kill()
	case <-time.After(patience):
		t.cluster.record(t.service.name, fmt.Sprintf("(task %s) container %s is killed: it has not stopped within its stopTimeout.", t.id, m.definition.Name))
		m.running.Kill()
	}
	<-m.running.Done()
}
