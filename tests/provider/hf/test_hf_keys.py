"""What a program writes in a wrong place, by another name or in a wrong type is told where it
belongs."""

from __future__ import annotations

from support import keys
from support.drivers.hf import inputs

MEANT = [
    ({"modelName": "x"}, "modelName", '"model.repository"'),
    ({"skuName": "x"}, "skuName", '"compute.instanceType"'),
    ({"cloud": {}}, "cloud", '"cloudProvider"'),
    ({"projectId": "me"}, "projectId", '"namespace"'),
    ({"hfNamespace": "me"}, "hfNamespace", '"namespace"'),
    ({"endpoint_name": "x"}, "endpoint_name", '"name"'),
    ({"location": "us-east-1"}, "location", '"cloudProvider.region"'),
    (
        {"model": {"scaleToZeroTimeout": 15}},
        "model.scaleToZeroTimeout",
        '"compute.scaling.scaleToZeroTimeout"',
    ),
    ({"compute": {"max_replica": 15}}, "compute.max_replica", '"compute.scaling.maxReplica"'),
    ({"cloudProvider": {"namespace": "me"}}, "cloudProvider.namespace", '"namespace" at the top'),
    ({"model": {"image": {"vllm": {"url": "u"}}}}, "model.image.vllm", '"vLLM"'),
]
SETTINGS = [
    ("token", "hfToken", True, ""),
    ("hf_token", "hfToken", True, ""),
    ("apiKey", "hfToken", True, ""),
    ("accessToken", "hfToken", True, ""),
    ("hfEndpoint", "hfEndpoint", False, ""),
    ("maxRetries", "maxRetries", False, ""),
]
TYPES = [
    (
        {"timeouts": {"create": "600"}},
        "timeouts.create",
        'must be a whole number of seconds, not a string ("600"): take the quotes off',
    ),
    (
        {"timeouts": {"create": "10m"}},
        "timeouts.create",
        'must be a whole number of seconds, not a string ("10m"): write 600',
    ),
    (
        {"timeouts": {"update": "soon"}},
        "timeouts.update",
        'must be a whole number of seconds, not a string ("soon")',
    ),
    (
        {"compute": {"scaling": {"scaleToZeroTimeout": "1 hour"}}},
        "compute.scaling.scaleToZeroTimeout",
        'must be a whole number of minutes, not a string ("1 hour"): write 60',
    ),
    (
        {"compute": {"scaling": {"scaleToZeroTimeout": "90s"}}},
        "compute.scaling.scaleToZeroTimeout",
        'must be a whole number of minutes, not a string ("90s")',
    ),
    (
        {"compute": {"scaling": {"measure": {"hardwareUsage": "80%"}}}},
        "compute.scaling.measure.hardwareUsage",
        'must be a number in per cent, not a string ("80%"): write 80',
    ),
    (
        {"waitForReady": "false"},
        "waitForReady",
        'must be true or false, not a string ("false"): take the quotes off',
    ),
    (
        {"waitForReady": "no"},
        "waitForReady",
        'must be true or false, not a string ("no"): write false',
    ),
    (
        {"waitForReady": "On"},
        "waitForReady",
        'must be true or false, not a string ("On"): write true',
    ),
    (
        {"desiredState": True},
        "desiredState",
        "must be one of running, paused, scaledToZero, not a boolean (true)",
    ),
    ({"namespace": "my/org"}, "namespace", 'must not hold a slash; is "my/org"'),
    (
        {"compute": {"scaling": {"minReplica": "2", "maxReplica": 1}}},
        "compute.scaling.minReplica",
        'must be a whole number, not a string ("2"): take the quotes off',
    ),
    (
        {"compute": {"scaling": {"measure": {"hardwareUsage": "80"}}}},
        "compute.scaling.measure.hardwareUsage",
        'must be a number in per cent, not a string ("80"): take the quotes off',
    ),
    (
        {"model": {"image": {"tgi": {"url": "u", "port": "80"}}}},
        "model.image.tgi.port",
        'must be a whole number, not a string ("80"): take the quotes off',
    ),
    (
        {"model": {"args": ["a", 1.5]}},
        "model.args[1]",
        "must be a string, not a number (1.5): put it into quotes",
    ),
    (
        {"network": {"cidrList": "10.0.0.0/8"}},
        "network.cidrList",
        'must be a list, not a string ("10.0.0.0/8"): put it into a list',
    ),
    (
        {"privateService": {"accountId": 12}},
        "privateService.accountId",
        "must be a string, not a number (12): put it into quotes",
    ),
]

test_a_key_that_is_none_is_met_with_what_was_meant = keys.meant(inputs, MEANT)
test_a_setting_of_the_provider_is_no_input = keys.settings(inputs, SETTINGS)
test_an_option_of_the_resource_is_no_input = keys.options(inputs)
test_a_wrong_type_is_told_once = keys.types(inputs, TYPES)
