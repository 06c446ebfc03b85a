// Package exercise is what the laboratory and the stand-in for Encore's runtime say to each other: orders to do what a
// service needs, or to try what it does not need, and the answers.
//
//	POST /lab/<service>/do          {"need": {"kind": "database", "name": "orders"}}
//	                                {"attempt": {"kind": "dial", "address": "10.0.32.5:5432"}}
//	GET  /lab/<service>/received    [{"subscription": "print-label", "topic": "order-placed", ...}]
//
// A container answers under every path that ends so, because a load balancer sends it only the paths it is public under; and at
// Address within its task, where it may listen nowhere else. There GET /lab/<service>/well says how it is.
package exercise

import "github.com/groundplan/groundplan/e2e/lab/needs"

// Gateway is the name by which a process that runs the gateway takes attempts of its own.
const Gateway = "api-gateway"

// Address is where containers take orders within their tasks.
const Address = "127.0.0.1:30303"

// RunVariable says what a run of a job does, where it does not do what the job needs and end: RunFails or RunHolds.
const (
	RunVariable = "LAB_RUN"
	RunFails    = "fail" // ends with FailureCode
	RunHolds    = "hold" // takes orders until it is told to stop
	FailureCode = 3
)

// Object is the key of an object that the laboratory puts into every bucket.
const Object = "lab-object"

// Order is the body of POST /lab/<service>/do: one of the two.
type Order struct {
	Need    *needs.Need `json:"need,omitempty"`
	Attempt *Attempt    `json:"attempt,omitempty"`
	// Text is what is published, written or stored, where something is; drawn at random without. A message is JSON with
	// the text in it: {"text": "...", "fail": true}.
	Text string `json:"text,omitempty"`
	// Fail asks whoever consumes the published message to fail.
	Fail bool `json:"fail,omitempty"`
	// Take is for how long whoever consumes the published message handles it, "2s" of the environment's own time.
	Take string `json:"take,omitempty"`
}

// Attempt is a thing that a service does not need, tried past its configuration with the rights of its process.
type Attempt struct {
	// Kind is dial, postgres, redis, aws or call.
	Kind string `json:"kind"`
	// Address is host:port; of a call the base URL of the process, "http://users.shop-production.internal:8080".
	Address string `json:"address,omitempty"`
	// User and Password log in; without a user the process's own login for Resource (a database or a cluster) is taken.
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	// Resource is the database or the cache cluster of the configuration whose server and login are used where Address and
	// User are empty.
	Resource string `json:"resource,omitempty"`
	// Database is the database to log in to, Statement what is asked there ("SELECT 1" without).
	Database  string `json:"database,omitempty"`
	Statement string `json:"statement,omitempty"`
	// Command is a command of Redis with its arguments.
	Command []string `json:"command,omitempty"`
	// Operation is a call of AWS, "sns:Publish"; Target the ARN, queue URL or bucket it is for, Key the object.
	Operation string `json:"operation,omitempty"`
	Target    string `json:"target,omitempty"`
	Key       string `json:"key,omitempty"`
	// Method and Path are of the endpoint that is called; Signed whether the call carries the process's service auth.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	Signed bool   `json:"signed,omitempty"`
	// TLS is whether Redis is spoken to over TLS; plaintext without.
	TLS bool `json:"tls,omitempty"`
}

// What became of an order.
const (
	Done    = "done"
	Refused = "refused" // how it was refused stands in Answer.How
	Failed  = "failed"  // a need that cannot be done, with the runtime's words in Answer.Detail; the status is 500
)

// Answer is what became of an order. An attempt is always answered 200.
type Answer struct {
	Result string `json:"result"`
	// How is one of: dns, timeout, connection refused, unreachable, tls, authentication, permission denied, WRONGPASS,
	// NOPERM, a code of AWS such as AccessDenied, a status of HTTP such as 401, not configured, error.
	How    string `json:"how,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Received is one message that was handled by the process that is asked.
type Received struct {
	Topic        string `json:"topic"`
	Subscription string `json:"subscription"`
	MessageID    string `json:"messageId"`
	Message      string `json:"message"`
	Attempt      int    `json:"attempt"` // from 1
	Failed       bool   `json:"failed"`
	Detail       string `json:"detail,omitempty"` // why it failed
}
