"""One resource's random life. `hypothesis` draws the steps and, when one is wrong, looks for the
shortest life that shows it, which it prints with its values.

After each step state, service and model agree, another preview is empty, and what the preview said
is what was done.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

from chaos import judge
from chaos.engine import Heard, Previewed, Refused, Stack
from chaos.targets import TARGETS, Target
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from simulator.client import Simulator
from support.clouds.description import Drift, Json, patched
from support.drivers.hf import bare
from support.values import UNKNOWNS

from model.twins import TWINS, Twin

NAME = "demo"
ROWS = st.integers(0, 10000)  # taken modulo the number of rows
KNOBS = max(len(twin.answers) for twin in TWINS.values())
ANSWERS = st.lists(st.integers(0, 59), min_size=KNOBS, max_size=KNOBS)  # modulo a knob's values


class Life(RuleBasedStateMachine):
    """Subclasses name the cloud and what serves it."""

    binary: Path
    target: Target
    sim: Simulator
    twin_sim: Simulator
    counted: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.twin: Twin = TWINS[self.target.name]
        self.sim.reset(self.target.name)
        self.heard = Heard()
        self.heard_before = 0  # so many log lines, when the last program became the next one
        self.stack = Stack(self.binary, self.target, self.sim.url(self.target.name), self.heard)
        self.names = (f"name-{number}" for number in itertools.count())
        self.answers: Json = {}
        self.program: Json | None = None
        self.lasting: Json = {}  # what the endpoint keeps of earlier programs
        self.protected = False
        self.counted["lives"] += 1

    # Steps.

    @initialize(row=ROWS, after=st.booleans(), choices=ANSWERS)
    def create(self, row: int, after: bool, choices: list[int]) -> None:
        """What comes after may be for an endpoint that is there."""
        for (knob, values), choice in zip(self.twin.answers.items(), choices, strict=False):
            self.answers[knob] = values[choice % len(values)]
        self.sim.knobs(self.target.name, self.answers)
        self._become(self._row(row, after), may_be_refused=after)

    @rule(row=ROWS, after=st.booleans())
    def edit_all(self, row: int, after: bool) -> None:
        """Many fields at once: the program of a row, under the name that it has."""
        is_new = self.program is None
        self._become(self._named(self._row(row, after)), may_be_refused=after and is_new)

    @precondition(lambda self: self.program is not None)
    @rule(row=ROWS, after=st.booleans(), choice=ROWS)
    def edit_one(self, row: int, after: bool, choice: int) -> None:
        """One field to a value of a row. What does not go together may be refused."""
        values = self._row(row, after)
        fields = sorted({*values, *self.program} - {"name"})
        field = fields[choice % len(fields)]
        edited = {key: value for key, value in self.program.items() if key != field}
        if field in values:
            edited[field] = values[field]
        self._become(edited, may_be_refused=True)

    @precondition(lambda self: self.program is not None)
    @rule(explicit=st.booleans())
    def rename(self, explicit: bool) -> None:
        self._become(patched(self.program, {"name": next(self.names) if explicit else None}))

    @precondition(lambda self: self.program is not None)
    @rule(state=st.sampled_from(("paused", "running", None)))
    def pause(self, state: str | None) -> None:
        """What is paid for in advance, and some other plans, may be refused."""
        self._become(patched(self.program, {"desiredState": state}), may_be_refused=True)

    @precondition(lambda self: self.program is not None)
    @rule()
    def plant_secret(self) -> None:
        self._become(patched(self.program, self.target.planted))

    @precondition(lambda self: self.program is not None and not self._stands_alone())
    @rule()
    def taint(self) -> None:
        self._become(self.program, replace=True)

    @rule(on=st.booleans())
    def protect(self, on: bool) -> None:
        self.protected = on

    @precondition(lambda self: self.program is not None)
    @rule(all=st.booleans())
    def delete(self, all: bool) -> None:
        if self.protected:
            return
        assert self.stack.destroy() if all else self._up({}), self._told()
        self.program, self.lasting = None, {}
        assert self._endpoints() == {}, "endpoints live after a delete"

    @precondition(lambda self: self.program is not None)
    @rule()
    def refresh(self) -> None:
        assert self.stack.refresh(), self._told()
        self._judge()

    @precondition(lambda self: self.program is not None)
    @rule()
    def import_again(self) -> None:
        """Out of the state and in again; then the program as it was."""
        before = self.stack.entries.pop(NAME)
        assert self.stack.import_(NAME, self.twin.imported(before)), self._told()
        assert self.stack.ids == [before.id], f"{before.id} is imported as {self.stack.ids}"
        imported = self.stack.entries[NAME].inputs
        self._judge_empty(imported, "after an import")
        self._become(self._explicit(self.program, before.outputs["name"]), mends=True)

    @rule(row=ROWS, refresh=st.booleans())
    def drift(self, row: int, refresh: bool) -> None:
        """A change by hand, which a refresh sees and the next `up` takes back."""
        drift = self._drift(row)
        if not self._become(self._named(drift.inputs)):
            return
        self._edit_by_hand(drift)
        assert self.stack.refresh(), self._told()
        if refresh:
            assert self.stack.refresh(), self._told()
        self._become(self.program, mends=True)

    @rule(row=ROWS, other=ROWS)
    def edit_by_hand_meanwhile(self, row: int, other: int) -> None:
        """Someone changes the endpoint between the preview and the `up`: in the end, after a
        refresh, it is as the program says."""
        drift = self._drift(row)
        if not self._become(self._named(drift.inputs)):
            return
        edited = self._named(self._row(other, True))
        try:
            previewed = self.stack.preview({NAME: edited})
        except Refused:
            assert self._is_bound(edited), self._told()
            return
        replaces = previewed[NAME].word == "replace"
        if replaces and (self.protected or self._burns(edited)):
            return
        before = self.program
        self._edit_by_hand(drift)
        is_hindered = self._is_paused() and self.twin.needs_running(before, edited)
        if is_hindered and not replaces:
            # It first has to run with the program as it was.
            assert not self.stack.up({NAME: edited}), "what needs a running endpoint was done"
            edited = before
        # The edit may be in the way of this `up` (paused by hand, say), not of the next.
        elif not self.stack.up({NAME: edited}):
            self.counted["hindered by an edit"] += 1
            assert self.stack.entries, self._told()
            edited = edited if replaces else self.twin.kept(before, edited)
        self._keep(edited, previewed)
        assert self.stack.refresh(), self._told()
        self._become(self.program, mends=True)

    def _drift(self, row: int) -> Drift:
        return self.twin.drifts[row % len(self.twin.drifts)]

    def _edit_by_hand(self, drift: Drift) -> None:
        """What nobody can take out stays as it was edited, unless a program says it anew."""
        target = self.twin.key(self.stack.entries[NAME])
        drift.mutate(self.sim, target)
        record = self._endpoints()[target]
        self.lasting = patched(self.lasting, self.twin.held(record))

    # The engine's part.

    def _become(
        self,
        program: Json,
        replace: bool = False,
        may_be_refused: bool = False,
        mends: bool = False,
    ) -> bool:
        """Preview, `up`, and all that holds afterwards. False: refused, and taken back."""
        self.heard.errors.clear()
        self.heard_before = len(self.heard.logs)
        try:
            previewed = self.stack.preview({NAME: program}, replace)
        except Refused:
            assert may_be_refused or self._is_bound(program), self._told()
            self.counted["refused by Check"] += 1
            return False
        if self._is_kept_back(previewed):
            return False
        self._judge_word(program, previewed[NAME], replace, mends)
        before = self.stack.ids
        if not self.stack.up({NAME: program}, replace):
            kept = self.twin.kept(self.lasting, program)
            if kept != program:
                return self._become(kept, mends=True)
            assert self._is_refused(program), self._told()
            self.counted["refused by the service"] += 1
            self._take_back()
            return False
        self.counted["ups"] += 1
        said, done = previewed[NAME].word, self.stack.steps[NAME]
        assert done == said, f"the preview said {said}, `up` did {done}"
        keeps = said in ("update", "same") or (self.protected and before)
        assert not keeps or self.stack.ids == before, f"{before} became {self.stack.ids}"
        self._judge_foreseen(previewed[NAME])
        self._keep(program, previewed)
        self._judge()
        return True

    def _is_kept_back(self, previewed: dict[str, Previewed]) -> bool:
        """The engine's own refusal: a protected endpoint is not replaced."""
        return self.protected and previewed[NAME].word == "replace"

    def _up(self, program: dict[str, Json]) -> bool:
        said = self.stack.preview(program)[NAME].word
        assert said == "delete", f"the preview says {said} of what is taken out"
        return self.stack.up(program)

    def _keep(self, program: Json, previewed: dict[str, Previewed]) -> None:
        made = previewed[NAME].word in ("create", "replace")
        if not made:
            self._judge_told(self.twin.stays(self.program or {}, program))
        self.lasting = self.twin.lasting({} if made else self.lasting, program)
        self.program = program

    def _take_back(self) -> None:
        """After a refusal the program as it was is brought about again."""
        if self.program is None:
            assert self.stack.destroy(), self._told()
            return
        assert self.stack.up({NAME: self.program}), self._told()
        if self.stack.steps[NAME] in ("create", "replace"):
            self.lasting = self.program
        self._judge()

    # What holds.

    def _judge_word(self, program: Json, said: Previewed, replace: bool, mends: bool) -> None:
        if self.program is None:
            assert said.word == "create", f"{said.word} of what does not exist"
        elif replace:
            assert said.word == "replace", f"{said.word} of what is to be replaced"
        elif said.word == "replace" and not mends:
            changed = {
                key
                for key in {*program, *self.program}
                if program.get(key) != self.program.get(key)
            }
            may = replacing(self.target.token) | self.twin.replaces(self.program, program)
            assert changed & may, f"{changed} replaces"

    def _judge_told(self, stays: set[str]) -> None:
        """What was taken out and stays."""
        for key in stays:
            words = f"another value for {key} than was asked"
            told = self.heard.logs[self.heard_before :]
            assert any(words in line for line in told), f"{key} stays without a word"

    def _judge_foreseen(self, said: Previewed) -> None:
        final = self.stack.entries[NAME].outputs
        wrong = list(differences(bare(said.outputs), bare(final)))
        assert not wrong, f"the preview foresaw something else: {wrong}"

    def _judge(self) -> None:
        entry = self.stack.entries[NAME]
        assert not self.stack.pending, f"still to be deleted: {self.stack.pending}"
        assert not entry.failed, "the state says that it failed"
        endpoints = self._endpoints()
        assert list(endpoints) == [self.twin.key(entry)], "other endpoints live"
        self._judge_endpoint(endpoints[self.twin.key(entry)], entry.outputs["name"])
        self._judge_empty(self.program, "a second preview")
        words = self.target.words(self.sim)
        assert not judge.leaked(words, self.heard, [self.stack]), "a secret can be read"

    def _judge_endpoint(self, record: Json, name: str) -> None:
        program = self._explicit(self.lasting, name)
        twin = self.twin.endpoint(self.twin_sim, self.target.name, program, self.answers)
        is_paused = self.twin.paused(record)
        ours, theirs = (self.twin.comparable(one, is_paused) for one in (record, twin))
        wrong = [*differences(theirs, ours), *differences(ours, theirs)]
        assert not wrong, f"the service holds something else: {wrong}"
        rests = self.twin.rests(self.program)
        assert is_paused == rests, f"it is to rest: {rests}, and does: {is_paused}"

    def _judge_empty(self, program: Json, when: str) -> None:
        said = self.stack.preview({NAME: program})
        assert said[NAME].word == "same", f"{when} is not empty: {said}"

    # What is there.

    def _endpoints(self) -> Json:
        live = {one.id for one in self.target.endpoints(self.sim)}
        records = self.sim.state(self.target.name)["endpoints"]
        return {key: value for key, value in records.items() if live & {key, key.split("/")[-1]}}

    def _is_paused(self) -> bool:
        return any(self.twin.paused(record) for record in self._endpoints().values())

    def _row(self, row: int, after: bool) -> Json:
        rows = (*self.twin.changes, *self.twin.replacements)
        chosen = rows[row % len(rows)]
        return dict(chosen.after if after else chosen.before)

    def _named(self, program: Json) -> Json:
        """Under the name that the program has given so far, if it has."""
        name = (self.program or {}).get("name")
        return self._explicit(program, name) if name and "name" not in program else program

    @staticmethod
    def _explicit(program: Json, name: str) -> Json:
        return {**program, "name": name}

    def _stands_alone(self) -> bool:
        """No second endpoint can be made beside it, and the engine makes the new one first."""
        program = self.program or {}
        return self._stuck_to_name() or any(program.get(one) for one in self.twin.exclusive)

    def _stuck_to_name(self) -> bool:
        """No second endpoint can be made under the name that it has."""
        return self.target.unique_names and "name" in (self.program or {})

    def _burns(self, program: Json) -> bool:
        return self.twin.burnt_names and "name" in program

    def _is_bound(self, program: Json) -> bool:
        """By a name that can be used once, or by what is paid for in advance."""
        return self._burns(program) or self.twin.is_bound(self.program or {})

    def _is_refused(self, program: Json) -> bool:
        """A name that is used up, or something that the service refuses to its own client, too."""
        if self._burns(program):
            return True
        if self._is_paused() and self.twin.needs_running(self.program, program):
            return True
        try:
            refused = self._explicit(program, "refused")
            self.twin.endpoint(self.twin_sim, self.target.name, refused, self.answers)
        except Exception:
            return True
        return False

    def _told(self) -> str:
        return "\n".join(self.heard.errors[-5:])

    def teardown(self) -> None:
        self.protected = False
        assert self.stack.destroy(), self._told()
        assert self._endpoints() == {}, "endpoints live after destroy"
        assert not self.heard.hung, f"calls did not end: {self.heard.hung}"


