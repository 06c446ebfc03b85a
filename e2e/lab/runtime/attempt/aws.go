package attempt

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

// callAWS calls AWS with the role of the process.
func callAWS(ctx context.Context, options Options) (string, error) {
	config, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRetryMaxAttempts(1))
	if err != nil {
		return "", err
	}
	order := options.Order
	switch service, _, _ := strings.Cut(order.Operation, ":"); service {
	case "sns":
		err = callSNS(ctx, sns.NewFromConfig(config), order)
	case "sqs":
		err = callSQS(ctx, sqs.NewFromConfig(config), order)
	case "s3":
		err = callS3(ctx, s3.NewFromConfig(config, func(options *s3.Options) { options.UsePathStyle = options.BaseEndpoint != nil }), order)
	case "cloudwatch":
		err = resource.PutOne(ctx, config, order.Target)
	case "secretsmanager":
		err = getSecret(ctx, config, order.Target)
	default:
		err = fmt.Errorf("no attempt calls %q", order.Operation)
	}
	return order.Operation, err
}

func callSNS(ctx context.Context, client *sns.Client, order exercise.Attempt) error {
	var err error
	switch order.Operation {
	case "sns:Publish":
		input := &sns.PublishInput{TopicArn: &order.Target, Message: aws.String("lab")}
		if strings.HasSuffix(order.Target, ".fifo") {
			input.MessageGroupId, input.MessageDeduplicationId = aws.String("lab"), aws.String(fmt.Sprint(time.Now().UnixNano()))
		}
		_, err = client.Publish(ctx, input)
	case "sns:GetTopicAttributes":
		_, err = client.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &order.Target})
	default:
		err = fmt.Errorf("no attempt calls %q", order.Operation)
	}
	return err
}

func callSQS(ctx context.Context, client *sqs.Client, order exercise.Attempt) error {
	var err error
	switch order.Operation {
	case "sqs:ReceiveMessage":
		_, err = client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &order.Target, VisibilityTimeout: 1})
	case "sqs:SendMessage":
		_, err = client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &order.Target, MessageBody: aws.String("lab")})
	case "sqs:DeleteMessage":
		_, err = client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &order.Target, ReceiptHandle: aws.String("lab")})
	case "sqs:PurgeQueue":
		_, err = client.PurgeQueue(ctx, &sqs.PurgeQueueInput{QueueUrl: &order.Target})
	default:
		err = fmt.Errorf("no attempt calls %q", order.Operation)
	}
	return err
}

func callS3(ctx context.Context, client *s3.Client, order exercise.Attempt) error {
	key := order.Key
	if key == "" {
		key = exercise.Object
	}
	var err error
	switch order.Operation {
	case "s3:GetObject":
		var output *s3.GetObjectOutput
		if output, err = client.GetObject(ctx, &s3.GetObjectInput{Bucket: &order.Target, Key: &key}); err == nil {
			output.Body.Close()
		}
	case "s3:PutObject":
		_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: &order.Target, Key: &key, Body: strings.NewReader("lab")})
	case "s3:DeleteObject":
		_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &order.Target, Key: &key})
	case "s3:HeadObject":
		_, err = client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &order.Target, Key: &key})
	case "s3:ListBucket":
		_, err = client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &order.Target})
	default:
		err = fmt.Errorf("no attempt calls %q", order.Operation)
	}
	return err
}

// getSecret asks Secrets Manager, for which no application has a client.
func getSecret(ctx context.Context, config aws.Config, secret string) error {
	body, err := json.Marshal(map[string]string{"SecretId": secret})
	if err != nil {
		return err
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"secretsmanager.GetSecretValue"}}
	status, said, err := resource.SignedPost(ctx, config, "secretsmanager", string(body), header)
	if err != nil || status == http.StatusOK {
		return err
	}
	var refused struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(said, &refused); err != nil {
		return &statusError{status, string(said)}
	}
	return &smithy.GenericAPIError{Code: refused.Type[strings.LastIndex(refused.Type, "#")+1:], Message: refused.Message}
}
