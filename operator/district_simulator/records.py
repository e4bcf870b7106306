"""The rows of a roster as OneRoster 1.1 JSON text (OneRoster 1.1 REST binding, section 4: field names and order).

Rows are written directly, without an object in between: a page of 5,000 enrollments takes milliseconds. `base` is the
address of the OneRoster service as the client reached it, already escaped for JSON.
"""

from __future__ import annotations

import json

from district_simulator.facts import ClassFacts, CourseFacts, EnrollmentFacts, OrgFacts, UserFacts
from district_simulator.school_year import Session


def reference(base: str, route: str, sourced_id: str, kind: str) -> str:
    """A GUIDRef."""
    return f'{{"href":"{base}/{route}/{sourced_id}","sourcedId":"{sourced_id}","type":"{kind}"}}'


def org(facts: OrgFacts, modified: str, base: str) -> str:
    """An org; the parent is left out where there is none."""
    parent = "" if facts.parent is None else f'"parent":{reference(base, "orgs", facts.parent, "org")},'
    children = ",".join(reference(base, "orgs", child, "org") for child in facts.children)
    return (
        f'{{"sourcedId":"{facts.sourced_id}","status":"active","dateLastModified":"{modified}",'
        f'"name":"{facts.name}","type":"{"district" if facts.parent is None else "school"}",'
        f'"identifier":"{facts.identifier}",{parent}"children":[{children}]}}'
    )


def session(facts: Session, school_year: int, modified: str, base: str) -> str:
    """An academicSession; schoolYear is the calendar year in which the school year ends."""
    parent = (
        ""
        if facts.parent is None
        else f'"parent":{reference(base, "academicSessions", facts.parent, "academicSession")},'
    )
    children = ",".join(reference(base, "academicSessions", child, "academicSession") for child in facts.children)
    return (
        f'{{"sourcedId":"{facts.sourced_id}","status":"active","dateLastModified":"{modified}",'
        f'"title":"{facts.title}","type":"{facts.kind}","startDate":"{facts.start}","endDate":"{facts.end}",'
        f'{parent}"children":[{children}],"schoolYear":"{school_year}"}}'
    )


def course(facts: CourseFacts, year_id: str, district_id: str, modified: str, base: str) -> str:
    """A course of the district's catalogue."""
    return (
        f'{{"sourcedId":{json.dumps(facts.sourced_id)},"status":"active","dateLastModified":"{modified}",'
        f'"title":{json.dumps(facts.title)},'
        f'"schoolYear":{reference(base, "academicSessions", year_id, "academicSession")},'
        f'"courseCode":{json.dumps(facts.code)},"grades":{json.dumps(facts.grades)},'
        f'"subjects":["{facts.subject}"],"subjectCodes":["{facts.subject_code}"],'
        f'"org":{reference(base, "orgs", district_id, "org")},"resources":[]}}'
    )


def klass(facts: ClassFacts, modified: str, base: str) -> str:
    """A class."""
    terms = ",".join(reference(base, "academicSessions", sid, "academicSession") for sid in facts.sessions)
    course_id = json.dumps(facts.course_id)[1:-1]
    return (
        f'{{"sourcedId":"{facts.sourced_id}","status":"{facts.status}","dateLastModified":"{modified}",'
        f'"title":{json.dumps(facts.title)},"classCode":{json.dumps(facts.code)},"classType":"scheduled",'
        f'"location":"{facts.location}","grades":["{facts.grade}"],"subjects":["{facts.subject}"],'
        f'"course":{reference(base, "courses", course_id, "course")},'
        f'"school":{reference(base, "orgs", facts.school_id, "org")},"terms":[{terms}],'
        f'"subjectCodes":["{facts.subject_code}"],"periods":["{facts.period}"],"resources":[]}}'
    )


def user(facts: UserFacts, modified: str, base: str) -> str:
    """A user; the values of a person are plain ASCII by construction."""
    person = facts.person
    grades = f'["{facts.grade}"]' if facts.grade else "[]"
    orgs = ",".join(reference(base, "orgs", school, "org") for school in (facts.school_id, *facts.also_at))
    return (
        f'{{"sourcedId":"{person.sourced_id}","status":"{facts.status}","dateLastModified":"{modified}",'
        f'"username":"{person.username}","userIds":[{{"type":"SIS","identifier":"{person.identifier}"}}],'
        f'"enabledUser":"true","givenName":"{person.given_name}","familyName":"{person.family_name}",'
        f'"middleName":"","role":"{facts.role}","identifier":"{person.identifier}","email":"{person.email}",'
        f'"sms":"","phone":"","agents":[],"orgs":[{orgs}],'
        f'"grades":{grades},"password":""}}'
    )


def demographics(facts: UserFacts, modified: str, base: str) -> str:
    """Demographics of a student; here so that a test can show that nobody asks for them."""
    year = 2000 + int(facts.person.identifier[-1])
    return (
        f'{{"sourcedId":"{facts.person.sourced_id}","status":"{facts.status}","dateLastModified":"{modified}",'
        f'"birthDate":"{year}-0{1 + year % 9}-11","sex":"{"female" if year % 2 else "male"}",'
        f'"publicSchoolResidenceStatus":"","metadata":{{"user":"{base}/users/{facts.person.sourced_id}"}}}}'
    )


def enrollment(facts: EnrollmentFacts, modified: str, base: str) -> str:
    """An enrollment."""
    person, class_id, school = facts.person_id, facts.class_id, facts.school_id
    return (
        f'{{"sourcedId":"{facts.sourced_id}","status":"{facts.status}","dateLastModified":"{modified}",'
        f'"user":{{"href":"{base}/users/{person}","sourcedId":"{person}","type":"user"}},'
        f'"class":{{"href":"{base}/classes/{class_id}","sourcedId":"{class_id}","type":"class"}},'
        f'"school":{{"href":"{base}/orgs/{school}","sourcedId":"{school}","type":"org"}},'
        f'"role":"{facts.role}","primary":"{facts.primary}",'
        f'"beginDate":"{facts.begin}","endDate":"{facts.end}"}}'
    )
