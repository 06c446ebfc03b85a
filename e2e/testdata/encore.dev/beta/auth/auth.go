package auth

import "context"

type UID string

func UserID() (UID, bool) { panic("shape only") }
func Data() any           { panic("shape only") }

func WithContext(ctx context.Context, uid UID, data any) context.Context { panic("shape only") }
