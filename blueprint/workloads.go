package blueprint

// Cluster is where workloads run: a cluster of ECS.
type Cluster struct {
	Name string `json:"name"`
	// Output is what the platform stack calls it.
	Output string `json:"output"`
	// Namespace is the private DNS zone in which workloads find each other.
	Namespace string `json:"namespace"`
}

// The kinds of workloads.
const (
	// Service answers on a port.
	Service = "service"
	// Gateway hosts the API gateway, and possibly services.
	Gateway = "gateway"
	// Worker listens on no port.
	Worker = "worker"
	// Job runs to its end when a schedule or a person starts it.
	Job = "job"
)

// Workload is what is deployed, scaled and watched by itself: a service of ECS with its task definition, or a task definition
// alone for a job.
type Workload struct {
	// ID is that of its component.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Kind is Service, Gateway, Worker or Job.
	Kind string `json:"kind"`
	// Public: requests from outside reach it by way of the load balancer.
	Public bool `json:"public,omitempty"`
	// Services are those of the application that it serves, sorted. AuthService is one more whose code a gateway runs for the
	// auth handler: what arrives for it goes elsewhere.
	Services    []string `json:"services,omitempty"`
	AuthService string   `json:"auth_service,omitempty"`
	// Unit is the name of the service in ECS, and of the family of its task definitions.
	Unit     string `json:"unit"`
	LogGroup string `json:"log_group"`
	// Failures is the queue of a job that says which runs failed and why.
	Failures string `json:"failures,omitempty"`
	// MinTasks and MaxTasks bound its scaling; a job has neither.
	MinTasks int `json:"min_tasks,omitempty"`
	MaxTasks int `json:"max_tasks,omitempty"`
	// CPUPercent and MemoryPercent are the average uses that the number of its tasks is steered towards; a job has neither.
	CPUPercent    int `json:"cpu_percent,omitempty"`
	MemoryPercent int `json:"memory_percent,omitempty"`
	// ScalesOn are the subscriptions, by id and sorted, in which MessagesPerTask may wait for each task before there are more.
	ScalesOn        []string `json:"scales_on,omitempty"`
	MessagesPerTask int      `json:"messages_per_task,omitempty"`
	// SpotPercent of its tasks above the first OnDemand run on capacity that AWS may take back at any time; 100 for the runs of a
	// job that does.
	SpotPercent int `json:"spot_percent,omitempty"`
	OnDemand    int `json:"on_demand,omitempty"`
	// Exec: sessions can be opened in its tasks.
	Exec bool `json:"exec,omitempty"`
	// Reaches are the components that it has a network path to, Uses those that it uses, both by id and sorted.
	Reaches []string `json:"reaches,omitempty"`
	Uses    []string `json:"uses,omitempty"`
}

// Image is an image that tasks run.
type Image struct {
	// Reference is an image that is fixed; "" for one in the environment's registry, deployed under TagPrefix and a tag.
	Reference string `json:"reference,omitempty"`
	TagPrefix string `json:"tag_prefix,omitempty"`
	// Private: it is in a private registry of ECR that is not the environment's own, whose policy has to let tasks pull.
	Private bool `json:"private,omitempty"`
	// Credentials is the name of the secret by which it is pulled.
	Credentials string `json:"credentials,omitempty"`
	// Architecture is "amd64" or "arm64", "" for an image that is not built here.
	Architecture string `json:"architecture,omitempty"`
	// Folder is where a container is built, relative to the application; "" where the folder is not known from its services.
	// An image of Encore's is built from the whole application.
	Folder string `json:"folder,omitempty"`
	// BuildConfig is the file that `encore build docker --config` is given, relative to the folder of the generated code; ""
	// for an image that needs none.
	BuildConfig string `json:"build_config,omitempty"`
	// Workloads are the names of those that run it, sorted; none for the helper image, which all of them run.
	Workloads []string `json:"workloads,omitempty"`
}

// Registry is the environment's own.
type Registry struct {
	// Name is that of its repository.
	Name string `json:"name"`
	// Output is what the platform stack calls it.
	Output string `json:"output"`
	// Keeps is how many images it keeps of each of TagPrefixes, and of all; 0 for every image that has a tag.
	Keeps       int      `json:"keeps,omitempty"`
	TagPrefixes []string `json:"tag_prefixes,omitempty"`
}

// Schedule is a cron job: it calls an endpoint of a workload, or starts a workload that is a job.
type Schedule struct {
	// ID is that of its component.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Label is what Terraform code calls it, and nothing else in the environment.
	Label string `json:"label"`
	// Workload is the name of what is called or started.
	Workload string `json:"workload,omitempty"`
	Starts   bool   `json:"starts,omitempty"`
	// Expressions are EventBridge Scheduler's; none for a schedule that never comes, for which nothing is made.
	Expressions []string `json:"expressions,omitempty"`
	TimeZone    string   `json:"time_zone,omitempty"`
	// Function is the Lambda function that calls the endpoint, LogGroup where it logs, DeadLetters the queue of runs that failed
	// for good; "" for a schedule that starts a job.
	Function    string `json:"function,omitempty"`
	LogGroup    string `json:"log_group,omitempty"`
	DeadLetters string `json:"dead_letters,omitempty"`
}
