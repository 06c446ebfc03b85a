package cache

import (
	"context"
	"errors"
	"time"
)

var (
	Miss      = errors.New("cache miss")
	KeyExists = errors.New("key exists")
)

type (
	EvictionPolicy string
	ClusterConfig  struct {
		EvictionPolicy EvictionPolicy
		DefaultExpiry  ExpiryFunc
	}
	Cluster        struct{ _ int }
	KeyspaceConfig struct {
		KeyPattern    string
		DefaultExpiry ExpiryFunc
	}
	ExpiryFunc    func(now time.Time) time.Time
	WriteOption   interface{ writeOption() }
	Result[V any] struct {
		Value V
		Err   error
	}
	KeyValue[K, V any] struct {
		Key   K
		Value V
	}
	BasicType interface{ string | int | int64 | float64 }
	ListPos   string
	OpError   struct {
		Operation, RawKey string
		Err               error
	}
)

const (
	AllKeysLRU     EvictionPolicy = "allkeys-lru"
	AllKeysLFU     EvictionPolicy = "allkeys-lfu"
	AllKeysRandom  EvictionPolicy = "allkeys-random"
	VolatileLRU    EvictionPolicy = "volatile-lru"
	VolatileLFU    EvictionPolicy = "volatile-lfu"
	VolatileTTL    EvictionPolicy = "volatile-ttl"
	VolatileRandom EvictionPolicy = "volatile-random"
	NoEviction     EvictionPolicy = "noeviction"

	Left  ListPos = "left"
	Right ListPos = "right"
)

func (ExpiryFunc) writeOption() {}
func (*OpError) Error() string  { panic("shape only") }
func (*OpError) Unwrap() error  { panic("shape only") }

func NewCluster(name string, cfg ClusterConfig) *Cluster                    { panic("shape only") }
func ExpireIn(lifetime time.Duration) ExpiryFunc                            { panic("shape only") }
func ExpireDailyAt(hour, minute, second int, loc *time.Location) ExpiryFunc { panic("shape only") }
func KV[K, V any](key K, value V) KeyValue[K, V]                            { panic("shape only") }

var (
	NeverExpire ExpiryFunc
	KeepTTL     ExpiryFunc
)

type StringKeyspace[K any] struct{ _ []K }

func NewStringKeyspace[K any](cluster *Cluster, cfg KeyspaceConfig) *StringKeyspace[K] {
	panic("shape only")
}

func (*StringKeyspace[K]) With(opts ...WriteOption) *StringKeyspace[K]    { panic("shape only") }
func (*StringKeyspace[K]) Get(ctx context.Context, key K) (string, error) { panic("shape only") }
func (*StringKeyspace[K]) MultiGet(ctx context.Context, keys ...K) ([]Result[string], error) {
	panic("shape only")
}
func (*StringKeyspace[K]) MultiSet(ctx context.Context, entries ...KeyValue[K, string]) error {
	panic("shape only")
}
func (*StringKeyspace[K]) Set(ctx context.Context, key K, val string) error { panic("shape only") }
func (*StringKeyspace[K]) SetIfNotExists(ctx context.Context, key K, val string) error {
	panic("shape only")
}
func (*StringKeyspace[K]) Replace(ctx context.Context, key K, val string) error { panic("shape only") }
func (*StringKeyspace[K]) GetAndSet(ctx context.Context, key K, val string) (old string, err error) {
	panic("shape only")
}
func (*StringKeyspace[K]) GetAndDelete(ctx context.Context, key K) (old string, err error) {
	panic("shape only")
}
func (*StringKeyspace[K]) Delete(ctx context.Context, keys ...K) (deleted int, err error) {
	panic("shape only")
}
func (*StringKeyspace[K]) Append(ctx context.Context, key K, val string) (length int64, err error) {
	panic("shape only")
}
func (*StringKeyspace[K]) GetRange(ctx context.Context, key K, from, to int64) (string, error) {
	panic("shape only")
}
func (*StringKeyspace[K]) SetRange(ctx context.Context, key K, offset int64, val string) (length int64, err error) {
	panic("shape only")
}
func (*StringKeyspace[K]) Len(ctx context.Context, key K) (int64, error) { panic("shape only") }

type IntKeyspace[K any] struct{ _ []K }

func NewIntKeyspace[K any](cluster *Cluster, cfg KeyspaceConfig) *IntKeyspace[K] { panic("shape only") }

