"""The columns of the tables: what each section of a cloud's YAML, and of package.yaml, may say.

Each column is declared here and nowhere else: its name, what it holds, its default, what it means,
and the C field that it fills. From it follow what is refused (tables_check.py), the C tables
(tables_c.py), the JSON Schemas for editors (tables_editor.py) and docs/reference/tables.md. The C
structures stay where C reads them; a test holds them and the columns together.

A new section is one `Section`, one column that refers to it, and its structure in C.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

# --- What a column may hold -----------------------------------------------------------------------


@dataclass(frozen=True)
class Scalar:
    words: str
    fits: Callable[[object], bool]
    json: dict


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_status(value: object) -> bool:
    return is_integer(value) or (
        isinstance(value, list) and len(value) == 2 and all(map(is_integer, value))
    )


NESTED_LISTS = re.compile(r"(\w+|\*)\[\](\.(\w+|\*)\[\])*")
TEXT = Scalar("text", lambda value: isinstance(value, str), {"type": "string"})
ROWS = Scalar(
    "names of lists, one in the other, such as `vendors[].regions[]`; `*[]` for all of a mapping",
    lambda value: isinstance(value, str) and bool(NESTED_LISTS.fullmatch(value)),
    {"type": "string"},
)
INTEGER = Scalar("a whole number", is_integer, {"type": "integer"})
NUMBER = Scalar("a number", is_number, {"type": "number"})
SECONDS = Scalar("a number of seconds", is_number, {"type": "number"})  # milliseconds in C
FLAG = Scalar("true or false", lambda value: isinstance(value, bool), {"type": "boolean"})
ANY = Scalar("anything", lambda value: True, {})
STATUS = Scalar(
    "an HTTP status, or a list of the lowest and the highest",
    is_status,
    {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]},
)
# As TEXT, for fields of `struct str`.
VIEW = Scalar(TEXT.words, TEXT.fits, TEXT.json)
# A name that may end in "?", which fills a field of its own.
PARAMETER = Scalar("text", TEXT.fits, TEXT.json)


@dataclass(frozen=True)
class Words:
    """A closed list of words, and what each means."""

    name: str
    words: dict[str, str]
    prefix: str = ""  # of the C constants; "" = the words themselves are in C
    enum: str = ""  # the C enumeration
    only_c: tuple[str, ...] = ()  # constants without prefix that no table names

    def constant(self, word: str) -> str:
        return self.prefix + word.upper()


@dataclass(frozen=True)
class Choice:
    """One word; or all of several, or-ed in C."""

    of: Words
    several: bool = False


@dataclass(frozen=True)
class Ref:
    """The name of a row of another section of the same file."""

    section: str


@dataclass(frozen=True)
class List:
    of: "Kind"


@dataclass(frozen=True)
class Map:
    """Names of the file's own choice."""

    of: "Kind"


@dataclass(frozen=True)
class Row:
    """One row of a section. In C a structure in a structure; or its fields, spread in the outer
    one; or a pointer to it."""

    section: str
    form: str = "inside"  # "inside", "spread", "pointer"


@dataclass(frozen=True)
class Rows:
    """A list of rows; an array and its count in C."""

    section: str


@dataclass(frozen=True)
class Table:
    """Rows by name: the name is the section's column `key`. An array and its count in C."""

    section: str


@dataclass(frozen=True)
class Properties:
    """Rows of the section `property` by name, as a `struct prop_table`."""

    is_input: bool
    section: str = "property"


Kind = Scalar | Choice | Ref | List | Map | Row | Rows | Table | Properties

NOT_IN_C = ""


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    doc: str
    required: bool = False
    default: object = None
    field: str | None = None  # in C; None = as the name
    also: str | None = None  # a second C field with the same content
    told_by: str | None = None  # C field that says whether it is set

    def c_field(self) -> str:
        return self.name if self.field is None else self.field


@dataclass(frozen=True)
class Section:
    name: str
    doc: str
    columns: tuple[Column, ...]
    struct: str = ""  # in C
    key: Column | None = None  # what the name of a row stands for, where rows have names
    plain: bool = False  # a row is the value of its only column, not a mapping

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def outside_c(name: str, kind: Kind, doc: str, required: bool = False) -> Column:
    """A column that only the package schema and the pages read."""
    return Column(name, kind, doc, required, field=NOT_IN_C)


# --- Words ----------------------------------------------------------------------------------------

