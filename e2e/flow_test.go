//go:build validate

package e2e_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/names"
)

// envelope is what SNS makes of a message, the fields that Encore's runtimes read.
type envelope struct {
	Type              string
	MessageID         string `json:"MessageId"`
	TopicARN          string `json:"TopicArn"`
	Message           string
	Timestamp         string
	UnsubscribeURL    string
	MessageAttributes map[string]struct{ Type, Value string }
}

// messagesFlow publishes to every topic and looks into every queue. That messages lie encrypted in topics and queues is
// nothing the emulator could show: it keeps them as they are, and only asks whether the key's policy lets SNS use it.
func (d *deployment) messagesFlow(t *testing.T) {
	for _, topic := range d.application.Of("topic") {
		t.Run(topic.Name, func(t *testing.T) {
			t.Run("P1 every subscription receives the envelope, no other one does", func(t *testing.T) { d.deliver(t, topic) })
			for _, subscription := range d.subscriptions(topic) {
				t.Run("P1 what nobody can handle is among the dead letters of "+subscription.Name, func(t *testing.T) { d.exhaust(t, topic, subscription) })
				t.Run("P1 no other topic gets into "+subscription.Name, func(t *testing.T) { d.intrude(t, topic, subscription) })
			}
		})
	}
}

func (d *deployment) subscriptions(topic app.Resource) []app.Resource {
	var subscriptions []app.Resource
	for _, subscription := range d.application.Of("subscription") {
		if subscription.Parent == topic.Name {
			subscriptions = append(subscriptions, subscription)
		}
	}
	return subscriptions
}

// deliver publishes five messages, of two groups and one of them twice, where the topic is of that kind.
func (d *deployment) deliver(t *testing.T, topic app.Resource) {
	for _, message := range []struct{ group, id, text string }{
		{"a", "1", "first of a"}, {"b", "2", "first of b"}, {"a", "3", "second of a"}, {"a", "3", "second of a"}, {"b", "4", "second of b"},
	} {
		d.publish(t, topic, message.text, message.group, message.id)
	}
	want := []string{"first of a", "first of b", "second of a", "second of a", "second of b"}
	if d.fifo(topic) {
		want = []string{"a: first of a", "a: second of a", "b: first of b", "b: second of b"}
	}
	for _, subscription := range d.application.Of("subscription") {
		received := d.drain(t, d.queue(t, subscription, "url"))
		if subscription.Parent != topic.Name {
			if len(received) > 0 {
				t.Errorf("subscription %s of topic %s received %v", subscription.Name, subscription.Parent, received)
			}
			continue
		}
		var got []string
		for _, message := range received {
			var read envelope
			if err := json.Unmarshal([]byte(message.body), &read); err != nil {
				t.Fatalf("not an envelope: %v: %s", err, message.body)
			}
			text := read.Message
			if message.group != "" {
				text = message.group + ": " + text
			}
			got = append(got, text)
			attribute := read.MessageAttributes["encore_parent_trace_id"]
			if read.Type != "Notification" || read.TopicARN != d.topicARN(t, topic) || read.MessageID == "" || read.Timestamp == "" ||
				read.UnsubscribeURL == "" && message.group == "" || attribute.Type != "String" || attribute.Value != "trace" {
				t.Errorf("the envelope lacks something: %s", message.body)
			}
		}
		// Standard queues promise no order, and groups none between each other.
		slices.SortStableFunc(got, func(a, b string) int {
			if d.fifo(topic) {
				return int(a[0]) - int(b[0])
			}
			return strings.Compare(a, b)
		})
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("subscription %s received (-want +got)\n%s", subscription.Name, difference)
		}
	}
}

