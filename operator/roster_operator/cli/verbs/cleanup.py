"""`roster-operator cleanup`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Where, of_district
from roster_operator.licensing.clean_logins import UsernameFrom
from roster_operator.operations.cleanup import MOST_LISTED, AccountTold, Asked, CleanupDetails, CleanupTold
from roster_operator.operations.cleanup_requests import CleanupDetailsRequest, CleanupRequest
from roster_operator.operations.ports import DistrictName
from roster_operator.plurals import counted

_EXAMPLES = """\b
Examples:
  kubectl roster cleanup springfield -n districts
  kubectl roster cleanup springfield -n districts --domain old.example=springfield.example
  kubectl roster cleanup springfield -n districts --username-digits 6 --number-digits 6 --details
  kubectl roster cleanup springfield -n districts --digest plan-1acd397caa7cca8c66bf4908 --reason "ticket 4711"
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.option(
    "--domain", "domains", multiple=True, metavar="OLD=NEW", help="Another domain behind the @ of usernames and emails."
)
@click.option(
    "--username-from",
    type=click.Choice([str(each) for each in UsernameFrom]),
    help="Make usernames from another login: the email, what stands before its @, or the number.",
)
@click.option("--username-digits", type=click.IntRange(1, 20), metavar="N", help="Zeros in front of usernames.")
@click.option("--number-digits", type=click.IntRange(1, 20), metavar="N", help="The same of student and staff numbers.")
@click.option("--details", is_flag=True, help="List the accounts one by one.")
@click.option("--limit", type=click.IntRange(1, MOST_LISTED), default=100, show_default=True, help="With --details.")
@click.option("--offset", type=click.IntRange(0), default=0, help="With --details: leave out so many.")
@click.option("--digest", default="", metavar="DIGEST", help="Do it: that of what was shown.")
@click.option("--reason", default="", metavar="TEXT", help="Why. Name no person.")
@asking.with_output
def cleanup(
    *,
    wanted: DistrictName,
    where: Where,
    domains: tuple[str, ...],
    username_from: str | None,
    username_digits: int | None,
    number_digits: int | None,
    details: bool,
    limit: int,
    offset: int,
    digest: str,
    reason: str,
    output: str,
) -> None:
    """Bring the logins of a DISTRICT's accounts into order, and merge accounts that are one person's.

    Without --digest it shows what that would be, and changes nothing. Blanks and upper case go in any case; the rest as
    the options say. With --details the access log is told who looked at whom. `undo` turns it back.
    """
    asked = Asked(
        domains=domains,
        username_from=UsernameFrom(username_from) if username_from else None,
        username_digits=username_digits or 0,
        number_digits=number_digits or 0,
    )
    if details:
        with asking.answering():
            listed = where.find(CleanupDetailsRequest(district=wanted, asked=asked, limit=limit, offset=offset))
        show(listed, output, lambda told: "\n".join(_details(told)))
        return
    with asking.answering():
        result = where.find(CleanupRequest(district=wanted, asked=asked, reason=reason, digest=digest))
    show(result, output, lambda told: "\n".join(_table(told)))


def _table(told: CleanupTold) -> Iterator[str]:
    rewritten, merged = counted(told.rewritten, "account[s]"), counted(told.merged, "account[s]")
    if told.done:
        yield f"Cleaned up {told.district}: {rewritten} with other logins, {merged} merged into others."
        yield f"This is the run {told.by_run}; undo turns it back."
    elif told.rewritten or told.merged:
        yield f"Of {counted(told.accounts, 'account[s]')}, {rewritten} would get other logins, {merged} would be merged"
        yield "into others. Nothing was changed."
        yield "To see them one by one: --details"
        yield f"To do it: --digest {told.digest} --reason TEXT"
    else:
        yield f"There is nothing to clean up in {counted(told.accounts, 'account[s]')}. Nothing was changed."
    if told.checklist and not told.done:
        yield f"The checklist says: {told.checklist}"
    if told.by_rule:
        yield ""
        yield columns(("WHAT CHANGES", "ACCOUNTS"), told.by_rule.items())
    if told.by_ebook:
        yield ""
        rows = ((each.ebook, each.edition, each.removed, each.granted) for each in told.by_ebook)
        yield columns(("EBOOK", "EDITION", "OF WHO GOES", "TO WHO STAYS"), rows)
    if told.left_out:
        yield ""
        yield columns(("LEFT OUT", "ACCOUNTS", "BECAUSE"), ((e.why, e.accounts, e.meaning) for e in told.left_out))


def _details(told: CleanupDetails) -> Iterator[str]:
    yield columns(("ACCOUNT", "BECOMES", "BECAUSE", "OTHER", "USERNAME", "EMAIL", "NUMBER"), map(_row, told.listed))
    if told.total > len(told.listed):
        yield f"These are {len(told.listed)} of {told.total} (--limit, --offset)."
    yield f"To do it: --digest {told.digest} --reason TEXT"


def _row(each: AccountTold) -> tuple[object, ...]:
    def both(before: str, after: str) -> str:
        return before if before == after or each.becomes != "Rewritten" else f"{before or '-'} > {after}"

    logins = (
        both(each.username, each.username_after),
        both(each.email, each.email_after),
        both(each.number, each.number_after),
    )
    return each.account, each.becomes, each.why, each.other, *logins
