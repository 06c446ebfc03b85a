// Package topic is two kinds that are written and reviewed together: Pub/Sub topics and their subscriptions, which become SNS topics
// and SQS queues.
package topic

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/stack"
)

// Delivery guarantees of a topic, as Encore spells them.
const (
	AtLeastOnce = "at-least-once"
	ExactlyOnce = "exactly-once"
)

// Publish is the one operation a service performs on a topic.
const Publish = "publish"

// Spec is a Pub/Sub topic.
type Spec struct {
	// DeliveryGuarantee is AtLeastOnce or ExactlyOnce.
	DeliveryGuarantee string
	// OrderingAttribute is the message attribute whose values are delivered in order; "" when order does not matter.
	OrderingAttribute string
}

// FIFO reports whether publisher and consumer must go through FIFO resources: a Go runtime sends a group and a
// deduplication id exactly when the declaration asks for one of these.
func (t *Spec) FIFO() bool {
	return t.DeliveryGuarantee == ExactlyOnce || t.OrderingAttribute != ""
}

// Kind is the kind of Pub/Sub topics.
var Kind = kind.Kind{
	Name: "topic",
	Noun: "topic",
	Go: []source.GoSpelling{{
		Package:      "encore.dev/pubsub",
		TypeName:     "pubsub.Topic",
		Constructors: []string{"NewTopic"},
		ParentArg:    -1,
		NameArg:      0,
		ConfigArg:    1,
		ConfigType:   "TopicConfig",
		Grammar:      source.Kebab,
		Constants: map[string]source.Value{
			"AtLeastOnce": {Kind: source.String, Text: AtLeastOnce},
			"ExactlyOnce": {Kind: source.String, Text: ExactlyOnce},
		},
		Methods:     map[string][]string{"Publish": {Publish}, "Meta": nil},
		Ref:         "TopicRef",
		Permissions: map[string][]string{"Publisher": {Publish}},
		Strict:      true,
		Outside:     source.OutsideMethods,
		// Encore's runtime adds attributes of its own, all beginning with its name.
		MessageTag:      "pubsub-attr",
		MessageField:    "OrderingAttribute",
		MessageReserved: "encore",
	}},
	TypeScript: []source.TypeScriptSpelling{topicTypeScript},
	Manifest:   []source.ManifestSpelling{topicManifest},
	Metadata:   topicMetadata,
	Read:       readTopic,
	Verbs:      map[string]string{Publish: "publishes"},
	Check:      func(d *deploy.Deployment) hcl.Diagnostics { return append(checkTopics(d), checkDelivery(d)...) },
	Platform:   lowerTopics,
	Build:      buildTopics,
	Holds: kind.Holding{
		Fixed:    map[string][]string{"topic": {"name", fifoFact}}, // aws_sns_topic.name and .fifo_topic
		Lost:     topicLost,
		MayExist: true,
		Anew:     map[string]func(string, string) (string, []string){fifoFact: anotherOrder},
		Ways: func(physical string, _ map[string]string) []string {
			return []string{"declare it again, by the same name",
				fmt.Sprintf("renamed? Use the old one on under the new name, topic \"<name>\" { existing { arn = \"<ARN of %s>\" } } in the environment, and forget it as below", physical)}
		},
	},
	Bind:    bindTopics,
	Config:  configTopics,
	Env:     topicVariables,
	Settled: topicSettled,
	Outputs: kind.Outputs{"topic": {"arn": {Text: "arn:aws:sns:<region>:<account>:<name><fifo>"}}},
	Inspection: kind.Inspection{
		List: "topics", Node: `(["topic <name>"])`,
		Entry: func(_ *app.App, r app.Resource) any {
			spec := r.Spec.(*Spec)
			return inspectedTopic{r.Name, spec.DeliveryGuarantee, spec.OrderingAttribute, r.Service, kind.FileLine(r.At)}
		},
		OfService: kind.Used("publishes"),
	},
}

// fifoFact is "true" for a topic and queues that keep the order of messages.
const fifoFact = "fifo"

