// Package main is the laboratory's stand-in for Encore's runtimes: one static program that behaves, where it matters for
// infrastructure, as an application does that Encore compiled, in Go or TypeScript, or as a plain container. It is written
// from descriptions and measurements of the real ones, and holds nothing of theirs.
//
// What the application's code does comes from a file of needs; what the process is told comes from its environment, as on
// Fargate. Besides, the laboratory sets:
//
//	LAB_NEEDS        the file of needs; /needs.json without
//	LAB_SERVICE      the service that a container's image holds
//	LAB_ORDERS       address where a container takes orders as well
//	LAB_RUN          fail or hold: what a run of a job does instead of what the job needs, see package exercise
//	LAB_SPEED        number that every duration is divided by; 1 without
//	LAB_RDS_CA       file with the certificate of the authority that plays RDS
//	LAB_MISBEHAVES   exit, unhealthy or panic: what a bad image does
//
// It answers, besides the endpoints of the application and Encore's own paths, POST /lab/<service>/do and
// GET /lab/<service>/received, as package exercise describes. The header X-Lab-Sleep makes an endpoint take its time.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/api"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

func main() {
	variables := map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		variables[name] = value
	}
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	code := runProcess(stop, os.Args, variables, os.Stderr)
	cancel()
	os.Exit(code)
}

// settings are the laboratory's own.
type settings struct {
	needs      *needs.Needs
	speed      float64
	roots      infra.Authorities
	misbehaves string
}

func readSettings(variables map[string]string) (settings, error) {
	read := settings{speed: 1, misbehaves: variables["LAB_MISBEHAVES"], roots: infra.Authorities{Region: variables["AWS_REGION"]}}
	path := variables["LAB_NEEDS"]
	if path == "" {
		path = "/needs.json"
	}
	var err error
	if read.needs, err = needs.Load(path); err != nil {
		return read, err
	}
	if text := variables["LAB_SPEED"]; text != "" {
		if read.speed, err = strconv.ParseFloat(text, 64); err != nil || read.speed <= 0 {
			return read, fmt.Errorf("LAB_SPEED is %q, and must be a number above 0", text)
		}
	}
	if path := variables["LAB_RDS_CA"]; path != "" {
		if read.roots.Stand, err = os.ReadFile(path); err != nil {
			return read, err
		}
	}
	return read, nil
}

// runProcess is the life of a process with a command line, until stop is done; what it returns is the exit code.
func runProcess(stop context.Context, arguments []string, variables map[string]string, output io.Writer) int {
	logger := log.New(output, "", log.LstdFlags|log.Lmicroseconds)
	lab, err := readSettings(variables)
	if err != nil {
		logger.Print(err)
		return infra.CodeError
	}
	var service *needs.Service // of a container
	if lab.needs.Language == needs.Container {
		var code int
		if service, code = play(lab.needs, variables[infra.ServiceVariable], arguments, variables["LAB_ORDERS"], output); service == nil {
			return code
		}
		variables[infra.ServiceVariable] = service.Name
	}
	if lab.misbehaves == "exit" {
		logger.Print("this image ends at once")
		return infra.CodeError
	}
	if lab.misbehaves == "panic" {
		time.AfterFunc(time.Duration(float64(time.Minute)/lab.speed), func() { panic("this image panics after a minute") })
	}
	config, err := infra.Read(lab.needs, infra.Environment{Variables: variables, Roots: lab.roots})
	if err != nil {
		return end(logger, err)
	}
	work, cancelWork := context.WithCancel(context.Background())
	defer cancelWork()
	var process *api.Process
	set, err := resource.Open(stop, resource.Options{
		App: lab.needs, Config: config, Speed: lab.speed, Variables: variables, Log: logger,
		Call: func(ctx context.Context, caller, endpoint string) (string, error) {
			return process.Call(ctx, caller, endpoint)
		},
	})
	if err != nil {
		return end(logger, err)
	}
	defer set.Close()
	process = api.New(&api.Process{
		App: lab.needs, Config: config, Set: set, Service: variables[infra.ServiceVariable], Speed: lab.speed,
		Sick: lab.misbehaves == "unhealthy", Work: work, Now: time.Now, Log: logger,
	})
	runs := running{lab: lab, config: config, set: set, process: process, stop: stop, work: work, cancel: cancelWork, log: logger}
	if service != nil {
		return container(runs, service, variables)
	}
	return serve(runs, false)
}

// end tells why the process ends, and with which code.
func end(logger *log.Logger, err error) int {
	logger.Print(err)
	var fatal *infra.StartError
	if errors.As(err, &fatal) {
		return fatal.Code
	}
	return infra.CodeError
}
