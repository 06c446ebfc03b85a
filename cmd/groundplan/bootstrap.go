package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/output"
	"github.com/groundplan/groundplan/terraform/backend"
)

const bootstrapHelp = `groundplan bootstrap makes the S3 bucket for the terraform state of an environment, or mends one that is there.

usage: groundplan bootstrap [--app DIR] [--meta FILE] [--out DIR] [--env NAME] [--bucket NAME] [--region REGION]
                            [--kms-key ARN] [--yes]

flags:
  --app DIR        folder of the application (default: this folder)
  --meta FILE      read what encore debug meta -f json printed, not the source; - for standard input
  --out DIR        folder of the generated code (default: infra in the application's folder)
  --env NAME       environment of groundplan.hcl (default: the only one)
  --bucket NAME    bucket to make or to use (default: <app>-<environment>-state-<account>)
  --region REGION  region to make it in (default: the environment's)
  --kms-key ARN    KMS key that encrypts the states (default: S3's own key)
  --yes            do not ask

The bucket is encrypted and versioned, refuses requests without TLS, blocks public access, and belongs to
the account of the environment. It says what it will make or change before it asks. A bucket that is
already what it should be stays as it is. Several environments and applications can share one: each has a
folder of its own in it.

Where groundplan.hcl names no bucket, a state block is written into it, and groundplan generate brings it
into the code. Without a bucket, terraform keeps its states in local files beside the code: good enough to
try things out, by one person, on one machine.

example:
  $ groundplan bootstrap --env production
  $ groundplan generate
`

func bootstrapVerb() *cli.Command {
	return &cli.Command{
		Name:               "bootstrap",
		CustomHelpTemplate: bootstrapHelp,
		Action:             bootstrap,
		Flags: targetFlags(
			&cli.StringFlag{Name: "meta"},
			&cli.StringFlag{Name: "bucket"},
			&cli.StringFlag{Name: "region"},
			&cli.StringFlag{Name: "kms-key"},
			&cli.BoolFlag{Name: "yes"},
		),
	}
}

// storage is what bootstrap finds out before it changes anything.
type storage struct {
	printer     *printer
	root, out   string
	environment environment.Environment
	result      *generator.Output
	client      *aws.Client // of the bucket's region
	want        backend.Want
	found       *aws.Bucket // nil for one to make
	review      backend.Review
	// settings are those of groundplan.hcl with a state block, nil when it has one; block is that block.
	settings []byte
	block    string
}

func bootstrap(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	s, err := openStorage(c)
	if err != nil {
		return err
	}
	if err := s.wanted(c); err != nil {
		return err
	}
	if err := s.look(c); err != nil {
		return err
	}
	if err := s.write(); err != nil {
		return err
	}
	if s.found != nil && len(s.review.Steps) == 0 && s.settings == nil {
		s.printer.say("bucket %s is what it should be", s.want.Bucket)
		s.notes()
		return s.next()
	}
	s.show()
	if !c.Bool("yes") {
		agreed, err := confirm(c, fmt.Sprintf("Do this in account %s?", s.want.Account), "--yes")
		if err != nil {
			return err
		}
		if !agreed {
			return mistake("nothing was made", "without a bucket the states are in local files beside the code, terraform.tfstate: keep them, and apply from one machine alone")
		}
	}
	if err := s.carryOut(c); err != nil {
		return err
	}
	return s.next()
}

// openStorage reads the application and its settings.
func openStorage(c *cli.Context) (*storage, error) {
	s := &storage{root: c.String("app"), out: cmp.Or(c.String("out"), filepath.Join(c.String("app"), "infra"))}
	s.printer = newPrinter(c.App.ErrWriter, s.root)
	m, err := metadata(c, s.root)
	if err != nil {
		return nil, err
	}
	s.printer.show(m)
	result, environments, diags, err := generator.FromSource(generator.Options{Root: s.root, Out: s.out, Metadata: m})
	if err != nil {
		return nil, err
	}
	if diags.HasErrors() {
		return nil, s.printer.diagnostics(diags) // generate says the warnings
	}
	if result == nil {
		return nil, mistake("there is no service to run, and so there is no state to keep")
	}
	s.result = result
	var names []string
	for _, env := range environments {
		names = append(names, env.Name)
	}
	name, err := chosenEnvironment(c.String("env"), names, environment.Filename)
	if err != nil {
		return nil, err
	}
	for _, env := range environments {
		if env.Name == name {
			s.environment = env
		}
	}
	return s, nil
}

