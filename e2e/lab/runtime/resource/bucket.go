package resource

import (
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

	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

// Object is what is downloaded and looked at: put it into a bucket to see more than that it is not there.
const Object = "lab-object"

// useBucket does one operation. What an operation is answered that finds no object is its right to look: without
// s3:ListBucket S3 says 403 instead.
func (s *Set) useBucket(ctx context.Context, name, operation, text string) (string, error) {
	bucket, known := s.Config.Buckets[name]
	if !known {
		return "", fmt.Errorf("bucket %q: this process is not configured to use this bucket: %w", name, ErrNotConfigured)
	}
	client, written, existing := s.storage(bucket), bucket.Prefix+"lab/"+text, bucket.Prefix+Object
	var err error
	switch operation {
	case "upload":
		_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket.Name, Key: &written, Body: strings.NewReader(text)})
		return written, err
	case "remove":
		_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket.Name, Key: &written})
		return written, err
	case "list":
		output, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket.Name, Prefix: aws.String(bucket.Prefix + "lab")})
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d objects", len(output.Contents)), nil
	case "download":
		var output *s3.GetObjectOutput
		if output, err = client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket.Name, Key: &existing}); err == nil {
			defer output.Body.Close()
			_, err = io.Copy(io.Discard, output.Body)
		}
	case "attrs", "exists":
		_, err = client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket.Name, Key: &existing})
	case "signed_upload":
		signed, err := s3.NewPresignClient(client).PresignPutObject(ctx, &s3.PutObjectInput{Bucket: &bucket.Name, Key: &written}, s3.WithPresignExpires(time.Hour))
		if err != nil {
			return "", err
		}
		return signed.URL, useLink(ctx, http.MethodPut, signed.URL, text)
	case "signed_download":
		signed, err := s3.NewPresignClient(client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &bucket.Name, Key: &existing}, s3.WithPresignExpires(time.Hour))
		if err != nil {
			return "", err
		}
		return signed.URL, useLink(ctx, http.MethodGet, signed.URL, "")
	case "public_url":
		if bucket.PublicURL == "" {
			return "", fmt.Errorf("bucket %q has no public_base_url: %w", name, ErrNotConfigured)
		}
		return bucket.PublicURL + "/" + Object, nil // without the prefix of keys
	default:
		return "", fmt.Errorf("no operation is %q", operation)
	}
	var absent *types.NoSuchKey
	var nothing *types.NotFound
	if errors.As(err, &absent) || errors.As(err, &nothing) {
		return existing + " is not there", nil
	}
	return existing, err
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
	if answer.StatusCode >= 300 && (method != http.MethodGet || answer.StatusCode != http.StatusNotFound) {
		return fmt.Errorf("the signed URL is answered %d: %s", answer.StatusCode, said)
	}
	return nil
}
