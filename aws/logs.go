package aws

import (
	"context"
	"errors"
	"fmt"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// LastLines are the last lines of a stream of a log group, oldest first; none where there is no such stream.
func (c *Client) LastLines(ctx context.Context, group, stream string, count int) ([]string, error) {
	answer, err := cloudwatchlogs.NewFromConfig(c.config).GetLogEvents(ctx, &cloudwatchlogs.GetLogEventsInput{
		LogGroupName: &group, LogStreamName: &stream, Limit: awssdk.Int32(int32(count)), StartFromHead: awssdk.Bool(false),
	})
	var none *types.ResourceNotFoundException
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the log %s of %s: %w", stream, group, err)
	}
	var lines []string
	for _, event := range answer.Events {
		lines = append(lines, awssdk.ToString(event.Message))
	}
	return lines, nil
}
