//go:build validate

package e2e_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// at follows a path of fields and of places in lists through an answer, "DBInstances.0.Endpoint".
func at(t testing.TB, answer any, path string) any {
	t.Helper()
	for step := range strings.SplitSeq(path, ".") {
		switch value := answer.(type) {
		case map[string]any:
			answer = value[step]
		case []any:
			place := int(step[0] - '0')
			if place >= len(value) {
				t.Fatalf("%s: only %d", path, len(value))
			}
			answer = value[place]
		default:
			t.Fatalf("%s: nothing to take %s of", path, step)
		}
	}
	return answer
}

// TestEmulatorRepairsDatabases looks at what applied environments rely on and moto alone has otherwise.
func TestEmulatorRepairsDatabases(t *testing.T) {
	aws := startCaller(t, startEmulator(t, account))
	seen := map[any]bool{}
	for _, name := range []string{"one", "two"} {
		aws.call(t, anybody, "rds", "CreateDBInstance", map[string]any{
			"DBInstanceIdentifier": name, "DBInstanceClass": "db.t4g.micro", "Engine": "postgres", "EngineVersion": "17",
			"MasterUsername": "master", "ManageMasterUserPassword": true, "AllocatedStorage": 20,
		})
		instance := at(t, aws.call(t, anybody, "rds", "DescribeDBInstances", map[string]any{"DBInstanceIdentifier": name}), "DBInstances.0")
		secret := aws.call(t, anybody, "secretsmanager", "GetSecretValue", map[string]any{"SecretId": at(t, instance, "MasterUserSecret.SecretArn")})
		var login struct{ Username, Password string }
		if err := json.Unmarshal([]byte(secret["SecretString"].(string)), &login); err != nil {
			t.Fatal(err)
		}
		if login.Username != "master" || len(login.Password) != 32 {
			t.Errorf("the secret of %s is for %q, with %d characters", name, login.Username, len(login.Password))
		}
		for _, own := range []any{at(t, instance, "DbiResourceId"), login.Password} {
			if seen[own] {
				t.Errorf("both instances have %v", own)
			}
			seen[own] = true
		}
	}
	aws.call(t, anybody, "rds", "CreateDBParameterGroup", map[string]any{"DBParameterGroupName": "g", "DBParameterGroupFamily": "postgres17", "Description": "d"})
	parameter := map[string]any{"ParameterName": "log_statement", "ParameterValue": "none", "ApplyMethod": "immediate"}
	aws.call(t, anybody, "rds", "ModifyDBParameterGroup", map[string]any{"DBParameterGroupName": "g", "Parameters": []any{parameter}})
	answer := aws.call(t, anybody, "rds", "DescribeDBParameters", map[string]any{"DBParameterGroupName": "g"})
	if source := at(t, answer, "Parameters.0.Source"); source != "user" {
		t.Errorf("the source of a parameter that was set is %v", source)
	}
}

// TestEmulatorRepairsCaches makes a cache with its users, changes them as the commands of a README do, and takes all away.
func TestEmulatorRepairsCaches(t *testing.T) {
	aws := startCaller(t, startEmulator(t, account))
	cache := func(operation string, parameters map[string]any) map[string]any {
		t.Helper()
		return aws.call(t, anybody, "elasticache", operation, parameters)
	}
	cache("CreateUser", map[string]any{"UserId": "off", "UserName": "default", "Engine": "redis", "AccessString": "off -@all", "NoPasswordRequired": true})
	cache("CreateUser", map[string]any{"UserId": "u", "UserName": "u", "Engine": "redis", "AccessString": "on ~x +get", "AuthenticationMode": map[string]any{"Type": "iam"}})
	for want, members := range map[string][]string{"UserNotFound": {"off", "nobody"}, "DefaultUserRequired": {"u"}} {
		_, failure := aws.try(t, anybody, "elasticache", "CreateUserGroup", map[string]any{"UserGroupId": "g", "Engine": "redis", "UserIds": members})
		if failure == nil || !strings.HasPrefix(failure.Code, want) {
			t.Errorf("a group of %v: %v, want %s", members, failure, want)
		}
	}
	cache("CreateUserGroup", map[string]any{"UserGroupId": "g", "Engine": "redis", "UserIds": []string{"off", "u"}})
	cache("CreateReplicationGroup", map[string]any{
		"ReplicationGroupId": "r", "ReplicationGroupDescription": "d", "Engine": "valkey", "NumCacheClusters": 2, "AutomaticFailoverEnabled": true,
		"CacheNodeType": "cache.t4g.small", "UserGroupIds": []string{"g"}, "TransitEncryptionEnabled": true,
	})
	if nodes := textsAt(cache("DescribeCacheClusters", nil), "CacheClusters.CacheClusterId"); !reflect.DeepEqual(nodes, []string{"r-001", "r-002"}) {
		t.Errorf("the nodes are %v", nodes)
	}
	if using := at(t, cache("DescribeUserGroups", nil), "UserGroups.0.ReplicationGroups.0"); using != "r" {
		t.Errorf("the group is used by %v", using)
	}
	cache("ModifyUser", map[string]any{"UserId": "u", "AuthenticationMode": map[string]any{"Type": "password", "Passwords": []string{strings.Repeat("p", 40)}}})
	user := at(t, cache("DescribeUsers", map[string]any{"UserId": "u"}), "Users.0")
	if kind, groups := at(t, user, "Authentication.Type"), at(t, user, "UserGroupIds.0"); kind != "password" || groups != "g" {
		t.Errorf("the user logs in by %v and is in %v", kind, groups)
	}
	cache("DeleteReplicationGroup", map[string]any{"ReplicationGroupId": "r"})
	cache("DeleteUserGroup", map[string]any{"UserGroupId": "g"})
	cache("DeleteUser", map[string]any{"UserId": "u"})
	for operation, list := range map[string]string{
		"DescribeReplicationGroups": "ReplicationGroups.ReplicationGroupId", "DescribeUserGroups": "UserGroups.UserGroupId", "DescribeCacheClusters": "CacheClusters.CacheClusterId",
	} {
		if left := textsAt(cache(operation, nil), list); len(left) > 0 {
			t.Errorf("%s: %v is left", operation, left)
		}
	}
}
