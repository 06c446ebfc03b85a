package aws

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
)

// Secret is a secret of Secrets Manager, without its value.
type Secret struct {
	// There is one, though it may have no value yet.
	There bool
	// Set: it has a value, the one that tasks read.
	Set bool
	// Deleted is when it was marked for deletion, the zero time when it was not. Nobody reads it or writes to it until it is restored.
	Deleted time.Time
}

// Versions are the values that a secret has had.
type Versions struct {
	// Since is when the current one was written, the zero time when there is none. Count are all that are still kept.
	Since time.Time
	Count int
}

const current = "AWSCURRENT"

// FindSecret looks at a secret by its name. It does not read the value. Rights for certain secrets alone say nothing of one that does
// not exist: AWS asks for the right first, and refuses (see Refused) instead of telling that there is none.
func (c *Client) FindSecret(ctx context.Context, name string) (Secret, error) {
	answer, err := secretsmanager.NewFromConfig(c.config).DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &name})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return Secret{}, nil
	}
	if err != nil {
		return Secret{}, fmt.Errorf("look at secret %s: %w", name, err)
	}
	secret := Secret{There: true, Deleted: awssdk.ToTime(answer.DeletedDate)}
	for _, stages := range answer.VersionIdsToStages {
		secret.Set = secret.Set || slices.Contains(stages, current)
	}
	return secret, nil
}

// SecretVersions counts the values of a secret. It does not read them.
func (c *Client) SecretVersions(ctx context.Context, name string) (Versions, error) {
	var versions Versions
	pages := secretsmanager.NewListSecretVersionIdsPaginator(secretsmanager.NewFromConfig(c.config),
		&secretsmanager.ListSecretVersionIdsInput{SecretId: &name, IncludeDeprecated: awssdk.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return Versions{}, fmt.Errorf("list the versions of secret %s: %w", name, err)
		}
		versions.Count += len(page.Versions)
		for _, version := range page.Versions {
			if slices.Contains(version.VersionStages, current) {
				versions.Since = awssdk.ToTime(version.CreatedDate)
			}
		}
	}
	return versions, nil
}

// PutSecret writes a value, which becomes the current one. Its error does not hold the value: what AWS says of a call that it
// refuses is left out but for its code, in case it repeats what it was sent.
func (c *Client) PutSecret(ctx context.Context, name, value string) error {
	_, err := secretsmanager.NewFromConfig(c.config).PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: &value})
	var invalid *types.InvalidParameterException
	var code smithy.APIError
	if errors.As(err, &invalid) && errors.As(err, &code) {
		return fmt.Errorf("write secret %s: AWS refuses the value: %s", name, code.ErrorCode())
	}
	if err != nil {
		return fmt.Errorf("write secret %s: %w", name, err)
	}
	return nil
}
