// Package blueprint is what stands in infra/, as data: everything that those who run the generated code have to know of it,
// which are the drivers (terraform, databases, Kubernetes, calls of AWS) and the guide that people read.
//
// It imports nothing of ours and reads nothing: the generator fills it in, and the lock keeps it with the code that it is
// about. What is named on AWS is named in full, so that nobody who reads it has to know how names are made; where a list
// has an order that means something, its field says which. A field that is empty means "there is none", unless its comment
// says otherwise.
package blueprint

// Version is the shape of a Blueprint as the lock keeps it. It changes when an older program could misread it.
const Version = 2

// The runtimes of an application.
const (
	EncoreGo         = "encore-go"
	EncoreTypeScript = "encore-typescript"
	// Container is no runtime of Encore's: every service is a plain container.
	Container = "container"
)

// Blueprint is all that stands in one folder of generated code.
type Blueprint struct {
	Version int `json:"version"`
	// App is the application's name. It is kept when nothing but the folder names the application.
	App string `json:"app"`
	// Runtime is EncoreGo, EncoreTypeScript or Container: it decides how images are built.
	Runtime string `json:"runtime,omitempty"`
	// HelperImage is the published image that tasks run beside the application's where an environment names no copy of it.
	HelperImage string `json:"helper_image,omitempty"`
	// Files maps every file that was generated, slash separated and relative to the folder, to the SHA-256 of its content.
	Files map[string]string `json:"files"`
	// Modules maps each vendored module to a hash over its files.
	Modules map[string]string `json:"modules"`
	// Environments are in the order of groundplan.hcl.
	Environments []Environment `json:"environments,omitempty"`
}

// Environment is one deployment of the application.
type Environment struct {
	Name string `json:"name"`
	// Type is what Encore calls env_type: production, development, ephemeral or test.
	Type   string `json:"type"`
	Region string `json:"region"`
	// AccountID has 12 digits; "" when the settings name no account, and the first apply decides.
	AccountID string `json:"account_id,omitempty"`
	// Prefix begins the names on AWS of what the environment has one of, and of most else.
	Prefix string `json:"prefix"`
	// Domain is the name under which the application answers. Without one the load balancer is internal and speaks HTTP.
	Domain string `json:"domain,omitempty"`
	// DeletionProtection: AWS refuses to delete database servers, load balancers with a domain, registries and buckets that are
	// not empty.
	DeletionProtection bool `json:"deletion_protection,omitempty"`
	LogRetentionDays   int  `json:"log_retention_days"`
	// HelperImage is the image that tasks run beside the application's.
	HelperImage string `json:"helper_image"`

	// Stacks are in the order in which they are applied. They are destroyed the other way round.
	Stacks []Stack `json:"stacks"`
	// LoadBalancer is nil where nothing is reached from outside.
	LoadBalancer *LoadBalancer `json:"load_balancer,omitempty"`
	Network      Network       `json:"network"`
	Key          Key           `json:"key"`
	Cluster      Cluster       `json:"cluster"`
	Registry     Registry      `json:"registry"`
	// Images are what tasks run, by reference and tag prefix.
	Images []Image `json:"images"`
	// Workloads are sorted by name.
	Workloads []Workload `json:"workloads"`
	// Schedules, Servers, Caches, Topics and Buckets are sorted by name.
	Schedules []Schedule `json:"schedules,omitempty"`
	Servers   []Server   `json:"servers,omitempty"`
	Caches    []Cache    `json:"caches,omitempty"`
	Topics    []Topic    `json:"topics,omitempty"`
	Buckets   []Bucket   `json:"buckets,omitempty"`
	// Secrets are first those of the application by name, then those of the environment.
	Secrets []Secret `json:"secrets,omitempty"`
	// Domains are the names that the environment answers to, Domain first; Zones hold their records, those that everybody
	// resolves first, and Certificates cover them.
	Domains      []Domain      `json:"domains,omitempty"`
	Zones        []Zone        `json:"zones,omitempty"`
	Certificates []Certificate `json:"certificates,omitempty"`
	Access       Access        `json:"access"`
	// Quotas are what the environment takes of what AWS limits, in the order of AWS's services. The lock leaves them out: they
	// follow from the rest, and every one of them would change with a service more.
	Quotas []Quota `json:"-"`
}

// The stacks of an environment, by the name of their folder. A service cannot start before its image, its database and its
// cluster exist, so there are two, each with a state of its own.
const (
	Platform = "platform"
	Services = "services"
)