// exhaust receives a message as often as the declaration lets a handler fail.
func (d *deployment) exhaust(t *testing.T, of, subscription app.Resource) {
	receives := subscription.Spec.(*topic.Subscription).RetryPolicy.MaxRetries + 1
	forever := false
	switch subscription.Spec.(*topic.Subscription).RetryPolicy.MaxRetries {
	case topic.NoRetries:
		receives = 1
	case topic.InfiniteRetries:
		receives, forever = 20, true
	}
	d.publish(t, of, "poison", "a", "poison "+subscription.Name)
	queue := d.queue(t, subscription, "url")
	for i := range receives {
		if got := d.receive(t, queue, 0); len(got) != 1 {
			t.Fatalf("receive %d of %d: got %d messages, want the one nobody handles", i+1, receives, len(got))
		}
	}
	left, dead := d.drain(t, queue), d.drain(t, d.deadLetters(t, subscription, "url"))
	if forever {
		if len(left) != 1 || len(dead) != 0 {
			t.Errorf("after %d receives: %d messages in the queue and %d among the dead letters, want it received for ever", receives, len(left), len(dead))
		}
	} else if len(left) != 0 || len(dead) != 1 {
		t.Errorf("after %d receives: %d messages in the queue and %d among the dead letters, want 0 and 1", receives, len(left), len(dead))
	}
	for _, other := range d.subscriptions(of) {
		d.drain(t, d.queue(t, other, "url"))
	}
}

// intrude subscribes the queue to topics it does not belong to, one of the environment and one of elsewhere, and shuts it to
// its own.
func (d *deployment) intrude(t *testing.T, topic, subscription app.Resource) {
	fifo := d.fifo(topic)
	subscribed := func(name string) string {
		attributes := map[string]any{}
		if fifo {
			name, attributes = name+".fifo", map[string]any{"FifoTopic": "true"}
		}
		arn := d.aws.call(t, anybody, "sns", "CreateTopic", map[string]any{"Name": name, "Attributes": attributes})["TopicArn"].(string)
		d.aws.call(t, anybody, "sns", "Subscribe", map[string]any{"TopicArn": arn, "Protocol": "sqs", "Endpoint": d.queue(t, subscription, "arn")})
		return arn
	}
	elsewhere := "stranger-of-" + subscription.Name
	stranger, outsider := subscribed(names.Prefix(d.environment.App, d.environment.Name)+"-"+elsewhere), subscribed(elsewhere)
	queue, policy := d.queue(t, subscription, "url"), map[string]any{}
	publish := func(arn, id string) {
		d.aws.call(t, anybody, "sns", "Publish", sqsMessage(arn, "intruder", fifo, "a", id+subscription.Name))
	}
	set := func(policy map[string]any) {
		text, err := json.Marshal(policy)
		if err != nil {
			t.Fatal(err)
		}
		d.aws.call(t, anybody, "sqs", "SetQueueAttributes", map[string]any{"QueueUrl": queue, "Attributes": map[string]any{"Policy": string(text)}})
	}
	answer := d.aws.call(t, anybody, "sqs", "GetQueueAttributes", map[string]any{"QueueUrl": queue, "AttributeNames": []string{"Policy"}})
	if err := json.Unmarshal([]byte(answer["Attributes"].(map[string]any)["Policy"].(string)), &policy); err != nil {
		t.Fatal(err)
	}

	publish(stranger, "1")
	if got := d.drain(t, queue); len(got) != 0 {
		t.Errorf("a message of another topic got in: %v", got)
	}
	// Nothing but the policy keeps it out: it comes in where the policy names its topic.
	set(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": d.queue(t, subscription, "arn"),
		"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": []any{stranger, outsider}}},
	}}})
	publish(outsider, "3")
	if got := d.drain(t, queue); len(got) != 0 {
		t.Errorf("a message of a topic of elsewhere, for which the key does not open, got in: %v", got)
	}
	publish(stranger, "2")
	if got := d.drain(t, queue); len(got) != 1 {
		t.Errorf("with a policy that names the other topic %d messages of it got in, want 1", len(got))
	}
	// And the own topic, which cannot deliver now, leaves its message among the dead letters.
	d.publish(t, topic, "undelivered", "a", "undelivered "+subscription.Name)
	if left, dead := d.drain(t, queue), d.drain(t, d.deadLetters(t, subscription, "url")); len(left) != 0 || len(dead) != 1 {
		t.Errorf("a message that SNS cannot deliver: %d in the queue and %d among the dead letters, want 0 and 1", len(left), len(dead))
	}
	set(policy)
	for _, arn := range []string{stranger, outsider} {
		d.aws.call(t, anybody, "sns", "DeleteTopic", map[string]any{"TopicArn": arn})
	}
	for _, other := range d.subscriptions(topic) {
		d.drain(t, d.queue(t, other, "url"))
	}
}

