package aws

import (
	"context"
	"errors"
	"fmt"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	"github.com/aws/aws-sdk-go-v2/service/elasticache/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"
)

// CacheUser is a user of ElastiCache.
type CacheUser struct {
	// There is one, and Active: it can be changed.
	There, Active bool
	// Passwords is how many it has; one that logs in otherwise has none.
	Passwords int
}

// FindCacheUser looks at a user of ElastiCache.
func (c *Client) FindCacheUser(ctx context.Context, id string) (CacheUser, error) {
	answer, err := elasticache.NewFromConfig(c.config).DescribeUsers(ctx, &elasticache.DescribeUsersInput{UserId: &id})
	var none *types.UserNotFoundFault
	if errors.As(err, &none) {
		return CacheUser{}, nil
	}
	if err != nil {
		return CacheUser{}, fmt.Errorf("look at cache user %s: %w", id, err)
	}
	for _, user := range answer.Users {
		if awssdk.ToString(user.UserId) != id {
			continue
		}
		found := CacheUser{There: true, Active: awssdk.ToString(user.Status) == "active"}
		if user.Authentication != nil && user.Authentication.Type == types.AuthenticationTypePassword {
			found.Passwords = int(awssdk.ToInt32(user.Authentication.PasswordCount))
		}
		return found, nil
	}
	return CacheUser{}, nil
}

// usersWait is how long a user of a cache takes at most until it can be used.
const usersWait = 10 * time.Minute

// ActivateCacheUser gives a user the password that a secret holds, and waits until it counts. The password is in no error: what AWS
// says of a call that it refuses is left out but for its code, in case it repeats what it was sent.
func (c *Client) ActivateCacheUser(ctx context.Context, id, secret string, pause time.Duration) error {
	value, err := secretsmanager.NewFromConfig(c.config).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &secret})
	if err != nil {
		return fmt.Errorf("read the password of cache user %s: %w", id, err)
	}
	if awssdk.ToString(value.SecretString) == "" {
		return fmt.Errorf("the secret %s holds no password", secret)
	}
	if err := c.untilActive(ctx, id, pause); err != nil {
		return err
	}
	_, err = elasticache.NewFromConfig(c.config).ModifyUser(ctx, &elasticache.ModifyUserInput{UserId: &id, AuthenticationMode: &types.AuthenticationMode{
		Type: types.InputAuthenticationTypePassword, Passwords: []string{*value.SecretString},
	}})
	var code smithy.APIError
	if errors.As(err, &code) && !Refused(err) && code.ErrorFault() != smithy.FaultServer {
		return fmt.Errorf("give cache user %s its password: AWS refuses it: %s", id, code.ErrorCode())
	}
	if err != nil {
		return fmt.Errorf("give cache user %s its password: %w", id, err)
	}
	if err := c.untilActive(ctx, id, pause); err != nil {
		return err
	}
	return c.label(ctx, secret, awssdk.ToString(value.VersionId))
}

// untilActive waits until nothing else changes a user.
func (c *Client) untilActive(ctx context.Context, id string, pause time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, usersWait, fmt.Errorf("cache user %s is still being changed after %s", id, usersWait))
	defer cancel()
	for {
		user, err := c.FindCacheUser(ctx, id)
		if err != nil {
			return err
		}
		if !user.There {
			return fmt.Errorf("there is no cache user %s", id)
		}
		if user.Active {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// activated is the label of the version of a secret that the user of a cache has as its password. ElastiCache does not say which
// password a user has, and reading the value to set it again each time would be a right and a change too many.
const activated = "groundplan-activated"

// Activated reports whether the current value of a secret is the one that ActivateCacheUser gave a user.
func (c *Client) Activated(ctx context.Context, secret string) (bool, error) {
	versions, err := c.stages(ctx, secret)
	return err == nil && versions[current] != "" && versions[current] == versions[activated], err
}

// stages are the versions of a secret by label.
func (c *Client) stages(ctx context.Context, secret string) (map[string]string, error) {
	answer, err := secretsmanager.NewFromConfig(c.config).DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &secret})
	if err != nil {
		return nil, fmt.Errorf("look at secret %s: %w", secret, err)
	}
	versions := map[string]string{}
	for version, labels := range answer.VersionIdsToStages {
		for _, label := range labels {
			versions[label] = version
		}
	}
	return versions, nil
}

// label moves the label to a version.
func (c *Client) label(ctx context.Context, secret, version string) error {
	versions, err := c.stages(ctx, secret)
	if err != nil {
		return err
	}
	if versions[activated] == version {
		return nil
	}
	change := &secretsmanager.UpdateSecretVersionStageInput{SecretId: &secret, VersionStage: awssdk.String(activated), MoveToVersionId: &version}
	if former := versions[activated]; former != "" {
		change.RemoveFromVersionId = &former
	}
	if _, err := secretsmanager.NewFromConfig(c.config).UpdateSecretVersionStage(ctx, change); err != nil {
		return fmt.Errorf("mark the version of secret %s that is in use: %w", secret, err)
	}
	return nil
}
