"""The memory of a district: what its last sync read and found, of use as long as nothing else has changed."""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, func, select, text

from roster_operator.ledger.ending import any_ended
from roster_operator.ledger.ledger import District, Memory
from roster_operator.ledger.schema import memories, person_states

_REMEMBER = text("""
    INSERT INTO memories (district_id, version, persons, inputs, day, until, findings, transcript)
    SELECT :district, :version, COUNT(*), :inputs, :day, :until, :findings, :transcript
      FROM person_states WHERE district_id = :district
    ON CONFLICT (district_id) DO UPDATE
       SET version = excluded.version, persons = excluded.persons, inputs = excluded.inputs,
           day = excluded.day, until = excluded.until, findings = excluded.findings,
           transcript = excluded.transcript
     WHERE memories.version <> excluded.version OR memories.persons <> excluded.persons
        OR memories.inputs <> excluded.inputs
        OR memories.day <> excluded.day OR memories.until <> excluded.until
        OR memories.findings <> excluded.findings OR memories.transcript <> excluded.transcript
""")


def recall(connection: Connection, district: District) -> Memory | None:
    """The memory of `district` as it is now; none if that has moved on, or a person is to be looked at again.

    So they are when a license of theirs has ended.
    """
    if district.id is None:
        return None
    persons = person_states.c.district_id == district.id
    columns = (memories.c.inputs, memories.c.day, memories.c.until, memories.c.findings, memories.c.transcript)
    found = select(*columns).where(
        memories.c.district_id == district.id,
        memories.c.version == district.version,
        ~exists().where(persons, person_states.c.digest == 0),
    )
    row = connection.execute(found).one_or_none()
    return None if row is None or any_ended(connection, district.id) else Memory(*row)


def is_undisturbed(connection: Connection, district_id: int) -> bool:
    """Whether no state of a person was taken away since the memory was written."""
    persons = select(func.count()).where(person_states.c.district_id == district_id).scalar_subquery()
    remembered = select(memories.c.persons == persons).where(memories.c.district_id == district_id)
    return bool(connection.execute(remembered).scalar_one_or_none())


def remember(connection: Connection, district_id: int, version: int, memory: Memory | None) -> None:
    """Replace what is remembered. `version`: the district's, once this transaction is committed."""
    if memory is None:
        connection.execute(delete(memories).where(memories.c.district_id == district_id))
        return
    connection.execute(
        _REMEMBER,
        {
            "district": district_id,
            "version": version,
            "inputs": memory.inputs,
            "day": memory.day,
            "until": memory.until,
            "findings": memory.findings,
            "transcript": memory.transcript,
        },
    )
