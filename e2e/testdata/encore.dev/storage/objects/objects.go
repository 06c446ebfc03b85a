package objects

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"time"
)

var (
	ErrObjectNotFound     = errors.New("object not found")
	ErrPreconditionFailed = errors.New("precondition failed")
	ErrInvalidArgument    = errors.New("invalid argument")
)

type (
	BucketConfig      struct{ Public, Versioned bool }
	Bucket            struct{ _ int }
	Writer            struct{ _ int }
	Reader            struct{ _ int }
	SignedUploadURL   struct{ URL string }
	SignedDownloadURL struct{ URL string }
	Query             struct {
		Prefix string
		Limit  int64
	}
	ObjectAttrs struct {
		Name, Version, ContentType, ETag string
		Size                             int64
	}
	ListEntry struct {
		Name, ETag string
		Size       int64
	}
	UploadAttrs   struct{ ContentType string }
	Preconditions struct{ NotExists bool }
)

// Options are accepted where their method is asked for.
type (
	UploadOption      interface{ uploadOption() }
	DownloadOption    interface{ downloadOption() }
	ListOption        interface{ listOption() }
	RemoveOption      interface{ removeOption() }
	AttrsOption       interface{ attrsOption() }
	ExistsOption      interface{ existsOption() }
	UploadURLOption   interface{ uploadURLOption() }
	DownloadURLOption interface{ downloadURLOption() }
	PublicURLOption   interface{ publicURLOption() }

	version       struct{}
	ttl           struct{}
	uploadAttrs   struct{}
	preconditions struct{}
)

func (version) downloadOption()     {}
func (version) removeOption()       {}
func (version) attrsOption()        {}
func (version) existsOption()       {}
func (ttl) uploadURLOption()        {}
func (ttl) downloadURLOption()      {}
func (uploadAttrs) uploadOption()   {}
func (preconditions) uploadOption() {}

func WithVersion(of string) version                     { panic("shape only") }
func WithTTL(lifetime time.Duration) ttl                { panic("shape only") }
func WithUploadAttrs(attrs UploadAttrs) uploadAttrs     { panic("shape only") }
func WithPreconditions(pre Preconditions) preconditions { panic("shape only") }

type (
	BucketPerms interface{ perms() }
	Uploader    interface {
		Upload(ctx context.Context, object string, options ...UploadOption) *Writer
		perms()
	}
	SignedUploader interface {
		SignedUploadURL(ctx context.Context, object string, options ...UploadURLOption) (*SignedUploadURL, error)
		perms()
	}
	Downloader interface {
		Download(ctx context.Context, object string, options ...DownloadOption) *Reader
		perms()
	}
	SignedDownloader interface {
		SignedDownloadURL(ctx context.Context, object string, options ...DownloadURLOption) (*SignedDownloadURL, error)
		perms()
	}
	Lister interface {
		List(ctx context.Context, query *Query, options ...ListOption) iter.Seq2[*ListEntry, error]
		perms()
	}
	Remover interface {
		Remove(ctx context.Context, object string, options ...RemoveOption) error
		perms()
	}
	Attrser interface {
		Attrs(ctx context.Context, object string, options ...AttrsOption) (*ObjectAttrs, error)
		Exists(ctx context.Context, object string, options ...ExistsOption) (bool, error)
		perms()
	}
	PublicURLer interface {
		PublicURL(object string, options ...PublicURLOption) *url.URL
		perms()
	}
	ReadWriter interface {
		Uploader
		SignedUploader
		Downloader
		SignedDownloader
		Lister
		Remover
		Attrser
	}
)

func NewBucket(name string, cfg BucketConfig) *Bucket { panic("shape only") }
func BucketRef[P BucketPerms](bucket *Bucket) P       { panic("shape only") }

func (*Bucket) perms() {}
func (*Bucket) Upload(ctx context.Context, object string, options ...UploadOption) *Writer {
	panic("shape only")
}
func (*Bucket) Download(ctx context.Context, object string, options ...DownloadOption) *Reader {
	panic("shape only")
}
func (*Bucket) List(ctx context.Context, query *Query, options ...ListOption) iter.Seq2[*ListEntry, error] {
	panic("shape only")
}
func (*Bucket) Remove(ctx context.Context, object string, options ...RemoveOption) error {
	panic("shape only")
}
func (*Bucket) Attrs(ctx context.Context, object string, options ...AttrsOption) (*ObjectAttrs, error) {
	panic("shape only")
}
func (*Bucket) Exists(ctx context.Context, object string, options ...ExistsOption) (bool, error) {
	panic("shape only")
}
func (*Bucket) SignedUploadURL(ctx context.Context, object string, options ...UploadURLOption) (*SignedUploadURL, error) {
	panic("shape only")
}
func (*Bucket) SignedDownloadURL(ctx context.Context, object string, options ...DownloadURLOption) (*SignedDownloadURL, error) {
	panic("shape only")
}
func (*Bucket) PublicURL(object string, options ...PublicURLOption) *url.URL { panic("shape only") }

func (*Writer) Write(p []byte) (int, error) { panic("shape only") }
func (*Writer) Abort(err error)             {}
func (*Writer) Close() error                { panic("shape only") }
func (*Reader) Read(p []byte) (int, error)  { panic("shape only") }
func (*Reader) Err() error                  { panic("shape only") }
func (*Reader) Close() error                { panic("shape only") }
