"""The ways in which the functions are reached on one machine, and what is asked through each."""
