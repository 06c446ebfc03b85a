package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/generator/quota"
)

// accountLimits reads what the flag --limits names, nil when it is not there.
func accountLimits(c *cli.Context) (*quota.Limits, error) {
	if !c.IsSet("limits") {
		return nil, nil
	}
	name := c.String("limits")
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, mistake("there is no file "+name, quota.Ask)
	}
	if err != nil {
		return nil, fmt.Errorf("read limits: %w", err)
	}
	defer file.Close()
	limits, err := quota.ReadLimits(file)
	if err != nil {
		return nil, mistake(fmt.Sprintf("%s is not what aws service-quotas prints: %s", name, err), quota.Ask)
	}
	return limits, nil
}

// wide is the share of what an account has, below which nothing is said of a quota: a small application fits everywhere.
const wide = 0.75

// showQuotas names the quotas that environments come near. only is the environment that is generated, "" for all.
func showQuotas(p *printer, needs []quota.Environment, limits *quota.Limits, out, only string) {
	for i := range needs {
		e := &needs[i]
		near := e.Near(wide, limits)
		if len(near) == 0 || only != "" && e.Name != only {
			continue
		}
		p.say("environment %s comes near these quotas; %s has what it needs of others", e.Name, slashed(out, "README.md"))
		table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		for _, need := range near {
			_, has := e.Start(need, limits)
			fmt.Fprintf(table, "  %s\t%s %s\t%s needed\t%s\n", need.Name, need.Service, need.Code, quota.Number(need.Value), has)
		}
		_ = table.Flush() // to people: like every other line, nothing to do about it when nobody reads
	}
}
