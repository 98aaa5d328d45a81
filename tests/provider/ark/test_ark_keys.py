"""What a program writes in a wrong place, by another name or in a wrong type is told where it
belongs."""

from __future__ import annotations

from support import keys
from support.drivers.ark import inputs

MEANT = [
    ({"model": "x"}, "model", '"modelReference"'),
    ({"project": "p"}, "project", '"projectName"'),
    ({"projectId": "p"}, "projectId", '"projectName"'),
    ({"arkRegion": "r"}, "arkRegion", '"region"'),
    ({"location": "r"}, "location", '"region"'),
    ({"endpoint_name": "x"}, "endpoint_name", '"name"'),
    ({"rpm": 5}, "rpm", '"rateLimit.rpm"'),
    ({"modelName": "x"}, "modelName", '"modelReference.foundationModel.name"'),
    ({"foundation_model": {}}, "foundation_model", '"modelReference.foundationModel"'),
    ({"moderationStrategy": "Skip"}, "moderationStrategy", '"moderation.strategy"'),
    ({"rateLimit": {"description": "x"}}, "rateLimit.description", '"description" at the top'),
    ({"timeout": 60}, "timeout", '"timeouts"'),
    ({"tags": [{"name": "a"}]}, "tags[0].name", '"key"'),
    (
        {"modelReference": {"foundationModel": {"name": "m", "version": "1", "modelVersion": "1"}}},
        "modelReference.foundationModel.version",
        '"modelVersion"',
    ),
]
SETTINGS = [
    ("accessKey", "arkAccessKey", True, ""),
    ("secret_key", "arkSecretKey", True, ""),
    ("apiKey", "arkAccessKey", True, "; and arkSecretKey the same way"),
    ("token", "arkAccessKey", True, "; and arkSecretKey the same way"),
    ("endpoint", "arkEndpoint", False, ""),
    ("maxRetries", "maxRetries", False, ""),
]
TYPES = [
    (
        {"rateLimit": {"rpm": "5"}},
        "rateLimit.rpm",
        'must be a whole number of requests per minute, not a string ("5"): take the quotes off',
    ),
    (
        {"rateLimit": {"tpm": True}},
        "rateLimit.tpm",
        "must be a whole number of tokens per minute, not a boolean (true)",
    ),
    (
        {"timeouts": {"create": "30m"}},
        "timeouts.create",
        'must be a whole number of seconds, not a string ("30m"): write 1800',
    ),
    ({"rateLimit": 5}, "rateLimit", "must be an object with rpm, tpm, not a number (5)"),
    ({"tags": {"a": "b"}}, "tags", "must be a list of objects with key, value, not an object"),
    (
        {"tags": {"key": "a", "value": "b"}},
        "tags",
        "must be a list of objects with key, value, not an object: put it into a list",
    ),
    (
        {"tags": [{"key": "a", "value": 1}]},
        "tags[0].value",
        "must be a string, not a number (1): put it into quotes",
    ),
    (
        {"modelReference": "seed"},
        "modelReference",
        'must be an object with customModelId, foundationModel, not a string ("seed")',
    ),
    (
        {"modelReference": {"foundationModel": {"name": "m", "modelVersion": 250615}}},
        "modelReference.foundationModel.modelVersion",
        "must be a string, not a number (250615): put it into quotes",
    ),
    ({"region": "eu/west"}, "region", 'must not hold a slash; is "eu/west"'),
    (
        {"waitForReady": "true"},
        "waitForReady",
        'must be true or false, not a string ("true"): take the quotes off',
    ),
]

test_a_key_that_is_none_is_met_with_what_was_meant = keys.meant(inputs, MEANT)
test_a_setting_of_the_provider_is_no_input = keys.settings(inputs, SETTINGS)
test_an_option_of_the_resource_is_no_input = keys.options(inputs)
test_a_wrong_type_is_told_once = keys.types(inputs, TYPES)
