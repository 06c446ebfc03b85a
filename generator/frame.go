package generator

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

// The versions that the generated code works with: write-only arguments need Terraform and OpenTofu 1.11, and
// provider 7 may rename arguments.
const (
	terraformVersions = ">= 1.11"
	providerVersions  = ">= 5.100, < 7.0"
)

// frame adds what every root module has: versions, state, provider, and for the services the platform's outputs.
func frame(s *kinds.Stack, stack string) {
	s.Add("terraform.tf", emit.Block{
		Type: "terraform",
		Args: []emit.Arg{kinds.Arg("required_version", emit.String(terraformVersions))},
		Blocks: []emit.Block{
			{Type: "required_providers", Args: []emit.Arg{kinds.Arg("aws", emit.Object(
				kinds.Arg("source", emit.String("hashicorp/aws")),
				kinds.Arg("version", emit.String(providerVersions)),
			))}},
			{Type: "backend", Labels: []string{backendType(s.Env)}, Args: backend(s.Env, stack)},
		},
	})
	s.Add("providers.tf", provider(s.Env, stack, s.Env.Region))
	if s.NorthVirginia {
		other := provider(s.Env, stack, "us-east-1")
		other.Args = append([]emit.Arg{kinds.Arg("alias", emit.String("us_east_1"))}, other.Args...)
		other.Comments = []string{"For CloudFront, which takes certificates of this region alone"}
		s.Add("providers.tf", other)
	}
	if s.Env.AccountID == "" {
		sameAccount(s, stack)
	}
	if stack != platformStack {
		s.Add("platform.tf",
			emit.Block{
				Type: "data", Labels: []string{"terraform_remote_state", "platform"},
				Comments: []string{"What the platform stack of this environment has made"},
				Args: []emit.Arg{
					kinds.Arg("backend", emit.String(backendType(s.Env))),
					kinds.Arg("config", emit.Object(remoteState(s.Env, platformStack)...)),
				},
			},
			emit.Block{Type: "locals", Args: []emit.Arg{kinds.Arg("platform", emit.Ref("data.terraform_remote_state.platform.outputs"))}},
		)
	}
}

// sameAccount holds the services to the account of their platform where the settings name none: with the credentials of
// another account the plan would make a second environment there, around the outputs of this one.
func sameAccount(s *kinds.Stack, stack string) {
	const account = "data.aws_caller_identity.current.account_id"
	identity := emit.Block{Type: "data", Labels: []string{"aws_caller_identity", "current"}}
	if stack == platformStack {
		identity.Comments = []string{"The account that is meant: the settings of the environment name none"}
		s.Output("account_id", "The account of the environment, which the services have to be in as well.", emit.Ref(account))
	} else {
		identity.Comments = []string{"The services belong in the account of the platform"}
		identity.Blocks = []emit.Block{{Type: "lifecycle", Blocks: []emit.Block{{Type: "postcondition", Args: []emit.Arg{
			kinds.Arg("condition", emit.Equal("self.account_id", "local.platform.account_id")),
			kinds.Arg("error_message", emit.Template("The credentials are for account ", "self.account_id", ", but the platform of this environment is in account ", "local.platform.account_id", ".")),
		}}}}}
	}
	s.Add("providers.tf", identity)
}

// provider is AWS in one region: the account it may touch, and the tags of everything it makes.
func provider(env *environment.Environment, stack, region string) emit.Block {
	block := emit.Block{Type: "provider", Labels: []string{"aws"}, Args: []emit.Arg{kinds.Arg("region", emit.String(region))}}
	if env.AccountID != "" {
		block.Args = append(block.Args, kinds.Arg("allowed_account_ids", emit.Strings([]string{env.AccountID})))
	}
	// What is set here reaches everything that carries tags: tasks and snapshots get those of their service and server, and
	// schedules, which cannot carry any, stand in a group that does.
	tags := make([]emit.Arg, 0, len(environment.OwnTags)+len(env.Tags))
	own := map[string]string{"application": env.App, "environment": env.Name, "managed-by": "groundplan", "stack": stack}
	for _, key := range environment.OwnTags {
		tags = append(tags, kinds.Arg(key, emit.String(own[key])))
	}
	for key, value := range env.Tags {
		tags = append(tags, kinds.Arg(key, emit.String(value)))
	}
	block.Blocks = []emit.Block{{Type: "default_tags", Args: []emit.Arg{kinds.Arg("tags", emit.Map(tags...))}}}
	return block
}

func backendType(env *environment.Environment) string {
	if env.State == nil {
		return "local"
	}
	return "s3"
}

// backend is where the state of a stack is kept: S3 with a lock file, or a file beside the code.
func backend(env *environment.Environment, stack string) []emit.Arg {
	if env.State == nil {
		return nil
	}
	return append(s3State(env, stack), kinds.Arg("encrypt", emit.Bool(true)), kinds.Arg("use_lockfile", emit.Bool(true)))
}

func remoteState(env *environment.Environment, stack string) []emit.Arg {
	if env.State == nil {
		return []emit.Arg{kinds.Arg("path", emit.Template("", "path.module", fmt.Sprintf("/../%s/terraform.tfstate", stack)))}
	}
	return s3State(env, stack)
}

func s3State(env *environment.Environment, stack string) []emit.Arg {
	return []emit.Arg{
		kinds.Arg("bucket", emit.String(env.State.Bucket)),
		kinds.Arg("key", emit.String(env.State.KeyPrefix+"/"+stack+".tfstate")),
		kinds.Arg("region", emit.String(env.State.Region)),
	}
}
