"""`roster-operator grant`, `block` and `decisions`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, moment, show
from roster_operator.cli.where import Where, of_district
from roster_operator.ledger.by_hand.interface import Kind, LicenseNamed
from roster_operator.licensing.models import Edition
from roster_operator.operations.by_hand import MOST_DECISIONS, Decisions, DecisionTold
from roster_operator.operations.by_hand_requests import BlockRequest, DecisionsRequest, GrantRequest
from roster_operator.operations.ports import DistrictName

_PERSON = click.option("--person", default="", metavar="WHO", help="account:ID, login, email, sourcedId or number.")
_EBOOK = click.option("--ebook", default="", metavar="NAME", help="The eBook.")
_EDITION = click.option("--edition", default="", type=click.Choice(["", *map(str, Edition)]), help="Which one.")
_UNTIL = click.option("--until", default="", metavar="DATE", help="The first day without it, in the district.")
_END = click.option("--end", "ends", is_flag=True, help="Take back what was decided.")
_REASON = click.option("--reason", default="", metavar="TEXT", help="Why, such as the number of a ticket.")
_DIGEST = click.option("--digest", default="", metavar="DIGEST", help="Do it: that of what was shown.")
_GRANT_EXAMPLES = """\b
Examples:
  kubectl roster grant springfield -n districts --person jdoe --ebook algebra --edition Student --until 2027-01-15
  kubectl roster grant springfield -n districts --email coach@example.org --ebook algebra --edition Teacher \\
    --until 2027-06-30 --reason "ticket 4711" --digest plan-1acd397caa7cca8c66bf4908
  kubectl roster grant springfield -n districts --person jdoe --ebook algebra --end
"""
_BLOCK_EXAMPLES = """\b
Examples:
  kubectl roster block springfield -n districts --person jdoe --until 2027-01-15
  kubectl roster block springfield -n districts --person jdoe --ebook algebra --edition Teacher --until 2027-01-15
  kubectl roster block springfield -n districts --person jdoe --end
"""
_DECISIONS_EXAMPLES = """\b
Examples:
  kubectl roster decisions springfield -n districts
  roster-operator decisions springfield --ledger sqlite:///ledger.sqlite --person jdoe -o json
"""
_HEAD = ("UNTIL (UTC)", "WHAT", "ACCOUNT", "EBOOK", "EDITION", "SINCE (UTC)", "WHO", "WHY")


@click.command(epilog=_GRANT_EXAMPLES)
@of_district
@_PERSON
@click.option("--username", default="", metavar="LOGIN", help="Of somebody who has no account yet: one is made.")
@click.option("--email", default="", metavar="EMAIL", help="The same.")
@_EBOOK
@_EDITION
@_UNTIL
@_END
@_REASON
@_DIGEST
@asking.with_output
def grant(
    *,
    wanted: DistrictName,
    where: Where,
    person: str,
    username: str,
    email: str,
    ebook: str,
    edition: str,
    until: str,
    ends: bool,
    reason: str,
    digest: str,
    output: str,
) -> None:
    """Give somebody of a DISTRICT an eBook by hand, whether or not the roster does; or extend that, or end it.

    Without --digest it shows what that would be, and changes nothing. No sync removes it before its end. As soon as the
    roster gives it, it is the roster's. It takes effect at once, in setup mode and while syncs are suspended, too.
    """
    with asking.answering():
        request = GrantRequest(
            district=wanted,
            person=person,
            username=username,
            email=email,
            ebook=ebook,
            edition=edition,
            until=until,
            ends=ends,
            reason=reason,
            digest=digest,
        )
        result = where.find(request)
    show(result, output, lambda told: "\n".join(_told(told)))


@click.command(epilog=_BLOCK_EXAMPLES)
@of_district
@_PERSON
@_EBOOK
@_EDITION
@_UNTIL
@_END
@_REASON
@_DIGEST
@asking.with_output
def block(
    *,
    wanted: DistrictName,
    where: Where,
    person: str,
    ebook: str,
    edition: str,
    until: str,
    ends: bool,
    reason: str,
    digest: str,
    output: str,
) -> None:
    """Take eBooks of a DISTRICT from somebody by hand, whatever the roster says; all of them, unless one is named.

    Without --digest it shows what that would be, and changes nothing. It takes effect at once, and beats what was
    granted by hand. With --end they have back what it took; the next sync removes what the roster does not give.
    """
    with asking.answering():
        request = BlockRequest(
            district=wanted,
            person=person,
            ebook=ebook,
            edition=edition,
            until=until,
            ends=ends,
            reason=reason,
            digest=digest,
        )
        result = where.find(request)
    show(result, output, lambda told: "\n".join(_told(told)))


@click.command(epilog=_DECISIONS_EXAMPLES)
@of_district
@click.option("--person", default="", metavar="WHO", help="About this person alone.")
@click.option("--limit", type=click.IntRange(1, MOST_DECISIONS), default=100, show_default=True, help="To show.")
@asking.with_output
def decisions(*, wanted: DistrictName, where: Where, person: str, limit: int, output: str) -> None:
    """List what was granted and blocked by hand in a DISTRICT and stands; what ends first goes first.

    The access log is told who looked at whom.
    """
    with asking.answering():
        result = where.find(DecisionsRequest(district=wanted, person=person, limit=limit))
    show(result, output, _table)


def _told(told: DecisionTold) -> Iterator[str]:
    whom = f"account {told.account}" if told.account is not None else "a new account"
    what = f"{told.ebook or 'every eBook'} ({' and '.join(told.editions)})"
    verb = "Grant" if told.kind is Kind.GRANT else "Block"
    until = f" until {moment(told.until)} UTC" if told.until is not None else "" if told.ends else " without an end"
    did = f"{'End of the ' + verb.lower() if told.ends else verb} by hand: {what} for {whom} of {told.district}{until}."
    if told.done:
        yield f"{did} Done; this is the run {told.by_run}."
    else:
        yield f"{did} Nothing was changed."
    yield f"Licenses that come, or end otherwise: {_named(told.granted)}. Licenses that go: {_named(told.removed)}."
    if not told.done:
        yield f"To do it: --digest {told.digest} --reason TEXT"


def _named(licenses: Sequence[LicenseNamed]) -> str:
    return ", ".join(f"{each.ebook} ({each.edition})" for each in licenses) or "none"


def _table(told: Decisions) -> str:
    if not told.decisions:
        return f"Nothing was decided by hand in {told.district}."
    return columns(
        _HEAD,
        (
            (
                each.until,
                each.kind,
                each.account,
                each.ebook or "every one",
                each.edition,
                each.created,
                each.actor,
                each.reason,
            )
            for each in told.decisions
        ),
    )
