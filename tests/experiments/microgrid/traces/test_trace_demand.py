"""Published traces as demand, tried on small files in their layouts."""

import numpy as np
import pytest

from walras.experiments.errors import ScenarioError
from walras.experiments.microgrid.instance_reading import read_instance
from walras.experiments.microgrid.traces import trace_files
from walras.experiments.microgrid.traces.trace_demand import TokenEnergy, read_trace

# A hundred nanoseconds as in 2023, a zone as in 2024.
AZURE = """TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:03.9799600,1000,10
2023-11-16 18:59:59.9999999,0,20
2023-11-16 19:00:00,500,0
2023-11-17 00:00:01.000000+00:00,1,1
"""
BURST_GPT = """Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
5,ChatGPT,400,20,420,Conversation log
45.5,GPT-4,400,0,400,Conversation log
3599,ChatGPT,0,50,50,API log
3600,GPT-4,100,10,110,Conversation log
90000,GPT-4,100,10,110,API log
"""
ENERGY = TokenEnergy(context_joules=1.0, generated_joules=10.0)


@pytest.fixture
def trace(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "trace.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


def joules(demand, name, slot_hours):
    return demand.demand_mw[name] * 3.6e9 * slot_hours


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_the_azure_trace_is_chat_from_midnight_on(trace, at_once, monkeypatch):
    monkeypatch.setattr(trace_files, "_AT_ONCE", at_once)
    demand = read_trace(trace(AZURE), 24, 1.0, ENERGY)
    expected = np.zeros(24)
    expected[18], expected[19] = 1000 + 100 + 200, 500
    assert joules(demand, "chat", 1.0) == pytest.approx(expected)
    assert not demand.demand_mw["batch"].any()
    assert (demand.requests, demand.outside, demand.failed) == (3, 1, 0)


@pytest.mark.parametrize("at_once", [1, 1000])
def test_conversations_of_burst_gpt_are_chat_and_api_calls_batch(trace, at_once, monkeypatch):
    monkeypatch.setattr(trace_files, "_AT_ONCE", at_once)
    demand = read_trace(trace(BURST_GPT), 4, 0.5, ENERGY)
    assert joules(demand, "chat", 0.5) == pytest.approx([400 + 200, 0, 100 + 100, 0])
    assert joules(demand, "batch", 0.5) == pytest.approx([0, 500, 0, 0])
    assert (demand.requests, demand.outside, demand.failed) == (3, 1, 1)


def test_columns_may_stand_in_any_order_beside_others(trace):
    """As in BurstGPT with sessions; a byte order mark and a blank line at the end are passed over."""
    text = "Log Type,Session ID,Response tokens,Elapsed time,Request tokens,Timestamp\nAPI log,,2,0.5,3,7\n\n"
    demand = read_trace(trace(text, "utf-8-sig"), 1, 24.0, ENERGY)
    assert joules(demand, "batch", 24.0) == pytest.approx([23])


def test_a_shape_is_taken_to_a_peak(trace):
    demand = read_trace(trace(BURST_GPT), 4, 0.5, ENERGY)
    peaked = demand.at_peak(9.0)
    assert peaked["chat"] == pytest.approx([9, 0, 3, 0])
    assert peaked["batch"] == pytest.approx([0, 7.5, 0, 0])


def test_the_assumed_energy_is_that_of_servers():
    """A million tokens read and as many written take about a kilowatt hour."""
    energy = TokenEnergy()
    assert 1e6 * (energy.context_joules + energy.generated_joules) / 3.6e6 == pytest.approx(1.3, abs=0.1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has the columns ''; needed are TIMESTAMP, ContextTokens"),
        ("a,b\n1,2\n", "has the columns 'a, b'"),
        (AZURE + "yesterday,1,1\n", "line 6, column TIMESTAMP: is 'yesterday'; a time such as"),
        (AZURE + "2023-11-17 00:00:02,,1\n", "line 6, column ContextTokens: is ''; a finite number"),
        (AZURE + "2023-11-17 00:00:02,1,-1\n", "line 6, column GeneratedTokens: is '-1'"),
        (AZURE + "2023-11-17 00:00:02,1,inf\n", "line 6, column GeneratedTokens: is 'inf'"),
        (AZURE + "2023-11-17 00:00:02,1\n", "line 6: 2 cells; the first line has 3"),
        (AZURE + '2023-11-17 00:00:02,1,"1\n', "cannot be read as CSV"),
        (
            BURST_GPT + "9,GPT-4,1,1,2,Chat\n",
            "line 7, column Log Type: is 'Chat'; allowed are Conversation log, API log",
        ),
        (BURST_GPT + "nan,GPT-4,1,1,2,API log\n", "line 7, column Timestamp: is 'nan'"),
    ],
)
def test_what_is_no_trace_is_refused_with_its_line(trace, text, words):
    with pytest.raises(ScenarioError) as caught:
        read_trace(trace(text), 2, 1.0)
    assert words in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ScenarioError, match="is no file"):
            read_trace(path, 2, 1.0)
    path = tmp_path / "bytes.csv"
    path.write_bytes(b"TIMESTAMP,ContextTokens,GeneratedTokens\n\xff\xfe,1,1\n")
    with pytest.raises(ScenarioError, match="cannot be read as CSV"):
        read_trace(path, 2, 1.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (AZURE, "asks for nothing in 3 slots of 1 h from midnight on: 4 requests are outside, 0 failed"),
        (AZURE.splitlines()[0], "0 requests are outside, 0 failed"),
        (BURST_GPT.splitlines()[0] + "\n1,GPT-4,9,0,9,API log\n", "0 requests are outside, 1 failed"),
    ],
)
def test_a_trace_that_asks_for_nothing_is_refused(trace, text, words):
    with pytest.raises(ScenarioError) as caught:
        read_trace(trace(text), 3, 1.0)
    assert words in str(caught.value)


def test_demand_of_an_instance_takes_the_shape_of_a_trace(trace, tmp_path, monkeypatch):
    """Each region has its own peak; the trace is found beside the file, from wherever one looks."""
    trace(BURST_GPT)
    own = tmp_path / "own.yaml"
    own.write_text("generator: {sites: 2, slots: 4, slot_hours: 0.5, trace: trace.csv}\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    demand = read_instance(own).demand_mw
    shape = read_trace(tmp_path / "trace.csv", 4, 0.5).at_peak(1.0)
    for region, peak in (("region1", 9.0), ("region2", 8.0)):
        assert demand[region]["chat"] == pytest.approx(peak * shape["chat"], abs=1e-6)
        assert demand[region]["batch"] == pytest.approx(peak * shape["batch"], abs=1e-6)
    with pytest.raises(ScenarioError, match=r"trace\.csv: is no file"):
        read_instance("microgrid4", ["generator.trace=trace.csv"])
    assert read_instance(own, ["generator.trace=../trace.csv"]).demand_mw == demand
