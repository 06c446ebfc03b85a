package sqldb

import (
	"context"
	"database/sql"
)

type (
	DatabaseConfig struct{ Migrations string }
	Database       struct{ _ int }
	Tx             struct{ _ int }
	Rows           struct{ _ int }
	Row            struct{ _ int }
	ExecResult     interface{ RowsAffected() int64 }
	name           string
)

var ErrNoRows = sql.ErrNoRows

func NewDatabase(name string, config DatabaseConfig) *Database { panic("shape only") }
func Named(database name) *Database                            { panic("shape only") }
func Driver[T any](db *Database) T                             { panic("shape only") }

func (*Database) Exec(ctx context.Context, query string, args ...any) (ExecResult, error) {
	panic("shape only")
}
func (*Database) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	panic("shape only")
}
func (*Database) QueryRow(ctx context.Context, query string, args ...any) *Row { panic("shape only") }
func (*Database) Begin(ctx context.Context) (*Tx, error)                       { panic("shape only") }
func (*Database) Stdlib() *sql.DB                                              { panic("shape only") }

func (*Tx) Commit() error   { panic("shape only") }
func (*Tx) Rollback() error { panic("shape only") }
func (*Tx) Exec(ctx context.Context, query string, args ...any) (ExecResult, error) {
	panic("shape only")
}
func (*Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) { panic("shape only") }
func (*Tx) QueryRow(ctx context.Context, query string, args ...any) *Row        { panic("shape only") }

func (*Rows) Close()                 {}
func (*Rows) Next() bool             { panic("shape only") }
func (*Rows) Scan(dest ...any) error { panic("shape only") }
func (*Rows) Err() error             { panic("shape only") }
func (*Row) Scan(dest ...any) error  { panic("shape only") }
func (*Row) Err() error              { panic("shape only") }

// The functions of the package work on the database that the folder migrations declares.

func Exec(ctx context.Context, query string, args ...any) (ExecResult, error) { panic("shape only") }
func Query(ctx context.Context, query string, args ...any) (*Rows, error)     { panic("shape only") }
func QueryRow(ctx context.Context, query string, args ...any) *Row            { panic("shape only") }
func Begin(ctx context.Context) (*Tx, error)                                  { panic("shape only") }
func Commit(tx *Tx) error                                                     { panic("shape only") }
func Rollback(tx *Tx) error                                                   { panic("shape only") }
