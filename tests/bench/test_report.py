"""What is said of the figures follows from the figures."""

from xml.etree import ElementTree as ET

import msgspec
import pytest

from bench.chart import draw
from bench.fanout import Figures
from bench.jobs import Jobs
from bench.report import render
from bench.results import Results
from bench.sign_ins import SignIns
from bench.targets import targets
from bench.writes import as_script


def figures(cpu: float) -> Figures:
    return Figures(
        cpu_per_100k=cpu, cpu_lowest=cpu, cpu_highest=cpu, deliveries_per_second=1, delay_ms_p50=1,
        delay_ms_p99=1, bytes_per_event=1, load_busy=0.5, load_ceiling=250_000,
    )  # fmt: skip


@pytest.fixture
def results() -> Results:
    machine = {"cpu": "One", "cores": 2, "kernel": "6", "pinned": "pinned", "load_before": 0.0}
    cost = {"c": 0.5, "hubbub": 0.6, "ws": 0.8}
    fanout = {name: dict.fromkeys(("single", "burst", "flood"), figures(cpu)) for name, cpu in cost.items()}
    return Results("now", machine, quick=False, titles={name: name for name in cost}, fanout={1000: fanout})


def test_each_figure_to_reach_is_judged_by_its_ratio(results: Results) -> None:
    judged = {target.what: target for target in targets(results)}
    assert judged["CPU a delivery, 1,000 readers, of c"].measured == "1.20"
    assert judged["CPU a delivery, 1,000 readers, of c"].reached
    assert judged["CPU a delivery, 1,000 readers, of ws"].measured == "0.75"
    assert not judged["CPU a delivery, 1,000 readers, of ws"].reached


def test_what_was_not_measured_is_not_reached(results: Results) -> None:
    judged = {target.what: target for target in targets(results)}
    assert judged["CPU a delivery, 5,000 readers, of c"].measured is None
    assert not judged["CPU a delivery, 5,000 readers, of c"].reached


def test_jobs_are_judged_beside_plain_saq(results: Results) -> None:
    results.jobs = Jobs(count=100, plain=1000, outbox=850)
    (judged,) = [target for target in targets(results) if "outbox" in target.what]
    assert (judged.measured, judged.reached) == ("0.85", False)
    assert "850 a second with the outbox, 1,000 by plain SAQ" in render(results)


def test_a_peer_that_failed_is_named_loudly(results: Results) -> None:
    results.titles["rails"] = "Rails"
    results.failed["rails, 1000 readers"] = "is not installed here"
    text = render(results)
    assert "Rails: NOT MEASURED" in text
    assert "**rails, 1000 readers**: is not installed here" in text


def test_a_get_beside_sign_ins_is_judged_by_how_much_longer_it_takes(results: Results) -> None:
    results.sign_ins = SignIns(gets=1000, sign_ins=400, ms_p99_alone=2.0, ms_p99_beside=7.0)
    judged = targets(results)[-1]
    assert (judged.measured, judged.reached) == ("3.50", False)
    assert "2.0 ms alone, 7.0 ms beside 400 sign-ins" in render(results)


def test_the_chart_has_a_place_for_each_and_less_is_further_left(results: Results) -> None:
    chart = ET.fromstring(draw(results))
    places = {
        group.findtext("{*}text"): float(group.find("{*}circle[@class='single']").get("cx"))  # type: ignore[union-attr, arg-type]
        for group in chart.iterfind("{*}g")
    }
    assert sorted(places, key=lambda name: places[name or ""]) == ["c", "hubbub", "ws"]


def test_results_can_be_read_again(results: Results) -> None:
    assert msgspec.json.decode(msgspec.json.encode(results), type=Results) == results


def test_nothing_in_a_value_is_taken_for_a_variable_of_pgbench() -> None:
    sql = "UPDATE t SET a = $2 WHERE id = $1 AND name = $4 AND $3::bigint IS NULL AND b = ANY($5::bigint[])"
    assert as_script(sql, [7, "it's :here\\", None, "post:7", [3, 4]], posts=5) == (
        "\\set post random(1, 5)\n"
        "UPDATE t SET a = E'it''s \\x3ahere\\\\' WHERE id = :post AND name = ('post:' || :post::bigint) "
        "AND NULL::bigint IS NULL AND b = ANY('{3,4}'::bigint[]);\n"
    )
