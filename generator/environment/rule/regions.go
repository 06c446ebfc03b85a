package rule

import (
	"slices"
)

// withoutCertificates are regions of the AWS partition whose database certificates the modules do not carry: what runs there has no
// database server of its own (AWS General Reference, "Regions and endpoints"). Sorted.
var withoutCertificates = []string{
	"ap-east-2",
	"ap-southeast-5",
	"ap-southeast-6",
	"ap-southeast-7",
	"ca-west-1",
	"il-central-1",
	"mx-central-1",
}

// allRegions are those an environment can be in. Sorted.
func allRegions() []string {
	return slices.Sorted(slices.Values(slices.Concat(Regions, withoutCertificates)))
}

// Regions are the regions of the AWS partition that the modules carry RDS's root certificate for: a database is only
// trusted through the certificate of its region. Sorted.
var Regions = []string{
	"af-south-1",
	"ap-east-1",
	"ap-northeast-1",
	"ap-northeast-2",
	"ap-northeast-3",
	"ap-south-1",
	"ap-south-2",
	"ap-southeast-1",
	"ap-southeast-2",
	"ap-southeast-3",
	"ap-southeast-4",
	"ca-central-1",
	"eu-central-1",
	"eu-central-2",
	"eu-north-1",
	"eu-south-1",
	"eu-south-2",
	"eu-west-1",
	"eu-west-2",
	"eu-west-3",
	"me-central-1",
	"me-south-1",
	"sa-east-1",
	"us-east-1",
	"us-east-2",
	"us-west-1",
	"us-west-2",
}

// DefaultZones are the letters of two zones; nil where no two letters can be expected of an account. Which zone a letter
// stands for differs between accounts, and some zones cannot be used: the network module compares their ids when
// Terraform plans.
func DefaultZones(region string) []string {
	switch region {
	case "ap-northeast-1", "us-west-1": // an account does not have all zones of the region, and which it has differs
		return nil
	}
	return []string{"a", "b"}
}

// UnusableZone is the id of the region's zone that lacks what an environment is made of, "" in regions without one. The
// network module has the same list.
func UnusableZone(region string) string {
	return map[string]string{"ap-northeast-1": "apne1-az3", "ca-central-1": "cac1-az3", "us-east-1": "use1-az3", "us-west-1": "usw1-az2"}[region]
}