PROP_TYPE = Words(
    "property type",
    {
        "string": "Text.",
        "integer": "A whole number.",
        "number": "A number.",
        "boolean": "True or false.",
        "object": "Named members (`properties`).",
        "list": "A list (`items`).",
        "map": "Entries with names of the user's choice (`items`).",
        "any": "Anything.",
    },
    "PROP_",
    "prop_type",
)
PROP_FLAG = Words(
    "property flag",
    {
        "required": "As an input it has to be set; as an output it is always there.",
        "secret": "It is masked everywhere and encrypted in the state.",
        "replace": "A change replaces the resource; so does one of a member of such an object. "
        "With `update_whole` every update sends it all the same, unless it is `no_update` as well.",
        "write_only": "The service never gives it back: the inputs are the truth.",
        "resolved": "The service may answer another spelling: it is never compared with the live "
        "value.",
        "local": "It steers this provider and is never sent.",
        "whole": "An update sends all of it when anything below it changed.",
        "one_of": "Object: exactly one member may be set.",
        "presence": "Object: `{}` differs from absent.",
        "ignored": "The service ignores it: never a difference.",
        "unordered": "List: a set.",
        "open": "The allowed values are a snapshot: another one is a warning, not refused. The "
        "schema's type is the same.",
        "send_default": "A create sends the default when nothing is set.",
        "stable": "Output that an update cannot change.",
        "missing_keeps": "A reply without it says nothing about it: for rows of a service that "
        "leaves members out.",
        "no_create": "It is not part of the create body.",
        "no_update": "It is not part of a whole update body.",
        "empty_unset": "An empty string in a reply means absent.",
        "first_free": "Setting or unsetting it is no difference, another value is.",
        "free_text": "The service's own words: it may repeat a secret in them.",
        "nocase": "The allowed values are matched without case.",
        "numeric": "Text of digits here, a number there; empty text is null. A program may write a "
        "whole number, too.",
        "words": "A list of words, or JSON text of one; empty text means none.",
        "second_hand": "Only a page that is not the service's own says that an update can change "
        "it: a change that is refused, or does not show, is told with `replaceOnChanges`. For rows "
        "at the top.",
        "pause_resets": "Pausing and resuming set it to values of their own: a paused endpoint is "
        "neither asked about it nor sent it, and what a resume leaves different is sent then.",
        "assumed": "No source states its `max_length`, `min`, `max` or `pattern`: what is beyond "
        "it is a warning, not refused.",
        "filled": "Left out, the service fills it in and shows it: what an import found may be "
        "either's, so a program that leaves it out changes nothing.",
        "masked": "Member of a list's item: a reply may leave it out, or have stars in its place, "
        "which says nothing of it.",
        "switched": "With `replace`: where the endpoint can, an operation of its own changes it in "
        "place (the hook `switching`); only else the resource is replaced. For rows at the top.",
    },
    "PROP_",
    "prop_flag",
    ("INPUT", "OUTPUT"),
)
PROP_CLEAR = Words(
    "clearing",
    {
        "null": "Null. Where a service takes null for absent nothing is cleared, and the update "
        "fails with the property's name: such a row needs another word.",
        "empty": 'What is empty: `""`, `[]`, `{}`.',
        "zero": "The number 0.",
        "reset": "Null, and the service picks a value of its own.",
        "keep": "Nothing: it cannot be unset, the old value stays, which is no difference.",
    },
    "PROP_CLEAR_",
    "prop_clear",
)
INTERRUPTION = Words(
    "interruption",
    {
        "no": "Calls go on, but for what the property itself is about (`desiredState`).",
        "rolls": "The old version serves until the new one does.",
        "restarts": "It stops serving, and starts again.",
        "unknown": "No document tells.",
    },
    "PROP_INTERRUPTS_",
    "prop_interruption",
)
CONFIG_TYPE = Words(
    "configuration type",
    {
        "string": "Text.",
        "integer": "A whole number.",
        "number": "A number.",
        "boolean": "True or false.",
    },
    "CONFIG_",
    "config_type",
)
STATE = Words(
    "state",
    {
        "pending": "It is on its way; also every word that is in no row.",
        "ready": "It serves.",
        "idle": "It is scaled to zero and wakes on request.",
        "paused": "It is stopped.",
        "failed": "It failed.",
        "update_failed": "The last change did not apply; what was there before still serves.",
        "gone": "It is deleted.",
        "other": "It says nothing about what was asked: neither waited for nor shown as a change.",
    },
    "STATE_",
    "state_class",
)
REPEAT = Words(
    "repetition",
    {
        "safe": "A read: repeated whenever it failed.",
        "idempotent": "It has the same result when it is carried out twice.",
        "never": "A create: repeated only when it provably did not happen.",
    },
    "REPEAT_",
    "operation_repeat",
)
FAILURE = Words(
    "failure class",
    {
        "transient": "A fault of server or gateway: the request may have been carried out.",
        "throttled": "Refused before any work: safe to repeat whatever it was.",
        "auth": "Credentials are missing, wrong or expired.",
        "clock": "The time of the signature is refused: sent again, once, with the service's time.",
        "permission": "The credentials may not do this.",
        "not_found": "There is no such object.",
        "conflict": "The name is taken.",
        "quota": "The account may have no more.",
        "capacity": "No machine of that kind is free now.",
        "precondition": "The object's state forbids it.",
        "client": "The request itself is wrong.",
    },
    "FAILURE_",
    "failure_class",
    ("NONE",),
)
METHOD = Words(
    "HTTP method",
    {
        "GET": "A read.",
        "POST": "A create or an action.",
        "PUT": "A change.",
        "DELETE": "A removal.",
    },
)
# Rows of rest/sign.c.
SCHEME = Words(
    "signature scheme",
    {
        "bearer": "`Authorization: Bearer <token>`.",
        "x-auth-token": "`X-Auth-Token: <token>`, Huawei Cloud's tokens.",
        "volc-v4": "Each request is signed with HMAC-SHA256, as Volcengine and BytePlus do it.",
        "sdk-hmac-sha256": "Each request is signed with HMAC-SHA256, as Huawei Cloud does it.",
    },
)
LIST_STYLE = Words(
    "list style",
    {
        "whole": "One reply holds all.",
        "cursor": "By a text that the page before names.",
        "page": "By its number; the first is 1.",
        "offset": "By how many items came before. The first request asks for no page at all.",
    },
    "LIST_",
    "list_style",
)
FUNCTION_KIND = Words(
    "kind of function",
    {
        "reply": "The result of its operation.",
        "endpoint": "One endpoint, found by the argument `id` or `name`, as its outputs show it.",
        "endpoints": "The endpoints of the whole list, all pages, each as its outputs show it.",
        "log": "The last lines that one endpoint logged, found by `id` or `name`; as many as the "
        "argument `lines` says, in the output of that name.",
    },
    "FUNCTION_",
    "function_kind",
)
RESOURCE_KIND = Words(
    "kind of resource",
    {
        "key": "A key to call endpoints with: made once, never shown again, over after a time. It "
        "has the inputs `endpoints`, `lifetime` and `renewBefore` (seconds both), and the outputs "
        "`apiKey` and `expiresAt`.",
    },
    "RESOURCE_",
    "resource_kind",
    ("ENDPOINT",),
)
NESTED = Words(
    "way to write objects",
    {
        "attributes": "`name = {...}`.",
        "blocks": "`name {...}`, which are lists of one.",
    },
)

# --- Sections -------------------------------------------------------------------------------------

ENUM_VALUE = Section(
    "value",
    "An allowed value of a property.",
    (
        Column("value", TEXT, "The word.", required=True),
        Column("wire", TEXT, "The service's spelling where it differs."),
        Column("deprecated", TEXT, "Why it should no longer be used: a warning."),
        outside_c("doc", TEXT, "What it means.", required=True),
    ),
    "prop_value",
)
CONFIG_VALUE = Section(
    "configuration value",
    "An allowed value of a configuration key.",
    (Column("value", TEXT, "The word.", required=True),),
    "prop_value",
    plain=True,
)


