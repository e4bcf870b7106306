"""How the end of a section is told on servers without X-Total-Count."""

from __future__ import annotations

import pytest
from tests.sources.support.pages import PAGE_SIZE, ListServer

from roster_operator.sources.failures import RequestRefused, RouteMissing, ServerFailed
from roster_operator.sources.oneroster.page import Page, read_claims
from roster_operator.sources.source import Complete, Incomplete, Proof


def no_total(count: int) -> None:
    del count


def its_length(count: int) -> int:
    return count


@pytest.mark.parametrize("refusal", [RouteMissing, RequestRefused])
@pytest.mark.parametrize("rows", [7, PAGE_SIZE, 35])
def test_links_up_to_the_last_page_prove_the_end_where_the_server_refuses_what_is_behind(
    refusal: type[RouteMissing], rows: int
) -> None:
    def refused(offset: int) -> Page[int]:
        raise refusal("There is nothing.")

    read, outcome = ListServer(list(range(rows)), total=no_total, links=True, past_end=refused).read()
    assert len(read) == rows
    assert isinstance(outcome, Complete)
    assert outcome.proof is Proof.LAST_LINK


@pytest.mark.parametrize("links", [False, True])
@pytest.mark.parametrize("at", [10, 20])
def test_a_row_that_slips_through_between_pages_is_missed_where_no_total_tells(at: int, links: bool) -> None:
    def one_goes(server: ListServer, offset: int, size: int) -> Page[int]:
        page = server.honest(offset, size)
        if offset == at and len(server.rows) == 35:
            del server.rows[0]
        return page

    _, outcome = ListServer(list(range(35)), total=no_total, links=links, twist=one_goes).read()
    assert isinstance(outcome, Incomplete)
    assert "changed in the SIS while they were read" in outcome.message


def test_only_sections_of_several_pages_without_a_total_are_read_twice() -> None:
    asked = {}
    for rows, total in ((35, True), (35, False), (7, False)):
        server = ListServer(list(range(rows)), total=its_length if total else no_total)
        read, outcome = server.read()
        assert isinstance(outcome, Complete)
        assert sorted(read) == list(range(rows))
        asked[rows, total] = server.seen.count(0)
    assert asked == {(35, True): 1, (35, False): 2, (7, False): 1}


def test_links_do_not_excuse_a_server_that_fails_behind_the_end() -> None:
    def fails(offset: int) -> Page[int]:
        raise ServerFailed("The SIS failed.")

    _, outcome = ListServer(list(range(35)), total=no_total, links=True, past_end=fails).read()
    assert isinstance(outcome, Incomplete)


def test_links_that_never_name_a_next_page_prove_nothing() -> None:
    def missing(offset: int) -> Page[int]:
        raise RouteMissing("There is nothing.")

    def never_next(server: ListServer, offset: int, size: int) -> Page[int]:
        page = server.honest(offset, size)
        page.has_next = False
        return page

    server = ListServer(list(range(35)), total=no_total, past_end=missing, twist=never_next)
    _, outcome = server.read()
    assert isinstance(outcome, Incomplete)
    assert "X-Total-Count" in outcome.message


def test_an_answer_without_any_list_behind_rows_proves_nothing_without_a_total_or_links() -> None:
    def nothing(offset: int) -> Page[int]:
        return Page(blank=True, bare=True)

    _, alone = ListServer(list(range(35)), total=no_total, past_end=nothing).read()
    _, linked = ListServer(list(range(35)), total=no_total, links=True, past_end=nothing).read()
    _, counted = ListServer(list(range(35)), past_end=nothing).read()
    assert isinstance(alone, Incomplete)
    assert isinstance(linked, Complete)
    assert isinstance(counted, Complete)


def test_a_link_header_that_is_not_about_pages_says_nothing_about_the_end() -> None:
    assert read_claims({"link": '<https://cdn.example.org>; rel="preconnect"'}).has_next is None
    assert read_claims({"link": '<https://sis.example.org/x?offset=0>; rel="first"'}).has_next is False


def test_rows_that_cost_a_second_reading_are_given_and_counted_once() -> None:
    read, outcome = ListServer([*range(25), 7]).read()
    assert isinstance(outcome, Complete)
    assert (outcome.rows, outcome.duplicates) == (26, 1)
    assert sorted(read) == sorted([*range(25), 7])


def test_a_page_that_is_empty_once_is_no_end_where_the_server_says_none() -> None:
    def empty_once(server: ListServer, offset: int, size: int) -> Page[int]:
        if offset == 20 and offset not in server.seen:
            server.seen.append(offset)
            return Page()
        return server.honest(offset, size)

    _, outcome = ListServer(list(range(24)), total=no_total, twist=empty_once).read()
    assert isinstance(outcome, Incomplete)