func (*IntKeyspace[K]) With(opts ...WriteOption) *IntKeyspace[K]      { panic("shape only") }
func (*IntKeyspace[K]) Get(ctx context.Context, key K) (int64, error) { panic("shape only") }
func (*IntKeyspace[K]) MultiGet(ctx context.Context, keys ...K) ([]Result[int64], error) {
	panic("shape only")
}
func (*IntKeyspace[K]) MultiSet(ctx context.Context, entries ...KeyValue[K, int64]) error {
	panic("shape only")
}
func (*IntKeyspace[K]) Set(ctx context.Context, key K, val int64) error { panic("shape only") }
func (*IntKeyspace[K]) SetIfNotExists(ctx context.Context, key K, val int64) error {
	panic("shape only")
}
func (*IntKeyspace[K]) Replace(ctx context.Context, key K, val int64) error { panic("shape only") }
func (*IntKeyspace[K]) GetAndSet(ctx context.Context, key K, val int64) (old int64, err error) {
	panic("shape only")
}
func (*IntKeyspace[K]) GetAndDelete(ctx context.Context, key K) (old int64, err error) {
	panic("shape only")
}
func (*IntKeyspace[K]) Delete(ctx context.Context, keys ...K) (deleted int, err error) {
	panic("shape only")
}
func (*IntKeyspace[K]) Increment(ctx context.Context, key K, delta int64) (int64, error) {
	panic("shape only")
}
func (*IntKeyspace[K]) Decrement(ctx context.Context, key K, delta int64) (int64, error) {
	panic("shape only")
}

type FloatKeyspace[K any] struct{ _ []K }

func NewFloatKeyspace[K any](cluster *Cluster, cfg KeyspaceConfig) *FloatKeyspace[K] {
	panic("shape only")
}

func (*FloatKeyspace[K]) With(opts ...WriteOption) *FloatKeyspace[K]      { panic("shape only") }
func (*FloatKeyspace[K]) Get(ctx context.Context, key K) (float64, error) { panic("shape only") }
func (*FloatKeyspace[K]) MultiGet(ctx context.Context, keys ...K) ([]Result[float64], error) {
	panic("shape only")
}
func (*FloatKeyspace[K]) MultiSet(ctx context.Context, entries ...KeyValue[K, float64]) error {
	panic("shape only")
}
func (*FloatKeyspace[K]) Set(ctx context.Context, key K, val float64) error { panic("shape only") }
func (*FloatKeyspace[K]) SetIfNotExists(ctx context.Context, key K, val float64) error {
	panic("shape only")
}
func (*FloatKeyspace[K]) Replace(ctx context.Context, key K, val float64) error { panic("shape only") }
func (*FloatKeyspace[K]) GetAndSet(ctx context.Context, key K, val float64) (old float64, err error) {
	panic("shape only")
}
func (*FloatKeyspace[K]) GetAndDelete(ctx context.Context, key K) (old float64, err error) {
	panic("shape only")
}
func (*FloatKeyspace[K]) Delete(ctx context.Context, keys ...K) (deleted int, err error) {
	panic("shape only")
}
func (*FloatKeyspace[K]) Increment(ctx context.Context, key K, delta float64) (float64, error) {
	panic("shape only")
}
func (*FloatKeyspace[K]) Decrement(ctx context.Context, key K, delta float64) (float64, error) {
	panic("shape only")
}

type StructKeyspace[K, V any] struct{ _ []K }

func NewStructKeyspace[K, V any](cluster *Cluster, cfg KeyspaceConfig) *StructKeyspace[K, V] {
	panic("shape only")
}

func (*StructKeyspace[K, V]) With(opts ...WriteOption) *StructKeyspace[K, V] { panic("shape only") }
func (*StructKeyspace[K, V]) Get(ctx context.Context, key K) (V, error)      { panic("shape only") }
func (*StructKeyspace[K, V]) MultiGet(ctx context.Context, keys ...K) ([]Result[V], error) {
	panic("shape only")
}
func (*StructKeyspace[K, V]) MultiSet(ctx context.Context, entries ...KeyValue[K, V]) error {
	panic("shape only")
}
func (*StructKeyspace[K, V]) Set(ctx context.Context, key K, val V) error { panic("shape only") }
func (*StructKeyspace[K, V]) SetIfNotExists(ctx context.Context, key K, val V) error {
	panic("shape only")
}
func (*StructKeyspace[K, V]) Replace(ctx context.Context, key K, val V) error { panic("shape only") }
func (*StructKeyspace[K, V]) GetAndSet(ctx context.Context, key K, val V) (old V, err error) {
	panic("shape only")
}
func (*StructKeyspace[K, V]) GetAndDelete(ctx context.Context, key K) (old V, err error) {
	panic("shape only")
}
func (*StructKeyspace[K, V]) Delete(ctx context.Context, keys ...K) (deleted int, err error) {
	panic("shape only")
}

type ListKeyspace[K any, V BasicType] struct{ _ []K }

func NewListKeyspace[K any, V BasicType](cluster *Cluster, cfg KeyspaceConfig) *ListKeyspace[K, V] {
	panic("shape only")
}

