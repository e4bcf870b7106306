"""What a roster is: its rows, its scope, its dates, its quality."""
