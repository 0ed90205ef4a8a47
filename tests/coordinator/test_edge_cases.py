"""Runs that end early keep their promise, and settings that cannot work are refused."""

import pytest
from cases import three_bus_loop

from walras.agents import AgentError
from walras.coordinator import (
    ADMM,
    AdaptiveStep,
    BalanceResiduals,
    Compiled,
    DiminishingStep,
    FixedStep,
    PrimalWeight,
    RunInterrupted,
    Status,
    run,
)


def test_the_reason_of_an_interrupted_run_says_that_it_was_interrupted():
    def press_control_c(current):
        raise KeyboardInterrupt

    with pytest.raises(RunInterrupted) as caught:
        run(three_bus_loop.congested_loop().market, ADMM(), Compiled(), on_round=press_control_c)
    assert "interrupted" in caught.value.run.reason


class FailsFromThirdAnswer:
    name = "failing"
    answers = Compiled.answers

    def compile(self, market):
        respond, answers = Compiled().compile(market), []

        def answer(announcement):
            answers.append(None)
            if len(answers) >= 3:
                raise AgentError("agent A is gone")
            return respond(announcement)

        return answer


def test_an_agent_that_is_gone_before_the_first_certificate_loses_no_round():
    """`run` promises: "Also when an agent fails after the first round: what was computed is not lost"."""
    result = run(three_bus_loop.congested_loop().market, ADMM(), FailsFromThirdAnswer())
    assert result.status == Status.NOT_CONVERGED
    assert [record.round for record in result.records] == [1, 2]
    assert "agent A is gone" in result.reason


@pytest.mark.parametrize(
    "build",
    [
        lambda: FixedStep(-1.0),
        lambda: FixedStep(float("nan")),
        lambda: DiminishingStep(-1.0),
        lambda: AdaptiveStep(size=-1.0),
        lambda: AdaptiveStep(growth=0.5),
        lambda: AdaptiveStep(shrinkage=2.0),
        lambda: BalanceResiduals(every=0),
        lambda: BalanceResiduals(factor=-1.0),
        lambda: PrimalWeight(first=0),
        lambda: PrimalWeight(ratio=1.0),
        lambda: PrimalWeight(factor=0.5),
    ],
)
def test_steps_and_rules_that_cannot_work_are_refused(build):
    with pytest.raises(ValueError, match="is"):
        build()
