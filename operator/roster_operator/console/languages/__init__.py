"""In which language a page is written, and how its reader writes dates, numbers and times."""
