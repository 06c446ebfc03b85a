package resource

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

// useDatabase takes a connection out of the pool of a database, writes and reads, and asks whether the process may use
// every table that the migrations made.
func (s *Set) useDatabase(ctx context.Context, name string) (string, error) {
	pool, err := s.pool(name)
	if err != nil {
		return "", err
	}
	var user, database string
	err = pool.AcquireFunc(ctx, func(connection *pgxpool.Conn) error {
		if err := connection.QueryRow(ctx, "SELECT current_user, current_database()").Scan(&user, &database); err != nil {
			return err
		}
		_, err := connection.Exec(ctx, `CREATE TEMPORARY TABLE IF NOT EXISTS lab (text text); INSERT INTO lab VALUES ('lab')`)
		if err != nil {
			return err
		}
		return checkTables(ctx, connection.Conn())
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s as %s", database, user), nil
}

func checkTables(ctx context.Context, connection *pgx.Conn) error {
	rows, err := connection.Query(ctx, `SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
		AND relname <> 'schema_migrations' AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
		AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))`)
	if err != nil {
		return err
	}
	refused, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if len(refused) > 0 {
		return fmt.Errorf("permission denied for table %s", strings.Join(refused, ", "))
	}
	return nil
}

// pool is the pool of a database, opened when it is first used. Connections follow as they are needed.
func (s *Set) pool(name string) (*pgxpool.Pool, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if pool, open := s.pools[name]; open {
		return pool, nil
	}
	database, known := s.Config.Databases[name]
	if !known {
		return nil, fmt.Errorf("database %q: this process is not configured to use this database: %w", name, ErrNotConfigured)
	}
	config, err := PoolConfig(database)
	if err != nil {
		return nil, fmt.Errorf("database %q: %w", name, err)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, fmt.Errorf("database %q: %w", name, err)
	}
	s.pools[name] = pool
	return pool, nil
}

// PoolConfig is how a database is connected to.
func PoolConfig(database infra.Database) (*pgxpool.Config, error) {
	if database.TLS.Problem != nil {
		return nil, database.TLS.Problem
	}
	host, port, err := net.SplitHostPort(database.Address)
	if err != nil {
		return nil, err
	}
	mode := "disable"
	if database.TLS.Mode == infra.Prefer {
		mode = "prefer" // as the driver does it: unverified, then plaintext
	}
	config, err := pgxpool.ParseConfig(fmt.Sprintf("host=%s port=%s sslmode=%s", host, port, mode))
	if err != nil {
		return nil, err
	}
	config.MaxConns, config.MinConns = int32(database.Max), int32(database.Min)
	connection := config.ConnConfig
	connection.Database, connection.User, connection.Password = database.Name, database.User, database.Password
	if database.TLS.Mode == infra.Plain || database.TLS.Mode == infra.Prefer {
		return config, nil
	}
	connection.TLSConfig, connection.Fallbacks = clientTLS(database.TLS, host), nil
	if database.TLS.Mode == infra.PreferVerified {
		// A server without TLS is spoken to in plaintext; one whose certificate fails is not.
		config.BeforeConnect = func(ctx context.Context, connection *pgx.ConnConfig) error {
			speaks, err := speaksTLS(ctx, database.Address)
			if err == nil && !speaks {
				connection.TLSConfig = nil
			}
			return err
		}
	}
	return config, nil
}

// sslRequest asks a PostgreSQL server whether it speaks TLS.
const sslRequest = 80877103

func speaksTLS(ctx context.Context, address string) (bool, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false, err
	}
	defer connection.Close()
	if deadline, limited := ctx.Deadline(); limited {
		if err := connection.SetDeadline(deadline); err != nil {
			return false, err
		}
	}
	if _, err := connection.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 8), sslRequest)); err != nil {
		return false, err
	}
	answer := make([]byte, 1)
	_, err = io.ReadFull(connection, answer)
	return answer[0] == 'S', err
}

// clientTLS is the other half of a mode; nil for plaintext.
func clientTLS(settings infra.TLS, host string) *tls.Config {
	config := &tls.Config{ServerName: host, RootCAs: settings.Roots, MinVersion: tls.VersionTLS12}
	switch settings.Mode {
	case infra.Plain:
		return nil
	case infra.Unverified, infra.Prefer:
		config.InsecureSkipVerify = true
	case infra.VerifyCA:
		config.InsecureSkipVerify = true // but for the chain
		config.VerifyConnection = verifyChain(settings)
	}
	return config
}
