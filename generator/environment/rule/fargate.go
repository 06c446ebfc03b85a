package rule

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// What the settings of a task may say on Fargate. Another compute target checks its sizes in a file like this one.

// MinStopTimeout is the shortest time between signal and kill, MaxStopSeconds the longest a task may take to stop: a Spot
// task has two minutes, and five seconds of them are for ECS.
const (
	MinStopTimeout = 10
	MaxStopSeconds = 115
)

func IsCompute(value string) Fault {
	if value == "eks" {
		return wrong(`use "fargate", which is the default`, `"eks" is not available yet.`)
	}
	return OneOf("fargate")(value)
}

// fargateMemory maps CPU units to the smallest and largest memory and the step between, in MiB: RegisterTaskDefinition.
// 256 units are special: 512, 1024 or 2048.
var fargateMemory = map[int][3]int{
	256: {512, 2048, 1024}, 512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024},
	4096: {8192, 30720, 1024}, 8192: {16384, 61440, 4096}, 16384: {32768, 122880, 8192},
}

var fargateCPU = []int{256, 512, 1024, 2048, 4096, 8192, 16384}

func IsCPU(units int) Fault {
	if _, ok := fargateMemory[units]; ok {
		return Fine
	}
	return wrong("use "+numberList(fargateCPU, diagnostic.Or), "Fargate has no tasks of %d CPU units.", units)
}

// FitsFargate checks memory against CPU; cpu is valid.
func FitsFargate(cpu, memory int) Fault {
	sizes := fargateMemory[cpu]
	low, high, step := sizes[0], sizes[1], sizes[2]
	inSteps := memory%step == 0 || (cpu == 256 && memory == 512)
	if low <= memory && memory <= high && inSteps {
		return Fine
	}
	offer := fmt.Sprintf("%d to %d in steps of %d", low, high, step)
	if cpu == 256 {
		offer = "512, 1024 or 2048"
	}
	return wrong(fmt.Sprintf("with %d units use %s", cpu, offer), "Fargate has no task of %d CPU units with %d MiB.", cpu, memory)
}
