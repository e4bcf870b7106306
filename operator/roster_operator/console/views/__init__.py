"""What each page shows: a typed result of an operation becomes the elements of a page. Pure."""
