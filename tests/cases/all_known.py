"""Every hand-solved market by its name."""

from cases import leases, three_bus_loop, two_agents, two_buses, two_hours

ALL_KNOWN = {
    "rising cost": two_agents.rising_cost,
    "constant cost": two_agents.constant_cost,
    "scarce": two_agents.scarce,
    "congested line": two_buses.congested_line,
    "congested loop": three_bus_loop.congested_loop,
    "pooled loop": three_bus_loop.pooled_loop,
    "saturated lease": leases.saturated,
    "saturated lease without emissions": lambda: leases.saturated(1.0),
    "lease with spare capacity": leases.spare_capacity,
    "lease with spare renewables": leases.spare_renewables,
    "two hours": two_hours.two_hours,
}
