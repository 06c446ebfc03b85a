package environment

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// GrantCIDRs chooses an address range for every environment that has none, and returns the range of every environment
// by name: those set in the file, and those granted to environments that have left the list, included. It writes the
// ranges into the list as well.
//
// granted are the ranges chosen before, from the lock file: they are kept whatever else changes, because a VPC cannot
// change its range. A new range is a /16 of 10.0.0.0/8 that follows from the names of application and environment, the
// next free one when that is taken. No chosen range overlaps another of the application. 10.0.0.0/16 is never chosen:
// it is what every other VPC has, and ranges that are equal cannot be peered.
//
// An environment in a network that exists needs no range; one that it was granted before stays its own.
//
// The diagnostic is about this: that no range is left, or that a range in granted cannot be read.
func GrantCIDRs(environments []Environment, granted map[string]string) (map[string]string, *hcl.Diagnostic) {
	all := map[string]string{}
	var taken []netip.Prefix
	take := func(name, cidr string) *hcl.Diagnostic {
		prefix, err := netip.ParsePrefix(cidr)
		if err != nil {
			return noRange("restore the lock file from version control", "address range of environment %s: %s", name, err)
		}
		all[name] = cidr
		taken = append(taken, prefix)
		return nil
	}
	// An environment that is not in the list any more may still run, and may come back: its range stays its own.
	for _, name := range slices.Sorted(maps.Keys(granted)) {
		if slices.ContainsFunc(environments, func(e Environment) bool { return e.Name == name }) {
			continue
		}
		if err := take(name, granted[name]); err != nil {
			return nil, err
		}
	}
	for i := range environments {
		e := &environments[i]
		if e.CIDR == "" {
			e.CIDR = granted[e.Name]
		}
		if e.CIDR == "" {
			continue
		}
		if err := take(e.Name, e.CIDR); err != nil {
			return nil, err
		}
	}
	for i := range environments {
		e := &environments[i]
		if e.CIDR != "" || e.Network != nil {
			continue
		}
		prefix, ok := freeRange(e.App, e.Name, taken)
		if !ok {
			return nil, noRange("set its cidr in "+Filename, "address range of environment %s: all of 10.0.0.0/8 is taken by the other environments", e.Name)
		}
		e.CIDR = prefix.String()
		if err := take(e.Name, e.CIDR); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func noRange(hint, detail string, args ...any) *hcl.Diagnostic {
	return diagnostic.Error(hcl.Range{}, "No address range for an environment", hint, detail, args...)
}

// freeRange walks the 255 candidates from the one that the names lead to.
func freeRange(app, environment string, taken []netip.Prefix) (netip.Prefix, bool) {
	const candidates = 255
	sum := sha256.Sum256([]byte(app + "\x00" + environment))
	start := binary.BigEndian.Uint32(sum[:4]) % candidates
	for i := range uint32(candidates) {
		second := byte(1 + (start+i)%candidates)
		prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, second, 0, 0}), 16)
		if !overlapsAny(prefix, taken) {
			return prefix, true
		}
	}
	return netip.Prefix{}, false
}

// RangesOverlap compares two ranges of addresses; a range that is not set overlaps none.
func RangesOverlap(one, other string) bool {
	a, errOne := netip.ParsePrefix(one)
	b, errOther := netip.ParsePrefix(other)
	return errOne == nil && errOther == nil && a.Overlaps(b)
}

func overlapsAny(prefix netip.Prefix, taken []netip.Prefix) bool {
	for _, other := range taken {
		if prefix.Overlaps(other) {
			return true
		}
	}
	return false
}