// Stack is one root module of Terraform code.
type Stack struct {
	Name string `json:"name"`
	// Folder is slash separated and relative to the folder of the generated code.
	Folder  string  `json:"folder"`
	Backend Backend `json:"backend"`
	// Variables are what a plan has to be given: none has a default.
	Variables []Variable `json:"variables,omitempty"`
	// Components are sorted by id.
	Components []Component `json:"components"`
	// Outputs are sorted by name.
	Outputs []Output `json:"outputs,omitempty"`
}

// Output is a value that a stack hands out once it is applied.
type Output struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	// Component is the id of the component that it hands on, "" for one that is of no component. Attributes are what is handed on of
	// it, or of the account, sorted; an output without any is for people.
	Component  string   `json:"component,omitempty"`
	Attributes []string `json:"attributes,omitempty"`
}

// Backend is where the state of a stack is: in an S3 bucket, which locks by a file beside it, or in a local file.
type Backend struct {
	Bucket string `json:"bucket,omitempty"`
	Key    string `json:"key,omitempty"`
	// Region is the bucket's, and KeyARN the KMS key that encrypts the state there, "" for S3's own key.
	Region string `json:"region,omitempty"`
	KeyARN string `json:"key_arn,omitempty"`
	// Path is the file, relative to the stack's folder; "" for a state in S3.
	Path string `json:"path,omitempty"`
}

// ImageTag is the variable of the services stack that names what is deployed. The stack lacks it where every image is fixed.
const ImageTag = "image_tag"

// URL is the output of the services stack that says where the application answers. The stack lacks it where nothing is reached
// from outside.
const URL = "url"

// Jobs is the output of the services stack that has a command for each job, by name of its workload. The stack lacks it where
// there are no jobs.
const Jobs = "jobs"

// Variable is an input of a stack, a string.
type Variable struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// Component is a thing of the application, or of its environment, that a stack makes or refers to.
type Component struct {
	// ID is unique in an environment: "bucket avatars", "subscription book of topic order-placed", "process users", "network".
	ID string `json:"id"`
	// Noun is what people call one: "database server", "cron job", "worker".
	Noun string `json:"noun"`
	// Address is that of its module call, without what is in the module. A database shares it with its server, and a schedule
	// with the job that it starts. For what exists it is the local value that stands for it.
	Address string `json:"address"`
	// DeclaredIn is the file that declares it, relative to the application; "" for what no declaration names.
	DeclaredIn string `json:"declared_in,omitempty"`
	// HoldsData: when it is destroyed or replaced, data is lost, or everything that stands in it or was encrypted with it.
	HoldsData bool `json:"holds_data,omitempty"`
	// Existing: it was there before, and no stack makes, changes or destroys it.
	Existing bool `json:"existing,omitempty"`
	// LogGroups and Alarms are the names in CloudWatch of those that are made with it, sorted; they are said of one component of
	// each call.
	LogGroups []string `json:"log_groups,omitempty"`
	Alarms    []string `json:"alarms,omitempty"`
}

// Component is the component of that id, in whichever stack it is; nil when there is none.
func (e *Environment) Component(id string) *Component {
	for i := range e.Stacks {
		for j := range e.Stacks[i].Components {
			if e.Stacks[i].Components[j].ID == id {
				return &e.Stacks[i].Components[j]
			}
		}
	}
	return nil
}

// Stack is the stack of that name, nil when the environment has none.
func (e *Environment) Stack(name string) *Stack {
	for i := range e.Stacks {
		if e.Stacks[i].Name == name {
			return &e.Stacks[i]
		}
	}
	return nil
}

// Environment is the environment of that name, nil when there is none.
func (b *Blueprint) Environment(name string) *Environment {
	for i := range b.Environments {
		if b.Environments[i].Name == name {
			return &b.Environments[i]
		}
	}
	return nil
}

// Addresses are the addresses of what stacks make, by folder and id.
func (b *Blueprint) Addresses() map[string]map[string]string {
	all := map[string]map[string]string{}
	for i := range b.Environments {
		for _, stack := range b.Environments[i].Stacks {
			addresses := make(map[string]string, len(stack.Components))
			for _, component := range stack.Components {
				if !component.Existing {
					addresses[component.ID] = component.Address
				}
			}
			all[stack.Folder] = addresses
		}
	}
	return all
}
