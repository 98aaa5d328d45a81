"""What a program writes in a wrong place, by another name or in a wrong type is told where it
belongs."""

from __future__ import annotations

from support import keys
from support.drivers.tir import inputs

MEANT = [
    ({"region": "Delhi"}, "region", '"location"'),
    ({"namespace": "5"}, "namespace", '"projectId"'),
    ({"tirProjectId": "5"}, "tirProjectId", '"projectId"'),
    ({"instance_type": "x"}, "instance_type", '"skuName"'),
    ({"image": "x"}, "image", '"containerImage"'),
    ({"path": "x"}, "path", '"modelPath"'),
    ({"env": {}}, "env", '"resourceDetails.envVariables"'),
    ({"hfId": "x"}, "hfId", '"detailedInfo.huggingFaceId"'),
    ({"model": "x"}, "model", '"detailedInfo.huggingFaceId"'),
    ({"modelName": "x"}, "modelName", '"detailedInfo.huggingFaceId"'),
    ({"maxReplica": 3}, "maxReplica", '"autoScalePolicy.maxReplicas"'),
    ({"server_version": "x"}, "server_version", '"detailedInfo.serverVersion"'),
    ({"detailedInfo": {"modelId": "5"}}, "detailedInfo.modelId", '"modelId" at the top'),
    (
        {"resourceDetails": {"envVariables": [{"name": "A", "value": "a"}]}},
        "resourceDetails.envVariables[0].name",
        '"key"',
    ),
]
SETTINGS = [
    ("apiKey", "tirApiKey", True, ""),
    ("auth_token", "tirAuthToken", True, ""),
    ("token", "tirAuthToken", True, "; and tirApiKey the same way"),
    ("tirApiLayout", "tirApiLayout", False, ""),
    ("endpoint", "tirEndpoint", False, ""),
    ("accessKey", "tirAuthToken", True, "; and tirApiKey the same way"),
]
TYPES = [
    ({"modelId": "abc"}, "modelId", 'must be a number without sign or leading zeros; is "abc"'),
    ({"modelId": -1}, "modelId", 'must be a number without sign or leading zeros; is "-1"'),
    ({"datasetId": 7.5}, "datasetId", "must be a whole number, or text of one, not a number (7.5)"),
    (
        {"datasetId": 1e20},
        "datasetId",
        "must be a string, not a number (1e+20): put it into quotes",
    ),
    ({"sfsId": True}, "sfsId", "must be a whole number, or text of one, not a boolean (true)"),
    (
        {"committedDays": "30"},
        "committedDays",
        'must be a whole number of days, not a string ("30"): take the quotes off',
    ),
    ({"committedDays": 1.5}, "committedDays", "must be a whole number of days, is 1.5"),
    (
        {"committedDays": "30 days"},
        "committedDays",
        'must be a whole number of days, not a string ("30 days"): write 30',
    ),
    (
        {"capacityRetryTimeout": "1h30m"},
        "capacityRetryTimeout",
        'must be a whole number of seconds, not a string ("1h30m"): write 5400',
    ),
    (
        {"resourceDetails": {"diskSize": "200GB"}},
        "resourceDetails.diskSize",
        'must be a whole number of GB, not a string ("200GB"): write 200',
    ),
    (
        {"resourceDetails": {"diskSize": "200Gi"}},
        "resourceDetails.diskSize",
        'must be a whole number of GB, not a string ("200Gi")',
    ),
    (
        {"isAutoScaleEnabled": "true"},
        "isAutoScaleEnabled",
        'must be true or false, not a string ("true"): take the quotes off',
    ),
    (
        {"livenessProbe": {"port": "80", "path": "/"}},
        "livenessProbe.port",
        'must be a whole number, not a string ("80"): take the quotes off',
    ),
    (
        {"livenessProbe": {"path": 5}},
        "livenessProbe.path",
        "must be a string, not a number (5): put it into quotes",
    ),
    (
        {"resourceDetails": {"envVariables": {"A": "b"}}},
        "resourceDetails.envVariables",
        "must be a list of objects with key, value, required, disabled, not an object",
    ),
    ({"publicIp": True}, "publicIp", "must be one of yes, no, not a boolean (true)"),
    ({"location": "India/Delhi"}, "location", 'must not hold a slash; is "India/Delhi"'),
    (
        {"detailedInfo": {"serverVersion": 24.02}},
        "detailedInfo.serverVersion",
        "must be a string, not a number (24.02): put it into quotes",
    ),
]

test_a_key_that_is_none_is_met_with_what_was_meant = keys.meant(inputs, MEANT)
test_a_setting_of_the_provider_is_no_input = keys.settings(inputs, SETTINGS)
test_an_option_of_the_resource_is_no_input = keys.options(inputs)
test_a_wrong_type_is_told_once = keys.types(inputs, TYPES)
