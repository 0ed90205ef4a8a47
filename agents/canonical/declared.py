"""The declarations of many agents; those of one structure go through CVXPY together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from cvxpy.error import DCPError, SolverError

from ..agent import Agent, AgentError
from ..arrays import IntArray
from ..goods import Good
from .alike import Alike, Group
from .canonical_problem import CanonicalProblem
from .checks import checked_declaration, nothing_to_decide, refuse_unless_convex, well_formed_declaration
from .numbered_goods import NumberedGoods
from .parametric import ParametricProblem, without_variables
from .structure import structure


def canonicalise(agent: Agent) -> CanonicalProblem:
    """Compile an agent's declaration once into matrices.

    Raises
    ------
    AgentError
        If the declaration is not a quadratic programme.
    """
    return DeclaredAgents((agent,)).problems[0]


class Declared(Protocol):
    """What is known of the declarations of many agents; see `DeclaredAgents`."""

    @property
    def goods(self) -> tuple[tuple[Good, ...], ...]:
        """Those of every agent, in the order of its trades."""
        ...

    @property
    def distinct_goods(self) -> tuple[Good, ...]:
        """All goods, once each."""
        ...

    @property
    def good_numbers(self) -> IntArray:
        """Position in `distinct_goods` of every trade, agent after agent."""
        ...

    @property
    def problems(self) -> tuple[CanonicalProblem, ...]:
        """The canonical problem of every agent."""
        ...


class DeclaredAgents:
    """What agents declared: the goods of each, and its canonical problem when asked.

    Agents whose declarations differ in a few numbers alone are one problem with parameters to CVXPY, if its
    rules for these allow; any other agent is a problem by itself. The matrices are the same either way.

    Parameters
    ----------
    agents : sequence of Agent

    Attributes
    ----------
    distinct_goods : tuple of Good
        All goods, once each.
    goods : tuple of tuple of Good
        Those of every agent, in the order of its trades; who trades the same good shares one object.
    good_numbers : array of int
        Position in `distinct_goods` of every trade, agent after agent.

    Raises
    ------
    AgentError
        If a declaration is not a convex problem over as many goods as trades.
    """

    def __init__(self, agents: Sequence[Agent]) -> None:
        self._agents = tuple(agents)
        goods: list[tuple[Good, ...]] = []
        numbered = NumberedGoods()
        alike: dict[object, Alike] = {}
        for position, agent in enumerate(self._agents):
            declaration = well_formed_declaration(agent)
            goods.append(numbered.shared(declaration.goods))
            found = structure(declaration)
            key = position if found is None else found.key
            if key not in alike:
                refuse_unless_convex(agent.name, declaration)
                constants = () if found is None else found.constants
                alike[key] = Alike(replace(declaration, goods=goods[-1]), constants)
            alike[key].members.append(position)
            alike[key].values.append([] if found is None else found.values)
        self.goods = tuple(goods)
        self.distinct_goods, self.good_numbers = numbered.distinct, numbered.numbers
        self._groups = [group for one in alike.values() for group in self._grouped(one)]

    @cached_property
    def problems(self) -> tuple[CanonicalProblem, ...]:
        """The canonical problem of every agent.

        Raises
        ------
        AgentError
            If an agent's problem is not a quadratic programme.
        """
        result: dict[int, CanonicalProblem] = {}
        for group in self._groups:
            if nothing_to_decide(group.declaration):
                result[group.members[0]] = without_variables(group.declaration)
                continue
            try:
                problem = ParametricProblem(group.declaration, group.parameters)
            except (DCPError, SolverError) as error:
                name = self._agents[group.members[0]].name
                raise AgentError(
                    f"agent {name} is not a quadratic programme, which this step needs: {error}"
                ) from error
            for member, values in zip(group.members, group.values, strict=True):
                result[member] = problem.at(values, self.goods[member])
        self._groups = []
        return tuple(result[position] for position in range(len(self._agents)))

    def __reduce__(self) -> tuple[type[DeclaredAgents], tuple[tuple[Agent, ...]]]:
        """Declare anew where it is unpickled: CVXPY's variables could be taken for others there."""
        return DeclaredAgents, (self._agents,)

    def _grouped(self, alike: Alike) -> list[Group]:
        """One group for all, or where CVXPY cannot treat their numbers as parameters, one for each."""
        together = alike.together()
        if together is not None:
            return [together]
        others = [
            Group(replace(checked_declaration(self._agents[member]), goods=self.goods[member]), [], [member], [[]])
            for member in alike.members[1:]
        ]
        return [alike.alone(), *others]
