package guide

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

// broughtItems says of everything an environment brings what its owner has to see to: nothing here changes it. Markdown,
// one list item each.
func broughtItems(d *kinds.Deployment) []string {
	var items []string
	if d.Env.Network != nil {
		items = append(items, existingNetwork(d))
	}
	items = append(items, existingCertificates(d)...)
	if d.Env.KeyARN != "" {
		items = append(items, existingKey(d))
	}
	for _, bucket := range d.Env.ExistingBuckets {
		items = append(items, existingBucket(d, bucket))
	}
	for _, topic := range d.Env.ExistingTopics {
		text := fmt.Sprintf("Topic `%s` stands for %q. The platform stack adds its queues to it as subscribers, and takes them away again. Its policy must not deny the account's roles `sns:Publish`, nor its administrators `sns:Subscribe`.", topic.ARN, topic.Topic)
		items = append(items, text+keyNote(topic.KeyARN))
	}
	for _, server := range d.Env.DatabaseServers {
		if e := server.Existing; e != nil {
			items = append(items, fmt.Sprintf("Database server `%s` stands for %q: PostgreSQL at `%s:%d`, which speaks TLS with a certificate for that name. "+
				"The services stack adds a rule to its security group `%s` for each process that uses it, and takes it away again. All processes together open at most %d connections. "+
				"Backups, upgrades and its size are its owner's.", e.Address, server.Name, e.Address, e.Port, e.SecurityGroupID, e.MaxConnections))
		}
	}
	return items
}

func existingNetwork(d *kinds.Deployment) string {
	network := d.Env.Network
	lines := []string{fmt.Sprintf("Network `%s`. DNS resolution and DNS host names of the VPC are switched on: processes find each other by a private zone, which is made. "+
		"Security groups are made and say who may talk to whom; network ACLs and routes are the owner's, and have to let this pass:", network.VPCID)}
	ids := func(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }
	clients, way, internet := "the private ranges", "80", ""
	if d.Env.Domain != "" {
		way = "80 and 443"
	}
	if !d.Env.Internal {
		clients, internet = "everywhere", " and with a route to an internet gateway"
	}
	callers, entered := "the public and the compute subnets", ""
	switch {
	case d.Env.Exposed() && len(network.PublicSubnetIDs) == 0:
		// The load balancer stands among the processes.
		callers, entered = "the compute subnets", fmt.Sprintf(", and TCP %s in from %s, for the load balancer", way, clients)
	case d.Env.Exposed():
		lines = append(lines, fmt.Sprintf("  - Public subnets %s, each in a zone of its own%s: TCP %s in from %s, TCP %d out to the compute subnets, and the answers to both (ports 1024 to 65535).",
			ids(network.PublicSubnetIDs), internet, way, clients, d.Port()))
	}
	var servers []string
	for _, server := range d.Env.DatabaseServers {
		if server.Existing != nil {
			servers = append(servers, fmt.Sprintf(", TCP %d out to the database server %q", server.Existing.Port, server.Name))
		}
	}
	ports := d.StoragePorts()
	if !slices.ContainsFunc(d.Env.DatabaseServers, func(server environment.DatabaseServer) bool { return server.Existing == nil }) {
		ports = slices.DeleteFunc(ports, func(port int) bool { return port == kinds.Databases.StoragePort })
	}
	if len(ports) > 0 {
		servers = append(servers, fmt.Sprintf(", TCP %s out to the storage subnets", numbers(ports)))
	}
	// Network ACLs know no connections: what goes from one compute subnet to another leaves the one and enters the other.
	lines = append(lines, fmt.Sprintf("  - Compute subnets %s, without a route to an internet gateway: TCP %d in from %s and out to the compute subnets%s%s; TCP %s out by a NAT gateway, "+
		"or else interface endpoints with private DNS for %s, a gateway endpoint for S3, and a copy of the helper image (see below); the answers to all of it.",
		ids(network.ComputeSubnetIDs), d.Port(), callers, entered, strings.Join(servers, ""), numbers(d.Env.OutboundPorts), endpoints(d)))
	if len(ports) > 0 {
		lines = append(lines, fmt.Sprintf("  - Storage subnets %s, in two zones or more and without a route to the internet: TCP %s in from the compute subnets, and the answers.",
			ids(network.StorageSubnetIDs), numbers(ports)))
	}
	if zone := environment.UnusableZone(d.Env.Region); zone != "" {
		lines = append(lines, fmt.Sprintf("  - No subnet lies in the zone with the id `%s`, which lacks Fargate, functions in a VPC or load balancers; its letter differs between accounts.", zone))
	}
	return strings.Join(lines, "\n")
}

// endpoints are the AWS services that processes cannot do without.
func endpoints(d *kinds.Deployment) string {
	names := []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"}
	if len(d.Of(kinds.Topics.Name)) > 0 {
		names = append(names, "sns", "sqs")
	}
	if d.Env.Metrics.Destination == "cloudwatch" {
		names = append(names, "monitoring")
	}
	slices.Sort(names)
	return "`" + strings.Join(names, "`, `") + "`"
}

func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}