const topicLost = "whoever else subscribed to it hears nothing more"

// anotherOrder is about a topic that would keep the order of messages, or cease to.
func anotherOrder(described, is string) (detail string, ways []string) {
	order := "in order, by FIFO topic and queues, from standard ones"
	if is != "true" {
		order = "in no order, by standard topic and queues, from FIFO ones"
	}
	return fmt.Sprintf("the %s would deliver %s, and AWS changes none into the other. It is made anew with the queues of its subscriptions: messages that wait there are deleted, and %s.", described, order, topicLost),
		[]string{"declare a second topic of the other kind beside it, publish to that one, and remove the first once its queues are empty",
			"or stop what publishes, wait until its queues are empty, and go on then"}
}

func readTopic(decl source.Decl, in kind.Input) (any, hcl.Diagnostics) {
	topic := &Spec{}
	if in.Application.Runtime != app.EncoreGo || in.Application.Origin == source.FromManifest {
		topic.DeliveryGuarantee = AtLeastOnce
	}
	diags := source.Decode(decl.Config, topic)
	if diags.HasErrors() {
		return topic, diags
	}
	at := kind.SettingAt(decl, decl.Config.Field("DeliveryGuarantee"))
	switch topic.DeliveryGuarantee {
	case AtLeastOnce, ExactlyOnce:
	case "":
		diags = append(diags, diagnostic.Error(at, "Missing delivery guarantee",
			in.Remedy("set DeliveryGuarantee to pubsub.AtLeastOnce or pubsub.ExactlyOnce", `set delivery_guarantee to "at-least-once" or "exactly-once"`),
			"Topic %q does not say how often a message may be delivered.", decl.Name))
	default:
		diags = append(diags, diagnostic.Error(at, "Invalid delivery guarantee",
			"at-least-once and exactly-once are the two there are",
			"Topic %q asks for the delivery guarantee %q.", decl.Name, topic.DeliveryGuarantee))
	}
	return topic, diags
}

// topicTypeScript is how TypeScript code declares and uses one.
var topicTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/pubsub", Constructors: []string{"Topic"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigRequired: true,
	TypeArgument: "the type of its messages",
	Methods:      map[string][]string{"publish": {Publish}},
	Ref:          "ref",
	Permissions:  map[string][]string{"Publisher": {Publish}},
	Strict:       true, Constructed: true,
	Outside: source.OutsideNone,
}

// topicManifest is how a manifest declares and uses one.
var topicManifest = source.ManifestSpelling{
	Block: "topic", Grammar: source.Kebab, Meaning: "A Pub/Sub topic: an SNS topic.",
	Settings: []settings.Setting{
		{Name: "delivery_guarantee", Type: settings.String, Default: "`\"at-least-once\"`", Meaning: "`at-least-once` or `exactly-once`."},
		{Name: "ordering_attribute", Type: settings.String, Default: "none", Meaning: "The message attribute whose values are delivered in order."},
	},
	List: "publishes", Operation: Publish,
	ListMeaning: "Topics it publishes to.",
}

// topicMetadata is how Encore's metadata lists one.
var topicMetadata = source.MetadataSpelling{
	List: []string{"pubsub_topics"}, Name: "name",
	Settings: []source.MetadataSetting{
		{Field: "delivery_guarantee", Setting: "DeliveryGuarantee", Type: source.MetadataWord, Words: []source.MetadataWordValue{
			{Word: "AT_LEAST_ONCE", Value: source.Value{Kind: source.String, Text: AtLeastOnce}},
			{Word: "EXACTLY_ONCE", Value: source.Value{Kind: source.String, Text: ExactlyOnce}},
		}},
		{Field: "ordering_key", Setting: "OrderingAttribute"},
	},
	Users: "publishers", Operation: Publish,
}

// topicSettled are the arguments of its modules that no override can set.
var topicSettled = map[string]map[string]stack.Settled{
	"topic": {"fifo": {Why: "it follows from how the application declares the topic", Instead: "remove it"}},
}
