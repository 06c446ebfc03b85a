package config

import (
	"time"

	"encore.dev/types/uuid"
)

type (
	Value[T any]  func() T
	Values[T any] func() []T

	Bool    = Value[bool]
	Int     = Value[int]
	Int8    = Value[int8]
	Int16   = Value[int16]
	Int32   = Value[int32]
	Int64   = Value[int64]
	Uint    = Value[uint]
	Uint8   = Value[uint8]
	Uint16  = Value[uint16]
	Uint32  = Value[uint32]
	Uint64  = Value[uint64]
	Float32 = Value[float32]
	Float64 = Value[float64]
	String  = Value[string]
	Bytes   = Value[[]byte]
	Time    = Value[time.Time]
	UUID    = Value[uuid.UUID]
)

func Load[T any]() T { panic("shape only") }
