"""Where accounts are cleaned up: by which rules, what that would be, by count and one by one; and then what it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Field, Form, Kind, Link, Page, Section, Table, original
from roster_operator.console.views.approval import reason_field
from roster_operator.console.views.district import way_to
from roster_operator.console.views.words import edition_told
from roster_operator.licensing.clean_logins import UsernameFrom
from roster_operator.messages import gettext as _
from roster_operator.messages import ngettext
from roster_operator.operations.cleanup import AccountTold, CleanupDetails, CleanupTold

ACCOUNTS: Final = 100
"""Of a page."""
_FROM: Final = {
    "": _("Leave usernames as they are"),
    str(UsernameFrom.EMAIL): _("The email"),
    str(UsernameFrom.LOCAL_PART): _("What stands before its @"),
    str(UsernameFrom.NUMBER): _("The student or staff number"),
}
_DIGITS: Final = _("So many digits, with zeros in front; empty: as they are.")


def cleanup_page(told: CleanupTold, rules: Mapping[str, str], *, people: bool, alert: str = "") -> Page:
    """What would be cleaned up by these rules. `people`: whether they may see accounts one by one."""
    namespace, name = told.namespace, told.district
    here = addresses.cleanup(namespace, name)
    found = Section(_("What this does"), notes=tuple(_notes(told)), tables=_tables(told, planned=True))
    sections = [replace(found, tables=(*found.tables, *_one_by_one(told, rules))) if people else found]
    sections.append(_rules_section(namespace, name, rules))
    if told.rewritten or told.merged:
        fields = (*_hidden(rules), Field("digest", "", told.digest, Kind.HIDDEN), reason_field())
        way_back = _("It is a run of its own, and its undo makes every account what it was.")
        sections.append(Section(_("Do it"), notes=(way_back,), form=Form(here, fields, _("Clean up these accounts"))))
    return Page(
        _title(name),
        tuple(sections),
        way=way_to(namespace, name),
        alert=alert,
        lead=(_("Nothing was changed yet."),),
    )


def cleaned_page(told: CleanupTold) -> Page:
    """That it was done."""
    namespace, name, run = told.namespace, told.district, told.by_run or ""
    links = (
        Link(_("What came and went by it"), addresses.changes(namespace, name, run=run)),
        Link(_("Undo it"), addresses.undo(namespace, name, run=run)),
    )
    facts = ((_("By the run"), run),)
    section = Section(_("What was done"), facts=facts, tables=_tables(told, planned=False), links=links)
    rewritten = ngettext("{number} account", "{number} accounts", told.rewritten)
    merged = ngettext("{number} account", "{number} accounts", told.merged)
    return Page(
        _title(name),
        (section,),
        way=way_to(namespace, name),
        done=_(
            "Cleaned up, as you: {rewritten} with other logins, {merged} merged into others.",
            rewritten=rewritten,
            merged=merged,
        ),
    )


def no_cleanup_page(namespace: str, name: str, rules: Mapping[str, str], message: str) -> Page:
    """Instead, where nothing can be shown: what is wrong, and the rules again."""
    section = _rules_section(namespace, name, rules)
    return Page(_title(name), (section,), way=way_to(namespace, name), alert=message)


def accounts_page(told: CleanupDetails, rules: Mapping[str, str], offset: int) -> Page:
    """What would become of single accounts, those that are left out first."""
    namespace, name = told.namespace, told.district
    last = offset + len(told.listed)
    head = (
        _("Account"),
        _("Becomes"),
        _("Because"),
        _("Other account"),
        _("Username"),
        _("Email"),
        _("Number"),
    )
    table = Table(_("Those that are left out first"), head, tuple(map(_account, told.listed)), _("No account."))
    further = {**rules, "offset": str(last)}
    form = Form(
        addresses.cleanup_accounts(namespace, name),
        tuple(Field(key, "", value, Kind.HIDDEN) for key, value in further.items()),
        _("Show the next ones"),
    )
    back = Link(_("Back to what this does"), addresses.cleanup(namespace, name, **rules))
    notes = (
        _("These are {first} to {last} of {total}.", first=offset + 1, last=last, total=told.total),
        _("The access log has your look at each of them."),
    )
    return Page(
        _("Accounts to clean up in {name}", name=name),
        (
            Section(
                _("One by one"),
                notes=notes if told.listed else (),
                tables=(table,),
                links=(back,),
                form=form if last < told.total else None,
            ),
        ),
        way=way_to(namespace, name),
        lead=(_("Nothing was changed yet."),),
    )


def _title(name: str) -> str:
    return _("Clean up accounts of {name}", name=name)


def _notes(told: CleanupTold) -> Iterator[str]:
    of = ngettext("{number} account", "{number} accounts", told.accounts)
    if told.rewritten or told.merged:
        yield _(
            "Of {accounts}, {rewritten} would get other logins, and {merged} would be merged into others.",
            accounts=of,
            rewritten=told.rewritten,
            merged=told.merged,
        )
    else:
        yield _("There is nothing to clean up in {accounts}, by these rules.", accounts=of)
    if told.checklist:
        yield _("The checklist says: {found}", found=told.checklist)


def _tables(told: CleanupTold, *, planned: bool) -> tuple[Table, ...]:
    by_rule = tuple(told.by_rule.items())
    rules = Table(_("What changes of those that stay"), (_("Rule"), _("Accounts")), by_rule, _("Nothing."))
    moved = tuple((each.ebook, edition_told(each.edition), each.removed, each.granted) for each in told.by_ebook)
    head = (_("eBook"), _("Edition"), _("Of who goes"), _("To who stays"))
    licenses = Table(_("Licenses that change hands"), head, moved, _("No license changes hands."))
    left = tuple((str(each.why), each.accounts, original(each.meaning)) for each in told.left_out)
    title = _("Left out") if planned else _("Were left out")
    out = Table(title, (_("Why"), _("Accounts"), _("Because")), left, _("Nobody is left out."))
    return rules, licenses, out


def _one_by_one(told: CleanupTold, rules: Mapping[str, str]) -> tuple[Table, ...]:
    """A way to the accounts; it is asked by POST, as each look is written down."""
    concerned = told.rewritten + told.merged + sum(each.accounts for each in told.left_out)
    button = Button(
        _("List"), addresses.cleanup_accounts(told.namespace, told.district), dict(rules), _("the accounts")
    )
    rows = ((_("Accounts of this"), concerned, button),)
    return (Table(_("One by one"), (_("What"), _("Accounts"), _("List")), rows, ""),) if concerned else ()


def _rules_section(namespace: str, name: str, rules: Mapping[str, str]) -> Section:
    old_new = _("OLD=NEW, such as old.example=springfield.example; several with blanks between them.")
    digits = (
        ("username_digits", _("Digits of usernames")),
        ("number_digits", _("Digits of student and staff numbers")),
    )
    fields = (
        Field("domains", _("Another domain behind the @"), rules["domains"], hint=old_new),
        Field("username_from", _("Make usernames from"), rules["username_from"], Kind.CHOICE, tuple(_FROM.items())),
        *(Field(key, label, rules[key], hint=_DIGITS) for key, label in digits),
    )
    form = Form(addresses.cleanup(namespace, name), fields, _("Show what these rules do"), method="get")
    return Section(_("Rules"), notes=(_("Blanks around logins and upper case go in any case."),), form=form)


def _hidden(rules: Mapping[str, str]) -> tuple[Field, ...]:
    return tuple(Field(key, "", value, Kind.HIDDEN) for key, value in rules.items())


def _account(each: AccountTold) -> tuple[Cell, ...]:
    def both(before: str, after: str) -> str:
        return before if before == after or each.becomes != "Rewritten" else f"{before or '-'} → {after or '-'}"

    logins = (
        both(each.username, each.username_after),
        both(each.email, each.email_after),
        both(each.number, each.number_after),
    )
    return str(each.account), each.becomes, each.why and str(each.why), each.other and str(each.other), *logins
