//go:build linux

package functions

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// order is what the driver reads.
type order struct {
	Archive  string          `json:"archive"`
	Handler  string          `json:"handler"`
	Event    json.RawMessage `json:"event"`
	Request  string          `json:"request"`
	Function string          `json:"function"`
	ARN      string          `json:"arn"`
	Memory   int             `json:"memory"`
	Seconds  float64         `json:"seconds"`
	Speed    float64         `json:"speed"`
}

// attempt runs the function once. Its error is one of the laboratory; the function's own are in the attempt, and in
// the payload as Lambda words it.
func (f *Functions) attempt(ctx context.Context, target *function, request, input string) (Attempt, json.RawMessage, error) {
	role := target.resource.Text("role")
	credentials, err := f.options.Cloud.Assume(ctx, role, "lambda.amazonaws.com", target.resource.Text("arn"))
	if err != nil {
		failure := fmt.Sprintf("the function cannot take its role %s: %v", role, err)
		payload, _ := json.Marshal(map[string]string{"errorMessage": failure})
		return Attempt{Failure: failure}, payload, nil
	}
	seconds := target.resource.Number("timeout")
	limit := f.divided(time.Duration(seconds) * time.Second)
	input, err = orderText(order{
		Archive: f.options.Archive, Handler: target.resource.Text("handler"), Event: json.RawMessage(input), Request: request,
		Function: target.resource.Text("function_name"), ARN: target.resource.Text("arn"), Memory: target.resource.Number("memory_size"),
		Seconds: limit.Seconds(), Speed: f.options.Speed,
	})
	if err != nil {
		return Attempt{}, nil, err
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	reader, writer, err := os.Pipe()
	if err != nil {
		return Attempt{}, nil, err
	}
	defer reader.Close()
	// -B: no compiled files beside what runs.
	command := target.attachment.Command(limited, f.python, "-B", "-c", driver)
	command.Env = f.environment(target, credentials.Identity)
	command.Stdin = strings.NewReader(input)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	command.ExtraFiles = []*os.File{writer}
	command.WaitDelay = time.Second
	err = target.attachment.Start(command)
	writer.Close()
	if err != nil {
		return Attempt{}, nil, fmt.Errorf("%s: %w", target.resource.Address, err)
	}
	result, readErr := io.ReadAll(reader)
	ended := errors.Join(readErr, command.Wait())
	if ctx.Err() != nil {
		return Attempt{}, nil, ctx.Err()
	}
	timeout := ""
	if limited.Err() != nil {
		timeout = fmt.Sprintf("Task timed out after %d.00 seconds", seconds)
	}
	return judge(said.String(), result, request, timeout, ended)
}

// judge makes of what a run left an attempt, and what Lambda says of it when it has failed.
func judge(log string, result []byte, request, timeout string, ended error) (Attempt, json.RawMessage, error) {
	attempt := Attempt{Log: log}
	var answer struct {
		Report  map[string]any
		Failure json.RawMessage
	}
	switch {
	case timeout != "":
		attempt.Failure = timeout
	case json.Unmarshal(result, &answer) != nil:
		attempt.Failure = fmt.Sprintf("Runtime exited: %v", ended)
	case answer.Failure != nil:
		var words struct{ ErrorType, ErrorMessage string }
		if err := json.Unmarshal(answer.Failure, &words); err != nil {
			return Attempt{}, nil, err
		}
		attempt.Failure = words.ErrorType + ": " + words.ErrorMessage
		return attempt, answer.Failure, nil
	default:
		attempt.Report = answer.Report
		return attempt, nil, nil
	}
	payload, err := json.Marshal(map[string]string{"errorMessage": request + " " + attempt.Failure})
	return attempt, payload, err
}

func orderText(o order) (string, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("the schedule's input is no JSON: %w", err)
	}
	return string(text), nil
}

// environment is what Lambda sets, with the function's own variables and the laboratory's way to AWS.
func (f *Functions) environment(target *function, role emulator.Identity) []string {
	region := strings.Split(target.resource.Text("arn"), ":")[3]
	lines := []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "TZ=:UTC", "PYTHONDONTWRITEBYTECODE=1",
		"AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region,
		"AWS_ACCESS_KEY_ID=" + role.Key, "AWS_SECRET_ACCESS_KEY=" + role.Secret, "AWS_SESSION_TOKEN=" + role.Token,
		"AWS_EXECUTION_ENV=AWS_Lambda_" + target.resource.Text("runtime"), "_HANDLER=" + target.resource.Text("handler"),
		"AWS_LAMBDA_FUNCTION_NAME=" + target.resource.Text("function_name"), "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(target.resource.Number("memory_size")),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand", "LAMBDA_TASK_ROOT=/var/task", "LAMBDA_RUNTIME_DIR=/var/runtime",
		"AWS_ENDPOINT_URL=http://aws.lab:443", "AWS_ENDPOINT_URL_SECRETS_MANAGER=http://secretsmanager.aws.lab:443",
	}
	for name, value := range target.resource.Block("environment").Map("variables") {
		lines = append(lines, name+"="+value)
	}
	return lines
}

// giveUp tells the function's destination of an event that failed for good, as the function's role.
func (f *Functions) giveUp(ctx context.Context, target *function, run Run, request, input, condition string, payload json.RawMessage) Run {
	reason := condition
	if len(run.Attempts) > 0 {
		reason += ": " + run.Attempts[len(run.Attempts)-1].Failure
	}
	record := map[string]any{
		"version": "1.0", "timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"requestContext": map[string]any{
			"requestId": request, "functionArn": target.resource.Text("arn") + ":$LATEST", "condition": condition, "approximateInvokeCount": len(run.Attempts),
		},
		"requestPayload": json.RawMessage(input),
	}
	if payload != nil {
		record["responseContext"] = map[string]any{"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
		record["responsePayload"] = payload
	}
	body, err := json.Marshal(record)
	if err == nil {
		var role emulator.Credentials
		role, err = f.options.Cloud.Assume(ctx, target.resource.Text("role"), "lambda.amazonaws.com", target.resource.Text("arn"))
		if err == nil {
			err = f.send(role.Identity, target.destination, string(body))
		}
	}
	if err != nil {
		run.Lost = reason + ", and the destination cannot be told: " + err.Error()
		return run
	}
	run.DeadLetter = reason
	return run
}

// send puts a message into a queue of the state.
func (f *Functions) send(who emulator.Identity, queueARN, body string) error {
	for _, queue := range f.options.Resources.Of("aws_sqs_queue") {
		if queue.Text("arn") != queueARN {
			continue
		}
		_, err := f.options.Caller.Call(who, "sqs", "SendMessage", map[string]any{"QueueUrl": queue.Text("url"), "MessageBody": body})
		return err
	}
	return fmt.Errorf("no queue %q in the state", queueARN)
}

// requestID is a random UUID.
func requestID() string {
	number := make([]byte, 16)
	rand.Read(number) // never fails
	number[6], number[8] = number[6]&0x0f|0x40, number[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", number[:4], number[4:6], number[6:8], number[8:10], number[10:])
}
