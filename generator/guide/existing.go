package guide

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
)

// broughtItems says of everything an environment brings what its owner has to see to: nothing here changes it. Markdown,
// one list item each.
func broughtItems(env *blueprint.Environment) []string {
	var items []string
	if env.Network.VPCID != "" {
		items = append(items, existingNetwork(env))
	}
	items = append(items, existingCertificates(env)...)
	if env.Key.ARN != "" {
		items = append(items, existingKey(env))
	}
	for _, bucket := range env.Buckets {
		if bucket.Existing {
			items = append(items, existingBucket(bucket))
		}
	}
	for _, topic := range env.Topics {
		if topic.ARN != "" {
			items = append(items, existingTopic(topic))
		}
	}
	for _, server := range env.Servers {
		if e := server.Existing; e != nil {
			items = append(items, fmt.Sprintf("Database server `%s` stands for %q: PostgreSQL at `%s:%d`, which speaks TLS with a certificate for that name. "+
				"The services stack adds a rule to its security group `%s` for each process that uses it, and takes it away again. All processes together open at most %d connections. "+
				"Backups, upgrades, alarms and its size are its owner's.", e.Address, server.Name, e.Address, server.Port, e.SecurityGroupID, e.MaxConnections))
		}
	}
	return append(items, existingAccess(env)...)
}

// existingTopic asks for the alarms of a topic as well: SNS counts what it cannot deliver by topic, and a queue that gets
// nothing raises none.
func existingTopic(topic blueprint.Topic) string {
	text := fmt.Sprintf("Topic `%s` stands for %q. The platform stack adds its queues to it as subscribers, and takes them away again. Its policy must not deny the account's roles `sns:Publish`, nor its administrators `sns:Subscribe`.", topic.ARN, topic.Name)
	if len(topic.Subscriptions) > 0 {
		text += fmt.Sprintf(" SNS counts deliveries that fail by topic, so that the alarms are its owner's: the sum of `NumberOfNotificationsFailed` above 0 is a queue that does not let messages in, "+
			"that of `NumberOfNotificationsFailedToRedriveToDlq` messages that are lost, both in `AWS/SNS` with the dimension `TopicName` `%s`. Without them nobody learns of either.", topic.Topic)
	}
	return text + keyNote(topic.KeyARN)
}

// existingAccess is about what stands at the edges of an environment: who is told of alarms, filters requests, bounds or uses
// its roles, and whose images and security groups its tasks have.
func existingAccess(env *blueprint.Environment) []string {
	access := env.Access
	var items []string
	if len(access.AlarmTopicARNs) > 0 {
		items = append(items, fmt.Sprintf("Topics for alarms %s. Their policies let CloudWatch of this account in, or its alarms: where they name neither the account nor `cloudwatch.amazonaws.com`, an alarm goes off and nobody hears of it. "+
			"The key of one that is encrypted admits `cloudwatch.amazonaws.com` to `kms:Decrypt` and `kms:GenerateDataKey*`, which the key `alias/aws/sns` cannot.", code(access.AlarmTopicARNs)))
	}
	if env.LoadBalancer != nil && env.LoadBalancer.WebACLARN != "" {
		items = append(items, fmt.Sprintf("Web ACL `%s`. What its rules block never reaches the application. AWS refuses to delete it while the load balancer has it.", env.LoadBalancer.WebACLARN))
	}
	if access.CDNWebACLARN != "" {
		items = append(items, fmt.Sprintf("Web ACL `%s` for CloudFront. Its rules say who sees the public buckets.", access.CDNWebACLARN))
	}
	if access.PermissionsBoundary != "" {
		items = append(items, fmt.Sprintf("Policy `%s` bounds every role that is made. It allows what their own policies do, of these services: %s, and of those that an override names. What it leaves out they lack: tasks do not start, or calls are refused.", access.PermissionsBoundary, code(access.RoleServices)))
	}
	if len(access.RegistryRoles) > 0 {
		items = append(items, fmt.Sprintf("Roles %s. The registry's policy names them; their own allow `ecr:GetAuthorizationToken`, and those of another account what they do with the repository `%s` as well.", code(access.RegistryRoles), env.Registry.Name))
	}
	var private []string
	for _, image := range env.Images {
		if image.Private {
			private = append(private, image.Reference)
		}
	}
	for _, image := range slices.Compact(slices.Sorted(slices.Values(private))) {
		items = append(items, fmt.Sprintf("Image `%s`. The policy of its repository lets the execution roles of this environment's tasks pull (`ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`) when it is another account's; no lifecycle rule lets it expire.", image))
	}
	if len(access.SecurityGroupIDs) > 0 {
		items = append(items, fmt.Sprintf("Security groups %s, in the VPC of the environment. Their rules add to what tasks may reach and be reached by; AWS refuses to delete one while tasks have it.", code(access.SecurityGroupIDs)))
	}
	return items
}

