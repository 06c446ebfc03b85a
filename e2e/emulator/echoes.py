"""Echoes: request fields that moto 5.2.1 drops and that are handed back as they came, so that terraform sees no drift.

An echo proves nothing about AWS. Never count an echoed field as verified.
"""

import functools
import json

from moto.awslambda.models import LambdaFunction
from moto.core.utils import camelcase_to_underscores
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


def apply():
    echo_function_key()
    echo_service_fields()
