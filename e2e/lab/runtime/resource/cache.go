package resource

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

// useCache does what the methods of a keyspace do, on a key of its own, which it deletes.
func (s *Set) useCache(ctx context.Context, service *needs.Service, need needs.Need, text string) (string, error) {
	client, err := s.cluster(need.Name)
	if err != nil {
		return "", err
	}
	index := slices.IndexFunc(service.Caches, func(keyspace needs.Cache) bool {
		return keyspace.Cluster == need.Name && keyspace.Pattern == need.Detail
	})
	if index < 0 {
		return "", fmt.Errorf("service %s has no keyspace %s in cluster %s", service.Name, need.Detail, need.Name)
	}
	key := s.Config.Caches[need.Name].Prefix + fill(need.Detail, text)
	for _, command := range commands(service.Caches[index].Kind, key) {
		if err := client.Do(ctx, command...).Err(); err != nil && !errors.Is(err, redis.Nil) {
			return "", fmt.Errorf("%v: %w", command[0], err)
		}
	}
	// A change together with its expiry is a transaction.
	_, err = client.TxPipelined(ctx, func(pipeline redis.Pipeliner) error {
		pipeline.Persist(ctx, key)
		pipeline.PExpireAt(ctx, key, time.Now().Add(time.Minute))
		pipeline.Del(ctx, key)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("multi: %w", err)
	}
	return key, nil
}

// commands are what the methods of each kind of keyspace send.
func commands(kind, key string) [][]any {
	switch kind {
	case "int":
		return [][]any{{"set", key, 1}, {"get", key}, {"incrby", key, 2}, {"decrby", key, 1}, {"mget", key}, {"getdel", key}}
	case "float":
		return [][]any{{"set", key, "1.5"}, {"get", key}, {"incrbyfloat", key, "0.5"}, {"getdel", key}}
	case "list":
		return [][]any{
			{"rpush", key, "a", "b"}, {"lpush", key, "c"}, {"lrange", key, 0, -1}, {"lindex", key, 0}, {"lset", key, 0, "d"}, {"linsert", key, "BEFORE", "a", "e"},
			{"llen", key}, {"lrem", key, 1, "e"}, {"ltrim", key, 0, 5}, {"lmove", key, key, "LEFT", "RIGHT"}, {"lpop", key}, {"rpop", key},
		}
	case "set":
		return [][]any{
			{"sadd", key, "a", "b", "c"}, {"smembers", key}, {"sismember", key, "a"}, {"scard", key}, {"srandmember", key}, {"srem", key, "a"}, {"spop", key},
		}
	case "struct":
		return [][]any{{"set", key, `{"User":"lab"}`}, {"get", key}, {"mget", key}, {"set", key, `{}`, "XX"}, {"getdel", key}}
	}
	return [][]any{
		{"set", key, "lab", "NX"}, {"get", key}, {"append", key, "s"}, {"getrange", key, 0, 1}, {"setrange", key, 0, "L"}, {"strlen", key}, {"mset", key, "x"}, {"getdel", key},
	}
}

// cluster is the client of a cluster, made when it is first used.
func (s *Set) cluster(name string) (*redis.Client, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if client, open := s.clusters[name]; open {
		return client, nil
	}
	cache, known := s.Config.Caches[name]
	if !known {
		return nil, fmt.Errorf("cache cluster %q: this process is not configured to use this cluster: %w", name, ErrNotConfigured)
	}
	client, err := NewRedis(cache)
	if err != nil {
		return nil, fmt.Errorf("cache cluster %q: %w", name, err)
	}
	s.clusters[name] = client
	return client, nil
}

// NewRedis is a client that sends nothing an application did not ask for, but for the login.
func NewRedis(cache infra.Cache) (*redis.Client, error) {
	if cache.TLS.Problem != nil {
		return nil, cache.TLS.Problem
	}
	host, _, err := net.SplitHostPort(cache.Address)
	if err != nil {
		return nil, err
	}
	return redis.NewClient(&redis.Options{
		Addr: cache.Address, Username: cache.User, Password: cache.Password, DB: cache.Index, TLSConfig: clientTLS(cache.TLS, host),
		PoolSize: cache.Max, MinIdleConns: cache.Min, Protocol: 2, DisableIdentity: true, MaxRetries: -1, DialTimeout: 5 * time.Second,
		DialerRetries:            1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}), nil
}
