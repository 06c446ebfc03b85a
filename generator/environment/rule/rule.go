// Package rule checks single values of groundplan.hcl. Each check returns what is wrong in a whole sentence and, as a hint
// line, what to write instead; Fine for a value that is. Where the rule is AWS's, the comment names the API that enforces
// it. A rule must not know the table, which says of which setting the value is, nor the application.
package rule

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/pattern"
)

// DefaultHelperImage is busybox 1.37.0, the index of its images for all architectures, as Docker's official images are
// mirrored in ECR Public.
const DefaultHelperImage = "public.ecr.aws/docker/library/busybox@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"

// NameInAWS is the application's name when AWS can hold it, as it is or in lower case and with hyphens. One that has to
// be cut gets a hash, which tells it from others that begin alike.
func NameInAWS(appName string) string {
	if spelled := names.Sanitised(appName); IsAppName(spelled) == Fine {
		return spelled
	}
	return names.Of(MaxAppName, appName)
}

const (
	MaxAppName         = 40
	MaxEnvironmentName = 24
	MaxProcessName     = 40
)

// Fault is what is wrong with a value, in whole sentences, and the remedy; fine is that there is none.
type Fault struct{ Detail, Hint string }

var Fine Fault

func wrong(hint, format string, arguments ...any) Fault {
	return Fault{fmt.Sprintf(format, arguments...), hint}
}

func IsKebab(what, name string, limit int) Fault {
	if names.IsKebab(name) && len(name) <= limit {
		return Fine
	}
	if names.IsKebab(name) {
		return wrong(fmt.Sprintf("shorten it, as in %q", strings.TrimRight(name[:limit], "-")),
			"%q cannot name %s: it becomes part of names in AWS, and has %d characters where %d are allowed.", name, what, len(name), limit)
	}
	hint := fmt.Sprintf("use lower-case letters, digits and single hyphens, begin with a letter, at most %d characters", limit)
	near := strings.TrimLeft(names.Sanitised(name), "0123456789-")
	if near = strings.TrimRight(near[:min(len(near), limit)], "-"); near != "" {
		hint = fmt.Sprintf("%q would do: lower-case letters, digits and single hyphens, at most %d characters", near, limit)
	}
	return wrong(hint, "%q cannot name %s: it becomes part of names in AWS.", name, what)
}

func IsAppName(name string) Fault { return IsKebab("an application", name, MaxAppName) }

func IsEnvironmentName(name string) Fault {
	if name == "modules" {
		return wrong("choose another name", `"modules" cannot name an environment: the folder of that name holds the Terraform modules.`)
	}
	if names.IsDevice(name) {
		return wrong(fmt.Sprintf("choose another name, as in %q", name+"-1"), "%q cannot name an environment: its code is in a folder of that name, which no checkout on Windows can have.", name)
	}
	return IsKebab("an environment", name, MaxEnvironmentName)
}

func OneOf(allowed ...string) func(string) Fault {
	return func(value string) Fault {
		if slices.Contains(allowed, value) {
			return Fine
		}
		return wrong(cmp.Or(diagnostic.DidYouMean(value, allowed), "use "+diagnostic.Or(diagnostic.Quoted(allowed))), "%q is not known here.", value)
	}
}

func Within(low, high int, unit string) func(int) Fault {
	return func(value int) Fault {
		if low <= value && value <= high {
			return Fine
		}
		return wrong(fmt.Sprintf("use %d to %d %s", low, high, unit), "%d is out of range.", value)
	}
}

// matches checks a value against a regular expression; what names a value that fits. trim are the texts around a value that people
// copy along with it: without them it may fit.
func matches(expression, what, hint string, trim ...string) func(string) Fault {
	compiled := pattern.Lazy(`^(?:` + expression + `)$`)
	return func(value string) Fault {
		if compiled().MatchString(value) {
			return Fine
		}
		bare := value
		for _, text := range trim {
			bare = strings.TrimSuffix(strings.TrimPrefix(bare, text), text)
		}
		if compiled().MatchString(bare) {
			return wrong(fmt.Sprintf("write %q", bare), "%q is no %s.", value, what)
		}
		return wrong(hint, "%q is no %s.", value, what)
	}
}

