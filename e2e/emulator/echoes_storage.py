"""Echoes of databases and caches. See echoes.py for what an echo is, and for what it proves: nothing."""

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.responses import ElastiCacheResponse
from moto.rds.responses import RDSResponse

INSTANCE_FIELDS = {
    "MonitoringInterval": ("monitoring_interval", int),
    "MonitoringRoleArn": ("monitoring_role_arn", str),
    "EnablePerformanceInsights": ("performance_insights_enabled", bool),
    "PerformanceInsightsKMSKeyId": ("performance_insights_kms_key_id", str),
    "PerformanceInsightsRetentionPeriod": ("performance_insights_retention_period", int),
}


def echo_instance_observation():
    """How a database instance is watched."""
    create = RDSResponse.create_db_instance

    def created(self):
        asked = {name: self.params[name] for name in INSTANCE_FIELDS if self.params.get(name) is not None}
        answer = create(self)
        instance = answer.result["DBInstance"]
        for name, value in asked.items():
            field, kind = INSTANCE_FIELDS[name]
            setattr(instance, field, kind(value))
        return answer

    RDSResponse.create_db_instance = created


class CacheParameterGroupNotFound(ElastiCacheException):
    code = "CacheParameterGroupNotFound"


CacheParameterGroupNotFound.__module__ = ElastiCacheException.__module__  # by which moto finds the service


def echo_cache_parameters():
    """Parameter groups of caches, of which moto has none. Nobody knows here which parameters a family has."""

    def groups(self):
        # In the backend, so that they belong to one account.
        return self.elasticache_backend.__dict__.setdefault("parameter_groups", {})

    def found(self):
        name = self._get_param("CacheParameterGroupName")
        if name not in groups(self):
            raise CacheParameterGroupNotFound(f"CacheParameterGroup not found: {name}")
        return groups(self)[name]

    def create_cache_parameter_group(self):
        name = self._get_param("CacheParameterGroupName")
        arn = f"arn:aws:elasticache:{self.region}:{self.current_account}:parametergroup:{name}"
        groups(self)[name] = {
            "ARN": arn,
            "CacheParameterGroupFamily": self._get_param("CacheParameterGroupFamily"),
            "CacheParameterGroupName": name,
            "Description": self._get_param("Description"),
            "IsGlobal": False,
            "values": {},
        }
        self.elasticache_backend.add_tags_to_resource(arn, self._get_param("Tags", []))
        return ActionResult({"CacheParameterGroup": found(self)})

    def describe_cache_parameter_groups(self):
        listed = [found(self)] if self._get_param("CacheParameterGroupName") else list(groups(self).values())
        return ActionResult({"CacheParameterGroups": listed})

    def modify_cache_parameter_group(self):
        for parameter in self._get_param("ParameterNameValues", []):
            found(self)["values"][parameter["ParameterName"]] = parameter["ParameterValue"]
        return ActionResult({"CacheParameterGroupName": found(self)["CacheParameterGroupName"]})

    def reset_cache_parameter_group(self):
        for parameter in self._get_param("ParameterNameValues", []):
            found(self)["values"].pop(parameter["ParameterName"], None)
        return ActionResult({"CacheParameterGroupName": found(self)["CacheParameterGroupName"]})

    def describe_cache_parameters(self):
        values = found(self)["values"].items()
        return ActionResult({"Parameters": [{"ParameterName": name, "ParameterValue": value, "Source": "user"} for name, value in values]})

    def delete_cache_parameter_group(self):
        del groups(self)[found(self)["CacheParameterGroupName"]]
        return EmptyResult()

    for action in (
        create_cache_parameter_group,
        describe_cache_parameter_groups,
        modify_cache_parameter_group,
        reset_cache_parameter_group,
        describe_cache_parameters,
        delete_cache_parameter_group,
    ):
        setattr(ElastiCacheResponse, action.__name__, action)


def apply():
    echo_cache_parameters()
    echo_instance_observation()
