package topic

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds/kind"
)

// inspectedTopic is a topic in what inspect prints as JSON.
type inspectedTopic struct {
	Name       string `json:"name"`
	Delivery   string `json:"delivery"`
	Ordering   string `json:"ordering"` // attribute, "" when order does not matter
	DeclaredIn string `json:"declared_in,omitempty"`
	At         string `json:"at"`
}

// inspectedSubscription is a subscription with all its settings, defaults included. Durations are nanoseconds.
type inspectedSubscription struct {
	Topic            string `json:"topic"`
	Name             string `json:"name"`
	AckDeadline      int64  `json:"ack_deadline_ns"`
	MessageRetention int64  `json:"message_retention_ns"`
	MinBackoff       int64  `json:"min_backoff_ns"`
	MaxBackoff       int64  `json:"max_backoff_ns"`
	MaxRetries       int    `json:"max_retries"` // -1 without end, -2 none
	MaxConcurrency   int    `json:"max_concurrency"`
	At               string `json:"at"`
}

// subscriptionsOf are the subscriptions of one service.
func subscriptionsOf(resources map[app.ID]*app.Resource, edges []app.Edge) []kind.List {
	list := []inspectedSubscription{}
	for _, e := range edges {
		in := inspectedSubscription{Topic: e.Parent, Name: e.Resource, At: kind.FileLine(e.At)}
		if r := resources[e.To()]; r != nil {
			s := r.Spec.(*Subscription)
			in.AckDeadline, in.MessageRetention = int64(s.AckDeadline), int64(s.MessageRetention)
			in.MinBackoff, in.MaxBackoff = int64(s.RetryPolicy.MinBackoff), int64(s.RetryPolicy.MaxBackoff)
			in.MaxRetries, in.MaxConcurrency = s.RetryPolicy.MaxRetries, s.MaxConcurrency
		}
		list = append(list, in)
	}
	return []kind.List{{Name: "subscribes", Contents: list}}
}

// subscriptionNote says in the line of its topic what a subscription is.
func subscriptionNote(r *app.Resource) string {
	s := r.Spec.(*Subscription)
	retries := fmt.Sprintf("%d retries", s.RetryPolicy.MaxRetries)
	switch s.RetryPolicy.MaxRetries {
	case InfiniteRetries:
		retries = "retries without end"
	case NoRetries:
		retries = "no retries"
	case 1:
		retries = "1 retry"
	}
	return fmt.Sprintf("as %s (ack %s, %s)", r.Name, kind.Spell(s.AckDeadline), retries)
}
