"""Several of many in a terminal: a hundred schools or five hundred courses are found by typing a part of them.

What is chosen and shown is a plain value; the application around it only draws that, and passes keys on.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.filters import Condition, is_done
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import ConditionalContainer, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.output import Output
from prompt_toolkit.styles import BaseStyle

from roster_operator.cli.wizard.questions import Back, Option

_HINT: Final = "(type to search, Space adds or removes, Ctrl-A all shown, Enter, Esc back)"
_PAGE: Final = 10
_END: Final = 1_000_000


class Choosing:
    """Which options are chosen, which are shown, and where the cursor is among these."""

    def __init__(self, options: Sequence[Option], at_least: int = 0) -> None:
        """`at_least` so many are to be chosen."""
        self._options = options
        self._at_least = at_least
        self._letters = [(_letters(option.title), _letters(option.value)) for option in options]
        self._chosen = {option.value for option in options if option.chosen}
        self.search = ""
        self.at = 0
        self.wrong = ""
        """What is wrong with what is chosen, once somebody wanted to be finished."""

    @property
    def shown(self) -> list[Option]:
        """Those that the search finds: all letters and digits of it, one after the other, blanks aside."""
        wanted = _letters(self.search)
        found = zip(self._options, self._letters, strict=True)
        return [option for option, letters in found if any(wanted in each for each in letters)]

    @property
    def chosen(self) -> tuple[str, ...]:
        """Their values, in the order of the options."""
        return tuple(option.value for option in self._options if option.value in self._chosen)

    def has(self, option: Option) -> bool:
        """Whether an option is chosen."""
        return option.value in self._chosen

    def look_for(self, search: str) -> None:
        """Show what fits."""
        self.search, self.at = search, 0

    def move(self, by: int) -> None:
        """The cursor, as far as there is something; by one, from the end to the beginning."""
        many = len(self.shown)
        if abs(by) == 1 and many:
            self.at = (self.at + by) % many
        else:
            self.at = max(0, min(self.at + by, many - 1))

    def toggle(self) -> None:
        """Add or remove what the cursor is at."""
        if self.shown:
            self._chosen ^= {self.shown[self.at].value}
        self.wrong = ""

    def toggle_shown(self) -> None:
        """Add all that are shown, or remove them if all of them are chosen."""
        values = {option.value for option in self.shown}
        self._chosen = self._chosen - values if values <= self._chosen else self._chosen | values
        self.wrong = ""

    def finished(self) -> bool:
        """Whether enough are chosen; if not, `wrong` says so."""
        enough = len(self._chosen) >= self._at_least
        self.wrong = "" if enough else "Choose at least one: move to it, and press Space."
        return enough


def application(question: str, choosing: Choosing, output: Output, style: BaseStyle) -> Application[tuple[str, ...]]:
    """A terminal in which somebody chooses; it ends with what is chosen, `Back` or KeyboardInterrupt."""
    asked = FormattedTextControl(lambda: _asked(question, choosing, done=is_done()))
    listed = FormattedTextControl(
        lambda: _listed(choosing), focusable=True, show_cursor=False, get_cursor_position=lambda: Point(0, choosing.at)
    )
    noted = FormattedTextControl(lambda: _noted(choosing))
    layout = HSplit(
        [
            Window(asked, wrap_lines=True, dont_extend_height=True),
            ConditionalContainer(Window(listed, dont_extend_height=True), filter=~is_done),
            ConditionalContainer(
                Window(noted, wrap_lines=True, dont_extend_height=True),
                filter=~is_done & Condition(lambda: bool(_noted(choosing))),
            ),
        ]
    )
    return Application(Layout(layout, listed), style=style, key_bindings=_keys(choosing), output=output)


def _keys(choosing: Choosing) -> KeyBindings:
    keys = KeyBindings()
    does: dict[str, Callable[[], None]] = {
        "space": choosing.toggle,
        "c-a": choosing.toggle_shown,
        "backspace": lambda: choosing.look_for(choosing.search[:-1]),
        "c-u": lambda: choosing.look_for(""),
        **{key: lambda by=by: choosing.move(by) for key, by in _MOVES.items()},  # type: ignore[misc]
    }
    for key, do in does.items():
        keys.add(key)(lambda _event, do=do: do())

    @keys.add("enter")
    def _finish(event: KeyPressEvent) -> None:
        if choosing.finished():
            event.app.exit(result=choosing.chosen)

    @keys.add("escape", eager=True)
    def _back(event: KeyPressEvent) -> None:
        event.app.exit(exception=Back)

    @keys.add("c-c")
    @keys.add("c-d")
    @keys.add("<sigint>")
    def _leave(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt)

    @keys.add(Keys.BracketedPaste)
    @keys.add(Keys.Any)
    def _type(event: KeyPressEvent) -> None:
        choosing.look_for(choosing.search + "".join(filter(str.isprintable, event.data)))

    return keys


_MOVES: Final = {"down": 1, "up": -1, "pagedown": _PAGE, "pageup": -_PAGE, "home": -_END, "end": _END}


def _asked(question: str, choosing: Choosing, *, done: bool) -> StyleAndTextTuples:
    many = len(choosing.chosen)
    said = f" {many} chosen" if done else f" {many} chosen\n  {_HINT}"
    return [("class:qmark", "?"), ("class:question", f" {question}"), ("class:answer" if done else "", said)]


def _listed(choosing: Choosing) -> StyleAndTextTuples:
    lines: StyleAndTextTuples = []
    for place, option in enumerate(choosing.shown):
        mark = "●" if choosing.has(option) else "○"
        pointer, style = ("»", "class:highlighted") if place == choosing.at else (" ", "")
        detail = f"  {option.detail}" if option.detail else ""
        lines.append((style, f"{chr(10) if place else ''} {pointer} {mark} {option.title}{detail}"))
    return lines


def _noted(choosing: Choosing) -> StyleAndTextTuples:
    found = f"Search: {choosing.search} ({len(choosing.shown)} found; Backspace)" if choosing.search else ""
    return [("class:validation-toolbar" if choosing.wrong else "", choosing.wrong or found)]


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())
