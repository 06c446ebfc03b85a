package infra

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"unicode"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// ServiceVariable names the service whose code the image of a container holds.
const ServiceVariable = "LAB_SERVICE"

// readContainer reads the variables that docs/manifest.md promises. What a variable lacks is not configured, and found out
// when it is used.
func readContainer(app *needs.Needs, environment Environment) (*Config, error) {
	variables := environment.Variables
	service := app.Service(variables[ServiceVariable])
	if service == nil {
		return nil, &StartError{CodeError, fmt.Sprintf("%s names no service: %q", ServiceVariable, variables[ServiceVariable])}
	}
	config := newConfig()
	config.Cloud = "aws"
	switch listens := service.Listens() != needs.Nowhere; {
	case listens && variables["PORT"] == "":
		return nil, &StartError{CodeError, "PORT is not set"}
	case listens:
		config.Address = ":" + variables["PORT"]
	}
	config.Services[service.Name] = true
	for _, database := range service.Databases {
		if err := containerDatabase(config, database.Name, environment); err != nil {
			return nil, err
		}
	}
	for _, keyspace := range service.Caches {
		prefix := Variable(keyspace.Cluster) + "_CACHE_"
		if variables[prefix+"HOST"] != "" {
			config.Caches[keyspace.Cluster] = Cache{
				Address: net.JoinHostPort(variables[prefix+"HOST"], variables[prefix+"PORT"]),
				User:    variables[prefix+"USER"], Password: variables[prefix+"PASSWORD"], TLS: TLS{Mode: VerifyFull},
			}
		}
	}
	containerMessaging(config, service, variables)
	for _, bucket := range service.Buckets {
		prefix := Variable(bucket.Name) + "_BUCKET_"
		if variables[prefix+"NAME"] != "" {
			config.Buckets[bucket.Name] = Bucket{
				Name: variables[prefix+"NAME"], PublicURL: variables[prefix+"PUBLIC_URL"], Prefix: variables[prefix+"KEY_PREFIX"], Region: variables["AWS_REGION"],
			}
		}
	}
	for _, secrets := range [][]needs.Secret{app.Secrets, service.Secrets} {
		for _, secret := range secrets {
			if value, set := variables[Variable(secret.Name)]; set {
				config.Secrets[secret.Name] = value
			}
		}
	}
	for _, call := range service.Calls {
		callee, _, _ := strings.Cut(call, ".")
		if url := variables[Variable(callee)+"_URL"]; url != "" {
			config.Discovery[callee] = Peer{URL: url}
		}
	}
	return config, nil
}

func containerDatabase(config *Config, name string, environment Environment) error {
	variables, prefix := environment.Variables, Variable(name)+"_DATABASE_"
	if variables[prefix+"HOST"] == "" {
		return nil
	}
	database := Database{
		Address: net.JoinHostPort(variables[prefix+"HOST"], variables[prefix+"PORT"]), Name: variables[prefix+"NAME"],
		User: variables[prefix+"USER"], Password: variables[prefix+"PASSWORD"], TLS: TLS{Mode: VerifyFull},
	}
	most, err := strconv.Atoi(variables[prefix+"MAX_CONNECTIONS"])
	if err != nil {
		return &StartError{CodeError, prefix + "MAX_CONNECTIONS: " + err.Error()}
	}
	database.Max = most
	database.TLS.Roots, database.TLS.Problem = environment.Roots.only(variables[prefix+"CA_CERTIFICATE"])
	config.Databases[name] = database
	return nil
}

func containerMessaging(config *Config, service *needs.Service, variables map[string]string) {
	topic := func(name string) Topic {
		if topic, known := config.Topics[name]; known {
			return topic
		}
		return Topic{ARN: variables[Variable(name)+"_TOPIC_ARN"], Queues: map[string]string{}}
	}
	for _, use := range service.Topics {
		if variables[Variable(use.Name)+"_TOPIC_ARN"] != "" {
			config.Topics[use.Name] = topic(use.Name)
		}
	}
	for _, subscription := range service.Subscriptions {
		if url := variables[Variable(subscription.Topic)+"_"+Variable(subscription.Name)+"_QUEUE_URL"]; url != "" {
			consumed := topic(subscription.Topic)
			consumed.Queues[subscription.Name] = url
			config.Topics[subscription.Topic] = consumed
		}
	}
}

// Variable is a name in capitals, with an underscore where it has another character or a new word begins.
func Variable(name string) string {
	var written strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			written.WriteByte('_')
			continue
		}
		before := i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]))
		after := i > 0 && unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if unicode.IsUpper(r) && (before || after) {
			written.WriteByte('_')
		}
		written.WriteRune(unicode.ToUpper(r))
	}
	return written.String()
}
