package compute

import (
	"testing"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/value"
)

// TestF4_PermissionsAreStatementsOfTheTaskRole prints what a kind asks for: one statement per use, by name, with exactly
// the actions and resources it gave and the code that asks for it above.
func TestF4_PermissionsAreStatementsOfTheTaskRole(t *testing.T) {
	w := &deploy.Workload{Grants: []deploy.Grant{
		{Name: "topic_paid", Why: deploy.Why{Does: "publishes to topic \"paid\"", Places: []deploy.Place{{File: "orders/orders.go"}}}, Actions: []string{"sns:Publish"}, Resources: []value.Value{value.Traversal("local.platform.topic_paid.arn")}},
		{Name: "bucket_files", Why: deploy.Why{Of: "bucket \"files\"", Does: "reads", Places: []deploy.Place{{File: "orders/files.go"}}}, Actions: []string{"s3:GetObject", "s3:ListBucket"},
			Resources: []value.Value{value.Traversal("local.platform.bucket_files.arn"), value.Join(value.Traversal("local.platform.bucket_files.arn"), value.String("/*"))}},
	}}
	content, err := emit.Print([]emit.Block{{Type: "x", Args: []value.Field{{Name: "permissions", Value: fargatePermissions(w)}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := emit.Header + `
x {
  permissions = {
    # bucket "files": reads, in orders/files.go
    bucket_files = {
      actions = ["s3:GetObject", "s3:ListBucket"]
      resources = [
        local.platform.bucket_files.arn,
        "${local.platform.bucket_files.arn}/*",
      ]
    }
    # publishes to topic "paid", in orders/orders.go
    topic_paid = {
      actions   = ["sns:Publish"]
      resources = [local.platform.topic_paid.arn]
    }
  }
}
`
	if string(content) != want {
		t.Errorf("got\n%s\nwant\n%s", content, want)
	}
}
