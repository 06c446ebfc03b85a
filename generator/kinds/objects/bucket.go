// Package objects is the kind of object storage buckets, with the distributions that show public ones to the world. It is called as
// Encore calls its package.
package objects

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/stack"
)

// Operations on a bucket, by the names of Encore's metadata.
const (
	ListObjects          = "LIST_OBJECTS"
	ReadObjectContents   = "READ_OBJECT_CONTENTS"
	WriteObject          = "WRITE_OBJECT"
	UpdateObjectMetadata = "UPDATE_OBJECT_METADATA"
	GetObjectMetadata    = "GET_OBJECT_METADATA"
	DeleteObject         = "DELETE_OBJECT"
	GetPublicURL         = "GET_PUBLIC_URL"
	SignedUploadURL      = "SIGNED_UPLOAD_URL"
	SignedDownloadURL    = "SIGNED_DOWNLOAD_URL"
)

// Bucket is an object storage bucket.
type Bucket struct {
	// Public says that anybody may read the objects by their public URL.
	Public bool
	// Versioned says that overwritten and deleted objects are kept.
	Versioned bool
}

// bucketVerbs say in words what each operation does.
var bucketVerbs = map[string]string{
	ListObjects:          "lists",
	ReadObjectContents:   "reads",
	WriteObject:          "writes",
	UpdateObjectMetadata: "updates attributes",
	GetObjectMetadata:    "reads attributes",
	DeleteObject:         "deletes",
	GetPublicURL:         "links",
	SignedUploadURL:      "signs uploads",
	SignedDownloadURL:    "signs downloads",
}

// readWriter are the operations of Encore's permission of that name.
var readWriter = []string{
	WriteObject, ReadObjectContents, ListObjects, DeleteObject, GetObjectMetadata,
	SignedUploadURL, SignedDownloadURL, UpdateObjectMetadata,
}

// Kind is the kind of object storage buckets.
var Kind = kind.Kind{
	Name: "bucket",
	Noun: "bucket",
	Go: []source.GoSpelling{{
		Package:      "encore.dev/storage/objects",
		TypeName:     "objects.Bucket",
		Constructors: []string{"NewBucket"},
		ParentArg:    -1,
		NameArg:      0,
		ConfigArg:    1,
		ConfigType:   "BucketConfig",
		Grammar:      source.Kebab,
		Methods: map[string][]string{
			"Upload":            {WriteObject},
			"Download":          {ReadObjectContents},
			"List":              {ListObjects},
			"Remove":            {DeleteObject},
			"Attrs":             {GetObjectMetadata},
			"Exists":            {GetObjectMetadata},
			"PublicURL":         {GetPublicURL},
			"SignedUploadURL":   {SignedUploadURL},
			"SignedDownloadURL": {SignedDownloadURL},
		},
		Ref: "BucketRef",
		Permissions: map[string][]string{
			"Uploader":         {WriteObject},
			"SignedUploader":   {SignedUploadURL},
			"Downloader":       {ReadObjectContents},
			"SignedDownloader": {SignedDownloadURL},
			"Lister":           {ListObjects},
			"Remover":          {DeleteObject},
			"Attrser":          {GetObjectMetadata},
			"PublicURLer":      {GetPublicURL},
			"ReadWriter":       readWriter,
		},
		Strict:  true,
		Outside: source.OutsideNone,
	}},
	TypeScript: []source.TypeScriptSpelling{typeScript},
	Manifest:   []source.ManifestSpelling{manifest},
	Metadata:   metadata,
	Read:       read,
	Platform:   lower,
	Holds: kind.Holding{
		Fixed:     map[string][]string{"bucket": {"name"}, "log-bucket": {"name"}}, // aws_s3_bucket.bucket
		Along:     func(id app.ID) app.ID { return app.CDNID(id.Name) },            // who shows what is in it goes on showing it
		MayExist:  true,
		Lost:      "every object in it is deleted",
		Encrypted: "objects in buckets",
		Ways: func(physical string, _ map[string]string) []string {
			return []string{"declare it again, by the same name",
				fmt.Sprintf("renamed? Use the old one on under the new name, bucket \"<name>\" { existing { name = %q } } in the environment, and forget it as below", physical)}
		},
	},
	Bind:      bind,
	Config:    config,
	Env:       variables,
	Settled:   settled,
	Outputs:   kind.Outputs{"bucket": {"arn": {Text: "arn:aws:s3:::<name>"}, "name": {Text: "<name>"}}},
	CheckUse:  checkUse,
	Check:     func(d *deploy.Deployment) hcl.Diagnostics { return append(checkShownDomains(d), checkBuckets(d)...) },
	Subdomain: bucketSubdomain,
	Domain:    ShownDomain,
	Build:     build,
	Verbs:     bucketVerbs,
	Inspection: kind.Inspection{
		List: "buckets", Node: `[("bucket <name>")]`,
		Entry: func(_ *app.App, r app.Resource) any {
			spec := r.Spec.(*Bucket)
			return inspected{r.Name, spec.Public, spec.Versioned, r.Service, kind.FileLine(r.At)}
		},
		OfService: operations,
	},
}

