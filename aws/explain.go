package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// The codes of AWS's services for the same thing (each service's API reference, "Common Errors").
var (
	expired   = []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
	unknown   = []string{"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure", "SignatureDoesNotMatch", "InvalidSignatureException"}
	refused   = []string{"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "Forbidden"}
	busy      = []string{"OperationAborted"}
	throttled = []string{"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}
)

// Refused reports whether a call was refused for want of a right.
func Refused(err error) bool {
	var code smithy.APIError
	return errors.As(err, &code) && slices.Contains(refused, code.ErrorCode())
}

// Explain rewords an error of a call for people: one line, and what to do. An error that AWS has no part in stays as it is.
func Explain(err error) (message string, hints []string) {
	var operation *smithy.OperationError
	called := ""
	if errors.As(err, &operation) {
		called = operation.Service() + " " + operation.Operation()
	}
	var code smithy.APIError
	var network net.Error
	var keys *awssdk.MissingRegionError
	switch {
	case errors.Is(err, context.Canceled), called == "":
		return err.Error(), nil
	case errors.As(err, &keys):
		return "AWS needs a region", []string{"export AWS_REGION"}
	case errors.As(err, &code) && slices.Contains(expired, code.ErrorCode()):
		return "the credentials for AWS have expired", []string{"log in again, as with aws sso login, and repeat the command"}
	case errors.As(err, &code) && slices.Contains(unknown, code.ErrorCode()):
		return fmt.Sprintf("AWS does not know these credentials: %s", code.ErrorCode()),
			[]string{"aws sts get-caller-identity shows whose they are; AWS_PROFILE chooses others"}
	case errors.As(err, &code) && slices.Contains(refused, code.ErrorCode()):
		return fmt.Sprintf("AWS refuses %s: %s", called, code.ErrorMessage()),
			[]string{"give the caller that right, or use credentials that have it"}
	case errors.As(err, &code) && slices.Contains(throttled, code.ErrorCode()):
		return fmt.Sprintf("AWS has had too many requests: %s", called), []string{"repeat the command in a minute"}
	case errors.As(err, &code) && slices.Contains(busy, code.ErrorCode()):
		return fmt.Sprintf("AWS is still busy with an earlier call than %s: %s", called, code.ErrorMessage()), []string{"repeat the command in a minute"}
	case errors.As(err, &code):
		return fmt.Sprintf("%s: %s: %s", called, code.ErrorCode(), code.ErrorMessage()), nil
	case errors.As(err, &network):
		return fmt.Sprintf("AWS does not answer %s: %s", called, network), []string{"look at the network and its proxy, and repeat the command"}
	}
	var answered *awshttp.ResponseError
	if errors.As(err, &answered) {
		return fmt.Sprintf("%s: HTTP status %d: %s", called, answered.HTTPStatusCode(), answered.Err), nil
	}
	return fmt.Sprintf("%s cannot be called: %s", called, operation.Unwrap()),
		[]string{"AWS needs credentials: aws sso login, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"}
}
