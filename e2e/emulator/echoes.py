"""Echoes: request fields that moto 5.2.1 drops and that are handed back as they came, so that terraform sees no drift.

An echo proves nothing about AWS. Never count an echoed field as verified.
"""

import functools
import json

from moto.awslambda.models import LambdaFunction
from moto.cloudfront import urls as cloudfront_urls
from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.models import DefaultCacheBehaviour, Origin, random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores, utcnow
from moto.ecs.responses import EC2ContainerServiceResponse

SERVICE_FIELDS = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
)


def echo_service_fields():
    """The settings of an ECS service that decide about deployments and health."""
    for name in ("create_service", "update_service"):
        original = getattr(EC2ContainerServiceResponse, name)

        @functools.wraps(original)
        def answered(self, original=original):
            answer = original(self)
            asked = json.loads(self.body)
            service = answer.result["service"]
            for field in SERVICE_FIELDS:
                if field in asked:
                    setattr(service, camelcase_to_underscores(field), asked[field])
            return answer

        setattr(EC2ContainerServiceResponse, name, answered)


def echo_function_key():
    """The key that encrypts a function's settings."""
    create, configuration = LambdaFunction.__init__, LambdaFunction.get_configuration

    def created(self, *arguments, **named):
        create(self, *arguments, **named)
        spec = named["spec"] if "spec" in named else arguments[1]
        self.settings_key = spec.get("KMSKeyArn")

    def answered(self, *arguments, **named):
        result = configuration(self, *arguments, **named)
        if self.settings_key:
            result["KMSKeyArn"] = self.settings_key
        return result

    LambdaFunction.__init__, LambdaFunction.get_configuration = created, answered


def echo_distributions():
    """Who signs for the origin, which moto drops; and nothing of what a cache policy replaces, which moto invents."""

    def keep(of, *dropped):
        create = of.__init__

        def created(self, config):
            asked = {field: config[field] for field in dropped if field in config}
            replaced = "CachePolicyId" in config
            create(self, config)
            for field, value in asked.items():
                setattr(self, camelcase_to_underscores(field), value)
            if replaced:
                self.forwarded_values = self.min_ttl = self.default_ttl = self.max_ttl = None

        of.__init__ = created

    keep(DefaultCacheBehaviour)
    keep(Origin, "OriginAccessControlId")


class NoSuchPolicy(CloudFrontException):
    __module__ = CloudFrontException.__module__  # by which moto finds the service, and the status of its errors

    def __init__(self, kind):
        super().__init__(f"NoSuch{kind}", "There is no such policy.")


def echo_distribution_policies():
    """Policies for caching and for headers, of which moto has none: kept, and handed back as they came."""
    for kind, path in (("CachePolicy", "cache-policy"), ("ResponseHeadersPolicy", "response-headers-policy")):
        cloudfront_urls.url_paths["{0}/2020-05-31/%s$" % path] = CloudFrontResponse.dispatch
        cloudfront_urls.url_paths["{0}/2020-05-31/%s/(?P<id>[^/]+)$" % path] = CloudFrontResponse.dispatch
        for verb, action in policy_actions(kind).items():
            setattr(CloudFrontResponse, camelcase_to_underscores(verb + kind), action)


def policy_actions(kind):
    def kept(self):
        # In the backend, so that policies belong to one account.
        return self.backend.__dict__.setdefault("asked_" + kind, {})

    def answer(self, id):
        if id not in kept(self):
            raise NoSuchPolicy(kind)
        policy = {"Id": id, "LastModifiedTime": utcnow(), f"{kind}Config": kept(self)[id]}
        return ActionResult({kind: policy, "ETag": "E" + id})

    def create(self):
        id = random_id()
        kept(self)[id] = self._get_param(f"{kind}Config")
        return answer(self, id)

    def get(self):
        return answer(self, self._get_param("Id"))

    def update(self):
        kept(self)[self._get_param("Id")] = self._get_param(f"{kind}Config")
        return answer(self, self._get_param("Id"))

    def delete(self):
        if kept(self).pop(self._get_param("Id"), None) is None:
            raise NoSuchPolicy(kind)
        return EmptyResult()

    return {"Create": create, "Get": get, "Update": update, "Delete": delete}


def apply():
    echo_distribution_policies()
    echo_distributions()
    echo_function_key()
    echo_service_fields()
