"""GetMapping and GetMappings: what `pulumi convert --from terraform` asks.

tests/convert lets the Terraform bridge's own types and converter judge the answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2
from support.process import Provider

pytestmark = pytest.mark.one_call

Json = dict[str, Any]
BOOLEAN, INTEGER, NUMBER, STRING, LIST, MAP = range(1, 7)
RESOURCES = {
    "bytepluscc": ("bytepluscc_ark_endpoint", "inference:ark:Endpoint"),
    "huggingface": ("huggingface_endpoint", "inference:hf:Endpoint"),
    "tir": ("tir_model_endpoint", "inference:tir:Endpoint"),
    "volcenginecc": ("volcenginecc_ark_endpoint", "inference:ark:Endpoint"),
}


def ask(provider: Provider, key: str, name: str) -> provider_pb2.GetMappingResponse:
    return provider.stub.GetMapping(provider_pb2.GetMappingRequest(key=key, provider=name))


def mapping(provider: Provider, name: str) -> Json:
    answer = ask(provider, "terraform", name)
    assert answer.provider == name
    result: Json = json.loads(answer.data)
    return result


@pytest.fixture
def schema(provider: Provider) -> Json:
    result: Json = json.loads(provider.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    return result


@pytest.mark.valgrind_smoke
def test_the_terraform_providers_are_listed(provider: Provider) -> None:
    answer = provider.stub.GetMappings(provider_pb2.GetMappingsRequest(key="terraform"))
    assert sorted(answer.providers) == sorted(RESOURCES)


def test_other_tools_and_other_providers_get_nothing(provider: Provider) -> None:
    nothing = provider_pb2.GetMappingResponse()
    for key, name in [
        ("terraform", ""),
        ("terraform", "aws"),
        ("terraform", "Tir"),
        ("terraform", "ti"),
        ("kubernetes", "tir"),
        ("", "tir"),
    ]:
        assert ask(provider, key, name) == nothing, (key, name)
    for key in ("", "kubernetes", "Terraform"):
        answer = provider.stub.GetMappings(provider_pb2.GetMappingsRequest(key=key))
        assert answer == provider_pb2.GetMappingsResponse(), key


def test_mappings_go_out_in_order_and_byte_by_byte(echo: Provider) -> None:
    answer = echo.stub.GetMappings(provider_pb2.GetMappingsRequest(key="terraform"))
    assert list(answer.providers) == ["echoform", "other"]
    assert ask(echo, "terraform", "echoform").data == b'{"name":"echoform"}'
    assert ask(echo, "terraform", "other").data == b"{}"


@pytest.mark.valgrind_smoke
@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_a_mapping_leads_from_the_resource_to_ours(
    provider: Provider, schema: Json, name: str
) -> None:
    found = mapping(provider, name)
    resource, token = RESOURCES[name]
    assert (found["name"], found["version"]) == (name, schema["version"])
    assert list(found["provider"]["resources"]) == list(found["resources"]) == [resource]
    assert found["resources"][resource]["tok"] == token
    assert set(found["config"]) == set(found["provider"]["schema"])
    for row in found["config"].values():
        assert row["name"] in schema["config"]["variables"]


def members(field: Json) -> Json:
    result: Json = field.get("fields", field.get("element", {}).get("fields", {}))
    return result


def pairs(fields: Json, specs: Json, path: str = "") -> Iterator[tuple[str, Json, Json]]:
    """Dotted path in our words, what is said of the name, and Terraform's side of it."""
    assert set(fields) == set(specs), path
    for key, field in fields.items():
        here = f"{path}.{field['name']}".strip(".")
        yield here, field, specs[key]
        inner = specs[key].get("element", {}).get("resource")
        if inner is not None:
            yield from pairs(members(field), inner, here)


def resolve(schema: Json, spec: Json) -> Json:
    """The type behind a property, without a list's items."""
    if "items" in spec:
        spec = spec["items"]
    reference = spec.get("$ref", "")
    return schema["types"].get(reference.removeprefix("#/types/"), spec)


def declared(schema: Json, token: str, path: str) -> Json:
    """The property of our resource at a dotted path."""
    spec = {"properties": schema["resources"][token]["properties"]}
    for name in path.split("."):
        spec = resolve(schema, spec)["properties"][name]
    return spec