def property_columns(of_an_item: bool) -> tuple[Column, ...]:
    return (
        Column("type", Choice(PROP_TYPE), "What it holds.", required=True),
        Column("flags", Choice(PROP_FLAG, several=True), "How it behaves."),
        Column(
            "wire",
            TEXT,
            "Dotted path below the wire object of what it is in, both ways. Left out: its name.",
        ),
        Column("wire_in", TEXT, "Where replies have it when that differs."),
        Column("properties", Table("property"), "Object: its members.", field="props"),
        Column(
            "items",
            Row("item", "pointer"),
            "List and map: what is in it. Left out: anything.",
            field="item",
        ),
        Column(
            "default",
            ANY,
            "What holds when nothing is set: it compares as equal to an absent value.",
            field="default_value",
        ),
        Column(
            "values",
            Rows("value"),
            "Text: the allowed values. They make an enum type of the schema, beside which any text "
            "passes there.",
        ),
        Column("unit", TEXT, "Number: what it counts, such as `seconds`, for messages."),
        Column("min", NUMBER, "The least number.", told_by="has_min"),
        Column("max", NUMBER, "The largest number.", told_by="has_max"),
        Column("min_length", INTEGER, "Fewest characters, items or entries."),
        Column("max_length", INTEGER, "Most characters, items or entries; 0: no limit."),
        Column("pattern", TEXT, "What text has to match: a POSIX extended regular expression."),
        Column("pattern_hint", TEXT, "The pattern in words, to be read behind the name."),
        Column("deprecated", TEXT, "Why it should no longer be set: a warning."),
        Column(
            "left_out",
            TEXT,
            "What is worth a warning when a program leaves it out, to be read behind the name.",
        ),
        Column(
            "exposed",
            TEXT,
            "Map or list of texts that whoever sees the endpoint may read: what looks like a token "
            "there is a warning that ends with this advice, and is masked and encrypted here.",
        ),
        Column("listed_by", TEXT, "Token of the function that lists its values, for messages."),
        Column(
            "other_names",
            List(TEXT),
            "What other clouds and tools call it, in camelCase: who writes that is told its name.",
        ),
        Column(
            "clear",
            Choice(PROP_CLEAR),
            "What an update sends when it was taken out of the program.",
            default="null",
        ),
        Column(
            "fill",
            ANY,
            "What the service fills in when it is left out, where a source says so: that value is "
            "no input of an import, and the same as none.",
        ),
        Column(
            "hidden",
            List(TEXT),
            "Keys, or texts, that nobody wrote and that are not shown; `sys:*` for a prefix.",
        ),
        Column(
            "former_of",
            TEXT,
            "The property whose former spelling this is, as a dotted path: moving a value from one "
            "to the other is no change.",
        ),
        Column(
            "matched_by",
            List(TEXT),
            "List of objects: the members that tell one item from the others. What the service "
            "keeps in an item beside the known members goes with it.",
        ),
        Column(
            "filter",
            TEXT,
            "Argument of a function: of the first list among the results those items stay whose "
            "member of that name fits it, without case; `*` and `?` stand for any text and any "
            "character.",
        ),
        Column(
            "minus",
            TEXT,
            "A number that is left over: path, beside `wire`, of what is taken off in replies.",
        ),
        Column(
            "interrupts",
            Choice(INTERRUPTION),
            "Input of a resource: what calls to the endpoint notice of a change; of one that "
            "replaces it, while the old endpoint is there. It holds for what is in it, too; each "
            "input has it, or is in one that has.",
        ),
        outside_c(
            "interrupts_source", TEXT, "Page and section below docs/ that `interrupts` is from."
        ),
        outside_c("output", FLAG, "Member of an input that is an output only."),
        outside_c("doc", TEXT, "What it is, for users.", required=not of_an_item),
        outside_c("type_name", TEXT, "Name of the object's type. Left out: made of its path."),
        outside_c("schema", ANY, "Its type in Pulumi's schema, for what no column can say."),
    )


