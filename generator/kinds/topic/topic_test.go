package topic

import (
	"testing"
	"time"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

func TestP1_SubscriptionDefaults(t *testing.T) {
	for _, test := range []struct {
		name   string
		config source.Value
		want   Subscription
	}{
		{"nothing written", sourcetest.Object(), Subscription{MaxConcurrency: 100, AckDeadline: 30 * time.Second, MessageRetention: 168 * time.Hour, RetryPolicy: RetryPolicy{10 * time.Second, 10 * time.Minute, 100}}},
		{"zero retries are not set", sourcetest.Object("RetryPolicy", sourcetest.Object("MaxRetries", 0, "MinBackoff", time.Minute)), Subscription{MaxConcurrency: 100, AckDeadline: 30 * time.Second, MessageRetention: 168 * time.Hour, RetryPolicy: RetryPolicy{time.Minute, 10 * time.Minute, 100}}},
		{"sentinels stay", sourcetest.Object("RetryPolicy", sourcetest.Object("MaxRetries", NoRetries)), Subscription{MaxConcurrency: 100, AckDeadline: 30 * time.Second, MessageRetention: 168 * time.Hour, RetryPolicy: RetryPolicy{10 * time.Second, 10 * time.Minute, NoRetries}}},
		{"TypeScript spelling", sourcetest.Object("ackDeadline", "90s", "maxConcurrency", 5), Subscription{MaxConcurrency: 5, AckDeadline: 90 * time.Second, MessageRetention: 168 * time.Hour, RetryPolicy: RetryPolicy{10 * time.Second, 10 * time.Minute, 100}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			spec, diags := readSubscription(source.Decl{Name: "s", Config: test.config, At: sourcetest.Line(1)}, kind.Input{Application: &source.Application{Runtime: app.EncoreGo}})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if got := *spec.(*Subscription); got.MaxConcurrency != test.want.MaxConcurrency || got.AckDeadline != test.want.AckDeadline ||
				got.MessageRetention != test.want.MessageRetention || got.RetryPolicy != test.want.RetryPolicy {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestP1_TopicFIFO(t *testing.T) {
	for _, test := range []struct {
		topic Spec
		fifo  bool
	}{
		{Spec{DeliveryGuarantee: AtLeastOnce}, false},
		{Spec{DeliveryGuarantee: ExactlyOnce}, true},
		{Spec{DeliveryGuarantee: AtLeastOnce, OrderingAttribute: "customer"}, true},
	} {
		if got := test.topic.FIFO(); got != test.fifo {
			t.Errorf("%+v: FIFO %v", test.topic, got)
		}
	}
	read := source.Application{Runtime: app.EncoreTypeScript}
	spec, diags := readTopic(source.Decl{Config: sourcetest.Object()}, kind.Input{Application: &read})
	if diags.HasErrors() || spec.(*Spec).DeliveryGuarantee != AtLeastOnce {
		t.Errorf("a TypeScript topic is %+v by default, %v", spec, diags)
	}
}

// TestI4_FIFOAsDeclared: a container gets the topic it asks for, as Encore's Go runtime does; the TypeScript runtime could
// not use one.
func TestI4_FIFOAsDeclared(t *testing.T) {
	for runtime, want := range map[app.Runtime]bool{app.EncoreGo: true, app.Containers: true, app.EncoreTypeScript: false} {
		if got := isFIFO(&app.App{Runtime: runtime}, &Spec{DeliveryGuarantee: ExactlyOnce}); got != want {
			t.Errorf("%s: FIFO is %v", runtime, got)
		}
	}
}
