"""The publisher's wizard: URL, key and secret, schools, courses, eBooks, checklist, plan, and live or not.

Each step is a function of plain values: a draft, what the SIS offers, the eBooks. It knows neither prompt nor page, so
that a terminal and a page ask the same questions, and whatever they make is what the same answers make elsewhere.
"""
