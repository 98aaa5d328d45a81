"""The verdicts of whole trials: each history is played by hand, without a provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from chaos import runner
from chaos.cases import Case
from chaos.engine import Heard
from chaos.plan import Plan
from chaos.runner import Trial
from chaos.scenarios import Scenario, World
from chaos.targets import ARK, HF, Live, Target

ONE, TWO = Live("ep-1", "demo"), Live("ep-2", "demo")


class Cloud:
    """In place of a simulator and of the proxy before it."""

    def set_plan(self, plan: Plan) -> None:
        pass

    def clear(self) -> None:
        pass

    def state(self, cloud: str) -> dict[str, Any]:
        return {}


@dataclass
class Hand:
    """A stack that does what it is told."""

    ups: list[bool] = field(default_factory=lambda: [True])  # results; the last one repeats
    destroys: bool = True
    destroys_later: bool = False
    older: bool = False
    ids: list[str] = field(default_factory=list)
    let_go: list[tuple[str, float]] = field(default_factory=list)
    name: str = "dev"
    at_end: Callable[[], None] = lambda: None  # when it is destroyed

    def up(self, program: dict[str, Any]) -> bool:
        return self.ups.pop(0) if len(self.ups) > 1 else self.ups[0]

    def refresh(self) -> bool:
        return True

    def destroy(self) -> bool:
        self.at_end()
        return self.destroys or (self.older and self.destroys_later)

    def pass_time(self) -> None:
        self.older = True

    def text(self) -> list[Any]:
        return []


class Here(World):
    def __init__(self, target: Target, live: list[Live], stacks: list[Hand], *said: str) -> None:
        super().__init__(target, Cloud(), stacks, Heard(errors=list(said)))  # type: ignore[arg-type]
        self.programs = [{} for _ in stacks]
        self.lives = live

    def live(self) -> list[Live]:
        managed = [id for stack in self.stacks for id in stack.ids]
        gone = self.destroyed and all(stack.destroy() for stack in self.stacks)  # type: ignore[attr-defined]
        return [one for one in self.lives if not gone or one.id not in managed]

    destroyed = False


def verdict(world: World, wanted: int = 1, **scenario: Any) -> str:
    row = Scenario("by-hand", lambda _: True, wanted=lambda _: wanted, **scenario)
    trial = Trial(row, Plan("calm", 0), world, Cloud(), [])  # type: ignore[arg-type]
    judge_end = trial._judge_end

    def end() -> None:
        world.destroyed = True  # type: ignore[attr-defined]
        judge_end()

    trial._judge_end = end  # type: ignore[method-assign]
    return trial.outcome()


def test_all_is_well() -> None:
    assert verdict(Here(ARK, [ONE], [Hand(ids=["ep-1"])])) == "ok"


def test_a_wanted_endpoint_that_does_not_live_though_up_is_content() -> None:
    assert verdict(Here(ARK, [], [Hand(ids=["ep-1"])])) == "stuck"


def test_no_later_up_succeeds() -> None:
    assert verdict(Here(ARK, [ONE], [Hand([False], ids=["ep-1"])])) == "stuck"


def test_the_run_after_a_refresh_succeeds() -> None:
    assert verdict(Here(ARK, [ONE], [Hand([False, True], ids=["ep-1"])])) == "ok"


def test_no_destroy_succeeds() -> None:
    assert verdict(Here(ARK, [ONE], [Hand(destroys=False, ids=["ep-1"])])) == "stuck"


def test_a_destroy_that_succeeds_later_is_not_stuck() -> None:
    stack = Hand(destroys=False, destroys_later=True, ids=["ep-1"])
    assert verdict(Here(ARK, [ONE], [stack])) == "ok"


def test_what_left_the_state_and_lives_is_dropped() -> None:
    assert verdict(Here(ARK, [ONE], [Hand(let_go=[("ep-1", 1.0)])])) == "dropped"


def test_what_left_the_state_for_a_destroy_is_dropped_not_doubled() -> None:
    assert verdict(Here(ARK, [ONE], [Hand(let_go=[("ep-1", 1.0)])]), wanted=0) == "dropped"


def test_a_later_one_with_the_id_of_a_deleted_one_was_not_dropped() -> None:
    reborn = Live("acme/demo", "demo", born=2.0)
    told = "an endpoint acme/demo exists already: import it"
    assert verdict(Here(HF, [reborn], [Hand(let_go=[("acme/demo", 1.0)])], told)) == "told"
    assert verdict(Here(HF, [reborn], [Hand(let_go=[("acme/demo", 3.0)])], told)) == "dropped"


def test_one_in_a_state_and_one_beside_it() -> None:
    assert verdict(Here(ARK, [ONE, TWO], [Hand(ids=["ep-2"])])) == "doubled"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("ep-2 carries the mark of this resource: import it", "told"),
        ("ep-2 is there", "doubled"),
        ("ep-1 carries the mark of this resource: import it", "doubled"),
    ],
)
def test_what_only_the_destroy_names_is_told(said: str, word: str) -> None:
    stack = Hand(ids=["ep-1"])
    world = Here(ARK, [ONE, TWO], [stack])
    stack.at_end = lambda: world.heard.logs.append(said)
    assert verdict(world) == word


def test_what_was_dropped_stays_so_when_the_destroy_names_it() -> None:
    stack = Hand(let_go=[("ep-1", 1.0)])
    world = Here(ARK, [ONE], [stack])
    stack.at_end = lambda: world.heard.logs.append("ep-1 may be left over: import it")
    assert verdict(world) == "dropped"


@pytest.mark.parametrize(("second", "word"), [([True], "ok"), ([False], "stuck")])
def test_of_two_who_want_one_name_one_must_get_it(second: list[bool], word: str) -> None:
    live = Live("acme/demo", "demo")
    stacks = [Hand([False], ids=["acme/demo"]), Hand(second)]
    assert verdict(Here(HF, [live], stacks), stacks=("dev", "prod")) == word


def test_what_is_there_before_must_have_worked() -> None:
    with pytest.raises(RuntimeError, match="what is there before"):
        verdict(Here(ARK, [], [Hand()]), before=lambda _: False)


@pytest.mark.parametrize(("outcomes", "word"), [(["idle", "told"], "told"), (["idle"] * 2, "idle")])
def test_what_struck_nothing_is_played_once_more(
    outcomes: list[str], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case("ark", "replace", "reset-middle@create#1")
    rest = iter(outcomes)
    monkeypatch.setattr(runner, "play", lambda *_: runner.Result(case, next(rest)))
    monkeypatch.setattr(runner.Place, "start", lambda: runner.Place(Cloud(), {}))  # type: ignore[arg-type]
    monkeypatch.setattr(runner.Place, "stop", lambda _: None)
    (result,) = runner.play_all([case], Path("/nonexistent"), workers=1)
    assert result.outcome == word
    assert list(rest) == []


def test_a_call_without_end() -> None:
    world = Here(ARK, [ONE], [Hand(ids=["ep-1"])])
    world.heard.hung.append("Create")
    assert verdict(world) == "hung"
