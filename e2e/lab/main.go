//go:build linux

// The laboratory runs an application of fixtures/ as its generated Terraform says, on this machine: see docs/lab.md.
//
// usage: go run ./e2e/lab APP [-settings FILE] [-speed N]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/groundplan/groundplan/e2e/lab/laboratory"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func run(arguments []string) (err error) {
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	settings := flags.String("settings", "", "a groundplan.hcl, whose first environment runs; without it each service is a process of its own")
	speed := flags.Float64("speed", 1, "divides every duration: health checks, deployments, lifetimes of names")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: go run ./e2e/lab APP [-settings FILE] [-speed N]\nAPP is a folder under fixtures/.")
		flags.PrintDefaults()
	}
	var app string
	if len(arguments) > 0 && !strings.HasPrefix(arguments[0], "-") {
		app, arguments = arguments[0], arguments[1:]
	}
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if app == "" {
		app = flags.Arg(0)
	}
	if app == "" {
		flags.Usage()
		return errors.New("no application is named")
	}
	options := laboratory.Options{Fixture: app, Speed: *speed, Progress: os.Stderr}
	if *settings != "" {
		text, err := os.ReadFile(*settings)
		if err != nil {
			return err
		}
		options.Settings = string(text)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	lab, err := laboratory.Open(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lab.Close()) }()
	describe(lab)
	<-ctx.Done()
	fmt.Println("stopping")
	return nil
}

// describe tells how to use what runs.
func describe(lab *laboratory.Laboratory) {
	if lab.Balancer != nil {
		door := "http://" + lab.Balancer.Door(lab.Balancer.Port())
		extra := ""
		if lab.Balancer.Port() == 443 {
			door, extra = "https://"+lab.Balancer.Door(443), " --insecure"
		}
		fmt.Printf("\nfront door   %s\n", door)
		fmt.Printf("token        any user's is \"lab-NAME\"; without one the answer of an endpoint with auth is 401\n")
		fmt.Printf("try          curl%s -i -H 'Authorization: %s' %s/...\n", extra, laboratory.Token("ada"), door)
		fmt.Printf("a need       curl%s -d '{\"need\": {\"kind\": \"database\", \"name\": \"NAME\"}}' %s/lab/SERVICE/do\n", extra, door)
	}
	fmt.Printf("\n%-28s %-9s %-9s %-15s %s\n", "PROCESS", "STATUS", "HEALTH", "ADDRESS", "LOGS")
	for _, task := range lab.Cluster.Tasks("") {
		if task.StopCode == "" {
			fmt.Printf("%-28s %-9s %-9s %-15s %s\n", task.Service, task.Status, task.Health, task.Address, strings.TrimSuffix(task.Logs["app"], "app.log"))
		}
	}
	for _, schedule := range lab.Functions.Schedules("") {
		fmt.Printf("%-28s %s\n", "schedule "+schedule, "fires when its time comes in tests only")
	}
	fmt.Printf("\nEvents of the services are written here. Ctrl-C ends everything.\n\n")
}
