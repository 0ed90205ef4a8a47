"""What a run nearly reached, and lost again, is certified in the end."""

from dataclasses import replace
from itertools import count

from cases import three_bus_loop

from walras.coordinator import Batched, Converged, MaxRounds, Settled, SlopeBids, Status, run


def test_what_was_nearly_reached_is_not_lost_with_the_rounds_after_it(monkeypatch):
    """Within the tolerance but not at rest, no round is certified before all goes astray, and then the last one is."""
    rounds = count(1)
    step = SlopeBids.step

    def astray(self, state, responses):
        following = step(self, state, responses)
        far = replace(following.announcement, prices=following.announcement.prices + 1e3)
        return replace(following, announcement=far) if next(rounds) > 8 else following

    monkeypatch.setattr(SlopeBids, "step", astray)
    seen = []
    stop = Converged(1e-2) & Settled(1e-12) | MaxRounds(20)
    result = run(three_bus_loop.congested_loop().market, SlopeBids(), Batched(), stop=stop, on_round=seen.append)
    assert all(current.certificate is None for current in seen[:-1])
    calmest = min(seen, key=lambda current: max(current.max_relative_imbalance, current.dual_residual))
    assert result.best.number == calmest.number < 11
    assert result.status == Status.CONVERGED
    assert f"are within 0.01 in round {calmest.number}; the run ended since" in result.reason