var (
	IsAccountID = matches(`\d{12}`, "AWS account id",
		"write the 12 digits in quotes, as aws sts get-caller-identity prints them")
	IsHostedZoneID = matches(`Z[A-Z0-9]{1,31}`, "hosted zone id",
		"it begins with Z; to find it: aws route53 list-hosted-zones-by-name --dns-name <domain>", "/hostedzone/")
	IsPolicyARN = matches(`arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy/[\w+=,.@/-]+`, "ARN of an IAM policy",
		`write it in full, as in "arn:aws:iam::123456789012:policy/boundary"`)
	isRoleARN = matches(`arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+`, "ARN of an IAM role",
		`write it in full, as in "arn:aws:iam::123456789012:role/deploy"`)
	isTopicARN = matches(`arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}`, "ARN of an SNS topic",
		`write it in full, as in "arn:aws:sns:eu-west-1:123456789012:alarms"`)
	isImage = matches(`[a-z0-9][a-z0-9.-]*(?::\d+)?(?:/[a-z0-9._-]+)+(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})`, "full image name",
		`write it with registry and tag, as in "`+DefaultHelperImage+`"`)
	IsDigest = matches(`[a-z0-9][a-z0-9.-]*(?::\d+)?(?:/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}`, "image by its digest",
		`name it as in "`+DefaultHelperImage+`"; the digest of a tag is what this prints: docker buildx imagetools inspect <image>`)
	IsUser = matches(`(?:[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?)?`, "user of a container",
		`write a user, or user and group, as in "1000:1000"`)
	isWritablePath = matches(`(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+`, "path that can be a volume",
		`write it from the root on and without a slash at the end, as in "/var/cache"`, "/")
	isVariableName    = pattern.Lazy(`^[A-Za-z_][A-Za-z0-9_]*$`)
	IsPrivateImage    = pattern.Lazy(`^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?/`)
	IsPostgresVersion = matches(`1[5-8](?:\.\d{1,2})?`, "version of PostgreSQL that groundplan knows",
		`write "15" to "18": AWS then chooses the minor version and keeps it current; "17.9" pins it`)
	IsNodeType      = matches(`cache\.[a-z][a-z0-9-]*\.[a-z0-9]+`, "node type", `write one as in "cache.m6g.large"`)
	IsInstanceClass = matches(`db\.[a-z][a-z0-9-]*\.[a-z0-9-]+`, "instance class", `write one as in "db.m5.large"`)
)

var iamPath = pattern.Lazy(`^/(?:[\x21-\x2e\x30-\x7e]+/)*$`)

// IsIAMPath follows CreateRole. The first folder of AWS's own roles is closed to everybody else.
func IsIAMPath(value string) Fault {
	for _, reserved := range []string{"/aws-service-role/", "/aws-reserved/"} {
		if strings.HasPrefix(value, reserved) {
			return wrong(`choose another, as in "/apps/"`, "IAM keeps roles under %s to itself.", reserved)
		}
	}
	if len(value) <= 512 && iamPath().MatchString(value) {
		return Fine
	}
	return wrong(`begin and end with a slash, at most 512 characters, as in "/apps/"`, "%q is no IAM path.", value)
}

func IsRegion(value string) Fault {
	all := allRegions()
	if slices.Contains(all, value) {
		return Fine
	}
	hint := cmp.Or(diagnostic.DidYouMean(value, all), `write one of them, as in "us-east-1"`)
	return wrong(hint, "%q is no region that groundplan knows. Those are %s.", value, strings.Join(all, ", "))
}

