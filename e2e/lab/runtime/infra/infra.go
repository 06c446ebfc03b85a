// Package infra is what a process of the laboratory is told: the infra config as Encore's Go runtime or its TypeScript
// runtime reads it, each with its own traps, or the environment variables of a plain container.
package infra

import (
	"crypto/x509"
	"fmt"
	"maps"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// Config is what a process may use, by the names the application knows.
type Config struct {
	Application, Environment string // metadata.app_id, metadata.env_name
	Cloud                    string // metadata.cloud
	Address                  string // where to listen, ":8080"; empty for a container that listens nowhere
	Services                 map[string]bool
	Gateway                  bool
	Keys                     []encoreauth.Key
	Discovery                map[string]Peer
	Databases                map[string]Database
	Caches                   map[string]Cache
	Topics                   map[string]Topic
	Buckets                  map[string]Bucket
	Secrets                  map[string]string
	Metrics                  *Metrics
	// UsedMetrics are the services of each metric, in TypeScript.
	UsedMetrics map[string][]string
	Shutdown    Shutdown
}

// Peer is another service. Keys are those of its own entry, or of all; Go ignores the former.
type Peer struct {
	URL  string
	Keys []encoreauth.Key
}

// Database is a database on a server.
type Database struct {
	Address, Name, User, Password string
	Max, Min                      int
	TLS                           TLS
}

// Cache is a cluster of Redis.
type Cache struct {
	Address, User, Password string
	Index                   int
	Prefix                  string // of keys
	Max, Min                int
	TLS                     TLS
}

// Topic is a topic with the queues of subscriptions.
type Topic struct {
	ARN    string
	Queues map[string]string // URLs by the name of the subscription
}

// Bucket is a bucket. AccessKey is empty where the process's role decides.
type Bucket struct {
	Name, Region, Endpoint, Prefix, PublicURL string
	AccessKey, SecretKey                      string
}

// Metrics say where metrics go.
type Metrics struct {
	Type, Namespace string
	Interval        time.Duration
}

// Shutdown are the settings of a graceful shutdown. A nil Total is not written.
type Shutdown struct {
	Total, Handlers *time.Duration
	Grace           time.Duration // ENCORE_K8S_GRACE_TERMINATION_SECONDS, 0 without
}

// TLS is how a server is spoken to.
type TLS struct {
	Mode Mode
	// Roots are trusted; nil are the system's.
	Roots *x509.CertPool
	// Problem is why no connection can be made, as the runtime finds when it makes one.
	Problem error
}

// Mode of TLS.
type Mode int

const (
	Plain          Mode = iota
	Prefer              // TLS, unverified, and plaintext where that fails
	PreferVerified      // TLS, verified, and plaintext where the server has none
	VerifyCA            // TLS, verified but for the host name
	VerifyFull          // TLS, verified
	Unverified          // TLS, unverified
)

// StartError is why a process ends before it serves anything.
type StartError struct {
	Code int // what it exits with: 2 a panic in Go, 101 a panic in Rust, 1 an error
	Text string
}

func (f *StartError) Error() string { return f.Text }

// Exit codes.
const (
	CodeError     = 1
	CodePanic     = 2
	CodeRustPanic = 101
)

// Environment is where a process looks for its variables.
type Environment struct {
	Variables map[string]string
	// Roots read what a runtime is told to trust; see Authorities.
	Roots Authorities
}

// Read is what the process of an application is told, or a *StartError.
func Read(app *needs.Needs, environment Environment) (*Config, error) {
	// The real environment stays as it is for the caller.
	environment.Variables = maps.Clone(environment.Variables)
	var config *Config
	var err error
	switch app.Language {
	case needs.Go:
		config, err = readGo(app, environment)
	case needs.TypeScript:
		config, err = readTypeScript(app, environment)
	case needs.Container:
		config, err = readContainer(app, environment)
	default:
		err = &StartError{CodeError, fmt.Sprintf("no runtime for language %q", app.Language)}
	}
	if err != nil {
		return nil, err
	}
	return config, nil
}

func newConfig() *Config {
	return &Config{
		Services: map[string]bool{}, Discovery: map[string]Peer{}, Databases: map[string]Database{}, Caches: map[string]Cache{},
		Topics: map[string]Topic{}, Buckets: map[string]Bucket{}, Secrets: map[string]string{}, UsedMetrics: map[string][]string{},
	}
}
