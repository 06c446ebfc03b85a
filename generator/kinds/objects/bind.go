package objects

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/value"
)

// bind gives a workload exactly the rights of the operations its services perform, and tells it where the objects are.
func bind(w *deploy.Workload) {
	uses := w.Uses("bucket")
	for _, name := range kind.UsedNames(uses) {
		r := w.Resource("bucket", "", name)
		permitBucket(w, r, uses[name])
		attributes := map[string]value.Value{"name": value.Of(r.ID(), "name")}
		if prefix := keyPrefix(w.Env, name); prefix != "" {
			attributes["key_prefix"] = value.String(prefix)
		}
		if r.Spec.(*Bucket).Public {
			attributes["public_base_url"] = bucketURL(w.Deployment, name)
		}
		w.Bind(deploy.Binding{Of: r.ID(), Attributes: attributes, Why: kind.About(r.ID(), uses[name])})
	}
}

// permitBucket adds the grants that the uses of one bucket ask for.
func permitBucket(w *deploy.Workload, r *app.Resource, uses []app.Edge) {
	name, spec, arn := r.Name, r.Spec.(*Bucket), value.Of(r.ID(), "arn")
	onBucket, onObjects, onKey := bucketActions(uses, spec)
	why := kind.About(r.ID(), uses)
	why.Does = operationVerbs(uses)
	permit := func(statement string, actions []string, resource value.Value, conditions ...deploy.Condition) {
		if len(actions) > 0 {
			w.Permit(deploy.Grant{Of: r.ID(), Name: statement, Why: why, Actions: actions, Resources: []value.Value{resource}, Conditions: conditions})
		}
	}
	if w.Runtime() == app.Containers && len(onBucket)+len(onObjects) > 0 {
		// Clients that are not told a bucket's region ask S3 for it. The request names no folder, and none would be in the answer.
		permit("location_of_"+w.Deployment.Label("bucket", "", name), []string{"s3:GetBucketLocation"}, arn)
	}
	prefix, listing := keyPrefix(w.Env, name), []deploy.Condition(nil)
	if prefix != "" {
		listing = listsOnly(prefix, uses)
	}
	permit(bucketLabel(w.Deployment, name), onBucket, arn, listing...)
	// Not behind the bucket's label, where another bucket's may end: "files" and "files-objects".
	permit("objects_"+w.Deployment.Label("bucket", "", name), onObjects, value.Join(arn, value.String("/"+prefix+"*")))
	switch existing := w.Env.ExistingBucket(name); {
	case len(onKey) == 0:
	case existing == nil && !spec.Public:
		kind.UseKey(w, "s3", onKey...)
	case existing != nil && existing.KeyARN != "":
		kind.UseOwnersKey(w, existing.KeyARN, bucketLabel(w.Deployment, name), r.ID().Quoted(), value.Of(r.ID(), "key_arn"), "s3", onKey...)
	}
}

// config is the section object_storage.
func config(w *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	var buckets []value.Field
	for _, b := range bound {
		var fields []value.Field
		for _, name := range []string{"name", "key_prefix", "public_base_url"} {
			if v, has := b.Attributes[name]; has {
				fields = append(fields, value.Arg(name, v))
			}
		}
		buckets = append(buckets, value.Arg(b.Of.Name, value.Object(fields...)))
	}
	// One entry: of several, the Go runtime keeps the last. So all buckets are in one region.
	return []value.Field{value.Arg("object_storage", value.List(value.Object(
		value.Arg("type", value.String("s3")),
		value.Arg("region", value.String(w.Env.Region)),
		value.Arg("buckets", value.Map(buckets...)),
	)))}, nil
}

// variables are what a container is told of a bucket.
var variables = []kind.Variable{
	{Pattern: "<NAME>_BUCKET_NAME", Attribute: "name", Meaning: "Name of the S3 bucket."},
	{Pattern: "<NAME>_BUCKET_PUBLIC_URL", Attribute: "public_base_url", Meaning: "Where the world reads the objects, without a slash at the end. Public buckets only.",
		Of: func(r *app.Resource) bool { return r.Spec.(*Bucket).Public }},
	{Pattern: "<NAME>_BUCKET_KEY_PREFIX", Attribute: "key_prefix",
		Meaning: "What the keys of all objects begin with. Only where an environment brings a bucket with a `key_prefix`."},
}

// build names the buckets in the infra config that images are built with.
func build(d *deploy.Deployment, resources []app.Resource) (string, any) {
	buckets := map[string]any{}
	for _, r := range resources {
		bucket := map[string]string{"name": kind.Replaced}
		if r.Spec.(*Bucket).Public {
			bucket["public_base_url"] = "https://" + kind.Replaced
		}
		buckets[r.Name] = bucket
	}
	return "object_storage", []any{map[string]any{"type": "s3", "region": d.Env.Region, "buckets": buckets}}
}
