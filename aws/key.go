package aws

import (
	"context"
	"fmt"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// CheckKey asks KMS about a key, an ARN, in the client's region, and returns why nothing can be encrypted with it; "" when something
// can. It is an error when there is no such key, or the caller may not ask.
func (c *Client) CheckKey(ctx context.Context, arn string) (problem string, err error) {
	answer, err := kms.NewFromConfig(c.config).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	switch {
	case err != nil:
		return "", err
	case answer.KeyMetadata.KeyState != types.KeyStateEnabled:
		return fmt.Sprintf("its state is %s", answer.KeyMetadata.KeyState), nil
	case answer.KeyMetadata.KeySpec != types.KeySpecSymmetricDefault || answer.KeyMetadata.KeyUsage != types.KeyUsageTypeEncryptDecrypt:
		return fmt.Sprintf("it is for %s by %s", answer.KeyMetadata.KeyUsage, answer.KeyMetadata.KeySpec), nil
	case awssdk.ToString(answer.KeyMetadata.Arn) != arn:
		return fmt.Sprintf("it is %s", awssdk.ToString(answer.KeyMetadata.Arn)), nil
	}
	return "", nil
}
