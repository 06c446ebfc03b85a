//go:build linux

package laboratory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/events"
	"github.com/groundplan/groundplan/e2e/lab/state"
)

// stopped is what EventBridge does when ECS tells it that a task has stopped: each rule that the event matches sends to its targets, as
// far as these let it in.
func (l *Laboratory) stopped(ctx context.Context, detail map[string]any) error {
	text, err := json.Marshal(map[string]any{
		"source": "aws.ecs", "detail-type": "ECS Task State Change", "account": emulator.Account, "region": emulator.Region,
		"time": time.Now().UTC().Format(time.RFC3339), "resources": []any{detail["taskArn"]}, "detail": detail,
	})
	var event map[string]any
	if err == nil {
		err = json.Unmarshal(text, &event)
	}
	if err != nil {
		return err
	}
	var failed error
	for _, rule := range l.Resources.Of("aws_cloudwatch_event_rule") {
		matches, err := events.Matches(rule.Text("event_pattern"), event)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", rule.Address, err))
		}
		if matches && rule.Text("state") == "ENABLED" {
			failed = errors.Join(failed, l.send(ctx, rule, event))
		}
	}
	return failed
}

func (l *Laboratory) send(ctx context.Context, rule state.Resource, event map[string]any) error {
	var failed error
	for _, target := range l.Resources.Of("aws_cloudwatch_event_target") {
		if target.Text("rule") != rule.Text("name") {
			continue
		}
		transformer := target.Block("input_transformer")
		body, err := events.Transform(transformer.Text("input_template"), transformer.Map("input_paths"), event)
		if err == nil {
			err = l.Environment.Cloud.Deliver(ctx, target.Text("arn"), "events.amazonaws.com", rule.Text("arn"), body)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", target.Address, err))
		}
	}
	return failed
}

// Failures takes what a job's queue of runs that failed holds, and reports whom the alarm on it tells meanwhile, ARNs of topics: nobody where
// there is no alarm, or nothing in the queue.
func (l *Laboratory) Failures(job Job) (messages []map[string]any, told []string, err error) {
	queue, found := l.resource("process "+job.Service, "aws_sqs_queue")
	if !found {
		return nil, nil, fmt.Errorf("job %s has no queue", job.Name)
	}
	if waiting, err := l.length(queue.Text("name")); err != nil || waiting == 0 {
		return nil, nil, err
	}
	for _, alarm := range l.resources("process "+job.Service, "aws_cloudwatch_metric_alarm") {
		if rings, err := l.rings(alarm); err != nil {
			return nil, nil, err
		} else if rings {
			told = append(told, alarm.Texts("alarm_actions")...)
		}
	}
	for {
		answer, err := l.Call("sqs", "ReceiveMessage", map[string]any{"QueueUrl": queue.Text("url"), "MaxNumberOfMessages": 10})
		if err != nil {
			return nil, nil, err
		}
		list, _ := answer["Messages"].([]any)
		if len(list) == 0 {
			return messages, told, nil
		}
		for _, entry := range list {
			fields, _ := entry.(map[string]any)
			var message map[string]any
			if err := json.Unmarshal([]byte(fmt.Sprint(fields["Body"])), &message); err != nil {
				return nil, nil, fmt.Errorf("%v: %w", fields["Body"], err)
			}
			messages = append(messages, message)
			if _, err := l.Call("sqs", "DeleteMessage", map[string]any{"QueueUrl": queue.Text("url"), "ReceiptHandle": fields["ReceiptHandle"]}); err != nil {
				return nil, nil, err
			}
		}
	}
}

// lost are the metrics of what a queue did not take. None counts anything here: a delivery that is refused is an error of the laboratory.
var lost = map[[2]string]bool{
	{"AWS/Events", "FailedInvocations"}:                             true,
	{"AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount"}: true,
}

// rings reports whether an alarm on the length of a queue, or on what a queue did not take, is one now.
func (l *Laboratory) rings(alarm state.Resource) (bool, error) {
	if lost[[2]string{alarm.Text("namespace"), alarm.Text("metric_name")}] {
		return false, nil
	}
	if alarm.Text("namespace") != "AWS/SQS" || alarm.Text("metric_name") != visible || alarm.Text("comparison_operator") != "GreaterThanThreshold" {
		return false, fmt.Errorf("%s: the laboratory knows no alarm on %s", alarm.Address, alarm.Text("metric_name"))
	}
	length, err := l.length(alarm.Map("dimensions")["QueueName"])
	return length > alarm.Number("threshold"), err
}