// wanted decides what the bucket should be, from the settings and from the flags where the settings leave it open.
func (s *storage) wanted(c *cli.Context) error {
	state := s.environment.State
	if state == nil {
		state = &environment.State{Region: s.environment.Region, KeyPrefix: s.environment.App + "/" + s.environment.Name}
	}
	for _, flag := range []struct {
		name, setting string
		value         *string
		check         func(string) rule.Fault
	}{{"bucket", "bucket", &state.Bucket, rule.IsBucketName}, {"region", "region", &state.Region, rule.IsRegion}, {"kms-key", "key_arn", &state.KeyARN, rule.IsKeyARN}} {
		given := c.String(flag.name)
		if given == "" {
			continue
		}
		if fault := flag.check(given); fault != rule.Fine {
			return mistake("--"+flag.name+": "+strings.TrimSuffix(lowerFirst(fault.Detail), "."), fault.Hint)
		}
		if s.environment.State != nil && given != *flag.value {
			return mistake(fmt.Sprintf("--%s %s is not what %s says", flag.name, given, environment.Filename),
				fmt.Sprintf("set %s = %q in the state block of environment %q, or leave the flag out", flag.setting, given, s.environment.Name))
		}
		*flag.value = given
	}
	client, who, err := openAccount(c, s.environment.Name, s.environment.Region, s.environment.AccountID)
	if err != nil {
		return err
	}
	s.client = client.In(state.Region)
	s.want = backend.Want{
		Bucket: cmp.Or(state.Bucket, backend.Name(s.environment.App, s.environment.Name, who.Account)), Region: state.Region,
		Partition: strings.Split(who.ARN+"::", ":")[1], Account: who.Account, Key: state.KeyARN, Prefix: state.KeyPrefix,
	}
	return nil
}

// look compares the bucket with what it should be, and refuses one that cannot be used.
func (s *storage) look(c *cli.Context) error {
	found, err := s.client.FindBucket(c.Context, s.want.Bucket, s.want.Account)
	if errors.Is(err, aws.ErrBucketDenied) {
		return &outcome{code: codeRefused, message: fmt.Sprintf("refused: bucket %s is another account's than %s, or these credentials may not look at it", s.want.Bucket, s.want.Account), hints: []string{
			"choose another name: --bucket NAME, or bucket in the state block of groundplan.hcl",
			"if it is your own, the credentials need s3:ListBucket on it; docs/driving.md lists the rights",
		}}
	}
	if err != nil {
		return awsError(err)
	}
	if s.found = found; found == nil {
		s.review = backend.Review{Steps: backend.Summary(s.want)}
		return s.checkKey(c)
	}
	if found.Region != s.want.Region {
		if s.environment.State != nil || c.String("region") != "" {
			return mistake(fmt.Sprintf("bucket %s is in %s, not in %s", found.Name, found.Region, s.want.Region),
				fmt.Sprintf("set region = %q in the state block of groundplan.hcl, or leave --region out", found.Region), "or choose another bucket: --bucket NAME")
		}
		s.want.Region, s.client = found.Region, s.client.In(found.Region)
	}
	if err := s.checkKey(c); err != nil {
		return err
	}
	s.review = backend.Compare(found, s.want)
	if err := s.checkStates(c); err != nil {
		return err
	}
	if len(s.review.Refused) == 0 {
		return nil
	}
	refused := &outcome{code: codeRefused, message: fmt.Sprintf("refused: bucket %s cannot hold the states", found.Name)}
	hinted := map[string]bool{}
	for _, reason := range s.review.Refused {
		refused.message += "\n  " + reason.Reason
		if !hinted[reason.Hint] {
			hinted[reason.Hint] = true
			refused.hints = append(refused.hints, reason.Hint)
		}
	}
	return refused
}

