"""Single values as systems write them, made what they mean; shared by all types of sources.

What is not understood is not absent: an unknown word, an unreadable date comes out as such, and decides nothing.
"""