func existingCertificates(d *kinds.Deployment) []string {
	var items []string
	names := func(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }
	if d.Env.CertificateARN != "" {
		all := append([]string{d.Env.Domain}, d.Subdomains()...)
		for _, alias := range d.Env.Aliases {
			all = append(all, alias.Domain)
		}
		text := fmt.Sprintf("Certificate `%s`. It is issued, covers %s, and is renewed by its owner.", d.Env.CertificateARN, names(all))
		if elsewhere := d.Env.NamesWithoutZone(); len(elsewhere) > 0 {
			text += fmt.Sprintf(" DNS is kept elsewhere: once the platform is applied, point %s to the name that "+
				"`terraform -chdir=%s/platform output -json load_balancer | jq -r .dns_name` prints, by a CNAME record or an alias.", names(elsewhere), d.Env.Name)
		}
		items = append(items, text)
	}
	if zones := d.Env.PrivateZones(); len(zones) > 0 {
		vpc := "the one that is made (`terraform -chdir=" + d.Env.Name + "/platform output -json network | jq -r .vpc_id`)"
		if d.Env.Network != nil {
			vpc = "`" + d.Env.Network.VPCID + "`"
		}
		items = append(items, fmt.Sprintf("Private zone %s. Records of the load balancer are written there. It answers the VPCs that it is associated with: those of all callers, "+
			"and %s when processes call the application by its name (`aws route53 associate-vpc-with-hosted-zone`).", names(zones), vpc))
	}
	public := slices.ContainsFunc(d.Of(kinds.Buckets.Name), kinds.Shown(d.Env))
	if d.Env.CDNCertificateARN != "" && public {
		text := fmt.Sprintf("Certificate `%s` for CloudFront. It is issued, covers `*.%s`, and is renewed by its owner.", d.Env.CDNCertificateARN, d.Env.Domain)
		if d.Env.HostedZoneID == "" {
			text += " Each public bucket has a name under the domain: point it to the name of its distribution, which `aws cloudfront list-distributions` prints."
		}
		items = append(items, text)
	}
	return items
}

// keyStatement is one statement of a key's policy, in the order in which people read one.
type keyStatement struct {
	Sid       string
	Effect    string
	Principal map[string]any
	Action    []string
	Resource  string
	Condition map[string]map[string][]string `json:",omitempty"`
}

// existingKey spells out the statements a key's policy needs: those that the module encryption-key gives to its own.
func existingKey(d *kinds.Deployment) string {
	account := strings.Split(d.Env.KeyARN, ":")[4]
	arns := func(service, kind string, names []string) []string {
		var list []string
		for _, name := range names {
			list = append(list, fmt.Sprintf("arn:aws:%s:%s:%s:%s%s", service, d.Env.Region, account, kind, name))
		}
		return list
	}
	statements := []keyStatement{
		{Sid: "AccountDecidesByPolicy", Principal: map[string]any{"AWS": "arn:aws:iam::" + account + ":root"}, Action: []string{"kms:*"}},
		{
			Sid: "LogGroups", Principal: map[string]any{"Service": "logs." + d.Env.Region + ".amazonaws.com"},
			Action:    []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"},
			Condition: map[string]map[string][]string{"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arns("logs", "log-group:", kinds.KeyLogGroups(d))}},
		},
	}
	if topics := kinds.KeyTopics(d); len(topics) > 0 {
		statements = append(statements, keyStatement{
			Sid: "TopicsFeedQueues", Principal: map[string]any{"Service": "sns.amazonaws.com"}, Action: []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Condition: map[string]map[string][]string{"ArnLike": {"aws:SourceArn": arns("sns", "", topics)}},
		})
	}
	for i := range statements {
		statements[i].Effect, statements[i].Resource = "Allow", "*"
	}
	text, err := json.MarshalIndent(statements, "  ", "  ")
	if err != nil {
		panic(err) // texts and lists
	}
	return fmt.Sprintf("Key `%s`. It is a symmetric key for encryption, and its policy has these statements. Deleting it loses everything in this environment.\n\n  ```json\n  %s\n  ```", d.Env.KeyARN, text)
}

func existingBucket(d *kinds.Deployment, bucket environment.ExistingBucket) string {
	text := fmt.Sprintf("Bucket `%s` stands for %q. Its policy must not deny the roles of the processes that use it", bucket.Name, bucket.Bucket)
	if r := d.Resource(kinds.Buckets.Name, "", bucket.Bucket); r != nil && r.Spec.(*kinds.Bucket).Versioned {
		text += ", and versioning is switched on, as the application declares"
	}
	if bucket.KeyPrefix != "" {
		text += fmt.Sprintf(". Objects of the application are under `%s`. A process that reads them could list the names of the others, not their contents: S3 tells only who may list that an object is not there", bucket.KeyPrefix)
	}
	text += ". Pages that upload by signed URLs need their origins in its CORS rules."
	if bucket.PublicBaseURL != "" {
		text += fmt.Sprintf(" Everybody sees its objects at `%s/`, followed by the name that the application gave them.", bucket.PublicBaseURL)
	}
	return text + keyNote(bucket.KeyARN)
}

func keyNote(arn string) string {
	if arn == "" {
		return ""
	}
	return fmt.Sprintf(" The policy of its key `%s` leaves the decision to the account's IAM policies.", arn)
}
