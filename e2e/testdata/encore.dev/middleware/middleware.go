package middleware

import (
	"context"
	"net/http"

	"encore.dev"
)

type (
	Signature func(req Request, next Next) Response
	Next      func(Request) Response
	Request   struct{ _ int }
)

type Response struct {
	Payload    any
	Err        error
	HTTPStatus int
}

func (*Request) WithContext(ctx context.Context) Request { panic("shape only") }
func (*Request) Context() context.Context                { panic("shape only") }
func (*Request) Data() *encore.Request                   { panic("shape only") }
func (*Response) Header() http.Header                    { panic("shape only") }

func NewRequest(ctx context.Context, data *encore.Request) Request { panic("shape only") }
