// Package encore and those below it have the shapes of Encore's public API, as its documentation gives them, and nothing
// behind them: fixtures are compiled against them and never run.
package encore

import (
	"net/http"
	"net/url"
	"reflect"
	"time"
)

func Meta() *AppMetadata       { panic("shape only") }
func CurrentRequest() *Request { panic("shape only") }

type AppMetadata struct {
	AppID       string
	APIBaseURL  url.URL
	Environment EnvironmentMeta
	Build       BuildMeta
	Deploy      DeployMeta
}

type EnvironmentMeta struct {
	Name  string
	Type  EnvironmentType
	Cloud CloudProvider
}

type BuildMeta struct {
	Revision           string
	UncommittedChanges bool
}

type DeployMeta struct {
	ID   string
	Time time.Time
}

type (
	EnvironmentType string
	CloudProvider   string
	RequestType     string
	Tags            []string
	PathParams      []PathParam
)

const (
	EnvProduction  EnvironmentType = "production"
	EnvDevelopment EnvironmentType = "development"
	EnvEphemeral   EnvironmentType = "ephemeral"
	EnvLocal       EnvironmentType = "local"
	EnvTest        EnvironmentType = "test"

	CloudAWS    CloudProvider = "aws"
	CloudGCP    CloudProvider = "gcp"
	CloudAzure  CloudProvider = "azure"
	EncoreCloud CloudProvider = "encore"
	CloudLocal  CloudProvider = "local"

	None          RequestType = "none"
	APICall       RequestType = "api-call"
	PubSubMessage RequestType = "pubsub-message"
)

type Request struct {
	Type               RequestType
	Started            time.Time
	Trace              *TraceData
	API                *APIDesc
	Service            string
	Endpoint           string
	Path               string
	PathParams         PathParams
	Method             string
	Headers            http.Header
	Message            *MessageData
	Payload            any
	CronIdempotencyKey string
}

type APIDesc struct {
	RequestType, ResponseType  reflect.Type
	Raw, Exposed, AuthRequired bool
	Tags                       Tags
}

type TraceData struct {
	TraceID, SpanID, ParentTraceID, ParentSpanID, ExtCorrelationID string
	Recorded                                                       bool
}

type MessageData struct {
	Service, Topic, Subscription, ID string
	Published                        time.Time
	DeliveryAttempt                  int
}

type PathParam struct{ Name, Value string }

func (PathParams) Get(name string) string { panic("shape only") }
func (Tags) Has(tag string) bool          { panic("shape only") }
