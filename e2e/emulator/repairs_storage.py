"""Repairs of what moto 5.2.1 makes of databases and caches. See repairs.py for what a repair is."""

import json

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.exceptions import CacheClusterNotFound, CacheSubnetGroupNotFound, ElastiCacheException, UserNotFound
from moto.elasticache.models import CacheCluster, ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse
from moto.moto_api._internal import mock_random
from moto.rds.models import DBCluster, DBClusterParameterGroup, DBInstance, DBParameterGroup, MasterUserSecret


def tell_instances_apart():
    """Every instance has a resource id of its own. moto gives all of them the same, and finds the wrong one by it."""
    create = DBInstance.__init__

    def created(self, *arguments, **named):
        create(self, *arguments, **named)
        self.dbi_resource_id = "db-" + mock_random.get_random_string(length=26, lower_case=False).upper()

    DBInstance.__init__ = created


def say_who_set_parameters():
    """A parameter that somebody set is told apart from those of the engine by its source, which moto leaves out."""

    def remembered(update):
        def updated(self, parameters):
            update(self, parameters)
            for parameter in self.parameters.values():
                parameter["Source"] = "user"

        return updated

    DBParameterGroup.update_parameters = remembered(DBParameterGroup.update_parameters)
    DBClusterParameterGroup.update_cluster_parameters = remembered(DBClusterParameterGroup.update_cluster_parameters)


def draw_master_passwords():
    """The secret that RDS manages names the master user, with a password that was drawn. moto's names admin, with one it tells everybody."""

    def drawn(self):
        return json.dumps({"username": self.resource.master_username, "password": mock_random.get_random_string(length=32)})

    MasterUserSecret._generate_secret_string = drawn


def scale_serverless_engines_only():
    """The scaling of the first kind of serverless clusters is told of those alone. moto tells it of every cluster."""
    info = DBCluster.scaling_configuration_info.fget
    DBCluster.scaling_configuration_info = property(lambda self: info(self) if self.engine_mode == "serverless" else None)


def count_cache_nodes():
    """NumCacheClusters is a primary and its replicas. moto makes one node, however many are asked for."""
    create = ReplicationGroup.__init__

    def created(self, *arguments, **named):
        nodes = named.get("num_cache_clusters")
        if nodes and named.get("cluster_mode") in (None, "disabled") and not named.get("replicas_per_node_group"):
            named["replicas_per_node_group"] = nodes - 1
        create(self, *arguments, **named)
        # Engine versions are told in full.
        self.engine_version = {"8.0": "8.0.1", "7.2": "7.2.6"}.get(self.engine_version, self.engine_version)
        self.auto_minor_version_upgrade = self.auto_minor_version_upgrade in (True, None, "true")

    ReplicationGroup.__init__ = created


def list_cache_nodes():
    """The nodes of a replication group are cache clusters. moto knows their names, and finds none of them."""
    describe = ElastiCacheBackend.describe_cache_clusters

    def node(backend, group, name):
        cluster = CacheCluster.__new__(CacheCluster)
        cluster.__dict__.update(
            arn=f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}:cluster:{name}",
            at_rest_encryption_enabled=group.at_rest_encryption_enabled,
            auto_minor_version_upgrade=group.auto_minor_version_upgrade,
            cache_cluster_create_time=group.replication_group_create_time,
            cache_cluster_id=name,
            cache_cluster_status="available",
            cache_node_type=group.cache_node_type,
            cache_parameter_group={"CacheParameterGroupName": group.cache_parameter_group_name, "ParameterApplyStatus": "in-sync"},
            cache_subnet_group_name=group.cache_subnet_group_name,
            engine=group.engine,
            engine_version=group.engine_version,
            ip_discovery=group.ip_discovery,
            network_type=group.network_type,
            num_cache_nodes=1,
            preferred_maintenance_window=group.preferred_maintenance_window or "sun:05:00-sun:06:00",
            replication_group_id=group.replication_group_id,
            security_groups=[{"SecurityGroupId": id, "Status": "active"} for id in group.security_group_ids or []],
            snapshot_retention_limit=group.snapshot_retention_limit,
            snapshot_window=group.snapshot_window,
            transit_encryption_enabled=group.transit_encryption_enabled,
            transit_encryption_mode=group.transit_encryption_mode,
        )
        return cluster

    def described(self, cache_cluster_id=None):
        nodes = {name: node(self, group, name) for group in self.replication_groups.values() for name in group.member_clusters}
        if cache_cluster_id in nodes:
            return [nodes[cache_cluster_id]]
        return describe(self, cache_cluster_id) + ([] if cache_cluster_id else list(nodes.values()))

    ElastiCacheBackend.describe_cache_clusters = described


def delete_caches():
    """What is deleted goes. moto keeps a replication group for good, and cannot delete the group of its subnets."""
    delete = ElastiCacheBackend.delete_replication_group

    def deleted(self, replication_group_id, retain_primary_cluster=None):
        group = delete(self, replication_group_id, retain_primary_cluster)
        del self.replication_groups[replication_group_id]
        return group

    def delete_cache_subnet_group(self):
        name = self._get_param("CacheSubnetGroupName")
        if self.elasticache_backend.cache_subnet_groups.pop(name, None) is None:
            raise CacheSubnetGroupNotFound(name)
        return EmptyResult()

    ElastiCacheBackend.delete_replication_group = deleted
    ElastiCacheResponse.delete_cache_subnet_group = delete_cache_subnet_group


