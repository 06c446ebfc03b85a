package uuid

type UUID [16]byte

var Nil UUID

func NewV4() (UUID, error)                 { panic("shape only") }
func FromString(text string) (UUID, error) { panic("shape only") }
func FromBytes(b []byte) (UUID, error)     { panic("shape only") }
func Must(u UUID, err error) UUID          { panic("shape only") }

func (UUID) String() string                { panic("shape only") }
func (UUID) Bytes() []byte                 { panic("shape only") }
func (UUID) IsNil() bool                   { panic("shape only") }
func (UUID) MarshalText() ([]byte, error)  { panic("shape only") }
func (*UUID) UnmarshalText(b []byte) error { panic("shape only") }
