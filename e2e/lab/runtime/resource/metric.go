package resource

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// metricSeries is a metric of a service.
type metricSeries struct{ service, metric string }

// count adds one. TypeScript knows the service of a metric by used_metrics, or else by the request that counts, and drops
// what is counted elsewhere.
func (s *Set) count(ctx context.Context, service, metric string, scenario Scenario) (string, error) {
	if s.App.Language == needs.TypeScript && !scenario.Request && !slices.Contains(s.Config.UsedMetrics[metric], service) {
		return "dropped", nil
	}
	s.lock.Lock()
	s.counters[metricSeries{service, metric}]++
	s.lock.Unlock()
	if scenario.Ordered && s.exports() {
		return "exported", s.export(ctx)
	}
	return "counted", nil
}

// exports reports whether metrics go to CloudWatch: from Go only where the metadata say that this is AWS.
func (s *Set) exports() bool {
	metrics := s.Config.Metrics
	return metrics != nil && metrics.Type == "aws_cloudwatch" && (s.App.Language != needs.Go || s.Config.Cloud == "aws")
}

// Export writes metrics in each interval until ctx is done.
func (s *Set) Export(ctx context.Context) {
	if !s.exports() {
		return
	}
	ticker := time.NewTicker(max(s.scaled(s.Config.Metrics.Interval), 100*time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := s.export(ctx); err != nil && ctx.Err() == nil {
				s.Log.Printf("exporting metrics: %v", err)
			}
		}
	}
}

// batch is how many values one call takes.
const batch = 1000

func (s *Set) export(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	instance := s.task(ctx)
	// Runtimes measure themselves too, so that there is always something to write.
	values := []datum{{name: "e_sys_sched_goroutines", value: 1}}
	s.lock.Lock()
	for series, value := range s.counters {
		values = append(values, datum{series.metric, value, [][2]string{
			{"service", series.service}, {"env_name", s.Config.Environment}, {"instance_id", instance},
		}})
	}
	s.lock.Unlock()
	for part := range slices.Chunk(values, batch) {
		if err := PutMetricData(ctx, s.aws, s.Config.Metrics.Namespace, part); err != nil {
			return err
		}
	}
	return nil
}

// task is the end of the task's id, out of the metadata of ECS; "lab" where there is none.
func (s *Set) task(ctx context.Context) string {
	const elsewhere = "lab"
	address := s.Variables["ECS_CONTAINER_METADATA_URI_V4"]
	if address == "" {
		return elsewhere
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/task", nil)
	if err != nil {
		return elsewhere
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.Log.Printf("metadata of the task: %v", err)
		return elsewhere
	}
	defer answer.Body.Close()
	var metadata struct{ TaskARN string }
	if err := json.NewDecoder(answer.Body).Decode(&metadata); err != nil || len(metadata.TaskARN) < 8 {
		s.Log.Printf("metadata of the task: %v", fmt.Errorf("%q: %w", metadata.TaskARN, err))
		return elsewhere
	}
	return metadata.TaskARN[len(metadata.TaskARN)-8:]
}