// checkKey makes sure that the key can encrypt the states: S3 takes any name, and the first plan would fail.
func (s *storage) checkKey(c *cli.Context) error {
	if s.want.Key == "" {
		return nil
	}
	if region := strings.Split(s.want.Key, ":")[3]; region != s.want.Region {
		return mistake(fmt.Sprintf("the key is in %s and the bucket in %s: S3 encrypts with keys of the bucket's region", region, s.want.Region), "name a key of "+s.want.Region)
	}
	problem, err := s.client.CheckKey(c.Context, s.want.Key)
	if err != nil {
		return awsError(fmt.Errorf("look at the key: %w", err))
	}
	if problem != "" {
		return mistake(fmt.Sprintf("nothing can be encrypted with %s: %s", s.want.Key, problem), "name an enabled key for encryption, of the type SYMMETRIC_DEFAULT")
	}
	return nil
}

// checkStates looks at what is where the states belong.
func (s *storage) checkStates(c *cli.Context) error {
	for _, stack := range s.result.Blueprint.Environment(s.environment.Name).Stacks {
		key := s.want.Prefix + "/" + stack.Name + ".tfstate"
		content, there, err := s.client.ReadObject(c.Context, s.found, key)
		if err != nil {
			return awsError(err)
		}
		if !there {
			continue
		}
		addresses := map[string]bool{}
		for _, component := range stack.Components {
			addresses[component.Address] = true
		}
		state, reason := backend.Inspect(content, addresses)
		if reason != "" {
			s.review.Refused = append(s.review.Refused, backend.Refusal{Reason: fmt.Sprintf("there is something at %s: %s", key, reason),
				Hint: "choose another bucket, or another key_prefix in the state block of groundplan.hcl"})
			continue
		}
		s.review.Notes = append(s.review.Notes, fmt.Sprintf("it holds the state of %s already, %s", stack.Name, state))
	}
	return nil
}

// write decides on the text of groundplan.hcl.
func (s *storage) write() error {
	if s.environment.State != nil {
		if s.want.Key == "" && s.found != nil && strings.HasPrefix(s.found.Encryption, "aws:kms") {
			s.review.Notes = append(s.review.Notes, "the states themselves are encrypted by S3's own key, as the code says: key_arn in the state block of groundplan.hcl names another")
		}
		return nil
	}
	region, key := s.want.Region, s.want.Key
	if region == s.environment.Region {
		region = ""
	}
	if key == "" && s.found != nil && rule.IsKeyARN(s.found.Key) == rule.Fine {
		key = s.found.Key // terraform names the key it writes with, and would take S3's own
	}
	s.block = table.StateBlock("bucket", s.want.Bucket, "region", region, "key_arn", key)
	text, err := os.ReadFile(s.settingsPath())
	if errors.Is(err, fs.ErrNotExist) {
		text, err = table.Init(s.environment.App), nil
	}
	if err != nil {
		return err
	}
	s.settings, err = table.WithState(text, s.environment.Name, s.block)
	if errors.Is(err, table.ErrLayout) {
		return mistake(fmt.Sprintf("%s cannot be changed without changing more of it", s.settingsPath()),
			fmt.Sprintf("write this into environment %q by hand, and repeat the command:\n%s", s.environment.Name, strings.TrimRight(s.block, "\n")))
	}
	return err
}

func (s *storage) settingsPath() string { return filepath.Join(s.root, environment.Filename) }

// show says what will be done.
func (s *storage) show() {
	what := "bucket %s in %s, account %s, for the states of environment %s:"
	if s.found == nil {
		s.printer.say("makes the "+what, s.want.Bucket, s.want.Region, s.want.Account, s.environment.Name)
		for _, step := range s.review.Steps {
			fmt.Fprintf(s.printer.out, "  %-13s  %s\n", step.Subject, step.Becomes)
		}
	} else if len(s.review.Steps) > 0 {
		s.printer.say("changes the "+what, s.want.Bucket, s.want.Region, s.want.Account, s.environment.Name)
		for _, step := range s.review.Steps {
			fmt.Fprintf(s.printer.out, "  %-13s  %s (now: %s)\n", step.Subject, step.Becomes, step.Was)
		}
	} else {
		s.printer.say("takes the "+what+" it is what it should be", s.want.Bucket, s.want.Region, s.want.Account, s.environment.Name)
	}
	s.notes()
	if s.settings != nil {
		s.printer.say("writes into environment %q of %s:", s.environment.Name, s.settingsPath())
		for line := range strings.Lines(s.block) {
			fmt.Fprintf(s.printer.out, "  %s", line)
		}
	}
}