class UserGroupNotFound(ElastiCacheException):
    code = "UserGroupNotFound"


class DefaultUserRequired(ElastiCacheException):
    code = "DefaultUserRequired"


class UserGroupAlreadyExists(ElastiCacheException):
    code = "UserGroupAlreadyExists"


for error in (UserGroupNotFound, DefaultUserRequired, UserGroupAlreadyExists):
    error.__module__ = ElastiCacheException.__module__  # by which moto finds the service


def change_users():
    """Users can be changed: their rules, and how they log in. moto can only make and delete them."""

    def modify_user(self):
        given = self._get_params()
        user = self.elasticache_backend.users.get(given.get("UserId"))
        if user is None:
            raise UserNotFound(given.get("UserId"))
        mode = given.get("AuthenticationMode") or {}
        user.access_string = given.get("AccessString", user.access_string)
        if given.get("AppendAccessString"):
            user.access_string += " " + given["AppendAccessString"]
        passwords = mode.get("Passwords") or given.get("Passwords")
        if passwords:
            user.passwords, user.authentication_type, user.no_password_required = passwords, "password", False
        elif mode.get("Type"):
            user.passwords, user.authentication_type = [], mode["Type"]
            user.no_password_required = mode["Type"] == "no-password-required"
        return ActionResult(user)

    def delete_user(self):
        user = self.elasticache_backend.users.pop(self._get_param("UserId"), None)
        if user is None:
            raise UserNotFound(self._get_param("UserId"))
        user.status = "deleting"
        for group in user_groups(self).values():
            group["UserIds"] = [member for member in group["UserIds"] if member != user.id]
        return ActionResult(user)

    ElastiCacheResponse.modify_user = modify_user
    ElastiCacheResponse.delete_user = delete_user


def user_groups(response):
    # In the backend, so that they belong to one account.
    return response.elasticache_backend.__dict__.setdefault("user_groups", {})


def group_users():
    """User groups, of which moto has none: their members are users that exist, one of them named default."""

    def found(self):
        name = self._get_param("UserGroupId")
        if name not in user_groups(self):
            raise UserGroupNotFound(f"User group {name} not found.")
        return user_groups(self)[name]

    def told(self, group):
        using = [g.replication_group_id for g in self.elasticache_backend.replication_groups.values() if group["UserGroupId"] in g.user_group_ids]
        return {**group, "ReplicationGroups": using}

    def check(self, members):
        users = self.elasticache_backend.users
        for member in members:
            if member not in users:
                raise UserNotFound(member)
        if not any(users[member].name == "default" for member in members):
            raise DefaultUserRequired("A user group needs to contain a user with the user name default.")
        for user in users.values():
            groups = [name for name in user.user_group_ids if name != self._get_param("UserGroupId")]
            user.user_group_ids = groups + ([self._get_param("UserGroupId")] if user.id in members else [])

    def create_user_group(self):
        name, members = self._get_param("UserGroupId"), self._get_param("UserIds", [])
        if name in user_groups(self):
            raise UserGroupAlreadyExists(f"User group {name} already exists.")
        check(self, members)
        arn = f"arn:aws:elasticache:{self.region}:{self.current_account}:usergroup:{name}"
        user_groups(self)[name] = {
            "ARN": arn,
            "Engine": self._get_param("Engine"),
            "MinimumEngineVersion": "6.0",
            "Status": "active",
            "UserGroupId": name,
            "UserIds": members,
        }
        self.elasticache_backend.add_tags_to_resource(arn, self._get_param("Tags", []))
        return ActionResult(told(self, found(self)))

    def describe_user_groups(self):
        groups = [found(self)] if self._get_param("UserGroupId") else user_groups(self).values()
        return ActionResult({"UserGroups": [told(self, group) for group in groups]})

    def modify_user_group(self):
        group, gone = found(self), self._get_param("UserIdsToRemove", [])
        members = [member for member in group["UserIds"] if member not in gone] + self._get_param("UserIdsToAdd", [])
        check(self, members)
        group["UserIds"] = members
        return ActionResult(told(self, group))

    def delete_user_group(self):
        group = user_groups(self).pop(found(self)["UserGroupId"])
        for user in self.elasticache_backend.users.values():
            user.user_group_ids = [name for name in user.user_group_ids if name != group["UserGroupId"]]
        return ActionResult({**group, "Status": "deleting"})

    for action in (create_user_group, describe_user_groups, modify_user_group, delete_user_group):
        setattr(ElastiCacheResponse, action.__name__, action)


def tag_everything():
    """Parameter groups and user groups have tags as everything else. moto takes their names for wrong ones."""
    ElastiCacheBackend.list_tags_for_resource = lambda self, arn: self.tagging_service.list_tags_for_resource(arn)


def apply():
    change_users()
    count_cache_nodes()
    delete_caches()
    draw_master_passwords()
    group_users()
    list_cache_nodes()
    say_who_set_parameters()
    scale_serverless_engines_only()
    tag_everything()
    tell_instances_apart()
