// Package aws is the calls of AWS that the drivers share, one file for each service. It knows AWS and no blueprint: what is
// asked for comes as names and ARNs.
//
// Clients are built when they are first used, from one configuration, which is the one that terraform reads: environment
// variables, shared files, single sign-on, roles of containers and instances. An error of AWS keeps its type; Explain
// rewords it for people.
package aws

import (
	"context"
	"fmt"
	"sync"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
)

// Client calls AWS in one region, with one identity.
type Client struct {
	Region   string
	config   awssdk.Config
	identity func(context.Context) (Identity, error)
}

// Identity is who calls.
type Identity struct {
	// Account has 12 digits.
	Account string
	// ARN is that of the user or of the role's session.
	ARN string
}

// Open reads the configuration. It calls nothing yet, unless a profile asks for single sign-on.
func Open(ctx context.Context, region string) (*Client, error) {
	// The SDK's own log would be lines between ours that say nothing of what to do.
	loaded, err := config.LoadDefaultConfig(ctx, config.WithRegion(region), config.WithAppID("groundplan"), config.WithLogger(logging.Nop{}))
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration: %w", err)
	}
	client := &Client{Region: region, config: loaded}
	client.identity = once(client.callerIdentity)
	return client, nil
}

// In is the same identity in another region: an environment's own, its state's, or us-east-1 for what AWS keeps there alone.
func (c *Client) In(region string) *Client {
	if region == c.Region {
		return c
	}
	other := &Client{Region: region, config: c.config.Copy(), identity: c.identity}
	other.config.Region = region
	return other
}

// Identity asks AWS who calls, once.
func (c *Client) Identity(ctx context.Context) (Identity, error) { return c.identity(ctx) }

func (c *Client) callerIdentity(ctx context.Context) (Identity, error) {
	answer, err := sts.NewFromConfig(c.config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, fmt.Errorf("ask AWS who calls: %w", err)
	}
	return Identity{awssdk.ToString(answer.Account), awssdk.ToString(answer.Arn)}, nil
}

// once keeps the first answer that is no error.
func once[V any](ask func(context.Context) (V, error)) func(context.Context) (V, error) {
	var lock sync.Mutex
	var answer V
	known := false
	return func(ctx context.Context) (V, error) {
		lock.Lock()
		defer lock.Unlock()
		if known {
			return answer, nil
		}
		got, err := ask(ctx)
		if err == nil {
			answer, known = got, true
		}
		return got, err
	}
}
