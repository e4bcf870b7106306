"""What a district's next sync needs of the last: one row, read once and written once.

A memory holds as long as the district is as it was when it was written: at the same version, with as many states of
persons, none of them cleared and no license ended. Nor does a watermark outlive a license that has ended.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection, ScalarSelect, exists, func, insert, or_, select, update

from roster_operator.ledger.ending import any_ended
from roster_operator.ledger.interface.district import District, DistrictState, Memory, Watermark
from roster_operator.ledger.schema import district_state, person_states

T = TypeVar("T")

# Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash.
_MEMORY: Final = msgspec.msgpack.Decoder(Memory)
_WATERMARK: Final = msgspec.msgpack.Decoder(Watermark)
_NO_WATERMARK: Final = {"watermark": None}
_NO_MEMORY: Final = {"memory": None, "memory_version": None, "memory_persons": None}


def find(connection: Connection, district: District) -> DistrictState:
    """As the last sync left it, but for what does not hold any more; an empty one if none left any."""
    to_look_at = exists().where(person_states.c.district_id == district.id, person_states.c.digest == 0)
    mine = district_state.c.district_id == district.id
    row = connection.execute(select(district_state, to_look_at.label("to_look_at")).where(mine)).one_or_none()
    if row is None:
        return DistrictState()
    memory, watermark = _decoded(_MEMORY, row.memory), _decoded(_WATERMARK, row.watermark)
    if (memory or watermark) and any_ended(connection, district.id):
        memory = watermark = None
    if row.memory_version != district.version or row.to_look_at:
        memory = None
    return DistrictState(
        row.evidence, row.baseline, row.in_doubt_since, row.classes or b"", watermark, memory, row.undone, row.canary
    )


def _decoded(decoder: msgspec.msgpack.Decoder[T], stored: bytes | None) -> T | None:
    """None also of what another version of this program wrote in another form."""
    try:
        return None if stored is None else decoder.decode(stored)
    except msgspec.DecodeError:
        return None


def is_undisturbed(connection: Connection, district_id: int) -> bool:
    """Whether no state of a person was taken away since the memory was written."""
    remembered = select(district_state.c.memory_persons == _persons_of(district_id))
    found = connection.execute(remembered.where(district_state.c.district_id == district_id))
    return bool(found.scalar_one_or_none())


def keep(connection: Connection, before: District, district_id: int, version: int, state: DistrictState) -> None:
    """Put `state` in the place of `before`'s, if it is another. `version`: the district's, once this is committed.

    A memory that is carried over goes with a change of the district.
    """
    if version != before.version and state.memory == before.state.memory:
        state = replace(state, memory=None)
    if state == before.state:
        _forget_what_did_not_hold(connection, district_id, state)
        return
    values: dict[str, Any] = {
        "evidence": state.evidence,
        "baseline": state.baseline,
        "in_doubt_since": state.in_doubt_since,
        "classes": state.classes,
        "undone": state.undone,
        "canary": state.canary,
        "watermark": msgspec.msgpack.encode(state.watermark) if state.watermark else None,
    }
    if state.memory is None:
        values |= _NO_MEMORY
    elif state.memory != before.state.memory:
        values["memory"] = msgspec.msgpack.encode(state.memory)
        values["memory_version"] = version
        values["memory_persons"] = _persons_of(district_id)
    mine = district_state.c.district_id == district_id
    if connection.execute(update(district_state).where(mine).values(values)).rowcount == 0:
        connection.execute(insert(district_state).values(district_id=district_id, **values))


def let_go(connection: Connection, district_id: int) -> None:
    """Nobody holds the district: what waited, and what its last sync could build upon, is nobody's."""
    mine = district_state.c.district_id == district_id
    gone = {"in_doubt_since": None, "undone": "", "canary": "", **_NO_WATERMARK, **_NO_MEMORY}
    connection.execute(update(district_state).where(mine).values(gone))


def hold(connection: Connection, district_id: int, undone: str) -> None:
    """Let nothing be applied until that is lifted (`undone` empty); the next sync reads the whole roster."""
    mine = district_state.c.district_id == district_id
    values = {"undone": undone, **_NO_WATERMARK, **_NO_MEMORY}
    if connection.execute(update(district_state).where(mine).values(values)).rowcount == 0:
        connection.execute(insert(district_state).values(district_id=district_id, evidence="", **values))


def disturb(connection: Connection, district_id: int) -> None:
    """Somebody else wrote of the district: the next sync reads the whole roster."""
    mine = district_state.c.district_id == district_id
    connection.execute(update(district_state).where(mine).values({**_NO_WATERMARK, **_NO_MEMORY}))


def _forget_what_did_not_hold(connection: Connection, district_id: int, state: DistrictState) -> None:
    """What was there, but did not hold when it was read, may not hold again."""
    gone = (_NO_MEMORY if state.memory is None else {}) | (_NO_WATERMARK if state.watermark is None else {})
    if gone:
        there = or_(*(district_state.c[name].is_not(None) for name in gone))
        mine = district_state.c.district_id == district_id
        connection.execute(update(district_state).where(mine, there).values(gone))


def _persons_of(district_id: int) -> ScalarSelect[int]:
    return select(func.count()).where(person_states.c.district_id == district_id).scalar_subquery()
