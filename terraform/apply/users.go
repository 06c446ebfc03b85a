package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform"
)

// inactive is a user of a cache that has not the password yet that its secret holds.
type inactive struct{ cache, workload, id, secret string }

// usersPause is how long to wait between two looks at a user that AWS is changing.
const usersPause = 3 * time.Second

// UsersActivated is the phase that gives the users of caches their passwords, which terraform must not know: after the first apply,
// for every user that comes later, and after a rotation.
func (r *Run) UsersActivated() Phase {
	var found []inactive
	needed := func(ctx context.Context) (lines []string, err error) {
		if found, err = r.inactive(ctx); err != nil {
			return nil, err
		}
		for _, user := range found {
			lines = append(lines, fmt.Sprintf("%s of cache %s gets its password", user.workload, user.cache))
		}
		return lines, nil
	}
	return Phase{Name: "cache users", Acts: true, Needed: needed, Run: func(ctx context.Context) error {
		for _, user := range found {
			if err := r.AWS.ActivateCacheUser(ctx, user.id, user.secret, usersPause); err != nil {
				return err
			}
			r.say("cache users: %s of cache %s has its password now", user.workload, user.cache)
		}
		return nil
	}}
}

// inactive are the users that have to be activated. One with two passwords is in the middle of a rotation by hand, and left alone.
func (r *Run) inactive(ctx context.Context) ([]inactive, error) {
	platform := r.Stack(blueprint.Platform)
	if platform == nil || !slices.ContainsFunc(r.Caches, func(c blueprint.Cache) bool { return len(c.Users) > 0 }) {
		return nil, nil
	}
	outputs, err := r.Workspace(platform).Outputs(ctx)
	if err != nil {
		return nil, &terraform.StackError{Stack: platform, Doing: "read the outputs of", Workspace: r.Workspace(platform), Err: err}
	}
	var found []inactive
	for _, cache := range r.Caches {
		output, there := outputs[cache.Output]
		if !there || len(cache.Users) == 0 {
			continue // it is not made yet
		}
		var users struct {
			Names   map[string]string `json:"user_names"`
			Secrets map[string]string `json:"user_secret_arns"`
		}
		if err := json.Unmarshal(output.Value, &users); err != nil {
			return nil, fmt.Errorf("output %s: %w", cache.Output, err)
		}
		for _, workload := range slices.Sorted(maps.Keys(users.Names)) {
			user := inactive{cache.Name, workload, users.Names[workload], users.Secrets[workload]}
			needs, err := r.needsPassword(ctx, user)
			if err != nil {
				return nil, err
			}
			if needs {
				found = append(found, user)
			}
		}
	}
	return found, nil
}

func (r *Run) needsPassword(ctx context.Context, user inactive) (bool, error) {
	is, err := r.AWS.FindCacheUser(ctx, user.id)
	switch {
	case err != nil:
		return false, err
	case !is.There:
		return false, fmt.Errorf("there is no user %s, which the state of the platform has", user.id)
	case is.Passwords > 1:
		r.say("cache users: %s of cache %s has two passwords: somebody is changing it, so it is left alone", user.workload, user.cache)
		return false, nil
	case is.Passwords == 0:
		return true, nil
	}
	active, err := r.AWS.Activated(ctx, user.secret)
	return !active, err
}

// undecided is the question that an error asks, nil for any other.
func undecided(err error) *terraform.UndecidedError {
	var question *terraform.UndecidedError
	if errors.As(err, &question) {
		return question
	}
	return nil
}
