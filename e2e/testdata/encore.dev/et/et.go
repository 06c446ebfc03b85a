package et

import (
	"context"

	"encore.dev/beta/auth"
	"encore.dev/config"
	"encore.dev/pubsub"
	"encore.dev/storage/sqldb"
)

type (
	MockOption          func(*int)
	TopicHelpers[T any] interface{ PublishedMessages() []T }
)

func Topic[T any](topic *pubsub.Topic[T]) TopicHelpers[T]           { panic("shape only") }
func SetCfg[T any](cfg config.Value[T], newValue T)                 { panic("shape only") }
func RunMiddleware(enabled bool) MockOption                         { panic("shape only") }
func MockEndpoint[T any](original, mock T, opts ...MockOption)      { panic("shape only") }
func MockService[T any](service string, mock T, opts ...MockOption) { panic("shape only") }
func OverrideAuthInfo(uid auth.UID, data any)                       { panic("shape only") }
func EnableServiceInstanceIsolation()                               { panic("shape only") }
func SQLDBWithSuperuser(db *sqldb.Database) *sqldb.Database         { panic("shape only") }
func NewTestDatabase(ctx context.Context, name string) (*sqldb.Database, error) {
	panic("shape only")
}
