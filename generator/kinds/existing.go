package kinds

import (
	"fmt"
	"io/fs"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules"
)

// What an environment brings stands in the platform stack as a local value with the name that the module call would
// have, so that everything else refers to the one as to the other.

// Network is a value of the environment's network, by the name of the module's output, for use in the platform stack.
func (s *Stack) Network(output string) value.Value {
	if s.Env.Network != nil {
		return value.Traversal("local.network." + output)
	}
	return value.Traversal("module.network." + output)
}

// KeyARN is the ARN of the environment's key, for use in the platform stack.
func (s *Stack) KeyARN() value.Value {
	if s.Env.KeyARN != "" {
		return value.Traversal("local.key_arn")
	}
	return value.Traversal("module.key.arn")
}

// Existing adds what an environment brings to a file, under the id that a module call would have: nothing makes it, and
// there is nothing to override.
func (s *Stack) Existing(file, label, id string, comments []string, v value.Value) {
	s.Add(file, emit.Block{Type: "locals", Comments: comments, Args: []value.Field{Arg(label, v)}})
	s.existing[id] = true
	s.holdExisting(id)
}

// existingTopic stands for a topic of the application that exists.
func existingTopic(s *Stack, r app.Resource, topic *environment.ExistingTopic) {
	label := s.topicLabel(r.Name)
	fields := []value.Field{Arg("arn", value.String(topic.ARN))}
	s.Output(label+"_arn", fmt.Sprintf("ARN of topic %s.", r.Name), value.Traversal("local."+label+".arn"))
	if topic.KeyARN != "" {
		fields = append(fields, Arg("key_arn", value.String(topic.KeyARN)))
		s.Output(label+"_key", fmt.Sprintf("ARN of the key that encrypts topic %s.", r.Name), value.Traversal("local."+label+".key_arn"))
	}
	s.Existing(topicFile, label, "topic "+r.Name,
		[]string{fmt.Sprintf("Topic %s, in %s. It exists and stays its owner's", quoted(r.Name), r.At.Filename), "Subscriptions are added to it"}, value.Object(fields...))
}

// checkTopics holds topics that exist to what the runtime does with them: it sends a message group exactly to a FIFO
// topic, and SNS refuses one that it does not expect and the lack of one that it does.
func checkTopics(d *Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("topic") {
		topic := d.Env.ExistingTopic(r.Name)
		if topic == nil || topic.FIFO() == isFIFO(d.App, r.Spec.(*Topic)) {
			continue
		}
		text, hint := "asks for neither an order nor exactly-once delivery, and this is a FIFO topic", "name a standard topic, or declare the topic with exactly-once delivery or an ordering attribute"
		if !topic.FIFO() {
			text, hint = "asks for an order or for exactly-once delivery, and this is a standard topic", "name a FIFO topic, whose ARN ends in .fifo, or declare the topic with at-least-once delivery and no ordering attribute"
		}
		diags = append(diags, diagnostic.Error(topic.ARNAt, "Topic of another kind", hint, "Topic %q, declared at %s, %s.", r.Name, diagnostic.Place(r.At), text))
	}
	return diags
}

// existingBucket stands for a bucket of the application that exists.
func existingBucket(s *Stack, r app.Resource, bucket *environment.ExistingBucket) {
	label := s.bucketLabel(r.Name)
	written := []value.Field{
		Arg("name", value.String(bucket.Name)),
		Arg("arn", value.String("arn:aws:s3:::"+bucket.Name)),
	}
	if bucket.PublicBaseURL != "" {
		written = append(written, Arg("url", value.String(bucket.PublicBaseURL)))
	}
	if bucket.KeyARN != "" {
		written = append(written, Arg("key_arn", value.String(bucket.KeyARN)))
	}
	var fields []value.Field
	for _, field := range written {
		fields = append(fields, Arg(field.Name, value.Traversal("local."+label+"."+field.Name)))
	}
	s.Existing(bucketFile, label, "bucket "+r.Name,
		[]string{fmt.Sprintf("Bucket %s, in %s. It exists and stays its owner's", quoted(r.Name), r.At.Filename), "The services stack gives processes rights to it"},
		value.Object(written...))
	s.Output(label, fmt.Sprintf("Bucket %s.", r.Name), value.Object(fields...))
}

// Shown tells the public buckets that an environment puts CloudFront in front of from the others.
func Shown(env *environment.Environment) func(bucket app.Resource) bool {
	return func(bucket app.Resource) bool {
		return bucket.Spec.(*Bucket).Public && env.ExistingBucket(bucket.Name) == nil
	}
}

// checkBuckets: how the world sees what a bucket that exists holds is not for us to decide, only to know. And one bucket that
// is made has its name before the application's.
func checkBuckets(d *Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("bucket") {
		bucket := d.Env.ExistingBucket(r.Name)
		if bucket == nil {
			if d.Env.Exposed() && physicalBucket(d.Env, r.Name) == names.Of(names.LoadBalancer, d.Env.App, d.Env.Name)+balancerLogs {
				diags = append(diags, diagnostic.Error(r.At, "Bucket name taken", "give the bucket another name",
					"The load balancer of environment %q keeps its access logs in a bucket of that name.", d.Env.Name))
			}
			continue
		}
		switch public := r.Spec.(*Bucket).Public; {
		case public && bucket.PublicBaseURL == "":
			diags = append(diags, diagnostic.Error(bucket.At, "Public bucket without an address", "set public_base_url to where everybody sees its objects, without a slash at the end",
				"Bucket %q is public, declared at %s, and nothing that makes it so is done to a bucket that exists.", r.Name, diagnostic.Place(r.At)))
		case !public && bucket.PublicBaseURL != "":
			diags = append(diags, diagnostic.Error(bucket.At, "Address of a private bucket", "remove public_base_url, or declare the bucket public",
				"Bucket %q is private, declared at %s: the application never asks for its address.", r.Name, diagnostic.Place(r.At)))
		}
	}
	return diags
}

// existingServer stands for a database server that exists. Its root certificate is a file beside the code: text that
// nobody reads is kept out of what somebody does.
func existingServer(s *Stack, server environment.DatabaseServer, comment string) {
	label := "database_server_" + names.Label(server.Name)
	certificate := []byte(server.Existing.CACertificate)
	if len(certificate) == 0 {
		var err error
		certificate, err = fs.ReadFile(modules.FS(), "database-server/certificates/"+s.Env.Region+".pem")
		if err != nil {
			panic("kinds: a region without certificate: " + err.Error()) // settings refuse such a region
		}
	}
	s.Texts[label+".pem"] = certificate
	written := []value.Field{
		Arg("address", value.String(server.Existing.Address)),
		Arg("port", value.Int(server.Existing.Port)),
		Arg("security_group_id", value.String(server.Existing.SecurityGroupID)),
		Arg("ca_certificate", value.Call("file", value.Template("", "path.module", "/"+label+".pem"))),
	}
	if server.Existing.MasterSecretARN != "" {
		written = append(written, Arg("master_secret_arn", value.String(server.Existing.MasterSecretARN)))
	}
	var fields []value.Field
	for _, field := range written {
		fields = append(fields, Arg(field.Name, value.Traversal("local."+label+"."+field.Name)))
	}
	s.Existing(databaseFile, label, "database server "+server.Name,
		[]string{comment + ". It exists and stays its owner's", "The services stack adds a rule to its security group for each process that uses it"}, value.Object(written...))
	s.Output(label, fmt.Sprintf("Database server %s: where it is, who may reach it, which certificate to trust.", server.Name), value.Object(fields...))
}