// code spells names as code, with commas between them.
func code(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }

func existingNetwork(env *blueprint.Environment) string {
	network := env.Network
	lines := []string{fmt.Sprintf("Network `%s`. DNS resolution and DNS host names of the VPC are switched on: processes find each other by a private zone, which is made. "+
		"Security groups are made and say who may talk to whom; network ACLs and routes are the owner's, and have to let this pass:", network.VPCID)}
	clients, way, internet := "the private ranges", "80", ""
	if env.Domain != "" {
		way = "80 and 443"
	}
	if env.LoadBalancer != nil && !env.LoadBalancer.Internal {
		clients, internet = "everywhere", " and with a route to an internet gateway"
	}
	callers, entered := "the public and the compute subnets", ""
	switch {
	case env.LoadBalancer != nil && len(network.PublicSubnetIDs) == 0:
		// The load balancer stands among the processes.
		callers, entered = "the compute subnets", fmt.Sprintf(", and TCP %s in from %s, for the load balancer", way, clients)
	case env.LoadBalancer != nil:
		lines = append(lines, fmt.Sprintf("  - Public subnets %s, each in a zone of its own%s: TCP %s in from %s, TCP %d out to the compute subnets, and the answers to both (ports 1024 to 65535).",
			code(network.PublicSubnetIDs), internet, way, clients, network.Port))
	}
	var servers []string
	for _, server := range env.Servers {
		if server.Existing != nil {
			servers = append(servers, fmt.Sprintf(", TCP %d out to the database server %q", server.Port, server.Name))
		}
	}
	ports := network.StoragePorts
	if len(ports) > 0 {
		servers = append(servers, fmt.Sprintf(", TCP %s out to the storage subnets", numbers(ports)))
	}
	// Network ACLs know no connections: what goes from one compute subnet to another leaves the one and enters the other.
	lines = append(lines, fmt.Sprintf("  - Compute subnets %s, without a route to an internet gateway: TCP %d in from %s and out to the compute subnets%s%s; TCP %s out by a NAT gateway, "+
		"or else interface endpoints with private DNS for %s, a gateway endpoint for S3, and a copy of the helper image (see below); the answers to all of it.",
		code(network.ComputeSubnetIDs), network.Port, callers, entered, strings.Join(servers, ""), numbers(network.OutboundPorts), code(network.Endpoints)))
	if len(ports) > 0 {
		lines = append(lines, fmt.Sprintf("  - Storage subnets %s, in two zones or more and without a route to the internet: TCP %s in from the compute subnets, and the answers.",
			code(network.StorageSubnetIDs), numbers(ports)))
	}
	if zone := network.UnusableZone; zone != "" {
		lines = append(lines, fmt.Sprintf("  - No subnet lies in the zone with the id `%s`, which lacks Fargate, functions in a VPC or load balancers; its letter differs between accounts.", zone))
	}
	return strings.Join(lines, "\n")
}

func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}