def replacing(token: str) -> set[str]:
    """The inputs that schema.json says replace."""
    schema = json.loads((Path(__file__).parents[3] / "schema.json").read_text())
    properties = schema["resources"][token]["inputProperties"]
    types = schema["types"]
    return {name for name, value in properties.items() if _replaces(value, types)}


def _replaces(value: Json, types: Json) -> bool:
    """By itself, or by a member."""
    if value.get("willReplaceOnChanges"):
        return True
    kind = value.get("items", value).get("$ref", "").removeprefix("#/types/")
    return any(
        _replaces(member, types) for member in types.get(kind, {}).get("properties", {}).values()
    )


def differences(said: Any, held: Any, path: str = "") -> Any:
    """Where what is said, unknown values aside, is not what is held."""
    if isinstance(said, str) and said in UNKNOWNS:
        return
    if isinstance(said, dict) and isinstance(held, dict):
        for key, value in said.items():
            yield from differences(value, held.get(key), f"{path}.{key}")
    elif isinstance(said, list) and isinstance(held, list) and len(said) == len(held):
        for index, value in enumerate(said):
            yield from differences(value, held[index], f"{path}[{index}]")
    elif said != held:
        yield f"{path.lstrip('.')}: {said!r}, not {held!r}"


def machine(cloud: str, binary: Path, sim: Simulator, twin_sim: Simulator) -> type[Life]:
    """A life on that cloud."""
    members = {
        "binary": binary,
        "target": TARGETS[cloud],
        "sim": sim,
        "twin_sim": twin_sim,
        "counted": Counter(),
    }
    return type(f"{cloud.capitalize()}Life", (Life,), members)
