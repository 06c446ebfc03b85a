package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	labenvironment "github.com/groundplan/groundplan/e2e/lab/environment"
	"github.com/groundplan/groundplan/generator"
)

// refunds is what somebody adds to the service orders of the shop: a topic, and a line that publishes to it.
var refunds = []string{
	"var placed = metrics", `// OrderRefunded is told once money went back.
type OrderRefunded struct {
	OrderID int64
}

// Refunded is the topic of refunds.
var Refunded = pubsub.NewTopic[*OrderRefunded]("order-refunded", pubsub.TopicConfig{
	DeliveryGuarantee: pubsub.AtLeastOnce,
})

// Refund gives money back.
//
//encore:api auth method=POST path=/orders/:id/refund
func Refund(ctx context.Context, id int64) error {
	_, err := Refunded.Publish(ctx, &OrderRefunded{OrderID: id})
	return err
}

var placed = metrics`,
}

// recordShop applies the shop, adds a topic to its code, and records what both stacks want then; and what a deployment of
// another version is.
func recordShop(ctx context.Context, to string, only []string) (err error) {
	if len(only) > 0 && !slices.Contains(only, "shop") {
		return nil
	}
	prepared, err := labenvironment.Prepare(ctx, labenvironment.Options{Fixture: "shop", Settings: labenvironment.Trial, Progress: os.Stdout})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, prepared.Close()) }()
	variables, err := labenvironment.Variables(prepared.Stack("services"))
	if err != nil {
		return err
	}
	services, err := prepared.Terraform("services")
	if err != nil {
		return err
	}
	platform, err := prepared.Terraform("platform")
	if err != nil {
		return err
	}
	if _, err := services.Run(ctx, "init", "-input=false", "-no-color"); err != nil {
		return err
	}
	for i := range variables {
		variables[i] = strings.ReplaceAll(variables[i], labenvironment.ImageTag, "fedcba987654")
	}
	if err := recordPlan(ctx, services, filepath.Join(to, "shop-services-deploy.json"), append(variables, "-refresh=false")...); err != nil {
		return err
	}
	if err := addTopic(prepared, to); err != nil {
		return err
	}
	if _, err := platform.Run(ctx, "init", "-input=false", "-no-color"); err != nil {
		return err
	}
	if err := recordPlan(ctx, platform, filepath.Join(to, "shop-platform-topic.json"), "-refresh=false"); err != nil {
		return err
	}
	if _, err := platform.Run(ctx, "apply", "-input=false", "-no-color", "-lock=false", "-parallelism=60", "saved.tfplan"); err != nil {
		return err
	}
	for i := range variables {
		variables[i] = strings.ReplaceAll(variables[i], "fedcba987654", labenvironment.ImageTag)
	}
	return recordPlan(ctx, services, filepath.Join(to, "shop-services-topic.json"), append(variables, "-refresh=false")...)
}

// addTopic changes the code and generates it again, and keeps the blueprint that goes with the plans.
func addTopic(prepared *labenvironment.Environment, to string) error {
	file := filepath.Join(prepared.Source, "orders", "orders.go")
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !strings.Contains(string(content), refunds[0]) {
		return fmt.Errorf("%s does not say %q", file, refunds[0])
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(content), refunds[0], refunds[1], 1)), 0o644); err != nil {
		return err
	}
	result, _, diagnostics, err := generator.FromSource(generator.Options{Root: prepared.Source, Out: prepared.Out()})
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return diagnostics
	}
	if _, err := result.Write(prepared.Out(), true, nil); err != nil {
		return err
	}
	text, err := json.MarshalIndent(result.Blueprint.Environments[0], "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "shop.json"), append(text, '\n'), 0o644)
}
