package resolution

// The user's own tags. The rules are those of "Tag naming limits and requirements" in the guide "Tagging AWS Resources",
// narrowed to what every service that is used here takes.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/settings"
)

// OwnTags are the keys that groundplan gives a value: by them a person and a policy find what belongs together.
var OwnTags = []string{"application", "environment", "managed-by", "stack"}

// nameTag is what modules call single resources by, which a tag of everything would hide in places.
const nameTag = "Name"

const (
	maxTags       = 50 // of a resource, all together
	maxTagKey     = 128
	maxTagValue   = 256
	reservedTags  = "aws:"
	tagCharacters = "letters, digits, spaces and _ . : / = + - @"
)

// maxUserTags leaves room for groundplan's own tags and for a resource's name.
var maxUserTags = maxTags - len(OwnTags) - 1

var tagText = pattern.Lazy(`^[\p{L}\p{N}\p{Zs}_.:/=+\-@]*$`)

// resolveTags merges the tags of the application and of an environment. shared is the `app` block, nil without one.
func resolveTags(e *environment.Environment, shared, b *settings.Block) hcl.Diagnostics {
	var common table.App
	table.Override(&common, table.AppSettings, shared)
	own := e.Tags
	e.Tags = common.Tags
	if len(own) > 0 {
		e.Tags = map[string]string{}
		maps.Copy(e.Tags, common.Tags)
		maps.Copy(e.Tags, own)
	}
	diags := checkTags(b)
	places := b.Keys("tags")
	for _, key := range slices.Sorted(maps.Keys(own)) {
		at := places[key]
		for _, other := range slices.Sorted(maps.Keys(common.Tags)) {
			if other != key && strings.EqualFold(other, key) {
				diags = append(diags, diagnostic.Error(at, "Tag written in two ways", fmt.Sprintf("write it as %q, as in the app block", other),
					"The app block has a tag %q. IAM takes keys that differ by case alone for one, and refuses both.", other))
			}
		}
	}
	if len(e.Tags) > maxUserTags {
		diags = append(diags, diagnostic.Error(b.Where("tags"), "Too many tags", fmt.Sprintf("keep %d", maxUserTags),
			"A resource has at most %d tags, of which groundplan needs %d, and %d are set.", maxTags, maxTags-maxUserTags, len(e.Tags)))
	}
	return diags
}

// checkTags holds the tags of a block to what AWS takes; a nil block has none.
func checkTags(b *settings.Block) hcl.Diagnostics {
	listed, _ := b.Attribute("tags")
	tags, _ := listed.Value.(map[string]string)
	places := b.Keys("tags")
	var diags hcl.Diagnostics
	keys := slices.Sorted(maps.Keys(tags))
	for i, key := range keys {
		at := places[key]
		for _, earlier := range keys[:i] {
			if strings.EqualFold(earlier, key) {
				diags = append(diags, diagnostic.Error(at, "Tag written in two ways", "keep one", "There is a tag %q as well. IAM takes keys that differ by case alone for one, and refuses both.", earlier))
			}
		}
		if d := checkTag(at, key, tags[key]); d != nil {
			diags = append(diags, d)
		}
	}
	return diags
}

func checkTag(at hcl.Range, key, value string) *hcl.Diagnostic {
	fold := func(name string) bool { return strings.EqualFold(name, key) }
	switch {
	case strings.HasPrefix(strings.ToLower(key), reservedTags):
		return diagnostic.Error(at, "Reserved tag", "choose another key", "%q begins with %s, which AWS keeps for itself.", key, reservedTags)
	case slices.ContainsFunc(OwnTags, fold):
		return diagnostic.Error(at, "Reserved tag", "choose another key", "The tag %q is groundplan's: it sets %s on everything.", key, diagnostic.And(diagnostic.Quoted(OwnTags)))
	case fold(nameTag):
		return diagnostic.Error(at, "Reserved tag", "choose another key", "By the tag %q modules tell single resources apart.", nameTag)
	case key == "" || utf8.RuneCountInString(key) > maxTagKey:
		return diagnostic.Error(at, "Invalid tag", fmt.Sprintf("use 1 to %d characters", maxTagKey), "The key has %d characters.", utf8.RuneCountInString(key))
	case utf8.RuneCountInString(value) > maxTagValue:
		return diagnostic.Error(at, "Invalid tag", fmt.Sprintf("use at most %d characters", maxTagValue), "The value of %q has %d characters.", key, utf8.RuneCountInString(value))
	case value == "":
		return diagnostic.Error(at, "Invalid tag", "write a value, or remove the tag", "The value of %q is empty, and the provider plans such a tag anew every time on some resources.", key)
	case !tagText().MatchString(key) || !tagText().MatchString(value):
		return diagnostic.Error(at, "Invalid tag", "use "+tagCharacters, "The tag %q has characters that not every service of AWS takes.", key)
	case strings.TrimSpace(key) != key || strings.TrimSpace(value) != value:
		return diagnostic.Error(at, "Invalid tag", "remove it", "The tag %q has a space at an end, which some services of AWS cut off.", key)
	}
	return nil
}
