package topic

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/stack"
)

// Subscribe is what the service of a subscription does with it.
const Subscribe = "subscribe"

// Values of RetryPolicy.MaxRetries that are no count.
const (
	InfiniteRetries = -1
	NoRetries       = -2
)

// Subscription is a Pub/Sub subscription. A setting that is absent holds Encore's default.
type Subscription struct {
	// MaxConcurrency is how many messages one instance handles at a time: 100 unless written, 0 in
	// TypeScript. The Go runtime on AWS
	// takes 1 when the source does not say.
	MaxConcurrency int
	// AckDeadline is how long a handler may take.
	AckDeadline time.Duration
	// MessageRetention is how long a message that is not acknowledged is kept.
	MessageRetention time.Duration
	RetryPolicy      RetryPolicy
	// Handler is what handles a message; only its presence is read.
	Handler source.Value
}

// RetryPolicy says when a failed message is delivered again.
type RetryPolicy struct {
	MinBackoff time.Duration
	MaxBackoff time.Duration
	// MaxRetries counts deliveries after the first; InfiniteRetries and NoRetries are no counts.
	MaxRetries int
}

// Subscriptions is the kind of Pub/Sub subscriptions.
var Subscriptions = kind.Kind{
	Name: "subscription",
	Noun: "subscription",
	Go: []source.GoSpelling{{
		Package:      "encore.dev/pubsub",
		TypeName:     "pubsub.Subscription",
		Constructors: []string{"NewSubscription"},
		ParentArg:    0,
		ParentKind:   "topic",
		NameArg:      1,
		ConfigArg:    2,
		ConfigType:   "SubscriptionConfig",
		Grammar:      source.Kebab,
		Constants: map[string]source.Value{
			"InfiniteRetries": {Kind: source.Int, Int: InfiniteRetries},
			"NoRetries":       {Kind: source.Int, Int: NoRetries},
		},
		Handler:       "Handler",
		MethodHandler: "MethodHandler",
		// A subscription is not used after it was declared.
		Methods: map[string][]string{},
	}},
	TypeScript: []source.TypeScriptSpelling{subscriptionTypeScript},
	Manifest:   []source.ManifestSpelling{subscriptionManifest},
	Metadata:   subscriptionMetadata,
	Read:       readSubscription,
	Platform:   lowerSubscriptions,
	Feeds:      feeds,
	Holds: kind.Holding{
		Fixed:     map[string][]string{"subscription": {"name", fifoFact}}, // aws_sqs_queue.name and .fifo_queue
		Follows:   map[string]string{fifoFact: "topic"},
		Lost:      "the messages that wait in its queues are deleted",
		Encrypted: "messages in queues",
		Ways: func(physical string, facts map[string]string) []string {
			if facts[fifoFact] == "true" {
				physical += ".fifo"
			}
			return []string{"declare it again, by the same name, until its queue is empty: aws sqs get-queue-attributes --attribute-names All --queue-url $(aws sqs get-queue-url --output text --queue-name " + physical + ")"}
		},
	},
	Bind:    bindSubscriptions,
	Config:  configSubscriptions,
	Env:     subscriptionVariables,
	Settled: subscriptionSettled,
	Outputs: kind.Outputs{"subscription": {
		"queue_arn": {Text: "arn:aws:sqs:<region>:<account>:<name><fifo>"},
		"queue_url": {Text: "https://sqs.<region>.amazonaws.com/<account>/<name><fifo>"},
	}},
	Check:     checkQueues,
	Bound:     true,
	Operation: Subscribe,
	Verbs:     map[string]string{Subscribe: "subscribes"},
	Inspection: kind.Inspection{
		OfService: subscriptionsOf,
		Under:     "topic",
		AsPart:    subscriptionNote,
	},
}