// sharedAddresses is the range of RFC 6598, which VPCs may use as they use private space.
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// IsVPCRange holds the range to what the network module divides: private (RFC 1918), /16 to /19.
func IsVPCRange(value string) Fault {
	const hint = `write a private range of /16 to /19, as in "10.20.0.0/16"`
	prefix, err := netip.ParsePrefix(value)
	switch {
	case err != nil || !prefix.Addr().Is4():
		return wrong(hint, "%q is not an IPv4 address range.", value)
	case prefix != prefix.Masked():
		return wrong(fmt.Sprintf("write %q", prefix.Masked()), "%q has bits set behind its prefix.", value)
	case prefix.Bits() < 16 || prefix.Bits() > 19:
		return wrong(hint, "A range of /%d cannot be divided into the subnets of a VPC.", prefix.Bits())
	case !prefix.Addr().IsPrivate() && !sharedAddresses.Contains(prefix.Addr()):
		return wrong(hint, "%q is not private address space.", value)
	}
	return Fine
}

func AreZones(list []string) Fault {
	for _, letter := range list {
		if len(letter) != 1 || letter[0] < 'a' || letter[0] > 'h' {
			return wrong(`write the letters only, as in ["a", "b"]`, "%q is not the letter of a zone.", letter)
		}
	}
	if len(list) < 2 {
		return wrong(`write two letters, as in ["a", "b"]`, "A load balancer and a database need two zones at least.")
	}
	return AreDistinct(list)
}

// firstFault is that of the first element that a rule refuses, Fine when it refuses none.
func firstFault(list []string, rule func(string) Fault) Fault {
	for _, element := range list {
		if bad := rule(element); bad != Fine {
			return bad
		}
	}
	return Fine
}

func AreDistinct(list []string) Fault {
	for i, item := range list {
		if item == "" {
			return wrong("remove it", "The list has an empty element.")
		}
		if slices.Contains(list[:i], item) {
			return wrong("remove one", "%q stands in the list twice.", item)
		}
	}
	return Fine
}

// NeededEndpoints is what tasks cannot run without when there is no NAT: images, logs, secrets, metrics and
// messages.
var NeededEndpoints = []string{"ecr.api", "ecr.dkr", "logs", "monitoring", "secretsmanager", "sns", "sqs"}

// SessionEndpoints is what the agent beside a task's containers calls when people open sessions there, encrypted with a key: see
// "Monitor Amazon ECS containers with ECS Exec" in the Amazon ECS Developer Guide, and "Improve the security of EC2 instances by
// using VPC endpoints for Systems Manager" in the AWS Systems Manager User Guide.
var SessionEndpoints = []string{"kms", "ssmmessages"}

