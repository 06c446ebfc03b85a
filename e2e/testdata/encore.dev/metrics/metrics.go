package metrics

type (
	Value interface {
		int64 | uint64 | float64
	}
	Labels interface{ comparable }

	CounterConfig   struct{}
	GaugeConfig     struct{}
	HistogramConfig struct{ Buckets []float64 }

	Counter[V Value]                  struct{ _ V }
	Gauge[V Value]                    struct{ _ V }
	Histogram[V Value]                struct{ _ V }
	CounterGroup[L Labels, V Value]   struct{ _ map[L]V }
	GaugeGroup[L Labels, V Value]     struct{ _ map[L]V }
	HistogramGroup[L Labels, V Value] struct{ _ map[L]V }
)

func NewCounter[V Value](name string, cfg CounterConfig) *Counter[V]       { panic("shape only") }
func NewGauge[V Value](name string, cfg GaugeConfig) *Gauge[V]             { panic("shape only") }
func NewHistogram[V Value](name string, cfg HistogramConfig) *Histogram[V] { panic("shape only") }

func NewCounterGroup[L Labels, V Value](name string, cfg CounterConfig) *CounterGroup[L, V] {
	panic("shape only")
}

func NewGaugeGroup[L Labels, V Value](name string, cfg GaugeConfig) *GaugeGroup[L, V] {
	panic("shape only")
}

func NewHistogramGroup[L Labels, V Value](name string, cfg HistogramConfig) *HistogramGroup[L, V] {
	panic("shape only")
}

func (*Counter[V]) Increment()      {}
func (*Counter[V]) Add(delta V)     {}
func (*Gauge[V]) Set(val V)         {}
func (*Gauge[V]) Add(val V)         {}
func (*Histogram[V]) Observe(val V) {}

func (*CounterGroup[L, V]) With(labels L) *Counter[V]     { panic("shape only") }
func (*GaugeGroup[L, V]) With(labels L) *Gauge[V]         { panic("shape only") }
func (*HistogramGroup[L, V]) With(labels L) *Histogram[V] { panic("shape only") }
