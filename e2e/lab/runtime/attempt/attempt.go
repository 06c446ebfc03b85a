// Package attempt tries what a service does not need, past its configuration but with the rights of its process: its
// place in the network, its role, its logins.
package attempt

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

// patience is how long an attempt waits: what a firewall drops is never answered.
const patience = 4 * time.Second

// Options are an attempt and what the process has.
type Options struct {
	Order  exercise.Attempt
	Config *infra.Config
	Sign   func(http.Header) // signs a call as the process does
	Caller string
}

// Try makes one attempt.
func Try(ctx context.Context, options Options) exercise.Answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	kinds := map[string]func(context.Context, Options) (string, error){
		"dial": dial, "postgres": askPostgres, "redis": redisCommand, "aws": callAWS, "call": call,
	}
	try, known := kinds[options.Order.Kind]
	if !known {
		return exercise.Answer{Result: exercise.Failed, How: "error", Detail: fmt.Sprintf("no attempt is a %q", options.Order.Kind)}
	}
	detail, err := try(ctx, options)
	if err != nil {
		return exercise.Answer{Result: exercise.Refused, How: How(err), Detail: err.Error()}
	}
	return exercise.Answer{Result: exercise.Done, Detail: detail}
}

func dial(ctx context.Context, options Options) (string, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", options.Order.Address)
	if err != nil {
		return "", err
	}
	defer connection.Close()
	return "connected to " + connection.RemoteAddr().String(), nil
}

// askPostgres logs in, with the process's own login of a database where the order brings none, and asks something.
func askPostgres(ctx context.Context, options Options) (string, error) {
	order := options.Order
	database, known := options.Config.Databases[order.Resource]
	if order.Resource != "" && !known {
		return "", fmt.Errorf("database %q: %w", order.Resource, resource.ErrNotConfigured)
	}
	if !known {
		database.TLS.Mode, database.Max = infra.Unverified, 1
	}
	if order.Address != "" {
		database.Address = order.Address
		if known && database.TLS.Mode > infra.Prefer {
			database.TLS.Mode = infra.Unverified // another host has another name
		}
	}
	if order.User != "" {
		database.User, database.Password = order.User, order.Password
	}
	if order.Database != "" {
		database.Name = order.Database
	}
	config, err := resource.PoolConfig(database)
	if err != nil {
		return "", err
	}
	connection, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return "", err
	}
	defer func() { _ = connection.Close(context.Background()) }()
	statement := order.Statement
	if statement == "" {
		statement = "SELECT 1"
	}
	result, err := connection.Exec(ctx, statement)
	return result.String(), err
}

func redisCommand(ctx context.Context, options Options) (string, error) {
	order := options.Order
	cache, known := options.Config.Caches[order.Resource]
	if order.Resource != "" && !known {
		return "", fmt.Errorf("cache cluster %q: %w", order.Resource, resource.ErrNotConfigured)
	}
	if order.Address != "" {
		cache.Address = order.Address
		cache.TLS = infra.TLS{Mode: infra.Plain}
		if order.TLS {
			cache.TLS.Mode = infra.Unverified
		}
	}
	if order.User != "" {
		cache.User, cache.Password = order.User, order.Password
	}
	client, err := resource.NewRedis(cache)
	if err != nil {
		return "", err
	}
	defer func() { _ = client.Close() }()
	var command []any
	for _, word := range order.Command {
		command = append(command, word)
	}
	if len(command) == 0 {
		command = []any{"ping"}
	}
	said, err := client.Do(ctx, command...).Result()
	if err != nil {
		return "", err
	}
	return fmt.Sprint(said), nil
}

// statusError is an answer of HTTP that is a refusal.
type statusError struct {
	status int
	body   string
}

func (e *statusError) Error() string { return fmt.Sprintf("%d: %s", e.status, e.body) }

// call calls an endpoint of another process, signed or not, and with the headers that somebody would forge.
func call(ctx context.Context, options Options) (string, error) {
	order := options.Order
	method := order.Method
	if method == "" {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(order.Address, "/")+order.Path, http.NoBody)
	if err != nil {
		return "", err
	}
	if order.Signed {
		request.Header.Set(encoreauth.Caller, options.Caller)
		options.Sign(request.Header)
	}
	// Whoever tries does not care whose certificate it is.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 500))
	if err != nil {
		return "", err
	}
	if answer.StatusCode >= 300 {
		return "", &statusError{answer.StatusCode, string(said)}
	}
	return answer.Status, nil
}
