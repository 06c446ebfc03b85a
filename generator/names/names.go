// Package names makes names out of logical ones: of what is on AWS, within the length that each API allows, and of blocks in
// Terraform code. It must not know the application, kinds or how a name is printed.
package names

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/pattern"
)

// Budget is the number of characters AWS allows in a name. A caller that puts something behind a name takes its length
// off, as in Bucket - 13 for an account id.
type Budget int

// Budgets by what is named, with the API that enforces each.
const (
	LoadBalancer     Budget = 32  // elasticloadbalancing CreateLoadBalancer
	TargetGroup      Budget = 32  // elasticloadbalancing CreateTargetGroup
	ReplicationGroup Budget = 20  // elasticache CreateReplicationGroup, node names included
	Unit             Budget = 54  // a service or a network: iam CreateRole has 64, "-execution" and "-flow-logs" take ten
	Schedule         Budget = 55  // a cron job: iam CreateRole has 64, "-schedule" takes nine
	JobSchedule      Budget = 60  // the schedule of a job: scheduler CreateSchedule has 64, "-60" takes three
	Server           Budget = 60  // rds CreateDBInstance and CreateDBCluster: 63 with "-16", the last instance of a cluster
	DatabaseRole     Budget = 63  // PostgreSQL: identifiers of NAMEDATALEN-1 bytes
	Bucket           Budget = 63  // s3 CreateBucket
	DiscoveryName    Budget = 63  // servicediscovery CreateService: a DNS label
	Role             Budget = 64  // iam CreateRole
	Queue            Budget = 75  // sqs CreateQueue: 80 with ".fifo"
	SecurityGroup    Budget = 229 // ec2 CreateSecurityGroup: 255 with the 26 characters that follow a name_prefix
	KeyAlias         Budget = 250 // kms CreateAlias: 256 with "alias/"
	Topic            Budget = 251 // sns CreateTopic: 256 with ".fifo"
	Cluster          Budget = 255 // ecs CreateCluster
	Repository       Budget = 256 // ecr CreateRepository
	LogGroup         Budget = 512 // logs CreateLogGroup
	Secret           Budget = 512 // secretsmanager CreateSecret
)

// suffixLength is a hyphen and the hash behind it.
const suffixLength = 1 + hashLength

const hashLength = 8

// usualEnvironments are the environment names that mark where the application's name ends, so that an application
// "my-shop" gets the plain name "my-shop-production-orders". The list never changes: names in AWS depend on it.
var usualEnvironments = []string{"dev", "development", "preview", "prod", "production", "qa", "sandbox", "stage", "staging", "test"}

// Of makes a physical name of logical parts: application, environment, and what is named. The result is lower-case
// kebab, begins with a letter, has no two hyphens in a row and at most budget characters: the characters every AWS
// service accepts.
//
// Different parts never give the same name: for every text only one list of parts may stand under it as it is, and
// every other list gets a hash of its parts behind it, as does a list whose parts had to be changed or shortened to fit.
// The hash begins with a digit, and a text whose last word looks like one gets a hash as well.
//
// A single part is a name already made and is returned as it is when it fits: naming a name again changes nothing.
//
// The same arguments give the same name always: names in AWS depend on it. Of panics without parts, or with a
// budget below 16, which leaves nothing to recognise: both are mistakes in the calling code.
func Of(budget Budget, parts ...string) string {
	if len(parts) == 0 || budget < 16 {
		panic(fmt.Sprintf("a name of %d parts in %d characters", len(parts), budget))
	}
	plain := strings.Join(parts, "-")
	fits := len(plain) <= int(budget) && IsKebab(plain) && !reserved().MatchString(plain)
	if fits && (len(parts) == 1 || (!hashLike().MatchString(plain) && slices.Equal(parts, split(plain)))) {
		return plain
	}
	words := make([]string, 0, len(parts))
	for _, part := range parts {
		if word := Sanitised(part); word != "" {
			words = append(words, word)
		}
	}
	readable := shorten(words, int(budget)-suffixLength)
	return readable + "-" + hash(parts)
}

// Prefix is what names made of these and further parts begin with, before a hyphen, as long as there is room for all parts:
// a name that had to be shortened begins otherwise.
func Prefix(parts ...string) string {
	words := make([]string, 0, len(parts))
	for _, part := range parts {
		if word := Sanitised(part); word != "" {
			words = append(words, word)
		}
	}
	return shorten(words, math.MaxInt)
}

