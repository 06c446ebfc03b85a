package aws

import (
	"context"
	"errors"
	"fmt"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// FindRepository is the address of a repository of ECR, as docker takes it; "" when there is none.
func (c *Client) FindRepository(ctx context.Context, name string) (string, error) {
	answer, err := ecr.NewFromConfig(c.config).DescribeRepositories(ctx, &ecr.DescribeRepositoriesInput{RepositoryNames: []string{name}})
	var none *types.RepositoryNotFoundException
	if errors.As(err, &none) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look at repository %s: %w", name, err)
	}
	if len(answer.Repositories) == 0 {
		return "", nil
	}
	return awssdk.ToString(answer.Repositories[0].RepositoryUri), nil
}

// imagesAtOnce is how many images ECR takes in one call (API reference, BatchGetImage).
const imagesAtOnce = 100

// MissingTags are those of the tags under which a repository has no image, in their order.
func (c *Client) MissingTags(ctx context.Context, repository string, tags []string) ([]string, error) {
	found := map[string]bool{}
	client := ecr.NewFromConfig(c.config)
	for start := 0; start < len(tags); start += imagesAtOnce {
		var ids []types.ImageIdentifier
		for _, tag := range tags[start:min(len(tags), start+imagesAtOnce)] {
			ids = append(ids, types.ImageIdentifier{ImageTag: &tag})
		}
		// DescribeImages fails as a whole where one is missing; this says which.
		answer, err := client.BatchGetImage(ctx, &ecr.BatchGetImageInput{RepositoryName: &repository, ImageIds: ids})
		if err != nil {
			return nil, fmt.Errorf("look at the images of %s: %w", repository, err)
		}
		for _, image := range answer.Images {
			if image.ImageId != nil {
				found[awssdk.ToString(image.ImageId.ImageTag)] = true
			}
		}
	}
	var missing []string
	for _, tag := range tags {
		if !found[tag] {
			missing = append(missing, tag)
		}
	}
	return missing, nil
}
