package change

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// container is what a task definition says of one.
type container struct {
	Name        string           `json:"name"`
	Image       string           `json:"image"`
	Environment []map[string]any `json:"environment"`
	Secrets     []map[string]any `json:"secrets"`
	rest        map[string]any
}

func containersOf(value any) (map[string]container, bool) {
	object, _ := value.(map[string]any)
	text, _ := object["container_definitions"].(string)
	var raw []map[string]any
	var read []container
	if json.Unmarshal([]byte(text), &raw) != nil || json.Unmarshal([]byte(text), &read) != nil {
		return nil, false
	}
	found := map[string]container{}
	for i, c := range read {
		c.rest = raw[i]
		for _, name := range []string{"name", "image", "environment", "secrets"} {
			delete(c.rest, name)
		}
		maps.DeleteFunc(c.rest, func(_ string, value any) bool { return isEmpty(value) })
		found[c.Name] = c
	}
	return found, true
}

// containerNotes say what changes in the containers of a task. The application's own is "app"; of the others the name is said.
// Values of environment variables are not.
func containerNotes(change *tfjson.Change) []string {
	before, known := containersOf(change.Before)
	after, alsoKnown := containersOf(change.After)
	if !known || !alsoKnown {
		return []string{"containers change, known after apply"}
	}
	var notes []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		old, was := before[name]
		if !was {
			notes = append(notes, "container "+name+" added")
			continue
		}
		whose := ""
		if name != "app" {
			whose = name + ": "
		}
		for _, note := range old.notes(after[name]) {
			if note == runtimeConfiguration {
				notes = append(notes, note) // of the application, whichever container is given it
				continue
			}
			notes = append(notes, whose+note)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, is := after[name]; !is {
			notes = append(notes, "container "+name+" removed")
		}
	}
	return notes
}

func (c container) notes(now container) []string {
	var notes []string
	if c.Image != now.Image {
		notes = append(notes, imageNote(c.Image, now.Image))
	}
	notes = append(notes, namedNotes("environment variable", c.Environment, now.Environment)...)
	notes = append(notes, namedNotes("secret", c.Secrets, now.Secrets)...)
	for _, name := range slices.Sorted(maps.Keys(union(c.rest, now.rest))) {
		if !same(c.rest[name], now.rest[name]) {
			notes = append(notes, inWords(name)+" changes")
		}
	}
	return notes
}

func union(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// inWords is a name of AWS's in words: stopTimeout is "stop timeout".
func inWords(name string) string {
	var words strings.Builder
	for _, letter := range name {
		if letter >= 'A' && letter <= 'Z' {
			words.WriteByte(' ')
			letter += 'a' - 'A'
		}
		words.WriteRune(letter)
	}
	return words.String()
}

// imageNote says what is deployed: the tag, when nothing else of the image changes.
func imageNote(before, after string) string {
	repository, _ := reference(before)
	newRepository, newVersion := reference(after)
	if repository == newRepository && newVersion != "" {
		return "new version " + newVersion
	}
	return "image " + baseName(before) + " -> " + baseName(after)
}

// reference cuts an image into repository and version: a tag, or the beginning of a digest.
func reference(image string) (repository, version string) {
	if repository, digest, found := strings.Cut(image, "@sha256:"); found {
		return repository, "sha256:" + digest[:min(12, len(digest))]
	}
	slash := strings.LastIndexByte(image, '/')
	if colon := strings.LastIndexByte(image, ':'); colon > slash {
		return image[:colon], image[colon+1:]
	}
	return image, ""
}

// baseName is an image without its registry.
func baseName(image string) string {
	if at := strings.IndexByte(image, '/'); at >= 0 && strings.ContainsAny(image[:at], ".:") {
		return image[at+1:]
	}
	return image
}

const runtimeConfiguration = "runtime configuration changes"

// namedNotes say which of what has a name comes, goes or changes.
func namedNotes(what string, before, after []map[string]any) []string {
	old, now := byName(before), byName(after)
	var notes []string
	for _, name := range slices.Sorted(maps.Keys(union(old, now))) {
		was, had := old[name]
		is, has := now[name]
		switch {
		case same(was, is):
		case name == "INFRA_CONFIG":
			notes = append(notes, runtimeConfiguration)
		case !had:
			notes = append(notes, what+" "+name+" added")
		case !has:
			notes = append(notes, what+" "+name+" removed")
		default:
			notes = append(notes, what+" "+name+" changes")
		}
	}
	return notes
}

func byName(entries []map[string]any) map[string]any {
	found := map[string]any{}
	for _, entry := range entries {
		name, _ := entry["name"].(string)
		found[name] = entry
	}
	return found
}
