package app

// What an environment has beside the resources of the application, each under an id of its own.
var (
	// Account is the account of AWS that the environment is in.
	Account       = ID{Kind: "account"}
	Network       = ID{Kind: "network"}
	EncryptionKey = ID{Kind: "encryption key"}
	Registry      = ID{Kind: "registry"}
	Cluster       = ID{Kind: "cluster"}
	LoadBalancer  = ID{Kind: "load balancer"}
	// ServiceAuthKey is the secret with which processes sign their calls to each other.
	ServiceAuthKey = ID{Kind: "service auth key"}
	// MetricsSecret is what the destination of metrics asks for.
	MetricsSecret = ID{Kind: "metrics secret"}
	// AccessLogs is the bucket that takes the logs of requests to the others.
	AccessLogs = ID{Kind: "access logs"}
)

// Kinds of which an environment has several, told apart by names.
const (
	ProcessKind        = "process"
	ServiceKind        = "service"
	DatabaseServerKind = "database server"
	databaseRoleKind   = "database role"
	cdnKind            = "cdn"
)

// kindsOfWords are the kinds whose names hold spaces.
var kindsOfWords = []string{
	EncryptionKey.Kind, LoadBalancer.Kind, ServiceAuthKey.Kind, MetricsSecret.Kind, AccessLogs.Kind, DatabaseServerKind, databaseRoleKind,
}

// ProcessID names a process.
func ProcessID(process string) ID { return ID{Kind: ProcessKind, Name: process} }

// ServiceID names a service.
func ServiceID(service string) ID { return ID{Kind: ServiceKind, Name: service} }

// DatabaseServerID names a database server of the settings.
func DatabaseServerID(server string) ID { return ID{Kind: DatabaseServerKind, Name: server} }

// DatabaseRoleID names the password of a role that a process logs in as.
func DatabaseRoleID(role string) ID { return ID{Kind: databaseRoleKind, Name: role} }

// CDNID names what shows a bucket to the world.
func CDNID(bucket string) ID { return ID{Kind: cdnKind, Name: bucket} }
