package environment

// Checks of single values. Each returns whole sentences that say what is wrong and what to write instead, "" for a
// value that is fine. Where the rule is AWS's, the comment names the API that enforces it.

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

const (
	maxAppName         = 40
	maxEnvironmentName = 24
	maxProcessName     = 40
)

var kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func isKebab(what, name string, limit int) string {
	if kebab.MatchString(name) && len(name) <= limit {
		return ""
	}
	return fmt.Sprintf("%q cannot name %s: it becomes part of names in AWS. Use lower-case letters, digits and single hyphens, begin with a letter, at most %d characters.", name, what, limit)
}

func isAppName(name string) string { return isKebab("an application", name, maxAppName) }

func isEnvironmentName(name string) string {
	if name == "modules" {
		return `"modules" cannot name an environment: the folder of that name holds the Terraform modules. Choose another name.`
	}
	return isKebab("an environment", name, maxEnvironmentName)
}

func oneOf(allowed ...string) func(string) string {
	return func(value string) string {
		if slices.Contains(allowed, value) {
			return ""
		}
		return fmt.Sprintf("%q is not known here.%s Use one of %s.", value, didYouMean(value, allowed), wordList(allowed))
	}
}

func within(low, high int, unit string) func(int) string {
	return func(value int) string {
		if low <= value && value <= high {
			return ""
		}
		return fmt.Sprintf("%d is out of range. Use %d to %d %s.", value, low, high, unit)
	}
}

func matches(pattern, remedy string) func(string) string {
	compiled := regexp.MustCompile(`^(?:` + pattern + `)$`)
	return func(value string) string {
		if compiled.MatchString(value) {
			return ""
		}
		return fmt.Sprintf("%q does not fit. %s", value, remedy)
	}
}

var (
	isAccountID = matches(`\d{12}`, "An AWS account id is 12 digits in quotes, as `aws sts get-caller-identity` prints it.")
	isDomain    = matches(`(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}`,
		`Write a domain name in lower case without scheme or path, as in "api.example.com".`)
	isHostedZoneID = matches(`Z[A-Z0-9]{1,31}`,
		`A hosted zone id begins with Z and is printed after "/hostedzone/" by `+"`aws route53 list-hosted-zones-by-name --dns-name <domain>`.")
	isPolicyARN = matches(`arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy/[\w+=,.@/-]+`,
		`Write the ARN of an IAM policy, as in "arn:aws:iam::123456789012:policy/boundary".`)
	isRoleARN = matches(`arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+`,
		`Write the ARN of an IAM role, as in "arn:aws:iam::123456789012:role/deploy".`)
	isImage         = matches(`[a-z0-9][a-z0-9.-]*(?::\d+)?(?:/[a-z0-9._-]+)+(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})`, `Write a full image name with registry and tag, as in "`+defaultHelperImage+`".`)
	isKeyPrefix     = matches(`[\w!.*'()-]+(?:/[\w!.*'()-]+)*`, `Write a folder without a slash at either end, as in "shop/production".`)
	isPrivateImage  = regexp.MustCompile(`^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?/`)
	isMajorVersion  = matches(`1[5-8]`, `Write a major version from 15 to 18 in quotes and nothing behind it, as in "18": minor versions are applied by AWS.`)
	isInstanceClass = matches(`db\.[a-z][a-z0-9-]*\.[a-z0-9-]+`, `Write an instance class, as in "db.m5.large".`)
)

var iamPath = regexp.MustCompile(`^/(?:[\x21-\x2e\x30-\x7e]+/)*$`)

// isIAMPath follows CreateRole.
func isIAMPath(value string) string {
	if len(value) <= 512 && iamPath.MatchString(value) {
		return ""
	}
	return fmt.Sprintf("%q is no IAM path. Begin and end with a slash, at most 512 characters, as in \"/apps/\".", value)
}

func isCompute(value string) string {
	if value == "eks" {
		return `"eks" is not available yet. Use "fargate", which is the default.`
	}
	return oneOf("fargate")(value)
}

func isRegion(value string) string {
	if slices.Contains(regions, value) {
		return ""
	}
	return fmt.Sprintf("%q is not a region whose database certificates groundplan knows.%s Use one of %s.", value, didYouMean(value, regions), wordList(regions))
}

// sharedAddresses is the range of RFC 6598, which VPCs may use as they use private space.
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// isVPCRange holds the range to what the network module divides: private (RFC 1918), /16 to /19.
func isVPCRange(value string) string {
	const remedy = `Write a private range of /16 to /19, as in "10.20.0.0/16".`
	prefix, err := netip.ParsePrefix(value)
	switch {
	case err != nil || !prefix.Addr().Is4():
		return fmt.Sprintf("%q is not an IPv4 address range. %s", value, remedy)
	case prefix != prefix.Masked():
		return fmt.Sprintf("%q has bits set behind its prefix. Write %q.", value, prefix.Masked())
	case prefix.Bits() < 16 || prefix.Bits() > 19:
		return fmt.Sprintf("A range of /%d cannot be divided into the subnets of a VPC. %s", prefix.Bits(), remedy)
	case !prefix.Addr().IsPrivate() && !sharedAddresses.Contains(prefix.Addr()):
		return fmt.Sprintf("%q is not private address space. %s", value, remedy)
	}
	return ""
}

func areZones(list []string) string {
	for _, letter := range list {
		if len(letter) != 1 || letter[0] < 'a' || letter[0] > 'h' {
			return fmt.Sprintf(`%q is not the letter of a zone. Write the letters only, as in ["a", "b"].`, letter)
		}
	}
	if len(list) < 2 {
		return `A load balancer and a database need two zones at least. Write two letters, as in ["a", "b"].`
	}
	return areDistinct(list)
}

