package resource

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
)

// datum is one value of a metric.
type datum struct {
	name       string
	value      float64
	dimensions [][2]string
}

// PutMetricData writes values into a namespace, in the protocol that emulators of AWS know as well: the SDK's client has
// gone over to another one.
func PutMetricData(ctx context.Context, config aws.Config, namespace string, values []datum) error {
	form := url.Values{"Action": {"PutMetricData"}, "Version": {"2010-08-01"}, "Namespace": {namespace}}
	for i, value := range values {
		member := fmt.Sprintf("MetricData.member.%d.", i+1)
		form.Set(member+"MetricName", value.name)
		form.Set(member+"Value", strconv.FormatFloat(value.value, 'g', -1, 64))
		for j, dimension := range value.dimensions {
			form.Set(fmt.Sprintf("%sDimensions.member.%d.Name", member, j+1), dimension[0])
			form.Set(fmt.Sprintf("%sDimensions.member.%d.Value", member, j+1), dimension[1])
		}
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	status, said, err := SignedPost(ctx, config, "monitoring", form.Encode(), header)
	if err != nil || status == http.StatusOK {
		return err
	}
	var refused struct {
		Code    string `xml:"Error>Code"`
		Message string `xml:"Error>Message"`
	}
	if err := xml.Unmarshal(said, &refused); err != nil || refused.Code == "" {
		return fmt.Errorf("PutMetricData: %d: %s", status, said)
	}
	return &smithy.GenericAPIError{Code: refused.Code, Message: refused.Message}
}

// PutOne writes one value, as a trial.
func PutOne(ctx context.Context, config aws.Config, namespace string) error {
	return PutMetricData(ctx, config, namespace, []datum{{name: "lab", value: 1}})
}

// SignedPost sends a request to a service of AWS with the credentials of the process.
func SignedPost(ctx context.Context, config aws.Config, service, body string, header http.Header) (int, []byte, error) {
	endpoint := os.Getenv("AWS_ENDPOINT_URL")
	if endpoint == "" {
		endpoint = "https://" + service + "." + config.Region + ".amazonaws.com"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(endpoint, "/")+"/", strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header = header
	credentials, err := config.Credentials.Retrieve(ctx)
	if err != nil {
		return 0, nil, err
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), service, config.Region, time.Now()); err != nil {
		return 0, nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	return answer.StatusCode, said, err
}
