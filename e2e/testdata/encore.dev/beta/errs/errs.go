package errs

import "net/http"

type ErrCode int

const (
	OK ErrCode = iota
	Canceled
	Unknown
	InvalidArgument
	DeadlineExceeded
	NotFound
	AlreadyExists
	PermissionDenied
	ResourceExhausted
	FailedPrecondition
	Aborted
	OutOfRange
	Unimplemented
	Internal
	Unavailable
	DataLoss
	Unauthenticated
)

func (ErrCode) String() string  { panic("shape only") }
func (ErrCode) HTTPStatus() int { panic("shape only") }

type (
	Metadata   map[string]any
	ErrDetails interface{ ErrDetails() }
)

type Error struct {
	Code    ErrCode
	Message string
	Details ErrDetails
	Meta    Metadata
}

func (*Error) Error() string        { panic("shape only") }
func (*Error) ErrorMessage() string { panic("shape only") }
func (*Error) Unwrap() error        { panic("shape only") }

type Builder struct{ _ int }

func B() *Builder { panic("shape only") }

func (b *Builder) Code(ErrCode) *Builder        { return b }
func (b *Builder) Msg(string) *Builder          { return b }
func (b *Builder) Msgf(string, ...any) *Builder { return b }
func (b *Builder) Meta(...any) *Builder         { return b }
func (b *Builder) Details(ErrDetails) *Builder  { return b }
func (b *Builder) Cause(error) *Builder         { return b }
func (b *Builder) Err() error                   { panic("shape only") }

func Wrap(err error, msg string, metaPairs ...any) error                   { panic("shape only") }
func WrapCode(err error, code ErrCode, msg string, metaPairs ...any) error { panic("shape only") }
func Convert(err error) error                                              { panic("shape only") }
func Code(err error) ErrCode                                               { panic("shape only") }
func Meta(err error) Metadata                                              { panic("shape only") }
func Details(err error) ErrDetails                                         { panic("shape only") }
func HTTPStatus(err error) int                                             { panic("shape only") }
func HTTPError(w http.ResponseWriter, err error)                           { panic("shape only") }
func HTTPErrorWithCode(w http.ResponseWriter, err error, code int)         { panic("shape only") }
func HTTPStatusToCode(status int) ErrCode                                  { panic("shape only") }