// fifo reports whether SNS keeps an order for the topic: Encore's TypeScript runtime does not send what that takes.
func (d *deployment) fifo(of app.Resource) bool {
	return d.application.Runtime != app.EncoreTypeScript && of.Spec.(*topic.Spec).FIFO()
}

func (d *deployment) topicARN(t *testing.T, topic app.Resource) string {
	t.Helper()
	return d.attribute(t, "topic "+topic.Name, "aws_sns_topic.this", "arn")
}

// queue is the "url" or the "arn" of the queue of a subscription.
func (d *deployment) queue(t *testing.T, subscription app.Resource, attribute string) string {
	t.Helper()
	return d.attribute(t, subscriptionID(subscription.Parent, subscription.Name), "aws_sqs_queue.this", attribute)
}

func (d *deployment) deadLetters(t *testing.T, subscription app.Resource, attribute string) string {
	t.Helper()
	return d.attribute(t, subscriptionID(subscription.Parent, subscription.Name), "aws_sqs_queue.dead_letters", attribute)
}

func subscriptionID(topic, name string) string {
	return fmt.Sprintf("subscription %s of topic %s", name, topic)
}

func (d *deployment) publish(t *testing.T, topic app.Resource, text, group, id string) {
	t.Helper()
	d.aws.call(t, anybody, "sns", "Publish", sqsMessage(d.topicARN(t, topic), text, d.fifo(topic), group, id))
}

// sqsMessage is what Encore's runtime publishes: with a group and an id of its own exactly where the topic is FIFO.
func sqsMessage(topic, text string, fifo bool, group, id string) map[string]any {
	parameters := map[string]any{
		"TopicArn": topic, "Message": text,
		"MessageAttributes": map[string]any{"encore_parent_trace_id": map[string]any{"DataType": "String", "StringValue": "trace"}},
	}
	if fifo {
		parameters["MessageGroupId"], parameters["MessageDeduplicationId"] = group, id
	}
	return parameters
}

// receivedFrom is a message as a queue hands it out.
type receivedFrom struct{ body, group, receipt string }

// receive takes up to ten messages, which nobody else sees for so many seconds.
func (d *deployment) receive(t *testing.T, queue string, seconds int) []receivedFrom {
	t.Helper()
	answer := d.aws.call(t, anybody, "sqs", "ReceiveMessage", map[string]any{
		"QueueUrl": queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "VisibilityTimeout": seconds, "MessageSystemAttributeNames": []string{"All"},
	})
	entries, _ := answer["Messages"].([]any)
	var messages []receivedFrom
	for _, entry := range entries {
		fields := entry.(map[string]any)
		attributes, _ := fields["Attributes"].(map[string]any)
		group, _ := attributes["MessageGroupId"].(string)
		messages = append(messages, receivedFrom{fields["Body"].(string), group, fields["ReceiptHandle"].(string)})
	}
	return messages
}

// drain takes everything out of a queue, in the order in which it hands it out.
func (d *deployment) drain(t *testing.T, queue string) []receivedFrom {
	t.Helper()
	var all []receivedFrom
	for {
		messages := d.receive(t, queue, 30)
		if len(messages) == 0 {
			return all
		}
		for _, message := range messages {
			d.aws.call(t, anybody, "sqs", "DeleteMessage", map[string]any{"QueueUrl": queue, "ReceiptHandle": message.receipt})
		}
		all = append(all, messages...)
	}
}
