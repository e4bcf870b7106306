"""What people ask and decide: one module a verb; the command line, and whatever else serves people, is thin over it."""
