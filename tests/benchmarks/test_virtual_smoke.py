"""The benchmark of virtual time: in it and over canned bytes the SDK still sees the same. Says nothing about speed."""

from __future__ import annotations

from pathlib import Path

from .quick import results_of


def test_virtual_time_and_canned_bytes_give_the_sdk_the_same(tmp_path: Path) -> None:
    results = results_of("virtual", tmp_path / "bench.json")
    for sdk in ("async", "blocking"):
        for kind in ("plain", "stream"):
            assert results[f"virtual.vs_canned_stream.{sdk}.{kind}"]["median"] > 0
            assert results[f"virtual.driver_vs_canned_stream.{sdk}.{kind}"]["median"] > 0
        counts = results[f"virtual.counts.{sdk}.stream"]
        assert counts["pieces"] > 60, "the tokens of a stream did not come one by one"
    assert results["virtual.seconds_per_cpu_second"]["median"] > 0
    hour = results["virtual.counts.hour"]
    assert hour["ok"] == hour["calls"] > 0