PROPERTY = Section(
    "property",
    "A property of a resource or of a function, or a member of an object.",
    property_columns(of_an_item=False),
    "prop",
    Column("name", TEXT, "Its name in programs."),
)
ITEM = Section(
    "item",
    "What a list or a map holds.",
    property_columns(of_an_item=True),
    "prop",
    Column("name", TEXT, "It has none; C calls it `item`."),
)
COMPLETE = Section(
    "complete",
    "A value that ends in one text gets another behind it.",
    (
        Column("end", TEXT, "How it ends.", required=True, field="complete_end"),
        Column("with", TEXT, "What follows then.", required=True, field="complete_with"),
    ),
    "config_row",
)
CONFIG = Section(
    "config",
    "A key of the provider's configuration.",
    (
        Column("type", Choice(CONFIG_TYPE), "What it holds.", required=True),
        Column("secret", FLAG, "It is masked everywhere and encrypted in the stack."),
        Column("numeric", FLAG, "Text of digits: a program may write a whole number for it."),
        Column("keeps_blanks", FLAG, "Only line breaks around it are taken off: a password."),
        Column("url", FLAG, "It has to be an http or https URL."),
        Column("proxy", FLAG, "It is the URL of a proxy for all requests of the cloud."),
        Column(
            "reserved",
            List(TEXT),
            "It is headers for all requests of the cloud, `Name: value, …`; not these.",
        ),
        Column("env", List(TEXT), "Environment variables that give it; the first that is set."),
        Column("files", List(TEXT), "Files that hold it (`$NAME/x`, `~/x`); the first readable."),
        Column("default", TEXT, "Its value when nothing gives it.", field="default_value"),
        Column("strip", TEXT, "What is taken off the end of a value."),
        Column("complete", Row("complete", "spread"), "What is put behind a value."),
        Column("values", Rows("configuration value"), "The allowed values."),
        Column("unit", TEXT, "Number: what it counts, such as `seconds`, for messages."),
        Column("min", NUMBER, "The least number.", told_by="has_min"),
        Column("max", NUMBER, "The greatest number.", told_by="has_max"),
        Column(
            "profile",
            TEXT,
            "What a profile gives for it: text with `{member}`s of the profile in it.",
        ),
        Column("profile_mode", TEXT, "Only a profile of this mode gives it, and has to."),
        outside_c("doc", TEXT, "What it is, for users.", required=True),
    ),
    "config_row",
    Column("key", TEXT, "The key, without `inference:`."),
)
PROFILE = Section(
    "profile",
    "Profiles of the vendor's command-line tool, a file of which gives settings.",
    (
        Column("name", Ref("config"), "Key with the name of the profile.", required=True),
        Column("file", Ref("config"), "Key with the file.", required=True),
        Column("modes", List(TEXT), "The modes that are supported, in lower case.", required=True),
    ),
    "profile_table",
)
SITE = Section(
    "sites",
    "The same service under several brands: each has its accounts, hosts and names. The "
    "configured region says which one the credentials are of.",
    (
        Column("name", TEXT, "Its name, for messages and `base_urls`.", required=True),
        Column("regions", List(TEXT), "Its regions. The first row has all others."),
        Column(
            "env",
            TEXT,
            "First word of its environment variables. Rows of `config` name those of the first "
            "site; on another its word stands in place of that one's.",
            required=True,
        ),
        Column("profile_file", TEXT, "Where its command-line tool keeps profiles.", required=True),
        Column(
            "data_plane",
            TEXT,
            "Base URL for callers; `{region}` is the region, `{area}` the same without its number.",
            required=True,
        ),
        Column("console", TEXT, "Address of an endpoint's page there, as `console` of a cloud."),
        Column("activation", TEXT, "Address of its page where models are activated, likewise."),
        Column("portkey", FLAG, "Portkey has a provider for it."),
    ),
    "site_row",
)
FIRST_STEPS = Section(
    "first_steps",
    "What a first program needs, for the page about installation.",
    (
        outside_c("doc", TEXT, "Where credentials are made.", required=True),
        outside_c("config", List(TEXT), "What follows `pulumi config set`.", required=True),
    ),
)
SCOPE = Section(
    "scope",
    "An input that says where the endpoint lives and that falls back on the configuration.",
    (
        Column("property", Ref("inputs"), "The input.", required=True),
        Column("config", Ref("config"), "The key.", required=True),
        Column("required", FLAG, "It has to come from one of the two."),
        Column("shared_names", FLAG, "A name is taken for all its values: another frees none."),
        Column(
            "known",
            List(TEXT),
            "The values that are known: another one, from wherever it comes, is a warning.",
        ),
        Column(
            "id_pattern",
            TEXT,
            "What it looks like as a part of an id: a POSIX extended regular expression. Another "
            "text there is a part in the wrong place.",
        ),
    ),
    "scope_row",
)
AUTH = Section(
    "auth",
    "A kind of credential; the first whose keys are all set is used.",
    (
        Column("scheme", Choice(SCHEME), "How requests prove who sends them.", required=True),
        Column("token", Ref("config"), "Key with the token."),
        Column("access_key", Ref("config"), "Key with the access key's id."),
        Column("secret_key", Ref("config"), "Key with the secret access key."),
        Column("session_token", Ref("config"), "Key with the token of temporary keys."),
        Column("role", Ref("config"), "Key with a role that requests are made in, once assumed."),
        Column("service", TEXT, "The service's name in the signature."),
        Column(
            "requires",
            Ref("config"),
            "One more key that has to be set: a password to buy a token for, a second key.",
        ),
        Column("probe", FLAG, "One request alone proves it first (rest/gate.h)."),
        Column(
            "one_family",
            FLAG,
            "Both keys, and the session's token, have to come from places that belong together.",
        ),
    ),
    "auth_row",
)
PARAM = Section(
    "params",
    "A template parameter of every operation that comes from the configuration.",
    (Column("config", Ref("config"), "The key."),),
    "param_row",
    Column("name", TEXT, "The parameter."),
    plain=True,
)
BASE_URL = Section(
    "base_urls",
    "A host that operations call.",
    (
        Column("key", TEXT, "Its name, for the column `host` of operations.", required=True),
        Column("site", TEXT, "The site that it is a host of. Left out: of all."),
        Column("config", Ref("config"), "Key whose value takes precedence."),
        Column(
            "template",
            TEXT,
            "The address otherwise; `{region}` is the value of that scope property.",
            required=True,
        ),
        Column(
            "env",
            TEXT,
            "Variable that takes precedence over the template; parameters in it are in capitals.",
        ),
    ),
    "base_url_row",
)
NAME_RULE = Section(
    "name_rule",
    "What names the service takes, for those that this provider makes.",
    (
        Column("property", Ref("inputs"), "The input that holds the name.", required=True),
        Column("max_length", INTEGER, "Most characters.", required=True),
        Column("alphabet", TEXT, "Allowed characters beside letters and digits.", required=True),
        Column("lower_case", FLAG, "No capitals."),
        Column("letter_first", FLAG, "It starts with a letter."),
        Column("single_separators", FLAG, "No two separators in a row, none at the ends."),
        Column("unique", FLAG, "Two live endpoints cannot share a name."),
        Column("reusable", FLAG, "The name of a deleted endpoint may be used again."),
    ),
    "name_rule",
)
ID = Section(
    "id",
    "What identifies an endpoint.",
    (
        Column(
            "template",
            TEXT,
            "The id, made of parameters: `{namespace}/{name}`.",
            required=True,
            field="id_template",
        ),
        Column(
            "import",
            TEXT,
            "The longest form that an import takes; leading segments may be left out. Left out: "
            "as `template`.",
            field="id_import",
        ),
        Column(
            "created",
            List(TEXT),
            "Where a create's reply has the part of the id that the service made: dotted paths, "
            "the first that is set becomes the parameter `endpointId`. Left out when the id is "
            "made of inputs.",
            field="id_created",
        ),
        Column(
            "help",
            TEXT,
            "The formats that an import takes, for messages.",
            required=True,
            field="id_help",
        ),
        Column(
            "pattern",
            TEXT,
            "What the last part has to match in an import: a POSIX extended regular expression.",
            field="id_pattern",
        ),
        Column("example", TEXT, "An id, for the page and messages.", True, field="id_example"),
    ),
    "cloud_tables",
)
LIST = Section(
    "list",
    "How endpoints are listed. The templates of the operation take the parameters `pageSize`, and "
    "by style `pageCursor`, `pageNumber` or `pageOffset`. Without this section they cannot be "
    "listed.",
    (
        Column("operation", Ref("operations"), "What is called.", required=True),
        Column("style", Choice(LIST_STYLE), "How the next page is asked for.", required=True),
        Column(
            "items",
            TEXT,
            "Dotted path of the items, below the operation's `result`. Left out: that itself.",
        ),
        Column(
            "total",
            TEXT,
            "Path of the number of all endpoints, which every reply has. A list that stays shorter "
            "is an error.",
        ),
        Column("total_optional", FLAG, "There are replies without the total."),
        Column("next", TEXT, "Path of the next page's cursor; none, or empty text, at the end."),
        Column(
            "id",
            TEXT,
            "Path in an item of the part of the id that the service made. Left out when the id is "
            "made of inputs: then the name tells the endpoints apart.",
        ),
        Column("name", TEXT, "Path in an item of the name.", required=True),
        Column("size", INTEGER, "How many items a page is asked for.", default=100),
        Column("empty_by_total", FLAG, "With a total of 0 there need be no items."),
        Column(
            "undocumented",
            FLAG,
            "That there are pages is not documented: the second may be the first once more, or "
            "not be found, and that is the end.",
        ),
        Column(
            "proves_gone",
            FLAG,
            "A 404 of `get` counts only when this list lacks the endpoint.",
        ),
        Column(
            "brief",
            FLAG,
            "Its items lack members that matter to callers: look-ups read each endpoint by itself.",
        ),
        Column(
            "serves_reads",
            FLAG,
            "Its items may show what `get` shows: a refresh of many endpoints compares the two for "
            "one endpoint, and if they do reads the list once.",
        ),
        Column(
            "lag_s",
            SECONDS,
            "For so long after its creation (`status.created_output`), or after an unconfirmed "
            "create, it may lack an endpoint that exists: a missing one is an error then, and not "
            "taken as deleted.",
            field="lag_ms",
        ),
    ),
    "list_table",
)
QUERY = Section(
    "query",
    "A parameter of an operation's query.",
    (Column("template", TEXT, "Literal text or a template."),),
    "operation_query",
    Column(
        "name",
        PARAMETER,
        "Its name. With `?` at the end it is left out when a parameter in it is unset.",
        told_by="optional",
    ),
    plain=True,
)
BODY = Section(
    "body",
    "A field that an operation's body always has.",
    (Column("template", TEXT, "Literal text or a template."),),
    "operation_query",
    Column("name", TEXT, "Its name."),
    plain=True,
)
OPERATION = Section(
    "operations",
    "A request that the cloud takes. In templates `{name}` is a parameter, percent-encoded, and "
    "`{+name}` the same as it is. Core calls `create`, `get`, `update`, `delete` and those "
    "that other sections name. A body's template that is one parameter alone gives its value as it "
    "is, such as a number.",
    (
        Column("method", Choice(METHOD), "The HTTP method.", required=True),
        Column("host", Ref("base_urls"), "The host.", default="api"),
        Column("path", TEXT, "A template.", required=True),
        Column("query", Table("query"), "The query's parameters."),
        Column("body", Table("body"), "What the body always has."),
        Column("result", TEXT, "Dotted path of the part of the reply that is meant."),
        Column(
            "must_have", TEXT, "Dotted path that a success has. A reply without it is nobody's."
        ),
        Column("repeat", Choice(REPEAT), "When it is sent again.", required=True),
        Column("doing", TEXT, "What it does, for messages: `creating the endpoint`.", True),
        Column("timeout_s", SECONDS, "Longest duration.", required=True, field="timeout_ms"),
        Column("unsigned", FLAG, "It goes without credentials.", field="unsigned_call"),
        Column("sign_service", TEXT, "Service that its signature names, where it is another's."),
        Column(
            "credential",
            Ref("config"),
            "Key with a bearer token that it takes instead of the account's credentials.",
        ),
    ),
    "operation",
    Column("name", TEXT, "Its name."),
)
STATE_ROW = Section(
    "states",
    "What a word of the service means; the first row that fits.",
    (Column("class", Choice(STATE), "The state."),),
    "state_row",
    Column("word", TEXT, "The word, without case; `x*` matches a prefix, `*x*` anywhere."),
    plain=True,
)
ACTION = Section(
    "actions",
    "How a value of `desiredState` is brought about.",
    (
        Column("operation", Ref("operations"), "What is called.", required=True),
        Column("state", Choice(STATE), "The state it leads to.", required=True, field="class"),
        Column(
            "refused_input",
            Ref("inputs"),
            "Input with a value for which the service refuses the action, so that the "
            "configuration's `desiredState` passes such an endpoint over.",
        ),
        Column("refused_value", TEXT, "That value."),
    ),
    "action_row",
    Column("desired", TEXT, "The value."),
)
STATUS_PATHS = Section(
    "status",
    "Where a reply tells how the endpoint is: dotted paths.",
    (
        Column("state", TEXT, "The service's word for its state.", required=True),
        Column("messages", List(TEXT), "Words about it; all that are set."),
        Column("ready_replicas", TEXT, "Replicas that serve."),
        Column("target_replicas", TEXT, "Replicas that should."),
        Column("created_at", TEXT, "When it was made (RFC 3339)."),
        Column("created_output", TEXT, "Dotted path of the output that keeps this time."),
        Column("name", TEXT, "Its name."),
        Column("address", TEXT, "Where it is called; one that serves has it, perhaps a bit later."),
        Column(
            "private_network",
            TEXT,
            "What only an endpoint in a private network shows: that may never get an address.",
        ),
    ),
    "status_paths",
)
MARK = Section(
    "mark",
    "The label by which a create proves itself. Without it a name tells whose an endpoint is.",
    (
        Column(
            "labels",
            TEXT,
            "Member of the create body and of the live object that lists its labels.",
            required=True,
        ),
        Column("key", TEXT, "Member of a label that names it. Left out, a label is a text."),
        Column("value", TEXT, "Member of a label with its value."),
    ),
    "mark_paths",
)
EXCEPTION = Section(
    "exception",
    "Endpoints that something is not done with, by what their inputs say.",
    (
        Column("input", TEXT, "Dotted path of an input.", required=True),
        Column("is", TEXT, "The value that counts. Left out: any."),
    ),
    "endpoint_exception",
)
DORMANT = Section(
    "dormant",
    "Inputs whose change brings nothing about as long as another input says what it does. The "
    "preview tells so.",
    (
        Column("input", Ref("inputs"), "Such an input, with all that is below it.", required=True),
        Column("by", Ref("inputs"), "The other one.", required=True),
        Column("is", TEXT, "Its value then, also where that is the default.", required=True),
        Column("carried", FLAG, "A change of the other one takes this one along."),
        Column("advice", TEXT, "What to do, for the end of the message.", required=True),
    ),
    "dormant_row",
)
ANSWERS = Section(
    "answers",
    "What `readiness: answers` asks an endpoint that runs. Paths are dotted paths in the outputs.",
    (
        Column("url", TEXT, "Path of the address of who answers.", required=True),
        Column("route", TEXT, "Path of the route to ask for. Either this or `path`."),
        Column("path", TEXT, "That route itself, where a document states one for all."),
        Column("needs", TEXT, "Path of what only those have that know the route. Left out: all."),
        Column("never", Rows("exception"), "Which are never asked."),
    ),
    "answers_table",
)
CALLER_KEY = Section(
    "caller key",
    "The key that callers of an endpoint need and no resource makes. Told once in a run, after a "
    "create.",
    (
        Column(
            "what",
            TEXT,
            "What it is, and where it is made. `{callerKey}` in the text of an output stands for "
            "it.",
            required=True,
        ),
        Column("not_for", Rows("exception"), "Whose callers need none."),
    ),
    "caller_key",
)
LOGS = Section(
    "logs",
    "What the endpoint itself logs: its last lines end the message about one that failed or took "
    "too long.",
    (
        Column(
            "operation",
            Ref("operations"),
            "What is called; the parameter `lines` is how many last lines are wanted.",
            required=True,
        ),
        Column(
            "line",
            TEXT,
            "Path of the text in each item of the operation's result, oldest first. Left out: the "
            "reply is text.",
        ),
        Column(
            "cut",
            TEXT,
            "Parameter of the operation by which the service cuts longer lines, where it can: a "
            "log that was too long is asked for once more with it.",
        ),
    ),
    "log_table",
)
IDENTITY = Section(
    "identity",
    "Whose credential it is, as `--doctor` asks. Without it the scope is all there is to tell.",
    (
        Column("operation", Ref("operations"), "What is called.", required=True),
        Column("account", TEXT, "Path of the account in its result.", required=True),
        Column(
            "optional",
            FLAG,
            "Whether the service offers it to everybody is not known: no answer is no fault.",
        ),
    ),
    "identity_table",
)
FORM = Section(
    "form",
    "What the answer shows of an endpoint beside its rows, at the outermost level, where settings "
    "and facts stand side by side. Any other member that is no row may be a setting that a form "
    "would reset: the preview names it.",
    (
        Column(
            "keeps",
            List(TEXT),
            "Settings that a form takes under the same name: it repeats what the endpoint has.",
        ),
        Column("facts", List(TEXT), "What a form does not touch."),
        Column(
            "beside",
            List(Ref("inputs")),
            "Inputs for which an endpoint that is not paused has a request of its own, without the "
            "form.",
        ),
    ),
    "form_table",
)
WAIT = Section(
    "wait",
    "How long an operation is waited for, and how often is looked.",
    (
        Column("first_ms", INTEGER, "The first pause, in milliseconds.", required=True),
        Column("factor", NUMBER, "Each pause is so many times the one before.", required=True),
        Column("cap_ms", INTEGER, "The longest pause, in milliseconds.", required=True),
        Column("create_s", SECONDS, "Default timeout of a create.", True, field="create_ms"),
        Column("update_s", SECONDS, "Default timeout of an update.", True, field="update_ms"),
        Column("delete_s", SECONDS, "Default timeout of a delete.", True, field="delete_ms"),
        Column(
            "settle_s",
            SECONDS,
            "After a change the old state may still show for so long.",
            required=True,
            field="settle_ms",
        ),
    ),
    "wait_policy",
)
RETRY = Section(
    "retry",
    "How often a failed request is sent again.",
    (
        Column("tries", INTEGER, "Most tries, the first included.", True, field="max_tries"),
        Column("base_ms", INTEGER, "Ceiling of the first pause, in milliseconds.", required=True),
        Column("cap_ms", INTEGER, "The longest pause, in milliseconds.", required=True),
        Column(
            "max_retry_after_s",
            SECONDS,
            "A longer `Retry-After` ends the operation.",
            required=True,
            field="max_retry_after_ms",
        ),
    ),
    "retry_policy",
)
HEADER = Section(
    "headers",
    "A header that every request carries.",
    (Column("value", VIEW, "Its value."),),
    "http_header",
    Column("name", VIEW, "Its name."),
    plain=True,
)
ERRORS = Section(
    "errors",
    "Where replies have their error's details: lists of dotted paths or of headers, the first that "
    "holds text. A path that ends in `[]` looks into the first element of a list.",
    (
        Column("code", List(TEXT), "The service's code."),
        Column(
            "coded",
            FLAG,
            "Each failure of the service has one: words alone are somebody's on the way.",
        ),
        Column("message", List(TEXT), "Its words."),
        Column("details", List(TEXT), "Maps of fields to texts, which follow the words."),
        Column(
            "field_in_code",
            FLAG,
            "What follows the code's first dot may be the field of the body that is refused.",
        ),
        Column("field_in_message", FLAG, "The words may hold the name of that field."),
        Column("request_id", List(TEXT), "The request's id."),
        Column("request_id_headers", List(TEXT), "The same in a header."),
        Column("message_headers", List(TEXT), "The words in a header."),
        Column("code_headers", List(TEXT), "The code in a header."),
        Column(
            "failure_in_success",
            List(TEXT),
            "A 2xx reply is a failure all the same when one of these holds text, or a number of "
            "400 or more.",
        ),
        Column("echoed", TEXT, "The query parameter that replies repeat."),
        Column(
            "echo",
            TEXT,
            "Where they repeat it: a reply that has another text there answers another request.",
        ),
    ),
    "error_shape",
)
FAILURE_ROW = Section(
    "failures",
    "What a failed reply means; the first row whose columns all fit. Without one, the HTTP status "
    "decides.",
    (
        Column("status", STATUS, "The HTTP status.", field="status_min", also="status_max"),
        Column("code", TEXT, "The service's code, with `*` at one end for any text."),
        Column("text", TEXT, "Part of the message, without case."),
        Column("operation", Ref("operations"), "Only this operation."),
        Column("class", Choice(FAILURE), "What it means.", required=True),
        Column("hint", TEXT, "What the user can do; it follows the message."),
        Column("hint_of_do", TEXT, "The same for `pulumi do`, which knows no resource options."),
        Column("input", TEXT, "Dotted path of the input that it is about; the message names it."),
        Column(
            "busy",
            FLAG,
            "It says that the endpoint is on its way: sent once more, even if a look finds it at "
            "rest.",
        ),
    ),
    "failure_row",
)
PRICE_PATH = Section(
    "price path",
    "Two paths that say the same: in a row of the prices, and in the body of a create.",
    (
        Column("row", TEXT, "Dotted path in a row.", required=True),
        Column("wire", TEXT, "Dotted path in the body.", required=True),
        Column("is", TEXT, "The only text there that has a price."),
    ),
    "price_path",
)
PRICES = Section(
    "prices",
    "Where today's prices are.",
    (
        Column("operation", Ref("operations"), "What is called.", required=True),
        Column(
            "params",
            Rows("price param"),
            "Parameters of the operation that the body of a create tells: each other value is "
            "another call.",
        ),
        Column("rows", ROWS, "Where the reply has the prices.", required=True),
        Column("match", Rows("price path"), "Which row is an endpoint's.", required=True),
        Column("amount", TEXT, "Path in a row of the price of a replica for an hour.", True),
        Column("currency", TEXT, "Path in a row of its currency."),
        Column("currency_word", TEXT, "The currency where rows tell none."),
        Column("replicas", TEXT, "Path in a live object of the replicas that are paid.", True),
        Column(
            "planned",
            TEXT,
            "Path in the body of a create of the replicas that it begins with; where it has none, "
            "and where this is left out, one.",
        ),
        Column(
            "free",
            List(TEXT),
            "Words for states in which nothing is paid although the endpoint counts as ready.",
        ),
    ),
    "price_table",
)
PRICE_PARAM = Section(
    "price param",
    "A parameter of the prices' operation.",
    (
        Column("name", TEXT, "The parameter.", required=True),
        Column("wire", TEXT, "Dotted path of its value in the body of a create.", required=True),
    ),
    "price_param",
)
FUNCTION = Section(
    "functions",
    "A read-only look-up.",
    (
        Column("operation", Ref("operations"), "Called with the arguments as parameters.", True),
        Column("kind", Choice(FUNCTION_KIND), "What it looks up.", default="reply"),
        Column(
            "rows",
            ROWS,
            "Where the operation's result has nested lists that become one: the member `rows` of "
            "what the outputs are read from.",
        ),
        outside_c("doc", TEXT, "What it gives, for users.", required=True),
        Column("inputs", Properties(True), "Its arguments.", required=True, field="args"),
        Column(
            "outputs",
            Properties(False),
            "Its results, from the operation's result.",
            required=True,
            field="results",
        ),
    ),
    "function_row",
    Column("token", TEXT, "Its name; package and module come before it."),
)
RESOURCE = Section(
    "resources",
    "A resource type beside the cloud's endpoints.",
    (
        Column("kind", Choice(RESOURCE_KIND), "By which methods it lives.", required=True),
        outside_c("description", TEXT, "What the resource is, in Markdown.", required=True),
        Column("operation", Ref("operations"), "The request that makes one.", required=True),
        Column(
            "no_import",
            TEXT,
            "Why one that exists cannot be imported; the end of a sentence.",
            required=True,
        ),
        Column(
            "no_removal",
            TEXT,
            "Why one goes on after a delete; the end of a sentence.",
            required=True,
        ),
        Column("inputs", Properties(True), "Its inputs.", required=True, field="props"),
        outside_c("outputs", Properties(False), "What comes in addition.", required=True),
    ),
    "resource_row",
    Column("token", TEXT, "Its name; package and module come before it."),
)
CATALOGUE_PATH = Section(
    "catalogue path",
    "Two paths that say the same: of an input, and in a row of the catalogue.",
    (
        Column("input", TEXT, "Dotted path of the input.", required=True),
        Column("row", TEXT, "Dotted path in a row.", required=True),
        Column("chooses", FLAG, "It only chooses rows: that none has it is not told."),
    ),
    "catalogue_path",
)
CATALOGUE_STOCK = Section(
    "catalogue stock",
    "What a row says is left of it.",
    (
        Column("left", TEXT, "Member with what is left.", required=True),
        Column("total", TEXT, "Member with what there is in all.", required=True),
        Column("takes", TEXT, "Member with how much of it one replica takes. Left out: 1."),
        Column("replicas", TEXT, "Dotted path of the input with the replicas. Left out: 1."),
        Column("what", TEXT, "What it is, for the message.", required=True),
        Column("input", TEXT, "Dotted path of the input that the message names.", required=True),
    ),
    "catalogue_stock",
)
CATALOGUE_ARGUMENT = Section(
    "catalogue argument",
    "An argument of the look-up that no input of the same name gives.",
    (
        Column("argument", TEXT, "The argument.", required=True),
        Column("input", TEXT, "Dotted path of the input that it takes. Left out: it is false."),
    ),
    "catalogue_argument",
)
CATALOGUE_NOTICE = Section(
    "catalogue notice",
    "What the only row that fits says of what the inputs name. It is a warning, never a failure: "
    "what it is about exists.",
    (
        Column("row", TEXT, "Dotted path in a row.", required=True),
        Column("is", TEXT, "Its word that is told; of a boolean `true`. Left out: see `above`."),
        Column(
            "above",
            FLAG,
            "It is told when the number of the input is above that of the row, where this is "
            "above 0.",
        ),
        Column("input", TEXT, "Dotted path of the input that the message names.", required=True),
        Column(
            "text",
            TEXT,
            "The message, a template like that of the id; {value} is the row's own, {activation} "
            "the site's page.",
            required=True,
        ),
    ),
    "catalogue_notice",
)
CATALOGUE = Section(
    "catalogue",
    "A list of what there is, asked in Check with `checkCatalogue`: what the inputs name and it "
    "lacks is told before anything is changed. An answer in which no row has what is asked for "
    "proves nothing.",
    (
        Column(
            "function",
            Ref("functions"),
            "The look-up. Arguments with the name of an input that is not compared take it.",
            required=True,
        ),
        Column("arguments", Rows("catalogue argument"), "Its other arguments."),
        Column("rows", ROWS, "Where its results have the list. Left out: they are the only row."),
        Column(
            "match",
            Rows("catalogue path"),
            "What is compared, from the outside in: each leaves the rows among which the next one "
            "has to be.",
        ),
        Column("state", TEXT, "Member of a row with the state of what it is."),
        Column("unusable", List(TEXT), "Its words for what cannot be had."),
        Column("stock", Row("catalogue stock"), "What is left of it."),
        Column("notices", Rows("catalogue notice"), "What else its row may tell."),
        Column("needs", Ref("config"), "Key without which it cannot be asked."),
        Column("unless", Ref("inputs"), "Input with which it says nothing."),
        Column("strict", Ref("inputs"), "Input that makes what is lacking a failure when true."),
    ),
    "catalogue_row",
)
TERRAFORM = Section(
    "terraform",
    "What `pulumi convert` makes of a Terraform resource.",
    (
        outside_c(
            "provider",
            TEXT,
            "Name of the Terraform provider, the first word of its resource types.",
            required=True,
        ),
        outside_c(
            "resource", TEXT, "The resource type that becomes the cloud's resource.", required=True
        ),
        outside_c(
            "sisters",
            Map(TEXT),
            "Providers of the same shape, of other brands, with their resource types.",
        ),
        outside_c("nested", Choice(NESTED), "How the provider writes objects.", required=True),
        outside_c(
            "attributes",
            List(TEXT),
            "With `blocks`: dotted paths of the objects that are attributes all the same.",
        ),
        outside_c("config", Map(Ref("config")), "Keys of its configuration, and ours."),
        outside_c(
            "names",
            Map(TEXT),
            "Our dotted path, and Terraform's name, where that is not the same words in snake "
            "case.",
        ),
        outside_c(
            "other_names",
            Map(TEXT),
            "What other versions of the provider call an attribute at the top, as public files "
            "write it, and our dotted path.",
        ),
    ),
)
CLOUD = Section(
    "cloud",
    "A cloud: one YAML file. Keys that begin with `x-` hold what is used in several places.",
    (
        Column("name", TEXT, "Its short name, that of the file.", required=True),
        Column("title", TEXT, "Its name in messages.", required=True, also="service.title"),
        outside_c("module", TEXT, "Its module in the package.", required=True),
        Column("token", TEXT, "Type token of its resource.", required=True),
        outside_c("description", TEXT, "What the resource is, in Markdown.", required=True),
        outside_c("id_description", TEXT, "What the id of an import is.", required=True),
        outside_c("first_steps", Row("first_steps"), "What a first program needs.", required=True),
        Column("aliases", List(TEXT), "Type tokens of other packages that the resource replaces."),
        Column("config", Table("config"), "Its configuration.", required=True),
        Column("sites", Rows("sites"), "Its sites, where it has several."),
        Column("profile", Row("profile"), "Profiles that give settings."),
        Column("scope", Rows("scope"), "Where an endpoint lives.", required=True),
        Column("auth", Rows("auth"), "Its credentials.", required=True),
        Column("params", Table("params"), "Parameters from the configuration."),
        Column("base_urls", Rows("base_urls"), "Its hosts.", required=True),
        Column("name_rule", Row("name_rule"), "Its names.", required=True),
        Column("id", Row("id", "spread"), "Its ids.", required=True),
        Column("inputs", Properties(True), "The resource's inputs.", True, field="props"),
        outside_c("outputs", Properties(False), "What comes in addition.", required=True),
        Column(
            "update_whole",
            FLAG,
            "An update carries all properties, not what differs. What is not set goes as its "
            "default, with or without `send_default`, or as what `clear` says. The C of tir makes "
            "its creates in the same way.",
        ),
        Column("form", Row("form"), "With `update_whole`: what an answer shows and no row knows."),
        Column("operations", Table("operations"), "Its requests.", required=True),
        Column("list", Row("list"), "Where a list has its endpoints."),
        Column("resources", Table("resources"), "Its resource types beside the endpoints."),
        Column("functions", Table("functions"), "Its functions."),
        Column("prices", Row("prices"), "What its endpoints cost."),
        Column("catalogue", Rows("catalogue"), "What there is, to be asked before."),
        Column(
            "console",
            TEXT,
            "Address of an endpoint's page, a template like that of the id. Left out: no document "
            "tells one, or its `sites` do.",
        ),
        Column("states", Table("states"), "Its words for states.", required=True),
        Column("actions", Table("actions"), "What `desiredState` calls.", required=True),
        Column("status", Row("status"), "Where a reply tells the state.", required=True),
        Column("mark", Row("mark"), "How a create proves itself."),
        Column("dormant", Rows("dormant"), "Inputs that do not count as the others stand."),
        Column("answers", Row("answers"), "How an endpoint is asked whether it answers."),
        Column("caller_key", Row("caller key"), "What else callers need."),
        Column("logs", Row("logs"), "Where its log is."),
        Column("identity", Row("identity"), "Whose credential it is."),
        Column("wait", Row("wait"), "How long is waited.", required=True),
        Column(
            "retry",
            Row("retry", "pointer"),
            "When a request is repeated.",
            required=True,
            field="service.retry",
        ),
        Column(
            "capacity_retry",
            Ref("inputs"),
            "Input that says for how many seconds a request that finds no machine is repeated.",
        ),
        Column(
            "max_response_bytes",
            INTEGER,
            "Longest reply that is read.",
            required=True,
            field="service.max_response_bytes",
        ),
        Column("headers", Table("headers"), "What each request carries.", field="service.headers"),
        Column(
            "errors",
            Row("errors", "pointer"),
            "Where replies have errors.",
            required=True,
            field="service.errors",
        ),
        Column(
            "failures",
            Rows("failures"),
            "What errors mean.",
            required=True,
            field="service.failures",
        ),
        Column("data", ANY, "Constants that the cloud's C looks up by name."),
        outside_c("terraform", Row("terraform"), "What Terraform calls it."),
    ),
    "cloud_tables",
)
PACKAGE = Section(
    "package",
    "package.yaml: what the package says about itself, in the words of Pulumi's schema, and the "
    "configuration that belongs to no cloud.",
    (
        outside_c("name", TEXT, "The package's name.", required=True),
        outside_c("displayName", TEXT, "Its name for readers."),
        outside_c("description", TEXT, "What it is.", required=True),
        outside_c("keywords", List(TEXT), "Words for the registry's search."),
        outside_c("homepage", TEXT, "Address of its site."),
        outside_c("license", TEXT, "Its licence.", required=True),
        outside_c("attribution", TEXT, "On what it builds."),
        outside_c("publisher", TEXT, "Who publishes it.", required=True),
        outside_c("meta", Map(ANY), "Pulumi's `meta`.", required=True),
        outside_c("language", Map(Map(ANY)), "Options of each language's generator.", True),
        outside_c("config", Table("config"), "Configuration of all clouds.", required=True),
    ),
)

SECTIONS = {
    section.name: section
    for section in (
        CLOUD,
        FIRST_STEPS,
        CONFIG,
        CONFIG_VALUE,
        COMPLETE,
        PROFILE,
        SITE,
        SCOPE,
        AUTH,
        PARAM,
        BASE_URL,
        NAME_RULE,
        ID,
        PROPERTY,
        ITEM,
        ENUM_VALUE,
        OPERATION,
        QUERY,
        BODY,
        LIST,
        RESOURCE,
        FUNCTION,
        PRICES,
        PRICE_PARAM,
        PRICE_PATH,
        CATALOGUE,
        CATALOGUE_PATH,
        CATALOGUE_STOCK,
        CATALOGUE_ARGUMENT,
        CATALOGUE_NOTICE,
        STATE_ROW,
        ACTION,
        STATUS_PATHS,
        MARK,
        DORMANT,
        ANSWERS,
        EXCEPTION,
        CALLER_KEY,
        LOGS,
        IDENTITY,
        FORM,
        WAIT,
        RETRY,
        HEADER,
        ERRORS,
        FAILURE_ROW,
        TERRAFORM,
        PACKAGE,
    )
}
