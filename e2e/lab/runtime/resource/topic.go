package resource

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

// publishedMessage is what the stand-in publishes.
type publishedMessage struct {
	Text string `json:"text"`
	Fail bool   `json:"fail,omitempty"`
	Take string `json:"take,omitempty"`
}

// lookUpTopics is what Go's runtime does with every topic of its configuration, publisher or not.
func (s *Set) lookUpTopics(ctx context.Context) error {
	client := sns.NewFromConfig(s.aws)
	for _, name := range slices.Sorted(maps.Keys(s.Config.Topics)) {
		if _, err := client.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(s.Config.Topics[name].ARN)}); err != nil {
			return &infra.StartError{Code: infra.CodePanic, Text: fmt.Sprintf("panic: unable to verify SNS topic %q: %v", name, err)}
		}
	}
	return nil
}

// publish sends one message. Go gives FIFO topics groups and ids, and a container has to; TypeScript never does, whatever
// the declaration says.
func (s *Set) publish(ctx context.Context, name string, scenario Scenario) (string, error) {
	topic, known := s.Config.Topics[name]
	if !known || topic.ARN == "" {
		return "", fmt.Errorf("topic %q: this process is not configured to use this topic: %w", name, ErrNotConfigured)
	}
	text, err := json.Marshal(publishedMessage{scenario.Text, scenario.Fail, scenario.Take})
	if err != nil {
		return "", err
	}
	input := &sns.PublishInput{
		TopicArn: aws.String(topic.ARN), Message: aws.String(string(text)),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"encore_parent_trace_id": {DataType: aws.String("String"), StringValue: aws.String(random())},
		},
	}
	declared := s.App.Topic(name)
	if s.App.Language != needs.TypeScript && (declared.ExactlyOnce || declared.OrderingAttribute != "") {
		input.MessageDeduplicationId = aws.String("msg_" + random())
		input.MessageGroupId = aws.String("inst_" + s.instance)
		if declared.OrderingAttribute != "" {
			input.MessageGroupId = aws.String(scenario.Text)
			input.MessageAttributes[declared.OrderingAttribute] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(scenario.Text)}
		}
	}
	output, err := sns.NewFromConfig(s.aws).Publish(ctx, input)
	if err != nil {
		return "", err
	}
	return aws.ToString(output.MessageId), nil
}
