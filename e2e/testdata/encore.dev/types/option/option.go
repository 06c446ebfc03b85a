package option

type Option[T any] struct{ _ *T }

func Some[T any](v T) Option[T]              { panic("shape only") }
func None[T any]() Option[T]                 { panic("shape only") }
func AsOptional[T comparable](v T) Option[T] { panic("shape only") }
func (Option[T]) Present() bool              { panic("shape only") }
func (Option[T]) Empty() bool                { panic("shape only") }
func (Option[T]) Get() (T, bool)             { panic("shape only") }
func (Option[T]) GetOrElse(alternative T) T  { panic("shape only") }
func (Option[T]) MustGet() T                 { panic("shape only") }
func (Option[T]) PtrOrNil() *T               { panic("shape only") }
