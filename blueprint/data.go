package blueprint

// Server is a PostgreSQL server. Terraform makes the server; its databases, roles and privileges are made inside it, as they
// stand here.
type Server struct {
	// ID is that of its component.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Stack is the one that makes it, or stands for it, and Output what that stack calls it: an object with address, port,
	// ca_certificate and security_group_id, and master_secret_arn where the master user's password is in a secret we know.
	Stack  string `json:"stack"`
	Output string `json:"output"`
	Port   int    `json:"port"`
	// Engine is "postgres" for an instance of RDS and "aurora" for a cluster, Identifier what RDS calls it; both are "" for a server
	// that exists.
	Engine     string `json:"engine,omitempty"`
	Identifier string `json:"identifier,omitempty"`
	// EngineVersion is the major version of PostgreSQL, whose minor version AWS chooses, or a version in full that stays as it is.
	EngineVersion string `json:"engine_version,omitempty"`
	// InstanceClass is that of each of its Instances: one server, with a standby that has no name or without, or the writer and the
	// readers of a cluster.
	InstanceClass string `json:"instance_class,omitempty"`
	Instances     int    `json:"instances,omitempty"`
	// MasterSecret: the output has master_secret_arn.
	MasterSecret bool `json:"master_secret,omitempty"`
	// FinalSnapshot: one is taken when the server is destroyed, encrypted with the environment's key.
	FinalSnapshot bool `json:"final_snapshot,omitempty"`
	// DeletionProtection: AWS refuses to delete it.
	DeletionProtection bool `json:"deletion_protection,omitempty"`
	// Existing is nil for a server that is made.
	Existing *ExistingServer `json:"existing,omitempty"`
	// Databases and Roles are sorted by name.
	Databases []Database `json:"databases"`
	Roles     []Role     `json:"roles"`
}

// ExistingServer is where a server is that was there before.
type ExistingServer struct {
	Address         string `json:"address"`
	SecurityGroupID string `json:"security_group_id"`
	// MaxConnections are what all roles share.
	MaxConnections int `json:"max_connections"`
}

// Database is one database of a server. Nobody but its owner and those under Access has a right on it.
type Database struct {
	Name string `json:"name"`
	// Owner is the role that owns it, applies its migrations and makes the tables of a database that has some. Nothing logs in
	// as it.
	Owner string `json:"owner"`
	// Migrations is nil for a database without any.
	Migrations *Migrations `json:"migrations,omitempty"`
	// Access is who uses it, by role.
	Access []Grant `json:"access"`
}

// Migrations are the files that make the tables of a database.
type Migrations struct {
	// Folder is slash separated and relative to the application.
	Folder string `json:"folder"`
	// Tool is what wrote them: "" for SQL files as Encore numbers them, "prisma", "drizzle" or "drizzle/v1".
	Tool string `json:"tool,omitempty"`
	// Count is how many migrate up.
	Count int `json:"count"`
}

// Grant is what a role may do in a database: read and write all tables and sequences of the schema public, those of later
// migrations included.
type Grant struct {
	Role string `json:"role"`
	// Creates: the role also makes tables, which the other roles of the database use like all others. That is for containers
	// that bring no migrations.
	Creates bool `json:"creates,omitempty"`
	// Connections are how many one task is told to open to the database at most.
	Connections int `json:"connections"`
}

// Role is what one workload logs in as, on every server that it uses.
type Role struct {
	Name     string `json:"name"`
	Workload string `json:"workload"`
	// Secret is the name in Secrets Manager of the one that holds the password: its whole value.
	Secret string `json:"secret"`
	// Connections are how many all tasks of the workload open to the server, while a deployment runs twice the most of them.
	Connections int `json:"connections"`
}