func (*ListKeyspace[K, V]) With(opts ...WriteOption) *ListKeyspace[K, V]       { panic("shape only") }
func (*ListKeyspace[K, V]) Delete(ctx context.Context, keys ...K) (int, error) { panic("shape only") }
func (*ListKeyspace[K, V]) PushLeft(ctx context.Context, key K, values ...V) (int64, error) {
	panic("shape only")
}
func (*ListKeyspace[K, V]) PushRight(ctx context.Context, key K, values ...V) (int64, error) {
	panic("shape only")
}
func (*ListKeyspace[K, V]) PopLeft(ctx context.Context, key K) (V, error)  { panic("shape only") }
func (*ListKeyspace[K, V]) PopRight(ctx context.Context, key K) (V, error) { panic("shape only") }
func (*ListKeyspace[K, V]) Len(ctx context.Context, key K) (int64, error)  { panic("shape only") }
func (*ListKeyspace[K, V]) Trim(ctx context.Context, key K, start, stop int64) error {
	panic("shape only")
}
func (*ListKeyspace[K, V]) Set(ctx context.Context, key K, idx int64, val V) error {
	panic("shape only")
}
func (*ListKeyspace[K, V]) Get(ctx context.Context, key K, idx int64) (V, error) { panic("shape only") }
func (*ListKeyspace[K, V]) Items(ctx context.Context, key K) ([]V, error)        { panic("shape only") }
func (*ListKeyspace[K, V]) GetRange(ctx context.Context, key K, start, stop int64) ([]V, error) {
	panic("shape only")
}
func (*ListKeyspace[K, V]) InsertBefore(ctx context.Context, key K, needle, val V) (int64, error) {
	panic("shape only")
}
func (*ListKeyspace[K, V]) InsertAfter(ctx context.Context, key K, needle, val V) (int64, error) {
	panic("shape only")
}
func (*ListKeyspace[K, V]) RemoveAll(ctx context.Context, key K, needle V) (int64, error) {
	panic("shape only")
}
func (*ListKeyspace[K, V]) RemoveFirst(ctx context.Context, key K, count int64, needle V) (int64, error) {
	panic("shape only")
}
func (*ListKeyspace[K, V]) RemoveLast(ctx context.Context, key K, count int64, needle V) (int64, error) {
	panic("shape only")
}
func (*ListKeyspace[K, V]) Move(ctx context.Context, src, dst K, from, to ListPos) (V, error) {
	panic("shape only")
}

type SetKeyspace[K any, V BasicType] struct{ _ []K }

func NewSetKeyspace[K any, V BasicType](cluster *Cluster, cfg KeyspaceConfig) *SetKeyspace[K, V] {
	panic("shape only")
}

func (*SetKeyspace[K, V]) With(opts ...WriteOption) *SetKeyspace[K, V]        { panic("shape only") }
func (*SetKeyspace[K, V]) Delete(ctx context.Context, keys ...K) (int, error) { panic("shape only") }
func (*SetKeyspace[K, V]) Add(ctx context.Context, key K, values ...V) (int, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) Remove(ctx context.Context, key K, values ...V) (int, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) PopOne(ctx context.Context, key K) (V, error) { panic("shape only") }
func (*SetKeyspace[K, V]) Pop(ctx context.Context, key K, count int) ([]V, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) Contains(ctx context.Context, key K, val V) (bool, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) Len(ctx context.Context, key K) (int64, error) { panic("shape only") }
func (*SetKeyspace[K, V]) Items(ctx context.Context, key K) ([]V, error) { panic("shape only") }
func (*SetKeyspace[K, V]) ItemsMap(ctx context.Context, key K) (map[V]struct{}, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) Diff(ctx context.Context, keys ...K) ([]V, error) { panic("shape only") }
func (*SetKeyspace[K, V]) DiffMap(ctx context.Context, keys ...K) (map[V]struct{}, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) DiffStore(ctx context.Context, destination K, keys ...K) (int64, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) Intersect(ctx context.Context, keys ...K) ([]V, error) { panic("shape only") }
func (*SetKeyspace[K, V]) IntersectMap(ctx context.Context, keys ...K) (map[V]struct{}, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) IntersectStore(ctx context.Context, destination K, keys ...K) (int64, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) Union(ctx context.Context, keys ...K) ([]V, error) { panic("shape only") }
func (*SetKeyspace[K, V]) UnionMap(ctx context.Context, keys ...K) (map[V]struct{}, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) UnionStore(ctx context.Context, destination K, keys ...K) (int64, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) SampleOne(ctx context.Context, key K) (V, error) { panic("shape only") }
func (*SetKeyspace[K, V]) Sample(ctx context.Context, key K, count int) ([]V, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) SampleWithReplacement(ctx context.Context, key K, count int) ([]V, error) {
	panic("shape only")
}
func (*SetKeyspace[K, V]) Move(ctx context.Context, src, dst K, val V) (bool, error) {
	panic("shape only")
}
