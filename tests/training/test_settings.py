import click
import pytest

from training import settings


def test_settings_are_numbers_or_truth_values_by_name() -> None:
    assert settings.parse(["dropout=.3", "caseness=false", "y.alli3=-0.2"]) == {
        "dropout": 0.3,
        "caseness": False,
        "y.alli3": -0.2,
    }


@pytest.mark.parametrize("wrong", [["dropout"], ["dropout="], ["dropout=much"], ["a=1", "a=2"]])
def test_what_is_no_setting_is_refused(wrong: list[str]) -> None:
    with pytest.raises(click.UsageError, match="--set"):
        settings.parse(wrong)
