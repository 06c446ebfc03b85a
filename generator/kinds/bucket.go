package kinds

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
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

// Buckets is the kind of object storage buckets.
var Buckets = Kind{
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
			"ReadWriter": {
				WriteObject, ReadObjectContents, ListObjects, DeleteObject, GetObjectMetadata,
				SignedUploadURL, SignedDownloadURL, UpdateObjectMetadata,
			},
		},
		Strict:  true,
		Outside: source.OutsideNone,
	}},
	TypeScript: []source.TypeScriptSpelling{bucketTypeScript},
	Manifest:   []source.ManifestSpelling{bucketManifest},
	Metadata:   bucketMetadata,
	Read:       readBucket,
	Platform:   lowerBuckets,
	Bind:       bindBuckets,
	Config:     configBuckets,
	Env:        bucketVariables,
	Settled:    bucketSettled,
	CheckUse:   checkBucketUse,
	Check:      checkBuckets,
	Verbs:      bucketVerbs,
}

func readBucket(decl source.Decl, _ Input) (any, hcl.Diagnostics) {
	bucket := &Bucket{}
	return bucket, source.Decode(decl.Config, bucket)
}

func checkBucketUse(use source.Use, of app.Resource) hcl.Diagnostics {
	bucket, ok := of.Spec.(*Bucket)
	if !ok || bucket.Public || use.Operation != GetPublicURL {
		return nil
	}
	return hcl.Diagnostics{diagnostic.Error(use.At, "Public URL of a private bucket",
		"make the bucket public, or hand out a signed download URL",
		"The objects of bucket %q have no public URL: it is private, declared at %s.", of.Name, diagnostic.Place(of.At))}
}