// Cache is a replication group of ElastiCache.
type Cache struct {
	// ID is that of its component.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Group is the id of the replication group, Output what the platform stack calls it: an object with address, port,
	// security_group_id, user_names, user_secret_arns and activate_commands, which give the users their passwords.
	Group  string `json:"group"`
	Output string `json:"output"`
	// Engine is what ElastiCache calls what runs on nodes of NodeType, EngineVersion its major and minor version; AWS chooses the
	// patch.
	Engine        string `json:"engine,omitempty"`
	EngineVersion string `json:"engine_version,omitempty"`
	NodeType      string `json:"node_type,omitempty"`
	// Users are the workloads that have a user of their own in it, sorted. Users are made without a password.
	Users []string `json:"users,omitempty"`
	// FinalSnapshot: one is taken when the cache is destroyed, encrypted with the environment's key.
	FinalSnapshot bool `json:"final_snapshot,omitempty"`
}

// Topic is a topic of SNS with the queues of its subscriptions.
type Topic struct {
	// ID is that of its component.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Topic is its name in SNS.
	Topic string `json:"topic"`
	// FIFO: messages of a group arrive in order, and once.
	FIFO bool `json:"fifo,omitempty"`
	// ARN is that of a topic that exists, "" for one that is made; KeyARN is its owner's key.
	ARN    string `json:"arn,omitempty"`
	KeyARN string `json:"key_arn,omitempty"`
	// Subscriptions are sorted by name.
	Subscriptions []Subscription `json:"subscriptions,omitempty"`
}

// Subscription is a queue that takes the messages of a topic.
type Subscription struct {
	// ID is that of its component.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Queue is the name of its queue in SQS, DeadLetters that of the queue of messages that nobody could handle.
	Queue       string `json:"queue"`
	DeadLetters string `json:"dead_letters"`
	// FIFO: both queues are. Those of a topic that is FIFO can be either.
	FIFO bool `json:"fifo,omitempty"`
	// Workload is the name of the one that receives from it.
	Workload string `json:"workload,omitempty"`
}

// Bucket is a bucket of S3.
type Bucket struct {
	// ID is that of its component.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Bucket is its name in S3. Where the settings do not name the account, <account> stands for its id.
	Bucket    string `json:"bucket"`
	Versioned bool   `json:"versioned,omitempty"`
	// Shown: CloudFront shows its objects to everybody. PublicBaseURL is where those of a bucket that exists are seen.
	Shown         bool   `json:"shown,omitempty"`
	PublicBaseURL string `json:"public_base_url,omitempty"`
	// Uploads: clients upload to it by signed URLs. Scripts of web pages do where CORSOrigins has the page's.
	Uploads     bool     `json:"uploads,omitempty"`
	CORSOrigins []string `json:"cors_origins,omitempty"`
	// Existing: it was there before. The application's objects are under KeyPrefix, and KeyARN is its owner's key.
	Existing  bool   `json:"existing,omitempty"`
	KeyPrefix string `json:"key_prefix,omitempty"`
	KeyARN    string `json:"key_arn,omitempty"`
}

// How a secret gets its value.
const (
	// Value is whatever the application expects, pushed from outside.
	Value = "value"
	// Login is the name and the password for a registry, as JSON: {"username": "...", "password": "..."}.
	Login = "login"
	// Generated is drawn by Terraform when the secret is made, and never written again.
	Generated = "generated"
)

// Secret is a secret of Secrets Manager.
type Secret struct {
	// ID is that of its component; "" for the password of a cache's user, which is a part of its cache.
	ID string `json:"id,omitempty"`
	// Name is its name in Secrets Manager.
	Name string `json:"name"`
	// Fill is Value, Login or Generated.
	Fill string `json:"fill"`
	// RecoveryDays are how long it can be brought back once it is deleted, and its name stays taken; 0: it is gone at once.
	RecoveryDays int `json:"recovery_days,omitempty"`
	// NeededBy are the workloads that do not start without it, sorted.
	NeededBy []string `json:"needed_by,omitempty"`
}