// inspected is a bucket in what inspect prints as JSON.
type inspected struct {
	Name       string `json:"name"`
	Public     bool   `json:"public"`
	Versioned  bool   `json:"versioned"`
	DeclaredIn string `json:"declared_in,omitempty"`
	At         string `json:"at"`
}

// operations are what a service does with each bucket.
func operations(_ map[app.ID]*app.Resource, edges []app.Edge) []kind.List {
	byBucket := map[string][]string{}
	for _, e := range edges {
		if e.Operation != "" && !slices.Contains(byBucket[e.Resource], e.Operation) {
			byBucket[e.Resource] = append(byBucket[e.Resource], e.Operation)
		}
	}
	return []kind.List{{Name: "buckets", Contents: byBucket}}
}

func read(decl source.Decl, _ kind.Input) (any, hcl.Diagnostics) {
	bucket := &Bucket{}
	return bucket, source.Decode(decl.Config, bucket)
}

func checkUse(use source.Use, of app.Resource) hcl.Diagnostics {
	bucket, ok := of.Spec.(*Bucket)
	if !ok || bucket.Public || use.Operation != GetPublicURL {
		return nil
	}
	return hcl.Diagnostics{diagnostic.Error(use.At, "Public URL of a private bucket",
		"make the bucket public, or hand out a signed download URL",
		"The objects of bucket %q have no public URL: it is private, declared at %s.", of.Name, diagnostic.Place(of.At))}
}

// typeScript is how TypeScript code declares and uses one.
var typeScript = source.TypeScriptSpelling{
	Module: "encore.dev/storage/objects", Constructors: []string{"Bucket"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1,
	Grammar: source.Kebab,
	Named:   "named",
	Methods: map[string][]string{
		"upload":            {WriteObject},
		"download":          {ReadObjectContents},
		"list":              {ListObjects},
		"remove":            {DeleteObject},
		"attrs":             {GetObjectMetadata},
		"exists":            {GetObjectMetadata},
		"publicUrl":         {GetPublicURL},
		"signedUploadUrl":   {SignedUploadURL},
		"signedDownloadUrl": {SignedDownloadURL},
	},
	Ref: "ref",
	Permissions: map[string][]string{
		"Uploader":         {WriteObject},
		"SignedUploader":   {SignedUploadURL},
		"Downloader":       {ReadObjectContents},
		"SignedDownloader": {SignedDownloadURL},
		"Lister":           {ListObjects},
		"Remover":          {DeleteObject},
		"Attrser":          {GetObjectMetadata},
		"PublicUrler":      {GetPublicURL},
		"ReadWriter":       readWriter,
	},
	Strict:  true,
	Outside: source.OutsideNone,
}

// manifest is how a manifest declares and uses one.
var manifest = source.ManifestSpelling{
	Block: "bucket", Grammar: source.Kebab, Meaning: "An object storage bucket.",
	Settings: []settings.Setting{
		{Name: "public", Type: settings.Bool, Default: "`false`", Meaning: "Whether anybody may read the objects, through CloudFront."},
		{Name: "versioned", Type: settings.Bool, Default: "`false`", Meaning: "Whether overwritten and deleted objects are kept."},
	},
	ListMeaning: "A bucket it uses.",
	Operations: map[string]string{
		"list": ListObjects, "read": ReadObjectContents, "write": WriteObject, "delete": DeleteObject, "attributes": GetObjectMetadata,
		"update_attributes": UpdateObjectMetadata, "public_url": GetPublicURL, "sign_upload": SignedUploadURL, "sign_download": SignedDownloadURL,
	},
}

// metadata is how Encore's metadata lists one.
var metadata = source.MetadataSpelling{
	List: []string{"buckets"}, Name: "name",
	Settings: []source.MetadataSetting{
		{Field: "public", Setting: "Public", Type: source.MetadataFlag},
		{Field: "versioned", Setting: "Versioned", Type: source.MetadataFlag},
	},
	UsedIn: "buckets", UsedName: "bucket", UsedOperations: "operations",
	Operations: []string{
		"", ListObjects, ReadObjectContents, WriteObject, UpdateObjectMetadata, GetObjectMetadata, DeleteObject, GetPublicURL, SignedUploadURL,
		SignedDownloadURL,
	},
}

// settled are the arguments of its modules that no override can set.
var settled = map[string]map[string]stack.Settled{
	"bucket": {"key_prefix": {Why: "the application is not told of it, and its rights are to the whole bucket", Instead: "remove it"}},
	"cdn":    {"origin_path": {Why: "the application hands out addresses without it", Instead: "remove it"}},
}
