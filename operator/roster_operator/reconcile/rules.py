"""The rules of the checklist: each has an id that stays the same, its words, and a page in docs/reference/rules/.

A rule is either a question that rows of the roster raise, which is counted, or it judges something else: the spec, the
plan, the server. What it says then is made where it is judged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from roster_operator.messages import Message
from roster_operator.plurals import of_one_and_several
from roster_operator.roster.quality import Question, Questions

_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Item(StrEnum):
    """Rules that are no questions of rows, by their ids."""

    SECTIONS = "Sections"
    SCHOOLS = "Schools"
    COURSES = "Courses"
    EBOOKS = "EBooks"
    IDLE_COURSES = "CoursesWithoutClasses"
    IDLE_SCHOOLS = "SchoolsWithoutClasses"
    SIMILAR_COURSES = "CoursesWithoutEBook"
    RETIRED_EBOOKS = "RetiredEBooks"
    DATA = "Data"
    EXISTING_ACCOUNTS = "ExistingAccounts"
    MATCHING = "Matching"
    IDS_USED_AGAIN = "IdsUsedAgain"
    REMOVALS = "Removals"
    SEATS = "Seats"
    NO_SEATS = "EBooksWithoutSeats"
    LICENSES = "Licenses"
    CO_TEACHERS = "CoTeachers"
    TIME_ZONE = "TimeZone"
    OLD_FILES = "OldFiles"
    PLATFORM_LIMITS = "PlatformLimits"


@dataclass(frozen=True, slots=True)
class Counted:
    """What is said where a question is raised."""

    found: str
    """What was counted, as `plurals.counted` wants it."""
    action: str
    """Who should do what."""
    is_item: bool = True
    """Whether it is an item of the checklist; not if it is normal in many schools."""


COUNTED: Final[Mapping[Question, Counted]] = {
    Question.LEFT_AS_IS: Counted(
        "person[s] of whom it is unclear what they are entitled to, by a role, dates or a class that cannot be told "
        "any more; they keep what they have, and get nothing new",
        "District: look at the other items: roles, dates, and courses or classes that are no longer shared.",
    ),
    Question.UNREADABLE_DATE: Counted(
        "enrollment[s] in scope or term[s] with a begin or end that cannot be read as a date; who is concerned keeps "
        "what they have",
        "District: export dates as YYYY-MM-DD.",
    ),
    Question.UNKNOWN_STATUS: Counted(
        "row[s] in scope whose status or enabledUser is a word that is not known; who is concerned keeps what they "
        "have",
        "District: map the statuses of the SIS to those of OneRoster: active or tobedeleted, true or false.",
    ),
    Question.UNCLEAR_TERM: Counted(
        "class[es] in scope of which it is unclear whether [it is|they are] on, as a term is not described, not "
        "understood, or marked as deleted before its end",
        "District: correct the dates of these terms, and share academic schedules whole.",
    ),
    Question.STUDENT_AS_TEACHER: Counted(
        "[student enrolled as a teacher|students enrolled as teachers]; they get no Teacher edition",
        "District: correct the role of these enrollments.",
    ),
    Question.NO_CURRENT_ROLE: Counted(
        "[person enrolled as a teacher|persons enrolled as teachers] whose roles are all over or have not begun; they "
        "get no Teacher edition",
        "District: correct the dates of these roles.",
    ),
    Question.SHARED_LOGIN: Counted(
        "person[s] with a username or an email that many others have too; it is taken for an empty cell",
        "District: give each person a username or an email of their own.",
    ),
    Question.MASKED: Counted(
        "person[s] in scope with a masked username or email; nobody is matched by it, all are served by sourcedId",
        "District: switch the privacy shield off for the publisher, or let usernames and emails pass; single sign-on "
        "needs them.",
    ),
    Question.LOGIN_FORMAT: Counted(
        "person[s] in scope with a login of another form than spec.matching.loginFormat declares; [it is|they are] "
        "taken as [it is|they are]",
        "District: give these people logins of that form. Publisher: or correct spec.matching.loginFormat.",
    ),
    Question.LOGIN_OF_SEVERAL: Counted(
        "person[s] in scope with a login that somebody else in scope has, too; who is new here is refused",
        "District: give each person a login of their own, or merge their records.",
    ),
    Question.NUMBER_OF_SEVERAL: Counted(
        "student[s] in scope with a number that another student in scope has, too, under another id and login",
        "District: merge the records, if they are one person's; else correct the numbers.",
    ),
    Question.SAME_ID_TWICE: Counted(
        "id[s] that [stands|stand] for different persons; the first one read counts",
        "District: give each person a sourcedId of their own.",
    ),
    Question.UNKNOWN_PERSON: Counted(
        "person[s] enrolled in scope whom the SIS does not list; what they have is left as it is",
        "District: check that students and teachers of the selected schools are shared.",
    ),
    Question.UNKNOWN_CLASS: Counted(
        "enrollment[s] in [a class|classes] that the SIS does not list",
        "District: check that all classes of the selected schools are shared.",
    ),
    Question.CLASS_ASTRAY: Counted(
        "class[es] of a course or a school that the SIS does not list; [it leads|they lead] to no license",
        "District: check that all courses and schools are shared.",
    ),
    Question.CLASS_WITHOUT_SESSION: Counted(
        "class[es] in scope without a known term; [it is|they are] taken as on",
        "District: assign terms to these classes, and share academic schedules.",
    ),
    Question.REJECTED_ROW: Counted(
        "row[s] that could not be read, for instance without a sourcedId, or with cells that have slipped",
        "District: look for incomplete records in the SIS's OneRoster export, and in CSV files for commas that are not "
        "in quotation marks.",
    ),
    Question.END_BEFORE_BEGIN: Counted(
        "[enrollment in scope or term that ends before it begins; it leads|enrollments in scope or terms that end "
        "before they begin; they lead] to no license",
        "District: correct the dates of these enrollments and terms.",
    ),
    Question.UNRECOGNIZED_ROLE: Counted(
        "enrollment[s] in scope whose role is a word that OneRoster does not have; [it leads|they lead] to no license",
        "District: map the roles of the SIS to those of OneRoster, such as student and teacher.",
    ),
    Question.UNKNOWN_ROLE: Counted(
        "enrollment[s] in scope without a role; the person's own role decides",
        "District: check the roles in class enrollments.",
    ),
    Question.NOT_A_SCHOOL: Counted(
        "class[es] at an organization that is no school; [it leads|they lead] to a license only if spec.schools names "
        "it by id",
        "District: correct the school of these classes. Publisher: or name the organization in spec.schools.",
    ),
    Question.OUTSIDE_TERM: Counted(
        "enrollment[s] in scope whose dates are outside of the terms of the class; [it leads|they lead] to no license",
        "District: correct the dates of these enrollments, or the terms of the classes.",
    ),
    Question.NO_TEACHER: Counted(
        "class[es] in scope with students and without a teacher today; nobody gets the Teacher edition by [it|them]",
        "District: assign a teacher to these classes.",
    ),
    Question.NO_STUDENTS: Counted(
        "class[es] in scope without a student today; no student gets a license by [it|them]",
        "District: enroll the students, or close these classes.",
    ),
    Question.NO_LOGIN: Counted(
        "person[s] with neither username nor email; matched by sourcedId alone",
        "District: fill in username or email, as single sign-on needs it.",
    ),
    Question.SEVERAL_RECORDS: Counted(
        "record[s] beyond the first of persons who have several with one login and number; each person is served once",
        "District: nothing has to be done; one record a person makes reports easier to read.",
    ),
    Question.DUPLICATE_ROW: Counted(
        "row[s] that came more than once",
        "District: look for records exported twice.",
    ),
    Question.CLASS_WITHOUT_COURSE: Counted(
        "class[es] without a course; [it leads|they lead] to no license",
        "District: assign a course to these classes.",
        is_item=False,
    ),
}
"""Of each question, in the order of the checklist: what affects licenses first."""

IDS: Final = (*Item, *(str(question) for question, counted in COUNTED.items() if counted.is_item))
"""Of all rules."""


def found_message(question: Question, count: int) -> Message:
    """What the checklist says of a question, to be said in any language."""
    one, several = of_one_and_several(COUNTED[question].found)
    return Message(f"{{number}} {one}.", {"number": count}, plural=f"{{number}} {several}.", number=count)


def action_message(question: Question) -> Message:
    """Who should do what about it."""
    return Message(COUNTED[question].action)


def raised(questions: Questions) -> list[Question]:
    """The questions of the checklist that the roster raises, the most important first."""
    return [question for question, counted in COUNTED.items() if counted.is_item and questions[question]]


def page(rule: str) -> str:
    """Where the documentation says what a rule is about, from the root of the repository; empty if it is none."""
    return f"docs/reference/rules/{_WORDS.sub('-', rule).lower()}.md" if rule in IDS else ""