var kebab = pattern.Lazy(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// IsKebab reports whether a name consists of lower-case words joined by single hyphens and begins with a letter.
func IsKebab(name string) bool { return kebab().MatchString(name) }

// OfApplication turns an application's id or folder name into lower case words joined by hyphens, beginning with a letter.
func OfApplication(name string) string {
	var b strings.Builder
	hyphen, lower := false, false
	for _, c := range name {
		upper := 'A' <= c && c <= 'Z'
		if upper && lower {
			hyphen = true
		}
		if upper {
			c += 'a' - 'A'
		}
		letter, digit := 'a' <= c && c <= 'z', '0' <= c && c <= '9'
		if !letter && !digit {
			hyphen, lower = true, false
			continue
		}
		if b.Len() == 0 && digit {
			b.WriteString("app-")
		} else if hyphen && b.Len() > 0 {
			b.WriteByte('-')
		}
		hyphen, lower = false, !upper
		b.WriteRune(c)
	}
	return cmp.Or(b.String(), "app")
}

// split is the only list of parts that may have a text as its plain name: application, environment and the rest. The
// application ends before the first word that is a usual name of an environment; where there is none it is the first
// word, and the environment the second.
func split(plain string) []string {
	words := strings.Split(plain, "-")
	at := 1
	for i := 1; i < len(words); i++ {
		if slices.Contains(usualEnvironments, words[i]) {
			at = i
			break
		}
	}
	if at >= len(words) {
		return words
	}
	parts := []string{strings.Join(words[:at], "-"), words[at]}
	if at+1 < len(words) {
		parts = append(parts, strings.Join(words[at+1:], "-"))
	}
	return parts
}

var (
	outside = pattern.Lazy(`[^a-z0-9]+`)
	// hashLike matches a text whose last word could be a hash.
	hashLike = pattern.Lazy(`-[2-7][a-z2-7]{7}$`)
	// reserved matches beginnings and ends that one AWS service or another keeps for itself: "internal-" of load
	// balancers, "sg-" of security groups, "aws-" of several, the others of S3.
	reserved = pattern.Lazy(`^(internal|aws|amzn|sg|sthree)-|-s3alias$`)
)

// Sanitised keeps lower-case letters, digits and single hyphens between them.
func Sanitised(part string) string {
	return strings.Trim(outside().ReplaceAllString(strings.ToLower(part), "-"), "-")
}

// shorten joins words to a readable text of at most limit characters, cutting the longest word first so that each
// keeps as much of itself as there is room for. The text begins with a letter and ends with no hyphen.
func shorten(words []string, limit int) string {
	words = slices.Clone(words)
	if len(words) == 0 {
		return "x"
	}
	length := len(words) - 1
	for _, word := range words {
		length += len(word)
	}
	for ; length > limit; length-- {
		longest := 0
		for i, word := range words {
			if len(word) > len(words[longest]) {
				longest = i
			}
		}
		if len(words[longest]) == 1 {
			break
		}
		words[longest] = words[longest][:len(words[longest])-1]
	}
	text := outside().ReplaceAllString(strings.Join(words, "-"), "-")
	if first := text[0]; first < 'a' || first > 'z' || reserved().MatchString(text+"-") {
		text = "x" + text
	}
	// Still too long: one letter more in front, or more words than room, each one letter by now.
	text = text[:min(len(text), limit)]
	return strings.Trim(text, "-")
}

// hash tells lists of parts apart: every part is hashed with its length, so that no two lists are one text. The first
// character is a digit from 2 to 7, the others are lower-case base32.
func hash(parts []string) string {
	digest := sha256.New()
	for _, part := range parts {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		digest.Write(length[:])
		digest.Write([]byte(part))
	}
	sum := digest.Sum(nil)
	text := strings.ToLower(base32.StdEncoding.EncodeToString(sum))
	return string('2'+sum[len(sum)-1]%6) + text[1:hashLength]
}

// IsDevice reports whether no file or folder can have the name on Windows, which takes it for a device in every folder and with every
// extension (Microsoft, "Naming Files, Paths, and Namespaces").
func IsDevice(name string) bool {
	name = strings.ToLower(name)
	if port, numbered := strings.CutPrefix(name, "com"); numbered && len(port) == 1 {
		return '0' <= port[0] && port[0] <= '9'
	}
	if port, numbered := strings.CutPrefix(name, "lpt"); numbered && len(port) == 1 {
		return '0' <= port[0] && port[0] <= '9'
	}
	return name == "aux" || name == "con" || name == "nul" || name == "prn"
}
