"""`--memory` reads sizes as Kubernetes writes them, and says what is wrong with others."""

from __future__ import annotations

import click
import pytest

from roster_operator.cli.run import Memory, run


@pytest.mark.parametrize(
    ("text", "size"), [("1073741824", 2**30), ("1Gi", 2**30), ("512Mi", 512 * 2**20), ("64Ki", 65_536)]
)
def test_sizes(text: str, size: int) -> None:
    assert Memory().convert(text, None, None) == size


@pytest.mark.parametrize("text", ["", "0", "1G", "1.5Gi", "-1Gi", "Gi", "much", "١Gi"])
def test_what_is_no_size_is_told(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a size"):
        Memory().convert(text, None, None)


def test_the_option_may_be_left_out() -> None:
    assert run.make_context("run", []).params["memory"] is None