func (s *storage) notes() {
	for _, note := range s.review.Notes {
		s.printer.say("%s", note)
	}
}

// carryOut makes the bucket, sets what it lacks, looks at it again, and writes the settings last: they never name a bucket that
// is not ready.
func (s *storage) carryOut(c *cli.Context) error {
	again := "repeat the command: it goes on where it was"
	if s.found == nil {
		err := s.client.CreateBucket(c.Context, s.want.Bucket)
		if errors.Is(err, aws.ErrBucketTaken) {
			return &outcome{code: codeRefused, message: fmt.Sprintf("refused: a bucket of another account has the name %s", s.want.Bucket),
				hints: []string{"choose another name: --bucket NAME, or bucket in the state block of groundplan.hcl"}}
		}
		if err != nil {
			return awsError(fmt.Errorf("make bucket %s: %w", s.want.Bucket, err))
		}
		s.printer.say("made bucket %s", s.want.Bucket)
	}
	for pass := range 2 {
		found, err := s.client.FindBucket(c.Context, s.want.Bucket, s.want.Account)
		if err != nil {
			return withHints(awsError(err), again)
		}
		if found == nil {
			return mistake(fmt.Sprintf("bucket %s is not there yet", s.want.Bucket), again)
		}
		s.found = found
		steps := backend.Compare(found, s.want).Steps
		for _, step := range steps {
			if pass == 1 {
				return mistake(fmt.Sprintf("%s of bucket %s was set and is not what it was set to: %s", step.Subject, found.Name, step.Was), again)
			}
			if err := step.Do(c.Context, s.client); err != nil {
				return withHints(awsError(err), again)
			}
			s.printer.say("set %s", step.Subject)
		}
	}
	if s.settings == nil {
		return nil
	}
	if err := replaceFile(s.settingsPath(), s.settings); err != nil {
		return err
	}
	s.printer.say("wrote %s", s.settingsPath())
	return nil
}

// next says what follows: the code has to name the bucket, and each stack is told of it by init.
func (s *storage) next() error {
	stale := s.settings != nil
	if !stale {
		changes, err := s.result.Changes(s.out, output.Within(s.environment.Name))
		var conflict *output.ConflictError
		if err != nil && !errors.As(err, &conflict) {
			return err
		}
		stale = len(changes) > 0 || conflict != nil
	}
	if stale {
		s.printer.say("next: groundplan generate, then in each stack:")
	} else {
		s.printer.say("next, in each stack:")
	}
	for _, stack := range s.result.Blueprint.Environment(s.environment.Name).Stacks {
		folder := filepath.Join(s.out, filepath.FromSlash(stack.Folder))
		command := fmt.Sprintf("terraform -chdir=%s init", folder)
		if initialised(folder) {
			command += " -migrate-state"
		}
		fmt.Fprintf(s.printer.out, "  %s\n", command)
	}
	return nil
}

// initialised reports whether terraform has been run in a folder: there is a state in a file, or it knows of another place.
func initialised(folder string) bool {
	for _, name := range []string{"terraform.tfstate", filepath.Join(".terraform", "terraform.tfstate")} {
		if content, err := os.ReadFile(filepath.Join(folder, name)); err == nil && len(bytes.TrimSpace(content)) > 0 {
			return true
		}
	}
	return false
}

// withHints is an error with further hints.
func withHints(err error, hints ...string) error {
	var o *outcome
	if errors.As(err, &o) {
		return &outcome{code: o.code, message: o.message, hints: append(o.hints[:len(o.hints):len(o.hints)], hints...)}
	}
	return err
}

// replaceFile writes a file whole or not at all, with the permissions that it has. A link stays one.
func replaceFile(path string, content []byte) error {
	mode := fs.FileMode(0o644)
	if linked, err := filepath.EvalSymlinks(path); err == nil {
		path = linked
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".groundplan-")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(file.Name()))
	}
	return err
}
