package generator

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/value"
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
		Args: []value.Field{kinds.Arg("required_version", value.String(terraformVersions))},
		Blocks: []emit.Block{
			{Type: "required_providers", Args: []value.Field{kinds.Arg("aws", value.Object(
				kinds.Arg("source", value.String("hashicorp/aws")),
				kinds.Arg("version", value.String(providerVersions)),
			))}},
			{Type: "backend", Labels: []string{backendType(s.Env)}, Args: backend(s.Env, stack)},
		},
	})
	s.Add("providers.tf", provider(s.Env, stack, s.Env.Region))
	if s.NorthVirginia {
		other := provider(s.Env, stack, "us-east-1")
		other.Args = append([]value.Field{kinds.Arg("alias", value.String("us_east_1"))}, other.Args...)
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
				Args: []value.Field{
					kinds.Arg("backend", value.String(backendType(s.Env))),
					kinds.Arg("config", value.Object(remoteState(s.Env, platformStack)...)),
				},
			},
			emit.Block{Type: "locals", Args: []value.Field{kinds.Arg("platform", value.Traversal("data.terraform_remote_state.platform.outputs"))}},
		)
	}
}

// sameAccount holds an environment to the account it was made in where the settings name none: with the credentials of another
// account a plan would find nothing of it and make all of it a second time. Neither engine looks at conditions when it destroys.
func sameAccount(s *kinds.Stack, stack string) {
	const account = "data.aws_caller_identity.current.account_id"
	identity := emit.Block{Type: "data", Labels: []string{"aws_caller_identity", "current"}}
	if stack != platformStack {
		identity.Comments = []string{"The services belong in the account of the platform"}
		identity.Blocks = []emit.Block{refuseUnless("self.account_id", "local.platform.account_id", "The credentials are for account ", "self.account_id", ", but the platform of this environment is in account ", "local.platform.account_id", ".")}
		s.Add("providers.tf", identity)
		return
	}
	// Everything else of the state is gone from a plan once the provider has looked for it in the wrong account; this is nowhere
	// but in the state.
	lifecycle := refuseUnless("self.output", account, "The credentials are for account ", account, ", but this environment was made in account ", "self.output", ".")
	lifecycle.Args = []value.Field{kinds.Arg("ignore_changes", value.List(value.Traversal("input")))}
	s.Add("providers.tf", identity, emit.Block{
		Type: "resource", Labels: []string{"terraform_data", "account"},
		Comments: []string{"The account of the first apply: with the credentials of another one a plan fails"},
		Args:     []value.Field{kinds.Arg("input", value.Traversal(account))},
		Blocks:   []emit.Block{lifecycle},
	})
	s.Output("account_id", "The account of the environment, which the services have to be in as well.", value.Traversal(account))
}

// refuseUnless is a lifecycle by which a plan fails unless two references are equal; message is as for value.Template.
func refuseUnless(one, other string, message ...string) emit.Block {
	return emit.Block{Type: "lifecycle", Blocks: []emit.Block{{Type: "postcondition", Args: []value.Field{
		kinds.Arg("condition", value.Equal(value.Traversal(one), value.Traversal(other))),
		kinds.Arg("error_message", value.Template(message...)),
	}}}}
}

// provider is AWS in one region: the account it may touch, and the tags of everything it makes.
func provider(env *environment.Environment, stack, region string) emit.Block {
	block := emit.Block{Type: "provider", Labels: []string{"aws"}, Args: []value.Field{kinds.Arg("region", value.String(region))}}
	if env.AccountID != "" {
		block.Args = append(block.Args, kinds.Arg("allowed_account_ids", value.Strings([]string{env.AccountID})))
	}
	// What is set here reaches everything that carries tags: tasks and snapshots get those of their service and server, and
	// schedules, which cannot carry any, stand in a group that does.
	tags := make([]value.Field, 0, len(environment.OwnTags)+len(env.Tags))
	own := map[string]string{"application": env.App, "environment": env.Name, "managed-by": "groundplan", "stack": stack}
	for _, key := range environment.OwnTags {
		tags = append(tags, kinds.Arg(key, value.String(own[key])))
	}
	for key, v := range env.Tags {
		tags = append(tags, kinds.Arg(key, value.String(v)))
	}
	block.Blocks = []emit.Block{{Type: "default_tags", Args: []value.Field{kinds.Arg("tags", value.Map(tags...))}}}
	return block
}

func backendType(env *environment.Environment) string {
	if env.State == nil {
		return "local"
	}
	return "s3"
}

// backend is where the state of a stack is kept: S3 with a lock file, or a file beside the code.
func backend(env *environment.Environment, stack string) []value.Field {
	if env.State == nil {
		return nil
	}
	return append(s3State(env, stack), kinds.Arg("encrypt", value.Bool(true)), kinds.Arg("use_lockfile", value.Bool(true)))
}

func remoteState(env *environment.Environment, stack string) []value.Field {
	if env.State == nil {
		return []value.Field{kinds.Arg("path", value.Template("", "path.module", fmt.Sprintf("/../%s/terraform.tfstate", stack)))}
	}
	return s3State(env, stack)
}

func s3State(env *environment.Environment, stack string) []value.Field {
	return []value.Field{
		kinds.Arg("bucket", value.String(env.State.Bucket)),
		kinds.Arg("key", value.String(env.State.KeyPrefix+"/"+stack+".tfstate")),
		kinds.Arg("region", value.String(env.State.Region)),
	}
}
