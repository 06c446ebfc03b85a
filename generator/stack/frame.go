package stack

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/value"
)

// The versions that the generated code works with: write-only arguments need Terraform and OpenTofu 1.11, and
// provider 7 may rename arguments.
const (
	terraformVersions = ">= 1.11"
	providerVersions  = ">= 5.100, < 7.0"
)

// Frame adds what every root module has: versions, state, provider, and the outputs of the stack it reads.
func (s *Stack) Frame() {
	s.Add("terraform.tf", emit.Block{
		Type: "terraform",
		Args: []value.Field{value.Arg("required_version", value.String(terraformVersions))},
		Blocks: []emit.Block{
			{Type: "required_providers", Args: []value.Field{value.Arg("aws", value.Object(
				value.Arg("source", value.String("hashicorp/aws")),
				value.Arg("version", value.String(providerVersions)),
			))}},
			{Type: "backend", Labels: []string{s.Settings.backend()}, Args: s.Settings.stateOf(s.Name)},
		},
	})
	s.Add("providers.tf", s.provider(s.Settings.Region))
	if s.NorthVirginia {
		other := s.provider("us-east-1")
		other.Args = append([]value.Field{value.Arg("alias", value.String("us_east_1"))}, other.Args...)
		other.Comments = []string{"For CloudFront, which takes certificates of this region alone"}
		s.Add("providers.tf", other)
	}
	if s.Settings.AccountID == "" {
		s.sameAccount()
	}
	if s.reads != nil {
		other := s.reads.Name
		s.Add(other+".tf",
			emit.Block{
				Type: "data", Labels: []string{"terraform_remote_state", other},
				Comments: []string{"What the " + other + " stack of this environment has made"},
				Args: []value.Field{
					value.Arg("backend", value.String(s.Settings.backend())),
					value.Arg("config", value.Object(s.Settings.remoteState(other)...)),
				},
			},
			emit.Block{Type: "locals", Args: []value.Field{value.Arg(other, value.Traversal("data.terraform_remote_state."+other+".outputs"))}},
		)
	}
}

// sameAccount holds an environment to the account it was made in where the settings name none: with the credentials of another
// account a plan would find nothing of it and make all of it a second time. Neither engine looks at conditions when it destroys.
func (s *Stack) sameAccount() {
	identity := emit.Block{Type: "data", Labels: []string{"aws_caller_identity", "current"}}
	if s.reads != nil {
		identity.Comments = []string{"The " + s.Name + " belong in the account of the " + s.reads.Name}
		own, others := value.Traversal("self.account_id"), value.Of(app.Account, "account_id")
		identity.Blocks = []emit.Block{refuseUnless(own, others, value.String("The credentials are for account "), own, value.String(", but the "+s.reads.Name+" of this environment is in account "), others, value.String("."))}
		s.Add("providers.tf", identity)
		return
	}
	// Everything else of the state is gone from a plan once the provider has looked for it in the wrong account; this is nowhere
	// but in the state.
	s.Found(app.Account, "identity", "The account of the environment, which all of its stacks have to be in.", "data.aws_caller_identity.current")
	own, first := value.Of(app.Account, "account_id"), value.Traversal("self.output")
	lifecycle := refuseUnless(first, own, value.String("The credentials are for account "), own, value.String(", but this environment was made in account "), first, value.String("."))
	lifecycle.Args = []value.Field{value.Arg("ignore_changes", value.List(value.Traversal("input")))}
	s.Add("providers.tf", identity, emit.Block{
		Type: "resource", Labels: []string{"terraform_data", "account"},
		Comments: []string{"The account of the first apply: with the credentials of another one a plan fails"},
		Args:     []value.Field{value.Arg("input", own)},
		Blocks:   []emit.Block{lifecycle},
	})
}

// refuseUnless is a lifecycle by which a plan fails with a message unless two values are equal.
func refuseUnless(one, other value.Value, message ...value.Value) emit.Block {
	return emit.Block{Type: "lifecycle", Blocks: []emit.Block{{Type: "postcondition", Args: []value.Field{
		value.Arg("condition", value.Equal(one, other)),
		value.Arg("error_message", value.Join(message...)),
	}}}}
}

// provider is AWS in one region: the account it may touch, and the tags of everything it makes.
func (s *Stack) provider(region string) emit.Block {
	block := emit.Block{Type: "provider", Labels: []string{"aws"}, Args: []value.Field{value.Arg("region", value.String(region))}}
	if s.Settings.AccountID != "" {
		block.Args = append(block.Args, value.Arg("allowed_account_ids", value.Strings([]string{s.Settings.AccountID})))
	}
	// What is set here reaches everything that carries tags: tasks and snapshots get those of their service and server, and
	// schedules, which cannot carry any, stand in a group that does.
	tags := []value.Field{value.Arg("stack", value.String(s.Name))}
	for key, v := range s.Settings.Tags {
		tags = append(tags, value.Arg(key, value.String(v)))
	}
	block.Blocks = []emit.Block{{Type: "default_tags", Args: []value.Field{value.Arg("tags", value.Map(tags...))}}}
	return block
}

func (s Settings) backend() string {
	if s.State == nil {
		return "local"
	}
	return "s3"
}

// stateOf is where the state of a stack is kept: S3 with a lock file, or a file beside the code.
func (s Settings) stateOf(stack string) []value.Field {
	if s.State == nil {
		return nil
	}
	fields := append(s.s3State(stack), value.Arg("encrypt", value.Bool(true)))
	if s.State.KeyARN != "" {
		// Without it the engine asks for S3's own key, whatever the default there is.
		fields = append(fields, value.Arg("kms_key_id", value.String(s.State.KeyARN)))
	}
	return append(fields, value.Arg("use_lockfile", value.Bool(true)))
}

// remoteState is where another stack finds the state of this one.
func (s Settings) remoteState(stack string) []value.Field {
	if s.State == nil {
		return []value.Field{value.Arg("path", value.Join(value.Traversal("path.module"), value.String(fmt.Sprintf("/../%s/terraform.tfstate", stack))))}
	}
	return s.s3State(stack)
}

func (s Settings) s3State(stack string) []value.Field {
	var fields []value.Field
	for _, argument := range s.State.Arguments(stack) {
		fields = append(fields, value.Arg(argument[0], value.String(argument[1])))
	}
	return fields
}
