package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"path"
	"slices"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/grpchealth"
	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/api"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
	"github.com/groundplan/groundplan/e2e/lab/runtime/lifecycle"
	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

// healthProbe is the name of the program that images of gRPC servers carry along to be asked for their health. It is played with the
// one option that everybody gives it.
const healthProbe = "grpc_health_probe"

// patience is how long a command that asks for health waits for the answer.
const patience = 5 * time.Second

// play is what a command line means in an image of a service: the service itself, a job whose program stands there too, or a command
// that asks for health, which ends with a code. An image with programs knows no other command line.
func play(app *needs.Needs, image string, arguments []string, orders string, output io.Writer) (service *needs.Service, code int) {
	service = app.Service(image)
	if service == nil {
		fmt.Fprintf(output, "%s names no service: %q\n", infra.ServiceVariable, image)
		return nil, infra.CodeError
	}
	if path.Base(arguments[0]) == healthProbe {
		return nil, probe(arguments[1:], output)
	}
	played := app.Runs(image, arguments)
	switch {
	case played != service || service.Program == nil:
		return played, 0
	case len(service.Program.Asks) > 0 && slices.Equal(service.Program.Asks, arguments):
		return nil, well("http://"+orders+"/lab/"+service.Name+"/well", output)
	case len(service.Program.Files) > 0 && !slices.Equal(service.Program.Files[:1], arguments):
		fmt.Fprintf(output, "%q is no command of this image\n", arguments)
		return nil, infra.CodeError
	}
	return service, 0
}

// probe asks a server of gRPC for its health.
func probe(arguments []string, output io.Writer) int {
	flags := flag.NewFlagSet(healthProbe, flag.ContinueOnError)
	flags.SetOutput(output)
	address := flags.String("addr", "", "")
	if err := flags.Parse(arguments); err != nil {
		return infra.CodeError
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	status, serves, err := grpchealth.Ask(ctx, &http.Client{Transport: grpchealth.Transport()}, "http://"+*address+grpchealth.Path)
	if err != nil || !serves {
		fmt.Fprintf(output, "%s does not serve: status %q, %v\n", *address, status, err)
		return infra.CodeError
	}
	return 0
}

// well asks the program that runs beside this one, at the address where it takes orders.
func well(url string, output io.Writer) int {
	client := &http.Client{Timeout: patience}
	response, err := client.Get(url)
	if err != nil {
		fmt.Fprintln(output, err)
		return infra.CodeError
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		fmt.Fprintln(output, response.Status)
		return infra.CodeError
	}
	return 0
}

// takeOrders listens for orders inside the task until the process ends.
func takeOrders(address string, process http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: process, ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(listener) }() // it goes with the process
	return nil
}

// runWorker runs what listens nowhere, until it is told to stop: a worker, with its last message.
func runWorker(stop context.Context, timeline lifecycle.Timeline, speed float64, cancel func(), idle <-chan struct{}, logger *log.Logger) int {
	<-stop.Done()
	logger.Printf("stopping: %+v", timeline)
	defer time.AfterFunc(time.Duration(float64(timeline.Cancel)/speed), cancel).Stop()
	select {
	case <-idle:
		return 0
	case <-time.After(time.Duration(float64(timeline.Deadline) / speed)):
		logger.Print("stopping: the deadline has passed with work in flight")
		return infra.CodeError
	}
}

// do is a run of a job: everything that it needs, and the end.
func do(stop context.Context, set *resource.Set, service *needs.Service, ordered string, logger *log.Logger) int {
	if ordered == exercise.RunHolds {
		<-stop.Done()
		return 0
	}
	done, err := set.All(stop, service, service.All(), resource.Scenario{})
	for _, one := range done {
		logger.Printf("job %s: %s", service.Name, one)
	}
	if err != nil {
		logger.Printf("job %s: %v", service.Name, err)
		return infra.CodeError
	}
	if ordered == exercise.RunFails {
		logger.Printf("job %s: this run is told to fail", service.Name)
		return exercise.FailureCode
	}
	logger.Printf("job %s: done", service.Name)
	return 0
}

// container runs the service of a container, by the way in which it takes requests.
func container(run running, service *needs.Service, variables map[string]string) int {
	if orders := variables["LAB_ORDERS"]; orders != "" {
		if err := takeOrders(orders, run.process); err != nil {
			return end(run.log, err)
		}
	}
	switch {
	case service.Job():
		return do(run.stop, run.set, service, variables[exercise.RunVariable], run.log)
	case service.Listens() == needs.Nowhere:
		run.log.Print("working")
		return runWorker(run.stop, lifecycle.Worker, run.lab.speed, run.cancel, run.consume(), run.log)
	}
	return serve(run, service.Listens() == needs.GRPC)
}

// running is a process with what it has opened.
type running struct {
	lab        settings
	config     *infra.Config
	set        *resource.Set
	process    *api.Process
	stop, work context.Context
	cancel     func() // handlers are told to give up
	log        *log.Logger
}

// consume handles messages until the process is told to stop. What it returns is closed when the last is handled.
func (r running) consume() <-chan struct{} {
	idle := make(chan struct{})
	go func() { defer close(idle); r.set.Consume(r.stop, r.work) }()
	return idle
}

func serve(run running, http2 bool) int {
	if run.config.Address == "" {
		return end(run.log, errors.New("there is nowhere to listen"))
	}
	listener, err := net.Listen("tcp", run.config.Address)
	if err != nil {
		return end(run.log, err)
	}
	run.log.Printf("serving on %s: services %v, gateway %t", listener.Addr(), run.config.Services, run.config.Gateway)
	idle := run.consume()
	go run.set.Export(run.work)
	return lifecycle.Serve(lifecycle.Options{
		Listener: listener, Handler: run.process, HTTP2: http2, Timeline: lifecycle.Plan(run.lab.needs.Language, run.config.Shutdown), Speed: run.lab.speed,
		Stop: run.stop, Stopping: run.process.Stop, Cancel: run.cancel, Idle: idle, Log: run.log,
	})
}