@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_every_name_is_a_property_of_ours_of_that_kind(
    provider: Provider, schema: Json, name: str
) -> None:
    found = mapping(provider, name)
    resource, token = RESOURCES[name]
    kinds = {"boolean": BOOLEAN, "integer": INTEGER, "number": NUMBER, "array": LIST}
    rows = list(
        pairs(found["resources"][resource]["fields"], found["provider"]["resources"][resource])
    )
    for path, field, spec in rows:
        ours = declared(schema, token, path)
        anything = "oneOf" in ours or ours.get("$ref") == "pulumi.json#/Any"
        if anything or ours.get("type") == "string":
            assert spec["type"] == STRING, path
        elif ours.get("type") == "object":
            assert (spec["type"], bool(field.get("maxItemsOne"))) in [(MAP, False), (LIST, True)]
        else:
            assert spec["type"] == kinds[ours["type"]], path


def attributes(specs: Json, path: str = "") -> Iterator[str]:
    for key, spec in specs.items():
        yield path + key
        yield from attributes(spec.get("element", {}).get("resource", {}), f"{path}{key}.")


@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_every_documented_attribute_is_there(provider: Provider, name: str) -> None:
    """terraform/ lists them, with the nested ones, as the providers' documentation does."""
    documented = (Path(__file__).parent / "terraform" / f"{name}.txt").read_text().split()
    found = mapping(provider, name)["provider"]["resources"][RESOURCES[name][0]]
    assert [path for path in documented if path not in set(attributes(found))] == []


# Some names that are not what a bridge would guess, or stand far below.
@pytest.mark.parametrize(
    ("name", "path", "ours"),
    [
        ("huggingface", "model.image.vllm.url", "model.image.vLLM.url"),
        ("huggingface", "model.image.tgi_neuron.hf_num_cores", "model.image.tgiNeuron.hfNumCores"),
        ("huggingface", "cloud.vendor", "cloudProvider.vendor"),
        ("huggingface", "provider_details.region", "cloudProvider.region"),
        ("tir", "resource_details.disk_size", "resourceDetails.diskSize"),
        ("tir", "auto_scale_policy.rules.watch_period", "autoScalePolicy.rules.watchPeriod"),
        ("tir", "detailed_info.hugging_face_id", "detailedInfo.huggingFaceId"),
        ("bytepluscc", "certificate.pca_sub_ca_certificate", "certificate.pcaSubCaCertificate"),
    ],
)
def test_terraforms_names(provider: Provider, name: str, path: str, ours: str) -> None:
    found = mapping(provider, name)
    fields = found["resources"][RESOURCES[name][0]]["fields"]
    words = []
    for word in path.split("."):
        words.append(fields[word]["name"])
        fields = members(fields[word])
    assert ".".join(words) == ours


def test_what_has_two_names_is_demanded_under_none(provider: Provider) -> None:
    specs = mapping(provider, "huggingface")["provider"]["resources"]["huggingface_endpoint"]
    for name in ("cloud_provider", "cloud", "provider_details"):
        assert (specs[name].get("required"), specs[name].get("optional")) == (None, True)
    assert specs["compute"]["required"]


def test_blocks_and_attributes(provider: Provider) -> None:
    """tir writes objects as blocks, lists of one; the other two as attributes."""
    tir = mapping(provider, "tir")
    fields, specs = (
        tir["resources"]["tir_model_endpoint"]["fields"],
        tir["provider"]["resources"]["tir_model_endpoint"],
    )
    blocks = {name for name, field in fields.items() if field.get("maxItemsOne")}
    assert blocks == {
        "async_invocation",
        "auto_scale_policy",
        "detailed_info",
        "liveness_probe",
        "readiness_probe",
        "resource_details",
    }
    for block in blocks:
        assert specs[block]["type"] == LIST
        assert fields[block]["element"]["fields"] == fields[block]["fields"]
    for name in ("bytepluscc", "huggingface"):
        assert "maxItemsOne" not in json.dumps(mapping(provider, name))


def test_credentials_are_marked(provider: Provider) -> None:
    marked = {
        key
        for name in RESOURCES
        for key, row in mapping(provider, name)["provider"]["schema"].items()
        if row.get("sensitive")
    }
    assert marked == {
        "access_key",
        "customer_headers",
        "proxy_url",
        "secret_key",
        "session_token",
        "token",
        "api_key",
        "auth_token",
    }