var knownEndpoints = []string{"ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "secretsmanager", "sns", "sqs", "ssm", "ssmmessages", "sts"}

func AreEndpoints(list []string) Fault {
	for _, name := range list {
		if !slices.Contains(knownEndpoints, name) {
			return wrong(cmp.Or(diagnostic.DidYouMean(name, knownEndpoints), "use names out of "+diagnostic.And(diagnostic.Quoted(knownEndpoints))),
				"%q is not an endpoint service that groundplan knows.", name)
		}
	}
	return AreDistinct(list)
}

func ArePorts(list []int) Fault {
	for i, port := range list {
		if port < 1 || port > 65535 {
			return wrong("use 1 to 65535", "%d is not a TCP port.", port)
		}
		if slices.Contains(list[:i], port) {
			return wrong("remove one", "Port %d stands in the list twice.", port)
		}
	}
	return Fine
}

func AreTopicARNs(list []string) Fault {
	if bad := firstFault(list, isTopicARN); bad != Fine {
		return bad
	}
	if len(list) > maxAlarmTopics {
		return wrong("publish to one topic, and subscribe the others to what it tells", "An alarm of CloudWatch tells at most %d topics, not %d.", maxAlarmTopics, len(list))
	}
	return AreDistinct(list)
}

// maxAlarmTopics is how many actions PutMetricAlarm takes.
const maxAlarmTopics = 5

func AreRoleARNs(list []string) Fault {
	if bad := firstFault(list, isRoleARN); bad != Fine {
		return bad
	}
	return AreDistinct(list)
}

// isImageCount: the registry does not know which image runs. What it keeps has room for that one, for the one that is being
// deployed, and for the one before, which a rollback needs.
func IsImageCount(images int) Fault {
	if images == 0 {
		return Fine
	}
	return Within(3, 10000, "images, or 0 to keep every one")(images)
}

// maxWritablePaths is the module's own limit: each path is a volume of the task.
const maxWritablePaths = 10

func AreWritable(list []string) Fault {
	for _, path := range list {
		if bad := isWritablePath(path); bad != Fine {
			return bad
		}
		if strings.HasPrefix(path+"/", "/groundplan/") {
			return wrong("choose another path", "%q is where the task keeps its own files.", path)
		}
	}
	if len(list) > maxWritablePaths {
		return wrong("name a folder above them", "There are %d paths, and a task has room for %d.", len(list), maxWritablePaths)
	}
	return AreDistinct(list)
}

// usualCapabilities are those a container has when its definition neither adds nor drops any: Docker's list, as in the Amazon
// ECS API Reference, KernelCapabilities.
var usualCapabilities = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

func AreCapabilities(list []string) Fault {
	for _, name := range list {
		if !slices.Contains(usualCapabilities, name) {
			return wrong(cmp.Or(diagnostic.DidYouMean(name, usualCapabilities), "use names out of "+diagnostic.And(diagnostic.Quoted(usualCapabilities))),
				"%q is not a capability that a container has unless it is taken.", name)
		}
	}
	return AreDistinct(list)
}

func AreVariables(variables map[string]string) Fault {
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if !isVariableName().MatchString(name) {
			return wrong("use letters, digits and underscores, no digit first", "%q is no name of an environment variable.", name)
		}
	}
	return Fine
}

// retentions are the values PutRetentionPolicy of CloudWatch Logs accepts, in days.
var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func IsRetention(days int) Fault {
	if slices.Contains(retentions, days) {
		return Fine
	}
	next := retentions[len(retentions)-1]
	for _, candidate := range slices.Backward(retentions) {
		if candidate > days {
			next = candidate
		}
	}
	return wrong(fmt.Sprintf("use %d", next), "CloudWatch Logs cannot keep logs for %d days. It can for %s.", days, numberList(retentions, diagnostic.And))
}

// IsRecoveryWindow follows DeleteSecret of Secrets Manager, with 0 for a forced deletion.
func IsRecoveryWindow(days int) Fault {
	if days == 0 || (7 <= days && days <= 30) {
		return Fine
	}
	return wrong("use 7 to 30, or 0 to delete at once", "%d days are out of range.", days)
}

// IsCapacity follows ServerlessV2ScalingConfiguration of RDS: steps of 0.5, 256 at most.
func IsCapacity(low float64) func(float64) Fault {
	return func(units float64) Fault {
		if low <= units && units <= 256 && units*2 == float64(int(units*2)) {
			return Fine
		}
		return wrong(fmt.Sprintf("use %v to 256 in steps of 0.5", low), "%v is no Aurora capacity.", units)
	}
}

func numberList(numbers []int, list func([]string) string) string {
	printed := make([]string, len(numbers))
	for i, number := range numbers {
		printed[i] = strconv.Itoa(number)
	}
	return list(printed)
}

// metricNamespace is what CloudWatch takes as a namespace; AWS keeps those that begin with AWS/ for itself.
var metricNamespace = pattern.Lazy(`^[A-Za-z0-9.\-_/#:]{1,255}$`)

func IsMetricNamespace(value string) Fault {
	if !metricNamespace().MatchString(value) || strings.HasPrefix(value, ":") {
		return wrong(`write up to 255 letters, digits and ._-/#: characters, as in "shop/production"`, "%q is no namespace of CloudWatch.", value)
	}
	if strings.HasPrefix(strings.ToUpper(value), "AWS/") {
		return wrong(`begin with a word of your own, as in "shop/production"`, "The namespace %q begins with AWS/, which AWS keeps for itself.", value)
	}
	return Fine
}
