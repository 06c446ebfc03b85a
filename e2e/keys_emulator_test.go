//go:build validate

package e2e_test

import (
	"fmt"
	"testing"
)

// TestEmulatorAsksKeysOfServices: a service of AWS that holds no role uses a key where the key's policy lets it in, by what is
// documented to reach KMS from it.
func TestEmulatorAsksKeysOfServices(t *testing.T) {
	aws := startCaller(t, startEmulator(t, account))
	topic := aws.call(t, anybody, "sns", "CreateTopic", map[string]any{"Name": "shop-production-signups"})["TopicArn"].(string)
	for i, test := range []struct {
		name, principal, condition string
		delivers, logs             bool
	}{
		{"nobody", "", "", false, false},
		{"SNS by the account, which does not reach KMS", "sns", `{"StringEquals":{"aws:SourceAccount":"` + account + `"}}`, false, false},
		{"SNS by the topic", "sns", `{"ArnLike":{"aws:SourceArn":"` + topic + `"}}`, true, false},
		{"SNS by a pattern", "sns", `{"ArnLike":{"aws:SourceArn":"arn:aws:sns:us-east-1:` + account + `:shop-production-*"}}`, true, false},
		{"SNS by a pattern beyond a colon", "sns", `{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*signups"}}`, false, false},
		{"SNS for another topic", "sns", `{"ArnLike":{"aws:SourceArn":"` + topic + `-more"}}`, false, false},
		{"logs of the group", "logs.us-east-1", `{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:us-east-1:` + account + `:log-group:/*/shop-production-*"}}`, false, true},
		{"logs of another group", "logs.us-east-1", `{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:us-east-1:` + account + `:log-group:/*/shop-staging-*"}}`, false, false},
		{"logs of another region", "logs.eu-west-1", `{}`, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			statements := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"kms:*","Resource":"*"}`
			if test.principal != "" {
				statements += `,{"Effect":"Allow","Principal":{"Service":"` + test.principal + `.amazonaws.com"},"Action":"kms:*","Resource":"*","Condition":` + test.condition + `}`
			}
			key := aws.call(t, anybody, "kms", "CreateKey", map[string]any{"Policy": `{"Version":"2012-10-17","Statement":[` + statements + `]}`})["KeyMetadata"].(map[string]any)["Arn"]
			_, failure := aws.try(t, anybody, "logs", "CreateLogGroup", map[string]any{"logGroupName": fmt.Sprint("/groundplan/shop-production-", i), "kmsKeyId": key})
			if test.logs != (failure == nil) {
				t.Errorf("a log group with the key: %v, want %v", failure, test.logs)
			}
			name := fmt.Sprint("queue-", i)
			arn := "arn:aws:sqs:us-east-1:" + account + ":" + name
			url := aws.call(t, anybody, "sqs", "CreateQueue", map[string]any{"QueueName": name, "Attributes": map[string]any{
				"KmsMasterKeyId": key,
				"Policy":         `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + arn + `"}]}`,
			}})["QueueUrl"]
			subscription := aws.call(t, anybody, "sns", "Subscribe", map[string]any{"TopicArn": topic, "Protocol": "sqs", "Endpoint": arn, "ReturnSubscriptionArn": true})["SubscriptionArn"]
			aws.call(t, anybody, "sns", "Publish", map[string]any{"TopicArn": topic, "Message": "x"})
			aws.call(t, anybody, "sns", "Unsubscribe", map[string]any{"SubscriptionArn": subscription})
			received, _ := aws.call(t, anybody, "sqs", "ReceiveMessage", map[string]any{"QueueUrl": url, "WaitTimeSeconds": 0})["Messages"].([]any)
			if test.delivers != (len(received) == 1) {
				t.Errorf("%d messages came, want them: %v", len(received), test.delivers)
			}
		})
	}
}
