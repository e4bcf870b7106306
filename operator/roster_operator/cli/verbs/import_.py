"""`roster-operator import`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Where, of_district
from roster_operator.errors import InputError
from roster_operator.operations.importing import EBookTaken, ImportTold
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.spec_requests import ImportRequest
from roster_operator.plurals import counted

_EXAMPLES = """\b
Examples:
  kubectl roster import springfield old-licenses.csv -n districts
  kubectl roster import springfield old-licenses.csv -n districts --digest plan-1acd397caa7cca8c66bf4908

\b
The file is CSV in UTF-8 with a first line:
  username,email,number,ebook,edition,stays,until,purchase
"""
_MOST_SENT: Final = 900_000
"""Bytes of a file that the console takes."""


@click.command(name="import", epilog=_EXAMPLES)
@of_district
@click.argument("licenses", type=click.File("rb"), metavar="CSV")
@click.option("--digest", default="", metavar="DIGEST", help="Do it: that of what was shown.")
@asking.with_output
def import_(*, wanted: DistrictName, where: Where, licenses: BinaryIO, digest: str, output: str) -> None:
    """Take in the licenses that people of a DISTRICT have from before, or from elsewhere (CSV, or - for stdin).

    Without --digest it shows what that would be, and changes nothing. Do it before the district goes live: then each
    person keeps their account, and the first live sync replaces what the roster gives, too. `undo` turns it back.
    """
    with asking.answering():
        request = ImportRequest(district=wanted, file=_text(licenses, where), digest=digest)
        result = where.find(request)
    show(result, output, lambda told: "\n".join(_table(told)))


def _text(licenses: BinaryIO, where: Where) -> str:
    content = licenses.read()
    if len(content) > _MOST_SENT and not where.is_here:
        raise InputError(
            f"The file is larger than {_MOST_SENT // 1_000} kB, which the console takes. Take it in by parts, each "
            "with the first line; or use --ledger."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is not in UTF-8. Save it as CSV UTF-8.") from None


def _table(told: ImportTold) -> Iterator[str]:
    licenses, accounts = counted(told.licenses, "license[s]"), counted(told.accounts, "account[s]")
    if told.done:
        yield f"Took in {licenses} and {accounts}. This is the run {told.by_run}."
        yield f"To turn it back: roster-operator undo {told.district} {told.by_run}"
    elif told.licenses:
        yield f"To take in from {counted(told.rows, 'row[s]')}: {licenses} and {accounts}. Nothing was changed."
        yield f"To do it: --digest {told.digest}"
    else:
        yield f"There is nothing to take in from {counted(told.rows, 'row[s]')}. Nothing was changed."
    yield ""
    yield f"Accounts of the file that were there: {told.accounts_there}; licenses: {told.licenses_there}. "
    yield f"Rows that name a license once more: {told.repeated}."
    if told.ignored_columns:
        yield f"Columns that say nothing here: {', '.join(told.ignored_columns)}."
    if told.other_form:
        which = _some(told.some_of_other_form, told.other_form)
        yield f"{counted(told.other_form, 'row[ has|s have]')} a login of another form than spec.matching.loginFormat"
        yield f"declares ({which}): no roster of that form will recognize them. Correct the file, or the spec."
    if told.by_ebook:
        yield ""
        rows = ((each.ebook, each.edition, each.licenses, _of_spec(each)) for each in told.by_ebook)
        yield columns(("EBOOK", "EDITION", "LICENSES", "IN THE SPEC"), rows)
    if told.left_out:
        yield ""
        left = ((each.why, each.rows, _some(each.some, each.rows), each.meaning) for each in told.left_out)
        yield columns(("LEFT OUT", "ROWS", "WHICH", "BECAUSE"), left)


def _of_spec(taken: EBookTaken) -> str:
    if taken.in_spec:
        return "yes"
    return f"no; did you mean {taken.did_you_mean}?" if taken.did_you_mean else "no"


def _some(rows: tuple[int, ...], all_of_them: int) -> str:
    told = ", ".join(map(str, rows[:10]))
    return f"{told}, ..." if all_of_them > len(rows[:10]) else told
