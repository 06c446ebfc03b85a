package pubsub

import (
	"context"
	"time"
)

type DeliveryGuarantee int

const (
	AtLeastOnce DeliveryGuarantee = iota + 1
	ExactlyOnce
)

const (
	NoRetries       = -2
	InfiniteRetries = -1
)

type TopicConfig struct {
	DeliveryGuarantee DeliveryGuarantee
	OrderingAttribute string
}

type RetryPolicy struct {
	MinBackoff, MaxBackoff time.Duration
	MaxRetries             int
}

type SubscriptionConfig[T any] struct {
	Handler          func(ctx context.Context, msg T) error
	MaxConcurrency   int
	AckDeadline      time.Duration
	MessageRetention time.Duration
	RetryPolicy      *RetryPolicy
}

type (
	Topic[T any]        struct{ _ []T }
	Subscription[T any] struct{ _ []T }
	TopicMeta           struct {
		Name   string
		Config TopicConfig
	}
	SubscriptionMeta[T any] struct {
		Name   string
		Config SubscriptionConfig[T]
		Topic  TopicMeta
	}
)

type TopicPerms[T any] interface{ Meta() TopicMeta }

type Publisher[T any] interface {
	Publish(ctx context.Context, msg T) (id string, err error)
	Meta() TopicMeta
}

func NewTopic[T any](name string, cfg TopicConfig) *Topic[T] { panic("shape only") }

func NewSubscription[T any](topic *Topic[T], name string, cfg SubscriptionConfig[T]) *Subscription[T] {
	panic("shape only")
}

func TopicRef[P TopicPerms[T], T any](topic *Topic[T]) P { panic("shape only") }

func MethodHandler[T, S any](handler func(s S, ctx context.Context, msg T) error) func(ctx context.Context, msg T) error {
	panic("shape only")
}

func (*Topic[T]) Publish(ctx context.Context, msg T) (id string, err error) { panic("shape only") }
func (*Topic[T]) Meta() TopicMeta                                           { panic("shape only") }
func (*Subscription[T]) Meta() SubscriptionMeta[T]                          { panic("shape only") }
func (*Subscription[T]) Config() SubscriptionConfig[T]                      { panic("shape only") }
