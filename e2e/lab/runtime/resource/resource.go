// Package resource does what the code of an application does with its databases, caches, topics, buckets and metrics: the
// way Encore's runtimes do it, and through the configuration of the process alone.
package resource

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

// ErrNotConfigured is what a need ends with that the configuration of the process says nothing about.
var ErrNotConfigured = errors.New("not configured")

// Options say whose resources are used.
type Options struct {
	App    *needs.Needs
	Config *infra.Config
	Speed  float64 // by which every duration is divided
	// Variables are the process's, for what the SDK of AWS does not read by itself: the metadata of the task.
	Variables map[string]string
	// Call calls an endpoint, "users.Get", for a service.
	Call func(ctx context.Context, caller, endpoint string) (string, error)
	Log  *log.Logger
}

// Set is what a process has opened.
type Set struct {
	Options
	instance string // of this process, in group ids
	aws      aws.Config

	lock     sync.Mutex
	pools    map[string]*pgxpool.Pool
	clusters map[string]*redis.Client
	received []handledMessage
	counters map[metricSeries]float64
}

// handledMessage is a message that was handled, by a service.
type handledMessage struct {
	service string
	exercise.Received
}

// Open makes a set. Go asks for the attributes of every topic, and panics where it may not.
func Open(ctx context.Context, options Options) (*Set, error) {
	loaded, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("the configuration of AWS: %w", err)
	}
	set := &Set{
		Options: options, aws: loaded, instance: random(),
		pools: map[string]*pgxpool.Pool{}, clusters: map[string]*redis.Client{}, counters: map[metricSeries]float64{},
	}
	if options.App.Language == needs.Go {
		return set, set.lookUpTopics(ctx)
	}
	return set, nil
}

// Close closes what is open.
func (s *Set) Close() {
	s.lock.Lock()
	defer s.lock.Unlock()
	for _, pool := range s.pools {
		pool.Close()
	}
	for _, cluster := range s.clusters {
		if err := cluster.Close(); err != nil {
			s.Log.Printf("closing a cache: %v", err)
		}
	}
}

// Scenario is what a need is done with.
type Scenario struct {
	Text string // drawn at random without
	Fail bool   // whoever consumes what is published is to fail
	Take string // or to take so long, "2s"
	// Ordered reports whether the laboratory asked for the need: metrics are then sent at once, so that it sees them refused.
	Ordered bool
	// Request reports whether it is done within a request: not within the handler of a message.
	Request bool
}

// Do does one need of a service and returns what came of it. It gives up after ten seconds.
func (s *Set) Do(ctx context.Context, service *needs.Service, need needs.Need, scenario Scenario) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if scenario.Text == "" {
		scenario.Text = random()
	}
	switch need.Kind {
	case "database":
		return s.useDatabase(ctx, need.Name)
	case "cache":
		return s.useCache(ctx, service, need, scenario.Text)
	case "topic":
		return s.publish(ctx, need.Name, scenario)
	case "bucket":
		return s.useBucket(ctx, need.Name, need.Detail, scenario.Text)
	case "secret":
		return s.readSecret(need.Name)
	case "metric":
		return s.count(ctx, service.Name, need.Name, scenario)
	case "call":
		return s.Call(ctx, service.Name, need.Name)
	}
	return "", fmt.Errorf("no need is a %q", need.Kind)
}

// All does several needs, one after the other, and stops at the first that cannot be done.
func (s *Set) All(ctx context.Context, service *needs.Service, list []needs.Need, scenario Scenario) ([]string, error) {
	done := []string{}
	for _, need := range list {
		detail, err := s.Do(ctx, service, need, scenario)
		if err != nil {
			return done, fmt.Errorf("%s: %w", need, err)
		}
		done = append(done, need.String()+": "+detail)
	}
	return done, nil
}

// readSecret returns the beginning of the value's hash, by which it is told from another one.
func (s *Set) readSecret(name string) (string, error) {
	value, set := s.Config.Secrets[name]
	if !set {
		return "", fmt.Errorf("secret %q is not set: %w", name, ErrNotConfigured)
	}
	sum := sha256.Sum256([]byte(value))
	return fmt.Sprintf("%d bytes, sha256 %s", len(value), hex.EncodeToString(sum[:4])), nil
}

// scaled is a duration at the speed of the laboratory.
func (s *Set) scaled(duration time.Duration) time.Duration {
	return time.Duration(float64(duration) / s.Speed)
}

// whole is a duration in the whole seconds that AWS takes, at the speed of the laboratory: at least one.
func (s *Set) whole(duration time.Duration) int32 {
	return int32(max(1, min(s.scaled(duration), 12*time.Hour).Seconds()))
}

// fill puts values in the place of a pattern's or a path's parameters.
func fill(pattern, text string) string {
	segments := strings.Split(pattern, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, ":") {
			segments[i] = text
		}
	}
	return strings.Join(segments, "/")
}