func existingCertificates(env *blueprint.Environment) []string {
	var items []string
	for _, certificate := range env.Certificates {
		if certificate.ARN == "" || certificate.CDN {
			continue
		}
		text := fmt.Sprintf("Certificate `%s`. It is issued, covers %s, and is renewed by its owner.", certificate.ARN, code(certificate.Names))
		if elsewhere := namesWithoutZone(env.Domains); len(elsewhere) > 0 {
			text += fmt.Sprintf(" DNS is kept elsewhere: once the platform is applied, point %s to the name that "+
				"`terraform -chdir=%s/platform output -json load_balancer | jq -r .dns_name` prints, by a CNAME record or an alias.", code(elsewhere), env.Name)
		}
		items = append(items, text)
	}
	var private []string
	for _, zone := range env.Zones {
		if zone.Private {
			private = append(private, zone.ID)
			continue
		}
		text := fmt.Sprintf("Zone `%s`. It is public, in this account, and its name servers are those that its parent names. Records of the environment's names are made there, and no others of these names stand in it.", zone.ID)
		if zone.Proves {
			text += " ACM proves certificates by records there and asks for them from outside: an apply waits 75 minutes for what nobody can see. CAA records, where there are any, name `amazon.com`."
		}
		items = append(items, text)
	}
	if len(private) > 0 {
		vpc := "the one that is made (`terraform -chdir=" + env.Name + "/platform output -json network | jq -r .vpc_id`)"
		if env.Network.VPCID != "" {
			vpc = "`" + env.Network.VPCID + "`"
		}
		items = append(items, fmt.Sprintf("Private zone %s. Records of the load balancer are written there. It answers the VPCs that it is associated with: those of all callers, "+
			"and %s when processes call the application by its name (`aws route53 associate-vpc-with-hosted-zone`).", code(private), vpc))
	}
	for _, certificate := range env.Certificates {
		if certificate.ARN == "" || !certificate.CDN {
			continue
		}
		text := fmt.Sprintf("Certificate `%s` for CloudFront. It is issued, covers %s, and is renewed by its owner.", certificate.ARN, code(certificate.Names))
		for _, domain := range env.Domains {
			if domain.Bucket != "" && domain.ZoneID == "" {
				text += fmt.Sprintf(" Point `%s` to the name of its distribution, which `aws cloudfront list-distributions` prints.", domain.Name)
			}
		}
		items = append(items, text)
	}
	return items
}

// namesWithoutZone are the names that the load balancer answers to and for which no record is made.
func namesWithoutZone(domains []blueprint.Domain) []string {
	var list []string
	for _, domain := range domains {
		if domain.Bucket == "" && domain.ZoneID == "" && domain.PrivateZoneID == "" {
			list = append(list, domain.Name)
		}
	}
	return list
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
func existingKey(env *blueprint.Environment) string {
	account := strings.Split(env.Key.ARN, ":")[4]
	arns := func(service, kind string, names []string) []string {
		var list []string
		for _, name := range names {
			list = append(list, fmt.Sprintf("arn:aws:%s:%s:%s:%s%s", service, env.Region, account, kind, name))
		}
		return list
	}
	statements := []keyStatement{
		{Sid: "AccountDecidesByPolicy", Principal: map[string]any{"AWS": "arn:aws:iam::" + account + ":root"}, Action: []string{"kms:*"}},
		{
			Sid: "LogGroups", Principal: map[string]any{"Service": "logs." + env.Region + ".amazonaws.com"},
			Action:    []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"},
			Condition: map[string]map[string][]string{"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arns("logs", "log-group:", env.Key.LogGroups)}},
		},
	}
	if topics := env.Key.Topics; len(topics) > 0 {
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
	return fmt.Sprintf("Key `%s`. It is a symmetric key for encryption, and its policy has these statements. Deleting it loses everything in this environment.\n\n  ```json\n  %s\n  ```", env.Key.ARN, text)
}

func existingBucket(bucket blueprint.Bucket) string {
	text := fmt.Sprintf("Bucket `%s` stands for %q. Its policy must not deny the roles of the processes that use it", bucket.Bucket, bucket.Name)
	if bucket.Versioned {
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