func readSubscription(decl source.Decl, in kind.Input) (any, hcl.Diagnostics) {
	s := &Subscription{
		MaxConcurrency:   100,
		AckDeadline:      30 * time.Second,
		MessageRetention: 7 * 24 * time.Hour,
		RetryPolicy:      RetryPolicy{MinBackoff: 10 * time.Second, MaxBackoff: 10 * time.Minute, MaxRetries: 100},
	}
	if in.SpelledInTypeScript() {
		return readTypeScriptSubscription(decl, s, in)
	}
	diags := source.Decode(decl.Config, s)
	if diags.HasErrors() {
		return s, diags
	}
	retry := decl.Config.Field("RetryPolicy")
	diags = append(diags, atLeast(in, decl, decl.Config.Field("AckDeadline"), "ack deadline", s.AckDeadline, time.Second)...)
	diags = append(diags, atLeast(in, decl, decl.Config.Field("MessageRetention"), "message retention", s.MessageRetention, time.Minute)...)
	diags = append(diags, atLeast(in, decl, retry.Field("MinBackoff"), "minimum backoff", s.RetryPolicy.MinBackoff, time.Second)...)
	diags = append(diags, atLeast(in, decl, retry.Field("MaxBackoff"), "maximum backoff", s.RetryPolicy.MaxBackoff, time.Second)...)
	if s.RetryPolicy.MaxRetries == 0 {
		s.RetryPolicy.MaxRetries = 100 // the runtimes read zero as "not set"
	}
	if s.RetryPolicy.MaxRetries < NoRetries {
		diags = append(diags, diagnostic.Error(kind.SettingAt(decl, retry.Field("MaxRetries")), "Invalid number of retries",
			in.Remedy("use a positive number, pubsub.InfiniteRetries or pubsub.NoRetries", `use a positive number, "infinite" or "none"`),
			"Subscription %q asks for %d retries.", decl.Name, s.RetryPolicy.MaxRetries))
	}
	if s.MaxConcurrency < 0 {
		diags = append(diags, diagnostic.Error(kind.SettingAt(decl, decl.Config.Field("MaxConcurrency")), "Invalid concurrency",
			"use a positive number, or leave it out",
			"Subscription %q asks for %d messages at a time.", decl.Name, s.MaxConcurrency))
	}
	return s, diags
}

// readTypeScriptSubscription reads the settings of new Subscription(topic, "name", {...}), which know no minimum and
// count retries without sentinels. What is not written stays the runtime's to decide.
func readTypeScriptSubscription(decl source.Decl, s *Subscription, in kind.Input) (any, hcl.Diagnostics) {
	s.MaxConcurrency = 0
	diags := source.Decode(decl.Config, s)
	if diags.HasErrors() {
		return s, diags
	}
	retries := decl.Config.Field("RetryPolicy").Field("MaxRetries")
	if s.RetryPolicy.MaxRetries < 0 {
		diags = append(diags, diagnostic.Error(kind.SettingAt(decl, retries), "Invalid number of retries", "use a positive number, or leave it out",
			"Subscription %q asks for %d retries.", decl.Name, s.RetryPolicy.MaxRetries))
	}
	if s.RetryPolicy.MaxRetries == 0 {
		s.RetryPolicy.MaxRetries = 100 // the runtimes read zero as "not set"
	}
	if decl.Config.Field("Handler").Kind == source.Absent && in.Application.Origin != source.FromMetadata { // which lists no handlers
		diags = append(diags, diagnostic.Error(decl.At, "Missing handler", "set handler to a function that takes the message",
			"Subscription %q does not say what handles its messages.", decl.Name))
	}
	if concurrency := decl.Config.Field("MaxConcurrency"); s.MaxConcurrency < 0 {
		diags = append(diags, diagnostic.Error(kind.SettingAt(decl, concurrency), "Invalid concurrency", "use a positive number, or leave it out",
			"Subscription %q asks for %d messages at a time.", decl.Name, s.MaxConcurrency))
	}
	return s, diags
}

