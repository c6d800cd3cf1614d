"""Rates are measured, and what follows from them is arithmetic."""

import json

import pytest

from engagement.themes.finetune.rates import Rate, Rates, cost, main


def test_cost_follows_from_rates():
    loader, network, together, writer = (Rate(value, 1.0) for value in (100.0, 950.0, 900.0, 50.0))
    rates = Rates(loader, network, together, starved=0.0, writer=writer, shard_bytes=24_000)
    told = cost(rates, pictures=15_000_000, epochs=3, price=2.0, gpus=4)
    assert told["hours_of_one"] == pytest.approx(13.89, abs=0.01)
    assert told["hours"] == pytest.approx(3.47, abs=0.01)
    assert told["money"] == pytest.approx(27.78, abs=0.01)
    assert told["workers_that_keep_up"] == 10
    assert told["hours_of_one_shard_writer"] == pytest.approx(83.3, abs=0.1)
    assert told["shards_gigabytes"] == 360


def test_rates_are_measured_on_what_is_here(index, capsys):
    network = ["--backbone", "mobilenet-v3-small", "--side", "32", "--batch", "4"]
    main(["--shards", str(index.folder), "--seconds", "0.05", "--price", "1", *network])
    told = json.loads(capsys.readouterr().out)
    assert all(rate > 0 for rate in told["pictures_per_second"].values())
    assert 0 <= told["waited_for_data"] <= 1
    assert told["cost"]["money"] == pytest.approx(told["cost"]["hours_of_one"], rel=0.01)
