"""What a program writes in a wrong place, by another name or in a wrong type is told where it
belongs."""

from __future__ import annotations

from support import keys
from support.drivers.maas import inputs

MEANT = [
    ({"model": "x"}, "model", '"modelName"'),
    ({"remark": "x"}, "remark", '"description"'),
    ({"endpoint_name": "x"}, "endpoint_name", '"name"'),
    ({"namespace": "p"}, "namespace", '"projectId"'),
    ({"maasRegion": "r"}, "maasRegion", '"region"'),
    ({"location": "r"}, "location", '"region"'),
    ({"project": "p"}, "project", '"projectId"'),
    ({"rateLimit": {"rpm": 5}}, "rateLimit", '"rpm"'),
    ({"service_id": "x"}, "service_id", '"inferServiceId"'),
    ({"infer_service_id": "x"}, "infer_service_id", '"inferServiceId"'),
]
SETTINGS = [
    ("apiKey", "maasApiKey", True, ""),
    ("token", "maasToken", True, ""),
    ("access_key", "maasAccessKey", True, ""),
    ("password", "maasPassword", True, ""),
    ("domainName", "maasDomainName", False, ""),
    ("projectName", "maasProjectName", False, ""),
    ("iamEndpoint", "maasIamEndpoint", False, ""),
]
TYPES = [
    (
        {"rpm": "5"},
        "rpm",
        'must be a whole number of requests per minute, not a string ("5"): take the quotes off',
    ),
    ({"tpm": 2.5}, "tpm", "must be a whole number of tokens per minute, is 2.5"),
    (
        {"timeouts": {"delete": "2 min"}},
        "timeouts.delete",
        'must be a whole number of seconds, not a string ("2 min"): write 120',
    ),
    (
        {"moderation": "true"},
        "moderation",
        'must be true or false, not a string ("true"): take the quotes off',
    ),
    ({"moderation": {"strategy": "Skip"}}, "moderation", "must be true or false, not an object"),
    ({"desiredState": 1}, "desiredState", "must be one of running, paused, not a number (1)"),
    ({"region": "eu/west"}, "region", 'must not hold a slash; is "eu/west"'),
    ({"source": 5}, "source", "must be a string, not a number (5): put it into quotes"),
    ({"modelName": 5}, "modelName", "must be a string, not a number (5): put it into quotes"),
    ({"agreementId": 5}, "agreementId", "must be a string, not a number (5): put it into quotes"),
]

test_a_key_that_is_none_is_met_with_what_was_meant = keys.meant(inputs, MEANT)
test_a_setting_of_the_provider_is_no_input = keys.settings(inputs, SETTINGS)
test_an_option_of_the_resource_is_no_input = keys.options(inputs)
test_a_wrong_type_is_told_once = keys.types(inputs, TYPES)
