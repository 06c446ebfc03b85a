package resource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// longPoll is how long one call waits for messages.
const longPoll = 20 * time.Second

// subscriptionConsumer is one subscription that this process consumes.
type subscriptionConsumer struct {
	service      *needs.Service
	subscription needs.Subscription
	url          string
	ack          time.Duration
	concurrency  int
}

// Consume receives the messages of every subscription of this process until ctx is done, and returns when the last of
// them is handled. Handlers go on until handlers is done.
func (s *Set) Consume(ctx, handlers context.Context) {
	var running sync.WaitGroup
	for _, consumer := range s.consumers() {
		s.Log.Printf("consuming %s of topic %s", consumer.subscription.Name, consumer.subscription.Topic)
		running.Go(func() { s.consume(ctx, handlers, consumer) })
	}
	running.Wait()
}

// consumers are, in Go, the subscriptions of hosted services as far as the configuration has them, and without it they do
// nothing; in TypeScript all subscriptions of the configuration, whoever hosts their services.
func (s *Set) consumers() []subscriptionConsumer {
	var consumers []subscriptionConsumer
	for i := range s.App.Services {
		service := &s.App.Services[i]
		for _, subscription := range service.Subscriptions {
			url, configured := s.Config.Topics[subscription.Topic].Queues[subscription.Name]
			if !configured || s.App.Language != needs.TypeScript && !s.Config.Services[service.Name] {
				continue
			}
			ack, err := time.ParseDuration(subscription.AckDeadline)
			if err != nil {
				s.Log.Printf("subscription %s: %v", subscription.Name, err)
				continue
			}
			concurrency := subscription.Concurrency
			if concurrency == 0 {
				concurrency = map[string]int{needs.Go: 1, needs.TypeScript: 100, needs.Container: 1}[s.App.Language]
			}
			consumers = append(consumers, subscriptionConsumer{service, subscription, url, ack, concurrency})
		}
	}
	return consumers
}

func (s *Set) consume(ctx, handlers context.Context, consumer subscriptionConsumer) {
	client, slots := sqs.NewFromConfig(s.aws), make(chan struct{}, consumer.concurrency)
	var handling sync.WaitGroup
	defer handling.Wait()
	for ctx.Err() == nil {
		// One slot for the first message of a batch; what more comes in waits for its own.
		free := max(1, cap(slots)-len(slots))
		output, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: aws.String(consumer.url), MaxNumberOfMessages: int32(min(10, free)), WaitTimeSeconds: s.whole(longPoll),
			VisibilityTimeout: s.whole(consumer.ack), MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameApproximateReceiveCount},
		})
		if err != nil {
			if ctx.Err() == nil {
				s.Log.Printf("receiving of subscription %s: %v", consumer.subscription.Name, err)
				wait(ctx, s.scaled(5*time.Second))
			}
			continue
		}
		for _, message := range output.Messages {
			slots <- struct{}{}
			handling.Go(func() {
				defer func() { <-slots }()
				s.handle(handlers, client, consumer, message)
			})
		}
	}
}

func wait(ctx context.Context, duration time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(duration):
	}
}

// handle handles one message, and then deletes it, or has it come again later. A dead letter is the queue's business.
func (s *Set) handle(ctx context.Context, client *sqs.Client, consumer subscriptionConsumer, message types.Message) {
	attempt, err := strconv.Atoi(message.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])
	if err != nil {
		attempt = 1
	}
	received, err := unwrap(aws.ToString(message.Body), s.App.Language)
	if err != nil { // it stays, and comes again
		s.Log.Printf("subscription %s: %v", consumer.subscription.Name, err)
		return
	}
	received.Topic, received.Subscription, received.Attempt = consumer.subscription.Topic, consumer.subscription.Name, attempt
	within, cancel := context.WithTimeout(ctx, s.scaled(consumer.ack))
	err = s.run(within, consumer, received.Message)
	cancel()
	if err == nil {
		_, err = client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: aws.String(consumer.url), ReceiptHandle: message.ReceiptHandle})
	} else if _, later := client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: aws.String(consumer.url), ReceiptHandle: message.ReceiptHandle,
		VisibilityTimeout: s.whole(backoff(s.App.Language, consumer.subscription, attempt)),
	}); later != nil {
		err = errors.Join(err, later)
	}
	if err != nil {
		received.Failed, received.Detail = true, err.Error()
		s.Log.Printf("subscription %s: attempt %d: %v", consumer.subscription.Name, attempt, err)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.received = append(s.received, handledMessage{consumer.service.Name, received})
}

// run is the handler: what the needs say it does, or the failure that the message asks for.
func (s *Set) run(ctx context.Context, consumer subscriptionConsumer, body string) error {
	var content publishedMessage
	if err := json.Unmarshal([]byte(body), &content); err == nil && content.Fail {
		return errors.New("the message asks to fail")
	}
	if takes, err := time.ParseDuration(content.Take); err == nil {
		wait(ctx, s.scaled(takes))
	}
	_, err := s.All(ctx, consumer.service, consumer.service.Select(consumer.subscription.Does), Scenario{})
	return err
}

// envelope is what SNS makes of a message.
type envelope struct {
	Type              string
	MessageID         string `json:"MessageId"`
	TopicARN          string `json:"TopicArn"`
	Message           *string
	Timestamp         string
	UnsubscribeURL    string
	MessageAttributes map[string]struct{ Type, Value string }
}

// unwrap takes the envelope off. TypeScript wants fields of it that Go does without.
func unwrap(body, language string) (exercise.Received, error) {
	var read envelope
	if err := json.Unmarshal([]byte(body), &read); err != nil {
		return exercise.Received{}, fmt.Errorf("not an envelope of SNS: %w", err)
	}
	fields := map[string]bool{"Message": read.Message == nil, "MessageId": read.MessageID == "", "Timestamp": read.Timestamp == ""}
	if language == needs.TypeScript {
		fields["Type"], fields["TopicArn"], fields["UnsubscribeURL"] = read.Type == "", read.TopicARN == "", read.UnsubscribeURL == ""
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if fields[field] {
			return exercise.Received{}, fmt.Errorf("not an envelope of SNS: it has no %s", field)
		}
	}
	return exercise.Received{MessageID: read.MessageID, Message: *read.Message}, nil
}

// backoff is the time until a message that failed comes again. Go doubles the least time with each attempt; TypeScript
// takes twice the least and then the most.
func backoff(language string, subscription needs.Subscription, attempt int) time.Duration {
	least, err := time.ParseDuration(subscription.MinBackoff)
	if err != nil || least < time.Second {
		least = time.Second
	}
	most, err := time.ParseDuration(subscription.MaxBackoff)
	if err != nil {
		most = 10 * time.Minute
	}
	retries := 100
	if subscription.MaxReceives != nil {
		retries = *subscription.MaxReceives - 1
	}
	delay := most
	switch {
	case language == needs.TypeScript && attempt == 1:
		delay = 2 * least
	case language == needs.TypeScript, retries >= 0 && attempt > retries:
	case attempt < 30:
		delay = least << attempt
	}
	return min(max(min(delay, most), time.Second), 12*time.Hour)
}

// Received is what this process consumed for a service, in the order in which it was done with it.
func (s *Set) Received(service string) []exercise.Received {
	s.lock.Lock()
	defer s.lock.Unlock()
	received := []exercise.Received{}
	for _, record := range s.received {
		if record.service == service {
			received = append(received, record.Received)
		}
	}
	return received
}