func areDistinct(list []string) string {
	for i, item := range list {
		if item == "" {
			return "The list has an empty element. Remove it."
		}
		if slices.Contains(list[:i], item) {
			return fmt.Sprintf("%q stands in the list twice. Remove one.", item)
		}
	}
	return ""
}

// neededEndpoints is what tasks cannot run without when there is no NAT: images, logs, secrets and messages.
var neededEndpoints = []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager", "sns", "sqs"}

var knownEndpoints = []string{"ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "secretsmanager", "sns", "sqs", "ssm", "ssmmessages", "sts"}

func areEndpoints(list []string) string {
	for _, name := range list {
		if !slices.Contains(knownEndpoints, name) {
			return fmt.Sprintf("%q is not an endpoint service that groundplan knows.%s Use names out of %s.", name, didYouMean(name, knownEndpoints), wordList(knownEndpoints))
		}
	}
	return areDistinct(list)
}

func arePorts(list []int) string {
	for i, port := range list {
		if port < 1 || port > 65535 {
			return fmt.Sprintf("%d is not a TCP port. Use 1 to 65535.", port)
		}
		if slices.Contains(list[:i], port) {
			return fmt.Sprintf("Port %d stands in the list twice. Remove one.", port)
		}
	}
	return ""
}

func areRoleARNs(list []string) string {
	for _, arn := range list {
		if text := isRoleARN(arn); text != "" {
			return text
		}
	}
	return areDistinct(list)
}

// retentions are the values PutRetentionPolicy of CloudWatch Logs accepts, in days.
var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func isRetention(days int) string {
	if slices.Contains(retentions, days) {
		return ""
	}
	next := retentions[len(retentions)-1]
	for _, candidate := range slices.Backward(retentions) {
		if candidate > days {
			next = candidate
		}
	}
	return fmt.Sprintf("CloudWatch Logs cannot keep logs for %d days. Use %d, or one of %s.", days, next, numberList(retentions))
}

// isRecoveryWindow follows DeleteSecret of Secrets Manager, with 0 for a forced deletion.
func isRecoveryWindow(days int) string {
	if days == 0 || (7 <= days && days <= 30) {
		return ""
	}
	return fmt.Sprintf("%d days are out of range. Use 7 to 30, or 0 to delete at once.", days)
}

// isBucketName follows the naming rules of S3 for general purpose buckets; dots are refused because they break TLS.
func isBucketName(name string) string {
	fits := regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`).MatchString(name)
	for _, prefix := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
		fits = fits && !strings.HasPrefix(name, prefix)
	}
	for _, suffix := range []string{"-s3alias", "--ol-s3", "--x-s3", "--table-s3"} {
		fits = fits && !strings.HasSuffix(name, suffix)
	}
	if fits {
		return ""
	}
	return fmt.Sprintf("%q is no valid name of an S3 bucket. Use 3 to 63 lower-case letters, digits and hyphens, none of the prefixes and suffixes that S3 keeps for itself.", name)
}

// fargateMemory maps CPU units to the smallest and largest memory and the step between, in MiB: RegisterTaskDefinition.
// 256 units are special: 512, 1024 or 2048.
var fargateMemory = map[int][3]int{
	256: {512, 2048, 1024}, 512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024},
	4096: {8192, 30720, 1024}, 8192: {16384, 61440, 4096}, 16384: {32768, 122880, 8192},
}

var fargateCPU = []int{256, 512, 1024, 2048, 4096, 8192, 16384}

func isCPU(units int) string {
	if _, ok := fargateMemory[units]; ok {
		return ""
	}
	return fmt.Sprintf("Fargate has no tasks of %d CPU units. Use one of %s.", units, numberList(fargateCPU))
}

// fitsFargate checks memory against CPU; cpu is valid.
func fitsFargate(cpu, memory int) string {
	sizes := fargateMemory[cpu]
	low, high, step := sizes[0], sizes[1], sizes[2]
	inSteps := memory%step == 0 || (cpu == 256 && memory == 512)
	if low <= memory && memory <= high && inSteps {
		return ""
	}
	offer := fmt.Sprintf("%d to %d in steps of %d", low, high, step)
	if cpu == 256 {
		offer = "512, 1024 or 2048"
	}
	return fmt.Sprintf("Fargate has no task of %d CPU units with %d MiB. With %d units use %s.", cpu, memory, cpu, offer)
}

// isCapacity follows ServerlessV2ScalingConfiguration of RDS: steps of 0.5, 256 at most.
func isCapacity(low float64) func(float64) string {
	return func(units float64) string {
		if low <= units && units <= 256 && units*2 == float64(int(units*2)) {
			return ""
		}
		return fmt.Sprintf("%v is no Aurora capacity. Use %v to 256 in steps of 0.5.", units, low)
	}
}

// didYouMean is a sentence with the closest candidate, a leading space before it; "" when none is close.
func didYouMean(given string, candidates []string) string {
	best, distance := "", 3
	for _, candidate := range candidates {
		if d := levenshtein.Distance(strings.ToLower(given), strings.ToLower(candidate), nil); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}

// wordList prints `"a", "b" and "c"`.
func wordList(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return enumerate(quoted)
}

func numberList(numbers []int) string {
	printed := make([]string, len(numbers))
	for i, number := range numbers {
		printed[i] = strconv.Itoa(number)
	}
	return enumerate(printed)
}

func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// quotedList prints a list as it stands in the file, as Markdown code.
func quotedList(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return "`[" + strings.Join(quoted, ", ") + "]`"
}
