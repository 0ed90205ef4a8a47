"""A MATPOWER case of four buses as text."""

from pathlib import Path

CASE = """function mpc = tiny
%TINY  Four buses, written for this test.
mpc.version = '2';
mpc.baseMVA = 100;
% bus_i type Pd Qd Gs Bs area Vm Va baseKV zone Vmax Vmin
mpc.bus = [
 10 3 0 0 5 0 1 1 0 230 1 1.1 0.9;
 20 1 60 0 0 0 1 1 0 230 1 1.1 0.9; % a load
 30 2 -5 0 0 0 1 1 0 230 1 1.1 0.9;
 40 4 99 0 0 0 1 1 0 230 1 1.1 0.9;
];
% bus Pg Qg Qmax Qmin Vg mBase status Pmax Pmin
mpc.gen = [
 10 0 0 0 0 1 100 1 50 10;
 10 0 0 0 0 1 100 1 50 10;
 30 0 0 0 0 1 100 1 30 0;
 30 0 0 0 0 1 100 0 500 0;
 40 0 0 0 0 1 100 1 500 0;
 20 0 0 0 0 1 100 1 0 -7;
 20 0 0 0 0 1 100 1 0 0;
];
% fbus tbus r x b rateA rateB rateC ratio angle status angmin angmax
mpc.branch = [
 10 20 0 0.1 0 40 0 0 0 0 1 -360 360;
 10 20 0 0.1 0 0 0 0 0.95 -3 1 -360 360;
 20 30 0 0.2 0 25 0 0 0 0 1 -360 360;
 10 30 0 0.2 0 0 0 0 0 0 0 -360 360;
 30 40 0 0.2 0 0 0 0 0 0 1 -360 360;
];
mpc.gencost = [
 2 0 0 3 0.1 20 7 0 0 0;
 2 0 0 3 0.1 20 8 0 0 0;
 1 0 0 3 5 50 15 150 30 600;
 2 0 0 2 1 0 0 0 0 0;
 2 0 0 2 1 0 0 0 0 0;
 2 0 0 2 90 0 0 0 0 0;
 2 0 0 2 0 0 0 0 0 0;
];
mpc.genfuel = {
 'coal'; 'coal'; 'ng'; 'oil'; 'oil'; 'dl'; 'other';
};
mpc.gentype = {
 'ST';
 'ST';
 'GT';
 'ST';
 'ST';
 '';
 '';
};
mpc.dcline = [
 10 30 1 0 0 0 0 1 1 -100 100;
];
"""


def write_matpower(folder: Path, old: str = "", new: str = "") -> Path:
    """Write the case as tiny.m, with one passage of its text replaced."""
    assert old in CASE
    path = folder / "tiny.m"
    path.write_text(CASE.replace(old, new, 1))
    return path