// visible is what CloudWatch calls the messages that wait in a queue.
const visible = "ApproximateNumberOfMessagesVisible"

// length is how many messages wait in a queue.
func (l *Laboratory) length(name string) (int, error) {
	url, err := l.Call("sqs", "GetQueueUrl", map[string]any{"QueueName": name})
	if err != nil {
		return 0, err
	}
	const attribute = "ApproximateNumberOfMessages"
	answer, err := l.Call("sqs", "GetQueueAttributes", map[string]any{"QueueUrl": url["QueueUrl"], "AttributeNames": []string{attribute}})
	if err != nil {
		return 0, err
	}
	fields, _ := answer["Attributes"].(map[string]any)
	return strconv.Atoi(fmt.Sprint(fields[attribute]))
}

// Scale does once what Application Auto Scaling does with a process that is scaled by the length of a queue, each minute: it computes the
// metric of the policy, and gives the service as many tasks as bring it to the target, between its bounds. It returns how many those are.
func (l *Laboratory) Scale(process string) (int, error) {
	least, most, wanted := 0, 0, 0
	for _, resource := range l.Resources.Of("aws_appautoscaling_target") {
		if strings.HasSuffix(resource.Text("resource_id"), "/"+process) {
			least, most = resource.Number("min_capacity"), resource.Number("max_capacity")
		}
	}
	running, policies := len(l.Running(process)), 0
	for _, policy := range l.Resources.Of("aws_appautoscaling_policy") {
		tracking := policy.Block("target_tracking_scaling_policy_configuration")
		metrics := tracking.Block("customized_metric_specification").Blocks("metrics")
		if !strings.HasSuffix(policy.Text("resource_id"), "/"+process) || len(metrics) == 0 {
			continue
		}
		policies++
		value, err := l.metric(metrics, process, running)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", policy.Address, err)
		}
		target := float64(tracking.Number("target_value"))
		wanted = max(wanted, int(float64(running)*value/target+0.999))
	}
	if policies == 0 || most == 0 {
		return 0, fmt.Errorf("%s is not scaled by the length of a queue", process)
	}
	wanted = min(max(wanted, least), most)
	return wanted, l.Cluster.Scale(process, wanted)
}

// metric computes the one expression that policies have: messages that wait, for each task that runs.
func (l *Laboratory) metric(metrics []state.Resource, process string, running int) (float64, error) {
	values, expression := map[string]float64{}, ""
	for _, entry := range metrics {
		if text := entry.Text("expression"); text != "" && entry.Flag("return_data") {
			expression = text
			continue
		}
		stat := entry.Block("metric_stat")
		measured := stat.Block("metric")
		dimensions := map[string]string{}
		for _, dimension := range measured.Blocks("dimensions") {
			dimensions[dimension.Text("name")] = dimension.Text("value")
		}
		switch measured.Text("namespace") + " " + measured.Text("metric_name") + " " + stat.Text("stat") {
		case "AWS/SQS " + visible + " Average":
			length, err := l.length(dimensions["QueueName"])
			if err != nil {
				return 0, err
			}
			values[entry.Text("id")] = float64(length)
		case "AWS/ECS CPUUtilization SampleCount":
			if dimensions["ServiceName"] != process {
				return 0, fmt.Errorf("it counts the tasks of %s", dimensions["ServiceName"])
			}
			values[entry.Text("id")] = float64(running)
		default:
			return 0, fmt.Errorf("the laboratory does not measure %v", measured.Values)
		}
	}
	over, under, divides := strings.Cut(expression, " / ")
	over, filled := strings.CutPrefix(strings.TrimSuffix(over, ", 0)"), "FILL(")
	dividend, known := values[over]
	divisor, counted := values[under]
	if !divides || !filled || !known || !counted || divisor == 0 {
		return 0, fmt.Errorf("the laboratory cannot compute %q of %v", expression, values)
	}
	return dividend / divisor, nil
}
