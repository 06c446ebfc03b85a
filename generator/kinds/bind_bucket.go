package kinds

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/value"
)

// wireBuckets gives a process exactly the rights of the operations its services perform, and the object_storage
// section.
func wireBuckets(p *Process) {
	uses := p.Uses("bucket")
	var buckets []value.Field
	for _, name := range usedNames(uses) {
		r := p.Resource("bucket", "", name)
		spec := r.Spec.(*Bucket)
		platform := "local.platform." + p.bucketLabel(name)
		onBucket, onObjects, onKey := bucketActions(uses[name], spec)
		comment := fmt.Sprintf("bucket %s: %s, in %s", quoted(name), operationVerbs(uses[name]), places(uses[name]))
		prefix, listing := keyPrefix(p.Env, name), []Condition(nil)
		if prefix != "" {
			listing = listsOnly(prefix, uses[name])
		}
		if p.App.Containers() && len(onBucket)+len(onObjects) > 0 {
			// Clients that are not told a bucket's region ask S3 for it. The request names no folder, and none would be in the answer.
			p.permit("location_of_"+p.Label("bucket", "", name), comment, []string{"s3:GetBucketLocation"}, value.Traversal(platform+".arn"))
		}
		if len(onBucket) > 0 {
			p.Permissions = append(p.Permissions, Permission{Name: p.bucketLabel(name), Comment: comment, Actions: onBucket, Resources: []value.Value{value.Traversal(platform + ".arn")}, Conditions: listing})
		}
		if len(onObjects) > 0 {
			// Not behind the bucket's label, where another bucket's may end: "files" and "files-objects".
			p.permit("objects_"+p.Label("bucket", "", name), comment, onObjects, value.Template("", platform+".arn", "/"+prefix+"*"))
		}
		switch existing := p.Env.ExistingBucket(name); {
		case len(onKey) == 0:
		case existing == nil && !spec.Public:
			p.useKey("s3", onKey...)
		case existing != nil && existing.KeyARN != "":
			p.useOwnersKey(existing.KeyARN, p.bucketLabel(name), "bucket "+quoted(name), value.Traversal(platform+".key_arn"), "s3", onKey...)
		}
		fields := []value.Field{Arg("name", value.Traversal(platform+".name"))}
		if prefix != "" {
			fields = append(fields, Arg("key_prefix", value.String(prefix)))
		}
		if spec.Public {
			fields = append(fields, Arg("public_base_url", value.Traversal(platform+".url")))
		}
		buckets = append(buckets, Arg(name, value.Object(fields...)))
	}
	if len(buckets) > 0 {
		// One entry: of several, the Go runtime keeps the last. So all buckets are in one region.
		p.Config["object_storage"] = value.List(value.Object(
			Arg("type", value.String("s3")),
			Arg("region", value.String(p.Env.Region)),
			Arg("buckets", value.Map(buckets...)),
		))
	}
}
