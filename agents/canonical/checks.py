"""The rules that a declaration must keep."""

from __future__ import annotations

import cvxpy as cp
import numpy as np

from ..agent import Agent, AgentError, Declaration


def checked_declaration(agent: Agent) -> Declaration:
    """The agent's declaration, refused unless it is a convex problem over as many goods as trades.

    Raises
    ------
    AgentError
        If cost or constraints are not convex, the trades are not affine, their number is wrong, a
        good stands twice, a number is nan, or parameters or integer variables occur.
    """
    declaration = well_formed_declaration(agent)
    refuse_unless_convex(agent.name, declaration)
    return declaration


def well_formed_declaration(agent: Agent) -> Declaration:
    """The agent's declaration with its cost as an expression, refused unless types and shapes are right.

    Raises
    ------
    AgentError
        If something else than a declaration is returned, or the number of trades is not that of its goods.
    """
    stated = agent.declare()
    if not isinstance(stated, Declaration):
        raise _refusal(agent.name, f"declare() returns a {type(stated).__name__}; a Declaration is needed")
    if not isinstance(stated.trades, cp.Expression):
        raise _refusal(agent.name, f"the trades are a {type(stated.trades).__name__}; a CVXPY expression is needed")
    cost = cp.Constant(stated.cost) if isinstance(stated.cost, (int, float)) else stated.cost
    if not isinstance(cost, cp.Expression):
        raise _refusal(agent.name, f"the cost is a {type(cost).__name__}; a CVXPY expression or a number is needed")
    trades, goods = stated.trades, stated.goods
    if cost.shape != ():
        raise _refusal(agent.name, f"the cost has shape {cost.shape}; one number is needed")
    if trades.shape != (len(goods),):
        raise _refusal(
            agent.name, f"trades of shape {trades.shape} for {len(goods)} goods; one trade for each good is needed"
        )
    if len(set(goods)) != len(goods):
        raise _refusal(agent.name, "a good stands twice among its goods")
    return Declaration(cost, trades, goods, stated.constraints)


def refuse_unless_convex(name: str, declaration: Declaration) -> None:
    """Make sure that a declaration is a convex problem of numbers.

    Raises
    ------
    AgentError
        If it is none, a number is nan, or parameters or integer variables occur.
    """
    trades = declaration.trades
    if not trades.is_affine():
        raise _refusal(name, "trades must be affine in the variables")
    problem = cp.Problem(cp.Minimize(declaration.cost), [*declaration.constraints])
    constants = [*problem.constants(), *trades.constants()]
    if problem.parameters() or trades.parameters():
        raise _refusal(name, "declarations hold no CVXPY parameters")
    if any(variable.attributes["boolean"] or variable.attributes["integer"] for variable in problem.variables()):
        raise _refusal(name, "boolean and integer variables are not convex")
    if any(part.is_complex() for part in (*problem.variables(), *trades.variables(), *constants)):
        raise _refusal(name, "its problem holds complex numbers or variables")
    if any(np.isnan(_entries(constant)).any() for constant in constants):
        raise _refusal(name, "its problem holds nan, which is no number")
    if not problem.is_dcp():
        raise _refusal(name, "cost and constraints do not follow CVXPY's rules of convexity")


def _refusal(name: str, what: str) -> AgentError:
    return AgentError(f"agent {name}: {what}")


def nothing_to_decide(declaration: Declaration) -> bool:
    """Whether the declaration has no variable entries, so that cost and trades are plain numbers."""
    problem = cp.Problem(cp.Minimize(declaration.cost), declaration.constraints)
    variables = {*problem.variables(), *declaration.trades.variables()}
    for variable in variables:
        if variable.size:
            return False
        variable.value = np.zeros(variable.shape)
    return True


def _entries(constant: cp.Constant) -> np.ndarray:
    value = constant.value
    return np.asarray(value.data if hasattr(value, "tocsc") else value)
