package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
)

// Phase is what is done between the platform and the services. It may be done again: what is done already is not needed.
type Phase struct {
	Name string
	// Needed says what there is to do, a line for each thing; none is nothing.
	Needed func(context.Context) ([]string, error)
	// Run does it and says so, or returns a WantingError that says what people have to do.
	Run func(context.Context) error
	// Acts: it changes something on AWS, which has to be agreed to.
	Acts bool
}

// UnreadyError is what has to be there before the services can be applied.
type UnreadyError struct{ Wanting []*WantingError }

func (u *UnreadyError) Error() string { return "the services cannot be applied yet" }

// between goes through the phases. What people have to do is collected, so that nobody learns of one thing at a time.
func (r *Run) between(ctx context.Context) error {
	var unready UnreadyError
	for _, phase := range r.Phases {
		needed, err := phase.Needed(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", phase.Name, err)
		}
		if len(needed) == 0 {
			continue
		}
		if phase.Acts && !r.consented {
			for _, line := range needed {
				r.say("%s: %s", phase.Name, line)
			}
			if !r.Yes && r.Approved == nil {
				if err := r.Ask(fmt.Sprintf("Do that in account %s, %s?", r.Account, r.Region)); err != nil {
					return err
				}
			}
			r.consented = true
		}
		var wanting *WantingError
		switch err := phase.Run(ctx); {
		case errors.As(err, &wanting):
			unready.Wanting = append(unready.Wanting, wanting)
		case err != nil:
			return fmt.Errorf("%s: %w", phase.Name, err)
		}
	}
	if len(unready.Wanting) > 0 {
		return &unready
	}
	return nil
}

// Deploys reports whether the services are to be applied, as far as that is known: what applies to them alone is not needed
// otherwise.
func (r *Run) Deploys() bool {
	return r.next != nil && (r.next.File == "" || r.next.Acts || r.changed && r.Approved == nil)
}

// ImagesPresent is the phase that looks for the images that the services are to run. Root is the application's folder.
func (r *Run) ImagesPresent(b *blueprint.Blueprint, root string) Phase {
	var missing []blueprint.Image
	var repository, tag string
	var untold error
	needed := func(ctx context.Context) ([]string, error) {
		missing, untold = nil, nil
		ours := own(r.Images)
		if !r.Deploys() || len(ours) == 0 {
			return nil, nil
		}
		var err error
		if repository, err = r.AWS.FindRepository(ctx, r.Registry.Name); err != nil {
			return nil, err
		}
		if tag, untold, err = r.tag(ctx); err != nil {
			return nil, err
		}
		if untold != nil { // which is for Run to ask
			missing = ours
			return []string{untold.Error()}, nil //nolint:nilerr // a question is no failure
		}
		if tag == "" {
			return nil, nil // terraform is told by other means than ours
		}
		var lines []string
		missing, lines, err = r.missing(ctx, ours, repository, tag)
		return lines, err
	}
	return Phase{Name: "images", Needed: needed, Run: func(context.Context) error {
		return r.unbuilt(b, missing, repository, tag, root, untold)
	}}
}

// own are the images that are built and pushed for the environment.
func own(all []blueprint.Image) []blueprint.Image {
	var ours []blueprint.Image
	for _, image := range all {
		if image.Reference == "" {
			ours = append(ours, image)
		}
	}
	return ours
}

// missing are the images that the registry does not have under a tag, with a line for each.
func (r *Run) missing(ctx context.Context, images []blueprint.Image, repository, tag string) (missing []blueprint.Image, lines []string, err error) {
	absent := map[string]bool{}
	var tags []string
	for _, image := range images {
		tags = append(tags, image.TagPrefix+tag)
	}
	if repository != "" {
		if tags, err = r.AWS.MissingTags(ctx, r.Registry.Name, tags); err != nil {
			return nil, nil, err
		}
	}
	for _, tag := range tags {
		absent[tag] = true
	}
	for _, image := range images {
		if absent[image.TagPrefix+tag] {
			missing = append(missing, image)
			lines = append(lines, "there is no image "+r.Registry.Name+":"+image.TagPrefix+tag)
		}
	}
	return missing, lines, nil
}

// unbuilt says how to build and push what is missing. Where nobody said which tag, that is a part of it.
func (r *Run) unbuilt(b *blueprint.Blueprint, missing []blueprint.Image, repository, tag, root string, untold error) error {
	w := &WantingError{}
	if repository == "" {
		repository = "<account>.dkr.ecr." + r.Region + ".amazonaws.com/" + r.Registry.Name
	}
	if untold != nil {
		tag = "$TAG"
		w.Message = "nobody said which image to deploy, and nothing is deployed whose tag could stay"
		w.Hints = append(w.Hints, "where the images are in the registry: add --image-tag TAG", "otherwise build and push them under a tag that is new:", "  TAG=$(git rev-parse --short HEAD)")
	} else {
		var tags []string
		for _, image := range missing {
			tags = append(tags, image.TagPrefix+tag)
		}
		w.Message = fmt.Sprintf("the registry %s lacks %s", repository, strings.Join(tags, ", "))
		w.Hints = append(w.Hints, "build and push:")
	}
	host, _, _ := strings.Cut(repository, "/")
	w.Hints = append(w.Hints, fmt.Sprintf("  aws ecr get-login-password --region %s | docker login --username AWS --password-stdin %s", r.Region, host), "  cd "+r.Out)
	for _, line := range b.BuildLines(missing, repository, tag, root) {
		w.Hints = append(w.Hints, "  "+line)
	}
	return w
}

// tag is the tag that the services are planned with; untold is the question that somebody has to answer.
func (r *Run) tag(ctx context.Context) (tag string, untold, err error) {
	if r.next.Untold != nil && !r.changed {
		return "", r.next.Untold, nil
	}
	tag, err = r.Tag(ctx, *r.next, r.Planning)
	if question := undecided(err); question != nil {
		return "", question, nil
	}
	return tag, nil, err
}
