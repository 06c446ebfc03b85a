package kinds

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/value"
)

// consumes reports whether a use is a subscription that the workload receives from. The gateway that runs a copy of the auth
// handler's service leaves its messages to the process that serves it.
func consumes(w *deploy.Workload, e app.Edge) bool {
	return e.Kind == "subscription" && e.Service != w.AuthService
}

// bindTopics gives a workload the rights for what its services publish.
func bindTopics(w *deploy.Workload) {
	published, consumed := w.Uses("topic"), map[string][]app.Edge{} // consumed: by topic
	for _, e := range w.Edges {
		if consumes(w, e) {
			consumed[e.Parent] = append(consumed[e.Parent], e)
		}
	}
	for _, r := range w.Of("topic") {
		used := len(published[r.Name])+len(consumed[r.Name]) > 0
		grant := deploy.Grant{Of: r.ID(), Name: topicLabel(w.Deployment, r.Name), Resources: []value.Value{topicARN(r.Name)}}
		if w.Runtime() == app.EncoreGo && used {
			// The Go runtime asks for the attributes of every topic in its config, and panics when it may not.
			grant.Actions = append(grant.Actions, "sns:GetTopicAttributes")
			grant.Why = deploy.Why{Does: "looks up " + r.ID().Quoted() + " at start"}
		}
		if uses := published[r.Name]; len(uses) > 0 {
			if w.Runtime() == app.Containers {
				// Clients that take a topic's ARN ask with it whether the topic is there, and whether it is a FIFO topic.
				grant.Actions = append(grant.Actions, "sns:GetTopicAttributes")
			}
			grant.Actions = append(grant.Actions, "sns:Publish")
			grant.Why = deploy.Why{Does: "publishes to " + r.ID().Quoted(), Places: deploy.Places(uses)}
			useTopicKey(w, r.Name, "kms:Decrypt", "kms:GenerateDataKey")
		}
		if len(grant.Actions) > 0 {
			w.Permit(grant)
		}
		// Encore's runtimes find a subscription by its topic; a container that only consumes has no use for one.
		if len(published[r.Name]) > 0 || used && w.Runtime() != app.Containers {
			w.Bind(deploy.Binding{Of: r.ID(), Attributes: map[string]value.Value{"arn": topicARN(r.Name)}, Why: about(r.ID(), published[r.Name])})
		}
	}
}

// useTopicKey lets the workload use the key that encrypts a topic: the environment's, or the one its owner chose, if any.
func useTopicKey(w *deploy.Workload, topic string, actions ...string) {
	existing := w.Env.ExistingTopic(topic)
	switch {
	case existing == nil:
		useKey(w, "sns", actions...)
	case existing.KeyARN != "":
		id := app.ID{Kind: "topic", Name: topic}
		useOwnersKey(w, existing.KeyARN, topicLabel(w.Deployment, topic), id.Quoted(), value.Of(id, "key_arn"), "sns", actions...)
	}
}

// bindSubscriptions permits a workload to consume, and tells it where from.
func bindSubscriptions(w *deploy.Workload) {
	for _, e := range w.Edges {
		if !consumes(w, e) {
			continue
		}
		actions := []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"}
		if w.Runtime() == app.Containers {
			// Encore's runtimes know the URL and ask for nothing else. Most clients of other programs look the queue up by its name, and
			// read its visibility timeout and its length when they start.
			actions = []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"}
		}
		id, arn := e.To(), value.Of(e.To(), "queue_arn")
		w.Permit(deploy.Grant{
			Of: id, Name: subscriptionLabel(w.Deployment, e.Parent, e.Resource), Actions: actions, Resources: []value.Value{arn},
			Why: deploy.Why{Does: "consumes " + id.Quoted(), Places: []deploy.Place{{File: e.At.Filename}}},
		})
		useKey(w, "sqs", "kms:Decrypt")
		w.Queues = append(w.Queues, deploy.Queue{Of: id, Name: w.Deployment.Label("subscription", e.Parent, e.Resource), ARN: arn, Why: deploy.Why{Of: id.Quoted()}})
		w.Bind(deploy.Binding{Of: id, Attributes: map[string]value.Value{"url": value.Of(id, "queue_url")}, Why: about(id, []app.Edge{e})})
	}
}

// configTopics is the section pubsub. It holds what the process uses and nothing else: a TypeScript process would start every
// subscription it is told of.
func configTopics(w *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	subscriptions := map[string][]value.Field{}
	for _, b := range w.Bound("subscription") {
		subscriptions[b.Of.Parent] = append(subscriptions[b.Of.Parent], Arg(b.Of.Name, value.Object(Arg("url", b.Attributes["url"]))))
	}
	var topics []value.Field
	for _, b := range bound {
		topics = append(topics, Arg(b.Of.Name, value.Map(
			Arg("arn", b.Attributes["arn"]),
			Arg("subscriptions", value.Map(subscriptions[b.Of.Name]...)),
		)))
	}
	// One entry: of several, the Go runtime keeps the last.
	return []value.Field{Arg("pubsub", value.List(value.Object(
		Arg("type", value.String("aws_sns_sqs")),
		Arg("topics", value.Map(topics...)),
	)))}, nil
}

// configSubscriptions adds nothing: the section of topics names each topic's subscriptions.
func configSubscriptions(*deploy.Workload, []deploy.Binding) ([]value.Field, []deploy.Secret) {
	return nil, nil
}

// topicVariables and subscriptionVariables are what a container is told of what it publishes to and consumes.
var (
	topicVariables        = []Variable{{Pattern: "<NAME>_TOPIC_ARN", Attribute: "arn", Meaning: "ARN of the SNS topic."}}
	subscriptionVariables = []Variable{{Pattern: "<PARENT>_<NAME>_QUEUE_URL", Attribute: "url",
		Meaning: "URL of the SQS queue; `<PARENT>` is the topic. A message is SNS's envelope, with the published text in `Message`."}}
)
