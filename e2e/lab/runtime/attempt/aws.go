package attempt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"github.com/groundplan/groundplan/e2e/lab/exercise"
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
		_, err = cloudwatch.NewFromConfig(config).PutMetricData(ctx, &cloudwatch.PutMetricDataInput{
			Namespace: &order.Target, MetricData: []types.MetricDatum{{MetricName: aws.String("lab"), Value: aws.Float64(1)}},
		})
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
		key = "lab-object"
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
	endpoint := os.Getenv("AWS_ENDPOINT_URL")
	if endpoint == "" {
		endpoint = "https://secretsmanager." + config.Region + ".amazonaws.com"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
	credentials, err := config.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), "secretsmanager", config.Region, time.Now()); err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1000))
	if err != nil {
		return err
	}
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	var refused struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(said, &refused); err != nil {
		return &statusError{answer.StatusCode, string(said)}
	}
	return &smithy.GenericAPIError{Code: refused.Type[strings.LastIndex(refused.Type, "#")+1:], Message: refused.Message}
}