// atLeast reports a duration below Encore's minimum.
func atLeast(in kind.Input, decl source.Decl, written source.Value, what string, is, minimum time.Duration) hcl.Diagnostics {
	if is >= minimum {
		return nil
	}
	hint := "make it at least " + kind.Spell(minimum)
	if is > 0 && is < time.Microsecond {
		hint = "a bare number is nanoseconds: multiply it by time.Second"
	}
	return hcl.Diagnostics{diagnostic.Error(kind.SettingAt(decl, written), "Too short "+what, hint,
		"The %s of subscription %q is %s; %s no less than %s.", what, decl.Name, kind.Spell(is), in.Remedy("Encore allows", "it can be"), kind.Spell(minimum))}
}

// subscriptionTypeScript is how TypeScript code declares and uses one.
var subscriptionTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/pubsub", Constructors: []string{"Subscription"},
	ParentArg: 0, ParentKind: "topic", NameArg: 1, ConfigArg: 2, ConfigRequired: true,
	Opaque:    []string{"handler"},
	Durations: []string{"ackDeadline", "messageRetention", "minBackoff", "maxBackoff"},
	// A subscription is not used after it was declared.
	Methods: map[string][]string{},
	Root:    true,
}

// subscriptionManifest is how a manifest declares and uses one.
var subscriptionManifest = source.ManifestSpelling{
	Block: "subscription", Grammar: source.Kebab, InService: true,
	Meaning: "What the service gets of a topic: an SQS queue, with a dead-letter queue behind it. Settings that are not written are Encore's defaults.",
	Settings: []settings.Setting{
		{Name: "topic", Type: settings.String, Required: true, Meaning: "The topic."},
		{Name: "ack_deadline", Type: settings.Duration, Default: "`\"30s\"`",
			Meaning: "How long the service may take for a message, until it is delivered again."},
		{Name: "message_retention", Type: settings.Duration, Default: "`\"7 days\"`", Meaning: "How long a message that is not acknowledged is kept."},
		{Name: "max_concurrency", Type: settings.Integer, Default: "`100`", Only: source.ForEncore, Meaning: "Messages that one instance handles at a time."},
		{Name: "retry_policy", Type: settings.Object, Default: "below", Meaning: "When a failed message is delivered again."},
		{Name: "retry_policy.min_backoff", Type: settings.Duration, Default: "`\"10s\"`", Only: source.ForEncore, Meaning: "Time before the second delivery."},
		{Name: "retry_policy.max_backoff", Type: settings.Duration, Default: "`\"10m\"`", Only: source.ForEncore, Meaning: "Longest time between two deliveries."},
		{Name: "retry_policy.max_retries", Type: settings.Integer, Default: "`100`",
			Meaning: "Deliveries after the first, before a message is a dead letter; `\"none\"` or `\"infinite\"`.",
			Words:   map[string]int{"none": NoRetries, "infinite": InfiniteRetries}},
	},
	Parent: "topic", ParentKind: "topic",
}

// subscriptionMetadata is how Encore's metadata lists one.
var subscriptionMetadata = source.MetadataSpelling{
	List: []string{"pubsub_topics", "subscriptions"}, Name: "name", Parent: "name", ParentKind: "topic", Service: "service_name",
	Settings: []source.MetadataSetting{
		{Field: "ack_deadline", Setting: "AckDeadline", Type: source.MetadataDuration},
		{Field: "message_retention", Setting: "MessageRetention", Type: source.MetadataDuration},
		{Field: "max_concurrency", Setting: "MaxConcurrency", Type: source.MetadataNumber},
		{Field: "retry_policy", Setting: "RetryPolicy", Type: source.MetadataObject, Members: []source.MetadataSetting{
			{Field: "min_backoff", Setting: "MinBackoff", Type: source.MetadataDuration},
			{Field: "max_backoff", Setting: "MaxBackoff", Type: source.MetadataDuration},
			{Field: "max_retries", Setting: "MaxRetries", Type: source.MetadataNumber},
		}},
	},
}

// subscriptionSettled are the arguments of its modules that no override can set.
var subscriptionSettled = map[string]map[string]stack.Settled{
	"subscription": {"fifo": {Why: "it follows from how the application declares the topic", Instead: "remove it"}},
}
