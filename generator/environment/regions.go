package environment

import "slices"

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
	return slices.Sorted(slices.Values(slices.Concat(regions, withoutCertificates)))
}

// regions are the regions of the AWS partition that the modules carry RDS's root certificate for: a database is only
// trusted through the certificate of its region. Sorted.
var regions = []string{
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

// defaultZones are the letters of two zones every account has in the region; nil where accounts differ.
func defaultZones(region string) []string {
	switch region {
	case "ap-northeast-1":
		return []string{"a", "c"} // b is closed to accounts that do not use it already
	case "us-west-1":
		return nil // an account has two of three zones, and which two differs
	}
	return []string{"a", "b"}
}
