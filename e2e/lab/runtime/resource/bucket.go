package resource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

// absent is what an object is called that is in no bucket. S3 says 404 of it to who may list the bucket, and 403 to others,
// which Encore's runtimes report as a failure and not as an object that is not there.
const absent = "lab-object-that-is-absent"

// useBucket does one operation. Those that look at an object look at one that is there and at one that is not.
func (s *Set) useBucket(ctx context.Context, name, operation, text string) (string, error) {
	bucket, known := s.Config.Buckets[name]
	if !known {
		return "", fmt.Errorf("bucket %q: this process is not configured to use this bucket: %w", name, ErrNotConfigured)
	}
	client, written := s.storage(bucket), bucket.Prefix+"lab/"+text
	switch operation {
	case "upload":
		_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket.Name, Key: &written, Body: strings.NewReader(text)})
		return written, err
	case "remove":
		_, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket.Name, Key: &written})
		return written, err
	case "list":
		output, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket.Name, Prefix: aws.String(bucket.Prefix + "lab")})
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d objects", len(output.Contents)), nil
	case "signed_upload":
		signed, err := s3.NewPresignClient(client).PresignPutObject(ctx, &s3.PutObjectInput{Bucket: &bucket.Name, Key: &written}, s3.WithPresignExpires(time.Hour))
		if err != nil {
			return "", err
		}
		return signed.URL, useLink(ctx, http.MethodPut, signed.URL, text)
	case "public_url":
		if bucket.PublicURL == "" {
			return "", fmt.Errorf("bucket %q has no public_base_url: %w", name, ErrNotConfigured)
		}
		return bucket.PublicURL + "/" + exercise.Object, nil // without the prefix of keys
	case "download", "attrs", "exists", "signed_download":
		detail, err := look(ctx, client, bucket.Name, bucket.Prefix+exercise.Object, operation)
		if err != nil {
			return detail, err
		}
		if _, err := look(ctx, client, bucket.Name, bucket.Prefix+absent, operation); !errors.Is(err, errNotThere) {
			return detail, fmt.Errorf("an object that is not there: %w", cmp.Or(err, errFound))
		}
		return detail, nil
	}
	return "", fmt.Errorf("no operation is %q", operation)
}

var (
	errNotThere = errors.New("it is not there")
	errFound    = errors.New("it is there")
)

// look reads one object, or what is known of it, as an operation does; errNotThere where S3 says so.
func look(ctx context.Context, client *s3.Client, bucket, key, operation string) (detail string, err error) {
	switch operation {
	case "download":
		var output *s3.GetObjectOutput
		if output, err = client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key}); err == nil {
			defer output.Body.Close()
			_, err = io.Copy(io.Discard, output.Body)
		}
	case "signed_download":
		signed, err := s3.NewPresignClient(client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key}, s3.WithPresignExpires(time.Hour))
		if err != nil {
			return "", err
		}
		return signed.URL, useLink(ctx, http.MethodGet, signed.URL, "")
	default:
		_, err = client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	}
	var noKey *types.NoSuchKey
	var nothing *types.NotFound
	if errors.As(err, &noKey) || errors.As(err, &nothing) {
		err = errNotThere
	}
	return key, err
}

// storage is a client for a bucket. AWS_ENDPOINT_URL is honoured in every language: the laboratory has no other way to
// stand in for S3, although Go's runtime ignores it there.
func (s *Set) storage(bucket infra.Bucket) *s3.Client {
	return s3.NewFromConfig(s.aws, func(options *s3.Options) {
		options.Region = bucket.Region
		if bucket.Endpoint != "" {
			options.BaseEndpoint = aws.String(bucket.Endpoint)
		}
		options.UsePathStyle = options.BaseEndpoint != nil
		if bucket.AccessKey != "" {
			options.Credentials = credentials.NewStaticCredentialsProvider(bucket.AccessKey, bucket.SecretKey, "")
		}
	})
}

// useLink does what somebody does who is handed a signed URL.
func useLink(ctx context.Context, method, url, body string) error {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 500))
	if err != nil {
		return err
	}
	if answer.StatusCode == http.StatusNotFound {
		return errNotThere
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("the signed URL is answered %d: %s", answer.StatusCode, said)
	}
	return nil
}
