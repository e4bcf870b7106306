"""A district behind PowerSchool's own API (/ws/v1), with its habits: the same roster in other clothes.

Facts are from PowerSchool's API explorer as public clients and its dump describe it (mennotech/powerschool-api-docs).
"""
